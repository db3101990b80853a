"""What each table must look like, and the working CRS; errors and records can be imported from here too.

Every room of the package speaks in the tables defined here, indexed by ``area_code`` or ``asset_id``.
`docs/tables.md` lists every column in words.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assetmap.errors import AssetmapError as AssetmapError
from assetmap.errors import InputError as InputError
from assetmap.errors import SchemaError as SchemaError
from assetmap.errors import VintageError as VintageError
from assetmap.errors import counted as counted
from assetmap.errors import first_few as first_few
from assetmap.records.proposals import DevolutionReview as DevolutionReview
from assetmap.records.proposals import Option as Option
from assetmap.records.proposals import OptionResult as OptionResult
from assetmap.records.proposals import OptionsReview as OptionsReview
from assetmap.records.proposals import Scenario as Scenario
from assetmap.records.registers import AssetList as AssetList
from assetmap.records.registers import CheckReport as CheckReport
from assetmap.records.registers import FixedFile as FixedFile
from assetmap.records.registers import Register as Register
from assetmap.records.results import AreaConditions as AreaConditions
from assetmap.records.results import Costs as Costs
from assetmap.records.results import Estimate as Estimate
from assetmap.records.results import GrantsReview as GrantsReview
from assetmap.records.results import Note as Note
from assetmap.records.results import Results as Results
from assetmap.records.results import SourcedValue as SourcedValue
from assetmap.records.transport import OpeningTimes as OpeningTimes
from assetmap.records.transport import RoadNetwork as RoadNetwork
from assetmap.records.transport import Roads as Roads
from assetmap.records.transport import ThereAndBack as ThereAndBack
from assetmap.records.transport import Timetable as Timetable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

Assets = TypeVar("Assets", bound="pd.DataFrame")

WORKING_CRS: Final = "EPSG:27700"
"""British National Grid: metres. Tables inside assetmap are always in it."""

MAP_CRS: Final = "EPSG:4326"
"""Longitude and latitude, used in maps and GeoJSON only, at the last step."""

STATUSES: Final = ("open", "closed", "proposed", "unknown")
YES_NO_UNKNOWN: Final = ("yes", "no", "unknown")
YES: Final = frozenset(["yes", "y", "true", "t", "1", "x", "ja", "si", "✓", "✔", "✔️", "☑", "ie", "oes"])
NO: Final = frozenset(["no", "n", "false", "f", "0", "✗", "✘", "✕", "✖", "❌"])
PRECISIONS: Final = ("point", "postcode", "postcode_district", "place", "area_only")
DISTANCE_PRECISIONS: Final = ("point", "postcode", "place")
"""Precisions that are good enough for a distance; a district or a whole area is not."""

COUNTS_AS: Final = "counts_as"
"""Column of the register with the type that an asset counts as, where the settings say so; only there where they do."""

OUTCOMES: Final = ("accepted", "merged", "review", "rejected")
BEYOND: Final = "beyond_border"
"""Column of the register that is true for what lies beyond the border of the areas; only there where something does."""

LENDING_M: Final = 10_000.0
"""How far people go for a thing to borrow: our judgement, a quarter of an hour's drive."""

LINKERS: Final = ("builtin", "splink")
"""What decides which rows of different lists are one thing; the second is the optional extra ``link``."""


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
    import pandas as pd

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

    Examples
    --------
    >>> am.reference_table("asset_types").loc["library", "label_plural"]
    'Libraries'
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
    import pandas as pd

    if BEYOND not in assets.columns:
        return pd.Series(False, index=assets.index, name=BEYOND)
    return assets[BEYOND].eq(True)


def counts_as(assets: pd.DataFrame, asset_type: str | Sequence[str]) -> pd.Series:
    """Say which assets count as a type: those of the type, and those that the settings count as it.

    Parameters
    ----------
    assets
        The register. It has a column ``counts_as`` only where the settings count something as another type.
    asset_type
        One type or several.

    Returns
    -------
    pandas.Series
        True or false on ``assets.index``.
    """
    wanted = [asset_type] if isinstance(asset_type, str) else list(asset_type)
    same = assets["asset_type"].isin(wanted)
    return same | assets[COUNTS_AS].isin(wanted) if COUNTS_AS in assets.columns else same


def reached_by_distance(assets: pd.DataFrame, asset_type: str | Sequence[str] | None = None) -> pd.Series:
    """Say which assets distances lead to: open, of the type, and with a location that is good enough.

    Every count of open assets and every distance asks here, so that both speak of the same assets.

    Parameters
    ----------
    assets
        The register.
    asset_type
        One type or several; any where not given.

    Returns
    -------
    pandas.Series
        True or false on ``assets.index``.
    """
    reached = assets["status"].eq("open") & assets["location_precision"].isin(DISTANCE_PRECISIONS)
    if "geometry" in assets.columns:
        reached &= assets["geometry"].notna()
    return reached if asset_type is None else reached & counts_as(assets, asset_type)


def within_border(assets: Assets) -> Assets:
    """Return the assets that belong to the areas: those kept from beyond the border are left out."""
    inside: Assets = assets[~beyond_border(assets)] if BEYOND in assets.columns else assets
    return inside


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples; what a cell holds is known to the reader alone."""
    yield from table.itertuples()


def yes_no(value: object) -> str:
    """Return ``yes``, ``no`` or ``unknown`` for a cell such as ``Yes``, ``y``, ``TRUE`` or ``0``.

    Anything else, and a missing cell, is ``unknown``: it never counts as no.

    Examples
    --------
    >>> yes_no(" Yes "), yes_no(False), yes_no("perhaps"), yes_no(None)
    ('yes', 'no', 'unknown', 'unknown')
    """
    word = str(value).strip().casefold()
    return "yes" if word in YES else "no" if word in NO else "unknown"


def _problems_of_index(table: pd.DataFrame, name: str) -> list[str]:
    problems = []
    if table.index.name != name:
        problems.append(
            f"the index must be named '{name}', not {table.index.name!r}: use set_index('{name}')"
        )
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()].unique()
        problems.append(f"{counted(len(twice), 'duplicate value')} of '{name}', first {first_few(twice)}")
    if table.index.hasnans:
        problems.append(f"{int(table.index.to_series().isna().sum())} rows have no '{name}'")
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
    import pandas as pd

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
