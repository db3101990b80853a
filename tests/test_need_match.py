from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.need.match import describe_conversion, match_need
from assetmap.need.vintages import divide_whole, name_vintage, new_in_2021, pair_codes
from assetmap.schema import InputError, SchemaError, VintageError
from conftest import make_grid
from oracles_access import largest_remainder

OLD = ["E01000001", "E01000002", "E01000003", "E01000004"]  # LSOA 2011: 2 was split, 3 and 4 were merged
NEW = ["E01000001", "E01034001", "E01034002", "E01034003"]
LOOKUP = pd.DataFrame(
    [
        ("E01000002", "E01034001", "S"),
        ("E01000002", "E01034002", "S"),
        ("E01000003", "E01034003", "M"),
        ("E01000004", "E01034003", "M"),
    ],
    columns=["lsoa11_code", "lsoa21_code", "change_code"],
)


def make_areas(codes, *, population=None):
    areas = make_grid(columns=len(codes), rows=1)
    areas.index = pd.Index(codes, name="area_code")
    areas["population"] = np.nan if population is None else population
    return areas


def make_need(codes, **columns):
    return pd.DataFrame(columns, index=pd.Index(codes, name="area_code"))


def test_same_codes_are_joined_in_the_order_of_the_areas():
    areas = make_areas(OLD)
    need = make_need(OLD[::-1], need=[0.4, 0.3, 0.2, 0.1], imd_rank=[1, 2, 3, 4], population=[40, 30, 20, 10])
    before = areas.copy()
    matched = match_need(areas, need)
    assert list(matched["need"]) == [0.1, 0.2, 0.3, 0.4]
    assert list(matched["population"]) == [10, 20, 30, 40]
    assert matched["population"].dtype == "int64"
    assert set(matched["need_conversion"]) == {"unchanged"}
    assert describe_conversion(matched).code == "NEED_AS_PUBLISHED"
    pd.testing.assert_frame_equal(pd.DataFrame(areas), pd.DataFrame(before))


def test_a_lookup_that_concerns_other_areas_changes_nothing():
    need = make_need(["E01000001"], need=[0.4], population=[40])
    areas = make_areas(["E01000001"])
    pd.testing.assert_frame_equal(
        pd.DataFrame(match_need(areas, need, lookup=LOOKUP)), pd.DataFrame(match_need(areas, need))
    )


def test_need_of_2021_on_areas_of_2011():
    need = make_need(
        NEW,
        need=[0.9, 0.2, 0.6, 0.5],
        need_income=[0.9, np.nan, 0.6, 0.5],
        population=[100, 300, 100, 501],
        children_0_15=[10, 30, 11, 101],
        imd_rank=[1, 2, 3, 4],
    )
    matched = match_need(make_areas(OLD), need, lookup=LOOKUP)
    # the split area: (0.2 * 300 + 0.6 * 100) / 400; the merged ones carry the value of the whole
    assert matched["need"].tolist() == pytest.approx([0.9, 0.3, 0.5, 0.5], abs=1e-15)
    assert matched["population"].tolist() == [100, 400, 251, 250]
    assert matched["children_0_15"].tolist() == [10, 41, 51, 50]
    assert matched["imd_rank"].fillna(-1).tolist() == [1, -1, -1, -1]
    assert matched["need_income"].fillna(-1).tolist() == [0.9, -1, 0.5, 0.5]
    assert matched["need_conversion"].tolist() == ["unchanged", "split", "merged", "merged"]
    assert matched["counts_divided"].tolist() == ["", "", "equal shares", "equal shares"]
    note = describe_conversion(matched)
    assert note.code == "NEED_CONVERTED"
    assert "3 of 4 areas were converted" in note.sentence
    assert "1 split, 2 merged; 1 unchanged" in note.sentence
    assert "in equal shares (2 areas)" in note.sentence


