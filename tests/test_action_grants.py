"""Grants beside need: read, placed where they work, smoothed, and set against need; nothing is lost and nothing made up."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

import assetmap as am
from assetmap.action.grants import describe_grants, review_grants
from assetmap.action.money import (
    concentration_curve,
    concentration_index,
    money_by_need,
    share_of_first,
    smooth_amounts,
)
from assetmap.action.placing import ADDRESS, LARGER, OUTSIDE, UNKNOWN, WORKS, place_grants
from assetmap.cli import app
from assetmap.project.action.grants import NO_LIST, describe_project_grants
from assetmap.project.action.measure import NOT_PUBLIC, measure_grants
from assetmap.project.folder import Project
from assetmap.read.action.grants import read_grants
from assetmap.schema import Results
from assetmap.show.report.grants import grants as grants_section
from conftest import make_grid, quillford_folder
from report_tables import town_results

HEAD = (
    "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,Recipient Org:Postal Code,"
    "Recipient Ind:Identifier,Funding Org:Name,Beneficiary Location:0:Geographic Code,Beneficiary Location:0:Name,"
    "Beneficiary Location:1:Name,Beneficiary Location:1:Latitude,Beneficiary Location:1:Longitude\n"
)
ROWS = (
    '360G-1,Tea,GBP,"£1,500.00",2024-04-01,GB-CHC-1,Choir,tr1 1aa,,Fund,A00,,East,50.24,-5.04\n'
    "360G-2,Bus,EUR,900,2024-04-02,GB-CHC-2,Club,TR1 1AA,,Fund,A01,,,,\n"
    "360G-3,Help,GBP,200,2025,,,,GB-ind,Fund,A01,,,,\n"
    "360G-1,Tea,GBP,1500,2024-04-01,GB-CHC-1,Choir,TR1 1AA,,Fund,A00,,,,\n"
)


def written(folder: Path, text: str, name: str = "grants.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def as_list(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Return grants as `read_grants` does: pounds, where they work, the office."""
    table = pd.DataFrame(
        rows, columns=["amount_gbp", "works_in", "office"], index=pd.RangeIndex(2, len(rows) + 2, name="row")
    )
    texts = (
        "grant_id",
        "recipient",
        "recipient_id",
        "award_date",
        "purpose",
        "funder",
        "programme",
        "why_not",
    )
    words = {"paid_staff": "unknown", "user_led": "unknown", "reach": "unknown", "year": pd.NA}
    table = table.assign(**dict.fromkeys(texts, ""), **words)
    return table.astype({"amount_gbp": float, "year": "Int64"})


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    """Sixteen squares with 1,000 people each; A33 has most need."""
    squares = make_grid()
    squares["need"] = np.linspace(0, 1, 16)
    return squares


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    codes = {"TR1 1AA": "A00", "TR1 1AB": "A33", "PL9 9AA": None}
    index = pd.Index(list(codes), name="postcode")
    return pd.DataFrame(
        {"easting": 0.0, "northing": 0.0, "area_code": list(codes.values()), "live": True}, index=index
    )


# Reading


def test_a_360giving_sheet_is_read_and_every_row_is_kept(tmp_path: Path) -> None:
    found = read_grants(written(tmp_path, "Grants of a fund,,\n" + HEAD + ROWS))
    assert found["works_in"].tolist() == ["A00; 50.24,-5.04", "A01", "A01", "A00"]
    assert found["amount_gbp"].tolist() == [1500, 900, 200, 1500]
    assert found["office"].tolist() == ["TR1 1AA", "TR1 1AA", "", "TR1 1AA"]
    assert found["why_not"].tolist() == [
        "",
        "in EUR, not in pounds",
        "given to a person, not to a group",
        "the same grant as row 2",
    ]
    assert found["year"].tolist() == [2024, 2024, 2025, 2024]


