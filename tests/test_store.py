"""The store of a project: nobody's words are lost, whatever happens, and the library judges what it holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest
from sqlalchemy import event, text

import assetmap as am
from assetmap.place.update import update_project
from assetmap.project import store as st
from assetmap.project.known import project_lists
from assetmap.project.store import database, folders, owner, tables
from assetmap.project.store.changing import Doing, set_cells
from assetmap.project.store.database import reading, writing

CLUBS = """Group / Organisation,Category,Postcode,Town,Reg No,Notes
Truro Choir,choir,TR1 1AA,Truro,,Mondays
Truro Village Hall,village hall,TR1 2BB,Truro,,
Falmouth Rowing Club,sports club,TR11 3CC,Falmouth,,
St Ives Library,library,TR26 1DD,St Ives,,
Bude Surf Lifesaving,sports club,EX23 8EE,Bude,1000001,
Helston Gardeners,gardening,TR13 8FF,Helston,,"=cmd"
"""
HALLS = """name,asset_type,postcode,town
Truro Village Hall,village_hall,TR1 2BB,Truro
Perranporth Hall,village_hall,TR6 0AA,Perranporth
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "clubs.csv").write_text(CLUBS, encoding="utf-8")
    (tmp_path / "halls.csv").write_text(HALLS, encoding="utf-8")
    return tmp_path / "project"


@pytest.fixture
def store(folder: Path) -> Iterator[st.Store]:
    with st.open_store(folder, user="Ann") as opened:
        st.add_list(opened, folder.parent / "clubs.csv")
        yield opened


def named(store: st.Store, name: str) -> st.Row:
    found = [row for row in st.rows(store).rows if row.name == name]
    assert len(found) == 1
    return found[0]


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    try:
        names = [
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        ]
        return {
            name: sorted(connection.execute(f"select * from {name}").fetchall(), key=repr) for name in names
        }
    finally:
        connection.close()


