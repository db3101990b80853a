"""A newer file in a project: what changed is said, and what a person decided stays."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from shapely.geometry import box
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.place.make import make_project
from assetmap.place.update import EARLIER, update_project
from assetmap.project.settings.reading import read_settings
from assetmap.read.tables import read_table
from test_place import CODES, code_point, fill, need_csv, small_areas

HALLS = """Name,Type,Postcode,Charity number
Old hall,Village hall,WS1 0AA,1000001
Barn,Village hall,WS1 1AA,1000002
Chapel rooms,Village hall,WS1 4AA,1000003
Mill,Village hall,WS1 5AA,
"""
NEWER = """Name;Type;Postcode;Charity number
Old hall;Village hall;WS1 0AA;1000001
The Great Barn;Village hall;WS1 1AA;1000002
Chapel rooms;Village hall;WS1 5AA;1000003
Tower;Village hall;WS1 4AA;
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two lists of its own, made once."""
    root = tmp_path_factory.mktemp("update")
    inputs = fill(root / "inputs")
    (inputs / "halls.csv").write_text(HALLS, encoding="utf-8")
    make_project(root / "west", area="Westshire", inputs=inputs, limit_m=1000)
    return root


@pytest.fixture
def west(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy" / "west"


def newer(folder: Path, name: str = "halls 2026.csv") -> Path:
    path = folder.parent / name
    path.write_text(NEWER, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_newer_list_replaces_the_one_it_fits(west: Path) -> None:
    before = am.build_register(
        am.read_assets(west / "halls.csv", source="halls"), audience="internal"
    ).log.set_index("name")["row_id"]
    (west / "review.csv").write_text(
        f"decision,row_id,other_id\ndifferent,{before['Barn']},{before['Mill']}\nsame,{before['Old hall']},x-1\n",
        encoding="utf-8",
    )
    (west / "site_answers.csv").write_text("site,interest\nBarn,yes\nOld hall,no\n", encoding="utf-8")
    config = west / "assetmap.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[project]", '[project]\nreview = "review.csv"  # Ann'),
        encoding="utf-8",
    )
    updated = update_project(west, newer(west))
    assert updated.input_id == "halls"
    changes = updated.changes.set_index("change")
    assert changes.loc["opened", "name"] == "Tower"
    assert changes.loc["left_out", "name"] == "Mill"
    assert changes.loc["renamed", ["before", "after"]].tolist() == ["Barn", "The Great Barn"]
    assert changes.loc["moved", "name"] == "Chapel rooms"
    assert "The Great Barn" in (west / "halls.csv").read_text(encoding="utf-8")
    after = am.build_register(
        am.read_assets(west / "halls.csv", source="halls"), audience="internal"
    ).log.set_index("name")["row_id"]
    review = read_table(west / "review.csv")
    assert review["row_id"].tolist() == [after["The Great Barn"], after["Old hall"]]
    assert review["decision"].tolist() == ["different", "same"]
    assert read_table(west / "site_answers.csv")["site"].tolist() == ["The Great Barn", "Old hall"]
    assert "2 decisions in review.csv kept, 1 of them" in " ".join(updated.said)
    # the inputs have it too, so that the next update from there keeps it
    assert (west.parent / "inputs" / "halls.csv").read_text(encoding="utf-8") == NEWER
    again = make_project(west)
    assert "halls.csv" not in " ".join(again.notes)
    assert "# Ann" in config.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_further_list_is_added_and_nothing_else_changes(west: Path, tmp_path: Path) -> None:
    """What a newcomer does first: a messy list of her own, from a folder with a space, onto the map."""
    mine = tmp_path / "my lists" / "Our Clubs 2025.csv"
    mine.parent.mkdir()
    mine.write_text(
        "OUR LIST,,\n,,\nName of club,Kind,Where\nBell Ringers,sports club,ws10aa\nLost,club,ZZ\n",
        encoding="utf-8",
    )
    before = (west / "assetmap.toml").read_text(encoding="utf-8")
    with pytest.raises(am.InputError, match="--add"):
        update_project(west, mine)
    shown = CliRunner().invoke(app, ["update", str(west), str(mine), "--add"])
    assert shown.exit_code == 0 and "1 accepted, 1 rejected" in shown.stdout, shown.output
    settings = read_settings(west / "assetmap.toml")
    added = settings.assets[-1]
    assert (added.id, added.file, added.date) == ("our_clubs_2025", "Our Clubs 2025.csv", "2025")
    assert (west / added.file).read_bytes() == mine.read_bytes()
    assert (west / "assetmap.toml").read_text(encoding="utf-8").startswith(before.rstrip()[:200])
    for bad, words in (
        ("Name,Postcode\nNowhere,ZZ\n", "No row of"),
        ("Name,Postcode\nBells,WS1 0AA\n", "another file"),
    ):
        mine.write_text(bad, encoding="utf-8")
        with pytest.raises(am.InputError, match=words):
            update_project(west, mine, add=True)
    with pytest.raises(am.InputError, match="not both"):
        update_project(west, mine, add=True, input_id="halls")


@pytest.mark.slow
def test_another_format_changes_the_settings(west: Path) -> None:
    path = west.parent / "new.xlsx"
    read_table(newer(west)).to_excel(path, index=False)
    updated = update_project(west, path, input_id="halls")
    assert (
        next(each for each in read_settings(west / "assetmap.toml").assets if each.id == "halls").file
        == "halls.xlsx"
    )
    assert "'halls.csv' is no longer used" in " ".join(updated.notes)


@pytest.mark.slow
def test_what_is_not_clear_is_asked_and_changes_nothing(west: Path) -> None:
    before = {path.name: path.read_bytes() for path in west.iterdir()}
    strange = west.parent / "strange.csv"
    strange.write_text("name,postcode\nNobody knows,WS1 1AA\n", encoding="utf-8")
    with pytest.raises(
        am.InputError, match=r"looks like none of the lists.*halls \(0% of the names\).*--input"
    ):
        update_project(west, strange)
    both = west.parent / "both.csv"
    both.write_text("name,postcode\nSea Shanties,WS1 1AA\nBarn,WS1 1AA\n", encoding="utf-8")
    with pytest.raises(am.InputError, match=r"fits several lists.*choirs \(100%.*halls \(50%"):
        update_project(west, both)
    with pytest.raises(am.InputError, match="There is no list 'pubs'"):
        update_project(west, both, input_id="pubs")
    assert {path.name: path.read_bytes() for path in west.iterdir()} == before


@pytest.mark.slow
def test_a_newer_index_and_postcodes_say_what_changed(west: Path) -> None:
    inputs = west.parent / "inputs"
    table = pd.read_csv(io.StringIO(need_csv()))
    rank = next(column for column in table if "Rank" in column)
    table[rank] = table[rank].to_numpy()[::-1]
    table["Total population: mid 2022"] += 100
    newest = west.parent / "File_7_again.csv"
    table.to_csv(newest, index=False)
    config = (west / "assetmap.toml").read_text(encoding="utf-8")
    updated = update_project(west, newest)
    said = " ".join(updated.said)
    assert updated.input_id == "need"
    assert "4 areas have a different need, 4 by more than a tenth" in said
    assert "Residents: 4,010 before, 4,410 now." in said
    assert (inputs / EARLIER / "File_7.csv").is_file()
    assert not (inputs / "File_7.csv").exists()
    assert (west / "assetmap.toml").read_text(encoding="utf-8") == config
    broken = west.parent / "more.csv"
    broken.write_text(need_csv().replace("E010000", "E019000"), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in west.iterdir()}
    with pytest.raises(am.VintageError, match="4 of 4 areas"):
        update_project(west, broken)
    assert {path.name: path.read_bytes() for path in west.iterdir()} == before
    assert (inputs / "File_7_again.csv").is_file()


@pytest.mark.journey
def test_newer_postcodes_people_and_boundaries_say_what_changed(west: Path) -> None:
    inputs, config = west.parent / "inputs", (west / "assetmap.toml").read_text(encoding="utf-8")
    # one postcode of the west is gone, and there is a new one
    with zipfile.ZipFile(io.BytesIO(code_point())) as archive:
        lines = archive.read("Data/CSV/ws.csv").decode().replace("WS1 1AA", "WS1 1ZZ")
    newest = west.parent / "codepo_gb_new.zip"
    with zipfile.ZipFile(newest, "w") as archive:
        archive.writestr("Data/CSV/ws.csv", lines)
    updated = update_project(west, newest)
    assert updated.input_id == "postcodes"
    before = len(am.read_postcodes(west / "postcodes.csv.gz"))
    assert f"Postcodes: {before} before, {before} now; 1 new, 1 gone." in " ".join(updated.said)
    assert {"WS1 1ZZ"} == set(am.read_postcodes(west / "postcodes.csv.gz").index) & {"WS1 1AA", "WS1 1ZZ"}
    assert (inputs / EARLIER / "codepo_gb.zip").is_file()
    # people of another year
    people = west.parent / "mid2024.csv"
    rows = "".join(f"{code},{5000 + place}\n" for place, code in enumerate(CODES))
    people.write_text("lsoa21_code,population\n" + rows, encoding="utf-8")
    updated = update_project(west, people)
    assert "Residents: 4,010 before, 20,010 now." in " ".join(updated.said)
    assert read_settings(west / "assetmap.toml").need.population_year == 2024
    # the border between two areas moves by 200 m; the other six are drawn as before
    moved = small_areas()
    strip = box(
        *moved.geometry[CODES[1]].bounds[:2],
        moved.geometry[CODES[1]].bounds[0] + 200,
        moved.geometry[CODES[1]].bounds[3],
    )
    moved.loc[CODES[0], "geometry"] = moved.geometry[CODES[0]].union(strip)
    moved.loc[CODES[1], "geometry"] = moved.geometry[CODES[1]].difference(strip)
    columns = {"area_code": "LSOA21CD", "area_name": "LSOA21NM"}
    border = west.parent / "boundaries_new.gpkg"
    moved.reset_index().rename(columns=columns).to_file(border)
    updated = update_project(west, border)
    assert updated.input_id == "areas"
    assert "Borders: 2 areas have a different shape." in " ".join(updated.said)
    assert "Nothing" not in " ".join(updated.said)
    assert (inputs / EARLIER / "boundaries.gpkg").is_file()
    areas = am.read_areas(west / "areas.gpkg")
    assert areas.area.round().tolist() == [1_200_000, 800_000, 1_000_000, 1_000_000]
    # what a person wrote into the settings is still there
    assert [line for line in config.splitlines() if line.startswith("limit_m")] == [
        line
        for line in (west / "assetmap.toml").read_text(encoding="utf-8").splitlines()
        if line.startswith("limit_m")
    ]


def test_a_project_of_ones_own_takes_lists_only(tmp_path: Path) -> None:
    folder = tmp_path / "corn"
    am.new_project(folder)
    index = tmp_path / "File_7.csv"
    index.write_text(need_csv(), encoding="utf-8")
    with pytest.raises(am.InputError, match=r"Name the new file in the table \[need\]"):
        update_project(folder, index)


@pytest.mark.slow
def test_command(west: Path) -> None:
    said = CliRunner().invoke(app, ["update", str(west), str(newer(west)), "--input", "halls"])
    assert said.exit_code == 0, said.exception
    assert "Renamed: The Great Barn: Barn -> The Great Barn" in said.stdout
    assert "New: 1" in said.stdout