def test_json_says_the_same_as_the_sheet(tmp_path: Path) -> None:
    one = {
        "id": "360G-1", "title": "Tea", "currency": "GBP", "amountAwarded": 1500, "awardDate": "2024-04-01",
        "recipientOrganization": [{"id": "GB-CHC-1", "name": "Choir", "postalCode": "TR1 1AA"}],
        "fundingOrganization": [{"name": "Fund"}],
        "beneficiaryLocation": [{"geoCode": "A00"}, {"name": "East", "latitude": 50.24, "longitude": -5.04}],
    }  # fmt: skip
    person = {"id": "360G-3", "amountAwarded": 200, "recipientIndividual": {"id": "x", "name": "A Person"}}
    many = {
        "id": "360G-4",
        "amountAwarded": 10,
        "beneficiaryLocation": [{"name": f"P{at}"} for at in range(40)],
    }
    path = written(tmp_path, json.dumps({"grants": [one, person, many]}), "grants.json")
    found = read_grants(path)
    sheet = read_grants(written(tmp_path, HEAD + ROWS))
    assert (
        found.loc[2, ["works_in", "office", "recipient", "amount_gbp"]].tolist()
        == sheet.loc[2, ["works_in", "office", "recipient", "amount_gbp"]].tolist()
    )
    assert found["why_not"].tolist() == ["", "given to a person, not to a group", ""]
    assert "A Person" not in found.to_csv()
    assert found.at[4, "works_in"] == "40 places"
    with pytest.raises(am.InputError, match="holds no grants in the 360Giving standard"):
        read_grants(written(tmp_path, '{"services": []}', "other.json"))


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    text = "Group,Amount,Area,Postcode,Date,Paid staff,User led,Reach,Colour\nChoir,250,A00,,2015/16,N,yes,Local,red\nClub,?,,TR1 1AB,,,,,\nClub,-5,,,,,,,\nClub,,,,,,,,\n"
    found = read_grants(written(tmp_path, text))
    assert found.loc[2, ["works_in", "paid_staff", "user_led", "reach"]].tolist() == [
        "A00",
        "no",
        "yes",
        "local",
    ]
    assert found.at[2, "year"] == 2015
    assert found["why_not"].tolist()[1:] == [
        "the amount '?' is not a number",
        "the amount is not more than 0",
        "no amount",
    ]
    assert found.columns[-1] == "Colour"
    messy = (
        "Westshire Council\nRef no,Beneficiary,Summary of the purpose of the grant,Amount requested,Amount awarded (£),Date grant awarded,"
        'Registered address,Wards benefiting,Number of paid staff\n1,Choir,Tea,900,£1.5k,12/06/22,"1 Strand, London WC2R 0AA",Mill,34\n'
        "2,Club,Bus,9,,Jul-22,,,0\n,Total,,,£1500.00,,,,\n"
    )
    council = read_grants(written(tmp_path, messy))
    said = ["recipient", "amount_gbp", "year", "purpose", "office", "works_in", "paid_staff"]
    assert council.loc[2, said].tolist() == ["Choir", 1500, 2022, "Tea", "WC2R 0AA", "Mill", "yes"]
    assert council["paid_staff"].tolist() == ["yes", "no", "unknown"]
    assert council["why_not"].tolist() == ["", "no amount", "a total of other rows"]
    assert council.columns[-1] == "Amount requested"
    with pytest.raises(am.InputError) as caught:
        read_grants(written(tmp_path, "Group,Amount,Paid staff,Reach\nChoir,1,two,Local\nClub,1,no,galaxy\n"))
    assert (
        "'Paid staff' allows yes, no, unknown or how many; 1 cell has something else, first 'two' (row 2)"
        in str(caught.value)
    )
    assert (
        "'Reach' allows local, regional, national, unknown; 1 cell has something else, first 'galaxy' (row 3)"
        in str(caught.value)
    )
    with pytest.raises(am.InputError, match=r"needs a column with the amount .*it has 'Group', 'Area'"):
        read_grants(written(tmp_path, "Group,Area\nChoir,A00\n"))


# Placing


