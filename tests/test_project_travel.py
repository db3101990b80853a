"""A project whose gaps rest on distances overland, ferries or travel times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.project.gaps import find_project_gaps
from assetmap.project.remembered import forget

pytestmark = pytest.mark.journey

ST_MAWES = "E01018849"
FERRIES = """
[crossings]
file = "crossings.csv"
title = "Ferries"
date = "2026"
licence = "facts"
"""
TRAVEL = """
[travel]
file = "travel.csv"
title = "Minutes by bus"
date = "2026"
licence = "made up"
"""


def changed(folder: Path, *, distance: str, also: str = "") -> am.Project:
    am.new_project(folder)
    file = folder / "assetmap.toml"
    text = file.read_text(encoding="utf-8")
    assert '# distance = "overland"' in text
    text = text.replace('# distance = "overland"', f'distance = "{distance}"', 1)
    file.write_text(text + also, encoding="utf-8")
    return am.open_project(folder)


def test_ferries_of_a_project_shorten_the_way(tmp_path, cornwall):
    project = changed(tmp_path / "with ferries", distance="overland", also=FERRIES)
    by_ferry = find_project_gaps(project)
    by_land = find_project_gaps(am.example_project(), distance="overland")
    assert by_land.at[ST_MAWES, "overland_m"] == pytest.approx(17_939, abs=1)
    assert by_ferry.at[ST_MAWES, "overland_m"] == pytest.approx(6_635, abs=1)
    assert by_ferry.at[ST_MAWES, "overland_name"] == "Falmouth Library"
    shorter = by_land["overland_m"] - by_ferry["overland_m"] > 1
    assert by_land.index[shorter].tolist() == [ST_MAWES]
    assert (by_ferry["overland_m"] <= by_land["overland_m"] + 1e-6).all()
    assert "km overland to the nearest" in by_ferry.at[ST_MAWES, "gap_reason"]
    straight = cornwall[0].areas
    assert by_land["distance_m"].equals(straight["distance_m"])
    assert by_land.at[ST_MAWES, "gap_rank"] != straight.at[ST_MAWES, "gap_rank"]


def test_travel_times_of_a_project_reach_the_map_and_the_report(tmp_path, cornwall):
    straight = cornwall[0]
    libraries = straight.assets[
        (straight.assets["asset_type"] == "library") & (straight.assets["status"] == "open")
    ]
    centres = straight.areas[["centre_easting", "centre_northing"]].to_numpy()
    points = np.column_stack([libraries.geometry.x, libraries.geometry.y])
    minutes = (
        np.hypot(*(centres[:, None] - points[None]).transpose(2, 0, 1)) / 500
    )  # 30 km/h as the crow flies
    travel = pd.DataFrame(minutes, index=straight.areas.index, columns=libraries.index).stack().reset_index()
    travel.columns = ["from_id", "to_id", "travel_time"]
    travel.loc[travel["travel_time"] > 25, "travel_time"] = np.nan
    folder = tmp_path / "by bus"
    am.new_project(folder)
    travel.to_csv(folder / "travel.csv", index=False)
    file = folder / "assetmap.toml"
    text = file.read_text(encoding="utf-8").replace(
        '# distance = "overland"', 'distance = "own"\nlimit_minutes = 10', 1
    )
    file.write_text(text.replace("sensitivity = true", "sensitivity = false") + TRAVEL, encoding="utf-8")
    results = am.build(am.open_project(folder), tmp_path / "out")
    expected = straight.areas["distance_m"] / 500
    far = expected > 25
    assert far.sum() == 1
    assert results.areas.loc[~far, "travel_minutes"].to_numpy() == pytest.approx(expected[~far].to_numpy())
    assert results.areas.loc[far, "travel_minutes"].isna().all()
    # no way within the matrix: further than anybody else, not unknown
    assert results.areas["gap_class"].isna().sum() == straight.areas["gap_class"].isna().sum()
    assert (results.areas.loc[far, "gap_class"].str[-1] == "1").all()
    same = results.areas["gap_class"] == straight.areas["gap_class"]
    assert same.all()  # times that follow the line order the areas as the line does
    within = (straight.areas["distance_m"] <= 5_000).astype(int)
    assert ((results.areas["count_within"] > 0).astype(int) == within).all()
    codes = {note.code: note.sentence for note in results.notes}
    assert "pairs of an area and a destination: these count as not reachable" in codes["TRAVEL_MISSING"]
    table = pd.read_csv(tmp_path / "out" / "areas.csv", index_col="area_code")
    assert {"travel_minutes", "travel_name", "distance_m"} <= set(table.columns)
    assert "Travel time to nearest open library" in [
        layer.label for layer in am.show.map_layers(results.areas)
    ]
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Minutes by bus" in report
    assert "minutes to the nearest" in report
    assert "travel" in results.sources.index


def test_too_many_areas_for_ways_over_land(monkeypatch):
    forget()
    monkeypatch.setattr("assetmap.project.pipeline.MOST_OVERLAND", 100)
    with pytest.raises(am.InputError, match=r"cannot be used for 326 areas; the most is 100"):
        find_project_gaps(am.example_project(), distance="overland")
    with pytest.raises(am.InputError, match=r"needs a file of travel times: .* table \[travel\]"):
        find_project_gaps(am.example_project(), distance="own")


def test_a_composite_travels_with_every_output(tmp_path):
    am.new_project(tmp_path / "p")
    file = tmp_path / "p" / "assetmap.toml"
    text = file.read_text(encoding="utf-8").replace(
        "# weights = { need_income = 2", "weights = { need_income = 2", 1
    )
    file.write_text(text.replace("sensitivity = true", "sensitivity = false"), encoding="utf-8")
    results = am.build(am.open_project(tmp_path / "p"), tmp_path / "out")
    made_of = "weighted mean by percentile: need_income 0.667, need_health 0.333"
    assert (results.areas["composite"] == made_of).all()
    assert made_of in pd.read_csv(tmp_path / "out" / "areas.csv")["composite"].tolist()
    assert made_of in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (
        made_of
        in next(layer for layer in am.show.map_layers(results.areas) if layer.key == "need").description
    )
    assert made_of in next(note.sentence for note in results.notes if note.code == "NEED_COMPOSITE")
    assert '"need_income": 2.0' in (tmp_path / "out" / "run.json").read_text(encoding="utf-8")
