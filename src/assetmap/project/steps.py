"""The steps of a build one after the other: need onto the areas, lists into the register, measures onto the areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from assetmap.measure.certainty import measure_certainty
from assetmap.measure.counts import count_groups
from assetmap.measure.deserts import count_deserts
from assetmap.measure.distances import population_centres
from assetmap.measure.estimates import estimate_unregistered
from assetmap.measure.need import match_need
from assetmap.measure.robustness import compare_gaps, find_variants
from assetmap.measure.sharing import match_resources
from assetmap.measure.small_areas import spread_estimate
from assetmap.measure.smoothing import smooth_rates
from assetmap.measure.themes import measure_gaps
from assetmap.project.settings import Settings
from assetmap.read.areas import read_areas
from assetmap.read.assets import read_assets
from assetmap.read.lookups import read_lookup
from assetmap.read.need import read_need
from assetmap.read.places import read_places
from assetmap.register.build import build_register
from assetmap.schema import Estimate, Note, reference_table

if TYPE_CHECKING:
    from assetmap.project.folder import Project


def read_areas_with_need(project: Project, postcodes: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Read the areas and bring need, population and the centres of people onto them."""
    settings, folder = project.settings, project.folder
    where, wanted = settings.areas, settings.need
    areas = read_areas(folder / where.file, code=where.code, name=where.name, layer=where.layer)
    need = read_need(
        folder / wanted.file,
        index=wanted.index,
        code=wanted.code,
        column=wanted.column,
        most_need=wanted.most_need,
    )
    lookup = read_lookup(folder / wanted.lookup) if wanted.lookup else None
    weights = None
    if postcodes is not None:
        weights = postcodes[postcodes["live"]].groupby("area_code").size().reindex(areas.index, fill_value=0)
    matched = match_need(areas, need, lookup=lookup, weights=weights)
    if wanted.population_year is not None:
        matched["population_year"] = wanted.population_year
    if postcodes is not None:
        matched = matched.join(population_centres(matched, postcodes))
    return matched


def make_register(
    project: Project, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the lists of a project and make one register of them, with every row judged."""
    settings, folder = project.settings, project.folder
    lists = [
        read_assets(folder / each.file, source=each.id, asset_type=each.asset_type, columns=each.columns)
        for each in settings.assets
    ]
    places = read_places(folder / settings.places.file) if settings.places else None
    assets, judged = build_register(
        lists,
        postcodes=postcodes,
        places=places,
        areas=areas,
        area_name=settings.project.area_name,
        audience=settings.project.audience,
    )
    return assets, judged


def measure_areas(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    settings: Settings,
    *,
    postcodes: pd.DataFrame | None = None,
    how_sure: bool = False,
) -> tuple[gpd.GeoDataFrame, Estimate]:
    """Join every measure of a build to the areas, and estimate the unregistered groups of all of them."""
    measured = areas.join(count_groups(areas, assets))
    estimate = estimate_unregistered(
        float(areas["population"].sum(min_count=1)),
        rate=settings.estimate.rate,
        cv=settings.estimate.cv,
        level=settings.estimate.level,
        seen=_seen_unregistered(assets),
        place=settings.project.area_name,
        population_source=settings.need.title,
        population_year=settings.need.population_year,
    )
    shares = spread_estimate(areas, estimate)
    estimate = replace(estimate, warnings=(*estimate.warnings, *_notes_of(shares)))
    measured = measure_gaps(
        measured.join(shares),
        assets,
        asset_type=settings.access.asset_type,
        need=settings.gaps.need,
        catchment_m=settings.access.catchment_km * 1000,
    )
    if how_sure and measured["groups_listed"].sum() > 0:
        smoothed = smooth_rates(measured["groups_listed"], measured["population"])
        measured = measured.join(smoothed.drop(columns=["groups_per_1000", "unreliable"]))
    if how_sure:
        sure = measure_certainty(
            measured,
            assets,
            asset_type=settings.access.asset_type,
            needs=(settings.gaps.need,),
            catchment_m=settings.access.catchment_km * 1000,
            postcodes=postcodes,
        )
        measured = measured.join(sure)
    return measured, estimate


def detail_gaps(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Return what does not fit on the areas: the sheet of robustness, and the people in deserts by need."""
    need, asset_type = settings.gaps.need, settings.access.asset_type
    variants = find_variants(areas, assets, asset_type=asset_type, need=need)
    beyond = settings.access.catchment_km * 1000
    return {
        "robustness": compare_gaps(areas, areas, variants),
        "deserts": count_deserts(areas.assign(need=areas[need]), beyond=beyond),
    }


def detail_sharing(assets: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return who could lend what to whom, where anybody asks for anything."""
    matches = match_resources(assets)
    return {"sharing": matches} if len(matches) else {}


def _seen_unregistered(assets: gpd.GeoDataFrame) -> int:
    """Count open groups that are known to be on no register; not known is not no."""
    types = reference_table("asset_types")
    groups = assets["asset_type"].isin(types.index[types["group"] == "yes"])
    return int((groups & (assets["status"] != "closed") & (assets["registered"] == "no")).sum())


def _notes_of(table: pd.DataFrame) -> tuple[Note, ...]:
    return tuple(Note(**note) for note in table.attrs.get("notes", ()))
