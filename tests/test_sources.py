"""The whole table of sources: each row is recognised by its own columns and leads to a reader there is."""

from __future__ import annotations

import re

import pytest

import assetmap as am
from assetmap.read.inputs import _reader, recognise
from assetmap.read.look import Look, Part

TABLE = am.reference_table("sources").reset_index().to_dict("records")


@pytest.mark.parametrize("row", TABLE, ids=[row["source_id"] for row in TABLE])
def test_a_file_with_the_columns_of_a_row_is_that_source(row: dict[str, str]) -> None:
    assert _reader(row) is not None
    if row["kind"] == "roads":
        return  # recognised by its ending
    headings = tuple(
        re.sub("##", "24", token).replace("*_code", "area_code") for token in row["recognised_by"].split("|")
    )
    part = Part("sheet", headings, 1, geometry=row["kind"] == "boundary")
    found = recognise(Look((part,)))
    assert found is not None
    assert found[0]["source_id"] == row["source_id"]


@pytest.mark.parametrize("row", TABLE, ids=[row["source_id"] for row in TABLE])
def test_a_row_says_what_it_must(row: dict[str, str]) -> None:
    assert row["kind"] in (
        "boundary",
        "lookup",
        "population",
        "need",
        "postcodes",
        "places",
        "assets",
        "roads",
        "timetable",
        "conditions",
        "counts",
        "outcomes",
        "grants",
    )
    assert row["title"]
    assert not row["page"] or row["page"].startswith("https://")
    assert bool(row["licence"]) == bool(row["publisher"]) or row["licence"] == "as each publisher says"
    if row["fetched"]:
        assert row["address"].startswith("https://")
        assert row["last_seen"]
