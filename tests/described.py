"""The columns that docs/tables.md describes, and what a build has that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import assetmap as am

PAGE = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+).*?\n(.*?)(?=^## |\Z)", PAGE, flags=re.M | re.S))


def names_in(text: str) -> set[str]:
    """Return the names that a part of the page sets as code; `<...>` in one stands for any word."""
    return set(re.findall(r"`([a-z][a-z0-9_]*|[a-z0-9_]*<\w+>[a-z0-9_]*)`", text))


def missing(columns: Iterable[object], text: str) -> list[str]:
    """Return the columns that a part of the page does not name."""
    names = names_in(text)
    exact = {name for name in names if "<" not in name}
    patterns = [re.sub(r"<\w+>", r"\\w+", name) for name in names - exact]
    wanted = [str(column) for column in columns]
    return [
        name
        for name in wanted
        if name not in exact and not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]


def undescribed(results: am.Results, *, own: Iterable[str] = ()) -> list[str]:
    """Return every column of the tables of a build that docs/tables.md does not name; ``own`` are columns of the lists."""
    parts = re.split(r"\n\n(?=`\w+`[,:])", SECTIONS["details"])
    details = {part.split("`")[1]: part for part in parts[1:]}
    tables = {"areas": results.areas, "assets": results.assets, "log": results.log, "places": results.places}
    tables |= {"postcodes": results.postcodes, "sources": results.sources}
    found = [
        f"{name}: {column}"
        for name, table in tables.items()
        if table is not None
        for column in missing(set(table.columns) - set(own) - {"geometry"}, SECTIONS[name])
    ]
    for name, table in results.details.items():
        text = details["deserts"] + details[name] if name == "bus_deserts" else details[name]
        found += [f"{name}: {column}" for column in missing((*table.index.names, *table.columns), text)]
    return found
