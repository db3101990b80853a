"""What ``assetmap.toml`` names comes into the store: once, and then the store has it."""

from __future__ import annotations

import hashlib

import pandas as pd
from sqlalchemy import select

from assetmap.errors import InputError
from assetmap.project.known import read_review
from assetmap.project.settings.keys import AssetsInput
from assetmap.project.settings.reading import CONFIG_NAME, read_settings
from assetmap.project.store.changing import Doing, set_decision
from assetmap.project.store.database import Store, by_key, reading, writing
from assetmap.project.store.imports import add_list
from assetmap.project.store.judging import judged
from assetmap.project.store.tables import lists, readings
from assetmap.register.review import DIFFERENT, GUARD, PUBLISH, SAME


def import_settings(store: Store) -> tuple[str, ...]:
    """Import the lists of ``assetmap.toml`` that were never in the store, and with the first ones its decisions.

    Returns
    -------
    tuple
        Sentences: what was imported, what could not be, and files that changed since they were imported.
    """
    from assetmap.project.folder import Project

    if not (store.folder / CONFIG_NAME).is_file():
        return ()
    project = Project(store.folder, read_settings(store.folder / CONFIG_NAME))
    with reading(store) as connection:
        query = select(lists.c.name, readings.c.sha256)
        joined = query.join(readings, readings.c.id == lists.c.reading_id, isouter=True)
        known = by_key(connection.execute(joined))
    notes = []
    new = []
    for each in project.settings.assets:
        if each.id in known:
            notes += _changed(store, each, known[each.id])
            continue
        try:
            _import(store, each)
        except InputError as error:
            notes.append(f"The list '{each.id}' of {CONFIG_NAME} was not imported: {error}")
            continue
        new.append(each.id)
    if new:
        notes.append(f"Imported from {CONFIG_NAME}: {', '.join(new)}. Their files stay as they are.")
    if new and not known:
        review = read_review(project)
        if review is not None:
            notes.append(
                f"Imported {_import_decisions(store, review)} decisions of {project.settings.project.review}."
            )
    return tuple(notes)


def _import(store: Store, each: AssetsInput) -> None:
    said = {
        key: getattr(each, key) for key in ("title", "publisher", "date", "licence", "attribution", "url")
    }
    add_list(
        store,
        store.folder / each.file,
        name=each.id,
        asset_type=each.asset_type or "",
        columns=each.columns,
        parts=[part for part in (each.sheet, each.layer) if part],
        **said,
    )


def _changed(store: Store, each: AssetsInput, digest: str | None) -> list[str]:
    """Say that a file is not the one that was imported."""
    path = store.folder / each.file
    try:
        with path.open("rb") as file:
            now = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return []
    if path.suffix.lower() == ".shp" or digest is None or now == digest:
        return []
    return [
        f"'{each.file}' is not the file that the store has for the list '{each.id}'. The store is used; to bring in a newer "
        "file, replace the list."
    ]


def _import_decisions(store: Store, review: pd.DataFrame) -> int:
    """Take over a filled-in review.csv; return how many of its decisions are about rows that are there."""
    state = judged(store)
    if state.judgement is None or not {"decision", "row_id", "other_id"} <= set(review.columns):
        return 0
    keys = dict(zip(state.judgement.said["row_id"], state.keys, strict=True))
    words = {**dict.fromkeys(SAME, "same"), **dict.fromkeys(DIFFERENT, "different"), "later": "later"}
    of_places = {**dict.fromkeys(PUBLISH, "publish"), **dict.fromkeys(GUARD, "guard")}
    count = 0
    with writing(store) as connection:
        for said, row_id, other_id in (
            review[["decision", "row_id", "other_id"]].fillna("").itertuples(index=False, name=None)
        ):
            pair = bool(other_id.strip())
            word = (words if pair else of_places).get(said.strip().casefold())
            row, other = keys.get(row_id), keys.get(other_id if pair else row_id)
            if word and row is not None and other is not None:
                doing = Doing("decide" if pair else "decide_place", "pair" if pair else "place", row_id=row, other_id=other,
                              after={"decision": word})  # fmt: skip
                count += set_decision(connection, store, doing, version=None) is not None
    return count
