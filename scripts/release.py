"""Check that this tree can be released, build it, try what was built as a new user would, and write the sums.

``make release`` runs it after ``make check``. In dist/: the source archive, the wheel, SHA256SUMS. Nothing is sent anywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SUMS = "SHA256SUMS"


def run(*words: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a program; end with what it said if it fails."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def current_version(root: Path = ROOT) -> str:
    """Return the version that the package says."""
    text = (root / "src" / "assetmap" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, flags=re.M)
    if found is None:
        raise SystemExit("src/assetmap/__init__.py has no __version__.")
    return found.group(1)


def problems(root: Path = ROOT) -> list[str]:
    """Return what stands in the way of a release, one sentence each.

    Looked at are: changes that are not committed, a section of CHANGELOG.md with the version and a date, and the versions in
    CITATION.cff and conda/recipe.yaml.
    """
    version = current_version(root)
    found = []
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    if changed:
        found.append(
            f"{len(changed.splitlines())} files are not committed, first {changed.splitlines()[0][3:]}."
        )
    wanted = {
        "CHANGELOG.md": rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$",
        "CITATION.cff": rf"^version: {re.escape(version)}$",
        "conda/recipe.yaml": rf'^  version: "{re.escape(version)}"$',
    }
    for name, pattern in wanted.items():
        if not re.search(pattern, (root / name).read_text(encoding="utf-8"), flags=re.M):
            found.append(f"{name} does not name version {version} (and in the changelog its date).")
    return found


def build(folder: Path) -> list[Path]:
    """Build the source archive and the wheel; the time in them is that of the last commit, so the same commit gives the same bytes."""
    moment = run("git", "log", "-1", "--format=%ct").strip()
    run(sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", folder, SOURCE_DATE_EPOCH=moment)
    return sorted(path for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz")))


def sums(files: Iterable[Path]) -> str:
    """Return a line for each file as ``sha256sum`` writes and reads them."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def try_it(archive: Path, version: str) -> None:
    """Install an archive into a new environment in a folder with a space in its name, and build the map of Cornwall there."""
    with tempfile.TemporaryDirectory(prefix="a new user ") as temporary:
        folder = Path(temporary)
        run(sys.executable, "-m", "venv", "new venv", cwd=folder)
        python = folder / "new venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        run(python, "-m", "pip", "install", "--quiet", archive.resolve(), cwd=folder)
        said = run(python, "-m", "assetmap", "--version", cwd=folder).strip()
        if said != version:
            raise SystemExit(f"{archive.name} says that it is {said}, not {version}.")
        run(python, "-m", "assetmap", "demo", "--output", "my map", cwd=folder)
        page = folder / "my map" / "map.html"
        if not page.is_file() or "Cornwall" not in page.read_text(encoding="utf-8"):
            raise SystemExit(f"{archive.name}: the demo made no map.")


def main() -> None:
    """Check, build twice, compare, try, and write the sums."""
    if found := problems():
        raise SystemExit("This cannot be released:\n" + "\n".join(found))
    version = current_version()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        made, again = build(Path(first)), build(Path(second))
        if sums(made) != sums(again):
            raise SystemExit("Two builds of the same commit differ:\n" + sums(made) + sums(again))
        for archive in made:
            print(f"Trying {archive.name} in a new environment", flush=True)
            try_it(archive, version)
        shutil.rmtree(DIST, ignore_errors=True)
        DIST.mkdir()
        for archive in made:
            shutil.copy2(archive, DIST)
        (DIST / SUMS).write_text(sums(made), encoding="utf-8")
    print(f"dist/ holds assetmap {version}:\n{(DIST / SUMS).read_text(encoding='utf-8')}", end="")


if __name__ == "__main__":
    main()
