"""A workload, as the config that `overfit` reads describes it.

In: one of benches/configs/. Out: the trials it asks for, each with its settings and its rows: split, scaled, float32.
The configs are read here so that both sides train the same networks; only the keys that they use are understood.
"""

import csv
import gzip
import itertools
import math
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Settings:
    """What is trained, and how."""

    hidden: tuple[int, ...]
    epochs: int
    batch_size: int
    optimizer: str  # adam | momentum
    learning_rate: float
    dropout_input: float
    dropout_hidden: float
    l2: float  # adds l2 · w to the gradient of the weights, not of the biases


@dataclass(frozen=True)
class Split:
    """The rows of one trial. x: [rows, inputs] float32, y: [rows] int64, classes from 0."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: int


@dataclass(frozen=True)
class Trial:
    """One network to train."""

    point: int  # which combination of the swept values
    seed: int
    settings: Settings
    split: Split


def read_trials(config_path: Path, first_seed: int) -> list[Trial]:
    """The trials of a config: every point of its sweep with seeds first_seed, first_seed + 1, ..."""
    config = tomllib.loads(config_path.read_text())
    splits = splitter(config, config_path.parent)
    trials = []
    for seed in range(first_seed, first_seed + config["seeds"]):
        split = splits(seed)
        for point, values in enumerate(points(config)):
            trials.append(Trial(point, seed, replace(settings(config), **values), split))
    return trials


def settings(config: dict) -> Settings:
    train, remedies = config["train"], config["remedies"]
    dropout = remedies.get("dropout", 0.0)
    dropout = dropout if isinstance(dropout, dict) else {"hidden": dropout}
    return Settings(
        hidden=tuple(config["model"]["hidden"]),
        epochs=train["epochs"],
        batch_size=train["batch_size"],
        optimizer=train["optimizer"],
        learning_rate=train.get("learning_rate", 1e-3),
        dropout_input=dropout.get("input", 0.0),
        dropout_hidden=dropout.get("hidden", 0.0),
        l2=remedies.get("l2", 0.0),
    )


def points(config: dict) -> list[dict]:
    """Every combination of the swept values, as fields of Settings."""
    fields = {"remedies.dropout.hidden": "dropout_hidden", "remedies.l2": "l2"}
    axes = config.get("sweep", {}).get("parameters", {})
    return [dict(zip([fields[key] for key in axes], values)) for values in itertools.product(*axes.values())]


def splitter(config: dict, folder: Path):
    """A function from a seed to its Split. The files are read once, here."""
    data = config["data"]
    divisor = data.get("scaling", {}).get("divide")
    # Where columns are divided and nothing else they are pixels: reading them as bytes is twice as fast.
    kind = np.float32 if divisor is None else np.uint8
    x, labels = read_csv(folder / data["path"], data["target"], kind)
    names, y = np.unique(labels, return_inverse=True)
    if "test_path" in data:
        x_test, labels_test = read_csv(folder / data["test_path"], data["target"], kind)
        y_test = np.searchsorted(names, labels_test)
        split = Split(divided(x, divisor), y, divided(x_test, divisor), y_test, len(names))
        return lambda seed: split

    def hold_out(seed: int) -> Split:
        train, test = stratified(y, data["split"]["test"], seed)
        mean, deviation = x[train].mean(axis=0), x[train].std(axis=0)
        scaled = (x - mean) / np.where(deviation > 0, deviation, 1)
        return Split(scaled[train], y[train], scaled[test], y[test], len(names))

    return hold_out


def read_csv(path: Path, target: str, kind: type) -> tuple[np.ndarray, np.ndarray]:
    """The columns of a CSV file: x [rows, inputs] of `kind`, and the target as it stands there."""
    if path.suffix == ".gz":
        # numpy reads large files of nothing but numbers faster than csv or pandas.
        with gzip.open(path, "rt", newline="") as file:
            column = next(csv.reader(file)).index(target)
        table = np.loadtxt(path, delimiter=",", dtype=kind, skiprows=1)
        return np.delete(table, column, axis=1), table[:, column]
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    column = header.index(target)
    labels = np.array([row.pop(column) for row in rows])
    return np.array(rows, dtype=kind), labels


def divided(x: np.ndarray, divisor: float) -> np.ndarray:
    return x.astype(np.float32) / np.float32(divisor)


def stratified(y: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train and rows to test: every class has its share of the test rows, to within a row."""
    random = np.random.default_rng(seed)
    rows = [random.permutation(np.flatnonzero(y == label)) for label in range(y.max() + 1)]
    wanted = [share * len(members) for members in rows]
    counts = [math.floor(count) for count in wanted]
    by_remainder = sorted(range(len(rows)), key=lambda label: counts[label] - wanted[label])
    for label in by_remainder[: round(share * len(y)) - sum(counts)]:
        counts[label] += 1
    test = np.concatenate([members[:count] for members, count in zip(rows, counts)])
    train = np.concatenate([members[count:] for members, count in zip(rows, counts)])
    return train, test
