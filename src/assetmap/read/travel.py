"""How people travel: ferries and bridges over water, and your own travel times."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.postcode_files import find_postcodes
from assetmap.read.tables import find_column, read_table, to_numbers
from assetmap.schema import InputError, first_few

LANDINGS: Final = ("postcode_1", "postcode_2")
ENDS: Final = ("easting_1", "northing_1", "easting_2", "northing_2")
LARGEST_M: Final = 1_300_000.0
"""No coordinate of the British National Grid is larger."""

TRAVEL: Final = {
    "origin": ["origin", "from", "from id", "origin code", "area code"],
    "destination": ["destination", "to", "to id", "destination code", "asset id"],
    "minutes": ["minutes", "travel minutes", "travel time", "travel time p50", "time"],
}
"""Headings as people and routing programs (r5py, r5r) write them."""

NO_ROUTE: Final = ("nan", "na", "n/a")
"""What routing programs write where they found no route."""


@reader
def read_crossings(path: str | Path, *, postcodes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read ferries, and bridges over water that boundaries leave open.

    Parameters
    ----------
    path
        CSV or spreadsheet: ``name``; the two landings as ``postcode_1`` and ``postcode_2`` (the nearest postcode is close
        enough) or as ``easting_1``, ``northing_1``, ``easting_2``, ``northing_2`` (metres); and ``distance_m`` where a
        crossing counts for more than its length, for waiting and fare. Other columns are left alone.
    postcodes
        Needed for landings that are postcodes.

    Returns
    -------
    pandas.DataFrame
        One row per crossing, as `make_land_grid` takes them: ``name``, the four coordinates, and ``distance_m``,
        missing where not given.

    Raises
    ------
    InputError
        If columns are missing, or with every bad row at once.

    Examples
    --------
    >>> am.read.read_crossings(town.folder / "crossings.csv")["name"].tolist()
    ['Quill Bridge']
    """
    path = Path(path)
    table = read_table(path)
    columns = {name: find_column(table, [name.replace("_", " ")]) for name in ("name", *LANDINGS, *ENDS)}
    by_postcode = postcodes is not None and all(columns[name] for name in LANDINGS)
    if not columns["name"] or not (by_postcode or all(columns[name] for name in ENDS)):
        raise InputError(
            f"'{path}' cannot be used for crossings: it needs 'name' and either 'postcode_1', 'postcode_2' (and "
            f"postcodes in the project) or {first_few(ENDS)}; it has {first_few(table.columns, most=12)}."
        )
    crossings = pd.DataFrame({"name": table[str(columns["name"])].str.strip()})
    if by_postcode and postcodes is not None:
        crossings = crossings.join(_landings(table, [str(columns[name]) for name in LANDINGS], postcodes))
    else:
        for name in ENDS:
            crossings[name] = to_numbers(table[str(columns[name])], path=path, name=name)
    given = find_column(table, ["distance m"])
    empty = pd.Series("", index=table.index)
    crossings["distance_m"] = to_numbers(table[given] if given else empty, path=path, name="distance_m")
    wrong = ~(crossings[list(ENDS)].ge(0) & crossings[list(ENDS)].le(LARGEST_M)).all(axis=1)
    what = "a postcode that is not known" if by_postcode else "a landing off the British National Grid"
    problems = [f"row {row + 2} has {what}" for row in table.index[wrong]]
    problems += [f"row {row + 2} has a distance below 0" for row in table.index[crossings["distance_m"] < 0]]
    if problems:
        raise InputError(f"'{path}' cannot be used for crossings: {'; '.join(problems[:10])}.")
    return crossings


@reader
def read_travel(path: str | Path) -> pd.DataFrame:
    """Read a matrix of travel times.

    Parameters
    ----------
    path
        CSV or spreadsheet with ``origin`` (area code), ``destination`` (asset id, or the code of the area that the asset
        is in) and ``minutes``; ``from_id``, ``to_id`` and ``travel_time`` of r5py are understood. A pair
        without minutes cannot be travelled.

    Returns
    -------
    pandas.DataFrame
        ``origin``, ``destination``, ``minutes`` in file order; minutes missing where the trip is not possible.

    Raises
    ------
    InputError
        If a column is missing, the file has no row, or minutes are not numbers.

    Examples
    --------
    >>> times = pd.DataFrame({"origin": ["E1"], "destination": ["hall"], "minutes": [12]})
    >>> times.to_csv("times.csv", index=False)
    >>> am.read.read_travel("times.csv")["minutes"].tolist()
    [12]
    """
    path = Path(path)
    table = read_table(path)
    found = {name: find_column(table, headings) for name, headings in TRAVEL.items()}
    missing = [name for name, column in found.items() if column is None]
    if missing or table.empty:
        what = f"no column for {first_few(missing)}" if missing else "no row"
        raise InputError(
            f"'{path}' cannot be used as travel times: {what}; it has {first_few(table.columns, most=12)}. "
            "It needs origin (area code), destination (asset id or area code) and minutes."
        )
    travel = pd.DataFrame({name: table[str(found[name])].str.strip() for name in ("origin", "destination")})
    minutes = table[str(found["minutes"])].str.strip()
    minutes = minutes.where(~minutes.str.casefold().isin(NO_ROUTE), "")
    travel["minutes"] = to_numbers(minutes, path=path, name="minutes")
    return travel


def _landings(table: pd.DataFrame, columns: list[str], postcodes: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(index=table.index)
    for end, column in enumerate(columns, start=1):
        rows = find_postcodes(table[column], postcodes)
        for name in ("easting", "northing"):
            values = postcodes[name].to_numpy(dtype=float)[rows]
            found[f"{name}_{end}"] = pd.Series(values, index=table.index).where(rows >= 0)
    return found
