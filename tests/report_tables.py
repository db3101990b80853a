"""Results of a town that can be counted by hand, for the report and the pictures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.schema import Estimate, Note, Results, SourcedValue
from conftest import make_assets, make_grid

FAR_M = 2_500.0
"""Only the northern row of the town (A30-A33) is farther than this from a library."""

NASTY = (
    "{{ 7*7 }} {% print(1) %} {# ${1} `x` $x_1$ <img src=x onerror=alert(1)> </script><script>alert(2)</script> "
    "\"double\" 'single' & \\ \u2028\u202eRTL \x00\x1b end"
)
"""What a stranger may write into a name."""


def town_areas() -> gpd.GeoDataFrame:
    """Sixteen squares; need rises from 0 to 1; libraries stand in the middles of A00 and A03."""
    areas = make_grid()
    need = np.linspace(0, 1, len(areas))
    centre = areas.geometry.centroid
    libraries = make_assets({"West Library": (0.5, 0.5), "East Library": (3.5, 0.5)})
    away = [centre.distance(point) for point in libraries.geometry]
    northern = areas.index.str.startswith("A3")
    return areas.assign(
        need=need,
        distance_m=np.minimum(*(distance.to_numpy() for distance in away)),
        nearest_name="West Library",
        groups_listed=[3] + [0] * 15,
        groups_registered=[1] + [0] * 15,
        unregistered_estimate=3.66,
        unregistered_low=1.9,
        unregistered_high=5.6,
        gap_score=need,
        gap_class=np.where(northern, "3-1", "1-3"),
        gap_rank=np.arange(16, 0, -1),
        gap_reason=[f"Reason of {code}." for code in areas.index],
    )


def town_assets() -> gpd.GeoDataFrame:
    """Two open libraries (one run by its town council), a closed one, three groups (one registered)."""
    libraries = make_assets(
        {"West Library": (0.5, 0.5), "East Library": (3.5, 0.5), "Old Library": (1.5, 1.5)}
    )
    libraries = libraries.assign(
        status=["open", "open", "closed"],
        operator_type=["town_council", "principal_authority", "principal_authority"],
    )
    groups = make_assets(
        {"Choir": (0.2, 0.2), "Shed": (0.3, 0.3), "Band": (0.4, 0.4)}, asset_type="arts_culture"
    )
    groups = groups.assign(
        registered=["yes", "no", "unknown"], location_precision=["postcode", "postcode", "place"]
    )
    return gpd.GeoDataFrame(pd.concat([libraries, groups]))


def town_estimate() -> Estimate:
    """3.66 per 1,000 of 16,000 people."""
    forest = pd.DataFrame(
        {
            "label": ["Rate times population", "NAVCA 2025"],
            "estimate": [58.56, 93.0],
            "low": [31.2, 93.0],
            "high": [89.9, 93.0],
            "level": [0.8, math.nan],
            "kind": ["method", "published"],
        }
    )
    return Estimate(
        58.56, 31.2, 89.9, 0.8, "rate x population", "active groups that are on a local listing and on no official register", 3, 55.56, 3.66,
        (SourcedValue("rate per 1,000", 3.66, "Mohan et al. 2010", "2010"), SourcedValue("population", 16_000, "made up", "2022")),
        ("The national rate holds in the town.",),
        (Note("RATE_OLD", "The rate was counted in 2008 to 2010."), Note("NO_RANKING", "It ranks no places.")),
        "About 58.6 groups, plausibly 31.2 to 89.9.",
        {"forest": forest},
    )  # fmt: skip


def town_log() -> pd.DataFrame:
    """Seven rows of two lists: five accepted, one merged, one rejected."""
    rows = [("libraries.csv", row, "name", "accepted", "", "x") for row in (2, 3, 4)]
    rows += [("groups.csv", row, "name", "accepted", "", "x") for row in (2, 3)]
    rows += [("groups.csv", 4, "Choir again", "merged", "The same as row 2.", "choir")]
    rows += [("groups.csv", 5, "", "rejected", "The row has no name: write one.", None)]
    return pd.DataFrame(rows, columns=["source", "row", "name", "outcome", "reason", "asset_id"])


def town_sources() -> pd.DataFrame:
    """Two sources, the later of October 2025; one has no web address."""
    return pd.DataFrame(
        {
            "title": ["Index of the town", "Libraries of the town"],
            "publisher": ["The council", "The library service"],
            "date": ["2025-10", "2023-12-31"],
            "licence": ["OGL v3.0", "OGL v3.0"],
            "attribution": ["Contains made-up data.", "Contains made-up data."],
            "url": ["https://example.org/index?a=1&b=2", "javascript:alert(1)"],
            "file": ["need.csv", "libraries.csv"],
            "sha256": ["ab" * 32, "cd" * 32],
            "rows": [16, 3],
        },
        index=pd.Index(["iod2025", "libraries"], name="source_id"),
    )


def town_results(**changes: Any) -> Results:
    """Return the results of the town with some of them replaced."""
    settings = {
        "access": {"asset_type": "library", "limit_m": FAR_M},
        "gaps": {"need": "need", "top": 20},
    }
    results = Results(
        "Assets of the town", "Gridtown", town_areas(), town_assets(), town_log(), town_estimate(),
        town_sources(), places=town_places(), settings=settings, notes=(Note("TOWN", "The town is made up."),),
    )  # fmt: skip
    return replace(results, **changes)


def town_places() -> gpd.GeoDataFrame:
    """Two villages, the larger in the middle of A00."""
    places = make_assets({"Bigton": (0.5, 0.5), "Smallham": (2.5, 2.5)})
    return gpd.GeoDataFrame(
        {"name": places["name"], "kind": "village", "population": [900, np.nan]}, geometry=places.geometry
    ).rename_axis("place_id")


def nasty_results() -> Results:
    """Return the results of the town with `NASTY` in every place where text from outside goes."""
    areas, assets, log, sources = town_areas(), town_assets(), town_log(), town_sources()
    places = town_places()
    for table, columns in (
        (areas, ("area_name", "nearest_name", "gap_reason")),
        (assets, ("name",)),
        (log, ("source", "name", "reason")),
        (sources, ("title", "publisher", "date", "licence", "attribution", "url", "file")),
        (places, ("name",)),
    ):
        for column in columns:
            table[column] = NASTY
    assets["asset_type"] = assets["asset_type"].replace("arts_culture", NASTY)
    assets["operator_type"] = assets["operator_type"].replace("town_council", NASTY)
    estimate = town_estimate()
    estimate.details["forest"]["label"] = NASTY
    estimate = replace(
        estimate,
        text=NASTY,
        definition=NASTY,
        assumptions=(NASTY,),
        warnings=(Note("X", NASTY),),
        inputs=(SourcedValue(NASTY, 1.0, NASTY, NASTY),),
    )
    settings = {
        "access": {"asset_type": "library", "limit_m": FAR_M},
        NASTY: {NASTY: NASTY + "!"},
    }
    return Results(
        NASTY, NASTY, areas, assets, log, estimate, sources, places=places, settings=settings,
        notes=(Note("Y", NASTY),),
    )  # fmt: skip
