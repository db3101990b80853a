"""A directory of made-up places, as many as are wanted, for tests of the page."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from assetmap.project.people.directory import Directory, _entries
from assetmap.schema import Note

WORDS = [
    "tea",
    "company",
    "cards",
    "singing",
    "garden",
    "tools",
    "walking",
    "repair",
    "music",
    "cooking",
    "reading",
    "swimming",
    "chess",
    "sewing",
]
TOWNS = ("Oldbury", "Newton", "Market Sidbury", "Great Wexcombe")


def many_places(count: int, *, seed: int = 1) -> Directory:
    """Return a directory of places with descriptions of 120 characters on average."""
    draw = np.random.default_rng(seed)
    west, south = 400_000, 300_000
    x, y = west + draw.uniform(0, 60_000, count), south + draw.uniform(0, 60_000, count)
    kinds = draw.choice(["lunch_club", "village_hall", "sports_club", "memory_cafe", "arts_culture"], count)
    about = [
        " ".join(draw.choice(WORDS, 20)).capitalize()[: int(length)]
        for length in draw.integers(100, 141, count)
    ]
    assets = gpd.GeoDataFrame(
        {
            "name": [f"{draw.choice(TOWNS)} {draw.choice(WORDS)} group {at}" for at in range(count)],
            "asset_type": kinds,
            "status": "open",
            "operator": "",
            "address": [f"{draw.integers(1, 200)} {draw.choice(WORDS).title()} Street" for _ in range(count)],
            "town": draw.choice(TOWNS, count),
            "postcode": [f"ZZ{draw.integers(1, 99)} {draw.integers(1, 9)}AB" for _ in range(count)],
            "days": draw.choice(["Tuesday", "Mondays and Thursdays", "weekdays", ""], count),
            "cost": draw.choice(["free", "£3 a session", "donation", ""], count),
            "step_free": draw.choice(["yes", "no", ""], count),
            "in_our_words": about,
            "sensitive": False,
            "location_precision": "point",
        },
        geometry=gpd.points_from_xy(x, y, crs="EPSG:27700"),
        index=pd.Index([f"place-{at}" for at in range(count)], name="asset_id"),
    )
    return Directory(
        title="Places",
        area_name="Wexshire",
        entries=_entries(assets, ("in_our_words",), None),
        times=pd.DataFrame(columns=["asset_id", "day", "opens", "closes"]),
        outline=gpd.GeoSeries([box(west, south, west + 60_000, south + 60_000)], crs="EPSG:27700"),
        places=None,
        published=("in_our_words",),
        sources=pd.DataFrame(
            [("A list", "a council", "2026", "OGL v3", "")],
            columns=["title", "publisher", "date", "licence", "attribution"],
        ),
        notes=(Note("DIRECTORY_LEFT_OUT", "The directory leaves out 2 places."),),
    )
