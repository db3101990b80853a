"""Make the map: check the tables, encode them as one value and pass that to the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from assetmap.public import check_audience
from assetmap.schema import MAP_CRS, InputError, Note, check_areas, check_assets, check_postcodes, first_few
from assetmap.show.map.geometry import encode_polygons
from assetmap.show.map.layers import Layer, check_layers, map_layers
from assetmap.show.map.payload import (
    encode_areas,
    encode_assets,
    encode_layer,
    encode_notes,
    encode_places,
    encode_postcodes,
    encode_sources,
    name_sources,
)
from assetmap.show.map.trial import encode_trial

if TYPE_CHECKING:
    import folium

LAND_TOLERANCE_M: Final = 250.0
LAND_DECIMALS: Final = 3
FAR_KM: Final = 5.0
"""An area in high need further than this counts as far in the opening sentence, as in the report."""


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
    far_km: float = FAR_KM,
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
        Place names to write on the map.
    postcodes
        Postcodes that readers can search for, unless ``search_postcodes`` is false.
    land
        Land around the areas, drawn in a pale colour beneath them.
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
    far_km
        Distance in kilometres. The opening sentence counts the areas in high need that are further than this.

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
        "far_km": far_km,
        "areas": encode_areas(areas),
        "layers": [encode_layer(layer, areas["population"]) for layer in drawn],
        "sources": {} if sources is None else encode_sources(sources),
        "notes": encode_notes(notes),
    }
    if assets is not None:
        payload["assets"], shown = encode_assets(assets, areas, audience)
        payload["trial"] = encode_trial(areas, shown)
        name_sources(payload["layers"], assets, payload["trial"].get("type"))
    if places is not None and len(places):
        payload["places"] = encode_places(places)
    if postcodes is not None and search_postcodes:
        payload["postcodes"] = encode_postcodes(postcodes, areas)
    if land is not None and len(land):
        payload["land"] = encode_polygons(land.geometry.simplify(LAND_TOLERANCE_M), decimals=LAND_DECIMALS)
    from assetmap.show.map.page import AssetMap

    corners = gpd.GeoSeries([shapely.box(*areas.total_bounds)], crs=areas.crs)
    return AssetMap(payload, bounds=tuple(corners.to_crs(MAP_CRS).total_bounds), tiles=tiles)


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
