"""Files about social action and outcomes for a place: answers on conditions, grants, priorities, counts of groups."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.place.sections import rows_of, section_of
from assetmap.read.action.recognise import OWN, PUBLISHED_GRANTS
from assetmap.read.inputs import InputsReport
from assetmap.read.outcomes.counts import read_counts
from assetmap.schema import counted, first_few
from assetmap.show.tables import write_csv

COUNTS_NAME: Final = "counts.csv"

MOST_GRANTS: Final = 20_000
"""A published file with more grants is one of a larger place, and is not copied whole."""


def write_action(folder: Path, report: InputsReport, notes: list[str]) -> dict[str, dict[str, Any]]:
    """Put the files about social action and outcomes into a project, and return their sections.

    Parameters
    ----------
    folder
        Where to write.
    report
        What the inputs folder holds.
    notes
        A sentence is added for each file that is not used: a project names one file of each kind, the newest. Counts of several groups
        are joined.
    """
    ready = [
        row | {"path": report.folder / row["file"]}
        for row in rows_of(report.files[report.files["state"] == "ready"])
    ]
    sections: dict[str, dict[str, Any]] = {}
    for kind in OWN:
        found = [row for row in ready if row["kind"] == kind]
        if kind == "counts" and found:
            sections[kind] = _write_counts(folder, found)
            continue
        if kind == "grants":
            found += _published(ready, notes)
        if not found:
            continue
        best = max(found, key=lambda row: (row["vintage"], row["source_id"] == OWN[kind], row["file"]))
        others = [row["file"] for row in found if row is not best]
        if others:
            notes.append(
                f"A project has one file of {kind}: '{best['file']}' was taken, {first_few(others)} not. Put their rows into one file to "
                "use all of them."
            )
        target = _free(folder, f"{kind}{best['path'].suffix.lower()}")
        shutil.copyfile(best["path"], folder / target)
        sections[kind] = section_of(best, target)
    return sections


def _published(ready: list[dict[str, Any]], notes: list[str]) -> list[dict[str, Any]]:
    """Return the 360Giving files that are small enough to be the grants of one place."""
    found = [row for row in ready if row["source_id"] in PUBLISHED_GRANTS]
    large = [row for row in found if row["rows"] is not pd.NA and row["rows"] > MOST_GRANTS]
    for row in large:
        notes.append(
            f"'{row['file']}' has {counted(int(row['rows']), 'grant')}, more than those of one place, and was not taken as grants beside "
            "need. GrantNav can filter by district before the download."
        )
    return [row for row in found if row not in large]


def _write_counts(folder: Path, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Join the counts of all files; of two rows for a group and month, that of the later file by name counts."""
    tables = [read_counts(row["path"]) for row in found]
    joined = pd.concat(tables, ignore_index=True)
    who = joined["asset_id"].where(joined["asset_id"] != "", joined["group"].astype("str").str.casefold())
    last = ~pd.DataFrame({"who": who, "month": joined["month"]}).duplicated(keep="last")
    target = _free(folder, COUNTS_NAME)
    write_csv(
        joined[last.to_numpy()].sort_values(["month", "group"], kind="stable"),
        folder / target,
        index=False,
    )
    newest = max(found, key=lambda row: row["vintage"])
    return section_of(newest, target)


def _free(folder: Path, name: str) -> str:
    """Return the name of a file, or one like it where a list of the project has that name."""
    path = Path(name)
    return f"{path.stem}_of_the_place{path.suffix}" if (folder / name).exists() else name
