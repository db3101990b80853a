"""Lists in many shapes at first try: at least 97% of the rows are right in name, type and place."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import assetmap as am
from assetmap.read.lists.sections import with_sections
from assetmap.read.places import read_places
from assetmap.schema import data_folder

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("benchmark_corpus", BENCHMARKS / "corpus.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


@pytest.mark.journey
def test_public_lists_are_understood_at_first_try(corpus: ModuleType, tmp_path: Path) -> None:
    shapes = list(corpus.write_shapes(tmp_path))
    assert len(shapes) >= 40
    lists = [am.read_assets(each.file, source=each.name) for each in shapes]
    where = data_folder() / "cornwall"
    register = am.build_register(
        lists,
        postcodes=am.read_postcodes(where / "postcodes.csv.gz"),
        places=read_places(where / "places.csv"),
        areas=am.read_areas(where / "areas.gpkg"),
        area_name="Cornwall",
        audience="internal",
    )
    log = register.log
    told = [
        corpus.compare(each.name, log[log["source"] == each.name], register.assets, each.rows)
        for each in shapes
    ]
    lost = [f"{each.name}: {sentence}" for each in told for sentence in each.lost]
    rows = sum(each.rows for each in told)
    assert sum(each.right for each in told) >= 0.97 * rows, lost
    assert sum(each.name_right for each in told) == rows, lost


def test_docs_name_every_shape(corpus: ModuleType) -> None:
    page = (BENCHMARKS.parent / "docs" / "your_lists.md").read_text()
    shapes = sys.modules["list_shapes"].SHAPES

    assert all(f"| {name} |" in page for name in shapes)


def table(**columns: list[str]) -> pd.DataFrame:
    made = pd.DataFrame(columns, dtype="str")
    made.insert(0, "row", range(2, len(made) + 2))
    return made


def test_headings_between_the_rows_give_the_type_of_those_below() -> None:
    listed = table(
        name=["Ash Rooms", "VILLAGE HALLS", "Beech Rooms", "MEN'S SHEDS", "Cedar", "Dale"],
        postcode=["TR1 1AA", "", "TR1 1AB", "", "TR1 1AD", ""],
    )
    typed = with_sections(listed, ("row", "reading_note"))
    assert typed["name"].tolist() == ["Ash Rooms", "Beech Rooms", "Cedar", "Dale"]
    assert typed["asset_type"].tolist() == ["", "VILLAGE HALLS", "MEN'S SHEDS", "MEN'S SHEDS"]
    assert "VILLAGE HALLS" in typed["reading_note"][1]
    assert typed["row"].tolist() == [2, 4, 6, 7]


def test_a_row_is_no_heading_where_the_list_has_types_or_nothing_follows() -> None:
    typed = table(name=["Library", "Ash"], asset_type=["", "Hall"], postcode=["", "TR1 1AA"])
    assert with_sections(typed, ("row",)) is typed
    last = table(name=["Ash", "Library"], postcode=["TR1 1AA", ""])
    assert with_sections(last, ("row",)) is last
    only = table(name=["Library", "Ash"])
    assert with_sections(only, ("row",)) is only
