"""Residents of small areas: a published table of population -> one row per area.

Read are the small-area workbook of the Office for National Statistics, the tables of Nomis (as its interface
sends them and as its bulk files hold them), the population denominators of the Indices of Deprivation, and
plain tables. Ages are added up only where published bands tile the age group exactly: five-year bands
10-14 and 15-19 say nothing about "0 to 15", so the count is then missing, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.columns import canonical_columns, vintage_of
from assetmap.read.tables import heading_key, read_published, refuse_duplicates, to_numbers
from assetmap.schema import InputError, first_few

OLDEST: Final = 120
"""The open end of "85 and over"."""

AGE_GROUPS: Final = {"children_0_15": (0, 15), "older_60_plus": (60, OLDEST)}

TOTALS: Final = (
    "population",
    "total population",
    "total",
    "all ages",
    "age total",
    "age total measures value",
    "residence type total measures value",
    "total population mid 2022",
    "total population mid 2022 excluding prisoners",
    "total population mid 2015 excluding prisoners",
)
NAMED: Final = {
    "children_0_15": ("children 0 15", "age 0 15", "dependent children aged 0 15"),
    "older_60_plus": ("older 60 plus", "age 60 plus", "older population aged 60 and over"),
    "households": ("number of cars or vans total all households", "total all households"),
    "households_no_car": (
        "number of cars or vans no cars or vans in household",
        "no cars or vans in household",
    ),
}
CODE_HEADINGS: Final = ("geography code", "area code", "lsoa code", "msoa code")

_SPANS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int]]], ...]] = (
    (re.compile(r"^(?:aged )?(?:under 1|less than 1)(?: year)?$"), lambda _: (0, 0)),
    (re.compile(r"^(?:aged )?(\d+)(?: years?)? and under$"), lambda found: (0, int(found[1]))),
    (re.compile(r"^(?:aged |[fm])?(\d+)(?: to | )(\d+)(?: years?)?$"), lambda f: (int(f[1]), int(f[2]))),
    (re.compile(r"^(?:aged |[fm])?(\d+)(?: years?)?(?: and over| plus)$"), lambda f: (int(f[1]), OLDEST)),
    (re.compile(r"^[fm]90$"), lambda _: (90, OLDEST)),
    (re.compile(r"^(?:aged )?(\d+) years?$"), lambda found: (int(found[1]), int(found[1]))),
    (re.compile(r"^[fm](\d+)$"), lambda found: (int(found[1]), int(found[1]))),
)


@reader
def read_population(path: str | Path, *, year: int | None = None) -> pd.DataFrame:
    """Read the residents of small areas from a published table.

    Parameters
    ----------
    path
        A spreadsheet or a CSV file: the ONS small-area workbook, a Nomis table, the population
        denominators of the Indices of Deprivation, or any table with a column of area codes and one
        named ``population``. The largest sheet year is taken when a workbook has several.
    year
        The year the figures are for; read from the sheet, the headings, a date column or the file name
        when not given.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``, in the vintage of the file; ``population`` (residents), ``population_year``
        (missing where the file does not say), and where the file allows it ``children_0_15``,
        ``older_60_plus`` (residents), ``households`` and ``households_no_car`` (households). A file
        about households only has ``population`` missing.

    Raises
    ------
    InputError
        If there is no column of area codes or nothing is counted, an area code is duplicated, or a cell is not
        a number.

    Examples
    --------
    >>> int(am.read_population(project.folder / "iod2025.csv")["population"].sum())
    575532
    """
    path = Path(path)
    published = read_published(path, wanted=_has_counts, prefer=str(year or ""))
    table, sheet = published.table, published.sheet
    code = code_column(table, path, fix="Name it as its publisher does, for instance LSOA21CD.")
    if _is_long(table):
        table, code = _widen(table, path), "area_code"
    counts = _counts(table, path, code)
    counts.index = pd.Index(table[code].str.strip(), name="area_code")
    counts = counts[counts.index != ""]
    refuse_duplicates(counts.index, path=path, what="area code")
    found = year or _year_of(table, sheet, path)
    counts.insert(1, "population_year", float("nan") if found is None else found)
    return counts


def age_span(label: str) -> tuple[int, int] | None:
    """Return the first and last age of a published band, or None where the label is not a band.

    Examples
    --------
    >>> age_span("Age: Aged 4 years and under"), age_span("F65 and over"), age_span("M17")
    ((0, 4), (65, 120), (17, 17))
    >>> age_span("Total") is None
    True
    """
    text = label.casefold().removesuffix("; measures: value").removeprefix("age:").replace("-", " ")
    text = " ".join(text.replace("+", " plus").split())
    for pattern, span in _SPANS:
        if found := pattern.match(text):
            first, last = span(found)
            return (first, last) if first <= last else None
    return None


def add_up_ages(bands: Mapping[str, pd.Series], group: tuple[int, int]) -> pd.Series | None:
    """Add the bands inside an age group, or return None where they do not tile it exactly.

    Bands of men and women (``F0``, ``M0``) tile it twice; that is right only where every band occurs once for each.
    """
    inside = {label: age_span(label) for label in bands}
    chosen = {label: span for label, span in inside.items() if span and group[0] <= span[0] <= group[1]}
    if not chosen or any(span[1] > group[1] for span in chosen.values()):
        return None
    ages = [age for span in chosen.values() for age in range(span[0], span[1] + 1)]
    per_age = pd.Series(ages).value_counts()
    whole = len(per_age) == group[1] - group[0] + 1 and per_age.nunique() == 1
    both_sexes = all(label[:1] in "FfMm" for label in chosen)
    if not whole or int(per_age.iloc[0]) != (2 if both_sexes else 1):
        return None
    return sum((bands[label] for label in list(chosen)[1:]), start=bands[next(iter(chosen))])


def _has_counts(row: list[str]) -> bool:
    """Whether a row of cells names a column of area codes and a total."""
    return bool(canonical_columns(row)) and any(heading_key(cell) in TOTALS for cell in row)


def code_column(table: pd.DataFrame, path: Path, *, fix: str) -> str:
    """Return the column of area codes: of a known vintage, or under a heading of `CODE_HEADINGS`.

    Raises
    ------
    InputError
        If there is none; ``fix`` says what to do.
    """
    vintage = vintage_of(table.columns)
    if vintage is not None:
        return canonical_columns(table.columns)[f"{vintage}_code"]
    for column in table.columns:
        if heading_key(str(column)) in CODE_HEADINGS:
            return str(column)
    raise InputError(
        f"'{path}': no column looks like an area code; it has {first_few(table.columns, most=12)}. {fix}"
    )


def _is_long(table: pd.DataFrame) -> bool:
    return {"geography code", "obs value"} <= {heading_key(str(column)) for column in table.columns}


def _widen(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Turn a Nomis table with a row per area and category into one row per area."""
    keys = {heading_key(str(column)): str(column) for column in table.columns}
    names = [key for key in keys if key.endswith(" name") and key.split(" ")[0] in ("c", "c2021", "c2011")]
    code, value = keys["geography code"], keys["obs value"]
    category = table[keys[names[0]]] if names else pd.Series("population", index=table.index)
    words = category.str.casefold()
    people = words.str.startswith(("total", "all ages")) & ~words.str.contains("household")
    category = category.where(~people, "population")
    long = pd.DataFrame({"area_code": table[code].str.strip(), "category": category, "value": table[value]})
    repeated = long.duplicated(["area_code", "category"])
    if repeated.any():
        raise InputError(
            f"'{path}': {int(repeated.sum())} rows give the same area and category again, first "
            f"{first_few(long.loc[repeated, 'area_code'])}: fetch one date, one sex and one measure only."
        )
    wide = long.pivot(index="area_code", columns="category", values="value").fillna("").reset_index()
    wide.columns.name = None
    dates = [keys[key] for key in ("date name", "date") if key in keys]
    if dates:
        wide["date"] = table[dates[0]].iloc[0] if len(table) else ""
    return wide


