"""A file of a list as bytes, and how it was read: always in the child process of `read`, as every file from outside is."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.errors import InputError
from assetmap.project.store.contents import Content
from assetmap.project.store.records import BY_HAND
from assetmap.read.lists.assets import read_assets
from assetmap.schema import WORKING_CRS, AssetList, reference_table

NAME: Final = re.compile(r"[a-z0-9_]{1,60}")

BESIDE: Final = (".dbf", ".shx", ".prj", ".cpg")


@dataclass(frozen=True, eq=False)
class Reading:
    """A file as it was read: what `readings` and `cells` keep."""

    file_name: str
    content: bytes
    sha256: str
    options: dict[str, Any]
    listed: AssetList
    columns: list[str]
    values: list[list[Any]]
    parts: list[str]


def read_bytes(content: bytes, file_name: str, name: str, options: Mapping[str, Any]) -> Reading:
    """Read the bytes of a file, in the child process of `read`, as every file from outside is."""
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        path = Path(folder) / file_name
        path.write_bytes(content)
        parts = options["parts"] or None
        try:
            listed = read_assets(
                path,
                source=name,
                asset_type=options["asset_type"] or None,
                columns=options["columns"] or None,
                sheet=parts,
                layer=parts,
            )
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")) from None
    table = listed.table
    plain = pd.DataFrame(table.drop(columns=["geometry", "source", "row"], errors="ignore"))
    if "geometry" in table:
        metres = table.geometry.to_crs(WORKING_CRS)
        plain = plain.assign(point_x=metres.x.to_numpy(), point_y=metres.y.to_numpy())
    columns = [str(column) for column in plain.columns]
    values = plain.astype(object).where(plain.notna(), None).values.tolist()
    several = len(listed.parts) > 1
    part = table["sheet"].tolist() if several else [*listed.parts, ""][:1] * len(table)
    digest = hashlib.sha256(content).hexdigest()
    return Reading(file_name, content, digest, dict(options), listed, columns, values, part)


def read_like(content: bytes, file_name: str, old: Content) -> Reading:
    """Read a newer file as the old one was read: the same headings mean the same, the same sheets are read."""
    options = {**old.options, "columns": {}}
    name = old.info.name
    try:
        read = read_bytes(content, file_name, name, options)
    except InputError:
        if not (options["parts"] or old.options["columns"]):
            raise
        read = read_bytes(content, file_name, name, {**old.options, "parts": []})
    now_means = dict(zip(read.listed.headings["heading"], read.listed.headings["column"], strict=True))
    known = set(reference_table("column_names").index)
    once = old.headings[~old.headings["column"].duplicated(keep=False) & old.headings["column"].isin(known)]
    meant = {c: h for h, c in zip(once["heading"], once["column"], strict=True) if h in now_means}
    chosen = {c: h for c, h in old.options["columns"].items() if h in now_means}
    differs = {c: h for c, h in meant.items() if now_means[h] != c}
    if not chosen and not differs:
        return read
    return read_bytes(content, file_name, name, {**read.options, "columns": {**differs, **chosen}})


def options_of(columns: Mapping[str, str], parts: Sequence[str], asset_type: str) -> dict[str, Any]:
    """Return how a file is read, as it is stored."""
    return {"columns": dict(columns), "parts": list(parts), "asset_type": asset_type}


def bytes_of(path: Path, file_name: str) -> tuple[bytes, str]:
    """Return the bytes of a file, and its name; a shapefile with the files that belong to it, as a zip."""
    shown = _safe_name(file_name or path.name)
    try:
        if path.suffix.lower() == ".shp":
            return _zipped(path), f"{Path(shown).stem}.zip"
        return path.read_bytes(), shown
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error


def _zipped(path: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(path.parent.iterdir()):
            if each == path or (each.stem == path.stem and each.suffix.lower() in BESIDE):
                archive.writestr(zipfile.ZipInfo(each.name), each.read_bytes())
    return held.getvalue()


def _safe_name(name: str) -> str:
    """Return the last part of a name, with signs that no file name may have replaced."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r'[<>:"|?*\x00-\x1f\x7f]', "_", last).strip(" .")
    if not clean:
        raise InputError("The file has no name.")
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:20]}" if stem else clean[:100]


def name_of(file_name: str) -> str:
    """Return a name for the list of a file."""
    words = (
        re.sub(r"[^a-z0-9]+", "_", file_name.split(".", maxsplit=1)[0].casefold()).strip("_")[:50].strip("_")
    )
    return words if words and words != BY_HAND else "list"


def check_name(name: str) -> None:
    """Refuse what is no name of a list."""
    if not NAME.fullmatch(name) or name in (BY_HAND, "decisions"):
        raise InputError(
            f"'{name}' is not a valid name of a list: use small letters, digits and _, such as 'village_halls'."
        )
