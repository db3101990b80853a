"""ArcGIS feature services, as the ONS Open Geography Portal publishes boundaries and lookups.

A service sends at most 2,000 rows at a time, sometimes fewer than asked for; reports its errors inside an
answer that says 200 OK; and loses its columns' names when a new edition replaces it. All rows are asked for
in the order of their ids and counted against what the service says it has.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from assetmap.fetch.connection import Connection, FetchError, TryAgainError, get_json
from assetmap.fetch.sources import Source
from assetmap.schema import first_few

PAGE_ROWS: Final = 2_000
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
    """Fetch the features of a layer, all pages of them.

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
        GeoJSON features in EPSG:4326; without it only their attributes.
    progress
        Called with the rows so far and the rows in all.

    Returns
    -------
    list of dict
        GeoJSON features, or without geometry plain ``{column: value}``, in the order of their ids.

    Raises
    ------
    FetchError
        If the service cannot be reached, reports an error, lacks a column, or sends fewer rows than it
        counted; the message names the row of sources.csv to change.
    """
    layer = _ask(connection, source, source.address, {"f": "json"})
    id_column = _check_layer(source, layer)
    wanted = {"where": where, **_box_params(box)}
    query = f"{source.address}/query"
    counted = _ask(connection, source, query, {**wanted, "returnCountOnly": "true", "f": "json"})
    count = int(counted.get("count", -1))
    if count < 0:
        raise FetchError(source.moved("the service does not say how many rows it has."))
    size = min(PAGE_ROWS, int(layer.get("maxRecordCount") or PAGE_ROWS))
    found: list[dict[str, Any]] = []
    while len(found) < count:
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
        rows = _ask(connection, source, query, page).get("features", [])
        if not rows:
            raise FetchError(source.moved(f"the service sent {len(found)} of {count} rows and then none."))
        found.extend(rows)
        if progress is not None:
            progress(len(found), count)
    plain = found if geometry else [dict(row.get("attributes", {})) for row in found]
    _check_rows(source, plain, count, id_column, geometry=geometry)
    return plain


def sql_text(value: str) -> str:
    """Return a value as an SQL text, quotes doubled.

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
        error = answer.get("error")
        if error:
            details = "; ".join(
                str(part) for part in (error.get("message"), *error.get("details", [])) if part
            )
            text = f"the service answered with error {error.get('code')}: {details or 'no reason given'}."
            if error.get("code") in AGAIN_CODES:
                raise TryAgainError(text)
            raise FetchError(source.moved(text))

    try:
        return dict(get_json(connection, url, params=params, accept=accept))
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error


def _check_layer(source: Source, layer: dict[str, Any]) -> str:
    names = [str(field.get("name")) for field in layer.get("fields", [])]
    missing = [column for column in source.columns if column not in names]
    if missing:
        raise FetchError(
            source.moved(f"the layer has no column {first_few(missing)}; it has {first_few(names, most=15)}.")
        )
    ids = [str(f.get("name")) for f in layer.get("fields", []) if f.get("type") == "esriFieldTypeOID"]
    return str(layer.get("objectIdField") or next(iter(ids), "OBJECTID"))


def _check_rows(
    source: Source, rows: list[dict[str, Any]], count: int, id_column: str, *, geometry: bool
) -> None:
    values = [row.get("properties", {}) if geometry else row for row in rows]
    ids = [value[id_column] for value in values if id_column in value]
    if len(rows) != count or (ids and len(set(ids)) != len(ids)):
        raise FetchError(
            source.moved(f"the service counted {count} rows and sent {len(set(ids) or rows)} different ones.")
        )


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
