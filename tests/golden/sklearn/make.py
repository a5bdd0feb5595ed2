"""Writes classification.json: predictions, and what scikit-learn's metrics make of them.

    python tests/golden/sklearn/make.py

The files beside it were made with the versions that it notes in them.
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score, log_loss, roc_auc_score

HERE = pathlib.Path(__file__).parent


def auc(truth, probabilities, classes):
    """The area as the program defines it; None where scikit-learn has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if classes == 2:
                value = roc_auc_score(truth, probabilities[:, 1])
            else:
                labels = list(range(classes))
                value = roc_auc_score(truth, probabilities, multi_class="ovr", average="macro", labels=labels)
        except ValueError:
            return None
    return None if np.isnan(value) else float(value)


def case(name, truth, probabilities):
    truth, probabilities = np.asarray(truth), np.asarray(probabilities, dtype=np.float64)
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    labels = list(range(classes))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "name": name,
            "classes": classes,
            "truth": truth.tolist(),
            "predicted": predicted.tolist(),
            "probabilities": probabilities.tolist(),
            "balanced_accuracy": float(balanced_accuracy_score(truth, predicted)),
            "f1": float(f1_score(truth, predicted, average="macro")),
            "log_loss": float(log_loss(truth, probabilities, labels=labels)),
            "auc": auc(truth, probabilities, classes),
            "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
        }


def drawn(random, rows, shares, sharpness, digits=None):
    """Classes of these shares and probabilities that know something of them; with few digits there are ties."""
    classes = len(shares)
    truth = random.choice(classes, size=rows, p=shares)
    outputs = random.normal(size=(rows, classes)) + sharpness * np.eye(classes)[truth]
    probabilities = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    if digits is not None:
        probabilities = np.round(probabilities * 2**digits) / 2**digits
        probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
        probabilities = np.abs(probabilities)
    return truth, probabilities


def main():
    random = np.random.default_rng(20260101)
    cases = [
        case("two classes", *drawn(random, 60, [0.5, 0.5], 1.0)),
        case("two classes, one rare", *drawn(random, 80, [0.93, 0.07], 0.5)),
        case("two classes with ties", *drawn(random, 60, [0.6, 0.4], 1.0, digits=2)),
        case("four classes", *drawn(random, 80, [0.4, 0.3, 0.2, 0.1], 1.0)),
        case("three classes with ties", *drawn(random, 60, [0.5, 0.3, 0.2], 0.5, digits=3)),
        case("a class without rows", *drawn(random, 30, [0.5, 0.0, 0.5], 1.0)),
        case("a class that is neither there nor predicted", [0, 1, 1], [[0.8, 0.2, 0], [0.4, 0.6, 0], [0.7, 0.3, 0]]),
        case("one class only", [1, 1, 1], [[0.25, 0.75], [0.75, 0.25], [0.5, 0.5]]),
        case("probabilities of 0 and 1", [0, 1, 1, 0], [[1, 0], [1, 0], [0, 1], [1, 0]]),
    ]
    made_with = {"sklearn": sklearn.__version__, "numpy": np.__version__}
    text = json.dumps({"made_with": made_with, "cases": cases}) + "\n"
    (HERE / "classification.json").write_text(text.replace('}, {"name"', '},\n{"name"').replace("[{", "[\n{"))


if __name__ == "__main__":
    main()
