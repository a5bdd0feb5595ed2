"""The command line that the three peers share, and what they leave behind.

In: `CONFIG --seed N --curves FILE [--threads N]`. Out: the curves as CSV, and one line of JSON with the seconds of training alone (from
the first batch to the last evaluation, compilation included) and the mean final accuracies.
"""

import argparse
import csv
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import workload

# One row per epoch: train_loss, train_accuracy, test_loss, test_accuracy.
Curve = list[tuple[float, float, float, float]]

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def main(train: Callable[[list[workload.Trial], int | None], list[Curve]]) -> None:
    """Runs `train(trials, threads)`, which makes the curve of every trial; threads None: as many as are fastest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--curves", type=Path, required=True, help="where the curves are written")
    parser.add_argument("--threads", type=int, help="threads of a single training")
    arguments = parser.parse_args()

    trials = workload.read_trials(arguments.config, arguments.seed)
    begin = time.perf_counter()
    curves = train(trials, arguments.threads)
    seconds = time.perf_counter() - begin
    write(arguments.curves, trials, curves)
    last = [curve[-1] for curve in curves]
    print(
        json.dumps(
            {
                "train_seconds": seconds,
                "train_accuracy": sum(float(row[1]) for row in last) / len(last),
                "test_accuracy": sum(float(row[3]) for row in last) / len(last),
            }
        )
    )


def write(path: Path, trials: list[workload.Trial], curves: list[Curve]) -> None:
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["point", "seed", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"])
        for trial, curve in zip(trials, curves):
            for epoch, values in enumerate(curve, start=1):
                rows.writerow([trial.point, trial.seed, epoch, *(float(value) for value in values)])
