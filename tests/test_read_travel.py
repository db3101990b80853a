"""Crossings and travel times as people and routing programs write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.travel import read_crossings, read_travel
from assetmap.schema import InputError, data_folder

CORNWALL = data_folder() / "cornwall"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_landings_as_postcodes(tmp_path):
    postcodes = pd.DataFrame(
        {"easting": [1000.0, 3000.0], "northing": [500.0, 700.0]},
        index=pd.Index(["TR1 1AA", "TR2 5DN"], name="postcode"),
    )
    file = write(tmp_path / "f.csv", "Name,Postcode 1,Postcode 2,Distance m\nFerry,tr11aa,TR2 5dn.,4000\n")
    found = read_crossings(file, postcodes=postcodes)
    assert found.iloc[0].tolist() == ["Ferry", 1000, 500, 3000, 700, 4000]
    with pytest.raises(InputError, match="needs 'name' and either"):
        read_crossings(file)
    write(file, "name,postcode_1,postcode_2\nA,TR1 1AA,TR2 5DN\nB,TR9 9ZZ,TR2 5DN\n")
    with pytest.raises(InputError, match="row 3 has a postcode that is not known"):
        read_crossings(file, postcodes=postcodes)


def test_landings_as_coordinates(tmp_path):
    file = write(
        tmp_path / "f.csv",
        "name,easting_1,northing_1,easting_2,northing_2\nBridge,180000,40000,181000,41000\n",
    )
    found = read_crossings(file)
    assert found.loc[0, ["easting_1", "northing_2"]].tolist() == [180_000, 41_000]
    assert np.isnan(found.at[0, "distance_m"])
    write(
        file,
        "name,easting_1,northing_1,easting_2,northing_2,distance_m\nA,-5,50,181000,41000,3\nB,1,2,3,4,-1\n",
    )
    with pytest.raises(InputError, match="row 2 has a landing off .*; row 3 has a distance below 0"):
        read_crossings(file)
    write(file, "name,easting_1\nA,5\n")
    with pytest.raises(InputError, match="it has 'name', 'easting_1'"):
        read_crossings(file)


def test_the_ferries_of_the_example_have_landings_on_both_shores():
    found = read_crossings(
        CORNWALL / "crossings.csv", postcodes=read_postcodes(CORNWALL / "postcodes.csv.gz")
    )
    length = np.hypot(found["easting_1"] - found["easting_2"], found["northing_1"] - found["northing_2"])
    lengths = dict(zip(found["name"].str.split(" Ferry").str[0], length.round(-2), strict=True))
    assert lengths == {
        "King Harry": 1100,
        "St Mawes": 4000,
        "Bodinnick": 500,
        "Polruan": 700,
        "Black Tor": 1400,
    }
    written = pd.read_csv(CORNWALL / "crossings.csv", dtype=str)
    assert written["source"].str.startswith("http").all()


@pytest.mark.parametrize("heading", ["origin,destination,minutes", "from_id,to_id,travel_time"])
def test_travel_times(tmp_path, heading):
    file = write(tmp_path / "t.csv", f"{heading}\nE01,E02,12.5\nE01,E03,nan\n E02 ,E03,\n")
    found = read_travel(file)
    assert found["origin"].tolist() == ["E01", "E01", "E02"]
    assert found["minutes"].tolist()[0] == 12.5
    assert found["minutes"].isna().tolist() == [False, True, True]


def test_travel_times_that_are_none(tmp_path):
    with pytest.raises(InputError, match="no column for 'minutes'"):
        read_travel(write(tmp_path / "t.csv", "origin,destination\na,b\n"))
    with pytest.raises(InputError, match="no row"):
        read_travel(write(tmp_path / "t.csv", "origin,destination,minutes\n"))
    with pytest.raises(InputError, match="1 cell is not a number, first 'soon' .row 2."):
        read_travel(write(tmp_path / "t.csv", "origin,destination,minutes\na,b,soon\n"))
