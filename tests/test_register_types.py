"""Types by name, by word and by title: the vocabulary, where words count, and how well real names and types are known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from assetmap.register.types import known_types, type_of_word
from assetmap.register.words import name_keys
from assetmap.schema import reference_table

ROOT = Path(__file__).parents[1]


def benchmark(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def types_benchmark() -> ModuleType:
    return benchmark("asset_types")


@pytest.fixture(scope="module")
def labels(types_benchmark: ModuleType) -> pd.DataFrame:
    return types_benchmark.read_labels()


def type_of(name: str, typed: str = "", title: str = "") -> str:
    one = pd.Series([name], dtype="str")
    titles = pd.Series([title], dtype="str") if title else None
    found, _ = known_types(pd.Series([typed], dtype="str"), name_keys(one), titles)
    return str(found.iloc[0])


def test_labels_keep_their_half_and_name_known_types(
    types_benchmark: ModuleType, labels: pd.DataFrame
) -> None:
    assert len(labels) >= 600
    assert not labels.duplicated(["name", "type"]).any()
    halves = [types_benchmark.half_of(*row) for row in labels[["name", "type"]].itertuples(index=False)]
    assert halves == labels["half"].tolist()
    codes = {code for label in labels["label"] for code in label.split("|")}
    assert codes <= set(reference_table("asset_types").index)
    assert (labels[["source", "licence"]] != "").all(axis=None)


def test_held_out_types_are_known(types_benchmark: ModuleType, labels: pd.DataFrame) -> None:
    count = types_benchmark.quality(labels[labels["half"] == "held_out"])
    assert count["right"] / count["typed"] >= 0.97
    assert count["found"] / count["told"] >= 0.90


def test_docs_report_the_held_out_half_as_it_is(types_benchmark: ModuleType, labels: pd.DataFrame) -> None:
    page = (ROOT / "docs" / "your_lists.md").read_text()
    assert types_benchmark.table_of_quality(labels) in page


def test_words_have_a_vocabulary_and_a_place() -> None:
    words = reference_table("type_words")
    assert set(words["source"]) == {"own", "osm", "lga_services", "charity_commission"}
    assert set(words["in_name"]) == {"", "yes", "later", "weak", "end", "start", "over", "last"}
    assert set(words["asset_type"]) <= set(reference_table("asset_types").index)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Church Street Play Area", "playground"),
        ("Church St Surgery", "health_centre"),
        ("Parish Church St Mary", "place_of_worship"),
        ("School Road Community Group", "other"),
        ("Chapel Hill Allotments", "allotment"),
        ("Library Place Bowls", "sports_club"),
        ("Riverside Tennis Courts", "sports_field"),
        ("Riverside Bowling Green", "sports_field"),
        ("The Old School, Meadowby", "other"),
        ("The Old Chapel Surgery", "health_centre"),
        ("Meadowby Old Library", "other"),
        ("Friends of Meadowby Library", "residents"),
        ("Friends Meeting House", "place_of_worship"),
        ("Meadowby Library and Neighbourhood Hub", "library"),
        ("Meadowby Community Hub", "community_hub"),
        ("Meadowby Methodist", "place_of_worship"),
        ("Meadowby Methodist Church Hall", "village_hall"),
        ("Meadowby Park", "park"),
        ("Meadowby Business Park", "other"),
        ("Park View", "other"),
        ("Meadowby Dental Surgery", "other"),
        ("The Carpenter's Arms", "pub"),
        ("Holiday Inn Meadowby", "other"),
        ("Golden Bowl", "other"),
        ("Church Stretton Library", "library"),
        ("Hall for Meadowshire", "other"),
    ],
)
def test_words_count_where_they_say_what_it_is(name: str, expected: str) -> None:
    assert type_of(name) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Food Banks", "food_bank"),
        ("PARKS", "park"),
        ("Local authority run library", "library"),
        ("Pub/bar/nightclub", "pub"),
        ("Restaurant/Cafe/Canteen", "cafe"),
        ("Education > Schools", "school"),
        ("Grass Pitches", "sports_field"),
        ("Day centres for older people", "day_centre"),
        ("place_of_worship", "place_of_worship"),
        ("Academy converter", "school"),
        ("Religious activities", "faith"),
        ("Widgets", ""),
        ("bell", ""),
    ],
)
def test_words_of_a_type_column(typed: str, expected: str) -> None:
    assert type_of_word(typed) == expected


def test_the_title_says_the_type_of_all_rows_but_a_name_may_narrow_it() -> None:
    assert type_of("Coldmere", title="Library|branches") == "library"
    assert type_of("Coldmere Mobile Library", title="Library|branches") == "mobile_library"
    assert type_of("Coldmere Rooms", title="|village_halls_2024") == "village_hall"
    assert type_of("Coldmere", title="|halls and schools") == "other"


def test_only_a_near_type_is_suggested() -> None:
    typed = pd.Series(["Librery", "ornamental ironmongery"], dtype="str")
    _, findings = known_types(typed, name_keys(pd.Series(["A", "B"], dtype="str")))
    sentences = findings[0].sentences
    assert "nearest: library" in sentences[0]
    assert all("nearest" not in sentence for sentence in sentences[1:])
