"""Writes tables.json: scores of several data sets, and what SciPy makes of them; and splits.json: scores of one data set.

    python tests/golden/scipy/make.py

The files beside it were made with the versions that it notes in them.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import stats

HERE = pathlib.Path(__file__).parent


def holm(p_values):
    """Holm's step-down correction, as R's p.adjust has it."""
    order = np.argsort(p_values)
    adjusted, largest = np.empty(len(p_values)), 0.0
    for place, row in enumerate(order):
        largest = max(largest, min(1.0, p_values[row] * (len(p_values) - place)))
        adjusted[row] = largest
    return adjusted.tolist()


def student(differences, share):
    """Mean, interval and p-value of the corrected resampled t-test; share is n_test/n_train, 0 for the paired t-test."""
    count, mean = len(differences), differences.mean()
    error = np.sqrt((1 / count + share) * differences.var(ddof=1))
    low, high = stats.t.interval(0.95, count - 1, mean, error)
    return {
        "difference": mean,
        "low": low,
        "high": high,
        "p_value": 2 * stats.t.sf(abs(mean / error), count - 1),
        "p_better": stats.t.sf(0.01, count - 1, mean, error),
        "p_worse": stats.t.cdf(-0.01, count - 1, mean, error),
    }


def table(name, metric, scores):
    """scores: [data sets, variants], the baseline first."""
    sets, variants = scores.shape
    lower_is_better = metric == "test_loss"
    ranks = np.apply_along_axis(stats.rankdata, 1, scores if lower_is_better else -scores).mean(axis=0)
    chi_square = 12 * sets / (variants * (variants + 1)) * ((ranks**2).sum() - variants * (variants + 1) ** 2 / 4)
    f = (sets - 1) * chi_square / (sets * (variants - 1) - chi_square)
    corrected = stats.friedmanchisquare(*scores.T) if variants > 2 else None
    quantile = stats.studentized_range.ppf(0.95, variants, np.inf) / np.sqrt(2)
    rows = []
    for variant in range(1, variants):
        # Roundings would tell apart what ties.
        differences = np.round(scores[:, variant] - scores[:, 0], 9)
        test = stats.wilcoxon(differences, zero_method="zsplit", correction=False)
        better = -differences if lower_is_better else differences
        rows.append(
            {
                **{key: student(differences, 0)[key] for key in ("difference", "low", "high")},
                "p_value": test.pvalue,
                "wins": int((better > 0).sum()),
                "ties": int((better == 0).sum()),
                "losses": int((better < 0).sum()),
            }
        )
    for row, adjusted in zip(rows, holm([row["p_value"] for row in rows])):
        row["p_adjusted"] = adjusted
    return {
        "name": name,
        "metric": metric,
        "scores": scores.tolist(),
        "average_ranks": ranks.tolist(),
        "chi_square": chi_square,
        "p_value": stats.chi2.sf(chi_square, variants - 1),
        "tie_corrected": None if corrected is None else [corrected.statistic, corrected.pvalue],
        "f": f,
        "f_p_value": stats.f.sf(f, variants - 1, (variants - 1) * (sets - 1)),
        "nemenyi_cd": quantile * np.sqrt(variants * (variants + 1) / (6 * sets)),
        "rows": rows,
    }


def splits(name, resampling, train, test, scores):
    """scores: [resamples, variants], the baseline first."""
    share = 0 if resampling == "fixed" else test / train
    rows = [student(scores[:, variant] - scores[:, 0], share) for variant in range(1, scores.shape[1])]
    for row, adjusted in zip(rows, holm([row["p_value"] for row in rows])):
        row["p_adjusted"] = adjusted
    return {
        "name": name,
        "resampling": resampling,
        "n_train": train,
        "n_test": test,
        "scores": scores.tolist(),
        "rows": rows,
    }


def main():
    random = np.random.default_rng(8)

    def drawn(rows, variants, decimals):
        return np.round(random.normal(0.8, 0.05, (rows, variants)) + random.normal(0, 0.03, variants), decimals)

    tables = [
        table("nothing ties", "test_accuracy", drawn(12, 4, 6)),
        table("many tie", "test_accuracy", drawn(14, 5, 2)),
        table("nearly all tie", "test_accuracy", drawn(9, 3, 1)),
        table("of losses the lower is better", "test_loss", drawn(30, 6, 3)),
        table("two variants", "test_accuracy", np.round(random.normal(0.8, 0.05, (9, 2)), 4)),
        table("twenty variants on a hundred sets", "test_accuracy", drawn(100, 20, 3)),
        table("figures below 0", "test_r2", np.round(drawn(11, 3, 3) - 1, 3)),
    ]
    of_splits = [
        splits("one test set", "fixed", 80, 20, random.normal(0.8, 0.02, (8, 4))),
        splits("two seeds", "holdout", 80, 20, random.normal(0.8, 0.02, (2, 3))),
        splits("thirty splits", "holdout", 455, 114, random.normal(0.8, 0.02, (30, 6))),
        splits("ten folds", "kfold", 90, 10, random.normal(0.8, 0.02, (10, 3))),
        splits("ten times ten folds", "kfold", 90, 10, random.normal(0.8, 0.02, (100, 2))),
    ]
    versions = {"numpy": np.__version__, "scipy": scipy.__version__}
    for file, cases in (("tables.json", tables), ("splits.json", of_splits)):
        text = json.dumps({"versions": versions, "cases": cases}, indent=None)
        (HERE / file).write_text(text.replace('{"name"', '\n{"name"') + "\n")


main()
