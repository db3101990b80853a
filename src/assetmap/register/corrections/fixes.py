"""What could be corrected in a list: the cell, the text to put there, and why.

A fix is ``sure`` where the register reads the cell in this way already: a postcode with mixed up letters, exchanged
coordinates, HTML, a date in the American order. The others (a misspelt type, a misspelt town) need a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.build import stack_lists
from assetmap.register.candidates import inside_or_flipped
from assetmap.register.coordinates import points_of_rows
from assetmap.register.judge import FIRST_YEAR, clean_rows
from assetmap.register.postcodes import postcodes_within, tidy_postcodes
from assetmap.register.typed import is_american, is_serial, read_dates, read_years
from assetmap.register.types import OTHER, known_types, type_words
from assetmap.register.words import column_or_empty, name_key, place_keys, singular
from assetmap.schema import AssetList, reference_table

COLUMNS: Final = ("source", "sheet", "row", "name", "column", "heading", "before", "after", "reason", "sure")
TEXTS: Final = ("name", "address", "town", "operator", "owner", "website", "note")
"""Columns in which HTML is decoded."""

AS_KEPT: Final = ("name", "postcode", "address", "latitude", "longitude", "easting", "northing")
"""Columns that a list in a published format has as they are."""

PAIRS: Final = (("latitude", "longitude"), ("northing", "easting"))
LIKE_TOWN: Final = 88.0
"""Least likeness of a town that is suggested for a misspelt one, of 100."""

LIKE_TYPE: Final = 85.0
"""The same for a type."""

LONGEST_TYPE: Final = 80
MOST_DIFFERENT: Final = 500
"""Different unknown types or towns of a list that get a suggestion."""

Fix = tuple[int, str, str, str, bool]
"""Row (place in the table), column, new text, reason, sure."""


def suggest_fixes(
    listed: AssetList,
    *,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Suggest corrections of the cells of a list.

    Parameters
    ----------
    listed
        As `read_assets` returns it.
    postcodes, places, areas
        As for `build_register`: with them O typed for 0, misspelt towns and lost minus signs are found too.

    Returns
    -------
    pandas.DataFrame
        One row per cell: ``source``, ``sheet`` (``""`` where the file has one table), ``row`` (its number in the file), ``name``,
        ``column`` of the register, ``heading`` of the file, ``before``, ``after``, ``reason``, and ``sure``: true where the register reads the cell
        like this already, false where a person must decide. In file order.

    Examples
    --------
    >>> list(am.register.suggest_fixes(am.read_assets(town.folder / "directory.csv")).columns)[:4]
    ['source', 'sheet', 'row', 'name']
    """
    raw = stack_lists([listed])
    rows = clean_rows(raw)
    headings = _headings(listed)
    found: list[Fix] = [
        *_postcodes(rows, postcodes),
        *_html(raw, rows),
        *_coordinates(rows, areas),
        *_dates(rows),
        *_types(rows),
        *_towns(rows, places),
    ]
    if listed.shape:  # its other columns were made of several of the file
        found = [fix for fix in found if fix[1] in AS_KEPT]
    table = pd.DataFrame(found, columns=["place", "column", "after", "reason", "sure"])
    several = len(listed.parts) > 1 and "sheet" in raw
    sheets = raw["sheet"].to_numpy() if several else np.full(len(raw), "", dtype=object)
    # Each sheet may call a column by another heading.
    table["heading"] = [
        listed.meant.get(str(sheets[k]), headings).get(column, "")
        for k, column in zip(table["place"], table["column"], strict=True)
    ]
    table = (
        table[table["heading"] != ""].drop_duplicates(["place", "column"]).sort_values("place", kind="stable")
    )
    place = table["place"].to_numpy(dtype=int)
    cells = [str(raw[column].iloc[k]) for k, column in zip(place, table["column"], strict=True)]
    only = listed.parts[0] if len(listed.parts) == 1 else ""
    table = table.assign(
        source=listed.source,
        sheet=sheets[place] if several else only,
        row=raw["row"].to_numpy()[place],
        name=rows["name"].to_numpy()[place],
        before=cells,
        sure=table["sure"].astype("bool"),
    )
    return table.loc[table["before"] != table["after"], list(COLUMNS)].reset_index(drop=True)


def _headings(listed: AssetList) -> dict[str, str]:
    """Return column -> heading where one heading alone became the column."""
    told = listed.headings[listed.headings["understood"]]
    alone = told[~told["column"].duplicated(keep=False)]
    return dict(zip(alone["column"], alone["heading"], strict=True))


def _postcodes(rows: pd.DataFrame, postcodes: pd.DataFrame | None) -> Iterator[Fix]:
    typed = column_or_empty(rows, "postcode")
    tidied = tidy_postcodes(typed, known=None if postcodes is None else postcodes.index)
    within = postcodes_within(column_or_empty(rows, "address").where(tidied["postcode"] == "", ""))
    for k, (cell, tidy, repair, inside) in enumerate(
        zip(typed, tidied["postcode"], tidied["repair"], within, strict=True)
    ):
        if tidy and repair != "found" and tidy != cell:
            why = "letters and digits were mixed up" if repair == "letters" else "written as usual"
            yield k, "postcode", tidy, why, True
        elif not cell and inside:
            yield k, "postcode", inside, "from its address", True


