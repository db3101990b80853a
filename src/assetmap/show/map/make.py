"""Make the map: check the tables, encode them as one value and pass that to the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.public import check_audience
from assetmap.schema import MAP_CRS, InputError, Note, check_areas, check_assets, check_postcodes, first_few
from assetmap.show.map.geometry import encode_polygons
from assetmap.show.map.layers import Layer, check_layers, map_layers
from assetmap.show.map.lines import encode_lines
from assetmap.show.map.payload import (
    encode_areas,
    encode_around,
    encode_assets,
    encode_layer,
    encode_notes,
    encode_places,
    encode_postcodes,
    encode_sources,
    name_sources,
    places_of_assets,
)
from assetmap.show.map.trial import encode_trial, nearest_type

if TYPE_CHECKING:
    import folium

LAND_TOLERANCE_M: Final = (10.0, 250.0)
LAND_STEPS: Final = 500
"""Land is simplified to about this many steps across the place, within ``LAND_TOLERANCE_M``."""

LAND_DECIMALS: Final = 3
FINE_LAND_M: Final = 100.0
"""Below this tolerance land keeps one more decimal of a degree."""

OUT_TO_SEA_M: Final = 60_000.0


def make_map(  # noqa: PLR0913 (the options of a map, each with a default)
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame | None = None,
    *,
    layers: Sequence[Layer] | None = None,
    title: str = "Community assets, need and gaps",
    area_name: str = "",
    places: gpd.GeoDataFrame | None = None,
    postcodes: pd.DataFrame | None = None,
    land: gpd.GeoDataFrame | None = None,
    sources: pd.DataFrame | None = None,
    notes: Iterable[Note | str] = (),
    audience: str = "public",
    tiles: Any = None,
    search_postcodes: bool = True,
    sea: bool = False,
    background: gpd.GeoDataFrame | None = None,
) -> folium.Map:
    """Draw small areas and assets on one page that needs no other file and downloads nothing.

    The result is a `folium.Map`, so you can add folium layers and plugins to it. The same tables give the same
    bytes.

    Parameters
    ----------
    areas
        Small areas with measured columns (docs/tables.md), EPSG:27700.
    assets
        The register. Without it the map shows only areas.
    layers
        What to draw. The map opens with the first. By default, every row of ``data/tables/map_layers.csv`` whose
        column the areas have. ``[*map_layers(areas), Layer(...)]`` adds your own.
    title, area_name
        Heading, and the name of the whole place ("Cornwall").
    places
        Place names to write on the map. Without them the map writes the towns that assets name, and the names of
        neighbourhoods.
    postcodes
        Postcodes that readers can search for, unless ``search_postcodes`` is false.
    land
        Land around the areas, drawn in a pale colour beneath them. Names in a column ``name`` are written on it.
    sources
        Title, date, licence and attribution of what is shown.
    notes
        Warnings shown with the figures.
    audience
        ``"public"`` leaves out contacts, notes and the exact location of sensitive assets. ``"internal"`` leaves
        out nothing.
    tiles
        Background map, as `folium.Map` takes it (``"osm"`` is short for OpenStreetMap). Each reader's browser then
        downloads pictures from that server, and the page says so. Nothing else is ever downloaded.
    sea
        Whether everything in the rectangle around `land` that is neither land nor an area is sea. Where that is not
        known, the ground stays neutral.
    background
        Roads and rivers to draw (``kind`` is "roads" or "rivers"), as `read_background` makes them.

    Returns
    -------
    folium.Map
        ``save("map.html")`` writes the page. A notebook shows it.

    Raises
    ------
    SchemaError
        If a table does not have its shape.
    InputError
        If the audience is not valid, or there are no layers that can be drawn.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_name": ["West", "East"], "population": [900, 1100], "need": [0.2, 0.9]},
    ...     index=pd.Index(["W", "E"], name="area_code"),
    ...     geometry=[box(180000, 45000, 181000, 46000), box(181000, 45000, 182000, 46000)],
    ...     crs="EPSG:27700",
    ... )
    >>> page = make_map(areas, title="Two squares")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    _check(areas, assets, postcodes, audience)
    drawn = list(map_layers(areas) if layers is None else layers)
    check_layers(drawn, areas)
    if not any(layer.kind != "fact" for layer in drawn):
        raise InputError(
            f"There is nothing to draw. The areas have the columns {first_few(areas.columns, most=12)}, and none of them is "
            "in data/tables/map_layers.csv. Measure something first, or pass layers=[Layer(...)]."
        )
    payload: dict[str, Any] = {
        "title": title,
        "area_name": area_name,
        "audience": audience,
        "areas": encode_areas(areas),
        "layers": [encode_layer(layer, areas["population"]) for layer in drawn],
        "sources": {} if sources is None else encode_sources(sources),
        "notes": encode_notes(notes),
    }
    if assets is not None:
        payload["assets"], shown = encode_assets(assets, areas, audience)
        payload["trial"] = encode_trial(areas, shown)
        payload["main"] = nearest_type(areas, shown)
        name_sources(payload["layers"], assets, payload["main"])
        if places is None or not len(places):
            places = places_of_assets(shown)
    if places is not None and len(places):
        payload["places"] = encode_places(places)
    if postcodes is not None and search_postcodes:
        payload["postcodes"] = encode_postcodes(postcodes, areas)
    if land is not None and len(land):
        west, south, east, north = areas.total_bounds
        tolerance = float(np.clip(max(east - west, north - south) / LAND_STEPS, *LAND_TOLERANCE_M))
        payload["land"] = encode_polygons(
            land.geometry.simplify(tolerance),
            decimals=LAND_DECIMALS if tolerance > FINE_LAND_M else LAND_DECIMALS + 1,
        )
        if around := encode_around(land):
            payload["around"] = around
        if sea:
            payload["sea"] = [round(bound, LAND_DECIMALS) for bound in _degrees(_sea_known(areas, land))]
    if background is not None and len(background):
        payload["lines"] = encode_lines(background)
    from assetmap.show.map.page import AssetMap

    return AssetMap(payload, bounds=_degrees(areas), tiles=tiles)


def _sea_known(areas: gpd.GeoDataFrame, land: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the rectangle within which what is no land is sea.

    It reaches out to sea where the areas reach further than the land around them. Elsewhere the land may be cut off, so
    the rectangle ends with it.
    """
    ends = []
    for own, other, sign in zip(areas.total_bounds, land.total_bounds, (-1, -1, 1, 1), strict=True):
        open_sea = (own - other) * sign > 0
        ends.append(own + sign * OUT_TO_SEA_M if open_sea else other)
    west, south, east, north = ends
    return gpd.GeoSeries([shapely.box(west, south, east, north)], crs=areas.crs)


def _degrees(table: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[float, float, float, float]:
    """Return west, south, east and north of everything in a table, in degrees."""
    corners = gpd.GeoSeries([shapely.box(*table.total_bounds)], crs=table.crs)
    west, south, east, north = corners.to_crs(MAP_CRS).total_bounds
    return west, south, east, north


def _check(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame | None,
    postcodes: pd.DataFrame | None,
    audience: str,
) -> None:
    check_audience(audience)
    check_areas(areas)
    if not len(areas):
        raise InputError("There are no areas to draw.")
    if assets is not None:
        check_assets(assets)
    if postcodes is not None:
        check_postcodes(postcodes)
