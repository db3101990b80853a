"""Mutation tests: change one thing in a module, run its tests, and list the changes that no test notices.

    make mutants MODULE=access/overland

The changes are those of cosmic-ray (extra ``mutants``); a seeded sample of them is run on a copy of the project, so the
working tree is never touched. Changes to ``|`` are left out: nearly all of them are in type annotations, which do not run.
docs/mutants.md lists what survived and why.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = {
    "access/overland": ["test_access_overland.py"],
    "access/hours": ["test_access_hours.py"],
    "gaps/score": ["test_gaps_score.py"],
    "gaps/clusters": ["test_gaps_clusters.py"],
    "gaps/hotspots": ["test_gaps_sensitivity.py", "test_gaps_clusters.py"],
    "need/interpolate": ["test_own_areas.py"],
    "project/pipeline": ["test_claims.py", "test_border.py"],
    "sites/scenario": ["test_sites_scenario.py", "test_access_hours.py"],
}
"""The tests of each module, below ``tests``; another module needs ``--tests``."""

COPIED = ("src", "tests", "data", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "docs")
LEFT_OUT = "core/ReplaceBinaryOperator_BitOr"


def run_sample(module: str, tests: list[str], number: int, seed: int, timeout: float) -> int:
    """Run a sample of mutants of one module and print the survivors; returns how many there are."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
                )
            elif source.exists():
                shutil.copy(source, folder / part)
        words = " ".join(f"tests/{test}" for test in tests)
        command = f"{sys.executable} -m pytest -q -x -n 0 -p no:cacheprovider {words}"
        (folder / "mutants.toml").write_text(
            f'[cosmic-ray]\nmodule-path = "src/assetmap/{module}.py"\ntimeout = {timeout}\nexcluded-modules = []\n'
            f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
        )
        environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        tool = [sys.executable, "-m", "cosmic_ray.cli"]
        for step in ("baseline", "init", "sample", "exec"):
            if step == "sample":
                total = keep_sample(folder / "session.sqlite", number, seed)
                continue
            arguments = [step, "mutants.toml"] + ([] if step == "baseline" else ["session.sqlite"])
            subprocess.run([*tool, *arguments], cwd=folder, env=environment, check=True)
        return report(folder / "session.sqlite", module, total)


def keep_sample(session: Path, number: int, seed: int) -> int:
    """Keep a seeded sample of the mutants of a session; returns how many there were."""
    with sqlite3.connect(session) as database:
        found = database.execute(
            "select job_id from mutation_specs where operator_name not like ? order by operator_name, start_pos_row, "
            "start_pos_col, occurrence",
            (f"{LEFT_OUT}%",),
        ).fetchall()
        kept = set(random.Random(seed).sample([job for (job,) in found], min(number, len(found))))
        for table in ("mutation_specs", "work_items"):
            for (job,) in database.execute(f"select job_id from {table}").fetchall():
                if job not in kept:
                    database.execute(f"delete from {table} where job_id = ?", (job,))
    return len(found)


def report(session: Path, module: str, total: int) -> int:
    """Print the share of mutants that were killed and the difference of each survivor."""
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "select upper(test_outcome), diff, upper(worker_outcome) from work_results order by diff"
        ).fetchall()
    alive = [diff for outcome, diff, _ in rows if "SURVIVED" in str(outcome)]
    for diff in alive:
        print("\n".join(line for line in str(diff).splitlines() if line[:1] in "+-@"), "\n")
    killed = len(rows) - len(alive)
    print(
        f"{module}: {killed} of {len(rows)} mutants killed ({killed / max(len(rows), 1):.0%}; {total} possible)."
    )
    return len(alive)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="for example access/overland")
    parser.add_argument("--tests", nargs="*", help="files below tests")
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=120.0)
    options = parser.parse_args()
    module = options.module.removesuffix(".py")
    tests = options.tests or TESTS.get(module)
    if not tests:
        sys.exit(
            f"No tests are known for {module}: name them with --tests, or add the module to scripts/mutants.py."
        )
    run_sample(module, tests, options.number, options.seed, options.timeout)


if __name__ == "__main__":
    main()
