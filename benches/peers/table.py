"""The tables, in Markdown.

In: of every workload the pairs of measurements, ours and a peer's, one right after the other. Out: text.
"""

import math
from dataclasses import dataclass
from statistics import mean, median

# Accuracies may differ by so many points, and by so many standard errors of what that many test rows tell.
POINTS = 2.0
STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class Measurement:
    """One run of a workload."""

    seconds: float  # of the whole process
    processor: float  # seconds of processor time, of all its threads and children
    training: float | None  # of training alone; None where trials ran side by side
    peak_bytes: int
    test_accuracy: float  # mean over the trials
    test_rows: int  # of all its splits


# For each peer the pairs (ours, the peer's).
Pairs = dict[str, list[tuple[Measurement, Measurement]]]


def render(results: dict[str, Pairs], peers: list[str]) -> str:
    return "\n".join(
        [
            "Whole processes: median seconds, and how many times longer than ours (median of the pairs).",
            "",
            *seconds_table(results, peers, lambda run: run.seconds),
            "",
            "Processor time of the same processes, on all cores: it suffers less where the machine is shared.",
            "",
            *seconds_table(results, peers, lambda run: run.processor),
            "",
            "Wall time of training alone, compilation and evaluation included.",
            "",
            *seconds_table(results, peers, lambda run: run.training),
            "",
            "Test accuracy in percent at the end, mean over the rounds, and the most memory that ours held.",
            "",
            *accuracy_table(results, peers),
        ]
    )


def seconds_table(results, peers, seconds) -> list[str]:
    lines = [row(["workload", "ours", *[cell for peer in peers for cell in (peer, "ratio")]])]
    lines.append(row(["---"] + ["---:"] * (2 * len(peers) + 1)))
    for workload, pairs in results.items():
        ours = [mine for measured in pairs.values() for mine, _ in measured]
        cells = [workload, number(middle(map(seconds, ours)))]
        for peer in peers:
            cells.append(number(middle(seconds(theirs) for _, theirs in pairs[peer])))
            ratio = middle(ratio_of(seconds(theirs), seconds(mine)) for mine, theirs in pairs[peer])
            cells.append("–" if ratio is None else f"{ratio:.1f}×")
        lines.append(row(cells))
    return lines


def accuracy_table(results, peers) -> list[str]:
    lines = [row(["workload", "ours", *peers, "peak of ours"]), row(["---"] + ["---:"] * (2 + len(peers)))]
    for workload, pairs in results.items():
        ours = [mine for measured in pairs.values() for mine, _ in measured]
        cells = [workload, f"{100 * mean(run.test_accuracy for run in ours):.2f}"]
        for peer in peers:
            theirs = 100 * mean(run.test_accuracy for _, run in pairs[peer])
            cells.append(f"{theirs:.2f}" + ("" if agree(pairs[peer]) else " **differs**"))
        lines.append(row([*cells, f"{max(run.peak_bytes for run in ours) / 1e6:.1f} MB"]))
    return lines


def agree(pairs: list[tuple[Measurement, Measurement]]) -> bool:
    """Whether the accuracies differ by no more than noise: each side has its own splits."""
    ours, theirs = (mean(run.test_accuracy for run in side) for side in zip(*pairs))
    rate, rows = (ours + theirs) / 2, sum(run.test_rows for run, _ in pairs)
    standard_error = math.sqrt(2 * rate * (1 - rate) / rows)
    return abs(ours - theirs) <= max(POINTS / 100, STANDARD_ERRORS * standard_error)


def middle(values) -> float | None:
    """The median; None where a value is missing."""
    values = list(values)
    return None if None in values else median(values)


def ratio_of(theirs: float | None, ours: float | None) -> float | None:
    return None if theirs is None or ours is None else theirs / ours


def number(seconds: float | None) -> str:
    """Three significant digits."""
    return "–" if seconds is None else f"{seconds:#.3g}" if seconds < 100 else f"{seconds:.0f}"


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
