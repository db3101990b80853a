"""Make a project for any place from official files as downloaded.

Every file of the new project is cut from one in the inputs folder, and its settings give the source, date and
licence. The inputs are never changed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetmap.access.costs import LIMIT_M
from assetmap.place.action_files import write_action
from assetmap.place.asset_lists import write_assets
from assetmap.place.clip import places_in, write_areas, write_need, write_postcodes, write_surroundings
from assetmap.place.pick import Picked, pick_files
from assetmap.place.record import Made, keep_changed, read_made
from assetmap.place.sections import settings_text, updated_text
from assetmap.place.transport import write_transport
from assetmap.place.verdict import LIBRARY, access_type_of
from assetmap.project.folder import Progress
from assetmap.project.output import finish_writing, write_whole
from assetmap.project.settings.reading import CONFIG_NAME, read_settings
from assetmap.read.inputs import InputsReport, inspect_inputs
from assetmap.schema import InputError


@dataclass(frozen=True)
class MadeProject:
    """A project: its ``assetmap.toml``, the place, how it was found, and notes on what was left out or kept and why."""

    config: Path
    area_name: str
    areas: int
    how: str
    notes: tuple[str, ...]
    updated: bool = False


def make_project(
    folder: str | Path,
    *,
    area: str | Path | None = None,
    inputs: str | Path | None = None,
    limit_m: float | None = None,
    progress: Progress | None = None,
) -> MadeProject:
    """Make a project for a place from official files, or update one with newer files.

    An update writes the files again that come from the inputs. It keeps what a person changed: values and comments
    in ``assetmap.toml``, files that were edited, and every other file in the folder, such as decisions in
    ``review.csv``.

    Parameters
    ----------
    folder
        Folder for the project; a project that this function made is updated.
    area
        Name or code of a council, county, combined authority, region, ward or parish; several joined by " + "; codes
        separated by commas; a full postcode; or a file with a polygon (see `choose_areas`). In an update it can be
        left out.
    inputs
        Folder with the files (default: ``folder/inputs``; in an update the one that the project was made from).
    limit_m
        How far people travel; postcodes, assets and land this far around the place are kept too
        (default: 5,000; in an update as before).
    progress
        Called with a short text before each step.

    Returns
    -------
    MadeProject
        The project, with a note for everything that was left out, not found or kept.

    Raises
    ------
    InputError
        If a step of a build has no file (the message lists all of them), the place is not found or not clear, need and areas do not
        fit, no row of the lists can be used, or the folder has another project. Nothing in the folder is changed then.

    Examples
    --------
    >>> made = am.place.make_project("west", area="Westshire", inputs=inputs)
    >>> made.areas, am.open_project("west").settings.project.area_name
    (4, 'Westshire')
    """
    folder = Path(folder)
    config = folder / CONFIG_NAME
    finish_writing(folder)
    before = read_made(folder) if config.exists() else None
    if config.exists() and before is None:
        raise InputError(
            f"'{folder}' has a project that 'assetmap project' did not make. Choose a new folder."
        )
    area = area if area is not None else (before.area if before else None)
    if area is None:
        raise InputError(f"There is no project in '{folder}' yet. Name its place with --area.")
    say = progress or (lambda step: None)
    say("Checking the files")
    where = Path(inputs) if inputs else folder / ((before.inputs if before else "") or "inputs")
    report = inspect_inputs(where)
    _refuse_missing(report)
    say("Choosing the small areas")
    picked = pick_files(report, area)
    name = picked.choice.name
    if before is not None and before.area_name != name:
        raise InputError(
            f"'{folder}' is a project for '{before.area_name}', not for '{name}'. Choose another folder for it."
        )
    reach_m = limit_m or (before.limit_m if before else LIMIT_M)
    notes: list[str] = []

    def write(new: Path) -> None:
        sections = _write_files(new, picked, report, reach_m, notes, say)
        sections["access"] = {"asset_type": LIBRARY, "limit_m": round(reach_m)}
        (new / CONFIG_NAME).write_text(settings_text(name, sections), encoding="utf-8")
        say("Reading the project as a build reads it")
        sections["access"]["asset_type"] = access_type_of(new, notes)
        text = settings_text(name, sections)
        if before is not None:
            text = updated_text(config.read_text(encoding="utf-8"), before.sections, sections, notes)
        (new / CONFIG_NAME).write_text(text, encoding="utf-8")
        record = Made(str(area), name, reach_m, sections, inputs=_from(folder, where))
        keep_changed(new, folder, before, record, notes)

    write_whole(folder, write)
    read_settings(config)
    return MadeProject(
        config, name, len(picked.choice.codes), picked.choice.how, tuple(notes), updated=before is not None
    )


def _write_files(
    folder: Path,
    picked: Picked,
    report: InputsReport,
    limit_m: float,
    notes: list[str],
    say: Progress,
) -> dict[str, dict[str, Any]]:
    """Cut every file down to the place, and return the sections of the settings."""
    say("Cutting out areas, need and population")
    areas = picked.small.loc[list(picked.choice.codes)]
    places = places_in(report, areas)
    sections = {"areas": write_areas(folder, areas, picked, report, places[1], notes)}
    sections["need"] = write_need(folder, areas, picked, sections["areas"])
    say("Finding the area of each postcode")
    postcodes, sections["postcodes"] = write_postcodes(folder, areas, report, limit_m)
    sections |= write_surroundings(folder, areas, picked, report, limit_m, places, notes)
    say("Cutting out lists of assets")
    lists = write_assets(folder, report, picked.choice, areas, postcodes, limit_m, notes)
    say("Looking at roads and timetables")
    sections |= write_transport(folder, report, areas, notes)
    say("Looking at what people say about areas, grants, priorities and counts")
    sections |= write_action(folder, report, notes)
    return sections | {f"assets.{each['id']}": each for each in lists}


def _from(folder: Path, inputs: Path) -> str:
    """Return the way to the inputs from the project's folder, or the whole path where there is none."""
    try:
        return Path(os.path.relpath(inputs.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(inputs.resolve())


def _refuse_missing(report: InputsReport) -> None:
    missing = report.lacking
    if len(missing):
        lines = "\n".join(f"  - {row.step}: {row.missing}" for row in missing.itertuples())
        raise InputError(
            f"'{report.folder}' has no files for {len(missing)} step{'s' if len(missing) > 1 else ''}:\n{lines}"
        )
