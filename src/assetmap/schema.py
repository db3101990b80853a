"""What each table must look like, the errors, the records that travel between rooms, and the working CRS.

Every room of the package speaks in the tables defined here, indexed by ``area_code`` or ``asset_id``.
`docs/tables.md` lists every column in words.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from assetmap.errors import AssetmapError as AssetmapError  # noqa: PLC0414 (the rooms take errors from here)
from assetmap.errors import InputError as InputError  # noqa: PLC0414
from assetmap.errors import SchemaError as SchemaError  # noqa: PLC0414
from assetmap.errors import VintageError as VintageError  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

Register = TypeVar("Register", bound=pd.DataFrame)

WORKING_CRS: Final = "EPSG:27700"
"""British National Grid: metres. Tables inside assetmap are always in it."""

MAP_CRS: Final = "EPSG:4326"
"""Longitude and latitude, used in maps and GeoJSON only, at the last step."""

STATUSES: Final = ("open", "closed", "proposed", "unknown")
YES_NO_UNKNOWN: Final = ("yes", "no", "unknown")
PRECISIONS: Final = ("point", "postcode", "postcode_district", "place", "area_only")
OUTCOMES: Final = ("accepted", "merged", "review", "rejected")
BEYOND: Final = "beyond_border"
"""Column of the register that is true for what lies beyond the border of the areas; only there where something does."""

LINKERS: Final = ("builtin", "splink")
"""What decides which rows of different lists are one thing; the second is the optional extra ``link``."""


@dataclass(frozen=True)
class Note:
    """A warning with a fixed code and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Figure:
    """One figure that went into a result, with where it comes from."""

    name: str
    value: float
    source: str
    vintage: str = ""


