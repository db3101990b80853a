"""Tables for people and other programs: CSV that is safe in a spreadsheet, and one GeoPackage for QGIS."""

from __future__ import annotations

import errno
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.cells import defuse, storable
from assetmap.schema import Results

if TYPE_CHECKING:
    import geopandas as gpd

FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"
"""The date of change that a GeoPackage must have; fixed, so that the same inputs give the same bytes."""

LEAST_FREE: Final = 1_000_000
"""Bytes; a GeoPackage that could not be written to a disk with less is put down to the full disk."""

REJECTED_COLUMNS: Final = ("source", "row", "name", "outcome", "reason", "asset_id")
GAP_COLUMNS: Final = ("gap_rank", "area_name", "population", "gap_class", "gap_score", "need", "gap_reason")


def write_csv(table: pd.DataFrame, path: str | Path, *, index: bool = True) -> Path:
    """Write a table as CSV that opens correctly and safely in a spreadsheet.

    Parameters
    ----------
    table
        Any table; a geometry column is written as ``easting`` and ``northing`` where it holds points and
        left out otherwise.
    path
        File to write: UTF-8 with a byte order mark, so that accents survive. An apostrophe is put before text and
        headings that a spreadsheet would run (`assetmap.cells`); the readers of assetmap take it away. Line breaks
        inside a cell stay inside its quotes.
    index
        Whether the index is the first column.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> am.write_csv(results.areas, "areas.csv").name
    'areas.csv'
    """
    path = Path(path)
    path.write_bytes(csv_bytes(table, index=index))
    return path


def csv_bytes(table: pd.DataFrame, *, index: bool = True) -> bytes:
    """Return what `write_csv` writes."""
    plain = plain_table(table)
    plain = plain.reset_index() if index else plain.copy()
    for column in plain.columns:
        if not pd.api.types.is_numeric_dtype(plain[column]):
            plain[column] = plain[column].map(_harmless, na_action="ignore")
    plain.columns = pd.Index([_harmless(column) for column in plain.columns])
    text = _UnixLines()
    # with this line terminator every cell with a carriage return or a line feed is quoted
    plain.to_csv(text, index=False, lineterminator="\r\n")
    return text.getvalue().encode("utf-8-sig")


class _UnixLines(io.StringIO):
    r"""A text for the rows of a CSV writer: each row ends with ``\n``, whatever its cells contain."""

    def write(self, row: str) -> int:
        """Write one row."""
        return super().write(row.removesuffix("\r\n") + "\n")


ACCESS_COLUMNS: Final = (
    *("distance_m", "nearest_name", "overland_m", "overland_name", "travel_minutes", "travel_name"),
    *("walk_minutes", "walk_name", "drive_minutes", "drive_name", "bus_minutes", "bus_name"),
    *("count_within", "count_per_1000", "access_per_1000", "access_sites_per_1000"),
)
DETAILS: Final = (
    *("robustness", "gap_groups", "gap_tests", "deserts", "new_sites", "sharing"),
    *("bus_trips", "bus_people", "bus_deserts", "bus_openings"),
    *("conditions", "grants", "grants_by_need", "grants_curve", "forms", "operator_steps"),
    *("break_even", "prevention", "priorities", "priority_areas", "priority_outcomes", "group_counts"),
)
"""Tables that a build writes only if it has rows for them."""


def write_tables(results: Results, folder: str | Path) -> list[Path]:
    """Write the tables of a build.

    Parameters
    ----------
    results
        All tables of a build.
    folder
        An existing folder.

    Returns
    -------
    list of pathlib.Path
        ``areas.csv``, ``assets.csv``, ``gaps.csv`` (widest gap first), ``rejected.csv`` (every input row
        that could not be used, with file, row and reason; only headings if there is none), a table
        for each of ``results.details`` (``deserts.csv``, ``sharing.csv`` ...),
        ``assetmap.gpkg`` (layers areas, assets, places).

    Examples
    --------
    >>> from pathlib import Path
    >>> Path("tables").mkdir()
    >>> len(am.write_tables(results, "tables"))
    6
    """
    folder = Path(folder)
    areas, assets, log = results.areas, results.assets, results.log
    rejected = log.loc[log["outcome"].isin(("rejected", "review")), list(REJECTED_COLUMNS)]
    columns = [column for column in GAP_COLUMNS if column in areas.columns]
    measured = [column for column in ACCESS_COLUMNS if column in areas.columns]
    gaps = areas[[*columns, *measured]].sort_values("gap_rank", kind="stable", na_position="last")
    written = [
        write_csv(areas, folder / "areas.csv"),
        write_csv(assets, folder / "assets.csv"),
        write_csv(pd.DataFrame(gaps), folder / "gaps.csv"),
        write_csv(rejected, folder / "rejected.csv", index=False),
    ]
    written += [write_csv(table, folder / f"{name}.csv") for name, table in sorted(results.details.items())]
    layers = {"areas": areas, "assets": assets}
    if results.places is not None:
        layers["places"] = results.places
    return [*written, write_geopackage(layers, folder / "assetmap.gpkg")]


def write_geopackage(layers: dict[str, gpd.GeoDataFrame], path: str | Path) -> Path:
    """Write layers into one GeoPackage (EPSG:27700); the same layers give the same bytes.

    Parameters
    ----------
    layers
        Layer name -> table.
    path
        File to write; one of that name is replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OSError
        If the disk is full, or the file cannot be written.

    Examples
    --------
    >>> am.show.write_geopackage({"areas": areas}, "areas.gpkg").name
    'areas.gpkg'
    """
    import pyogrio

    path = Path(path)
    path.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for name, layer in layers.items():
            pyogrio.write_dataframe(_plain_columns(layer), path, layer=name, driver="GPKG")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        full = shutil.disk_usage(path.parent).free < LEAST_FREE
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return path


def _plain_columns(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Turn the index into a column, and whatever GDAL has no type for into text."""
    plain = layer.reset_index()
    for column in plain.columns.drop(str(plain.geometry.name)):
        kind = plain[column].dtype
        if pd.api.types.is_object_dtype(kind) or isinstance(kind, pd.CategoricalDtype):
            plain[column] = plain[column].map(str, na_action="ignore").astype("str")
    return plain


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without its geometry: points become ``easting`` and ``northing``, other shapes are left out."""
    geometry = getattr(table, "_geometry_column_name", None)
    if geometry is None or geometry not in table.columns:
        return pd.DataFrame(table)
    plain = pd.DataFrame(table.drop(columns=geometry))
    shapes = table[geometry]
    if (shapes.dropna().geom_type == "Point").all():
        plain["easting"] = shapes.x.round(0)
        plain["northing"] = shapes.y.round(0)
    return plain


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    return defuse(value if value.isascii() else storable(value))
