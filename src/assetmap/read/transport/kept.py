"""Roads and timetables that were read before: kept in the user's cache folder, by what the files and the tables of speeds hold."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.kept import kept_arrays
from assetmap.read.files import existing_file
from assetmap.read.transport.roads import read_roads
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import Note, RoadNetwork, Roads, Timetable, cache_folder, data_folder

FORM: Final = 2
"""Raised when the way changes in which roads are read or kept: what was kept before is then read again."""

WORTH_KEEPING: Final = 5_000_000
"""Bytes; a smaller extract is read in a second or two and not kept."""


def read_roads_once(path: str | Path) -> Roads:
    """Read roads as `read_roads` does, or take them from the cache where the same file was read before.

    Parameters
    ----------
    path
        As for `read_roads`.

    Returns
    -------
    Roads
        The same in both cases. A cache that cannot be read or written is passed over.
    """
    path = existing_file(path)
    if path.stat().st_size < WORTH_KEEPING:
        return read_roads(path)
    kept = cache_folder() / "roads" / f"{_key(path)}.npz"
    found = _load(kept)
    if found is not None:
        return found
    roads = read_roads(path)
    _save(roads, kept)
    return roads


def _key(path: Path) -> str:
    digest = hashlib.sha256(str(FORM).encode())
    for name in ("road_speeds.csv", "road_delays.csv"):
        digest.update((data_folder() / "tables" / name).read_bytes())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _save(roads: Roads, kept: Path) -> None:
    """Write the roads beside the final name first, so that half a file is never found."""
    said = {
        "bounds": roads.bounds,
        "date": roads.date,
        "notes": [[note.code, note.sentence] for note in roads.notes],
        "dropped": {
            network.mode: [network.dropped, network.dropped_km] for network in (roads.drive, roads.walk)
        },
    }
    arrays = {
        f"{network.mode}_{name}": getattr(network, name)
        for network in (roads.drive, roads.walk)
        for name in ("points", "start", "end", "seconds", "copy_of")
    }
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".npz", delete=False) as file:
            np.savez(file, said=np.array(json.dumps(said)), **arrays)
        Path(file.name).replace(kept)
    except OSError:
        return


def _load(kept: Path) -> Roads | None:
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            said = json.loads(str(arrays["said"]))
            networks = {
                mode: RoadNetwork(
                    mode=mode,
                    points=arrays[f"{mode}_points"],
                    start=arrays[f"{mode}_start"],
                    end=arrays[f"{mode}_end"],
                    seconds=arrays[f"{mode}_seconds"],
                    copy_of=arrays[f"{mode}_copy_of"],
                    dropped=int(said["dropped"][mode][0]),
                    dropped_km=float(said["dropped"][mode][1]),
                )
                for mode in ("drive", "walk")
            }
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    west, south, east, north = said["bounds"]
    return Roads(
        drive=networks["drive"],
        walk=networks["walk"],
        bounds=(west, south, east, north),
        date=said["date"],
        notes=tuple(Note(code, sentence) for code, sentence in said["notes"]),
    )


def read_timetable_once(
    paths: Sequence[str | Path],
    *,
    week: dt.date | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Timetable:
    """Read a timetable as `read_timetable` does, or take it from the cache where the same files were read before.

    Parameters
    ----------
    paths, week, bounds
        As for `read_timetable`.

    Returns
    -------
    Timetable
        The same in both cases.
    """
    files = [Path(path) for path in paths]
    if any(not path.is_file() for path in files):
        return read_timetable(
            files, week=week, bounds=bounds
        )  # a folder, or the message that says what is missing
    names = [path.name for path in files]
    stored = kept_arrays(
        "timetables",
        "read",
        ("timetable", names, [_hash_of(path) for path in files], str(week), bounds),
        lambda: _as_arrays(read_timetable(files, week=week, bounds=bounds)),
    )
    return _as_timetable(stored)


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


EVENTS: Final = ("trip", "stop", "arrival", "departure", "boards", "alights", "runs")


def _as_arrays(made: Timetable) -> dict[str, Any]:
    said = {
        "days": [day.isoformat() for day in (made.week, made.first_day, made.last_day)],
        "notes": [[note.code, note.sentence] for note in made.notes],
    }
    tables = {"stops": made.stops[["stop_name"]], "trips": made.trips, "faults": made.faults}
    for name, table in tables.items():
        said[name] = {
            "index": [str(each) for each in table.index],
            "columns": {str(column): table[column].tolist() for column in table.columns},
        }
    arrays = {name: getattr(made, name) for name in EVENTS}
    points = made.stops[["easting", "northing"]].to_numpy(dtype=float)
    return {**arrays, "points": points, "said": np.array(json.dumps(said))}


def _as_timetable(stored: Mapping[str, Any]) -> Timetable:
    said = json.loads(str(stored["said"]))
    index = {"stops": "stop_id", "trips": "trip_id", "faults": "fault"}
    tables = {
        name: pd.DataFrame(
            said[name]["columns"], index=pd.Index(said[name]["index"], name=label, dtype=object)
        )
        for name, label in index.items()
    }
    points = stored["points"]
    week, first, last = (dt.date.fromisoformat(day) for day in said["days"])
    return Timetable(
        stops=tables["stops"].assign(easting=points[:, 0], northing=points[:, 1]),
        trips=tables["trips"],
        **{name: stored[name] for name in EVENTS},
        week=week,
        first_day=first,
        last_day=last,
        faults=tables["faults"],
        notes=tuple(Note(code, sentence) for code, sentence in said["notes"]),
    )
