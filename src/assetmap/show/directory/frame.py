"""The map of the directory, in whole steps so that its numbers are short."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from assetmap.show.words import plain

STEP_M: Final = 10.0
"""Metres of one step of the map: a door is found with it, and a page stays small."""

MOST_OUTLINE: Final = 2_500
"""Corners of the outline of the areas."""

MOST_LABELS: Final = 60

KIND_ORDER: Final = {"city": 0, "town": 1}


class Frame:
    """The map in steps of `STEP_M` from its north-west corner, so that numbers are short."""

    def __init__(self, outline: gpd.GeoSeries, entries: gpd.GeoDataFrame) -> None:
        shapes = [*outline.geometry, *entries.geometry.dropna()]
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        margin = max(east - west, north - south) * 0.04
        self.west, self.north = west - margin, north + margin
        self.width = int((east - west + 2 * margin) // STEP_M) + 1
        self.height = int((north - south + 2 * margin) // STEP_M) + 1

    def points(self, entries: gpd.GeoDataFrame) -> list[str]:
        """Return each point as ``x,y``; empty where there is none."""
        return [
            "" if point is None or point.is_empty else ",".join(map(str, self.at(point.x, point.y)))
            for point in entries.geometry.to_numpy()
        ]

    def at(self, east: float, north: float) -> tuple[int, int]:
        """Return a point of the map."""
        return round((east - self.west) / STEP_M), round((self.north - north) / STEP_M)

    def outline(self, outline: gpd.GeoSeries) -> str:
        """Return the outline of the areas as the path of an SVG picture, with few corners."""
        shape = outline.iloc[0]
        tolerance = max(self.width, self.height) * STEP_M / 2_000
        while (
            shapely.get_num_coordinates(shape) > MOST_OUTLINE
            and tolerance < max(self.width, self.height) * STEP_M
        ):
            shape = outline.iloc[0].simplify(tolerance)
            tolerance *= 1.6
        rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in (self.at(*point) for point in ring.coords)) + "Z"
            for ring in rings
        )

    def labels(self, places: gpd.GeoDataFrame | None) -> Markup:
        """Return the names of towns and villages, the larger first."""
        if places is None or places.empty:
            return Markup("")
        size = (
            places["population"].fillna(0) if "population" in places else pd.Series(0.0, index=places.index)
        )
        kind = places["kind"].map(KIND_ORDER).fillna(2)
        order = places.assign(kind_order=kind, size=-size).sort_values(["kind_order", "size"], kind="stable")
        texts: list[Markup] = []
        for name, point in zip(order["name"], order.geometry.to_numpy(), strict=True):
            x, y = self.at(point.x, point.y)
            if 0 <= x <= self.width and 0 <= y <= self.height and len(texts) < MOST_LABELS:
                texts.append(Markup('<text x="{}" y="{}">{}</text>').format(x, y, plain(name)))
        return Markup("").join(texts)
