"""ArcGIS feature services, as the ONS Open Geography Portal publishes boundaries and lookups.

A service sends at most 2,000 rows at a time, sometimes fewer than asked for. It reports its errors inside an
answer with status 200. Column names can change with a new edition. So all rows are asked for in the order of
their ids, counted against what the service says it has, and every answer is checked before it is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from assetmap.errors import FetchError
from assetmap.fetch.asking import get_json
from assetmap.fetch.connection import Connection
from assetmap.fetch.limits import TryAgainError, plain
from assetmap.fetch.sources import Source
from assetmap.schema import first_few

PAGE_ROWS: Final = 2_000
DEPTHS: Final = {"LineString": 1, "MultiLineString": 2, "MultiPoint": 1, "MultiPolygon": 3, "Polygon": 2}
"""Kind of shape -> how many lists its positions are in."""
AGAIN_CODES: Final = (429, 500, 502, 503, 504)
Box = tuple[float, float, float, float]


def fetch_features(
    connection: Connection,
    source: Source,
    *,
    where: str = "1=1",
    box: Box | None = None,
    geometry: bool = True,
    progress: Callable[[int, int | None], None] | None = None,
) -> list[dict[str, Any]]:
    """Download all features of a layer, page by page.

    Parameters
    ----------
    connection
        From `open_connection`.
    source
        A source whose address is a layer (``.../FeatureServer/0``).
    where
        SQL condition on columns of the layer.
    box
        West, south, east, north in EPSG:27700: only features that touch it.
    geometry
        Whether to return GeoJSON features in EPSG:4326, or only their attributes.
    progress
        Called with the rows so far and the rows in total.

    Returns
    -------
    list of dict
        GeoJSON features, or without geometry plain ``{column: value}``, in the order of their ids. Each has the
        columns of `source`.

    Raises
    ------
    FetchError
        If the service cannot be reached, reports an error, lacks a column, exceeds a limit, or sends other rows
        than it counted. The message names the row of sources.csv to change.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "ons_lad_boundaries")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     found = am.fetch.fetch_features(connection, source, where="LAD24NM='Westshire'", geometry=False)
    >>> [row["LAD24CD"] for row in found]
    ['E06000001']
    """
    connection = connection.within(connection.limits.source_s)
    layer = _ask(connection, source, source.address, {"f": "json"})
    id_column = _check_layer(source, layer)
    wanted = {"where": where, **_box_params(box)}
    query = f"{source.address}/query"
    counted = _ask(connection, source, query, {**wanted, "returnCountOnly": "true", "f": "json"})
    count = _count(connection, source, counted.get("count"))
    size = min(PAGE_ROWS, _whole(layer.get("maxRecordCount")) or PAGE_ROWS)
    found: list[dict[str, Any]] = []
    pages = 0
    while len(found) < count:
        pages += 1
        if pages > connection.limits.pages:
            raise FetchError(
                source.moved(f"the service sent only {len(found):,} rows in {pages - 1:,} pages.")
            )
        page = {
            **wanted,
            "outFields": "*",
            "orderByFields": id_column,
            "resultOffset": str(len(found)),
            "resultRecordCount": str(size),
            "returnGeometry": "true" if geometry else "false",
            "f": "geojson" if geometry else "json",
        }
        if geometry:
            page["outSR"] = "4326"
        rows = _rows(source, _ask(connection, source, query, page), geometry=geometry)
        if not rows:
            raise FetchError(source.moved(f"the service sent {len(found)} of {count} rows and then none."))
        found.extend(rows)
        if progress is not None:
            progress(len(found), count)
    _check_rows(source, found, count, id_column, geometry=geometry)
    return found


def sql_text(value: str) -> str:
    """Return a value as SQL text, with its quotes doubled.

    Examples
    --------
    >>> sql_text("King's Lynn")
    "'King''s Lynn'"
    """
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _ask(connection: Connection, source: Source, url: str, params: dict[str, str]) -> dict[str, Any]:
    def accept(answer: Any) -> None:
        if not isinstance(answer, dict):
            raise FetchError(source.moved("the answer is not what an ArcGIS service sends."))
        if answer.get("error"):
            code, text = _error(answer["error"])
            said = f"the service answered with error {plain(code)}: {text or 'no reason given'}."
            if code in AGAIN_CODES:
                raise TryAgainError(said)
            raise FetchError(source.moved(said))

    try:
        return dict(get_json(connection, url, params=params, accept=accept))
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error


def _error(error: Any) -> tuple[Any, str]:
    """Return the code and the words of an error, however it is written."""
    if not isinstance(error, dict):
        return "unknown", plain(error)
    details = error.get("details")
    parts = [error.get("message"), *(details if isinstance(details, list) else [details])]
    code = error.get("code")
    return code if isinstance(code, int) else plain(code), plain(
        "; ".join(str(part) for part in parts if part)
    )


def _whole(value: Any) -> int | None:
    """Return a positive whole number that a service sent as a number or as text, or None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _count(connection: Connection, source: Source, value: Any) -> int:
    count = _whole(value)
    if count is None:
        raise FetchError(source.moved("the service does not say how many rows it has."))
    if count > connection.limits.rows:
        raise FetchError(
            source.moved(
                f"the service says that it has {count:,} rows. At most {connection.limits.rows:,} are downloaded."
            )
        )
    return count


