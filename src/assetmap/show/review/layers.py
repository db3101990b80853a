"""Map layers of a devolution review: each small area shows what the review says about its nearest site."""

from __future__ import annotations

import pandas as pd

from assetmap.schema import DevolutionReview, Scenario
from assetmap.show.map.layers import Layer

GROUP = "devolution"
MEASURED = {"straight": "in a straight line", "overland": "overland, using the ferries named in the settings"}


def devolution_layers(review: DevolutionReview, scenario: Scenario | None = None) -> list[Layer]:
    """Return the layers of a review and, if there is a scenario, of who gains and who loses access.

    Parameters
    ----------
    review
        From `review_devolution`, over all areas of the map.
    scenario
        From `compare_scenario`.

    Returns
    -------
    list of Layer
        On the index of ``review.small_areas``; pass them to `make_map`, alone or with `map_layers`.
    """
    areas, sites = review.small_areas, review.sites
    measured = MEASURED[review.settings.get("distance", "straight")]
    nearest = areas["nearest_asset_id"]
    layers = [
        Layer(
            key="site_quadrant",
            label="Review of the nearest site",
            values=nearest.map(sites["quadrant"]),
            group=GROUP,
            kind="category",
            description="What the impact and the readiness of the nearest site mean together.",
        ),
        _score("site_impact", "Impact of the nearest site", nearest.map(sites["impact"]), "YlOrBr"),
        _score(
            "site_readiness",
            "Readiness around the nearest site",
            nearest.map(sites["readiness"]),
            "YlGnBu",
            low=nearest.map(sites["readiness_low"]),
            high=nearest.map(sites["readiness_high"]),
        ),
        _kilometres(
            "extra_if_closed",
            "Extra distance if the nearest site closes",
            areas["extra_m_if_closed"],
            f"From the nearest to the next nearest site, {measured}.",
        ),
        Layer(
            key="sites_in_reach",
            label="Sites within the catchment",
            values=areas["sites_in_reach"].astype(float),
            group=GROUP,
            decimals=0,
            unit="sites",
            direction="darker = more",
            scheme="UserDefined",
            bounds=(0, 1, 2, 3, 5),
            palette="BuPu",
            description="Where there is only one, people depend on that site.",
        ),
    ]
    return layers if scenario is None else [*_scenario_layers(scenario, measured), *layers]


def _scenario_layers(scenario: Scenario, measured: str) -> list[Layer]:
    return [
        Layer(
            key="scenario_change",
            label="Proposal: change in distance to the nearest site",
            values=scenario.areas["change_m"],
            group=GROUP,
            unit="km",
            factor=0.001,
            direction="red = further, blue = nearer",
            scheme="UserDefined",
            bounds=(-2, -0.5, -0.1, 0.1, 0.5, 2, 50),
            palette="RdYlBu_r",
            description=f"Before and after the changes, {measured}.",
        ),
        Layer(
            key="scenario_outcome",
            label="Proposal: who gains and who loses access",
            values=scenario.areas["outcome"],
            group=GROUP,
            kind="category",
            description="Further or nearer: distance to the nearest site. Less or more access: share of opening hours.",
        ),
    ]


def _score(key: str, label: str, values: pd.Series, palette: str, **interval: pd.Series) -> Layer:
    return Layer(
        key=key,
        label=label,
        values=values.astype(float),
        group=GROUP,
        decimals=2,
        direction="darker = higher",
        scheme="UserDefined",
        bounds=(0.2, 0.4, 0.6, 0.8, 1),
        palette=palette,
        low=interval.get("low"),
        high=interval.get("high"),
        description="0 to 1, compared with the other sites under review.",
    )


def _kilometres(key: str, label: str, values: pd.Series, description: str) -> Layer:
    return Layer(
        key=key,
        label=label,
        values=values,
        group=GROUP,
        unit="km",
        factor=0.001,
        direction="darker = further",
        scheme="UserDefined",
        bounds=(1, 2, 5, 8, 50),
        palette="YlOrRd",
        description=description,
    )
