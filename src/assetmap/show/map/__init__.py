"""The interactive map: one file that asks nobody for anything, safe, accessible and printable."""

from __future__ import annotations

from assetmap.show.map.layers import Layer, map_layers
from assetmap.show.map.make import make_map

__all__ = ["Layer", "make_map", "map_layers"]
