"""Command near: what is near a postcode, or fits a need in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assetmap.cli.common import AsJson, print_json, say
from assetmap.cli.lists import records_of


def near(
    postcode: Annotated[list[str], typer.Argument(help="A postcode, for example TR1 1EP.")],
    project: Annotated[Path, typer.Option(help="Folder with an assetmap.toml.")] = Path(),
    register_file: Annotated[
        Path | None,
        typer.Option("--register", help="Search this register instead of the lists of the project."),
    ] = None,
    asset_type: Annotated[str | None, typer.Option("--type", help="Only assets of this type.")] = None,
    offers: Annotated[
        str | None,
        typer.Option(help="Only those who offer this: minibus, 'meeting room' or a kind such as vehicle."),
    ] = None,
    asks: Annotated[str | None, typer.Option(help="Only those who ask for this.")] = None,
    open_on: Annotated[
        str | None, typer.Option(help="Only what is known to be open on this day: saturday.")
    ] = None,
    within_km: Annotated[float, typer.Option(help="Straight-line distance.", min=0)] = 5.0,
    need: Annotated[
        str | None,
        typer.Option("--for", help="What somebody needs, in words: 'lonely, 78, no car, Tuesday'."),
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(help="A theme in place of the words: company, food. You can repeat this option."),
    ] = None,
    no_car: Annotated[bool, typer.Option("--no-car", help="Only within reach on foot or by bus.")] = False,
    step_free: Annotated[bool, typer.Option("--step-free", help="Only without steps.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Only free, or by donation.")] = False,
    drop_in: Annotated[bool, typer.Option("--drop-in", help="Only without booking.")] = False,
    reading: Annotated[
        bool, typer.Option("--reading", help="Only show how the words are read; search nothing.")
    ] = False,
    sheet: Annotated[Path | None, typer.Option(help="Write a sheet to take home: .html or .docx.")] = None,
    consent: Annotated[
        bool,
        typer.Option(
            "--consent", help="The person agrees that an unmet need is counted: theme, ward and month."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what is near a postcode, nearest first, or what fits a need in words. Closed places are left out."""
    if need is not None or theme or no_car or step_free or free or drop_in or reading or sheet or consent:
        from assetmap.cli.people import near_need
        from assetmap.project.people.request import read_request
        from assetmap.schema import InputError

        if register_file is not None or offers is not None or asks is not None:
            raise InputError("--register, --offers and --asks cannot be used with a need. Leave them out.")
        request = read_request(
            need or "",
            themes=theme or (),
            asset_types=[asset_type] if asset_type else (),
            open_on=[open_on] if open_on else (),
            no_car=no_car,
            step_free=step_free,
            free=free,
            drop_in=drop_in,
        )
        near_need(
            project,
            " ".join(postcode),
            request,
            within_km=within_km,
            reading=reading,
            sheet=sheet,
            consent=consent,
            as_json=as_json,
        )
        return
    from assetmap.project.folder import open_project
    from assetmap.project.lists.nearby import near_postcode

    found = near_postcode(
        open_project(project),
        " ".join(postcode),
        register=register_file,
        asset_type=asset_type,
        offers=offers,
        asks=asks,
        within_km=within_km,
        open_on=open_on,
    )
    if as_json:
        print_json(records_of(found.reset_index()))
        return
    if found.empty:
        said = f"{f' offers {offers}' if offers else ''}{f' asks for {asks}' if asks else ''}"
        said += (
            f" and is open on {open_on}" if open_on and said else f" is open on {open_on}" if open_on else ""
        )
        say(f"No one within {within_km:g} km{said}." if said else f"Nothing within {within_km:g} km.")
    row: Any
    for row in found.itertuples():
        town = " (measured to the middle of the town)" if row.location_precision == "place" else ""
        say(f"{row.distance_km:5.1f} km  {row.name} ({row.asset_type.replace('_', ' ')}){town}")
        if offers and row.offers:
            say(f"          offers: {_labels(row.offers)}")
        if asks and row.asks:
            say(f"          asks for: {_labels(row.asks)}")


def _labels(codes: str) -> str:
    from assetmap.schema import reference_table

    labels = reference_table("resources")["label"]
    return ", ".join(labels.get(code, code) for code in codes.split("; "))
