"""What is to be compared: our program, built, and Python with the peers, installed outside the repository."""

import json
import os
import subprocess
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
REQUIREMENTS = HERE / "requirements.txt"


def build() -> Path:
    """Builds the program for release; its path."""
    command = ["cargo", "build", "--release", "--bin", "overfit", "--message-format=json-render-diagnostics"]
    lines = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    return Path(next(path for path in (json.loads(line).get("executable") for line in lines) if path))


def python() -> Path:
    """The Python that has the peers in the versions of requirements.txt; they are installed where they are missing."""
    folder = Path(os.environ.get("OVERFIT_PEERS_VENV") or Path(tempfile.gettempdir()) / "overfit-peers-venv")
    executable, stamp = folder / "bin" / "python", folder / "requirements.installed"
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        venv.create(folder, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
        subprocess.run([executable, *install], check=True)
        stamp.write_text(REQUIREMENTS.read_text())
    return executable


def description(rounds: int) -> str:
    """The machine and what ran on it, in a line."""
    cpu = "unknown processor"
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as lines:
            cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    versions = [line.replace("==", " ") for line in REQUIREMENTS.read_text().splitlines() if "==" in line]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{cpu}, {os.cpu_count()} cores, load average {load} at the start; {', '.join(versions)}; rounds: {rounds}"
