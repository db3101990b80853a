"""The commands that find where need is high and access is low, and where one more site would help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "gap_rank",
    "area_name",
    "population",
    "distance_m",
    "nearest_name",
    "overland_m",
    "overland_name",
    "travel_minutes",
    "travel_name",
    "walk_minutes",
    "walk_name",
    "drive_minutes",
    "drive_name",
    "bus_minutes",
    "bus_name",
    "count_within",
    "access_per_1000",
    "gap_score",
    "gap_class",
    "gap_reason",
)


AssetType = Annotated[str | None, typer.Option("--type", help="Type of asset. Default: as in assetmap.toml.")]
IncludeUnknown = Annotated[
    bool, typer.Option("--include-unknown", help="Count assets of unknown status as open.")
]
Distance = Annotated[
    str | None,
    typer.Option(
        help="Distance to use: straight (line), overland (around water), walk, drive, bus or own (your travel times). Default: as in assetmap.toml."
    ),
]
LimitM = Annotated[
    float | None,
    typer.Option(help="How far people travel, in metres, for straight and overland.", min=1),
]
LimitMinutes = Annotated[
    float | None,
    typer.Option(help="How long people travel, in minutes, for walk, drive, bus and own.", min=0.1),
]


def gaps(
    folder: Folder = Path(),
    asset_type: AssetType = None,
    need: Annotated[str | None, typer.Option(help="Column of need. Default: the theme of the type.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            help="Combine several columns into overall need: --weight need_income=2 --weight need_health=1."
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(help="How to combine them: percentile, rank or score.")
    ] = "percentile",
    distance: Distance = None,
    limit_m: LimitM = None,
    limit_minutes: LimitMinutes = None,
    top: Annotated[int, typer.Option(help="How many areas to list.", min=1)] = 20,
    include_unknown: IncludeUnknown = False,
    as_json: AsJson = False,
) -> None:
    """List the areas with high need and low access, widest gap first, with the reason."""
    from assetmap.gaps.measure import describe_gaps
    from assetmap.project.folder import open_project
    from assetmap.project.gaps import find_project_gaps
    from assetmap.show.words import people

    with show_progress() as progress:
        found = find_project_gaps(
            open_project(folder),
            asset_type=asset_type,
            need=need,
            weights=_weights(weight),
            method=method,
            distance=distance,
            limit_m=limit_m,
            limit_minutes=limit_minutes,
            include_unknown=include_unknown,
            progress=progress,
        )
    first = found[found["gap_rank"].notna()].sort_values("gap_rank").head(top)
    if as_json:
        rows = (
            first[[name for name in COLUMNS if name in first]]
            .reset_index()
            .to_json(orient="records", force_ascii=False)
        )
        need_made_of = {"need": found["composite"].iloc[0]} if "composite" in found else {}
        print_json({"summary": describe_gaps(found), **need_made_of, "gaps": json.loads(rows)})
        return
    say(describe_gaps(found))
    if "composite" in found:
        say(f"Need is a {found['composite'].iloc[0]}.")
    area: Any
    for area in first.itertuples():
        say(f"  {area.gap_rank}. {area.area_name}, {people(area.population)}: {area.gap_reason}")


def sites(
    folder: Folder = Path(),
    number: Annotated[int, typer.Option(help="How many new sites.", min=1)] = 3,
    asset_type: AssetType = None,
    candidates: Annotated[
        str,
        typer.Option(
            help="Where they could go: places (halls, centres, hubs), postcodes, or a type of asset."
        ),
    ] = "places",
    distance: Distance = None,
    limit_m: Annotated[
        float | None,
        typer.Option(help="Bring as many people as possible within this many metres.", min=1),
    ] = None,
    limit_minutes: Annotated[
        float | None, typer.Option(help="The same in minutes, for walk, drive, bus and own.", min=0.1)
    ] = None,
    weight: Annotated[
        str | None, typer.Option(help="Column of the areas that people count by, for example need.")
    ] = None,
    include_unknown: IncludeUnknown = False,
    as_json: AsJson = False,
) -> None:
    """List the places where new sites would help most, if all open ones stay."""
    from assetmap.project.folder import open_project
    from assetmap.project.gaps import suggest_project_sites

    with show_progress() as progress:
        best = suggest_project_sites(
            open_project(folder),
            sites=number,
            asset_type=asset_type,
            candidates=candidates,
            distance=distance,
            limit_m=limit_m,
            limit_minutes=limit_minutes,
            weight=weight,
            include_unknown=include_unknown,
            progress=progress,
        )
    if as_json:
        print_json(json.loads(best.reset_index().to_json(orient="records", force_ascii=False)))
        return
    for line in _site_lines(best):
        say(line)


def _site_lines(best: pd.DataFrame) -> list[str]:
    from assetmap.show.words import mean_of_new_sites, people, travel_cost, whole

    if not best["people_nearest"].sum() > 0:
        return ["None of the candidates would shorten anybody's journey, if all open sites stay."]
    lines = []
    for place, (_, site) in enumerate(best.iterrows(), start=1):
        gained, new = site["people_nearest"], site["people_newly_reached"]
        saved = f"save {travel_cost(site['cost_saved_per_person'], site['unit'])} each way"
        if not new > 0:
            who = f"who {saved}"
        elif new < gained:
            who = f"of whom {whole(new)} can reach none now and the others {saved}"
        else:
            who = "who can reach none now"
        lines.append(
            f"  {place}. {site['name']}: nearest for {people(gained)}, {who}; brings "
            f"{site['people_newly_covered']:,.0f} more people within the limit"
        )
    return [*lines, mean_of_new_sites(best)]


def _weights(words: list[str] | None) -> dict[str, float]:
    from assetmap.schema import InputError

    weights = {}
    for each in words or []:
        name, _, value = each.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                f"--weight '{each}' is not a valid weight: use NAME=NUMBER, for example --weight need_income=2."
            ) from None
    return weights
