"""Make folders for laptops without a network: assetmap, all packages that it needs, the start files and a page of instructions.

``make offline`` makes one for each system; ``python scripts/offline.py windows`` only that one. The packages are downloaded as wheels
for Python 3.11 to 3.13; nothing is installed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from release import DIST, ROOT, build, current_version, sums

PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {
    "windows": ("win_amd64",),
    "macos-arm": tuple(f"macosx_{version}_0_arm64" for version in (14, 13, 12, 11)),
    "macos-intel": (*(f"macosx_{version}_0_x86_64" for version in (13, 12, 11)), "macosx_10_15_x86_64", "macosx_10_12_x86_64"),
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}  # fmt: skip
START = {
    "windows": ("start.bat",),
    "macos-arm": ("start.command", "start.sh"),
    "macos-intel": ("start.command", "start.sh"),
    "linux": ("start.sh",),
}
"""The file to start, and what it calls."""

EXTRAS = "travel"
PAGE = "READ ME FIRST.txt"


def download(wheel: Path, system: str, python: str, folder: Path) -> None:
    """Put the wheels that assetmap needs on a system and a version of Python into a folder."""
    platforms = [word for platform in SYSTEMS[system] for word in ("--platform", platform)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--only-binary=:all:", "--python-version", python, "--implementation", "cp", *platforms),
            *("--dest", str(folder), f"{wheel}[{EXTRAS}]"),
        ],
        check=True,
    )


def main(systems: list[str]) -> None:
    """Make the folders in dist/offline."""
    unknown = sorted(set(systems) - set(SYSTEMS))
    if unknown:
        raise SystemExit(f"Not a system: {', '.join(unknown)}. There are {', '.join(SYSTEMS)}.")
    DIST.mkdir(exist_ok=True)
    wheel = next(path for path in build(DIST) if path.name.startswith(f"assetmap-{current_version()}-"))
    for system in systems or list(SYSTEMS):
        folder = DIST / "offline" / f"assetmap-{system}"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "wheels").mkdir(parents=True)
        for python in PYTHONS:
            download(wheel, system, python, folder / "wheels")
        for name in START[system]:
            shutil.copy2(ROOT / name, folder)
        shutil.copy2(ROOT / "pyproject.toml", folder)
        shutil.copy2(ROOT / "scripts" / "offline.txt", folder / PAGE)
        wheels = sorted((folder / "wheels").iterdir())
        (folder / "SHA256SUMS").write_text(sums(wheels), encoding="utf-8")
        size = sum(path.stat().st_size for path in wheels) / 1e6
        print(f"{folder.relative_to(ROOT)}: {len(wheels)} packages, {size:,.0f} MB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
