"""The workloads in scikit-learn: its MLPClassifier, which has no dropout; many trials in a process pool.

Its alpha is divided by the rows of a batch, so that alpha = l2 · batch_size. With two classes it has one logistic output.
"""

import multiprocessing

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

import peer
from workload import Trial


def train(trials: list[Trial], threads: int | None) -> list[peer.Curve]:
    if len(trials) == 1:
        # One thread, also for large data: the products are those of one batch, and waiting threads spin.
        with threadpool_limits(threads or 1):
            return [train_one(trials[0])]
    # Forked where that exists: the workers need not import anything again.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    with multiprocessing.get_context(method).Pool(peer.CORES, threadpool_limits, (1,)) as pool:
        return pool.map(train_one, trials, chunksize=1)


def train_one(trial: Trial) -> peer.Curve:
    split, settings = trial.split, trial.settings
    network = MLPClassifier(
        hidden_layer_sizes=settings.hidden,
        solver="adam" if settings.optimizer == "adam" else "sgd",
        momentum=0.9,
        nesterovs_momentum=False,
        learning_rate_init=settings.learning_rate,
        alpha=settings.l2 * settings.batch_size,
        batch_size=settings.batch_size,
        random_state=trial.seed,
    )
    classes = np.arange(split.classes)
    curve = []
    for _ in range(settings.epochs):
        network.partial_fit(split.x_train, split.y_train, classes=classes)
        curve.append(evaluate(network, split.x_train, split.y_train) + evaluate(network, split.x_test, split.y_test))
    return curve


def evaluate(network: MLPClassifier, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    probabilities = network.predict_proba(x)
    of_the_truth = probabilities[np.arange(len(y)), y]
    loss = -np.log(np.maximum(of_the_truth, np.finfo(np.float32).tiny)).mean()
    return loss, (probabilities.argmax(axis=1) == y).mean()


if __name__ == "__main__":
    peer.main(train)
