"""The ``assetmap.toml`` of a new project: a table for each file, with its source, date and licence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.schema import InputError, reference_table

RECORD: Final = "sources.json"
"""Beside downloaded files: where each came from, and when."""


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each as a dictionary of its columns."""
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def section_of(row: dict[str, Any], file: str) -> dict[str, Any]:
    """Return the settings of a file: title, publisher, date, licence and attribution of its source."""
    source = reference_table("sources").loc[row["source_id"]]
    date = _date(row) or _fetched(row) or "not stated"
    edition = re.search(r"20\d\d", str(row["vintage"])) if row["kind"] in ("postcodes", "places") else None
    year = _fetched(row)[:4] or (edition[0] if edition else "")
    attribution = source["attribution"].replace(" {year}", f" {year}" if year else "")
    section = {"file": file, "title": source["title"], "publisher": source["publisher"], "date": date}
    section |= {"licence": source["licence"] or "not stated: ask its owner", "attribution": attribution}
    return section | ({"url": source["page"]} if source["page"] else {})


def settings_text(
    name: str, sections: dict[str, dict[str, Any]], lists: list[dict[str, Any]], catchment_km: float
) -> str:
    """Return the text of ``assetmap.toml``."""
    lines = [
        "# Made by assetmap from official files. You can change anything here; docs/settings.md explains each setting.",
        "",
        "[project]",
    ]
    lines += [f"title = {_toml(f'{name}: what communities have, and where more is needed')}"]
    lines += [f"area_name = {_toml(name)}", 'audience = "public"']
    for title, content in sections.items():
        lines += ["", f"[{title}]", *(f"{key} = {_toml(value)}" for key, value in content.items())]
    for content in lists:
        lines += ["", "[[assets]]", *(f"{key} = {_toml(value)}" for key, value in content.items())]
    lines += ["", "[access]", 'asset_type = "library"', f"limit_m = {catchment_km * 1000:g}", ""]
    return "\n".join(lines)


def _date(row: dict[str, Any]) -> str:
    """Return the year of a vintage (``lsoa11``, ``lsoa21, 2022``), an edition, or the month in a file name."""
    if row["kind"] == "need":
        return family_of(row["source_id"])[-4:]
    found = re.search(r"(20\d\d)$|^[a-z]+(\d\d)$", str(row["vintage"]))
    if row["kind"] in ("boundary", "population") and found:
        return found[1] or f"20{found[2]}"
    return str(row["vintage"])


def _fetched(row: dict[str, Any]) -> str:
    if "path" not in row:
        return ""
    files = noted_files(Path(row["path"]).parent / RECORD)
    return next(
        (str(each.get("fetched"))[:10] for each in files if each["file"] == Path(row["path"]).name), ""
    )


def noted_files(record: Path) -> list[dict[str, Any]]:
    """Return the entries of a ``sources.json``: which file came from where and when; none if there is no such file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    if not record.is_file():
        return []
    try:
        files = json.loads(record.read_text(encoding="utf-8"))["files"]
        right = all(isinstance(each, dict) and isinstance(each.get("file"), str) for each in files)
    except (ValueError, KeyError, TypeError, RecursionError):
        right = False
    if not right:
        raise InputError(f"'{record}' is damaged. Delete it; only the dates of downloads are lost.")
    return list(files)


def family_of(source_id: str) -> str:
    """Return the family of need indices that a source belongs to, such as ``iod2025``."""
    families = reference_table("need_indices")["family"].unique()
    return next(str(name) for name in families if source_id.startswith(name))


def year_in(text: str) -> int | None:
    """Return the year in the name of a column or a title, or None."""
    found = re.search(r"mid[- ]?(20\d\d)|(20\d\d)$", text.casefold())
    return int(found[1] or found[2]) if found else None


def _toml(value: Any) -> str:
    """Write a value as TOML; a JSON string is a TOML string."""
    return json.dumps(value, ensure_ascii=False)
