"""The report: what it says, against a town counted by hand; what it refuses to run; that it is the same again."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetmap.schema import SchemaError
from assetmap.show import html as markup
from assetmap.show import words
from assetmap.show.report.page import SECTIONS, report_html, write_report
from report_tables import NASTY, nasty_results, town_areas, town_assets, town_estimate, town_results

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def page() -> ET.Element:
    return ET.fromstring(report_html(town_results()))


def text_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def section_of(page: ET.Element, anchor: str) -> ET.Element:
    found = page.find(f".//section[@id='{anchor}']")
    assert found is not None, f"no section {anchor}"
    return found


def cells_of(table: ET.Element) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table.findall("./tbody/tr")]


def table_of(page: ET.Element, caption: str) -> list[list[str]]:
    for table in page.iter("table"):
        if text_of(table.find("caption")).startswith(caption):
            return cells_of(table)
    raise AssertionError(f"no table '{caption}'")


def pictures_of(page: ET.Element) -> list[str]:
    start = "data:image/svg+xml;base64,"
    sources = [image.get("src") for image in page.iter("img")]
    assert all(source.startswith(start) for source in sources)
    return [base64.b64decode(source.removeprefix(start)).decode() for source in sources]


def test_answer_is_counted_by_hand(page):
    answer = text_of(section_of(page, "answer").find("p"))
    for fact in (
        r"Gridtown has 16,000 people \(2022\) in 16 small areas\.",
        r"2 libraries are open; 1 is run by",
        r"3 groups and community places; 1 is known to be on an official register",
        r"there are about 59 active groups that are on a local listing and on no official register \(80% interval 31 to 90\)",
        r"4 small areas have high need and are more than 2\.5 km from the nearest open library; 4,000 people live there\.",
    ):
        assert re.search(fact, answer), fact


def test_numbers_to_remember(page):
    shown = [
        [text_of(one) for one in (box.find("dt"), *box.findall("dd"))]
        for box in page.findall(".//dl[@class='numbers']/div")
    ]
    assert [(number, re.sub(r"\D+", " ", remark).split()) for _, number, remark in shown] == [
        ("16,000", ["16"]),
        ("2", ["1"]),
        ("3", ["1"]),
        ("59", ["80", "31", "90"]),
        ("4", ["4", "000"]),
    ]
    labels = [label for label, _, _ in shown]
    assert labels[:2] == ["people", "open libraries"]
    assert "estimate" in labels[3]
    assert "2.5 km" in labels[4]


def test_one_of_each_is_said_in_the_singular():
    areas = town_areas().assign(population=0)
    areas.loc["A33", "population"] = 1
    areas["gap_class"] = np.where(areas.index == "A33", "3-1", "1-3")
    results = town_results(areas=areas, assets=town_assets().iloc[[1, 3]], log=town_results().log.tail(1))
    html = report_html(results)
    assert "1 small area has high need and is more than" in html.replace("\xa0", " ")
    assert "1 library is open; 0 are run" in html
    wrong = r"(?<![\d,.])1 (?:people|areas|libraries|groups|rows|small areas|are|have|live|sites|hours)\b"
    assert re.findall(wrong, text_of(ET.fromstring(html))) == []


def test_date_is_that_of_the_latest_source(page):
    assert "Data up to October 2025." in text_of(page.find(".//header"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("audience", "words"), [("public", "Public version"), ("internal", "do not publish")]
)
def test_the_head_says_for_whom_the_report_is(audience, words):
    results = town_results(settings=town_results().settings | {"project": {"audience": audience}})
    head = text_of(ET.fromstring(report_html(results)).find(".//header"))
    assert [said in head for said in ("Public version", "do not publish")] == [
        said == words for said in ("Public version", "do not publish")
    ]


def test_sections_stand_in_order_and_in_the_contents(page):
    # Not measured here, or nothing said of it.
    shown = [
        section
        for section in SECTIONS
        if section.anchor
        not in ("deserts", "bus", "more", "sensitivity", "sharing", "prevention", "break-even")
    ]
    anchors = [section.anchor for section in shown]
    assert [section.get("id") for section in page.iter("section")] == ["answer", *anchors]
    assert [link.get("href") for link in page.findall(".//nav//a")] == [f"#{anchor}" for anchor in anchors]
    main = [text_of(section.find("h2")) for section in page.findall(".//main/section")[1:]]
    annexes = [
        text_of(section.find("h2")) for section in page.findall(".//main/div[@class='annexes']/section")
    ]
    assert main == [section.heading for section in shown if not section.annex]
    assert annexes == [
        f"Annex {letter}. {section.heading}"
        for letter, section in zip("ABCDEFGHI", [one for one in shown if one.annex], strict=True)
    ]


def test_widest_gaps_stand_first(page):
    rows = table_of(page, "The 16 widest gaps of 16 small areas")
    assert len(rows) == 16
    assert rows[0] == ["1", "Town A33 A33", "", "1,000", "1.00", "3.0 km", "Reason of A33."]
    assert rows[1] == ["2", "Town A32 A32", "", "1,000", "0.93", "3.2 km", "Reason of A32."]
    where = [image for image in page.iter("img") if image.get("class") == "locator"]
    assert [image.get("alt") for image in where[:2]] == [
        f"Where Town {code} lies in Gridtown" for code in ("A33", "A32")
    ]
    drawn = base64.b64decode(where[0].get("src").split(",")[1]).decode()
    outline, marked = (
        [tuple(map(int, pair.split())) for pair in path.strip("MZ").split("L")]
        for path in re.findall(r'<path d="([^"]+)"', drawn)
    )
    side = max(x for x, _ in outline)
    assert (min(x for x, _ in marked), min(y for _, y in marked)) == (
        side * 3 // 4,
        0,
    )  # the top right of 4 by 4 squares


def test_nearest_place_says_where_an_area_is():
    areas = town_areas()
    centre = areas.geometry.centroid
    areas = areas.assign(centre_easting=centre.x, centre_northing=centre.y)
    areas.loc["A32", "centre_easting"] = np.nan
    rows = table_of(ET.fromstring(report_html(town_results(areas=areas))), "The 16 widest gaps")
    near = {row[1].split()[-1]: row[3] for row in rows}
    # Bigton lies in the middle of A00, Smallham in the middle of A22
    assert near["A00"] == "Bigton (0.0 km)"
    assert near["A22"] == "Smallham (0.0 km)"
    assert near["A33"] == "Smallham (1.4 km)"
    assert near["A32"] == "not known"


def test_half_of_the_people_live_within_the_eighth_distance(page):
    text = text_of(section_of(page, "need").find("p"))
    for fact in (
        r"Half of the people live within 1\.4 km of an open library in a straight line\.",
        r"4,000 people live in small areas more than 2\.5 km from one \(25%\)\.",
        r"Town A31 \(A31\): 3\.2 km",
    ):
        assert re.search(fact, text), fact


def test_fifths_of_need_add_up(page):
    rows = table_of(page, "Distance to the nearest open library, by fifths")
    assert [row[0] for row in rows] == ["1 (most need)", "2", "3", "4", "5 (least need)"]
    assert [int(row[1]) for row in rows] == [3, 3, 3, 3, 4]
    # most need: A33, A32, A31, all over 2.5 km; second: A30 (3.0 km), A23 (2.0) and A22 (2.2)
    assert rows[0][2:] == ["3,000", "3.2 km", "3,000", "100%"]
    assert rows[1][2:] == ["3,000", "2.2 km", "1,000", "33%"]
    assert sum(int(row[2].replace(",", "")) for row in rows) == 16_000


def test_register_and_operators(page):
    assert table_of(page, "The register by type") == [
        ["Arts and culture group", "3", "3", "1", "2"],
        ["Library", "3", "2", "0", "3"],
        ["All", "6", "5", "1", "5"],
    ]
    operators = table_of(page, "Open libraries by who runs them")
    assert [row[1] for row in operators] == ["1", "1", "2"]
    assert operators[-1][0] == "All"


def test_estimate_is_called_one_and_has_its_interval(page):
    text = text_of(section_of(page, "groups"))
    assert (
        "Estimate: about 59 active groups that are on a local listing and on no official register (80% interval 31 to 90)."
        in text
    )
    assert "The rate was counted in 2008 to 2010." in text
    assert "The national rate holds in the town." in text
    assert table_of(page, "The same as a table") == [
        ["Rate times population", "this estimate", "59", "80% interval 31 to 90"],
        ["NAVCA 2025", "published elsewhere", "93", "no interval published"],
    ]
    assert table_of(page, "What the estimate is based on")[1] == ["population", "16,000", "2022", "made up"]


def test_outcomes_add_up_to_the_rows_read(page):
    assert table_of(page, "What happened to the rows of each list") == [
        ["groups.csv", "2", "1", "0", "1", "4"],
        ["libraries.csv", "3", "0", "0", "0", "3"],
        ["All lists", "5", "1", "0", "1", "7"],
    ]
    assert table_of(page, "The rows to fix or check") == [
        ["groups.csv", "5", "(no name)", "rejected", "The row has no name: write one."]
    ]


def test_every_row_used_is_said():
    results = town_results()
    used = results.log[results.log["outcome"] == "accepted"]
    text = text_of(section_of(ET.fromstring(report_html(town_results(log=used))), "rows"))
    assert "Every row" in text
    assert "rejected.csv" not in text


def test_sources_keep_attribution_once_and_link_only_to_the_web(page):
    section = section_of(page, "sources")
    assert text_of(section).count("Contains made-up data.") == 1
    assert [link.get("href") for link in section.iter("a")] == ["https://example.org/index?a=1&b=2"]
    rows = table_of(page, "Sources of this report")
    assert rows[1] == [
        "Libraries of the town",
        "The library service",
        "31 December 2023",
        "OGL v3.0",
        "3",
        "libraries.csv cdcdcdcdcdcd",
    ]


def test_sections_without_their_columns_are_left_out():
    bare = town_areas()[["area_name", "population", "geometry"]]
    page = ET.fromstring(report_html(town_results(areas=bare)))
    anchors = [section.get("id") for section in page.iter("section")]
    assert anchors == [
        "answer",
        "assets",
        "forms",
        "conditions",
        "grants",
        "priorities",
        "groups",
        "rows",
        "methods",
        "sources",
    ]
    assert "high need" not in text_of(section_of(page, "answer"))


@pytest.mark.slow
def test_nothing_measured_and_nobody_known_is_never_zero():
    areas = town_areas()
    areas["population"] = areas["population"].astype(float)
    areas.loc["A00", ["population", "need", "distance_m"]] = np.nan
    areas.loc["A00", "gap_class"] = None
    areas.loc["A33", ["distance_m", "population"]] = np.nan
    page = ET.fromstring(report_html(town_results(areas=areas)))
    assert table_of(page, "The 16 widest gaps")[0][3:6] == ["not known", "1.00", "not known"]
    assert re.search(r"1 area is hatched .*not known", text_of(section_of(page, "map")))
    assert "14,000 people" in text_of(section_of(page, "answer"))
    nobody = ET.fromstring(report_html(town_results(areas=areas.assign(population=np.nan))))
    assert "Gridtown has an unknown number of people" in text_of(section_of(nobody, "answer").find("p"))


@pytest.mark.slow
def test_sentences_stay_true_with_nobody_ties_and_people_nobody_knows():
    areas = town_areas()
    far = areas["distance_m"] > 2_500
    nobody = ET.fromstring(report_html(town_results(areas=areas.assign(population=0))))
    said = text_of(section_of(nobody, "need"))
    assert "Nobody lives in these areas." in said
    assert "Half of the people live" not in said
    assert {tuple(row[2:]) for row in table_of(nobody, "Distance to the nearest")} == {("0", "", "0", "")}
    unknown = areas.assign(population=areas["population"].astype(float).mask(far))
    page = ET.fromstring(report_html(town_results(areas=unknown)))
    assert "The population of 4 of them is not known" in text_of(section_of(page, "answer"))
    said = text_of(section_of(page, "need"))
    assert "An unknown number of people live in small areas more than 2.5 km from one. No small area" in said
    # two areas at the greatest distance: neither is called the furthest
    level = areas.assign(need=0.5, distance_m=areas["distance_m"].clip(upper=3_000.0))
    page = ET.fromstring(report_html(town_results(areas=level)))
    assert "No small area is further away than" in text_of(section_of(page, "need"))
    assert [row[:2] for row in table_of(page, "Distance to the nearest")] == [["3", "16"]]


def test_empty_register_is_written():
    empty = gpd.GeoDataFrame(town_assets().iloc[:0])
    page = ET.fromstring(report_html(town_results(assets=empty)))
    assert "0 libraries are open." in text_of(section_of(page, "answer"))


def test_areas_without_their_shape_are_refused():
    with pytest.raises(SchemaError, match="missing column 'population'"):
        report_html(town_results(areas=town_areas().drop(columns="population")))


def test_nothing_from_outside_runs():
    html = report_html(nasty_results())
    page = ET.fromstring(html)
    shown = " ".join(NASTY.replace("\u2028", " ").replace("\x00\x1b", " ").split())
    assert text_of(page.find(".//h1")) == shown
    assert text_of(page.find(".//title")) == shown
    for anchor in ("first", "assets", "groups", "rows", "methods", "sources"):
        assert shown in text_of(section_of(page, anchor)), anchor
    allowed = "html head meta title style body a header h1 p main section nav h2 ol li dl div dt dd figure img figcaption table caption thead tbody tr th td span ul h3 footer"
    assert {element.tag for element in page.iter()} <= set(allowed.split())
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
    assert [link.get("href") for link in section_of(page, "sources").iter("a")] == []
    for svg in pictures_of(page):
        picture = ET.fromstring(svg)
        assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
            "svg", "defs", "style", "g", "path", "use", "text", "tspan", "clipPath", "rect", "pattern"
        }  # fmt: skip
        assert not [name for element in picture.iter() for name in element.attrib if name.startswith("on")]


def test_page_asks_nobody_and_its_policy_fits_its_style(page):
    policy = page.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    style = page.find(".//style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert [
        element.tag for element in page.iter() if element.tag in ("script", "link", "iframe", "object")
    ] == []
    assert not [element for element in page.iter() if element.get("style")]
    assert "url(" not in style
    assert "@import" not in style
    for svg in pictures_of(page):
        links = [
            value
            for element in ET.fromstring(svg).iter()
            for name, value in element.attrib.items()
            if name.endswith("href")
        ]
        assert all(link.startswith("#") for link in links)


@pytest.mark.slow
def test_same_results_give_the_same_bytes(tmp_path):
    import matplotlib

    first = write_report(town_results(), tmp_path / "one.html").read_bytes()
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": "other", "axes.facecolor": "red"}):
        second = write_report(town_results(), tmp_path / "two.html").read_bytes()
    assert first == second
    assert b"\r" not in first


@pytest.mark.slow
def test_inputs_are_left_as_they_were():
    results, before = town_results(), town_results()
    report_html(results)
    pd.testing.assert_frame_equal(results.areas, before.areas)
    pd.testing.assert_frame_equal(results.assets, before.assets)
    pd.testing.assert_frame_equal(results.log, before.log)
    assert results.settings == before.settings


def test_tables_can_be_read_by_ear(page):
    for table in page.iter("table"):
        assert text_of(table.find("caption"))
        assert all(cell.get("scope") == "col" for cell in table.findall("./thead/tr/th"))
        assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in table.findall("./tbody/tr"))
    assert page.get("lang") == "en-GB"
    assert all(len(image.get("alt")) > 20 for image in page.iter("img"))


@given(st.text())
def test_any_text_is_shown_as_written(text):
    shown = ET.fromstring(str(markup.table(text, ("a", text), [(text, text)], numbers=(1,), stacked=True)))
    expected = words.plain(text)
    assert "".join(shown.find("caption").itertext()) == expected
    assert "".join(shown.find("./tbody/tr/td").itertext()) == expected
    assert shown.find("./tbody/tr/td").get("data-label") == " ".join(expected.split("\t"))


@given(st.floats(0.6, 1e9), st.floats(0, 1), st.floats(1, 5))
def test_rounding_keeps_an_estimate_within_its_interval(value, below, above):
    low, high = value * below, value * above
    step = words.step_of(value)
    numbers = [float(words.estimated(one, step=step).replace(",", "")) for one in (low, value, high)]
    assert numbers == sorted(numbers)
    assert abs(numbers[1] - value) <= step * 0.5000001


def test_unknown_address_schemes_are_only_words():
    for address in ("javascript:alert(1)", "data:text/html,x", "", None, "//host", "ftp://host"):
        assert markup.link(address, "words") == "words"
    assert re.fullmatch(
        r'<a href="https://x/" rel="noreferrer">words</a>', markup.link("https://x/", "words")
    )


def test_estimate_of_nothing_is_not_announced():
    from dataclasses import replace

    none = replace(town_estimate(), estimate=0.0, low=0.0, high=0.0, unseen=0.0, details={})
    page = ET.fromstring(report_html(town_results(estimate=none)))
    assert "estimate that" not in text_of(section_of(page, "answer").find("p"))