def test_need_of_2011_on_areas_of_2021_with_weights():
    need = make_need(OLD, need=[0.1, 0.2, 0.3, 0.9], population=[10, 101, 20, 40])
    weights = pd.Series({"E01034001": 3, "E01034002": 1})
    matched = match_need(make_areas(NEW), need, lookup=LOOKUP, weights=weights)
    assert matched["population"].tolist() == [10, 76, 25, 60]
    assert matched["need"].tolist() == pytest.approx([0.1, 0.2, 0.2, 0.7], abs=1e-15)
    assert matched["counts_divided"].tolist() == ["", "by weights", "by weights", ""]
    with pytest.raises(InputError, match=r"divided \(1\): 'E01034002'"):
        match_need(make_areas(NEW), need, lookup=LOOKUP, weights=weights.iloc[:1])


def test_counts_the_areas_know_stay_theirs():
    need = make_need(OLD, need=0.5, population=7, older_60_plus=3)
    matched = match_need(make_areas(OLD, population=[1, 2, 3, 4]), need)
    assert matched["population"].tolist() == [1, 2, 3, 4]
    assert matched["older_60_plus"].tolist() == [3, 3, 3, 3]


def test_a_second_index_replaces_the_first():
    first = match_need(make_areas(OLD), make_need(OLD, need=0.5, need_income=0.5))
    second = match_need(first, make_need(OLD, need=0.25))
    assert second["need"].tolist() == [0.25] * 4
    assert "need_income" not in second.columns


def test_another_vintage_without_a_lookup_is_refused_by_name():
    need21, need11 = make_need(NEW, need=0.5), make_need(OLD, need=0.5)
    with pytest.raises(
        VintageError, match=r"areas look like LSOA 2011.* need table like LSOA 2021"
    ) as caught:
        match_need(make_areas(OLD), need21)
    assert "3 of 4 areas" in str(caught.value)
    assert "'E01000002', 'E01000003', 'E01000004'" in str(caught.value)
    assert "change lookup" in str(caught.value)
    with pytest.raises(VintageError, match=r"areas look like LSOA 2021.* need table like LSOA 2011"):
        match_need(make_areas(NEW), need11)


def test_a_mixture_of_vintages_is_named_and_refused():
    mixed = make_need([*NEW[:3], *OLD[2:]], need=0.5)
    with pytest.raises(VintageError, match="mixture of LSOA 2011 and LSOA 2021"):
        match_need(make_areas(NEW), mixed)
    with pytest.raises(VintageError, match=r"the need table \(2 codes of LSOA 2011 only"):
        match_need(make_areas(NEW), mixed, lookup=LOOKUP)
    with pytest.raises(VintageError, match=r"the areas \(2 codes of LSOA 2011 only"):
        match_need(make_areas([*NEW[:3], *OLD[2:]]), make_need(NEW, need=0.5), lookup=LOOKUP)


def test_another_place_or_kind_of_area_is_refused():
    with pytest.raises(VintageError, match=r"4 of 4 areas .* the need table like wards \(2 rows"):
        match_need(make_areas(OLD), make_need(["E05000001", "E05000002"], need=0.5))
    codes = [f"E01{i:06d}" for i in range(40)]
    with pytest.raises(VintageError, match="3 of 40 areas are not in the need table"):
        match_need(make_areas(codes), make_need(codes[3:], need=0.5))
    kept = match_need(make_areas(codes), make_need(codes[2:], need=0.5))
    assert kept["need"].isna().sum() == 2
    assert kept["need_conversion"].isna().sum() == 2
    assert "for 38 of 40 areas. Need is not known for 2 of 40 areas" in describe_conversion(kept).sentence


def test_a_lookup_without_its_columns_is_refused():
    areas, need = make_areas(OLD), make_need(NEW, need=0.5)
    with pytest.raises(SchemaError, match="no column 'change_code'"):
        match_need(areas, need, lookup=LOOKUP.drop(columns="change_code"))
    with pytest.raises(SchemaError, match="4 rows with a change_code"):
        match_need(areas, need, lookup=LOOKUP.assign(change_code="?"))


