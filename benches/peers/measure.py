"""How long a process takes, and how much memory it holds at most.

In: a command. Out: wall seconds from start to end, seconds of processor time, peak resident bytes, and what it printed.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """A process that has ended well."""

    seconds: float
    processor: float  # seconds on all cores, with its children
    peak_bytes: int  # of its largest process, where it has children
    output: str


class Failed(Exception):
    """The process ended badly."""


def measured(command: list[str]) -> Process:
    """Runs a command to its end."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begin, pid = start(command, output, errors)
        try:
            _, status, usage = os.wait4(pid, 0)
        except KeyboardInterrupt:
            os.kill(pid, 15)
            raise
        seconds = time.perf_counter() - begin
        output.seek(0)
        errors.seek(0)
        if status != 0:
            raise Failed(f"{' '.join(command)}\nended with {os.waitstatus_to_exitcode(status)}:\n{errors.read()}")
        peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # macOS counts bytes, others kilobytes
        return Process(seconds, usage.ru_utime + usage.ru_stime, peak_bytes, output.read())


def start(command: list[str], output, errors) -> tuple[float, int]:
    """Starts a command; the time when it began, and its pid.

    Linux counts to a process's peak what its parent held when it was forked, which is more than a small program needs. So
    a shell, which holds little, forks it there, and ends: the process is then ours, by the grace of the subreaper. It
    waits at a gate until the shell is gone, so that the shell can neither take its end from us nor be measured with it.
    """
    if not sys.platform.startswith("linux"):
        begin = time.perf_counter()
        return begin, subprocess.Popen(command, stdout=output, stderr=errors).pid
    set_child_subreaper = 36  # PR_SET_CHILD_SUBREAPER in <linux/prctl.h>
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)
    gate, opener = os.pipe()
    # Its pid is the first thing in the output; in the background the standard input would be /dev/null.
    script = 'exec 3<&0; { read -r _; exec "$@" 3<&-; } <&3 & echo $!'
    subprocess.run(["sh", "-c", script, "sh", *command], stdin=gate, stdout=output, stderr=errors, check=True)
    pid = os.pread(output.fileno(), 20, 0)
    os.ftruncate(output.fileno(), 0)
    os.lseek(output.fileno(), 0, os.SEEK_SET)
    begin = time.perf_counter()
    os.close(opener)
    os.close(gate)
    return begin, int(pid)
