"""Make a project for any place from official files as downloaded.

Every file of the new project is cut from one in the inputs folder, and its settings give the source, date and
licence. The inputs are never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.place.asset_lists import write_assets
from assetmap.place.clip import write_areas, write_need, write_postcodes, write_surroundings
from assetmap.place.pick import pick_files
from assetmap.place.sections import settings_text
from assetmap.project.folder import Progress
from assetmap.project.output import finish_writing, write_whole
from assetmap.project.settings import CONFIG_NAME
from assetmap.read.inputs import InputsReport, inspect_inputs
from assetmap.schema import InputError

CATCHMENT_KM: Final = 5.0


@dataclass(frozen=True)
class MadeProject:
    """A new project: its ``assetmap.toml``, the place, how it was found, and notes on what was left out and why."""

    config: Path
    area_name: str
    areas: int
    how: str
    notes: tuple[str, ...]


def make_project(
    folder: str | Path,
    *,
    area: str | Path,
    inputs: str | Path | None = None,
    catchment_km: float = CATCHMENT_KM,
    progress: Progress | None = None,
) -> MadeProject:
    """Make a project for a place from official files.

    Parameters
    ----------
    folder
        Folder for the project; it must not have an ``assetmap.toml`` yet.
    area
        Name or code of a local authority, ward or parish; codes separated by commas; a full postcode; or a
        file with a polygon (see `choose_areas`).
    inputs
        Folder with the files (default: ``folder/inputs``).
    catchment_km
        How far people travel; postcodes, assets and land this far around the place are kept too.
    progress
        Called with a short text before each step.

    Returns
    -------
    MadeProject
        The project, with a note for everything that was left out or not found.

    Raises
    ------
    InputError
        If a step of a build has no file (the message lists all of them), the place is not found, or the
        folder already has a project.
    """
    folder = Path(folder)
    config = folder / CONFIG_NAME
    finish_writing(folder)
    if config.exists():
        raise InputError(f"'{folder}' already has a project. Choose a new folder.")
    say = progress or (lambda step: None)
    say("Checking the files")
    report = inspect_inputs(inputs or folder / "inputs")
    _refuse_missing(report)
    say("Choosing the small areas")
    picked = pick_files(report, area)
    areas = picked.small.loc[list(picked.choice.codes)]
    sections: dict[str, dict[str, Any]] = {}
    notes: list[str] = []

    def write(new: Path) -> None:
        say("Cutting out areas, need and population")
        sections["areas"] = write_areas(new, areas, picked, notes)
        sections["need"] = write_need(new, areas, picked, sections["areas"])
        say("Finding the area of each postcode")
        postcodes, sections["postcodes"] = write_postcodes(new, areas, report, catchment_km)
        sections.update(write_surroundings(new, areas, picked, report, catchment_km, notes))
        say("Cutting out lists of assets")
        lists = write_assets(new, report, picked.choice, areas, postcodes, catchment_km, notes)
        text = settings_text(picked.choice.name, sections, lists, catchment_km)
        (new / CONFIG_NAME).write_text(text, encoding="utf-8")

    write_whole(folder, write)
    return MadeProject(config, picked.choice.name, len(areas), picked.choice.how, tuple(notes))


def _refuse_missing(report: InputsReport) -> None:
    needed = report.steps[report.steps["step"].isin(("areas", "population", "need", "postcodes", "assets"))]
    missing = needed[~needed["ready"]]
    if len(missing):
        lines = "\n".join(f"  - {row.step}: {row.missing}" for row in missing.itertuples())
        raise InputError(
            f"'{report.folder}' has no files for {len(missing)} step{'s' if len(missing) > 1 else ''}:\n{lines}"
        )
