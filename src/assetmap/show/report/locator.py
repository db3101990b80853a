"""Small maps that show where in the place an area lies: the outline of the place, and the area in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from markupsafe import Markup

from assetmap.show.pictures.figures import image_address
from assetmap.show.words import known_part, plain

if TYPE_CHECKING:
    import geopandas as gpd

SIDE: Final = 64
"""Longer side of a locator in CSS pixels."""

FINENESS: Final = 4
"""Steps of the drawing in one pixel."""

SEEN_PX: Final = 5.0
"""An area narrower than this gets a ring around it."""

MOST_AREAS: Final = 3_000
"""In a place with more small areas than this a locator shows nothing that helps."""

_GROUND, _LINE, _MARK = "#ece8de", "#8d8778", "#3a2340"


class Locators:
    """Small maps of one place: `of` draws the one of an area."""

    def __init__(self, areas: gpd.GeoDataFrame, place: str) -> None:
        west, south, east, north = (float(bound) for bound in areas.total_bounds)
        self.step = max(east - west, north - south, 1.0) / (SIDE * FINENESS)
        self.west, self.north, self.place = west, north, plain(place)
        self.width, self.height = ((north_east / self.step) for north_east in (east - west, north - south))
        self.shapes = areas.geometry
        whole = areas.geometry.union_all() if len(areas) <= MOST_AREAS else None
        self.outline = "" if whole is None else self._path(shapely.simplify(whole, 1.5 * self.step))

    def of(self, code: str, name: Any) -> Markup:
        """Return the picture of one area, or nothing in a very large place."""
        if not self.outline:
            return Markup("")
        shape = self.shapes[code]
        mark = self._path(shapely.simplify(shape, 0.5 * self.step))
        west, south, east, north = shape.bounds
        ring = ""
        if max(east - west, north - south) / self.step < SEEN_PX * FINENESS:
            x, y = ((west + east) / 2 - self.west) / self.step, (self.north - (south + north) / 2) / self.step
            ring = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{4 * FINENESS}" fill="none" stroke="{_MARK}" stroke-width="{1.2 * FINENESS:.0f}"/>'
        edge = 5 * FINENESS
        box = (-edge, -edge, self.width + 2 * edge, self.height + 2 * edge)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(f"{value:.0f}" for value in box)}" '
            f'width="{box[2] / FINENESS:.0f}" height="{box[3] / FINENESS:.0f}">'
            f'<path d="{self.outline}" fill="{_GROUND}" stroke="{_LINE}" stroke-width="{FINENESS}" fill-rule="evenodd"/>'
            f'<path d="{mark}" fill="{_MARK}" stroke="{_MARK}" stroke-width="{0.8 * FINENESS:.0f}" fill-rule="evenodd"/>{ring}</svg>'
        )
        return Markup('<img class="locator" src="{}" alt="{}" />').format(
            image_address(svg), f"Where {known_part(name)} lies in {self.place}"
        )

    def _path(self, shape: Any) -> str:
        """Return the outline of a shape as the path of a drawing, in whole steps."""
        pieces = []
        for ring in shapely.get_rings(shapely.get_parts(shapely.normalize(shape))):  # holes run the other way
            points = np.rint(
                (shapely.get_coordinates(ring) - (self.west, self.north)) / (self.step, -self.step)
            ).astype(int)
            kept = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
            if len(kept) > 3:
                pieces.append("M" + "L".join(f"{x} {y}" for x, y in kept[:-1]) + "Z")
        return "".join(pieces)
