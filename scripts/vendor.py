"""Fetch the browser libraries that the map carries inside, from their npm packages, and check them.

Run it only to change a version: ``python scripts/vendor.py`` needs npm and a package registry. What it writes
under ``src/assetmap/show/map/static/vendor`` is committed, so that neither an installation nor a build fetches anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "src" / "assetmap" / "show" / "map" / "static" / "vendor"

PACKAGES: dict[str, dict[str, str]] = {
    "leaflet@1.9.4": {
        "dist/leaflet.js": "leaflet.js",
        "dist/leaflet.css": "leaflet.css",
        "LICENSE": "LICENSE-leaflet.txt",
    },
    "leaflet.markercluster@1.5.3": {
        "dist/leaflet.markercluster.js": "leaflet.markercluster.js",
        "dist/MarkerCluster.css": "MarkerCluster.css",
        "dist/MarkerCluster.Default.css": "MarkerCluster.Default.css",
        "MIT-LICENCE.txt": "LICENSE-leaflet.markercluster.txt",
    },
    "jquery@3.7.1": {"dist/jquery.min.js": "jquery.min.js", "LICENSE.txt": "LICENSE-jquery.txt"},
}

MARKER_IMAGES = {
    "iconUrl": "marker-icon.png",
    "iconRetinaUrl": "marker-icon-2x.png",
    "shadowUrl": "marker-shadow.png",
}


def pack(package: str, folder: Path) -> tarfile.TarFile:
    """Let npm fetch one package, pinned to its version, and open it."""
    made = subprocess.run(
        ["npm", "pack", package, "--silent"], cwd=folder, check=True, capture_output=True, text=True
    )
    return tarfile.open(folder / made.stdout.split()[-1])


def member(archive: tarfile.TarFile, path: str) -> bytes:
    """Return the bytes of one file of a package."""
    held = archive.extractfile(f"package/{path}")
    if held is None:
        raise SystemExit(f"The package has no file {path}.")
    return held.read()


def data_uri(image: bytes) -> str:
    """Write a PNG as text that a style sheet or a script can carry."""
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def without_links(css: str, archive: tarfile.TarFile) -> str:
    """Put the pictures of a style sheet into it: the map is one file."""

    def inline(found: re.Match[str]) -> str:
        return f"url({data_uri(member(archive, 'dist/' + found.group(1)))})"

    return re.sub(r"url\((images/[^)]+)\)", inline, css)


def without_source_map(script: str) -> str:
    """Drop the comment that would make developer tools ask for a file that is not there."""
    return re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", script)


def main() -> None:
    """Write the files and ``vendor.json`` with a SHA-256 for each."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, files in PACKAGES.items():
            with pack(package, Path(folder)) as archive:
                for path, name in files.items():
                    text = member(archive, path).decode("utf-8")
                    if name.endswith(".css"):
                        text = without_links(text, archive)
                    if name.endswith(".js"):
                        text = without_source_map(text)
                    (VENDOR / name).write_text(text, encoding="utf-8", newline="\n")
                    written[name] = package
                if package.startswith("leaflet@"):
                    icons = {
                        k: data_uri(member(archive, f"dist/images/{v}")) for k, v in MARKER_IMAGES.items()
                    }
                    script = (
                        "L.Icon.Default.imagePath = '';\nL.Icon.Default.mergeOptions("
                        + json.dumps(icons, indent=1)
                        + ");\n"
                    )
                    (VENDOR / "leaflet-images.js").write_text(script, encoding="utf-8", newline="\n")
                    written["leaflet-images.js"] = package
    record = {
        name: {"package": package, "sha256": hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()}
        for name, package in sorted(written.items())
    }
    (VENDOR / "vendor.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
