"""The steps of a build one after the other: need onto the areas, lists into the register, measures onto the areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.access.costs import OVERLAND, OWN
from assetmap.access.counted import with_counts_as
from assetmap.access.counts import count_groups
from assetmap.access.deserts import count_deserts
from assetmap.access.location import candidate_places, suggest_sites
from assetmap.access.measure import measure_catchments
from assetmap.access.minutes import (
    BUS,
    DRIVE,
    WALK,
    BusSource,
    DriveSource,
    WalkSource,
    check_buses,
    check_roads,
)
from assetmap.access.nearest import population_centres, unknown_as_open
from assetmap.access.overland import make_land_grid
from assetmap.access.own import check_travel
from assetmap.access.travel import Travel, covered_places, known_costs, mode_named
from assetmap.gaps.choices import TIMES, measure_sensitivity
from assetmap.gaps.clusters import PERMUTATIONS as CLUSTER_PERMUTATIONS
from assetmap.gaps.clusters import find_clusters
from assetmap.gaps.measure import measure_gaps, need_column
from assetmap.gaps.sensitivity import MOST_OVERLAND, SEED
from assetmap.gaps.variants import compare_gaps, find_variants
from assetmap.groups.apportion import note_missing_population, spread_estimate
from assetmap.groups.rate import estimate_unregistered
from assetmap.groups.smoothing import note_unreliable_rates, smooth_rates
from assetmap.need.composite import combine_need, need_of_age
from assetmap.need.match import match_need
from assetmap.project.known import project_lists
from assetmap.project.settings.keys import Settings
from assetmap.project.settings.reading import NEEDED_TABLES
from assetmap.read.areas import read_areas
from assetmap.read.official.area_names import name_areas
from assetmap.read.official.known_names import read_known_names
from assetmap.read.official.lookups import read_lookup
from assetmap.read.official.need import read_need
from assetmap.read.places import read_places
from assetmap.read.transport.kept import read_roads_once, read_timetable_once
from assetmap.read.travel import read_crossings, read_travel
from assetmap.register.build import build_register
from assetmap.schema import Estimate, InputError, Note, Register, reference_table, within_border
from assetmap.sharing import match_resources

OLDER: Final = "older_60_plus"
CHILDREN: Final = "children_0_15"

NEW_SITES: Final = 3
"""How many new sites a build names."""

MOST_PAIRS: Final = 500_000
"""Areas times candidates for which a build looks for new sites: a county, in seconds; `assetmap sites` has no such bound."""

AROUND_M: Final = 10_000.0
"""How far into the land around the areas a path overland may lead."""

if TYPE_CHECKING:
    from assetmap.project.folder import Project


def read_areas_with_need(project: Project, postcodes: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Read the small areas and bring need and population onto them."""
    settings, folder = project.settings, project.folder
    where, wanted = settings.areas, settings.need
    areas = read_areas(folder / where.file, code=where.code, name=where.name, layer=where.layer)
    if where.names is not None:
        areas["area_name"] = name_areas(areas, library=read_known_names(folder / where.names))["area_name"]
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
    """Add what follows from people and need: the year, needs by age, the composite, population-weighted centroids.

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


def make_register(project: Project, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None) -> Register:
    """Read the lists of a project and make one register of them.

    What lies beyond the border, but within the limit of access, is kept for the measures of access.
    """
    settings, folder = project.settings, project.folder
    found = project_lists(project)
    places = read_places(folder / settings.places.file) if settings.places else None
    register = build_register(
        found.lists,
        postcodes=postcodes,
        places=places,
        areas=areas,
        area_name=settings.project.area_name,
        review=found.review,
        audience=settings.project.audience,
        publish_columns=columns_to_publish(settings),
        buffer_m=settings.access.limit_m,
        linker=settings.project.linker,
    )
    return replace(register, assets=with_counts_as(register.assets, settings.access.counts))


def columns_to_publish(settings: Settings) -> tuple[str, ...]:
    """Return the columns of the lists that a public build shows beside ours: those that the settings name."""
    programme = settings.devolution.programme
    return (*settings.project.publish, *((programme,) if programme else ()))


def find_travel(
    project: Project,
    areas: gpd.GeoDataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    land: gpd.GeoDataFrame | None = None,
    mode: str | None = None,
    overland: bool = False,
) -> Travel:
    """Read travel times, and lay a grid over the land where distances overland are wanted.

    Parameters
    ----------
    project
        Its settings say which mode decides.
    areas, land
        Together they are the land; everything else is water.
    postcodes
        For crossings whose landings are postcodes, and for the people beyond the border.
    mode
        Another mode that decides; None for that of ``[access]``.
    overland
        Measure distances overland even if another mode decides. They are then left out beyond `MOST_OVERLAND` areas.

    Raises
    ------
    InputError
        If distances overland shall decide for more areas than that, or a table cannot be used.
    """
    settings, folder = project.settings, project.folder
    access = settings.access
    mode = mode or access.distance
    mode_named(mode)
    for needing, section, words in NEEDED_TABLES:
        if mode == needing and getattr(settings, section) is None:
            raise InputError(
                f'distance = "{mode}" needs {words}: name it in a table [{section}] of assetmap.toml.'
            )
    if mode == OVERLAND and len(areas) > MOST_OVERLAND:
        raise InputError(
            f"Distances overland cannot be used for {len(areas):,} areas; the most is {MOST_OVERLAND:,}. Write "
            'distance = "straight" in [access], or build a single authority.'
        )
    sources: dict[str, Any] = {}
    if mode == OVERLAND or (overland and len(areas) <= MOST_OVERLAND):
        crossings = None
        if settings.crossings:
            crossings = read_crossings(folder / settings.crossings.file, postcodes=postcodes)
        sources[OVERLAND] = make_land_grid(_ground(areas, land), crossings=crossings)
    if settings.travel:
        sources[OWN] = read_travel(folder / settings.travel.file)
    sources |= _by_road_and_bus(project, areas, postcodes, walk=mode == WALK)
    return Travel(
        mode=mode,
        limit_m=access.limit_m,
        limit_minutes=access.limit_minutes,
        detour=access.detour,
        sources=sources,
        postcodes=postcodes,
    )


def _by_road_and_bus(
    project: Project, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None, *, walk: bool
) -> dict[str, Any]:
    """Read roads and timetables, where the project has them."""
    settings, folder = project.settings, project.folder
    homes = postcodes if settings.access.homes == "postcodes" else None
    sources: dict[str, Any] = {}
    roads = read_roads_once(folder / settings.roads.file) if settings.roads else None
    if roads is not None:
        sources[DRIVE] = DriveSource(roads.drive, homes, roads.notes)
        sources[WALK] = WalkSource(homes, roads.walk, roads.notes)
    elif walk:
        sources[WALK] = WalkSource(homes)
    if settings.timetable:
        west, south, east, north = areas.total_bounds
        timetable = read_timetable_once(
            [folder / file for file in settings.timetable.files],
            week=settings.timetable.week,
            bounds=(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M),
        )
        sources[BUS] = BusSource(timetable, homes, network=roads.walk if roads else None)
    return sources


def travel_notes(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, travel: Travel) -> tuple[Note, ...]:
    """Return what a reader must know about the travel times: what they lack, which week they are of, what they cover."""
    sources = travel.sources
    notes: tuple[Note, ...] = ()
    if OWN in travel.modes:
        notes += check_travel(areas, assets, sources[OWN])
    if DRIVE in travel.modes:
        drive = sources[DRIVE]
        notes += (*drive.notes, *check_roads(areas, assets, drive.network, drive.postcodes))
    if BUS in travel.modes:
        faults = sources[BUS].timetable.faults
        notes += tuple(Note(f"TIMETABLE_{code}", row) for code, row in faults["sentence"].items())
        notes += check_buses(areas, sources[BUS])
    return notes


def measure_areas(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    settings: Settings,
    *,
    travel: Travel,
    postcodes: pd.DataFrame | None = None,
    sensitivity: bool = False,
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
    reached = reached_assets(assets, settings)
    measured = _measure_access(measured.join(shares), reached, settings, travel, postcodes, sensitivity)
    if sensitivity and measured["groups_listed"].sum() > 0:
        smoothed = smooth_rates(measured["groups_listed"], measured["population"])
        unreliable = note_unreliable_rates(smoothed)
        estimate = replace(estimate, warnings=(*estimate.warnings, *unreliable))
        if not unreliable:
            measured = measured.join(smoothed.drop(columns=["groups_per_1000", "unreliable"]))
    return measured, estimate


def _measure_access(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    settings: Settings,
    travel: Travel,
    postcodes: pd.DataFrame | None,
    sensitivity: bool,
) -> gpd.GeoDataFrame:
    """Measure access, gaps and, where wanted, their sensitivity, with the costs measured once."""
    asset_type = settings.access.asset_type
    times = max(TIMES) if sensitivity else 1.0
    caught = measure_catchments(areas, assets, asset_type=asset_type, travel=travel, times=times)
    measured = measure_gaps(
        areas,
        assets,
        asset_type=asset_type,
        need=settings.gaps.need,
        travel=travel,
        catchments=caught,
        low_access_beyond_m=settings.gaps.low_access_beyond_m,
    )
    if not sensitivity:
        return measured
    return measured.join(
        measure_sensitivity(
            measured,
            assets,
            asset_type=asset_type,
            needs=(settings.gaps.need or need_column(areas, asset_type),),
            travel=travel,
            catchments=caught,
            postcodes=postcodes,
            low_access_beyond_m=settings.gaps.low_access_beyond_m,
        )
    )


def reached_assets(assets: gpd.GeoDataFrame, settings: Settings) -> gpd.GeoDataFrame:
    """Return the register as access sees it: with assets of unknown status open, where the settings say so."""
    return unknown_as_open(assets) if settings.access.include_unknown else assets


def cluster_gaps(
    areas: gpd.GeoDataFrame, settings: Settings, *, travel: Travel
) -> tuple[gpd.GeoDataFrame, dict[str, pd.DataFrame]]:
    """Join to the areas where the widest gaps lie side by side, and return their groups and the tests."""
    need = settings.gaps.need or need_column(areas, settings.access.asset_type)
    costs = areas.assign(**{travel.cost: known_costs(areas, travel)})
    found = find_clusters(
        costs,
        need=need,
        access=travel.cost,
        top=max(settings.gaps.top, 2),
        permutations=CLUSTER_PERMUTATIONS if len(areas) <= MOST_OVERLAND else 999,
        seed=SEED,
    )
    return areas.join(found.areas), {"gap_groups": found.groups, "gap_tests": found.tests}


def detail_gaps(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, *, travel: Travel
) -> tuple[dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Return what does not fit on the areas: other choices compared, deserts by need, where one more would help."""
    asset_type = settings.access.asset_type
    need = settings.gaps.need or need_column(areas, asset_type)
    reached = reached_assets(assets, settings)
    variants = find_variants(
        areas,
        reached,
        asset_type=asset_type,
        need=need,
        travel=travel,
        low_access_beyond_m=settings.gaps.low_access_beyond_m,
    )
    present = known_costs(areas, travel)
    costs = areas.assign(**{"need": areas[need], travel.cost: present})
    details = {
        "robustness": compare_gaps(areas, areas, variants),
        "deserts": count_deserts(costs, cost=travel.cost, limit=travel.limit),
    }
    candidates = candidate_places(assets)
    candidates = candidates[candidates["asset_type"] != asset_type]
    covered = covered_places(candidates, travel)
    nobody = int(areas["population"].isna().sum())
    if len(candidates) >= NEW_SITES and nobody:
        sentence = f"New sites were not looked for: {nobody} areas have no population."
        return details, (Note("NEW_SITES_LEFT_OUT", sentence),)
    if len(candidates) >= NEW_SITES > len(covered):
        sentence = (
            f"New sites were not looked for: your travel times lead to {len(covered)} of the {len(candidates)} halls, "
            "community centres and hubs on the lists."
        )
        return details, (Note("NEW_SITES_LEFT_OUT", sentence),)
    if len(covered) >= NEW_SITES and len(areas) * len(covered) <= MOST_PAIRS:
        details["new_sites"] = suggest_sites(
            areas, reached, covered, sites=NEW_SITES, asset_type=asset_type, travel=travel, present=present
        )
    return details, ()


def detail_sharing(assets: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return who could lend what to whom, where anybody asks for anything."""
    matches = match_resources(assets)
    return {"sharing": matches} if len(matches) else {}


def _ground(areas: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the areas and the land around them: a path may lead through a neighbour."""
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
