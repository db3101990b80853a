"""What people say about the conditions for social action: read, brought onto areas, never added up, never made up."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.action.conditions import blank_conditions, conditions_nearby, match_conditions
from assetmap.cli import app
from assetmap.project.action.conditions import NOBODY, describe_conditions
from assetmap.project.action.measure import measure_conditions
from assetmap.read.action.conditions import read_conditions
from assetmap.schema import Results, reference_table
from assetmap.show.report.conditions import conditions
from conftest import quillford_folder
from report_tables import town_results

QUESTIONS = list(reference_table("conditions_checklist").index)


def written(folder: Path, text: str) -> Path:
    path = folder / "conditions.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    names = ["Mill Lane", "North Road", "North Road", "Hill"]
    return pd.DataFrame({"area_name": names}, index=pd.Index(["A", "B", "C", "D"], name="area_code"))


def test_questions_go_by_code_number_and_words(tmp_path: Path) -> None:
    words = reference_table("conditions_checklist").at["organisers", "ask_of_area"]
    text = f'Area code,Answered by,Date answered,Key issues,11,"{words}",Note\nA,a clerk,March 2026,Y,n,?,by hand\nB,,,,,,\n'
    found = read_conditions(written(tmp_path, text))
    assert list(found.index) == [2]  # nobody filled in the second row
    row = found.loc[2]
    assert (row["area"], row["who"], row["date"], row["Note"]) == ("A", "a clerk", "March 2026", "by hand")
    assert (row["key_issues"], row["trust"], row["organisers"]) == ("yes", "no", "unknown")
    assert (row[[q for q in QUESTIONS if q not in ("key_issues", "trust")]] == "unknown").all()


def test_every_problem_of_a_sheet_is_named_at_once(tmp_path: Path) -> None:
    text = "area,who,date,trust,networkz,spaces\n,a clerk,2026,yes,yes,\nB,,soon,perhaps,no,yes\n"
    with pytest.raises(am.InputError) as caught:
        read_conditions(written(tmp_path, text))
    for part in (
        "column 'networkz' is not one of the questions (did you mean 'networks'?)",
        "1 row has no area, first row 2",
        "1 row has nobody who answered, first row 3",
        "column 'date' needs a year, 'soon' (row 3) has none",
        "column 'trust' allows yes, no, unknown; 1 cell has something else, first 'perhaps' (row 3)",
    ):
        assert part in str(caught.value)
    with pytest.raises(am.InputError, match="it has no 'who', 'date'"):
        read_conditions(written(tmp_path, "area,trust\nA,yes\n"))
    with pytest.raises(am.InputError, match="more than one column is about 'trust'"):
        read_conditions(written(tmp_path, "area,who,date,trust,11\nA,x,2026,yes,no\n"))


def test_the_latest_answers_of_a_person_count_however_the_date_is_written(
    tmp_path: Path, areas: pd.DataFrame
) -> None:
    text = "area,who,date,trust\nA,warden,3rd June 2026,yes\nA,Warden,31/05/2026,no\nA,warden,2025,no\n"
    found = match_conditions(areas, read_conditions(written(tmp_path, text))).answers.set_index("question")
    assert found.loc["trust", ["answer", "latest"]].tolist() == ["yes", "2026-06-03"]


def test_answers_of_people_stand_side_by_side(tmp_path: Path, areas: pd.DataFrame) -> None:
    text = (
        "area,who,date,trust,spaces,money,time,colour\n"
        "A; hill,clerk,05/03/2026,no,yes,no,,red\n"
        "A,Clerk,2025-12-31,yes,no,yes,,red\n"
        "A,tenant,2026,yes,yes,,,\n"
    )
    found = match_conditions(areas, read_conditions(written(tmp_path, text)))
    assert found.areas.index.equals(areas.index)
    mill = found.answers[found.answers["area_code"] == "A"].set_index("question")
    assert mill.loc[["trust", "spaces", "money", "time"], "answer"].tolist() == [
        "people disagree",
        "yes",
        "no",
        "unknown",
    ]
    assert mill.loc["trust", ["said_yes", "said_no", "said_not_known"]].tolist() == [1, 1, 0]
    assert mill["who"].unique().tolist() == ["clerk; tenant"]
    assert mill["latest"].unique().tolist() == ["2026-03-05"]
    on = found.areas.loc["A"]
    assert on["conditions_people"] == 2
    assert on["conditions_gap"] == "missing in resources"
    assert on["conditions_missing"] == "Money invested in civil society"
    assert on["conditions_disputed"] == "Trust between public sector and citizens"
    assert on["condition_trust"] == "people disagree"
    assert on["condition_time"] == "not known"
    assert (
        found.areas.at["D", "conditions_gap"] == "missing in several parts"
    )  # the clerk's answers are about both
    assert found.areas.at["D", "conditions_disputed"] == "none"
    assert found.areas.loc[["B", "C"]].isna().all(axis=None)  # nobody was asked: not known, not no
    notes = {note.code: note.sentence for note in found.notes}
    assert notes["CONDITIONS_REPLACED"].startswith("1 set of answers was replaced")
    assert "'colour'" in notes["CONDITION_COLUMNS"]


@pytest.mark.slow
def test_answers_never_become_a_score(quillford: Results) -> None:
    found = quillford.conditions
    assert found is not None
    numbers = found.areas.select_dtypes("number").columns
    assert sorted(numbers) == ["conditions_people", "groups_near", "venues_near", "volunteer_centres_near"]
    layers = reference_table("map_layers")
    drawn = layers[layers["column"].isin(found.areas.columns) & (layers["kind"] != "fact")]
    assert set(drawn["kind"]) == {"category"}
    assert set(drawn["ranks"]) == {"no"}
    assert len(drawn) == 14


def test_every_answer_is_in_exactly_one_list_of_its_area(quillford: Results) -> None:
    found = quillford.conditions
    assert found is not None
    labels = set(reference_table("conditions_checklist")["label"])
    for code, row in found.areas[found.areas["conditions_people"].notna()].iterrows():
        said = [row[f"conditions_{part}"] for part in ("there", "missing", "disputed", "not_known")]
        words = [word for cell in said if cell != "none" for word in cell.split("; ")]
        assert sorted(words) == sorted(labels), code


def test_a_name_must_be_that_of_one_area(tmp_path: Path, areas: pd.DataFrame) -> None:
    text = "area,who,date,trust\nNorth Road,x,2026,yes\nE09,x,2026,yes\nmill lane,x,2026,yes\n"
    with pytest.raises(am.InputError) as caught:
        match_conditions(areas, read_conditions(written(tmp_path, text)))
    assert "'North Road' (row 2) is the name of 2 areas: give the code of one of 'B', 'C'" in str(
        caught.value
    )
    assert "'E09' (row 3) is not the code or the name of an area" in str(caught.value)
    assert "Mill" not in str(caught.value)


def test_the_blank_sheet_reads_back_with_nobody_in_it(tmp_path: Path, areas: pd.DataFrame) -> None:
    sheet = blank_conditions(areas)
    assert sheet.shape == (4, 16)
    path = am.write_csv(sheet, tmp_path / "blank.csv")
    assert read_conditions(path).empty
    found = match_conditions(areas, read_conditions(path))
    assert found.answers.empty
    assert found.areas.isna().all(axis=None)
    filled = path.read_text(encoding="utf-8-sig").replace("A,Mill Lane,,,,", "A,Mill Lane,me,2026,yes,")
    path.write_text(filled, encoding="utf-8")
    assert match_conditions(areas, read_conditions(path)).areas.at["A", "condition_key_issues"] == "yes"


def test_what_lists_know_stands_beside_the_answers(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> None:
    places, assets = town
    near = conditions_nearby(places, assets, limit_m=2_000)
    centres = (
        places.geometry.centroid
        if "centre_easting" not in places
        else gpd.points_from_xy(places["centre_easting"], places["centre_northing"])
    )
    libraries = assets[(assets["asset_type"] == "library") & (assets["status"] == "open")]
    naive = [int((libraries.distance(point) <= 2_000).sum()) for point in centres]
    venues = {"community_centre", "village_hall", "community_hub"} & set(assets["asset_type"])
    assert not venues
    assert near["venues_near"].tolist() == naive
    assert near["volunteer_centres_near"].isna().all()  # no list has one: not known


def test_the_public_is_not_told_who_answered(quillford: Results) -> None:
    project = am.example_project("town")
    assert quillford.conditions is not None
    assert "who" not in quillford.conditions.answers
    assert "who" not in quillford.details["conditions"]
    inside = project.__class__(project.folder, project.settings.changed(project={"audience": "internal"}))
    found = measure_conditions(
        inside,
        quillford.areas[["area_name", "population", "geometry", "centre_easting", "centre_northing"]],
        quillford.assets,
    )
    assert found is not None
    assert "the parish clerk" in set(found.answers["who"])


def test_the_report_says_what_is_missing_where(quillford: Results) -> None:
    page = conditions(quillford)
    assert page is not None
    assert "People answered for 7 of 12 small areas; nothing is known about the others." in page
    assert "Most often missing, by these answers: expertise and advice (in 3 areas)." in page
    assert "People disagree" in page
    assert "the parish clerk" not in page


def test_without_answers_nothing_is_made_up() -> None:
    assert "Not known: nobody has answered for these areas yet." in str(conditions(town_results()))
    assert describe_conditions(None) == [NOBODY]
    assert measure_conditions(am.example_project(), pd.DataFrame(), pd.DataFrame()) is None


def test_the_command_says_the_same_as_python(
    quillford: Results, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = str(quillford_folder(tmp_path_factory))
    record = json.loads(CliRunner().invoke(app, ["conditions", folder, "--json"]).stdout)
    assert quillford.conditions is not None
    assert [row["answer"] for row in record["answers"]] == quillford.conditions.answers["answer"].tolist()
    lines = CliRunner().invoke(app, ["conditions", folder]).stdout.splitlines()
    assert lines[:-1] == describe_conditions(quillford.conditions)[:-1]
    assert (
        " 7. Expertise and advice: yes in Quillford 002A; no in Quillford 001A, Quillford 001D and Quillford 004C; people disagree"
        in lines[7]
    )
    done = CliRunner().invoke(app, ["conditions", folder, "--blank", str(tmp_path / "sheet.csv")])
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(tmp_path / "sheet.csv")) == 12
    assert np.all(quillford.areas.index == pd.read_csv(tmp_path / "sheet.csv")["area"])
