"""Time, memory and size of the whole chain, each as a fresh process: `python benchmarks/demo.py`.

Prints the median of five runs after a warm-up. Compare within one run only: machines differ and are noisy.

`python benchmarks/demo.py --before COMMIT` builds `assetmap demo --full` with this tree and with that commit, in turns, and
prints the seconds of the processor that each needs: what a change costs, on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

RUNS = 5
ROOT = Path(__file__).parents[1]


def timed(command: list[str]) -> tuple[float, float]:
    """Return the median wall time in seconds, and the largest memory of any child so far in MB."""
    walls = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if run:
            walls.append(time.perf_counter() - start)
    return statistics.median(walls), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def processor_seconds(tree: Path, output: Path) -> float:
    """Build the full demo with the code and data of a tree; return the seconds of the processor, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "assetmap", "demo", "--full", "--output", str(output)],
        check=True,
        env=os.environ | {"PYTHONPATH": str(tree / "src")},
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(commit: str, runs: int) -> None:
    """Build with this tree and with a commit in turns, after a warm-up of each, and print both and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "before"
        packed = Path(folder) / "before.tar"
        subprocess.run(
            ["git", "-C", str(ROOT), "archive", "-o", str(packed), commit, "src", "data"], check=True
        )
        with tarfile.open(packed) as archive:
            archive.extractall(other, filter="data")
        needed: dict[str, list[float]] = {"now": [], commit: []}
        for run in range(runs + 1):
            for name, tree in ((commit, other), ("now", ROOT)):
                seconds = processor_seconds(tree, Path(folder) / "out" / name / str(run))
                if run:
                    needed[name].append(seconds)
        for name, seconds_of in needed.items():
            each = ", ".join(f"{one:.1f}" for one in seconds_of)
            print(f"{name:<12}{statistics.median(seconds_of):>8.2f} s of the processor ({each})")
        ratio = statistics.median(needed["now"]) / statistics.median(needed[commit])
        print(f"ratio {ratio:.2f}")


def main() -> None:
    """Print a row for each command, and the size of each file of the build; or compare with a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", help="a commit to compare with")
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    if options.before:
        compare(options.before, options.runs)
        return
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
