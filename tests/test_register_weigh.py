"""The linker splink: the same tables in and out, what no weight outvotes, and how good it is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.read.lists.assets import read_assets
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.register.link import describe_linking
from assetmap.register.review import review_table
from assetmap.schema import InputError
from conftest import ORIGIN
from test_register_judge import rows

pytestmark = pytest.mark.journey

SYLLABLES = [
    "tre",
    "pol",
    "pen",
    "ros",
    "lan",
    "car",
    "bos",
    "nan",
    "wal",
    "fal",
    "mor",
    "gar",
    "kel",
    "din",
    "hel",
    "sto",
    "mev",
    "bre",
    "cha",
    "zen",
    "gul",
    "lud",
    "per",
    "tin",
]
KINDS = {"choir": "arts_culture", "cricket club": "sports_club", "village hall": "village_hall"}
HERE = Path(__file__).parents[1]


def simulated(things: int = 1_050) -> tuple[list[pd.DataFrame], set[tuple[int, int]], pd.DataFrame]:
    """Two lists of so many things each, half of them the same with slips; the true pairs; the postcodes."""
    rng = np.random.default_rng(7)
    codes = [f"TR{d} {s}{a}{b}" for d in range(1, 5) for s in range(1, 9) for a in "AB" for b in "ABDEFGHJLN"]
    places = pd.DataFrame(
        {
            "easting": ORIGIN[0] + rng.integers(0, 40_000, len(codes)).astype(float),
            "northing": ORIGIN[1] + rng.integers(0, 40_000, len(codes)).astype(float),
            "area_code": "A00",
            "live": True,
        },
        index=pd.Index(codes, name="postcode"),
    )
    kinds = rng.choice(list(KINDS), 2 * things)
    stems = ["".join(rng.choice(SYLLABLES, 4)).title() for _ in range(2 * things)]
    table = pd.DataFrame(
        {
            "name": [f"{stem} {kind.title()}" for stem, kind in zip(stems, kinds, strict=True)],
            "asset_type": [KINDS[kind] for kind in kinds],
            "postcode": rng.choice(codes, 2 * things),
        }
    )
    first, half = table.iloc[:things], things // 2
    slips = first.iloc[rng.permutation(things)[:half]]
    written = [
        f"The {name[:4]}{name[5:]}" if k % 2 else f"{name} CIO" for k, name in enumerate(slips["name"])
    ]
    second = pd.concat([slips.assign(name=written), table.iloc[things : 2 * things - half]])
    true = {(int(place) + 2, k + 2) for k, place in enumerate(slips.index)}
    lists = [
        rows(
            *part["name"], source=source, asset_type=list(part["asset_type"]), postcode=list(part["postcode"])
        )
        for part, source in ((first, "a"), (second, "b"))
    ]
    return lists, true, places


def linked(log: pd.DataFrame, first: str, second: str) -> set[tuple[int, int]]:
    kept = log[log["asset_id"].notna()]
    pairs = kept[kept["source"] == first].merge(kept[kept["source"] == second], on="asset_id")
    return set(zip(pairs["row_x"], pairs["row_y"], strict=True))


@pytest.fixture(scope="module")
def weighed() -> tuple[list[pd.DataFrame], set[tuple[int, int]], pd.DataFrame, pd.DataFrame]:
    """The simulated lists with six rows more each, at one postcode, that no weight may join wrongly."""
    pytest.importorskip("splink")
    lists, true, places = simulated()
    scouts = {"a": "1st Trewarne Scouts", "b": "2nd Trewarne Scouts"}
    last = {"a": "Landew Choir", "b": "Old Singers"}
    more = [
        rows(
            scouts[source], "Trewarne Choir", "Polmear Library", "Bosvenna Choir", "Bosvenna Choir", last[source],
            source=source, asset_type=["uniformed_group", "arts_culture", kind, *["arts_culture"] * 3],
            postcode=places.index[0], registration_number=["", number, "", "", "", "1000003"],
        )
        for source, kind, number in (("a", "library", "1000001"), ("b", "village_hall", "1000002"))
    ]  # fmt: skip
    both = [
        pd.concat(parts, ignore_index=True).fillna("").assign(row=lambda table: range(2, len(table) + 2))
        for parts in zip(lists, more, strict=True)
    ]
    register = build_register(both, postcodes=places, linker="splink", audience="internal")
    return both, true, places, register


def test_simulated_lists_are_linked_and_two_runs_agree(weighed: tuple) -> None:
    lists, true, places, register = weighed
    log = register.log
    found = {pair for pair in linked(log, "a", "b") if max(pair) <= 1_051}
    assert len(true) == 525
    assert len(found & true) >= 0.95 * len(true)
    assert len(found & true) >= 0.98 * len(found)
    again = build_register(lists[::-1], postcodes=places, linker="splink", audience="internal").log
    columns = ["row_id", "outcome", "reason", "asset_id", "other_id", "score"]
    told = [table[columns].sort_values("row_id", ignore_index=True) for table in (again, log)]
    pd.testing.assert_frame_equal(*told)


def test_a_weighed_merge_has_a_score_and_a_reason_and_can_be_undone(weighed: tuple) -> None:
    lists, _, places, register = weighed
    log, linking = register.log, register.linking
    merged = log[(log["outcome"] == "merged") & (log["row"] <= 1_051)]
    assert merged["score"].between(95, 100).all()
    said = merged.loc[merged["name"].str.endswith("CIO") | ~merged["name"].str.startswith("The"), "reason"]
    assert said.str.contains(r"It is the same as row \d+ of '[ab]' \(", regex=True).all()
    assert said.str.contains(
        "the same name, the same postcode, the same type (splink: probability 0.9", regex=False
    ).any()
    assert linking.startswith("2,112 rows of 2 lists were linked by splink ")
    review = review_table(log)
    one = review[review["outcome"] == "merged"].index[:1]
    review.loc[one, "decision"] = "different"
    apart = build_register(lists, postcodes=places, linker="splink", review=review, audience="internal").log
    chosen = review.loc[one[0]]
    assert (
        apart.set_index("row_id").loc[chosen["row_id"], "asset_id"]
        != apart.set_index("row_id").loc[chosen["other_id"], "asset_id"]
    )
    assert len(linked(apart, "a", "b")) == len(linked(log, "a", "b")) - 1


def test_no_weight_outvotes_numbers_types_or_one_list(weighed: tuple) -> None:
    last = weighed[3].log.groupby("source").tail(6)
    things = last.assign(k=[*range(6)] * 2).groupby("k")["asset_id"].agg(set)
    assert len(things[0]) == 2  # 1st and 2nd
    assert len(things[1]) == 2  # two registration numbers
    assert len(things[2]) == 2  # a library in a village hall
    assert len(things[3] | things[4]) == 1  # typed twice in each list
    assert len(things[5]) == 1  # one registration number at one place


def test_one_list_is_judged_by_the_rules_whatever_the_linker() -> None:
    lists, _, places = simulated(60)
    by_rules = build_register(lists[0], postcodes=places)
    weighed = build_register(lists[0], postcodes=places, linker="splink")
    pd.testing.assert_frame_equal(by_rules.log, weighed.log)


def test_what_is_wrong_with_a_linker_is_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lists = [rows("Truro Choir", source=source, postcode="TR1 1AA") for source in "ab"]
    with pytest.raises(InputError, match="There is no linker 'magic'. Use one of 'builtin', 'splink'"):
        build_register(lists, linker="magic")
    files = []
    for table in lists:
        files.append(tmp_path / f"{table['source'][0]}.csv")
        table[["name", "postcode"]].to_csv(files[-1], index=False)
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(InputError, match=r"Run: pip install 'assetmap\[link\]'"):
        build_register(lists, linker="splink")
    said = CliRunner().invoke(app, ["check", *map(str, files), "--linker", "splink"])
    assert said.exit_code != 0
    assert "pip install 'assetmap[link]'" in f"{said.output}{said.stderr}{said.exception}"


def test_too_few_rows_to_learn_from() -> None:
    pytest.importorskip("splink")
    lists = [rows("Truro Choir", source=source, postcode="TR1 1AA") for source in "ab"]
    with pytest.raises(InputError, match=r"needs 2,000 rows; these have 2\. Use the linker 'builtin'"):
        build_register(lists, linker="splink")


def test_lists_without_postcodes_are_weighed_by_their_points(weighed: tuple) -> None:
    lists, true, places, _ = weighed
    # A few metres apart, as points of two lists are; ten on one point would not be believed.
    points = [
        table.drop(columns="postcode").assign(
            easting=(
                places["easting"].reindex(table["postcode"]).to_numpy() + table["row"].to_numpy() % 40
            ).astype(str),
            northing=places["northing"].reindex(table["postcode"]).to_numpy().astype(int).astype(str),
        )
        for table in lists
    ]
    log = build_register(points, linker="splink").log
    found = {pair for pair in linked(log, "a", "b") if max(pair) <= 1_051}
    assert len(found & true) >= 0.95 * len(true)
    assert len(found & true) >= 0.98 * len(found)


def test_lists_with_nothing_in_common_teach_nothing(weighed: tuple) -> None:
    first = weighed[0][0]
    names = [f"Zz{'abcdefghij'[k % 10]}{k} Hut" for k in range(len(first))]
    other = first.assign(source="b", name=names, postcode="PL1 1AA")
    with pytest.raises(InputError, match="fewer than 20 names, or names at one place, occur in two of these"):
        build_register([first, other], linker="splink")


def test_long_lists_say_what_linked_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert describe_linking(49_999, 2, linker="builtin") == ""
    assert describe_linking(90_000, 1, linker="builtin") == ""
    assert describe_linking(90_000, 1, linker="splink") == ""
    monkeypatch.setattr("assetmap.register.link.find_spec", lambda name: None)
    missing = describe_linking(50_000, 2, linker="builtin")
    assert missing.startswith("50,000 rows of 2 lists were linked by the built-in rules. The linker 'splink'")
    assert "pip install 'assetmap[link]'" in missing
    monkeypatch.setattr("assetmap.register.link.find_spec", lambda name: name)
    assert "--linker splink" in describe_linking(50_000, 2, linker="builtin")
    monkeypatch.setattr("assetmap.register.link.MANY_ROWS", 2)
    lists = [rows("Truro Choir", source=source, postcode="TR1 1AA") for source in "ab"]
    assert check_lists(lists).register.linking == describe_linking(2, 2, linker="builtin")


@pytest.mark.parametrize("linker", ["builtin", pytest.param("splink", marks=pytest.mark.long)])
def test_library_editions_are_linked_as_labelled(official: Path, linker: str) -> None:
    if linker == "splink":
        pytest.importorskip("splink")
    lists = [
        read_assets(official / "libraries" / "libraries_england_2023.csv", source="2023"),
        read_assets(official / "libraries" / "taskforce_2016_geocoded_libraries.csv", source="2016"),
    ]
    points = pd.read_parquet(official / "postcodes" / "codepoint_open_gb_2025-05.parquet").set_index(
        "postcode"
    )
    written = {code.strip().upper() for each in lists for code in each.table["postcode"]}
    points = points[points.index.isin(written)]  # the others only cost time
    postcodes = points[["easting", "northing"]].replace(0, np.nan)
    postcodes = postcodes.assign(area_code=pd.Series(None, index=postcodes.index, dtype="str"), live=True)
    log = build_register(lists, postcodes=postcodes, audience="internal", linker=linker).log
    found = linked(log, "2023", "2016")
    labels = pd.read_csv(
        HERE / "benchmarks" / "library_links_held_out.csv", dtype={"list_a": "str", "list_b": "str"}
    )
    labels = labels.query("list_a == '2023' and list_b == '2016'")
    true = set(labels.dropna()[["row_a", "row_b"]].astype(int).itertuples(index=False, name=None))
    asked = {pair for pair in found if pair[0] in set(labels["row_a"])}
    assert len(labels) == 309
    assert len(asked & true) >= 0.98 * len(asked)
    assert len(asked & true) >= 0.95 * len(true)


def test_a_project_names_its_linker(tmp_path: Path) -> None:
    pytest.importorskip("splink")
    am.new_project(tmp_path / "p")
    file = tmp_path / "p" / "assetmap.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('audience = "public" ', 'linker = "splink"\naudience = "public" ', 1), encoding="utf-8"
    )
    with pytest.raises(am.InputError, match="needs 2,000 rows; these have 444"):
        am.measure_project(am.open_project(tmp_path / "p"))