def _html(raw: pd.DataFrame, rows: pd.DataFrame) -> Iterator[Fix]:
    for column in TEXTS:
        if column not in raw or not any("&" in text or "<" in text for text in raw[column].tolist()):
            continue
        marked = raw[column].str.contains(r"&#?\w+;|<\w", regex=True) & (
            rows[column] != raw[column].str.strip()
        )
        for k in np.flatnonzero(marked.to_numpy()):
            if rows[column].iloc[k]:
                yield int(k), column, str(rows[column].iloc[k]), "HTML was decoded", True


def _coordinates(rows: pd.DataFrame, areas: gpd.GeoDataFrame | None) -> Iterator[Fix]:
    """Exchange coordinates that were exchanged, and put back a minus sign that was lost."""
    points = points_of_rows(rows)
    moved = pd.Series(inside_or_flipped(points, areas)[1], index=rows.index)
    for up, across in PAIRS:
        if up not in rows or across not in rows:
            continue
        said = (rows[up] != "") & (rows[across] != "")
        degrees = up == "latitude"
        exchanged = points["swapped"] if degrees else moved
        for k in np.flatnonzero((said & exchanged).to_numpy()):
            why = (
                "latitude and longitude were exchanged" if degrees else "easting and northing were exchanged"
            )
            yield int(k), up, str(rows[across].iloc[k]), why, degrees
            yield int(k), across, str(rows[up].iloc[k]), why, degrees
        for k in np.flatnonzero((said & moved & ~points["swapped"]).to_numpy()) if degrees else ():
            number = str(rows[across].iloc[k])
            turned = number.lstrip("-+") if number.startswith("-") else f"-{number.lstrip('+')}"
            yield int(k), across, turned, "with the other sign it lies inside the area", False


def _dates(rows: pd.DataFrame) -> Iterator[Fix]:
    """Write dates out that are in the American order or numbers of a spreadsheet; empty placeholders."""
    for column in ("checked_date", "opened_year", "closed_year", "devolved_year"):
        if column not in rows:
            continue
        cells = rows[column]
        texts = [text for text in cells.unique().tolist() if is_american(text) or is_serial(text)]
        days = read_dates(cells.where(cells.isin(texts), ""))
        for k in np.flatnonzero(days.notna().to_numpy()):
            why = "a number of a spreadsheet" if is_serial(cells.iloc[k]) else "month and day were exchanged"
            yield int(k), column, str(days.iloc[k].date()), why, True
        if column != "checked_date":
            years = read_years(cells)
            placeholder = (years < FIRST_YEAR) & (column == "closed_year") | (years == 1900)
            for k in np.flatnonzero(placeholder.to_numpy()):
                yield int(k), column, "", "a placeholder", True


def _types(rows: pd.DataFrame) -> Iterator[Fix]:
    """Suggest the one type that a misspelt one is near to."""
    from rapidfuzz import fuzz, process

    typed = column_or_empty(rows, "asset_type")
    texts = pd.Series(
        [text for text in typed.unique().tolist() if 0 < len(text) <= LONGEST_TYPE], dtype="str"
    )
    known, _ = known_types(texts, pd.Series("", index=texts.index, dtype="str"))
    labels, words = reference_table("asset_types")["label"], type_words()
    nearest = {}
    for text in texts[known == OTHER].tolist()[:MOST_DIFFERENT]:
        key = " ".join(singular(word) for word in name_key(text.replace("_", " ")).split())
        near = process.extract(key, list(words), scorer=fuzz.ratio, limit=12, score_cutoff=LIKE_TYPE)
        codes = {words[word] for word, _, _ in near}
        if len(codes) == 1:
            nearest[text] = str(labels[codes.pop()])
    for k, text in enumerate(typed.tolist()):
        if text in nearest:
            yield k, "asset_type", nearest[text], "the nearest type", False


def _towns(rows: pd.DataFrame, places: gpd.GeoDataFrame | None) -> Iterator[Fix]:
    """Suggest the one place that a misspelt town is near to."""
    from rapidfuzz import fuzz, process

    if places is None:
        return
    names = {key: name for key, name in zip(place_keys(places["name"]), places["name"], strict=True) if key}
    towns = column_or_empty(rows, "town")
    keys = place_keys(towns)
    unknown = keys[(keys != "") & ~keys.isin(list(names))].unique().tolist()[:MOST_DIFFERENT]
    near = {}
    for key in unknown:
        best = process.extract(key, list(names), scorer=fuzz.ratio, limit=2, score_cutoff=LIKE_TOWN)
        if len(best) == 1 or (len(best) == 2 and best[0][1] > best[1][1]):
            near[key] = names[best[0][0]]
    for k, key in enumerate(keys.tolist()):
        if key in near:
            yield k, "town", str(near[key]), "the nearest place", False
