"""Roads that were read before: kept in the user's cache folder, by what the file and the tables of speeds hold."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from assetmap.read.files import existing_file
from assetmap.read.transport.roads import read_roads
from assetmap.schema import Note, RoadNetwork, Roads, cache_folder, data_folder

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
