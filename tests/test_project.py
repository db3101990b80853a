"""The whole chain on Cornwall, and on a small project that a test writes itself."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import assetmap as am
from assetmap.project.build import RUN_NAME, summarise
from assetmap.project.folder import example_project
from assetmap.project.remembered import forget

FILES = [
    "areas.csv",
    "assetmap.gpkg",
    "assets.csv",
    "gaps.csv",
    "map.html",
    "prevention.csv",
    "rejected.csv",
    "report.html",
    "run.json",
    "tables.xlsx",
]


@pytest.fixture(scope="session")
def results(cornwall: tuple[am.Results, Path]) -> am.Results:
    return cornwall[0]


@pytest.fixture(scope="session")
def folder(cornwall: tuple[am.Results, Path]) -> Path:
    return cornwall[1]


def copy_of_example(folder: Path) -> Path:
    am.new_project(folder)
    return folder


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_new_project_starts_from_an_example_that_is_there(tmp_path: Path) -> None:
    am.new_project(tmp_path / "town", example="town")
    assert am.open_project(tmp_path / "town").settings.project.area_name == "Quillford (a made-up town)"
    with pytest.raises(am.InputError, match="no example 'twn'. The examples are cornwall and town"):
        am.new_project(tmp_path / "other", example="twn")
    assert not (tmp_path / "other").exists()


def test_a_build_holds_every_file(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert (folder / "map.html").stat().st_size <= 1_500_000


@pytest.mark.journey
def test_the_same_inputs_give_the_same_bytes_and_tables_of_an_earlier_build_go(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(folder, out)
    (out / "areas.csv").write_text("of an earlier build")
    (out / "robustness.csv").write_text("of a build with sensitivity")
    (out / "minutes of the meeting.txt").write_text("not ours")
    forget()
    am.build(example_project(), out)
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "minutes of the meeting.txt"])
    (out / "minutes of the meeting.txt").unlink()
    assert hashes(out) == hashes(folder)


def test_areas_and_people(results: am.Results) -> None:
    areas = results.areas
    assert len(areas) == 326
    assert int(areas["population"].sum()) == 575_532
    assert int(areas["children_0_15"].sum()) == 93_379
    assert int(areas["older_60_plus"].sum()) == 188_782
    assert areas["need_conversion"].value_counts().to_dict() == {"unchanged": 314, "split": 10, "merged": 2}
    assert areas["need"].notna().all()


def test_need_points_the_right_way(results: am.Results) -> None:
    areas = results.areas
    assert areas["need"].idxmax() == areas["imd_rank"].idxmin()
    ranked = areas.dropna(subset=["imd_rank"])
    assert ranked["need"].corr(ranked["imd_rank"], method="spearman") == pytest.approx(-1)


def test_libraries(results: am.Results) -> None:
    assets = results.assets
    libraries = assets[assets["source"] == "libraries"]
    assert len(libraries) == 53
    assert libraries["area_code"].isin(results.areas.index).all()
    branches = libraries[(libraries["asset_type"] == "library") & (libraries["status"] == "open")]
    assert len(branches) == 27
    counts = branches["operator_type"].value_counts()
    assert counts.to_dict() == {
        "town_council": 19,
        "principal_authority": 4,
        "parish_council": 2,
        "community_interest_company": 1,
        "community_benefit_society": 1,
    }
    assert (libraries["programme_2016"] == "yes").sum() == 29


def test_every_row_read_is_accounted_for(results: am.Results) -> None:
    log = results.log
    assert log["source"].value_counts().to_dict() == {"groups": 391, "libraries": 53}
    assert log["outcome"].isin(["accepted", "merged", "review", "rejected"]).all()
    told = log[log["row"].notna()]  # a guarded place is counted, and its row is not told
    assert not told.duplicated(["source", "row"]).any()
    assert len(log) - len(told) == 2
    kept = log.loc[log["outcome"] != "rejected", "asset_id"]
    assert kept.isin(results.assets.index).all()


def test_estimate_carries_its_interval_and_warnings(results: am.Results) -> None:
    estimate = results.estimate
    assert round(estimate.estimate) == 2106
    assert estimate.low < estimate.estimate < estimate.high
    assert {"RATE_OLD", "CV_ASSUMED", "NO_RANKING"} <= {warning.code for warning in estimate.warnings}
    shares = results.areas["unregistered_estimate"]
    assert int(shares.sum()) == 2106


def test_access_is_never_missing(results: am.Results) -> None:
    areas = results.areas
    assert areas["distance_m"].notna().all()
    assert areas["count_within"].notna().all()
    assert areas["distance_m"].max() > 8_000
    assert areas["distance_m"].min() < 1_000


def test_gap_ranks_are_ordered_and_explained(results: am.Results) -> None:
    areas = results.areas
    assert sorted(areas["gap_rank"]) == list(range(1, 327))
    assert (areas["gap_reason"].str.len() > 20).all()
    first = areas.sort_values("gap_rank")
    assert first["gap_score"].is_monotonic_decreasing


def test_tables_say_what_the_results_say(results: am.Results, folder: Path) -> None:
    areas = pd.read_csv(folder / "areas.csv", index_col="area_code")
    assert areas["population"].sum() == 575_532
    assert areas.index.tolist() == results.areas.index.tolist()
    for layer, rows in (("areas", 326), ("assets", len(results.assets)), ("places", 45)):
        table = gpd.read_file(folder / "assetmap.gpkg", layer=layer)
        assert len(table) == rows
    rejected = pd.read_csv(folder / "rejected.csv")
    assert list(rejected.columns) == ["source", "row", "name", "outcome", "reason", "asset_id"]
    assert len(rejected) == results.log["outcome"].isin(["rejected", "review"]).sum()


def test_run_record(results: am.Results, folder: Path) -> None:
    record = json.loads((folder / RUN_NAME).read_text(encoding="utf-8"))
    source = record["inputs"]["libraries"]
    file = example_project().folder / source["file"]
    assert source["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert source["licence"] == "Open Government Licence v3.0"
    assert source["rows"] == 53
    assert record["results"] == summarise(results)
    assert record["settings"]["estimate"]["rate"] == 3.66


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[am.Results, Path]:
    """A build of the example with three bad rows and an area without need: its results and its folder."""
    folder = tmp_path_factory.mktemp("damaged")
    project = copy_of_example(folder / "my county")
    replace_in(project / "assetmap.toml", "sensitivity = true", "sensitivity = false")
    (project / "groups.csv").write_text(
        "name,asset_type,postcode\n"
        "Truro Repair Cafe,community_centre,TR1 1EP\n"
        "Broken Postcode Club,sports_club,TR1 1E\n"
        ",sports_club,TR1 1EP\n"
        "Scilly Rowing Club,sports_club,TR21 0JA\n"
        "Plymouth Rowing Club,sports_club,PL1 1AE\n",
        encoding="utf-8",
    )
    need = pd.read_csv(project / "iod2025.csv", dtype=str)
    need.loc[need["lsoa21_code"] == "E01018750", "imd_rank"] = ""
    need.to_csv(project / "iod2025.csv", index=False)
    return am.build(am.open_project(project), folder / "out"), folder / "out"


def test_three_bad_rows_are_explained_and_nothing_is_lost(damaged: tuple[am.Results, Path]) -> None:
    results, out = damaged
    log = results.log[results.log["source"] == "groups"].set_index("row")
    assert len(log) == 5
    assert log.loc[2, "outcome"] == "accepted"
    assert (log.loc[[3, 4, 5], "outcome"] != "accepted").all()
    assert "TR1 1E" in log.loc[3, "reason"]
    assert "name" in log.loc[4, "reason"]
    assert "outside" in log.loc[5, "reason"]
    assert log.loc[6, "outcome"] == "accepted"
    assert log.loc[6, "reason"] == (
        "Row 6: The postcode PL1 1AE lies 2.7 km beyond the border of Cornwall: it counts for access but belongs to no area."
    )
    written = pd.read_csv(out / "rejected.csv")
    assert sorted(written.loc[written["source"] == "groups", "row"]) == [3, 4, 5]
    assert written["reason"].str.len().gt(20).all()


def test_the_wrong_vintage_without_a_lookup_is_refused(tmp_path: Path) -> None:
    project = copy_of_example(tmp_path / "county")
    replace_in(project / "assetmap.toml", 'lookup = "lsoa11_lsoa21_changes.csv"', "")
    with pytest.raises(am.VintageError, match="E0103") as caught:
        am.build(am.open_project(project), tmp_path / "out")
    assert "lookup" in str(caught.value)
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_an_area_without_need_is_not_known(damaged: tuple[am.Results, Path]) -> None:
    results = damaged[0]
    row = results.areas.loc["E01018750"]
    assert pd.isna(row["need"])
    assert pd.isna(row["gap_rank"])
    assert summarise(results)["areas_without_need"] == 1


def test_a_failed_build_leaves_the_last_one_untouched(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "build"
    shutil.copytree(folder, output)
    before = hashes(output)
    project = copy_of_example(tmp_path / "county")
    (project / "postcodes.csv.gz").write_bytes(b"not a gzip file")
    with pytest.raises(am.InputError):
        am.build(am.open_project(project), output)
    assert hashes(output) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_of_something_else_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(am.InputError, match="has files in it that are not results of assetmap"):
        am.build(example_project(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_new_project_builds_and_is_never_written_over(tmp_path: Path) -> None:
    project = am.new_project(tmp_path / "new")
    assert am.open_project(project).settings.project.area_name == "Cornwall"
    with pytest.raises(am.InputError, match="is not empty"):
        am.new_project(tmp_path / "new")