def _counts(table: pd.DataFrame, path: Path, code: str) -> pd.DataFrame:
    keys = {heading_key(str(column)): str(column) for column in reversed(table.columns)}
    found: dict[str, pd.Series] = {}
    total = next((keys[key] for key in TOTALS if key in keys), None)
    if total is not None:
        found["population"] = to_numbers(table[total], path=path, name=total)
    for name, headings in NAMED.items():
        column = next((keys[key] for key in keys if key.startswith(headings)), None)
        if column is not None:
            found[name] = to_numbers(table[column], path=path, name=column)
    bands = {
        str(column): to_numbers(table[column], path=path, name=str(column))
        for column in table.columns
        if column != code and age_span(str(column)) is not None
    }
    for name, group in {"population": (0, OLDEST), **AGE_GROUPS}.items():
        if name not in found and (sums := add_up_ages(bands, group)) is not None:
            found[name] = sums
    if not found:
        raise InputError(
            f"'{path}' has no counts of people or households: it needs a column named 'population', 'Total' or age bands; "
            f"it has {first_few(table.columns, most=12)}."
        )
    found.setdefault("population", pd.Series(float("nan"), index=table.index))
    return pd.DataFrame({name: found[name] for name in ("population", *AGE_GROUPS, *NAMED) if name in found})


def _year_of(table: pd.DataFrame, sheet: str, path: Path) -> int | None:
    dates = [str(table[column].iloc[0]) for column in ("date", "DATE_NAME") if column in table and len(table)]
    headings = " ".join(str(column) for column in table.columns if "population" in str(column).casefold())
    for text in (sheet, *dates, headings, path.stem):
        found = re.search(r"(?:mid|census|^|[^\d])[- _]?(20\d\d|19\d\d)", text.casefold())
        if found:
            return int(found[1])
    return None