def _check_layer(source: Source, layer: dict[str, Any]) -> str:
    """Check the columns of a layer, and return the one with the ids."""
    fields = layer.get("fields")
    fields = [each for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []
    names = [plain(each.get("name")) for each in fields]
    missing = [column for column in source.columns if column not in names]
    if missing:
        has = f"it has {first_few(names, most=15)}" if names else "it lists none"
        raise FetchError(source.moved(f"the layer has no column {first_few(missing)}; {has}."))
    ids = [str(each.get("name")) for each in fields if each.get("type") == "esriFieldTypeOID"]
    named = layer.get("objectIdField")
    return named if isinstance(named, str) and named in names else next(iter(ids), "OBJECTID")


def _rows(source: Source, answer: dict[str, Any], *, geometry: bool) -> list[dict[str, Any]]:
    """Return the rows of a page: features with properties, or plain attributes."""
    rows = answer.get("features")
    within = "properties" if geometry else "attributes"
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get(within), dict) for row in rows
    ):
        raise FetchError(source.moved("the answer is not what an ArcGIS service sends."))
    if geometry and not all(_is_shape(row.get("geometry")) for row in rows):
        raise FetchError(source.moved("the service sent a shape that cannot be read."))
    return rows if geometry else [dict(row[within]) for row in rows]


def _is_shape(geometry: Any) -> bool:
    """Say whether a GeoJSON geometry has a kind and the numbers that belong to it; none at all is allowed."""
    if geometry is None:
        return True
    if not isinstance(geometry, dict):
        return False
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        return _is_nested([coordinates], 1)
    depth = DEPTHS.get(str(kind))
    return depth is not None and _is_nested(coordinates, depth)


def _is_nested(coordinates: Any, depth: int) -> bool:
    """Say whether coordinates are lists in lists of positions."""
    if not isinstance(coordinates, list):
        return False
    if depth > 1:
        return all(_is_nested(each, depth - 1) for each in coordinates)
    try:
        numbers = np.asarray(coordinates)
    except ValueError:  # some positions are longer than others
        return False
    two = numbers.ndim == 2 and numbers.shape[1] in (2, 3)
    return not len(numbers) or (two and numbers.dtype.kind in "if")


def _check_rows(
    source: Source, rows: list[dict[str, Any]], count: int, id_column: str, *, geometry: bool
) -> None:
    values = [row["properties"] if geometry else row for row in rows]
    ids = [str(value.get(id_column, value)) for value in values]
    if len(rows) != count or len(set(ids)) != len(ids):
        raise FetchError(
            source.moved(f"the service counted {count} rows and sent {len(set(ids))} different ones.")
        )
    for column in source.columns:
        without = sum(
            not isinstance(value.get(column), str | int | float | None) or column not in value
            for value in values
        )
        if without:
            raise FetchError(source.moved(f"{without} of {count} rows have no usable value for {column}."))


def _box_params(box: Box | None) -> dict[str, str]:
    if box is None:
        return {}
    west, south, east, north = math.floor(box[0]), math.floor(box[1]), math.ceil(box[2]), math.ceil(box[3])
    return {
        "geometry": f"{west},{south},{east},{north}",
        "geometryType": "esriGeometryEnvelope",
        "inSR": "27700",
        "spatialRel": "esriSpatialRelIntersects",
    }
