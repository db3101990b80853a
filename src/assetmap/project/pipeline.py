"""The steps of a build one after the other: need onto the areas, lists into the register, measures onto the areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from assetmap.access.counts import count_groups
from assetmap.access.deserts import count_deserts
from assetmap.access.location import candidate_places, suggest_sites
from assetmap.access.modes import OVERLAND, TRAVEL, Ways, known_costs
from assetmap.access.nearest import population_centres, unknown_as_open
from assetmap.access.overland import make_land_grid
from assetmap.gaps.measure import measure_gaps, need_column
from assetmap.gaps.robustness import MOST_OVERLAND, measure_certainty
from assetmap.gaps.variants import compare_gaps, find_variants
from assetmap.groups.apportion import note_missing_population, spread_estimate
from assetmap.groups.rate import estimate_unregistered
from assetmap.groups.smoothing import smooth_rates
from assetmap.need.composite import combine_need, need_of_age
from assetmap.need.match import match_need
from assetmap.project.settings import Settings
from assetmap.read.areas import read_areas
from assetmap.read.assets import read_assets
from assetmap.read.lookups import read_lookup
from assetmap.read.need import read_need
from assetmap.read.places import read_places
from assetmap.read.travel import read_crossings, read_travel
from assetmap.register.build import build_register
from assetmap.schema import Estimate, InputError, reference_table, within_border
from assetmap.sharing import match_resources

OLDER: Final = "older_60_plus"
CHILDREN: Final = "children_0_15"

NEW_SITES: Final = 3
"""How many new sites a build names."""

MOST_PAIRS: Final = 500_000
"""Areas times candidates for which a build looks for new sites: a county, in seconds; `assetmap sites` has no such bound."""

AROUND_M: Final = 10_000.0
"""How far into the land around the areas a way over land may lead."""

if TYPE_CHECKING:
    from assetmap.project.folder import Project


def read_areas_with_need(project: Project, postcodes: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Read the small areas and bring need and population onto them."""
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
    return match_need(areas, need, lookup=lookup, weights=weights)


def complete_areas(
    areas: gpd.GeoDataFrame, settings: Settings, postcodes: pd.DataFrame | None
) -> gpd.GeoDataFrame:
    """Add to the areas what follows from people and need: the year, needs by age, the composite, the centres of people.

    The shares of older people and of children become needs too (`need_of_age`); with weights in the settings overall need is
    made of several (`combine_need`).
    """
    matched, wanted = areas.copy(), settings.need
    if wanted.population_year is not None:
        matched["population_year"] = wanted.population_year
    matched = matched.drop(columns=[f"need_{people}" for people in (OLDER, CHILDREN)], errors="ignore")
    for people in (OLDER, CHILDREN):
        if people in matched.columns:
            matched = matched.join(need_of_age(matched, people=people))
    if wanted.weights:
        matched[["need", "composite"]] = combine_need(matched, wanted.weights, method=wanted.method)
    if postcodes is not None:
        matched = matched.join(population_centres(matched, postcodes))
    return matched


