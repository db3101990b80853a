"""A small project on disk, with a lookup, a shapefile and answers, for the tests of evidence packs."""

from __future__ import annotations

from pathlib import Path

import assetmap as am
from conftest import ORIGIN, make_grid

SETTINGS = """
[project]
title = "Gridtown"
area_name = "Gridtown"

[areas]
file = "areas.shp"
code = "code"
name = "name"
title = "Squares"
date = "2025"
licence = "made up"

[need]
file = "need.csv"
index = "iod2025"
lookup = "lookup.csv"
population_year = 2022
title = "Need of the squares"
date = "2025"
licence = "OGL"
attribution = "Contains made-up data."

[postcodes]
file = "postcodes.csv"
title = "Postcodes"
date = "2025"
licence = "OGL"

[[assets]]
id = "libraries"
file = "libraries.csv"
title = "Libraries"
date = "2024"
licence = "OGL"

[[assets]]
id = "groups"
file = "groups.csv"
title = "Groups"
date = "2024"
licence = "OGL"

[devolution]
run_by = "anyone"
draws = 50
closures = 2
limit_m = 1500
near_m = 1500
beyond_m = [1000, 2000, 3000]
"""
CODES = [f"E010000{row}{column}" for row in range(4) for column in range(4)]


def make_town_project(folder: Path) -> am.Project:
    """Write sixteen squares with people and need, their postcodes, four libraries, three groups and one answer."""
    folder.mkdir(parents=True)
    squares = make_grid().reset_index()
    squares["code"], squares["name"] = CODES, [f"Square {code[-2:]}" for code in CODES]
    squares[["code", "name", "geometry"]].to_file(folder / "areas.shp")
    need = ["LSOA code (2021),IMD rank,Total population: mid 2022"]
    need += [f"{code},{place + 1},{1000 + 10 * place}" for place, code in enumerate(CODES)]
    (folder / "need.csv").write_text("\n".join(need) + "\n")
    (folder / "lookup.csv").write_text(
        "LSOA11CD,LSOA21CD,CHGIND\n" + "".join(f"{code},{code},U\n" for code in CODES)
    )
    east, north = ORIGIN
    rows = [
        f"TR{place // 10 + 1} {place % 10}AA,{east + 500 + 1000 * column},{north + 500 + 1000 * row},{CODES[4 * row + column]},yes"
        for place, (row, column) in enumerate((row, column) for row in range(4) for column in range(4))
    ]
    (folder / "postcodes.csv").write_text(
        "postcode,easting,northing,area_code,live\n" + "\n".join(rows) + "\n"
    )
    (folder / "libraries.csv").write_text(
        "name,type,status,postcode,weekly_hours,operator,operator_type,devolved\n"
        "West Library,library,open,TR1 0AA,40,County Council,principal authority,no\n"
        "East Library,library,open,TR1 3AA,30,East Town Council,town council,yes\n"
        "North Library,library,open,TR2 2AA,20,County Council,principal authority,no\n"
        "Hill Library,library,open,TR2 5AA,10,=1+1 CIC,community interest company,yes\n"
    )
    (folder / "groups.csv").write_text(
        "name,type,registered,postcode\nBand,choir,yes,TR1 0AA\nClub,sports club,no,TR2 5AA\nHall,village hall,no,TR1 1AA\n"
    )
    (folder / "site_answers.csv").write_text(
        "site,receiver_present,interest,trust\nWest Library,yes,no,yes\n"
    )
    (folder / "assetmap.toml").write_text(SETTINGS)
    return am.open_project(folder)
