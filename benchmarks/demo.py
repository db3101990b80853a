"""Time, memory and size of the whole chain, each as a fresh process: `python benchmarks/demo.py`.

Prints the median of five runs after a warm-up. Compare within one run only: machines differ and are noisy.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5


def timed(command: list[str]) -> tuple[float, float]:
    """Return the median wall time in seconds, and the largest memory of any child so far in MB."""
    walls = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if run:
            walls.append(time.perf_counter() - start)
    return statistics.median(walls), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Print a row for each command, and the size of each file of the build."""
    python = [sys.executable, "-m", "assetmap"]
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'command':<24}{'median s':>10}{'peak MB':>10}")
        for name, words in (
            ("python -c pass", [sys.executable, "-c", "pass"]),
            ("assetmap --help", [*python, "--help"]),
            ("assetmap demo", [*python, "demo", "--output", folder]),
        ):
            wall, peak = timed(words)
            print(f"{name:<24}{wall:>10.2f}{peak:>10.0f}")
        for file in sorted(Path(folder).iterdir()):
            print(f"{file.name:<24}{file.stat().st_size / 1e6:>10.3f} MB")


if __name__ == "__main__":
    main()
