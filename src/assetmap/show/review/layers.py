"""Map layers of a devolution review: each small area shows what the review says about its nearest site."""

from __future__ import annotations

import pandas as pd

from assetmap.schema import DevolutionReview, OptionsReview, Scenario
from assetmap.show.map.layers import Layer
from assetmap.show.words import measured_by, plain

GROUP = "devolution"


def devolution_layers(review: DevolutionReview, options: OptionsReview | None = None) -> list[Layer]:
    """Return the layers of a review and of its options: who gains and who loses access under each, and who answered.

    Parameters
    ----------
    review
        From `review_devolution`, over all areas of the map.
    options
        The options side by side.

    Returns
    -------
    list of Layer
        On the index of ``review.small_areas``; pass them to `make_map`, alone or with `map_layers`.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> len(am.show.devolution_layers(review))
    5
    """
    areas, sites = review.small_areas, review.sites
    measured = measured_by(review.settings.get("distance", "straight"))
    unit = str(sites["unit"].iloc[0])
    nearest = areas["nearest_asset_id"]
    layers = [
        Layer(
            key="site_quadrant",
            label="Review of the nearest site",
            values=nearest.map(sites["quadrant"]),
            group=GROUP,
            kind="category",
            description="What the impact and the readiness of the nearest site mean together, where it is a candidate.",
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
        _extra(
            areas["extra_cost_if_closed"], unit, f"From the nearest to the next nearest site, {measured}."
        ),
        Layer(
            key="sites_within",
            label="Sites within the catchment",
            values=areas["sites_within"].astype(float),
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
    return [*_option_layers(options, measured), *layers] if options is not None else layers


def _option_layers(options: OptionsReview, measured: str) -> list[Layer]:
    layers = []
    for number, each in enumerate(options.options, start=1):
        name = plain(each.option.name, most=30)
        layers += _scenario_layers(each.scenario, measured, name, f"option_{number}")
        if each.option.name in options.responses_areas.index.get_level_values(0):
            layers.append(_response_layer(options, each.option.name, f"option_{number}_responses"))
    return layers


def _response_layer(options: OptionsReview, name: str, key: str) -> Layer:
    return Layer(
        key=key,
        label=f"{plain(name, most=30)}: responses to the consultation",
        values=options.responses_areas["responses"].loc[name],
        group=GROUP,
        decimals=0,
        unit="responses",
        direction="darker = more",
        scheme="UserDefined",
        bounds=(0, 5, 10, 20, 50, 1000),
        palette="BuPu",
        description="Where people who answered live. Counts from 1 to 4, and some others, are hidden.",
    )


def _scenario_layers(scenario: Scenario, measured: str, name: str, key: str) -> list[Layer]:
    metres = scenario.people["unit"].iloc[0] == "m"
    return [
        Layer(
            key=f"{key}_change",
            label=f"{name}: change in {'distance' if metres else 'travel time'} to the nearest site",
            values=scenario.areas["cost_change"],
            group=GROUP,
            unit="km" if metres else "minutes",
            factor=0.001 if metres else 1,
            direction="red = further, blue = nearer",
            scheme="UserDefined",
            bounds=(-2, -0.5, -0.1, 0.1, 0.5, 2, 50) if metres else (-20, -5, -1, 1, 5, 20, 240),
            palette="RdYlBu_r",
            description=f"Before and after the changes, {measured}.",
        ),
        Layer(
            key=f"{key}_outcome",
            label=f"{name}: who gains and who loses access",
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
        description="0 to 1, compared with the other candidates. Only where the nearest site is a candidate.",
    )


def _extra(values: pd.Series, unit: str, description: str) -> Layer:
    metres = unit == "m"
    return Layer(
        key="extra_if_closed",
        label=f"Extra {'distance' if metres else 'travel time'} if the nearest site closes",
        values=values,
        group=GROUP,
        unit="km" if metres else "minutes",
        factor=0.001 if metres else 1,
        direction="darker = further",
        scheme="UserDefined",
        bounds=(1, 2, 5, 8, 50) if metres else (5, 10, 20, 30, 240),
        palette="YlOrRd",
        description=description,
    )