def test_every_pound_is_placed_once(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> None:
    middle = areas.geometry.centroid.to_crs("EPSG:4326")["A11"]
    given = as_list(
        (100, "A00; Town A33", "TR1 1AB"),  # two areas, one by its name
        (70, "", "tr11ab".upper()),  # nothing but an address
        (60, f"{middle.y},{middle.x}", ""),
        (50, "E06000052", "TR1 1AA"),  # a larger area: the office does not stand in
        (40, "", "TR1 9ZZ"),  # a postcode of a known district that there is not
        (30, "", "SW1A 1AA"),
        (20, "E01000001", "E01000001"),
        (10, "PL9 9AA", ""),
        (5, "TR1 1AA", "A33"),
        (8, "Town A33 & Town A00", ""),
        (6, "Cove and Creek", ""),
    )
    parts, office = place_grants(given, areas, postcodes)
    said = list(parts[["row", "area_code", "gbp", "basis"]].fillna("").itertuples(index=False, name=None))
    assert said == [
        (2, "A00", 50, WORKS), (2, "A33", 50, WORKS), (3, "A33", 70, ADDRESS), (4, "A11", 60, WORKS), (5, "", 50, LARGER),
        (6, "", 40, UNKNOWN), (7, "", 30, OUTSIDE), (8, "", 20, OUTSIDE), (9, "", 10, OUTSIDE), (10, "A00", 5, WORKS),
        (11, "A33", 4, WORKS), (11, "A00", 4, WORKS), (12, "", 6, LARGER),
    ]  # fmt: skip
    assert parts["gbp"].sum() == given["amount_gbp"].sum()
    assert office.tolist() == [
        "A33",
        "A33",
        UNKNOWN,
        "A00",
        UNKNOWN,
        OUTSIDE,
        UNKNOWN,
        UNKNOWN,
        "A33",
        UNKNOWN,
        UNKNOWN,
    ]


def test_head_offices_are_counted_by_hand(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> None:
    given = as_list(
        (100, "A00", "TR1 1AB"),
        (30, "A00", "TR1 1AA"),
        (20, "A01", "SW1A 1AA"),
        (50, "A01", ""),
        (9, "E06", "TR1 1AA"),
    )
    found = review_grants(areas, given, postcodes=postcodes)
    assert (found.figures["moved_gbp"], found.figures["both_gbp"]) == (120, 150)
    assert found.areas.loc[["A00", "A01", "A33"], "grants_gbp"].tolist() == [130, 70, 0]
    assert found.areas.loc[["A00", "A01", "A33"], "grants_gbp_registered"].tolist() == [39, 0, 100]
    assert (
        "£120 (80%) of the £150 with both places known works in a different small area" in found.sentences[1]
    )
    assert (
        "£200 works in a known small area; £9 is for a larger area and is in no small one"
        in found.sentences[2]
    )
    assert found.areas.index.equals(areas.index)


# Smoothing


def test_counts_are_smoothed_as_groups_are(areas: gpd.GeoDataFrame) -> None:
    counts = pd.Series(np.arange(16) % 7, index=areas.index)
    people = pd.Series(np.linspace(500, 3000, 16), index=areas.index)
    ours = smooth_amounts(counts.astype(float), people)
    theirs = am.groups.smooth_rates(counts, people)
    np.testing.assert_allclose(ours["smoothed_per_1000"], theirs["groups_smoothed_per_1000"])
    np.testing.assert_allclose(ours["own_weight"], theirs["own_weight"])


def test_the_interval_is_that_of_the_gamma_posterior() -> None:
    amount = pd.Series([9000.0, 1000.0, 0.0, np.nan, 10.0], index=list("ABCDE"))
    people = pd.Series([1000.0, 2000.0, 1500.0, 900.0, 0.0], index=list("ABCDE"))
    found = smooth_amounts(amount, people, dispersion=200.0, level=0.9)
    used = amount[["A", "B", "C"]] / people[["A", "B", "C"]]
    overall = 10_000 / 4500
    weights = people[["A", "B", "C"]]
    spread = (weights * (used - overall) ** 2).sum() / weights.sum() - overall * 200 / weights.mean()
    shape = overall**2 / spread + 9000 / 200
    scale = 1 / (overall / spread + 1000 / 200)
    assert found.at["A", "smoothed_per_1000"] == pytest.approx(1000 * shape * scale)
    assert found.at["A", "low"] == pytest.approx(1000 * stats.gamma.ppf(0.05, shape, scale=scale))
    assert found.at["A", "high"] == pytest.approx(1000 * stats.gamma.ppf(0.95, shape, scale=scale))
    assert found.loc[["D", "E"]].isna().all(axis=None)


def test_the_interval_holds_the_true_rate_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(10):
        people = pd.Series(rng.uniform(1000, 3000, 200))
        rate = rng.gamma(5, 1 / 5, 200) * 5 / 1000  # grants per person
        sizes = [rng.lognormal(7, 1, count) for count in rng.poisson(rate * people)]
        every = np.concatenate(sizes)
        found = smooth_amounts(
            pd.Series([each.sum() for each in sizes]), people, dispersion=(every**2).sum() / every.sum()
        )
        true = rate * 1000 * np.exp(7.5)
        held.append(((found["low"] <= true) & (true <= found["high"])).mean())
    assert 0.75 <= float(np.mean(held)) <= 0.85


def test_the_size_of_pounds_does_not_matter() -> None:
    pounds = pd.Series([900.0, 100.0, 0.0], index=list("ABC"))
    people = pd.Series(1000, index=list("ABC"))
    in_pence = smooth_amounts(pounds * 100, people, dispersion=5000.0)
    columns = ["smoothed_per_1000", "low", "high"]
    np.testing.assert_allclose(
        in_pence[columns], 100 * smooth_amounts(pounds, people, dispersion=50.0)[columns]
    )


def test_what_cannot_be_smoothed() -> None:
    with pytest.raises(am.InputError, match="the sum is negative in 'A'"):
        smooth_amounts(pd.Series({"A": -1.0}), pd.Series({"A": 10}))
    with pytest.raises(am.InputError, match="nothing was given"):
        smooth_amounts(pd.Series({"A": 0.0}), pd.Series({"A": 10}))


def test_money_is_clearly_more_or_less_only_beyond_its_interval(areas: gpd.GeoDataFrame) -> None:
    ranked = list(areas["need"].sort_values().index)
    rich, poor, plain, needy = ranked[0], ranked[1], ranked[2], ranked[-1]
    amounts = {rich: 100, needy: 0, poor: 0, plain: 30, ranked[-2]: 100}
    rows = [(10, code, "") for code in areas.index for _ in range(amounts.get(code, 30))]
    found = review_grants(areas, as_list(*rows)).areas
    overall = 1000 * found["grants_gbp"].sum() / areas["population"].sum()
    assert found.loc[[rich, poor, plain, needy, ranked[-2]], "grants_need"].tolist() == [
        "other need, clearly more money",
        "other need, clearly less money",
        "no clear difference",
        "high need, clearly less money",
        "high need, clearly more money",
    ]
    sure = (found["grants_gbp_low"] > overall) | (found["grants_gbp_high"] < overall)
    assert (sure == (found["grants_need"] != "no clear difference")).all()
    assert (found["grants_low"] < found["grants_smoothed_per_1000"]).all()
    nobody = review_grants(areas.assign(need=areas["need"].where(areas.index != rich)), as_list(*rows))
    assert nobody.areas.at[rich, "grants_need"] is None


# The concentration curve


def test_equal_shares_are_no_concentration(areas: gpd.GeoDataFrame) -> None:
    money = pd.DataFrame({"gbp": areas["population"] * 3.0})
    curve = concentration_curve(areas["population"], areas["need"], money)
    assert concentration_index(curve, "gbp") == pytest.approx(0)
    assert share_of_first(curve, "gbp") == pytest.approx(0.2)
    fifths = money_by_need(curve, 16_000, pd.Series({"gbp": 48_000.0}))
    assert fifths["gbp"].tolist() == pytest.approx([9600.0] * 5)
    assert fifths["gbp_per_1000"].tolist() == pytest.approx([3000.0] * 5)


def test_the_curve_by_hand() -> None:
    people = pd.Series([100, 300, 100, 0, 500], index=list("ABCDE"))
    need = pd.Series([0.9, 0.5, 0.5, 1.0, np.nan], index=list("ABCDE"))
    money = pd.DataFrame({"gbp": [60.0, 30.0, 10.0, 7.0, 900.0], "other": 0.0}, index=list("ABCDE"))
    curve = concentration_curve(people, need, money)
    assert curve["people_share"].tolist() == pytest.approx(
        [0, 0.2, 1]
    )  # nobody lives in D, need of E is not known
    assert curve["gbp"].tolist() == pytest.approx([0, 0.6, 1])  # B and C have the same need: one step
    assert curve["other"].isna().all()
    assert concentration_index(curve, "gbp") == pytest.approx(2 * (0.2 * 0.6 / 2 + 0.8 * (0.6 + 1) / 2) - 1)
    assert share_of_first(curve, "gbp", people=0.1) == pytest.approx(0.3)
    assert np.isnan(share_of_first(curve, "other"))
    pd.testing.assert_frame_equal(curve, concentration_curve(people[::-1], need[::-1], money[::-1]))


def test_splitting_an_area_changes_nothing() -> None:
    people, need = pd.Series([100.0, 300.0]), pd.Series([1.0, 0.0])
    whole = concentration_curve(people, need, pd.DataFrame({"gbp": [60.0, 30.0]}))
    parts = concentration_curve(
        pd.Series([100.0, 100.0, 200.0]),
        pd.Series([1.0, 0.0, 0.0]),
        pd.DataFrame({"gbp": [60.0, 10.0, 20.0]}),
    )
    pd.testing.assert_frame_equal(whole, parts)


# Sentences


@pytest.mark.parametrize(("neediest", "words"), [(900, "90%"), (20, "20%"), (5, "5%")])
def test_whether_money_follows_need(areas: gpd.GeoDataFrame, neediest: int, words: str) -> None:
    first = areas["need"].nlargest(4).index  # a quarter of the people
    rest = areas.index.difference(first)
    given = as_list(
        (neediest, "; ".join(first), ""), (100 if neediest == 900 else 100 - neediest, "; ".join(rest), "")
    )
    found = review_grants(areas, given)
    share = given["amount_gbp"].iloc[0] * 0.8 / given["amount_gbp"].sum()
    assert found.figures["fifth_share"] == pytest.approx(share)
    verdict = {"90%": "more than their share", "20%": "about their share", "5%": "less than their share"}[
        words
    ]
    assert (
        f"received {share:.0%} of the £{given['amount_gbp'].sum():,.0f} that can be placed: {verdict}."
        in found.sentences[0]
    )
    small = next(sentence for sentence in found.sentences if sentence.startswith("Small areas"))
    need = found.areas["grants_need"]
    more, less = (int((need == f"high need, clearly {word} money").sum()) for word in ("more", "less"))
    apart = f"{less} received clearly less per 1,000 people than overall and {more} clearly more"
    assert (apart in small) == (need != "no clear difference").any()


def test_what_is_not_known_is_said(areas: gpd.GeoDataFrame) -> None:
    found = review_grants(areas, as_list((100, "all of it", "")))
    assert not any(sentence.startswith("Small areas") for sentence in found.sentences)
    assert found.sentences[0].startswith("Whether the money follows need is not known")
    assert found.sentences[1].startswith("Head offices: not known")
    assert "groups without paid staff is not known" in found.sentences[-3]
    assert found.areas["grants_gbp"].eq(0).all()
    assert found.areas["grants_gbp_low"].isna().all()
    assert review_grants(areas, as_list()).sentences == ("The list has no grant that can be counted.",)
    # where need is the same everywhere nobody lives where it is highest
    same = review_grants(areas.assign(need=0.5), as_list((100, "A00", "A01")))
    assert (
        same.sentences[0] == "We cannot tell whether the money follows need: need is the same in all areas."
    )
    assert not any("fifth" in sentence for sentence in same.sentences)
    assert not any("fifth" in line for line in describe_project_grants(same))
    # money in an area whose people nobody knows is placed, but follows nothing
    few = areas.assign(population=areas["population"].astype(float).where(areas.index != "A00"))
    part = review_grants(few, as_list((100, "A00", ""), (300, "A01", "")))
    assert "of the £300 placed in small areas whose people and need are known" in part.sentences[0]


def test_to_whom_the_grants_went(areas: gpd.GeoDataFrame) -> None:
    given = as_list(*[(100, "A00", "")] * 4).assign(
        paid_staff=["no", "no", "yes", "unknown"],
        reach=["local", "national", "unknown", "local"],
        recipient=["a", "A", "b", "c"],
    )
    words = " ".join(describe_grants(review_grants(areas, given).figures))
    assert "4 grants of £400 to 3 recipients; half of the grants are £100 or less" in words
    assert "Of the 3 grants whose list says it, 2 (67%; £200) went to groups without paid staff." in words
    assert (
        "Of the 3 grants whose list says it, 2 (£200) went to local and 1 (£100) to national organisations."
        in words
    )


def test_notes_say_what_to_know(areas: gpd.GeoDataFrame) -> None:
    given = as_list((100, "A00", ""), (100, "A01", "")).assign(why_not=["", "no amount"], colour="red")
    found = review_grants(areas.assign(need=areas["need"].where(areas["need"] > 0)), given)
    notes = {note.code: note.sentence for note in found.notes}
    assert set(notes) == {
        "GRANTS_NOT_COUNTED",
        "GRANT_COLUMNS",
        "GRANTS_FEW",
        "GRANTS_BY_CHANCE",
        "GRANTS_NO_NEED",
    }
    assert (
        "1 row of the list of grants is not counted, first: no amount (row 3)" in notes["GRANTS_NOT_COUNTED"]
    )
    assert "only 1 grant" in notes["GRANTS_FEW"]
    assert "1 area without people or need is not on the curve" in notes["GRANTS_NO_NEED"]


# The made-up town, and Cornwall


def test_the_town_adds_up(quillford: Results) -> None:
    found = quillford.grants
    assert found is not None
    known = found.figures
    parts = ("works_gbp", "address_gbp", "larger_gbp", "outside_gbp", "unknown_gbp")
    assert sum(known[part] for part in parts) == known["gbp"] == 134_350
    assert found.areas["grants_gbp"].sum() == known["placed_gbp"] == 114_350
    assert found.by_need["gbp"].sum() == pytest.approx(known["followed_gbp"])
    assert len(found.grants) == len(pd.read_csv(am.example_project("town").folder / "grants.csv"))
    inside = found.areas[["grants_gbp_low", "grants_gbp_smoothed_per_1000", "grants_gbp_high"]].to_numpy()
    assert (np.diff(inside, axis=1) > 0).all()
    page = grants_section(quillford)
    assert page is not None
    assert all(sentence.split(" ", maxsplit=1)[0] in page for sentence in found.sentences)
    assert "42% of the £114,350 that can be placed: more than their share" in page


def test_the_public_is_not_told_who_received_what(quillford: Results) -> None:
    assert quillford.grants is not None
    assert not set(NOT_PUBLIC) & set(quillford.details["grants"].columns)
    assert "Choir" not in quillford.details["grants"].to_csv()
    project = am.example_project("town")
    inside = Project(project.folder, project.settings.changed(project={"audience": "internal"}))
    found = measure_grants(
        inside, quillford.areas.drop(columns=quillford.grants.areas.columns), quillford.postcodes
    )
    assert found is not None
    assert "Quillford Food Bank" in set(found.grants["recipient"])


def test_without_a_list_nothing_is_made_up() -> None:
    assert "Not known: the project has no list of grants." in str(grants_section(town_results()))
    assert describe_project_grants(None) == [NO_LIST]
    assert measure_grants(am.example_project(), make_grid(), None) is None


def test_the_command_says_the_same_as_python(
    quillford: Results, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = str(quillford_folder(tmp_path_factory))
    assert quillford.grants is not None
    record = json.loads(CliRunner().invoke(app, ["grants", folder, "--json"]).stdout)
    assert tuple(record["sentences"]) == quillford.grants.sentences
    assert record["figures"]["moved_gbp"] == quillford.grants.figures["moved_gbp"]
    lines = CliRunner().invoke(app, ["grants", folder]).stdout.splitlines()
    assert lines == describe_project_grants(quillford.grants)
    assert any(line.split() == ["1", "£48,006", "42%", "37%"] for line in lines)
