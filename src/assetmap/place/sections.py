"""The ``assetmap.toml`` of a new project: a table for each file, with its source, date and licence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.schema import InputError, reference_table

FORM: Final = re.compile(
    r", (short headings|without the year in its headings|your own table|an extract|made into one table|with coordinates|JSON)$"
)
"""What our table of sources adds to a title to tell the forms of one publication apart; readers do not need it."""

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
    section = {
        "file": file,
        "title": FORM.sub("", source["title"]),
        "publisher": source["publisher"],
        "date": date,
    }
    section |= {"licence": source["licence"] or "not stated: ask its owner", "attribution": attribution}
    return section | ({"url": source["page"]} if source["page"] else {})


def settings_text(name: str, sections: dict[str, dict[str, Any]]) -> str:
    """Return the text of a new ``assetmap.toml``.

    Parameters
    ----------
    name
        Name of the place.
    sections
        Keys and values of each table; ``assets.ID`` for a list of assets, ``census.FILE`` for a table of the census.
    """
    lines = [
        "# Made by assetmap from official files. You can change anything here; docs/settings.md explains each setting.",
        "# 'assetmap project' with newer files keeps what you change.",
        "",
        "[project]",
        f"title = {_toml(f'{name}: what communities have, and where more is needed')}",
        f"area_name = {_toml(name)}",
        'audience = "public"',
    ]
    for title, content in sections.items():
        lines += ["", _heading(title), *(f"{key} = {_toml(value)}" for key, value in content.items())]
    return "\n".join([*lines, ""])


def updated_text(
    text: str,
    before: dict[str, dict[str, Any]],
    now: dict[str, dict[str, Any]],
    notes: list[str],
) -> str:
    """Return settings brought up to date, with everything that a person wrote in them.

    A value is replaced only if it is still the one that was written when the project was made, so comments, order
    and every value that was changed by hand stay.

    Parameters
    ----------
    text
        The present ``assetmap.toml``.
    before, now
        What was written, and what is to be written: keys and values of each table; ``assets.ID`` for a list.
    notes
        A sentence is added for each value that was changed by hand and is kept.

    Returns
    -------
    str
        The new text.
    """
    lines = text.splitlines()
    for name, wanted in now.items():
        found = _table_in(lines, name)
        if found is None:
            if name in before:
                notes.append(f"assetmap.toml has no {name} any more, so it was not updated.")
                continue
            lines += ["", _heading(name), *(f"{key} = {_toml(value)}" for key, value in wanted.items())]
            continue
        old = before.get(name, {})
        for key in (*wanted, *(key for key in old if key not in wanted)):
            start, end = _table_in(lines, name) or found
            _update_key(lines, range(start + 1, end), key, old.get(key), wanted.get(key), name, notes)
    return "\n".join(lines) + "\n"


def _update_key(
    lines: list[str], within: range, key: str, old: Any, new: Any, table: str, notes: list[str]
) -> None:
    """Replace, add or take out one key of a table, unless a person changed it."""
    at = next((n for n in within if re.match(rf"\s*{re.escape(key)}\s*=", lines[n])), None)
    if at is None:
        if new is not None and old is None:
            last = max(
                (n for n in within if "=" in lines[n] and not lines[n].lstrip().startswith("#")),
                default=within.start - 1,
            )
            lines.insert(last + 1, f"{key} = {_toml(new)}")
        return
    head, _, rest = lines[at].partition("=")
    literal = _toml(old)
    if old is None or not rest.strip().startswith(literal):
        if new is not None and not rest.strip().startswith(_toml(new)):
            notes.append(f"assetmap.toml, {table}: '{key}' was changed by hand and was kept.")
        return
    if new is None:
        del lines[at]
    else:
        lines[at] = f"{head}= {_toml(new)}{rest.strip()[len(literal) :]}"


REPEATED: Final = {"assets": "id", "census": "file"}
"""Tables that occur several times, and the key that tells one from another: ``assets.choirs``, ``census.cars.csv``."""


def _heading(name: str) -> str:
    """Return the line above a table."""
    table = name.partition(".")[0]
    return f"[[{table}]]" if table in REPEATED else f"[{name}]"


def _table_in(lines: list[str], name: str) -> tuple[int, int] | None:
    """Return the first line of a table and the line after its last one; of repeated ones, that with its id or file."""
    table, _, wanted = name.partition(".")
    key = REPEATED.get(table, "id")
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[", line)]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        if not re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]+", lines[start]):
            continue
        ids = [line for line in lines[start:end] if re.match(rf"\s*{key}\s*=", line)]
        if not wanted or any(line.partition("=")[2].strip().startswith(_toml(wanted)) for line in ids):
            return start, end
    return None


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