@dataclass(frozen=True)
class Estimate:
    """An estimated number of groups, never without its interval.

    ``low`` to ``high`` is the interval at ``level`` (0-1). ``seen`` counts the groups that lists show,
    ``unseen`` what the estimate adds to them; ``rate_per_1000`` is the estimate per 1,000 residents
    (None without a population).
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    definition: str
    seen: int
    unseen: float
    rate_per_1000: float | None
    inputs: tuple[Figure, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[Note, ...]
    text: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckReport:
    """What was understood of some lists, before anything is built of them.

    counts : one row per list, index ``source``: ``rows`` and the outcomes, which add up to it; ``shape``.
    headings : ``source``, ``heading``, ``column`` (of the register; empty where it means nothing to it).
    judged : one row per input row (docs/tables.md).
    assets : the register as it would be, with nothing left out.
    remarks : ``outcome``, ``remark`` (a kind of sentence), ``rows``, ``example``.
    review : pairs of rows for a person to decide; ``decision`` is empty.
    unchecked : sentences that say what could not be checked, and why.
    notes : sentences on how the rows were judged, such as what linked them.
    """

    counts: pd.DataFrame
    headings: pd.DataFrame
    judged: pd.DataFrame
    assets: gpd.GeoDataFrame
    remarks: pd.DataFrame
    review: pd.DataFrame
    unchecked: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """All tables of one build, as `measure` left them and as `show` draws them.

    areas : one row per small area, index ``area_code``, every measured column (docs/tables.md).
    assets : the register, index ``asset_id``.
    judged : one row per input row: ``source, row, name, outcome, reason, asset_id``.
    sources : index ``source_id``: ``title, publisher, date, licence, attribution, url, file, sha256, rows``.
    details : tables that do not fit on the areas, by name: ``robustness``, ``deserts``, ``sharing``
        (docs/tables.md).
    """

    title: str
    area_name: str
    areas: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    judged: pd.DataFrame
    estimate: Estimate
    sources: pd.DataFrame
    places: gpd.GeoDataFrame | None = None
    postcodes: pd.DataFrame | None = None
    land: gpd.GeoDataFrame | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    details: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class DevolutionReview:
    """A review of every site of a type (columns: docs/devolution.md).

    sites : index ``asset_id``, one row per site, a column per reason and ``geometry``.
    people_by_decile : people for whom the site is the nearest, by need decile (1 = most need).
    small_areas : index ``area_code``: nearest and next nearest site, need, ages, sites in reach.
    dependence : index ``asset_id``: people who have no other site in reach, most first.
    criteria : index ``criterion``: ``score`` (impact or readiness), ``part``, ``weight``, ``column``, ``label``.
    scores : index ``asset_id``, one column per criterion, 0-1; missing = not known.
    answers : index ``asset_id``, one column per question: ``yes``, ``no``, ``unknown``.
    closures : every combination of closures, least harm first; ``closures_front`` those that none beats.
    settings : what was asked for.
    """

    sites: gpd.GeoDataFrame
    people_by_decile: pd.DataFrame
    small_areas: pd.DataFrame
    dependence: pd.DataFrame
    criteria: pd.DataFrame
    scores: pd.DataFrame
    answers: pd.DataFrame
    closures: pd.DataFrame
    closures_front: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """Changes to sites measured.

    areas : index ``area_code``; ``area_name``, ``population`` (ages, ``need`` where known), ``distance_before_m``,
        ``distance_after_m``, ``change_m`` (+ = further), ``nearest_before``, ``nearest_after`` (names),
        ``access_before``, ``access_after`` (weekly hours per 1,000 people), ``access_change``, ``outcome``
        (``further``, ``nearer``, ``less access``, ``more access``, ``same``).
    people : one row per group of people (everyone, children, 60+, need deciles).
    sites : index ``asset_id``; status, operator, control, hours and people for whom it is the nearest, before
        and after.
    most_affected : the rows of ``areas`` that lose most need-weighted person-kilometres, worst first.
    """

    areas: pd.DataFrame
    people: pd.DataFrame
    sites: pd.DataFrame
    most_affected: pd.DataFrame
    notes: tuple[Note, ...] = ()


def data_folder() -> Path:
    """Return the folder of the example area and the reference tables.

    In a wheel it lies inside the package, in a checkout at the top of the tree.
    """
    package = Path(__file__).resolve().parent
    installed = package / "data"
    return installed if installed.is_dir() else package.parents[1] / "data"


def cache_folder() -> Path:
    """Return the folder for what can be made again: downloads and the postcode index.

    It is the user's cache folder, or what the environment variable ``ASSETMAP_CACHE`` names. It need not
    be there yet.
    """
    import platformdirs

    named = os.environ.get("ASSETMAP_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("assetmap", appauthor=False)


@functools.cache
def _read_reference(name: str) -> pd.DataFrame:
    path = data_folder() / "tables" / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.csv")))
        raise InputError(f"There is no reference table '{name}'. The tables are: {known}.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table.set_index(table.columns[0])


def reference_table(name: str) -> pd.DataFrame:
    """Return a table of ``data/tables`` as text, indexed by its first column.

    Parameters
    ----------
    name
        File name without ``.csv``, for instance ``"asset_types"``.

    Returns
    -------
    pandas.DataFrame
        A copy; every cell is text and an empty cell is ``""``.

    Raises
    ------
    InputError
        If there is no such table; the message lists those there are.
    """
    return _read_reference(name).copy()


def beyond_border(assets: pd.DataFrame) -> pd.Series:
    """Say which assets lie beyond the border: they count for access, but in no area and in no total.

    Parameters
    ----------
    assets
        The register. It has a column ``beyond_border`` only where something of it lies beyond.

    Returns
    -------
    pandas.Series
        True or false on ``assets.index``.
    """
    if BEYOND not in assets.columns:
        return pd.Series(False, index=assets.index, name=BEYOND)
    return assets[BEYOND].eq(True)


def within_border(assets: Register) -> Register:
    """Return the assets that belong to the areas: those kept from beyond the border are left out."""
    inside: Register = assets[~beyond_border(assets)] if BEYOND in assets.columns else assets
    return inside


def first_few(values: Iterable[object], *, most: int = 5) -> str:
    """Join the first few values for a message: ``'A', 'B' and 12 more``."""
    items = [str(value) for value in values]
    shown = ", ".join(f"'{item}'" for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def _problems_of_index(table: pd.DataFrame, name: str) -> list[str]:
    problems = []
    if table.index.name != name:
        problems.append(
            f"the index must be named '{name}', not {table.index.name!r}: use set_index('{name}')"
        )
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()].unique()
        problems.append(f"{len(twice)} values of '{name}' stand more than once, first {first_few(twice)}")
    if table.index.hasnans:
        problems.append(f"{int(table.index.isna().sum())} rows have no '{name}'")
    return problems


def _problems_of_columns(table: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    missing = [column for column in columns if column not in table.columns]
    if not missing:
        return []
    return [f"missing column {first_few(missing)}; it has {first_few(table.columns, most=12)}"]


def _problems_of_geometry(table: pd.DataFrame, kinds: tuple[str, ...]) -> list[str]:
    geometry = getattr(table, "geometry", None)
    if geometry is None or not hasattr(table, "crs"):
        return ["it must be a GeoDataFrame with a geometry"]
    problems = []
    if table.crs is None or table.crs.to_epsg() != 27700:
        problems.append(
            f"the CRS must be {WORKING_CRS} (metres), not {table.crs}: use to_crs('{WORKING_CRS}')"
        )
    present = geometry[geometry.notna()]
    wrong = present[~present.geom_type.isin(kinds)]
    if len(wrong):
        problems.append(
            f"{len(wrong)} geometries are not {' or '.join(kinds)}, first {first_few(wrong.index)}"
        )
    invalid = present[~present.is_valid]
    if len(invalid):
        problems.append(
            f"{len(invalid)} geometries are invalid, first {first_few(invalid.index)}: use make_valid"
        )
    return problems


def _problems_of_numbers(table: pd.DataFrame, ranges: dict[str, tuple[float, float]]) -> list[str]:
    problems = []
    for column, (lowest, highest) in ranges.items():
        if column not in table.columns:
            continue
        if not pd.api.types.is_numeric_dtype(table[column]):
            problems.append(f"column '{column}' must hold numbers, not {table[column].dtype}")
            continue
        values = table[column].dropna()
        outside = values[(values < lowest) | (values > highest)]
        if len(outside):
            problems.append(
                f"column '{column}' must lie between {lowest:g} and {highest:g}; "
                f"{len(outside)} values do not, first {first_few(outside.index)}"
            )
    return problems


def _problems_of_words(table: pd.DataFrame, allowed: dict[str, tuple[str, ...]]) -> list[str]:
    problems = []
    for column, words in allowed.items():
        if column not in table.columns:
            continue
        wrong = table.loc[~table[column].isin(words), column]
        if len(wrong):
            problems.append(
                f"column '{column}' allows {', '.join(words)}; {len(wrong)} rows have something else, "
                f"first {first_few(wrong.index)} with {wrong.iloc[0]!r}"
            )
    return problems


def check_areas(areas: pd.DataFrame, *, columns: tuple[str, ...] = ()) -> None:
    """Refuse a table of small areas that a step cannot use.

    Parameters
    ----------
    areas
        Index ``area_code``; columns ``area_name``, ``population`` and a valid (multi)polygon in
        EPSG:27700.
    columns
        Further columns that the step needs.

    Raises
    ------
    SchemaError
        With every problem at once.
    """
    problems = _problems_of_index(areas, "area_code")
    problems += _problems_of_columns(areas, ("area_name", "population", *columns))
    problems += _problems_of_geometry(areas, ("Polygon", "MultiPolygon"))
    problems += _problems_of_numbers(areas, {"population": (0, 1e9), "need": (0, 1)})
    _raise_all("areas", problems)


def check_assets(assets: pd.DataFrame, *, columns: tuple[str, ...] = ()) -> None:
    """Refuse a register that a step cannot use.

    Parameters
    ----------
    assets
        Index ``asset_id``; columns ``name``, ``asset_type``, ``status``, ``location_precision`` and a
        point in EPSG:27700 (missing where only the area is known).
    columns
        Further columns that the step needs.

    Raises
    ------
    SchemaError
        With every problem at once.
    """
    problems = _problems_of_index(assets, "asset_id")
    problems += _problems_of_columns(assets, ("name", "asset_type", "status", "location_precision", *columns))
    problems += _problems_of_geometry(assets, ("Point",))
    problems += _problems_of_words(
        assets, {"status": STATUSES, "registered": YES_NO_UNKNOWN, "location_precision": PRECISIONS}
    )
    _raise_all("assets", problems)


def check_need(need: pd.DataFrame, *, columns: tuple[str, ...] = ()) -> None:
    """Refuse a need table that a step cannot use.

    Parameters
    ----------
    need
        Index ``area_code``; column ``need`` from 0 to 1, 1 = most need, missing = not known. Themes are
        columns ``need_<theme>`` on the same scale.
    columns
        Further columns that the step needs.

    Raises
    ------
    SchemaError
        With every problem at once.
    """
    scales = {column: (0.0, 1.0) for column in need.columns if column == "need" or column.startswith("need_")}
    problems = _problems_of_index(need, "area_code")
    problems += _problems_of_columns(need, ("need", *columns))
    problems += _problems_of_numbers(need, scales)
    _raise_all("need", problems)


def check_postcodes(postcodes: pd.DataFrame, *, columns: tuple[str, ...] = ()) -> None:
    """Refuse a postcode table that a step cannot use.

    Parameters
    ----------
    postcodes
        Index ``postcode`` ("TR11 3QA"); columns ``easting``, ``northing`` (metres, EPSG:27700; missing
        where not known) and ``area_code`` (missing outside the areas); ``live`` true or false.
    columns
        Further columns that the step needs.

    Raises
    ------
    SchemaError
        With every problem at once.
    """
    problems = _problems_of_index(postcodes, "postcode")
    problems += _problems_of_columns(postcodes, ("easting", "northing", "area_code", "live", *columns))
    _raise_all("postcodes", problems)


def _raise_all(table: str, problems: list[str]) -> None:
    if problems:
        raise SchemaError(f"The table '{table}' cannot be used: " + "; ".join(problems) + ".")
