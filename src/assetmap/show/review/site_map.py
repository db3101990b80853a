"""The map of a review: its layers over the sites as they are or, of one option alone, would be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assetmap.schema import (
    DevolutionReview,
    Note,
    OptionResult,
    OptionsReview,
    Results,
    within_border,
)
from assetmap.show.map import make_map, map_layers
from assetmap.show.review.layers import devolution_layers

if TYPE_CHECKING:
    import geopandas as gpd


def save_review_map(
    results: Results, review: DevolutionReview, options: OptionsReview, title: str, path: Path
) -> None:
    """Draw the layers of the review and the options, with need, over the sites as they are or, of one option alone, would be."""
    need = [layer for layer in map_layers(results.areas) if layer.key == "need"]
    assets = results.assets.loc[results.assets.index.intersection(review.sites.index, sort=False)]
    if len(options.options) == 1:
        only = options.options[0]
        assets = _after(results.assets, assets, only)
        title = f"{title}, as they would be under: {only.option.name}"
    page = make_map(
        results.areas,
        assets,
        layers=[*devolution_layers(review, options), *need],
        title=title,
        area_name=results.area_name,
        places=results.places,
        postcodes=results.postcodes,
        land=results.land,
        sources=results.sources,
        notes=_map_notes(review, options),
        audience=results.settings["project"]["audience"],
    )
    page.save(str(path))


def _after(register: gpd.GeoDataFrame, shown: gpd.GeoDataFrame, option: OptionResult) -> gpd.GeoDataFrame:
    """Return the sites of the map as they would be under an option: closed, run by somebody else, moved, new."""
    there = within_border(option.after)
    names = shown.index.union(there.index[there.index.isin(option.changes["asset_id"])], sort=False)
    after = there.reindex(names)[[column for column in register.columns if column in there.columns]].copy()
    if "sensitive" in after.columns:
        after["sensitive"] = after["sensitive"].eq(True)
    return after.rename_axis("asset_id")


def _map_notes(review: DevolutionReview, options: OptionsReview) -> tuple[Note, ...]:
    """Return the notes of the review, and what each option does."""
    return (*review.notes, *(Note("OPTION", each.sentence) for each in options.options))
