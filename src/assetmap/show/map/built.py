"""The layers of the map of a build: those of the areas, with what the estimate counts, and one for each priority."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assetmap.show.map.layers import map_layers
from assetmap.show.map.priorities import priority_layers
from assetmap.show.words import groups_estimated, sentence

if TYPE_CHECKING:
    from assetmap.schema import Results
    from assetmap.show.map.layers import Layer

ESTIMATED: Final = "unregistered"
"""Key of the layer with the estimate of groups."""


def built_layers(results: Results) -> list[Layer]:
    """Return the layers of a build; the card of an area says beside the estimate which groups it counts."""
    groups = sentence(groups_estimated(results.estimate)).removesuffix(".")
    layers = [
        replace(layer, label=f"{groups} (estimate, shared out by population)")
        if layer.key == ESTIMATED
        else layer
        for layer in map_layers(results.areas)
    ]
    return [*layers, *priority_layers(results)]
