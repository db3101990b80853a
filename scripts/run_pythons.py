"""Run the fast tests on every Python that assetmap supports and this machine has; name those it has not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-pythons"
FAST = ("-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "not browser and not slow and not long")


def candidates(version: str) -> list[str]:
    """Return the programs that may be this Python: on PATH, then in pyenv, the newest first."""
    found = [program for program in [shutil.which(f"python{version}"), sys.executable] if program]
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True).stdout.strip()
        installed = Path(root, "versions").glob(f"{version}.*/bin/python")
        newest = sorted(
            installed, key=lambda path: [int(part) for part in path.parts[-3].split(".") if part.isdigit()]
        )
        found += [str(path) for path in reversed(newest)]
    return found


def find_python(version: str) -> str | None:
    """Return a program that runs and is this Python; a shim of pyenv may stand on PATH and refuse."""
    ask = "import sys; print('{}.{}'.format(*sys.version_info))"
    for program in candidates(version):
        said = subprocess.run([program, "-c", ask], capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip() == version:
            return program
    return None


def run_tests(version: str, program: str) -> bool:
    """Install assetmap with what its tests need for this Python, then run the fast tests."""
    uv = str(Path(sys.executable).with_name("uv"))
    place = FOLDER / version
    python = str(place / "bin" / "python")
    steps = [
        [uv, "venv", "--quiet", "--allow-existing", "--python", program, str(place)],
        [uv, "pip", "install", "--quiet", "--python", python, "--editable", ".[test]"],
        [python, *FAST],
    ]
    return all(subprocess.run(step, cwd=ROOT, check=False).returncode == 0 for step in steps)


def main() -> None:
    """Say of each version: passed, failed or not found."""
    outcome = {}
    for version in VERSIONS:
        program = find_python(version)
        print(f"Python {version}: {program or 'not found on PATH or in pyenv'}", flush=True)
        if program is None:
            outcome[version] = "not tried: not found on PATH or in pyenv"
        else:
            outcome[version] = "passed" if run_tests(version, program) else "FAILED"
    for version, said in outcome.items():
        print(f"Python {version}: {said}")
    if "FAILED" in outcome.values() or "passed" not in outcome.values():
        sys.exit(1)


if __name__ == "__main__":
    main()
