"""What groups lend and look for: read from messy cells, matched in a town that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

import assetmap as am
from assetmap.read.lists.assets import read_assets
from assetmap.register.build import build_register
from assetmap.register.nearby import near
from assetmap.register.resources import _key, find_resources, read_said
from assetmap.schema import InputError, SchemaError, reference_table
from assetmap.sharing import describe_matches, match_resources
from conftest import ORIGIN, make_assets
from oracles_sharing import naive_matches

EAST, NORTH = ORIGIN


def said(*cells: str, column: str = "offers") -> list[str]:
    return read_said(pd.DataFrame({column: list(cells)}, dtype="str"))[0][column].tolist()


def remarks(*cells: str, column: str = "offers") -> list[str]:
    return [
        one
        for found in read_said(pd.DataFrame({column: list(cells)}, dtype="str"))[1]
        for one in found.sentences
    ]


@pytest.fixture
def lenders() -> gpd.GeoDataFrame:
    """Along one road: who asks at 0 km, who offers at 1, 2, 4 and 20 km."""
    assets = make_assets(
        {"Choir": (0, 0), "Hall": (1, 0), "Chapel": (2, 0), "Club": (4, 0), "Far Hall": (20, 0)}
    )
    assets["offers"] = ["", "meeting_room; kitchen", "meeting_room", "minibus; meeting_room", "projector"]
    assets["asks"] = ["meeting_room; projector", "", "kitchen", "", "minibus"]
    return assets


@pytest.mark.parametrize("table", ["resources", "social_action"])
def test_every_word_of_the_tables_means_one_thing(table: str) -> None:
    rows = reference_table(table)
    assert rows.index.is_unique
    meanings: dict[str, set[str]] = {}
    for code, label, words in zip(rows.index, rows["label"], rows["words"], strict=True):
        assert words
        for word in (str(code), label, *words.split("|")):
            assert word.strip() == word != ""
            meanings.setdefault(_key(word), set()).add(str(code))
    assert {word: codes for word, codes in meanings.items() if len(codes) > 1} == {}
    column = "offers" if table == "resources" else "social_action"
    for code, label, words in zip(rows.index, rows["label"], rows["words"], strict=True):
        assert set(said(str(code), label, *words.split("|"), column=column)) == {code}


def test_kinds_are_the_four_of_the_register() -> None:
    assert set(reference_table("resources")["kind"]) == {"space", "equipment", "vehicle", "skill"}


def test_forms_of_social_action_are_those_of_the_typology() -> None:
    forms = {
        form for cell in reference_table("typology")["forms_of_social_action"] for form in cell.split("; ")
    }
    assert {label.casefold() for label in reference_table("social_action")["label"]} == forms
    assert len(forms) == 9


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Minibus, 2 meeting rooms; projector", "meeting_room; minibus; projector"),
        ("hall / kitchen", "hall; kitchen"),
        ("HALL AND KITCHEN & TOILETS", "hall; kitchen; toilets"),
        ("Wi-Fi, P.A. system, wheelchair accessible toilets", "toilets; pa_system; wifi"),
        ("16-seater mini-buses and a volunteer driver", "minibus; driver"),
        ("Large hall with stage for 80 people", "hall; stage"),
        ("minibus driver", "driver"),
        ("car park", "parking"),
        ("no parking", ""),
        ("hall, parking not available", "hall"),
        ("kitchen without oven", "kitchen"),
        ("drivers wanted", ""),
        ("minibus; meeting_room", "meeting_room; minibus"),
        ("none of that here", ""),
        ("", ""),
        ("<script>alert(1)</script> minibus", "minibus"),
        ("=cmd|'/c calc'!A1", ""),
        ("🚐 minibus", "minibus"),
    ],
)  # fmt: skip
def test_cells_become_known_resources(cell: str, codes: str) -> None:
    assert said(cell) == [codes]


def test_who_asks_may_say_that_it_is_wanted() -> None:
    assert said("volunteer drivers wanted", "a minibus is needed", column="asks") == ["driver", "minibus"]


def test_social_action_in_its_spellings() -> None:
    typed = ["Time Credits", "timebank", "co-production; peer support", "Formal volunteering"]
    assert said(*typed, column="social_action") == [
        "time_credits", "time_credits", "peer_support; co_production", "formal_volunteering",
    ]  # fmt: skip


def test_what_is_not_known_is_named_with_the_nearest() -> None:
    (remark,) = remarks("Minibis; hall")
    assert remark == (
        "Some of what it offers is not known and is kept as text only (minibis, nearest minibus). Use a word "
        "of data/tables/resources.csv, or add the word there."
    )
    (remark,) = remarks("hall roof repair", column="asks")
    assert "only in part (hall roof repair: hall, repair_skills)" in remark
    assert remarks("2 meeting rooms; minibus for hire", "no such thing?")[1:] == []


def test_a_message_quotes_no_telephone_number_and_no_address() -> None:
    (remark,) = remarks("flurb, ring Ann 01872 555123 or ann@example.org")
    assert "555123" not in remark
    assert "example" not in remark


def rows(*names: str, source: str = "list", **columns: object) -> pd.DataFrame:
    place = {"easting": str(EAST), "northing": str(NORTH)}
    table = pd.DataFrame(
        {"source": source, "row": range(2, len(names) + 2), "name": names, **place, **columns}
    )
    return table.astype(dict.fromkeys(table.columns.drop("row"), "str"))


def test_no_row_is_lost_and_what_was_written_is_kept() -> None:
    register = build_register(rows("A Hall", "B Club", offers=["Minibus; flurb", ""], asks=["", "2 halls"]))
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted", "accepted"]
    assert log["reason"].str.contains("flurb").tolist() == [True, False]
    by_name = assets.set_index("name")
    assert by_name["offers"].tolist() == ["minibus", ""]
    assert by_name["offers_text"].tolist() == ["Minibus; flurb", ""]
    assert by_name.loc["B Club", ["asks", "asks_text"]].tolist() == ["hall", "2 halls"]
    match_resources(assets)


def test_a_list_that_says_nothing_gets_no_new_column() -> None:
    assets = build_register(rows("A Hall", "B Club")).assets
    assert not {"offers", "asks", "social_action", "offers_text", "asks_text"} & set(assets.columns)


def test_yes_no_columns_that_bear_the_name_of_a_resource() -> None:
    ticks = {
        "kitchen": ["Yes", "no"],
        "minibus_available": ["y", ""],
        "computers": ["1", "0"],
        "parking": ["Yes", "12"],
    }
    assets = build_register(rows("A Hall", "B Club", **ticks)).assets
    assert assets.set_index("name")["offers"].tolist() == ["kitchen; minibus", ""]


@pytest.mark.slow
def test_merged_rows_offer_what_either_offers() -> None:
    one = rows("St Piran Hall", source="one", offers="Hall", asks="")
    two = rows("Saint Piran Hall", source="two", offers="kitchen, 30 chairs", asks="Volunteers")
    for lists in ([one, two], [two, one]):
        register = build_register(lists)
        assets, log = register.assets, register.log
        assert log["outcome"].tolist().count("merged") == 1
        assert assets[["offers", "asks"]].iloc[0].tolist() == ["hall; kitchen; tables_chairs", "volunteers"]
        assert assets["offers_text"].iloc[0] == "Hall; kitchen, 30 chairs"


@pytest.mark.slow
def test_a_register_read_back_says_the_same(tmp_path: Path) -> None:
    assets = build_register(rows("A Hall", "B Club", offers=["2 minibuses", ""], asks=["", "flurb"])).assets
    again = build_register(read_assets(am.write_csv(assets, tmp_path / "register.csv"))).assets
    for column in ("offers", "offers_text", "asks", "asks_text"):
        assert again.set_index("name")[column].tolist() == assets.set_index("name")[column].tolist()


def test_headings_of_people_and_several_of_them(tmp_path: Path) -> None:
    file = tmp_path / "groups.csv"
    file.write_text(
        "Group,Town,Spaces available,Equipment available,Skills offered,Looking for,Skills needed\n"
        "Choir,Truro,Hall,,Bookkeeping,Kitchen,\nShed,Truro,,Drill,,,Drivers\n",
        encoding="utf-8",
    )
    listed = read_assets(file)
    table = listed.table
    assert table["offers"].tolist() == ["Hall; Bookkeeping", "Drill"]
    assert table["asks"].tolist() == ["Kitchen", "Drivers"]
    understood = listed.headings["column"]
    assert understood.tolist() == ["name", "town", "offers", "offers", "offers", "asks", "asks"]


def test_a_guarded_place_keeps_nothing_of_it_in_public() -> None:
    listed = rows("Womens Refuge", "Choir", offers=["minibus", "hall"], asks=["cot, ring 01872 555123", ""])
    register = build_register(listed.assign(easting=[str(EAST), str(EAST + 3000)]))
    assets, log = register.assets, register.log
    guarded = assets.set_index("name").loc["Womens Refuge"]
    assert bool(guarded["sensitive"])
    assert guarded[["offers", "offers_text", "asks", "asks_text"]].tolist() == [""] * 4
    assert not log["reason"].str.contains("cot").any()
    assert match_resources(assets).empty


@pytest.mark.parametrize(
    ("word", "codes"),
    [("Mini buses", ("minibus",)), ("sound system", ("pa_system",)), ("PROJECTOR", ("projector",))],
)
def test_a_resource_by_any_of_its_words(word: str, codes: tuple[str, ...]) -> None:
    assert find_resources(word) == codes


def test_a_kind_stands_for_all_of_it_and_a_strange_word_is_answered() -> None:
    assert set(find_resources("vehicles")) >= {"minibus", "van", "car"}
    with pytest.raises(InputError, match=r"'minbus' is not a known resource. Nearest: minibus"):
        find_resources("minbus")


def test_near_by_what_is_offered(lenders: gpd.GeoDataFrame) -> None:
    postcodes = pd.DataFrame(
        {"easting": [EAST], "northing": [NORTH], "area_code": ["A00"], "live": [True]},
        index=pd.Index(["TR1 1AA"], name="postcode"),
    )
    found = near(lenders, "TR1 1AA", postcodes=postcodes, offers="meeting rooms", within_km=3)
    assert found["name"].tolist() == ["Hall", "Chapel"]
    assert near(lenders, "TR1 1AA", postcodes=postcodes, asks="kitchen")["name"].tolist() == ["Chapel"]
    both = near(lenders, "TR1 1AA", postcodes=postcodes, offers="space", asks="kitchen", within_km=30)
    assert both["name"].tolist() == ["Chapel"]
    closed = lenders.assign(status=["open", "closed", "proposed", "unknown", "open"])
    found = near(closed, "TR1 1AA", postcodes=postcodes, offers="meeting_room")
    assert found["name"].tolist() == ["Club"]
    with pytest.raises(InputError, match="No row says what it asks for"):
        near(lenders.assign(asks=""), "TR1 1AA", postcodes=postcodes, asks="hall")


def test_the_road_counted_by_hand(lenders: gpd.GeoDataFrame) -> None:
    lines = match_resources(lenders, within_m=5_000, most=2)
    assert lines.index.tolist() == [1, 2, 3, 4, 5]
    shown = lines[["resource", "asked_by_name", "offered_by_name", "distance_m", "offer_rank"]]
    assert shown.astype(object).where(shown.notna(), None).to_numpy().tolist() == [
        ["meeting_room", "Choir", "Hall", 1000.0, 1],
        ["meeting_room", "Choir", "Chapel", 2000.0, 2],
        ["kitchen", "Chapel", "Hall", 1000.0, 1],
        ["minibus", "Far Hall", None, None, None],
        ["projector", "Choir", None, None, None],
    ]
    assert lines["kind"].tolist() == ["space", "space", "space", "vehicle", "equipment"]
    assert lines["sentence"].iloc[0] == "Choir asks for: Meeting room. Hall offers it, 1.0 km away."
    assert lines["sentence"].iloc[3] == (
        "Far Hall asks for: Minibus. Nobody within 5 km offers it; none is nearer than Club, 16.0 km away."
    )
    assert (
        describe_matches(lines, within_m=5_000)
        == "3 ask for 4 things; for 2 of them somebody within 5 km offers it."
    )
    assert describe_matches(lines.head(0)) == "Nobody asks for anything."


def test_closed_never_unknown_with_a_word_and_nobody_with_themselves(lenders: gpd.GeoDataFrame) -> None:
    lenders["status"] = ["unknown", "closed", "unknown", "proposed", "closed"]
    lenders["offers"] = ["meeting_room", "meeting_room", "meeting_room", "meeting_room", "projector"]
    lines = match_resources(lenders)
    assert lines[["asked_by_name", "offered_by_name"]].astype(object).to_numpy()[:1].tolist() == [
        ["Choir", "Chapel"]
    ]
    assert lines["sentence"].iloc[0].endswith("2.0 km away. Whether it is open is not known.")
    assert lines["sentence"].iloc[1] == "Chapel asks for: Kitchen. Nobody within 10 km offers it."


def test_a_vague_place_is_said_and_never_near(lenders: gpd.GeoDataFrame) -> None:
    lenders["location_precision"] = ["point", "postcode_district", "area_only", "area_only", "point"]
    lenders.loc["club", "geometry"] = None
    lines = match_resources(lenders).set_index(["asked_by_name", "resource"])
    assert lines["offered_by"].isna().all()
    assert lines.loc[("Choir", "meeting_room"), "sentence"].endswith(
        "Nobody within 10 km offers it; 3 whose place is known only roughly do."
    )
    assert lines.loc[("Chapel", "kitchen"), "sentence"].endswith(
        "Its own location is not known well enough to say who is near."
    )


def test_words_that_are_no_codes_are_refused(lenders: gpd.GeoDataFrame) -> None:
    with pytest.raises(SchemaError, match="'offers' of 1 assets holds words that are not codes"):
        match_resources(lenders.assign(offers=["2 minibuses", "", "", "", ""]))


def test_nothing_said_nothing_matched_and_nothing_changed(lenders: gpd.GeoDataFrame) -> None:
    bare = lenders.drop(columns=["offers", "asks"])
    assert match_resources(bare).empty
    alone = match_resources(lenders.drop(columns="offers"))
    assert alone["offered_by"].isna().all()
    assert len(alone) == 4
    before = lenders.copy()
    match_resources(lenders)
    pd.testing.assert_frame_equal(pd.DataFrame(lenders), pd.DataFrame(before))


CODES = ("hall", "minibus", "driver")
CELLS = st.lists(st.sampled_from(CODES), max_size=2, unique=True).map("; ".join)
ASSETS = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 2), CELLS, CELLS,
        st.sampled_from(["open", "open", "unknown", "closed", "proposed"]),
        st.sampled_from(["point", "postcode", "place", "postcode_district", "area_only"]),
        st.sampled_from(["Hall", "Club", "<b>&amp;</b>"]),
    ),
    max_size=14,
)  # fmt: skip


def drawn_assets(drawn: list[tuple]) -> gpd.GeoDataFrame:
    columns = ["east", "north", "offers", "asks", "status", "location_precision", "name"]
    table = pd.DataFrame(drawn, columns=columns).astype({"east": float, "north": float})
    points = [
        None if precision == "area_only" else Point(EAST + 1000 * east, NORTH + 1000 * north)
        for east, north, precision in zip(
            table["east"], table["north"], table["location_precision"], strict=True
        )
    ]
    index = pd.Index([f"a{k:02}" for k in range(len(table))], name="asset_id", dtype=object)
    return gpd.GeoDataFrame(
        table.assign(asset_type="other").set_index(index), geometry=points, crs="EPSG:27700"
    )


def as_lines(matches: pd.DataFrame) -> list[tuple]:
    return [
        (row.resource, row.asked_by, row.offered_by if isinstance(row.offered_by, str) else None,
         None if np.isnan(row.distance_m) else round(row.distance_m, 3))
        for row in matches.itertuples()
    ]  # fmt: skip


@pytest.mark.slow
@given(ASSETS, st.sampled_from([0.0, 1000.0, 2500.0, 9000.0]), st.integers(1, 3))
def test_it_agrees_with_comparing_all_with_all(drawn: list[tuple], within_m: float, most: int) -> None:
    assets = drawn_assets(drawn)
    lines = as_lines(match_resources(assets, within_m=within_m, most=most))
    assert sorted(lines, key=str) == sorted(naive_matches(assets, within_m=within_m, most=most), key=str)


@pytest.mark.slow
@given(ASSETS, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(drawn: list[tuple], random: object) -> None:
    assets = drawn_assets(drawn)
    order = list(range(len(assets)))
    random.shuffle(order)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(match_resources(assets), match_resources(assets.iloc[order]))


@pytest.mark.slow
@given(ASSETS, st.integers(0, 13), st.sampled_from(CODES))
def test_an_added_offer_never_makes_an_ask_worse(drawn: list[tuple], place: int, code: str) -> None:
    assets = drawn_assets(drawn)
    if not len(assets):
        return
    asset = assets.index[place % len(assets)]
    more = assets.copy()
    more.loc[asset, "offers"] = "; ".join(filter(None, [assets.loc[asset, "offers"], code]))

    def nearest(table: gpd.GeoDataFrame) -> pd.Series:
        lines = match_resources(table, within_m=3_000)
        return lines.groupby(["resource", "asked_by"])["distance_m"].agg(
            lambda metres: metres.fillna(np.inf).min()
        )

    before, after = nearest(assets), nearest(more)
    assert after.index.equals(before.index)
    assert (after <= before).all()


@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(["Minibus", "2 halls", "no hall", "hall and kitchen"]),
        max_size=5,
    )
)
def test_no_text_is_lost_whatever_it_is(cells: list[str]) -> None:
    table = pd.DataFrame({"offers": pd.Series(cells, dtype="str"), "asks": pd.Series(cells, dtype="str")})
    read, findings = read_said(table)
    known = set(reference_table("resources").index)
    for column in ("offers", "asks"):
        assert read[f"{column}_text"].tolist() == cells
        assert {code for cell in read[column] for code in cell.split("; ")} <= {*known, ""}
    assert {one.outcome for one in findings} <= {"accepted"}