def sql(path: Path, *statements: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        found: list[tuple[object, ...]] = []
        for statement in statements:
            found = connection.execute(statement).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


# Rows and edits


@pytest.mark.slow
def test_an_edit_is_saved_beside_the_original_and_the_row_is_judged_again(
    store: st.Store, folder: Path
) -> None:
    row = named(store, "Truro Choir")
    assert (row.version, row.cells["asset_type"], dict(row.originals)) == (1, "choir", {})
    saved = st.edit_cell(store, row.key, "postcode", "TR1 1A", version=row.version)
    assert saved.row is not None and saved.change is not None
    assert saved.row.version == 2
    assert saved.row.cells["postcode"] == "TR1 1A"
    assert dict(saved.row.originals) == {"postcode": "TR1 1AA"}
    assert "TR1 1A" in saved.row.reason and saved.row.outcome == "review"
    assert (saved.change.who, saved.change.action) == ("Ann", "edit")
    assert (dict(saved.change.before), dict(saved.change.after)) == (
        {"postcode": None},
        {"postcode": "TR1 1A"},
    )
    assert st.list_file(store, "clubs").content == (folder.parent / "clubs.csv").read_bytes()
    assert [
        (cell.number, cell.heading, cell.original, cell.value) for cell in st.edited_cells(store, "clubs")
    ] == [(2, "Postcode", "TR1 1AA", "TR1 1A")]
    back = st.edit_cell(store, row.key, "postcode", None, version=2)
    assert back.row is not None and dict(back.row.originals) == {} and back.row.outcome == row.outcome
    again = st.edit_cell(
        store, row.key, "postcode", "TR1 1AA", version=3
    )  # the same as imported: nothing to save
    assert again.change is None and again.row is not None and again.row.version == 3
    headed = st.edit_cell(store, row.key, "Postcode", "TR1 1A", version=3)  # a heading means its column
    assert (
        headed.row is not None
        and headed.row.cells["postcode"] == "TR1 1A"
        and "Postcode" not in headed.row.cells
    )


@pytest.mark.slow
def test_a_save_against_an_older_version_shows_both_values_and_saves_nothing(store: st.Store) -> None:
    row, bob = named(store, "Truro Choir"), st.as_user(store, "Bob")
    st.edit_cells(bob, row.key, {"town": "Camborne", "note": "x"}, version=1)
    before = dump(store.folder / "assetmap.db")
    with pytest.raises(st.ConflictError, match="Bob") as refused:
        st.edit_cell(store, row.key, "town", "Redruth", version=1)
    conflict = refused.value.conflict
    assert (conflict.what, conflict.row, conflict.seen, conflict.version) == ("row", row.key, 1, 2)
    assert (dict(conflict.yours), dict(conflict.now)) == ({"town": "Redruth"}, {"town": "Camborne"})
    theirs = {each.column: each for each in conflict.theirs}
    assert (theirs["town"].value, theirs["town"].before, theirs["town"].who) == ("Camborne", None, "Bob")
    assert abs(theirs["town"].when - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert dump(store.folder / "assetmap.db") == before
    st.edit_cell(store, row.key, "town", "Redruth", version=conflict.version)


@pytest.mark.parametrize("column", ["source", "row", "row_key", "geometry", "", "a\nb", "x" * 300])
def test_columns_that_reading_adds_cannot_be_edited(store: st.Store, column: str) -> None:
    with pytest.raises(am.InputError):
        st.edit_cell(store, 1, column, "x", version=1)


@pytest.mark.slow
def test_pages_filters_and_search(store: st.Store, folder: Path) -> None:
    st.add_list(store, folder.parent / "halls.csv")
    page = st.rows(store, offset=2, limit=3)
    assert (page.total, [row.name for row in page.rows]) == (
        8,
        ["Falmouth Rowing Club", "St Ives Library", "Bude Surf Lifesaving"],
    )
    assert sum(page.outcomes.values()) == 8
    assert [row.list_name for row in st.rows(store, list_name="halls").rows] == ["halls", "halls"]
    assert [row.name for row in st.rows(store, search="GARDEN").rows] == ["Helston Gardeners"]
    assert [row.name for row in st.rows(store, where={"town": "Truro", "asset_type": "choir"}).rows] == [
        "Truro Choir"
    ]
    assert st.rows(store, where={"no_such": "x"}).total == 0
    assert dict(st.values(store, "town"))["Truro"] == 3
    row = named(store, "Helston Gardeners")
    st.edit_cell(store, row.key, "note", "Thursdays at the museum", version=1)
    assert [each.key for each in st.rows(store, edited=True).rows] == [row.key]
    assert st.rows(store, search="museum").total == 1
    with pytest.raises(am.InputError, match="accepted"):
        st.rows(store, outcome="good")


@pytest.mark.slow
def test_text_is_never_taken_for_sql(store: st.Store, folder: Path) -> None:
    evil = "'; DROP TABLE changes; --"
    row = named(st.as_user(store, evil), "Truro Choir")
    st.edit_cells(st.as_user(store, evil), row.key, {"name": evil, evil: evil}, version=1)
    assert st.rows(store, search=evil).total == st.rows(store, where={evil: evil}).total == 1
    assert st.rows(store, list_name=evil).total == 0
    assert (st.history(store, who=evil).total, st.history(store, list_name=evil).total) == (1, 0)
    assert st.users(store) == (evil, "Ann") and len(st.lists(store)) == 1
    (folder.parent / "evil.csv").write_text(f'name,"{evil}"\n"{evil}",x\n', encoding="utf-8")
    assert st.add_list(store, folder.parent / "evil.csv", title=evil).title == evil


@pytest.mark.slow
def test_suggestions_are_those_of_the_library_and_can_be_accepted(store: st.Store) -> None:
    row = named(store, "Truro Choir")
    saved = st.edit_cell(store, row.key, "postcode", "tr1 1aa", version=1)
    assert saved.row is not None
    (suggested,) = [each for each in saved.row.suggestions if each.column == "postcode"]
    assert (suggested.value, suggested.sure) == ("TR1 1AA", True)
    done = st.accept_suggestion(store, row.key, "postcode", version=2)
    assert done.row is not None and done.row.postcode == "TR1 1AA" and done.row.suggestions == ()
    with pytest.raises(am.InputError):
        st.accept_suggestion(store, row.key, "postcode", version=3)


# Pairs, places and assets by hand


@pytest.mark.slow
def test_a_decision_joins_and_parts_rows_wherever_the_register_is_made(store: st.Store, folder: Path) -> None:
    st.add_list(store, folder.parent / "halls.csv")
    one, other = (row for row in st.rows(store, search="Village Hall").rows)
    (pair,) = one.pairs
    assert (pair.row, pair.other, pair.outcome, pair.version) == (one.key, other.key, "merged", 0)
    assert other.outcome == "merged" and other.asset == one.asset and other.asset_id == one.asset_id
    done = st.decide_pair(store, other.key, one.key, "different", version=0)
    assert other.key in (done.row.key, *done.others) if done.row else False
    assert st.row(store, other.key).outcome != "merged"
    assert [each.decision for each in st.pairs(store, decided=True).pairs] == ["different"]
    assert len(st.current_register(store).assets) == 8
    with pytest.raises(st.ConflictError) as refused:
        st.decide_pair(st.as_user(store, "Bob"), one.key, other.key, "same", version=0)
    assert dict(refused.value.conflict.now) == {"decision": "different"}
    choir = named(store, "Truro Choir")
    st.decide_pair(store, choir.key, one.key, "same", version=0)
    assert st.row(store, choir.key).asset == st.row(store, one.key).asset
    st.decide_pair(store, choir.key, one.key, "", version=1)
    st.decide_pair(store, one.key, other.key, "later", version=1)
    assert len(st.current_register(store).assets) == 7


@pytest.mark.slow
def test_a_guarded_place_is_released_by_a_decision(store: st.Store) -> None:
    added = st.add_asset(store, {"name": "Women's Refuge", "postcode": "TR1 1AA"})
    assert added.row is not None and added.row.guarded == "type"
    st.decide_place(store, added.row.key, "publish", version=0)
    row = st.row(store, added.row.key)
    assert (row.guarded, row.place_decision, row.place_version) == ("", "publish", 1)
    assert "Women's Refuge" in set(st.current_register(store, audience="public").assets["name"])


@pytest.mark.slow
def test_assets_are_added_moved_closed_and_removed_by_hand(store: st.Store) -> None:
    added = st.add_asset(store, {"name": "Pop-up Library", "asset_type": "library", "postcode": "TR1 1AA"})
    assert added.row is not None and added.row.list_name == st.BY_HAND
    moved = st.move_asset(store, added.row.key, version=1, easting=182_750, northing=44_750)
    assert moved.row is not None and (moved.row.easting, moved.row.northing) == (182_750, 44_750)
    assert moved.row.location_precision == "point"
    back = st.move_asset(store, added.row.key, version=2, postcode="TR1 2BB")
    assert back.row is not None and (back.row.postcode, back.row.easting) == ("TR1 2BB", None)
    closed = st.close_asset(store, added.row.key, version=3, on=dt.date(2025, 3, 1))
    assert closed.row is not None and (closed.row.status, closed.row.cells["closed_year"]) == (
        "closed",
        "2025",
    )
    removed = st.remove_asset(store, added.row.key, version=4)
    assert removed.change is not None
    with pytest.raises(am.InputError):
        st.row(store, added.row.key)
    assert st.rows(store).total == 6
    st.undo(store, removed.change.number)
    assert st.row(store, added.row.key).status == "closed"
    with pytest.raises(am.InputError, match="by hand"):
        st.remove_asset(store, named(store, "Truro Choir").key, version=1)
    with pytest.raises(am.InputError, match="name"):
        st.add_asset(store, {"postcode": "TR1 1AA"})


@pytest.mark.slow
def test_a_point_is_written_where_the_list_says_where_things_are(folder: Path) -> None:
    (folder / "a.csv").write_text("name,latitude,longitude\nHall,50.26,-5.05\n", encoding="utf-8")
    shapes = {
        "type": "Feature",
        "properties": {"name": "Pier"},
        "geometry": {"type": "Point", "coordinates": [-5.05, 50.26]},
    }
    (folder / "b.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [shapes]}), encoding="utf-8"
    )
    with st.open_store(folder, user="Ann") as store:
        for file in ("a.csv", "b.geojson"):
            st.add_list(store, folder / file)
        for row in st.rows(store).rows:
            moved = st.move_asset(store, row.key, version=1, easting=182_700.0, northing=44_800.0)
            assert moved.row is not None and moved.row.easting == pytest.approx(182_700, abs=0.2)
            assert set(moved.row.originals) == (
                {"latitude", "longitude"} if row.name == "Hall" else {"point_x", "point_y"}
            )


# Lists


def test_a_stored_list_is_the_list_that_read_assets_reads(tmp_path: Path) -> None:
    example = am.example_project().folder
    (tmp_path / "p").mkdir()
    with st.open_store(tmp_path / "p", user="Ann") as store:
        for name in ("groups.csv", "libraries.csv"):
            st.add_list(store, example / name)
    project = am.Project(tmp_path / "p", am.example_project().settings.changed(assets=()))
    for listed in project_lists(project).lists:
        plain = am.read_assets(example / f"{listed.source}.csv")
        pd.testing.assert_frame_equal(listed.table.drop(columns="row_key"), plain.table)
        pd.testing.assert_frame_equal(listed.headings, plain.headings)


@pytest.mark.slow
def test_what_a_column_means_is_chosen_and_edits_stay_with_their_headings(store: st.Store) -> None:
    row = named(store, "Truro Choir")
    st.edit_cell(store, row.key, "note", "minibus", version=1)
    (info,) = st.lists(store)
    assert {each.heading: each.column for each in info.columns}["Notes"] == "note"
    st.choose_columns(store, "clubs", {"Notes": "offers"}, version=info.version)
    row = st.row(store, row.key)
    assert (row.cells["offers"], row.originals["offers"], row.version) == ("minibus", "Mondays", 2)
    (info,) = st.lists(store)
    assert [each.heading for each in info.columns if each.chosen] == ["Notes"]
    with pytest.raises(st.ConflictError):
        st.choose_columns(store, "clubs", {"Notes": ""}, version=1)
    with pytest.raises(am.InputError, match="no column"):
        st.choose_columns(store, "clubs", {"Notes": "nonsense"}, version=info.version)
    with pytest.raises(am.InputError, match="no heading"):
        st.choose_columns(store, "clubs", {"Nonsense": "name"}, version=info.version)
    st.undo(store, st.history(store, limit=1).changes[0].number)
    assert st.row(store, row.key).cells["note"] == "minibus"


@pytest.mark.slow
def test_sheets_are_ticked_and_their_rows_come_back_with_their_edits(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for name, rows in (
        ("2024", [["Truro Hall", "TR1 1AA"]]),
        ("Halls", [["Bude Hall", "EX23 8EE"], ["Looe Hall", "PL13 1AA"]]),
    ):
        sheet = book.create_sheet(name)
        for cells in (["name", "postcode"], *rows):
            sheet.append(cells)
    del book["Sheet"]
    book.save(folder / "halls.xlsx")
    with st.open_store(folder, user="Ann") as store:
        info = st.add_list(store, folder / "halls.xlsx")
        assert {part.name: (part.ticked, part.rows) for part in info.parts} == {
            "2024": (True, 1),
            "Halls": (True, 2),
        }
        looe = named(store, "Looe Hall")
        st.edit_cell(store, looe.key, "town", "Looe", version=1)
        st.choose_sheets(store, "halls", ["2024"], version=1)
        assert [row.name for row in st.rows(store).rows] == ["Truro Hall"]
        st.choose_sheets(store, "halls", ["2024", "Halls"], version=2)
        assert (named(store, "Looe Hall").key, named(store, "Looe Hall").cells["town"]) == (looe.key, "Looe")
        with pytest.raises(am.InputError, match="no sheet"):
            st.choose_sheets(store, "halls", ["Nonsense"], version=3)
        fixed = st.fixed_list(store, "halls")
        assert "1 edit" in " ".join(fixed.notes)  # the file has no column for a town
        st.edit_cell(store, looe.key, "postcode", "PL13 2ZZ", version=2)
        (folder / f"fixed{fixed.suffix}").write_bytes(st.fixed_list(store, "halls").content)
    assert "PL13 2ZZ" in am.read_assets(folder / "fixed.xlsx").table["postcode"].tolist()


@pytest.mark.slow
def test_a_map_file_is_given_back_as_geojson_with_its_edits(folder: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"Hall name": name, "Keys held by": "Jo"},
            "geometry": {"type": "Point", "coordinates": [-5.05, 50.26]},
        }
        for name in ("Old Hall", "New Hall")
    ]
    (folder / "halls.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with st.open_store(folder, user="Ann") as store:
        st.add_list(store, folder / "halls.geojson", columns={"name": "Hall name"})
        row = named(store, "Old Hall")
        st.edit_cell(store, row.key, "name", "Very Old Hall", version=1)
        st.move_asset(store, row.key, version=2, easting=180_000, northing=45_000)
        fixed = st.fixed_list(store, "halls")
    assert fixed.suffix == ".geojson"
    assert "GeoJSON" in " ".join(fixed.notes)
    first, second = json.loads(fixed.content)["features"]
    assert (first["properties"]["Hall name"], first["properties"]["Keys held by"]) == ("Very Old Hall", "Jo")
    assert first["geometry"]["coordinates"] == pytest.approx([-5.0868, 50.2649], abs=2e-3)
    assert "'Old Hall' became 'Very Old Hall' (Ann" in first["properties"]["What assetmap changed"]
    assert second["properties"]["What assetmap changed"] == ""
    assert second["geometry"]["coordinates"] == pytest.approx([-5.05, 50.26], abs=1e-5)
    (folder / "fixed.geojson").write_bytes(fixed.content)
    again = am.read_assets(folder / "fixed.geojson", columns={"name": "Hall name"}).table
    assert again["name"].tolist() == ["Very Old Hall", "New Hall"]


@pytest.mark.journey
def test_a_list_is_replaced_and_edits_and_decisions_are_carried_over(store: st.Store, folder: Path) -> None:
    keys = {row.name: row.key for row in st.rows(store).rows}
    st.edit_cell(
        store, keys["Truro Choir"], "postcode", "TR1 9ZZ", version=1
    )  # the new file has the old one: carried
    st.edit_cell(
        store, keys["Helston Gardeners"], "town", "Porthleven", version=1
    )  # the new file says so: taken up
    st.edit_cell(
        store, keys["Bude Surf Lifesaving"], "town", "Stratton", version=1
    )  # the new file says a third thing
    st.decide_pair(store, keys["Truro Choir"], keys["Truro Village Hall"], "same", version=0)
    new = CLUBS.replace("St Ives Library,library,TR26 1DD,St Ives,,\n", "")
    new = new.replace("Helston,", "Porthleven,").replace("EX23 8EE,Bude", "EX23 8EE,Poughill")
    new = new.replace(
        "Falmouth Rowing Club,sports club,TR11 3CC", "Falmouth Rowing Club,sports club,TR11 5ZZ"
    )
    new = (
        new.replace("Bude Surf Lifesaving", "Surf Life Saving Bude Society")
        + "Looe Band,choir,PL13 1AA,Looe,,\n"
    )
    (folder.parent / "new.csv").write_text(new, encoding="utf-8")
    before = dump(folder / "assetmap.db")
    preview = st.preview_replacement(store, "clubs", folder.parent / "new.csv")
    assert dump(folder / "assetmap.db") == before and preview.change is None
    done = st.replace_list(store, "clubs", folder.parent / "new.csv", version=1, file_name="clubs 2026.csv")
    kinds = {change.name: change.kind for change in done.changes}
    assert kinds == {
        "St Ives Library": "gone", "Falmouth Rowing Club": "moved", "Surf Life Saving Bude Society": "renamed",
        "Looe Band": "new", "Helston Gardeners": "moved",
    }  # fmt: skip
    assert (done.same, done.carried, done.taken_up, preview.carried) == (2, 2, 1, 2)
    (contested,) = done.contested
    assert (contested.original, contested.edit, contested.new, contested.who) == (
        "Bude",
        "Stratton",
        "Poughill",
        "Ann",
    )
    assert st.row(store, keys["Truro Choir"]).cells["postcode"] == "TR1 9ZZ"
    assert st.row(store, keys["Truro Choir"]).asset == st.row(store, keys["Truro Village Hall"]).asset
    assert st.row(store, keys["Bude Surf Lifesaving"]).name == "Surf Life Saving Bude Society"
    assert st.lists(store)[0].file_name == "clubs 2026.csv"
    with pytest.raises(st.ConflictError):
        st.replace_list(store, "clubs", folder.parent / "new.csv", version=1)
    assert done.change is not None
    st.undo(store, done.change.number)
    assert {row.name: row.key for row in st.rows(store).rows} == keys


def test_files_that_cannot_be_read_leave_nothing_behind(store: st.Store, folder: Path) -> None:
    before = dump(folder / "assetmap.db")
    for name, content in (
        ("bad.xlsx", b"PK\x03\x04" + b"\0" * 200),
        ("bad.csv", b""),
        ("bad.gpkg", b"SQLite format 3\0" + b"x" * 99),
    ):
        (folder.parent / name).write_bytes(content)
        with pytest.raises(am.InputError, match=name) as refused:
            st.add_list(store, folder.parent / name)
        assert "assetmap-" not in str(refused.value)  # the temporary folder is nobody's business
    assert dump(folder / "assetmap.db") == before


def test_the_bytes_of_a_list_are_opened_by_the_child_alone(
    store: st.Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetmap.read import tables as openers

    asked: list[str] = []
    real = openers.ask
    monkeypatch.setattr(
        openers, "ask", lambda task, path, **words: asked.append(Path(path).name) or real(task, path, **words)
    )
    st.choose_columns(store, "clubs", {"Notes": "offers"}, version=1)
    assert set(asked) == {"clubs.csv"}


def test_names_of_files_from_outside_lead_nowhere(store: st.Store, folder: Path) -> None:
    info = st.add_list(store, folder.parent / "halls.csv", file_name="..\\..\\etc/pass:wd\0.csv")
    assert info.file_name == "pass_wd_.csv" and info.name == "pass_wd"


# History


@pytest.mark.slow
def test_any_one_change_is_undone_as_a_new_change(store: st.Store) -> None:
    row = named(store, "Truro Choir")
    first = st.edit_cell(store, row.key, "town", "Camborne", version=1).change
    second = st.edit_cell(store, row.key, "note", "Fridays", version=2).change
    assert first is not None and second is not None
    undone = st.undo(st.as_user(store, "Bob"), first.number)
    assert undone.row is not None and undone.change is not None
    assert (undone.row.cells["town"], undone.row.cells["note"]) == ("Truro", "Fridays")
    page = st.history(store, row=row.key)
    assert [(each.number, each.undone_by, each.can_undo) for each in page.changes] == [
        (undone.change.number, None, True), (second.number, None, True), (first.number, undone.change.number, False),
    ]  # fmt: skip
    redone = st.undo(store, undone.change.number)
    assert redone.row is not None and redone.row.cells["town"] == "Camborne"
    st.edit_cell(store, row.key, "town", "Redruth", version=5)
    with pytest.raises(st.ConflictError) as refused:
        st.undo(store, first.number)
    assert dict(refused.value.conflict.now) == {"town": "Redruth"}
    forced = st.undo(store, first.number, anyway=True)
    assert forced.row is not None and forced.row.cells["town"] == "Truro"
    assert st.history(store, who="Bob").total == 1 and st.users(store) == ("Ann", "Bob")
    assert all(each.sentence for each in st.history(store).changes)


def test_the_history_is_only_ever_added_to(store: st.Store, folder: Path) -> None:
    for statement in ("UPDATE changes SET who = 'nobody'", "DELETE FROM changes"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            sql(folder / "assetmap.db", statement)


@pytest.mark.journey
def test_the_register_as_it_was_and_what_changed_in_between(store: st.Store, folder: Path) -> None:
    row = named(store, "Truro Choir")
    hall = named(store, "Truro Village Hall")

    def moment() -> dt.datetime:
        time.sleep(0.002)
        at = dt.datetime.now(dt.UTC)
        time.sleep(0.002)
        return at

    start = moment()
    then = st.current_register(store)
    st.edit_cells(store, row.key, {"name": "Truro Singers", "town": "Camborne"}, version=1)
    st.close_asset(store, hall.key, version=1)
    st.add_asset(store, {"name": "Pop-up Library", "asset_type": "library", "postcode": "TR1 1AA"})
    middle = moment()
    later = st.current_register(store)
    st.remove_list(store, "clubs", version=1)
    st.undo(store, st.history(store, limit=1).changes[0].number)
    pd.testing.assert_frame_equal(st.as_of(store, start).log, then.log)
    pd.testing.assert_frame_equal(st.as_of(store, middle).log, later.log)
    pd.testing.assert_frame_equal(st.as_of(store, dt.date.today()).log, later.log)
    found = st.changes_between(store, start, middle)
    assert {r.change for r in found.register.itertuples()} >= {"renamed", "closed"}
    assert [each.action for each in found.changes] == ["edit", "close_asset", "add_asset"]
    with pytest.raises(am.InputError, match="no list"):
        st.as_of(store, dt.date.today() - dt.timedelta(days=2))


# A project with a store, and one without


@pytest.mark.journey
def test_commands_use_the_store_of_a_project_that_has_one(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    am.new_project(folder)
    plain = am.check_files(project=am.open_project(folder)).register
    with st.open_store(folder, user="Ann") as store:
        assert "libraries, groups" in " ".join(store.notes)
        pd.testing.assert_frame_equal(st.check_store(store).register.log, plain.log)
        row = next(each for each in st.rows(store, list_name="libraries").rows if each.status == "open")
        st.edit_cell(store, row.key, "name", "Edited Library", version=1)
        project = am.open_project(folder)
        near = am.near_postcode(project, row.postcode, within_km=1)
        assert "Edited Library" in set(near["name"])
        assert "Edited Library" in set(am.register_files(project=project).assets["name"])
        results = am.measure_project(project, sensitivity=False)
        assert "Edited Library" in set(results.assets["name"])
        assert results.sources.loc["libraries", "file"] == "assetmap.db/libraries"
        (folder / "libraries.csv").write_text("name,postcode\nX,TR1 1AA\n", encoding="utf-8")
    with st.open_store(folder, user="Ann") as store:
        assert "libraries.csv" in " ".join(store.notes) and st.rows(store, list_name="libraries").total > 50
    text = (folder / "groups.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "groups 2026.csv").write_text("\n".join([text[0], *text[3:]]), encoding="utf-8")
    updated = update_project(folder, tmp_path / "groups 2026.csv")
    assert updated.input_id == "groups" and "Rows gone: 2" in updated.said
    with st.open_store(folder, user="Ann") as store:
        found = {each.name: each for each in st.lists(store)}["groups"]
        assert (found.file_name, found.date, found.rows) == ("groups 2026.csv", "2026", len(text) - 3)


@pytest.mark.slow
def test_decisions_of_a_review_come_into_a_new_store(tmp_path: Path) -> None:
    am.new_project(tmp_path / "p")
    log = am.check_files(project=am.open_project(tmp_path / "p")).register.log
    ids = log.loc[log["source"] == "libraries", "row_id"].tolist()[:2]
    pd.DataFrame({"decision": ["same"], "row_id": ids[:1], "other_id": ids[1:]}).to_csv(
        tmp_path / "p" / "review.csv", index=False
    )
    settings = tmp_path / "p" / "assetmap.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(
            'audience = "public"', 'review = "review.csv"\naudience = "public"'
        ),
        encoding="utf-8",
    )
    with st.open_store(tmp_path / "p", user="Ann") as store:
        (pair,) = st.pairs(store, decided=True).pairs
        assert pair.decision == "same" and "Imported 1 decisions" in " ".join(store.notes)


# Plain files and older files


@pytest.mark.journey
def test_plain_files_and_back_lose_nothing(store: st.Store, folder: Path, tmp_path: Path) -> None:
    row = named(store, "Truro Choir")
    st.edit_cell(store, row.key, "note", '=HYPERLINK("x")\n\u00e9 \u2028 "quoted", and more', version=1)
    st.decide_pair(store, row.key, named(store, "Truro Village Hall").key, "later", version=0)
    st.add_asset(store, {"name": "Pop-up Library", "postcode": "TR1 1AA"})
    st.undo(store, 1)
    st.undo(store, st.history(store, limit=1).changes[0].number)
    files = st.export_store(folder, tmp_path / "out")
    assert {"list-clubs.csv", "list-by_hand.csv", "review.csv", "changes.jsonl"} <= {
        file.name for file in files
    }
    assert len(am.read_assets(tmp_path / "out" / "list-clubs.csv").table) == 6
    (tmp_path / "other").mkdir()
    st.import_store(tmp_path / "other", tmp_path / "out")
    assert dump(tmp_path / "other" / "assetmap.db") == dump(folder / "assetmap.db")
    with pytest.raises(am.InputError, match="already"):
        st.import_store(tmp_path / "other", tmp_path / "out")
    assert st.export_store(folder, tmp_path / "out") == files  # again, over the earlier one
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(am.InputError, match="not an export"):
        st.export_store(folder, tmp_path / "mine")
    (tmp_path / "third").mkdir()
    record = json.loads((tmp_path / "out" / "contents.json").read_text(encoding="utf-8"))
    changes = (tmp_path / "out" / "changes.jsonl").read_text(encoding="utf-8")
    for made_up in (
        b"{\n",
        b"[" * 100_000 + b"\n",
        b"\xff\n",
        changes.replace('"id":', '"id":9' + "9" * 30, 1).encode(),
    ):
        (tmp_path / "out" / "changes.jsonl").write_bytes(made_up)
        record["files"]["changes.jsonl"] = hashlib.sha256(made_up).hexdigest()
        (tmp_path / "out" / "contents.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(am.InputError, match="Export again"):
            st.import_store(tmp_path / "third", tmp_path / "out")
    (tmp_path / "out" / "edits.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "out" / "list-clubs.csv").unlink()
    with pytest.raises(am.InputError, match=r"'edits.jsonl' was changed.*'list-clubs.csv' is missing"):
        st.import_store(tmp_path / "third", tmp_path / "out")


def test_a_file_of_version_1_is_brought_up_to_date(store: st.Store, folder: Path) -> None:
    path = folder / "assetmap.db"
    store.close()
    sql(
        path,
        "DROP TRIGGER changes_stay_UPDATE",
        "DROP TRIGGER changes_stay_DELETE",
        "ALTER TABLE lists DROP COLUMN url",
        "UPDATE about SET value = '1' WHERE key = 'schema_version'",
    )
    before = dump(path)
    with st.open_store(folder, user="Ann") as newer:
        assert st.lists(newer)[0].url == "" and named(newer, "Truro Choir").version == 1
    after = dump(path)
    assert ("schema_version", str(tables.SCHEMA_VERSION)) in after["about"]
    assert all(after[name] == before[name] for name in before if name not in ("about", "lists"))
    with pytest.raises(sqlite3.IntegrityError):
        sql(path, "DELETE FROM changes")


def test_a_file_of_a_later_version_or_a_damaged_one_is_refused_untouched(
    store: st.Store, folder: Path
) -> None:
    path = folder / "assetmap.db"
    store.close()
    sql(path, "UPDATE about SET value = '99' WHERE key = 'schema_version'")
    before = path.read_bytes()
    with pytest.raises(am.InputError, match="later version"):
        st.open_store(folder)
    assert path.read_bytes() == before
    path.write_bytes(b"SQLite format 3\0" + os.urandom(8000))
    with pytest.raises(am.InputError, match="damaged"):
        st.open_store(folder)


# Several at once, and the worst


def test_cells_and_version_of_a_row_are_of_one_moment(
    store: st.Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetmap.project.store import pages

    key = named(store, "Truro Choir").key
    shown = pages.rows_at

    def somebody_saves_first(*given: object) -> list[st.Row]:
        monkeypatch.setattr(pages, "rows_at", shown)
        with st.open_store(folder, user="Ben") as other:
            st.edit_cell(other, key, "town", "Bodmin", version=1)
        return shown(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "rows_at", somebody_saves_first)
    seen = st.row(store, key)
    # either both are of before or both of after: else the next save overwrites Ben's words unseen
    assert (seen.version, seen.cells["town"]) == (1, "Truro")
    with pytest.raises(st.ConflictError):
        st.edit_cell(store, key, "town", "Bude", version=seen.version)


@pytest.mark.slow
def test_no_increment_is_lost(store: st.Store) -> None:
    key = named(store, "Truro Choir").key

    def count_up(user: str) -> None:
        mine, done = st.as_user(store, user), 0
        while done < 20:
            with reading(store) as connection:
                version = connection.execute(
                    text("select version from rows where id = :key"), {"key": key}
                ).scalar()
                value = connection.execute(
                    text("select value from edits where row_id = :key"), {"key": key}
                ).scalar()
            doing = Doing("edit", "row", row_id=key, after={":count": str(int(value or 0) + 1)})
            try:
                with writing(mine) as connection:
                    set_cells(connection, mine, doing, version=version)
            except st.ConflictError:
                continue
            done += 1

    threads = [threading.Thread(target=count_up, args=(f"user {k}",)) for k in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = st.row(store, key)
    assert (row.cells["count"], row.version) == ("100", 101)
    assert st.history(store, row=key).total == 100


WORKER = """
    import os, random, sys
    from pathlib import Path
    from assetmap.project import store as st
    from assetmap.project.store.changing import Doing, set_cells
    from assetmap.project.store.database import writing

    for line in sys.stdin:
        seed = int(line)
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            os.waitpid(pid, 0)
            print("ended", flush=True)
            continue
        rng = random.Random(seed)
        said = os.open(Path(sys.argv[3]) / f"{seed}.txt", os.O_WRONLY | os.O_CREAT)
        with st.open_store(sys.argv[1], user=f"worker {seed}") as store:
            os.write(said, b"working\\n")
            while True:
                if rng.random() < 0.1:
                    info = st.add_list(store, sys.argv[2], name=f"list_{seed}_{rng.randrange(10**9)}")
                    os.write(said, f"list {info.name}\\n".encode())
                    continue
                value = str(rng.random())
                doing = Doing("edit", "row", row_id=rng.randrange(1, 7), after={":a": value, ":b": value})
                with writing(store) as connection:
                    change = set_cells(connection, store, doing, version=None)
                os.write(said, f"edit {change.number} {value}\\n".encode())
"""


def is_whole(path: Path, said: list[list[str]]) -> None:
    """Everything that was acknowledged is there, and nothing is half there."""
    found = dump(path)
    assert sql(path, "PRAGMA integrity_check") == [("ok",)] and sql(path, "PRAGMA foreign_key_check") == []
    written = {change[0]: json.loads(str(change[9])) for change in found["changes"]}
    names = {row[1] for row in found["lists"]}
    for word, *rest in said:
        if word == "edit":
            assert written[int(rest[0])] == {":a": rest[1], ":b": rest[1]}
        elif word == "list":
            assert rest[0] in names
    assert all(
        len(values) == 2 and len(set(values.values())) == 1 for values in written.values() if ":a" in values
    )
    counts = dict(sql(path, "select reading_id, count(*) from cells group by reading_id"))
    assert set(counts) == {row[0] for row in found["readings"]} and set(counts.values()) == {6}
    assert len(names) == len(counts) == sum(change[3] == "add_list" for change in found["changes"])
    folded: dict[tuple[object, str], str] = {}
    for change in sorted(found["changes"], key=lambda row: int(str(row[0]))):
        if change[4] == "row":
            folded |= {(change[6], field): value for field, value in json.loads(str(change[9])).items()}
    assert folded == {(row[0], row[1]): row[3] for row in found["edits"]}


@pytest.mark.journey
@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_what_was_acknowledged_survives_a_kill_at_any_moment(
    store: st.Store, folder: Path, tmp_path: Path
) -> None:
    store.close()
    rng, acknowledged = random.Random(1), 0
    words = [
        sys.executable,
        "-c",
        textwrap.dedent(WORKER),
        str(folder),
        str(folder.parent / "clubs.csv"),
        str(tmp_path),
    ]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None and nursery.stdout is not None
        for kill in range(int(os.environ.get("ASSETMAP_KILLS", "5"))):
            nursery.stdin.write(f"{kill}\n")
            nursery.stdin.flush()
            child, file = int(nursery.stdout.readline()), tmp_path / f"{kill}.txt"
            while not (file.is_file() and file.stat().st_size):
                time.sleep(0.01)
            time.sleep(rng.random() * 0.8)
            os.kill(child, signal.SIGKILL)
            assert nursery.stdout.readline() == "ended\n"
            said = [
                line.split() for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")
            ]
            is_whole(folder / "assetmap.db", said)
            acknowledged += len(said) - 1
        nursery.stdin.close()
    print(f"{acknowledged} edits and imports were acknowledged")
    assert acknowledged


def test_a_full_disk_is_one_sentence_and_loses_nothing(store: st.Store, folder: Path) -> None:
    key = named(store, "Truro Choir").key
    store.shared.engine.dispose()
    pages = int(str(sql(folder / "assetmap.db", "PRAGMA page_count")[0][0]))
    event.listen(
        store.shared.engine, "connect", lambda made, _: made.execute(f"PRAGMA max_page_count={pages}")
    )
    before = dump(folder / "assetmap.db")
    with pytest.raises(am.InputError, match="disk is full"):
        for version in range(1, 200):
            st.edit_cell(store, key, "note", f"{version}" * 4000, version=version)
            before = dump(folder / "assetmap.db")
    assert dump(folder / "assetmap.db") == before
    assert st.rows(store).total == 6


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_can_still_be_read(
    store: st.Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = named(store, "Truro Choir").key
    store.close()
    monkeypatch.setattr(database.os, "access", lambda path, mode: mode != os.W_OK)
    with st.open_store(folder, user="Ann") as closed:
        assert closed.read_only and "cannot be written" in " ".join(closed.notes)
        with pytest.raises(am.InputError, match="cannot be written"):
            st.edit_cell(closed, key, "note", "x", version=1)
        assert st.row(closed, key).version == 1
        with pytest.raises(Exception, match="readonly"), closed.shared.engine.connect() as connection:
            connection.execute(text("delete from edits"))
    (folder.parent / "empty").mkdir()
    with pytest.raises(am.InputError, match="cannot be written"):
        st.open_store(folder.parent / "empty")


@pytest.mark.slow
def test_another_process_that_saves_is_noticed(store: st.Store, folder: Path) -> None:
    key = named(store, "Truro Choir").key
    with st.open_store(folder, user="Bob") as other:
        st.edit_cell(other, key, "name", "Truro Singers", version=1)
        assert st.row(store, key).name == "Truro Singers"
        st.add_list(other, folder.parent / "halls.csv")
        assert st.rows(store).total == 8


# Where folders lie, and who has them


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("OneDrive - Cornwall Council", "maps"), "OneDrive"),
        (("Dropbox", "p"), "Dropbox"),
        (("Google Drive",), "Google Drive"),
        (("Library", "Mobile Documents", "x"), "iCloud Drive"),
        (("onedrives", "dropbox-notes"), ""),
    ],
)
def test_synced_folders_are_known_by_their_names(tmp_path: Path, parts: tuple[str, ...], name: str) -> None:
    kind = st.folder_kind(tmp_path.joinpath(*parts))
    assert (kind.name, kind.kind) == (name, "synced" if name else "local")
    assert (name in kind.sentence) if name else kind.sentence == ""


def test_synced_and_network_folders_are_known_by_what_lies_in_them_and_what_they_lie_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".dropbox").touch()
    assert st.folder_kind(tmp_path / "p").name == "Dropbox"
    for system in ("cifs", "nfs4", "9p", "fuse.sshfs"):
        monkeypatch.setattr(folders, "_mounts", lambda kind=system: [("/", "ext4"), (str(tmp_path), kind)])
        assert (
            st.folder_kind(tmp_path / "p").kind == "network"
            and system in st.folder_kind(tmp_path / "p").sentence
        )
    assert folders.mounted_on(PurePosixPath("/mnt/shared"), [("/", "ext4"), ("/mnt/share", "cifs")]) == "ext4"
    assert (
        folders._network_name(Path("//server/share/p"))
        == folders._network_name(Path("\\\\server\\share"))
        == "UNC path"
    )


def test_on_a_synced_folder_one_process_owns_the_store_and_says_who(tmp_path: Path) -> None:
    folder = tmp_path / "OneDrive" / "p"
    folder.mkdir(parents=True)
    lock = owner.lock_path(folder / "assetmap.db")
    with st.open_store(folder, user="Ann") as store:
        assert "OneDrive" in " ".join(store.notes)
        with reading(store) as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"
        with st.open_store(folder, user="Bob"):  # the same process
            assert json.loads(lock.read_text())["user"] == "Ann"
        assert lock.exists()
    assert not lock.exists()
    held = owner.this_process("Cleo")
    lock.write_text(json.dumps({**held, "computer": "LAPTOP-7"}), encoding="utf-8")
    with pytest.raises(am.InputError, match=r"Cleo.*'LAPTOP-7'.*assetmap.db.lock"):
        st.open_store(folder)
    lock.write_text(
        json.dumps({**held, "started": "1"}), encoding="utf-8"
    )  # its number now belongs to another process
    with st.open_store(folder, user="Ann"):
        assert json.loads(lock.read_text())["user"] == "Ann"
    copied = st.copy_project(folder, tmp_path / "here")
    assert st.folder_kind(copied).kind == "local" and st.has_store(copied)
    assert not owner.lock_path(copied / "assetmap.db").exists()


def test_a_second_app_finds_the_first_and_a_stale_one_is_noticed(tmp_path: Path) -> None:
    assert st.running_app(tmp_path) is None
    with st.announce_app(tmp_path, "http://127.0.0.1:8000/", user="Ann"):
        found = st.running_app(tmp_path)
        assert found is not None and (found.address, found.pid, found.user) == (
            "http://127.0.0.1:8000/",
            os.getpid(),
            "Ann",
        )
        file = tmp_path / "assetmap.app.json"
        assert os.name != "posix" or file.stat().st_mode & 0o077 == 0
        with (
            pytest.raises(am.InputError, match="127.0.0.1:8000"),
            st.announce_app(tmp_path, "http://127.0.0.1:9000/"),
        ):
            pass
        stale = {**json.loads(file.read_text()), "pid": 2**22 + 1}
    assert st.running_app(tmp_path) is None and not file.exists()
    file.write_text(json.dumps(stale), encoding="utf-8")
    assert st.running_app(tmp_path) is None
    with st.announce_app(tmp_path, "http://127.0.0.1:9000/"):
        assert st.running_app(tmp_path) is not None


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 101])
def test_a_user_has_a_name(folder: Path, name: str) -> None:
    with pytest.raises(am.InputError, match="name of a user"):
        st.open_store(folder, user=name)
