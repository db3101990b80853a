"""The interactive map: one file that asks nobody for anything, safe, accessible and printable."""

from __future__ import annotations

from assetmap.show.maps.build import make_map
from assetmap.show.maps.layers import Layer, map_layers

__all__ = ["Layer", "make_map", "map_layers"]
