"""Lists as councils keep them: what each file of tests/samples/lists must become, judged with the example's places.

Every name, number and place in these files is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pandas import DataFrame

import assetmap as am
from assetmap.project.lists.registers import check_files, match_files
from assetmap.schema import CheckReport

FOLDER = Path(__file__).parent / "samples" / "lists"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> am.Project:
    return am.open_project(am.new_project(tmp_path_factory.mktemp("corn") / "corn"))


def outcomes(report: CheckReport) -> list[str]:
    return report.register.log["outcome"].tolist()


def accepted(report: CheckReport, count: int) -> DataFrame:
    assert outcomes(report) == ["accepted"] * count, report.register.log["reason"].tolist()
    return report.register.assets


def reasons(report: CheckReport) -> str:
    return " ".join(report.register.log["reason"])


def by_name(report: CheckReport) -> DataFrame:
    return report.register.assets.set_index("name")


def typed_columns(report: CheckReport) -> None:
    assets, said = report.register.assets.set_index("source_row"), reasons(report)
    assert assets["sensitive"].astype("bool").tolist() == [True, True, True]
    assert assets.loc[2, "weekly_hours"] == 40  # Mon-Fri 9-5
    assert assets.loc[3, "weekly_hours"] == 20
    assert assets.loc[4, "weekly_hours"] == 56  # 9am-5pm daily
    assert assets.loc[2, "registration_number"] == "1000001"
    assert assets.loc[2, "registered"] == "yes"
    assert assets.loc[4, "register"] == "cio"
    assert assets.loc[2, "devolved"] == "yes"
    assert assets["closed_year"].tolist() == [2024, 2024, 2024]
    assert str(assets.loc[3, "checked_date"])[:10] == "2025-12-24"
    assert "last spring" in said
    kept = report.register.assets.drop(columns="geometry").astype("str").fillna("").agg(" ".join, axis=1)
    everything = " ".join(kept) + said
    for text in ("Private - do not publish", "transferred to parish", "Mon-Fri 9-5", "2019-20"):
        assert text in everything


def hours_text(report: CheckReport) -> None:
    assets = accepted(report, 2).set_index("source_row")
    assert assets["weekly_hours"].tolist() == [40, 5]
    assert assets["opening_times"].tolist() == ["Mon-Fri 9am-5pm", "Tuesday 10-1, Thursday 2-4"]


def xlsx_dates(report: CheckReport) -> None:
    assets = report.register.assets.set_index("source_row")
    days = [str(day)[:10] for day in assets["checked_date"]]
    assert days == ["2026-03-04", "2026-03-04", "2026-04-03", "2025-12-24"]
    assert assets["opened_year"].tolist() == [1987, 1987, 1987, 1950]
    assert assets.loc[5, "closed_year"] == 2024


def street_names(report: CheckReport) -> None:
    types = by_name(report)["asset_type"]
    assert types["Chapel Road Allotments"] == "allotment"
    assert types["Church Street Play Area"] == "playground"
    assert types["School Road Community Group"] not in ("school", "college")
    assert types["Chapel Road"] == "other"
    assert types["Acre Hall Primary"] == "school"
    assert types["Old Hall Road Childrens Home"] != "village_hall"
    assert types["Library Lane Bowls"] == "sports_club"


def plural_types(report: CheckReport) -> None:
    assert accepted(report, 12)["asset_type"].tolist() == [
        "library", "village_hall", "community_centre", "park", "school", "leisure_centre", "care_home",
        "place_of_worship", "food_bank", "library", "public_toilet",
        "care_home",
    ]  # fmt: skip


def constant_organisation(report: CheckReport) -> None:
    assets = accepted(report, 3)
    assert assets["name"].tolist() == ["Meadow Pavilion", "Riverside Hall", "Orchard Day Centre"]
    assert "Anytown Borough Council" in assets.drop(columns="geometry").to_numpy().ravel().tolist()


def same_place(count: int) -> Callable[[CheckReport], None]:
    def check(report: CheckReport) -> None:
        assets = accepted(report, count)
        assert (assets["location_precision"] == "point").all()
        assert assets.geometry.x.between(181_500, 183_000).all()
        assert assets.geometry.y.between(44_000, 45_500).all()

    return check


def names(*wanted: str) -> Callable[[CheckReport], None]:
    def check(report: CheckReport) -> None:
        assert accepted(report, len(wanted))["name"].tolist() == list(wanted)

    return check


def bad_postcode_good_district(report: CheckReport) -> None:
    assert outcomes(report) == ["review", "review", "accepted", "accepted"]
    precision = report.register.assets["location_precision"].tolist()
    assert precision == ["postcode_district", "postcode_district", "postcode", "postcode_district"]


def two_branches(report: CheckReport) -> None:
    assert "merged" not in outcomes(report)
    assert "review" in outcomes(report)
    assert len(report.review) >= 1


def grant_beneficiary_area(report: CheckReport) -> None:
    assets = report.register.assets.set_index("name")
    assert assets["location_precision"].to_dict() == {"Meadow Choir": "area_only", "Riverside Band": "place"}


def stray_cell(report: CheckReport) -> None:
    said = reasons(report)
    assert outcomes(report) == ["review", "accepted"]
    assert "quotation" not in said
    assert "column E" in said


def html_entities(report: CheckReport) -> None:
    asset = accepted(report, 1).iloc[0]
    assert asset["name"] == "The Men's Room & Garden"
    assert asset["website"] == "http://example.org"


def moved(report: CheckReport) -> None:
    assert len(report.register.assets) >= 1
    assert len(report.register.log) == 2


def two_locations(report: CheckReport) -> None:
    assert sorted(report.register.assets["town"]) == ["Bude", "Truro"]


def postcodes_written(report: CheckReport) -> None:
    assert accepted(report, 6)["postcode"].tolist() == [
        "TR1 2JA", "TR1 2SJ", "TR1 1EP", "TR1 3AA", "TR1 2PN", "TR1 2QU",
    ]  # fmt: skip


def grants_sheet(report: CheckReport) -> None:
    assert accepted(report, 1)["name"].tolist() == ["Meadow Village Hall"]
    assert report.counts["shape"].tolist() == ["threesixtygiving"]


def one_of_two(report: CheckReport) -> None:
    assert sorted(outcomes(report)) == ["accepted", "merged"]
    assert report.register.assets["name"].tolist() == ["The Men's Room"]


def different(report: CheckReport) -> None:
    assert len(report.register.assets) == 2


CASES: dict[str, tuple[tuple[str, ...], Callable[[CheckReport], None]]] = {
    "typed_columns": (("typed_columns.csv",), typed_columns),
    "hours_text": (("hours_text.csv",), hours_text),
    "xlsx_dates": (("xlsx_dates.xlsx",), xlsx_dates),
    "kml_google_layers": (("kml_google_layers.kml",), names("Meadow Hub", "Riverside Pantry")),
    "xlsx_two_sheets": (
        ("xlsx_two_sheets.xlsx",),
        names("Meadow Hall", "Riverside Library", "Orchard Library"),
    ),
    "xlsx_360_meta_first": (("xlsx_360_meta_first.xlsx",), grants_sheet),
    "constant_organisation": (("constant_organisation.csv",), constant_organisation),
    "empty_name_column": (("empty_name_column.csv",), names("Meadow Choir", "Riverside Band")),
    "branches_one_number": (("branches_one_number_a.csv", "branches_one_number_b.csv"), two_branches),
    "branches_one_number_one_list": (("branches_one_number_one_list.csv",), two_branches),
    "same_name_other_uprn": (("same_name_other_uprn.csv",), different),
    "entities": (("entity_a.csv", "entity_b.csv"), one_of_two),
    "html_entities": (("html_entities.csv",), html_entities),
    "street_names": (("street_names.csv",), street_names),
    "plural_types": (("plural_types.csv",), plural_types),
    "kml_no_document": (("kml_no_document.kml",), names("Meadow Village Hall", "Riverside Library")),
    "gpx": (("places.gpx",), names("Meadow Hall")),
    "xlsx_stray_cell": (("xlsx_stray_cell.xlsx",), stray_cell),
    "latin1_json": (("latin1.json",), names("Meadow Hall")),
    "bom_json": (("bom.json",), names("Meadow Hall")),
    "bad_postcode_good_district": (("bad_postcode_good_district.csv",), bad_postcode_good_district),
    "geojson_swapped": (("geojson_swapped.geojson",), same_place(2)),
    "geojson_bng_no_crs": (("geojson_bng_no_crs.geojson",), same_place(2)),
    "geojson_bng_crs": (("geojson_bng_crs.geojson",), same_place(1)),
    "geojson_collection": (("geojson_collection.geojson",), names("Collection Hall", "Multi Hall")),
    "geojson_single_feature": (("geojson_single_feature.geojson",), names("Single feature hall")),
    "wkt_column": (("wkt_column.csv",), same_place(2)),
    "geo_point_2d": (("geo_point_2d.csv",), same_place(2)),
    "grid_ref_xy": (("grid_ref_xy.csv",), same_place(1)),
    "billing_postcode": (("billing_postcode.csv",), names("Meadow Hall", "Riverside Library")),
    "decimal_comma": (("decimal_comma.csv",), same_place(2)),
    "thousands": (("thousands.csv",), same_place(2)),
    "overpass_body_recurse": (("overpass_body_recurse.json",), same_place(1)),
    "overpass_csv": (("overpass_csv.tsv",), same_place(1)),
    "oruk3_service_at_location": (("oruk3_service_at_location.json",), names("Memory Cafe Meadow")),
    "oruk3_two_locations": (("oruk3_two_locations.json",), two_locations),
    "grant_beneficiary_area": (("grant_beneficiary_area.csv",), grant_beneficiary_area),
    "moved": (("moved_old.csv", "moved_new.csv"), moved),
    "postcodes_written": (("postcodes_written.csv",), postcodes_written),
    "sep_line": (("sep_line.csv",), names("Meadow Hall")),
    "utf16": (("utf16.txt",), names("Tŷ Meadow Hall")),
}
"""What is tried -> its files, and what must come out."""


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_lists_as_they_are_kept(case: str, example: am.Project) -> None:
    files, check = CASES[case]
    columns = {"name": "Property"} if case == "same_name_other_uprn" else None
    check(check_files([FOLDER / file for file in files], project=example, columns=columns))


def test_swapped_axes_are_put_right_without_a_project() -> None:
    same_place(2)(check_files([FOLDER / "geojson_swapped.geojson"]))


@pytest.mark.slow
def test_access_is_no_offer(example: am.Project) -> None:
    matches = match_files([FOLDER / "share_wheelchair.csv"], project=example)
    assert "Riverside Toilets" not in matches.astype("str").to_numpy().ravel().tolist()


def test_every_sample_is_tried() -> None:
    tried = {file for files, _ in CASES.values() for file in files} | {"share_wheelchair.csv"}
    assert tried == {path.name for path in FOLDER.iterdir()}
