"""What a folder of official files holds for one place: also how much of it the roads and bus timetables cover."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assetmap.place.pick import pick_files, small_areas
from assetmap.place.record import read_made
from assetmap.place.sections import rows_of
from assetmap.place.transport import KINDS, cover
from assetmap.read.inputs import LARGEST_CHECKED, InputsReport, inspect_inputs, report_of
from assetmap.schema import InputError

if TYPE_CHECKING:
    import geopandas as gpd

CHOICE: Final = "choice of the area"
TO_CHOOSE: Final = ("areas", CHOICE, "need")
"""Steps without which no place can be chosen."""

HERE: Final = "the boundaries in this folder"


def inspect_place(folder: str | Path, *, area: str | Path | None = None) -> InputsReport:
    """Report what every file in a folder is and what is still missing, for one place.

    It is the verdict of `make_project` before anything is made: a road extract or a timetable that does not cover the place is not
    used, and a place that is not in the files, or that several have the name of, is a missing step.

    Parameters
    ----------
    folder
        A folder of official files and lists, as downloaded.
    area
        The place, as for `make_project`. Without one, it is that of the project that was made from this folder; where there is none,
        roads and timetables are compared with all small areas of the newest boundaries in the folder.

    Returns
    -------
    InputsReport
        As `assetmap.read.inspect_inputs` returns it; for roads and timetables ``covers`` says how much of the place they cover.

    Raises
    ------
    InputError
        If there is no such folder.

    Examples
    --------
    >>> report = am.place.inspect_place(town.folder)
    >>> report.files.set_index("file").at["roads.osm", "state"]
    'ready'
    """
    report = inspect_inputs(folder)
    area = area if area is not None else _place_of_project(report.folder)
    steps = report.steps.set_index("step")["ready"]
    transport = report.files["kind"].isin(KINDS) & report.files["state"].eq("ready")
    if area is not None and steps[list(TO_CHOOSE)].all():
        try:
            choice = pick_files(report, area)
        except InputError as error:
            return _without_place(report, str(error))
        areas, place = choice.small.loc[list(choice.choice.codes)], choice.choice.name
    elif area is None and steps["areas"] and transport.any():
        areas, place = small_areas(report), HERE
    else:
        return report
    return _covered(report, areas, place) if transport.any() else report


def _place_of_project(folder: Path) -> str | None:
    """Return the place of the project whose inputs folder this is; None where it is none."""
    made = read_made(folder.resolve().parent)
    return made.area if made is not None and made.inputs == folder.resolve().name else None


def _without_place(report: InputsReport, words: str) -> InputsReport:
    steps = report.steps.copy()
    choice = steps["step"] == CHOICE
    steps["ready"] = steps["ready"] & ~choice
    steps["files"], steps["missing"] = steps["files"].mask(choice, ""), steps["missing"].mask(choice, words)
    return replace(report, steps=steps)


def _covered(report: InputsReport, areas: gpd.GeoDataFrame, place: str) -> InputsReport:
    """Add what roads and timetables cover; one that does not cover the place is not used."""
    files = report.files.copy()
    for at, row in zip(files.index, rows_of(files), strict=True):
        if row["kind"] not in KINDS or row["state"] != "ready":
            continue
        path = report.folder / row["file"]
        if path.stat().st_size > LARGEST_CHECKED:
            files.loc[at, "covers"] = (
                f"larger than {LARGEST_CHECKED / 2**20:.0f} MB: what it covers is checked when the project is made"
            )
            continue
        number, words = cover(row | {"path": path}, areas, place=place)
        if number:
            files.loc[at, "covers"] = words
        else:
            files.loc[at, ["state", "reason"]] = ["not used", words]
    return report_of(report.folder, files)
