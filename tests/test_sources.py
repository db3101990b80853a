"""The whole table of sources: each row is recognised by its own columns and leads to a reader there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import assetmap as am
from assetmap.read.inputs import _reader, recognise
from assetmap.read.look import Look, Part
from assetmap.read.overpass import read_overpass

TABLE = am.reference_table("sources").reset_index().to_dict("records")


@pytest.mark.parametrize("row", TABLE, ids=[row["source_id"] for row in TABLE])
def test_a_file_with_the_columns_of_a_row_is_that_source(row: dict[str, str]) -> None:
    headings = tuple(
        re.sub("##", "24", token).replace("*_code", "area_code") for token in row["recognised_by"].split("|")
    )
    part = Part("sheet", headings, 1, geometry=row["kind"] == "boundary")
    found = recognise(Look((part,)))
    assert found is not None
    assert found[0]["source_id"] == row["source_id"]
    assert _reader(row) is not None


@pytest.mark.parametrize("row", TABLE, ids=[row["source_id"] for row in TABLE])
def test_a_row_says_what_it_must(row: dict[str, str]) -> None:
    assert row["kind"] in ("boundary", "lookup", "population", "need", "postcodes", "places", "assets")
    assert row["title"]
    assert not row["page"] or row["page"].startswith("https://")
    assert bool(row["licence"]) == bool(row["publisher"]) or row["licence"] == "as each publisher says"
    if row["fetched"]:
        assert row["address"].startswith("https://")
        assert row["last_seen"]


def test_overpass_elements_become_a_list(tmp_path: Path) -> None:
    elements = [
        {
            "type": "node",
            "id": 1,
            "lat": 50.1,
            "lon": -5.2,
            "tags": {"amenity": "library", "name": "Kea", "addr:postcode": "TR3 6AE"},
        },
        {
            "type": "way",
            "id": 2,
            "center": {"lat": 50.2, "lon": -5.3},
            "tags": {"amenity": "community_centre", "community_centre": "village_hall"},
        },
        {"type": "way", "id": 3, "nodes": [1], "tags": {"amenity": "library"}},
        {"type": "node", "id": 4, "lat": 50.1, "lon": -5.2},
        {"type": "node", "id": 5, "lat": 50.1, "lon": -5.2, "tags": {"shop": "shoes", "name": "{{ 7*7 }}"}},
    ]
    file = tmp_path / "osm.json"
    file.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    rows = read_overpass(file)
    assert rows["name"].tolist() == ["Kea", "Village hall", "{{ 7*7 }}"]
    assert rows["asset_type"].tolist() == ["library", "village_hall", ""]
    assert rows.loc[1, ["latitude", "longitude"]].tolist() == ["50.2", "-5.3"]
    assert rows["note"].tolist()[1] == "OpenStreetMap way 2"
    assert rows.loc[0, "postcode"] == "TR3 6AE"
    file.write_text('{"elements": [], "remark": "runtime error: out of memory"}', encoding="utf-8")
    with pytest.raises(am.InputError, match="is not whole; Overpass says in it: runtime error"):
        read_overpass(file)
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(am.InputError, match="it has no 'elements'"):
        read_overpass(file)