def test_redrawn_areas_share_sources():
    lookup = pd.DataFrame(
        {"lsoa11_code": ["A1", "A2", "A2"], "lsoa21_code": ["B1", "B1", "B2"], "change_code": "X"}
    )
    pairs = pair_codes(pd.Index(["B1", "B2"]), pd.Index(["A1", "A2"]), lookup)
    assert sorted(zip(pairs["source"], pairs["target"], strict=True)) == [
        ("A1", "B1"),
        ("A2", "B1"),
        ("A2", "B2"),
    ]
    assert set(pairs["change"]) == {"redrawn"}
    matched = match_need(
        make_areas(["B1", "B2"]),
        make_need(["A1", "A2"], need=[0.0, 0.9], population=[100, 200]),
        lookup=lookup,
    )
    assert matched["need"].tolist() == pytest.approx([0.45, 0.9])
    assert matched["population"].tolist() == [200, 100]


def test_vintages_are_told_by_number():
    codes = pd.Index(["E01033768", "E01033769", "W01001958", "W01001959", "E02000001"])
    assert list(new_in_2021(codes)) == ["E01033769", "W01001959"]
    assert name_vintage(codes[:1]) == "LSOA 2011"
    assert name_vintage(codes[:2]) == "LSOA 2021"
    assert name_vintage(codes[4:]) == "MSOA"
    assert name_vintage(codes[:0]) == "nothing (the table is empty)"


@settings(deadline=None)
@given(
    total=st.integers(0, 100_000), weights=st.lists(st.integers(0, 500), min_size=1, max_size=6).filter(any)
)
def test_whole_numbers_add_up(total, weights):
    parts = divide_whole(total, np.array(weights) / sum(weights))
    expected = largest_remainder(total, [Fraction(weight, sum(weights)) for weight in weights])
    assert parts.sum() == total
    assert parts.tolist() == expected


def test_a_fraction_is_divided_exactly_and_missing_stays_missing():
    assert divide_whole(2.5, np.array([0.5, 0.5])).tolist() == [1.25, 1.25]
    assert np.isnan(divide_whole(np.nan, np.array([0.5, 0.5]))).all()


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(people=st.lists(st.integers(0, 3000), min_size=4, max_size=4), back=st.booleans())
def test_totals_are_kept_in_either_direction(people, back):
    wanted, given_codes = (NEW, OLD) if back else (OLD, NEW)
    need = make_need(given_codes, need=[0.0, 0.25, 0.5, 1.0], population=people)
    matched = match_need(make_areas(wanted), need, lookup=LOOKUP)
    assert matched["population"].sum() == sum(people)
    assert matched["need"].between(0, 1).all()


def test_cornwall_keeps_every_person(official):
    facts = official.parent / "facts"
    published = pd.read_csv(facts / "cornwall_iod2025.csv").set_index("lsoa21_code").rename_axis("area_code")
    published["need"] = (33_755 - published["imd_rank"]) / 33_754
    lookup = pd.read_csv(facts / "cornwall_lsoa11_lsoa21_changes.csv", dtype=str)
    gone = set(lookup["lsoa21_code"])
    old = [code for code in published.index if code not in gone] + sorted(set(lookup["lsoa11_code"]))
    matched = match_need(make_areas(old), published.drop(columns="lsoa21_name"), lookup=lookup)
    assert len(matched) == 326
    assert matched["need_conversion"].value_counts().to_dict() == {"unchanged": 314, "split": 10, "merged": 2}
    assert matched["population"].sum() == 575_532
    assert matched["children_0_15"].sum() == 93_379
    assert matched["older_60_plus"].sum() == 188_782
    assert matched["need"].idxmax() == published["imd_rank"].idxmin()
    with pytest.raises(VintageError, match="12 of 326 areas"):
        match_need(make_areas(old), published.drop(columns="lsoa21_name"))
