"""The made-up town: the script writes these bytes, and its tables agree with each other."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from pathlib import Path

import pandas as pd
import pytest

from assetmap.schema import data_folder, reference_table

TOWN = data_folder() / "town"
SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "build_town.py"
LISTED = dict(
    re.findall(
        r"^\| town/(\S+) \| \d+ \| `([0-9a-f]{64})` \|$",
        (data_folder() / "README.md").read_text(encoding="utf-8"),
        re.M,
    )
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("build_town", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("town")
    module.main(["--output", str(folder)])
    return folder


def test_the_readme_lists_every_file_with_its_hash() -> None:
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in TOWN.iterdir()}
    assert there == LISTED


def test_the_script_writes_the_same_tables(built: Path) -> None:
    for path in TOWN.iterdir():
        if path.suffix in (".csv", ".toml", ".osm"):
            assert (built / path.name).read_bytes() == path.read_bytes(), path.name


def test_postcodes_hold_the_people_of_their_area() -> None:
    need = pd.read_csv(TOWN / "need.csv", index_col="lsoa21_code")
    people = pd.read_csv(TOWN / "postcodes.csv").groupby("area_code")["population"].sum()
    assert people.to_dict() == need["population"].to_dict()
    assert need["population"].sum() == 17_440


def test_lists_use_the_types_of_the_house() -> None:
    for name in ("libraries", "halls", "groups"):
        types = pd.read_csv(TOWN / f"{name}.csv")["asset_type"]
        assert set(types) <= set(reference_table("asset_types").index), name
    assert len(pd.read_csv(TOWN / "halls.csv")) == 12


def test_grants_name_areas_of_the_town() -> None:
    codes = set(pd.read_csv(TOWN / "need.csv")["lsoa21_code"])
    cells = pd.read_csv(TOWN / "grants.csv")["area_code"].dropna().str.split("; ").explode()
    assert set(cells[cells.str.startswith("E")]) <= codes
