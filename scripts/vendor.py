"""Fetch the browser libraries of the map and of the app from their npm packages, and check them.

Run it only to change a version: ``python scripts/vendor.py`` needs npm and a package registry. What it writes
under ``show/map/static/vendor`` and ``app/static/vendor`` of ``src/assetmap`` is committed, so that neither an
installation nor a build fetches anything.

Of GOV.UK Frontend we take the compiled style and script alone. The crown, the logo, the crest and the typeface GDS
Transport are reserved for GOV.UK, so the rules that name them are taken out of the style.

htmx is pinned to version 2: its settings ``allowEval`` and ``includeIndicatorStyles`` are documented and settled, and a page
under a strict policy needs both to be off. Version 4 is weeks old and answers other events.
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

SOURCE = Path(__file__).resolve().parents[1] / "src" / "assetmap"
VENDOR = SOURCE / "show" / "map" / "static" / "vendor"
APP_VENDOR = SOURCE / "app" / "static" / "vendor"

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

APP_PACKAGES: dict[str, dict[str, str]] = {
    "govuk-frontend@6.6.0": {
        "dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
        "dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    },
    "accessible-autocomplete@3.0.1": {
        "dist/accessible-autocomplete.min.css": "accessible-autocomplete.min.css",
        "dist/accessible-autocomplete.min.js": "accessible-autocomplete.min.js",
        "LICENSE.txt": "LICENSE-accessible-autocomplete.txt",
    },
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE-htmx.org.txt"},
}

GOVUK_LICENCE = """The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
"""The npm package of GOV.UK Frontend names its licence and has no file of it."""

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


def without_reserved(css: str) -> str:
    """Take the fonts and the crest out of the style of GOV.UK Frontend."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,", "")
    css = re.sub(r"url\(/assets/[^)]*\)", "none", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    left = re.findall(r"url\([^)]*\)|GDS Transport", css)
    if left:
        raise SystemExit(f"The style still names {left}.")
    return css


def write_record(folder: Path, written: dict[str, str]) -> None:
    """Write ``vendor.json``: the package and the SHA-256 of each file."""
    record = {
        name: {"package": package, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name, package in sorted(written.items())
    }
    (folder / "vendor.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8", newline="\n")


def vendor_app() -> None:
    """Write the files of the app."""
    APP_VENDOR.mkdir(parents=True, exist_ok=True)
    written = {"LICENSE-govuk-frontend.txt": "govuk-frontend@6.6.0"}
    (APP_VENDOR / "LICENSE-govuk-frontend.txt").write_text(GOVUK_LICENCE, encoding="utf-8", newline="\n")
    with tempfile.TemporaryDirectory() as folder:
        for package, files in APP_PACKAGES.items():
            with pack(package, Path(folder)) as archive:
                for path, name in files.items():
                    text = member(archive, path).decode("utf-8")
                    text = without_reserved(text) if name.endswith(".css") else without_source_map(text)
                    (APP_VENDOR / name).write_text(text, encoding="utf-8", newline="\n")
                    written[name] = package
    write_record(APP_VENDOR, written)


def main() -> None:
    """Write the files and ``vendor.json`` with a SHA-256 for each."""
    vendor_app()
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
    write_record(VENDOR, written)


if __name__ == "__main__":
    main()
