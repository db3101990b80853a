"""Make folders for laptops without a network: assetmap, all packages that it needs, the start files and a page of instructions.

``make offline`` makes one for each system; ``python scripts/offline.py windows`` only that one. The packages are downloaded as wheels
for Python 3.11 to 3.13; nothing is installed here. uv says which packages the other system needs (pip would ask this one, and leave out what only
Windows needs), pip downloads them, and each folder is looked at: what any package in it needs there must be in it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from release import DIST, ROOT, build, current_version, sums

PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {
    "windows": ("win_amd64",),
    "macos-arm": tuple(f"macosx_{version}_0_arm64" for version in (14, 13, 12, 11)),
    "macos-intel": (*(f"macosx_{version}_0_x86_64" for version in (13, 12, 11)), "macosx_10_15_x86_64", "macosx_10_12_x86_64"),
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}  # fmt: skip
TARGETS = {
    "windows": "x86_64-pc-windows-msvc",
    "macos-arm": "aarch64-apple-darwin",
    "macos-intel": "x86_64-apple-darwin",
    "linux": "x86_64-manylinux_2_28",
}
"""What uv calls the system."""

MARKERS = {
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
    "macos-arm": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "macos-intel": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
}
"""What the system calls itself where a package asks."""

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
    """Put the wheels that assetmap needs on a system and a version of Python into a folder.

    Raises
    ------
    SystemExit
        If a package in the folder needs one there that is not in it.
    """
    pins = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "uv",
                "pip",
                "compile",
                "--quiet",
                "--no-header",
                "--no-annotate",
                "--only-binary",
                ":all:",
            ),
            *("--python-version", python, "--python-platform", TARGETS[system], "-"),
        ],
        input=f"assetmap[{EXTRAS}] @ {wheel.resolve().as_uri()}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if pins.returncode:
        raise SystemExit(f"{system}, Python {python}: {pins.stderr.strip()}")
    packages = [line for line in pins.stdout.splitlines() if line and not line.startswith(("#", "assetmap"))]
    platforms = [word for platform in SYSTEMS[system] for word in ("--platform", platform)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--only-binary=:all:", "--python-version", python, "--implementation", "cp", *platforms),
            *("--dest", str(folder), str(wheel), *packages),
        ],
        check=True,
    )
    if lacking := missing(folder, system, python):
        raise SystemExit(f"{system}, Python {python}: the folder lacks {', '.join(lacking)}.")


def missing(folder: Path, system: str, python: str) -> list[str]:
    """Return what packages of a folder need on a system and a version of Python, and is not in the folder."""
    wheels = sorted(folder.glob("*.whl"))
    there = {parse_wheel_filename(path.name)[0] for path in wheels}
    short = "".join(python.split("."))
    target = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
    }
    found = set()
    for path in wheels:
        _, _, _, tags = parse_wheel_filename(path.name)
        if not any(tag.interpreter in {f"cp{short}", "py3"} or tag.abi == "abi3" for tag in tags):
            continue  # for another version of Python
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            needs = HeaderParser().parsestr(archive.read(name).decode("utf-8")).get_all("Requires-Dist") or []
        for need in map(Requirement, needs):
            extras = (EXTRAS, "") if path.name.startswith("assetmap-") else ("",)
            asked = [{**target, **MARKERS[system], "extra": extra} for extra in extras]
            wanted = need.marker is None or any(need.marker.evaluate(each) for each in asked)
            if wanted and canonicalize_name(need.name) not in there:
                found.add(need.name)
    return sorted(found)


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
