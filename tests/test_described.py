"""docs/tables.md and data/README.md name every table and column that there is, and no other.

That a build has no column that the page lacks is tested where builds are made: `undescribed` in tests/described.py.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import described
from assetmap.schema import data_folder, reference_table

ROOT = Path(__file__).parents[1]
FROM_FILES = {"operator_<year>", "<column>_as_written", "closed_year_as_written", "msoa21_code"} | {
    "msoa21_hcl_name", "ruc21_code", "ward24_code", "ward24_name",
}  # fmt: skip
"""Columns whose names no code spells: they come from the lists and the years of official files."""


def words_of_the_code() -> set[str]:
    """Every word that code has as a text, a keyword (``assign(name=...)``) or a function, and every word of the data."""
    found: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for pattern in (r"[\"'{}](\w+)[\"'{}]", r"\b(\w+)=", r"\bdef (\w+)"):
            found |= set(re.findall(pattern, text))
    for file in data_folder().rglob("*.csv*"):
        with (gzip.open if file.suffix == ".gz" else open)(
            file, "rt", encoding="utf-8-sig", newline=""
        ) as opened:
            found |= set(
                re.findall(r"\w+", opened.read() if file.parent.name == "tables" else opened.readline())
            )
    return found


def spelt(name: str, known: set[str], joined: str) -> bool:
    """Say whether code has a name, whole or put together of parts: ``impact_low`` of ``impact`` and ``_low``."""
    if name in known or (name.startswith("_") and name in joined):
        return True
    cuts = [at for at, letter in enumerate(name) if letter == "_" and at]
    return any(spelt(name[:at], known, joined) and spelt(name[at:], known, joined) for at in cuts)


def test_every_name_of_the_tables_is_in_the_code() -> None:
    known = words_of_the_code()
    joined = "\n".join(known)
    strange = [
        name
        for name in sorted(described.names_in(described.PAGE) - FROM_FILES)
        if not all(spelt(part, known, joined) for part in re.split(r"<\w+>", name) if part)
    ]
    assert not strange, f"docs/tables.md names what no code does: {', '.join(strange)}"


def test_every_file_of_the_reference_tables_is_described_and_no_other() -> None:
    rows = (ROOT / "data" / "README.md").read_text(encoding="utf-8").split("\n## tables\n")[1]
    named = {
        name.strip()
        for names in re.findall(r"^\| ([\w., ]+\.csv) \| ", rows, flags=re.M)
        for name in names.split(",")
    }
    assert named == {path.name for path in (ROOT / "data" / "tables").glob("*.csv")}


def test_the_columns_of_reference_tables_on_the_page_are_those_of_the_files() -> None:
    sections = re.findall(
        r"^## `data/tables/(\w+)\.csv`.*?\n(.*?)(?=^## |\Z)", described.PAGE, flags=re.M | re.S
    )
    assert {name for name, _ in sections} == {"sources", "guarded_words", "guarded_parts"}
    for name, text in sections:
        columns = {*map(str, reference_table(name).columns), str(reference_table(name).index.name)}
        first = " ".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
        assert not described.missing(columns, text + described.PAGE.split(f"{name}.csv")[1].split("\n")[0]), (
            name
        )
        assert described.names_in(first) <= columns, name
