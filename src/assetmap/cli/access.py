"""The commands that find where need is high and reach is low, and where one more would help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, show_progress

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
    "count_within",
    "access_per_1000",
    "gap_score",
    "gap_class",
    "gap_reason",
)


AssetType = Annotated[
    str | None, typer.Option("--type", help="Type of asset; that of the settings when not given.")
]
IncludeUnknown = Annotated[
    bool, typer.Option("--include-unknown", help="Count assets of unknown status as open.")
]


def gaps(
    folder: Folder = Path(),
    asset_type: AssetType = None,
    need: Annotated[
        str | None, typer.Option(help="Column of need; the theme of the type when not given.")
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            help="Make overall need of several columns: --weight need_income=2 --weight need_health=1."
        ),
    ] = None,
    method: Annotated[str, typer.Option(help="How: percentile, rank or score.")] = "percentile",
    distance: Annotated[
        str | None,
        typer.Option(help="Way that decides: straight, overland (round water) or travel (own travel times)."),
    ] = None,
    catchment_km: Annotated[float | None, typer.Option(help="Kilometres that count as within reach.")] = None,
    top: Annotated[int, typer.Option(help="How many areas to name.", min=1)] = 20,
    include_unknown: IncludeUnknown = False,
    as_json: AsJson = False,
) -> None:
    """Name the areas of high need that reach least, widest gap first, with the reason."""
    from assetmap.gaps.measure import describe_gaps
    from assetmap.project.folder import open_project
    from assetmap.project.gaps import find_project_gaps

    with show_progress() as progress:
        found = find_project_gaps(
            open_project(folder),
            asset_type=asset_type,
            need=need,
            weights=_weights(weight),
            method=method,
            distance=distance,
            catchment_km=catchment_km,
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
    typer.echo(describe_gaps(found))
    if "composite" in found:
        typer.echo(f"Need is a {found['composite'].iloc[0]}.")
    for area in first.itertuples():
        typer.echo(f"  {area.gap_rank}. {area.area_name} ({area.population:,.0f} people): {area.gap_reason}")


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
    covered_km: Annotated[
        float | None,
        typer.Option(
            help="Bring most people within so many kilometres; else the way to the nearest is made least."
        ),
    ] = None,
    weight: Annotated[
        str | None, typer.Option(help="Column of the areas that people count by, as need.")
    ] = None,
    include_unknown: IncludeUnknown = False,
    as_json: AsJson = False,
) -> None:
    """Name the places where one more would help most, with the open ones staying."""
    import pandas as pd

    from assetmap.project.folder import open_project
    from assetmap.project.gaps import suggest_project_sites

    with show_progress() as progress:
        best = suggest_project_sites(
            open_project(folder),
            sites=number,
            asset_type=asset_type,
            candidates=candidates,
            covered_km=covered_km,
            weight=weight,
            include_unknown=include_unknown,
            progress=progress,
        )
    if as_json:
        print_json(json.loads(best.reset_index().to_json(orient="records", force_ascii=False)))
        return
    for place, site in enumerate(best.itertuples(), start=1):
        typer.echo(
            f"  {place}. {site.name}: nearest for {site.people_nearest:,.0f} people, who save "
            f"{site.metres_saved_per_person / 1000:.1f} km each way; {site.people_newly_covered:,.0f} people more within reach"
        )
    before, after = best["distance_before_m"].iloc[0], best["distance_after_m"].iloc[-1]
    now = "nothing of the type is known to be open now" if pd.isna(before) else f"{before / 1000:.2f} km now"
    typer.echo(f"Mean distance: {now}, {after / 1000:.2f} km with all of them; straight lines.")


def _weights(words: list[str] | None) -> dict[str, float]:
    from assetmap.schema import InputError

    weights = {}
    for each in words or []:
        name, _, value = each.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                f"--weight '{each}' is no weight. Write for instance: --weight need_income=2."
            ) from None
    return weights