def make_register(
    project: Project, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the lists of a project and make one register of them, with every row judged.

    What lies beyond the border, but no further than people go, is kept for the measures of access.
    """
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
        buffer_m=settings.access.catchment_km * 1000,
        linker=settings.project.linker,
    )
    return assets, judged


def find_ways(
    project: Project,
    areas: gpd.GeoDataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    land: gpd.GeoDataFrame | None = None,
    overland: bool = False,
) -> Ways:
    """Read crossings and travel times, and lay the grid of the land where ways over land are wanted.

    Parameters
    ----------
    project
        Its settings say which way decides.
    areas, land
        Together they are the land; what is neither is water.
    postcodes
        For crossings whose landings are postcodes, and for the people beyond the border.
    overland
        Measure ways over land even if another way decides. Beyond `MOST_OVERLAND` areas they are left out then.

    Raises
    ------
    InputError
        If ways over land shall decide for more areas than that, or a table cannot be used.
    """
    settings, folder = project.settings, project.folder
    access = settings.access
    if access.distance == TRAVEL and settings.travel is None:
        raise InputError(
            'distance = "travel" needs travel times: name their file in a table [travel] of assetmap.toml.'
        )
    decides = access.distance == OVERLAND
    if decides and len(areas) > MOST_OVERLAND:
        raise InputError(
            f"Ways over land cannot decide for {len(areas):,} areas; {MOST_OVERLAND:,} are the most. Write "
            'distance = "straight" in [access], or build one authority.'
        )
    crossings = None
    if settings.crossings:
        crossings = read_crossings(folder / settings.crossings.file, postcodes=postcodes)
    grid = None
    if decides or (overland and len(areas) <= MOST_OVERLAND):
        grid = make_land_grid(_ground(areas, land), crossings=crossings)
    return Ways(
        decides=access.distance,
        catchment_m=access.catchment_km * 1000,
        detour=access.detour,
        grid=grid,
        travel=read_travel(folder / settings.travel.file) if settings.travel else None,
        catchment_minutes=access.catchment_minutes,
        postcodes=postcodes,
    )


def measure_areas(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    settings: Settings,
    *,
    ways: Ways,
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
    estimate = replace(estimate, warnings=(*estimate.warnings, *note_missing_population(areas)))
    asset_type = settings.access.asset_type
    reached = reached_assets(assets, settings)
    measured = measure_gaps(
        measured.join(shares), reached, asset_type=asset_type, need=settings.gaps.need, ways=ways
    )
    if how_sure and measured["groups_listed"].sum() > 0:
        smoothed = smooth_rates(measured["groups_listed"], measured["population"])
        measured = measured.join(smoothed.drop(columns=["groups_per_1000", "unreliable"]))
    if how_sure:
        need = settings.gaps.need or need_column(areas, asset_type)
        sure = measure_certainty(
            measured, reached, asset_type=asset_type, needs=(need,), ways=ways, postcodes=postcodes
        )
        measured = measured.join(sure)
    return measured, estimate


def reached_assets(assets: gpd.GeoDataFrame, settings: Settings) -> gpd.GeoDataFrame:
    """Return the register as access sees it: with assets of unknown status open, where the settings say so."""
    return unknown_as_open(assets) if settings.access.include_unknown else assets


def detail_gaps(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, *, ways: Ways
) -> dict[str, pd.DataFrame]:
    """Return what does not fit on the areas: the sheet of robustness, deserts by need, where one more would help."""
    asset_type = settings.access.asset_type
    need = settings.gaps.need or need_column(areas, asset_type)
    reached = reached_assets(assets, settings)
    variants = find_variants(areas, reached, asset_type=asset_type, need=need, ways=ways)
    candidates = candidate_places(assets)
    candidates = candidates[candidates["asset_type"] != asset_type]
    more = {}
    if len(candidates) >= NEW_SITES and len(areas) * len(candidates) <= MOST_PAIRS:
        best = suggest_sites(
            areas,
            reached,
            candidates,
            sites=NEW_SITES,
            asset_type=asset_type,
            covered_m=settings.access.catchment_km * 1000,
        )
        more = {"new_sites": best}
    costs = areas.assign(**{"need": areas[need], ways.cost: known_costs(areas, ways)})
    return {
        "robustness": compare_gaps(areas, areas, variants),
        "deserts": count_deserts(costs, distance=ways.cost, beyond=ways.limit),
        **more,
    }


def detail_sharing(assets: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return who could lend what to whom, where anybody asks for anything."""
    matches = match_resources(assets)
    return {"sharing": matches} if len(matches) else {}


def _ground(areas: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the areas and what land there is around them: a way may lead through a neighbour."""
    if land is None:
        return areas[["geometry"]]
    west, south, east, north = areas.total_bounds
    around = land.geometry.clip_by_rect(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    return gpd.GeoDataFrame(geometry=pd.concat([areas.geometry, around[~around.is_empty]]), crs=areas.crs)


def _seen_unregistered(assets: gpd.GeoDataFrame) -> int:
    """Count open groups that are known to be on no register; not known is not no."""
    types = reference_table("asset_types")
    assets = within_border(assets)
    groups = assets["asset_type"].isin(types.index[types["group"] == "yes"])
    return int((groups & (assets["status"] != "closed") & (assets["registered"] == "no")).sum())
