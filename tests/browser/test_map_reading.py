"""What a reader does on the map of Cornwall, with every number on screen held against the tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assetmap.access.nearest import distance_to_nearest
from assetmap.schema import Results
from browser.conftest import wait_until_still

MAP = "Object.values(window).find((one) => one && one.assetmap)"


def number(text: str) -> int:
    return int(text.replace(",", ""))


def choose(page: Any, label: str) -> None:
    page.evaluate("document.querySelectorAll('#am-more').forEach((one) => { one.open = true; })")
    page.locator("label.am-radio", has_text=re.compile(f"^{re.escape(label)}$")).locator("input").check()


def open_section(page: Any, section: str) -> None:
    page.eval_on_selector(section, "element => { element.open = true; }")


def key_rows(page: Any) -> list[tuple[str, int, int]]:
    rows = page.locator("#am-legend .am-key tbody tr").all()
    return [
        (
            row.locator("th").inner_text().strip(),
            *(number(cell) for cell in row.locator("td").all_inner_texts()),
        )
        for row in rows
    ]


def test_head_of_the_page(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page)
    assert page.title() == "Libraries and need in Cornwall"
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.locator("h1").inner_text() == "Libraries and need in Cornwall"
    assert (
        page.locator("main").count() == page.locator("header").count() == page.locator("aside").count() == 1
    )


def test_opening_sentence_is_true(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    areas = cornwall.areas
    worst = areas[areas["gap_class"] == "3-1"]
    first = worst.loc[worst["gap_rank"].idxmin()]
    page = open_page(cornwall_page)
    assert page.locator("#am-question").inner_text() == "Where is need high and the nearest library far?"
    sentence = page.locator("#am-sentence").inner_text()
    assert f"{len(worst)} of 326 neighbourhoods, home to {worst['population'].sum():,.0f} people" in sentence
    assert "compared with the rest of Cornwall" in sentence
    assert (
        f"{first['area_name']}, {first['distance_m'] / 1000:.1f} km from the nearest open library" in sentence
    )


def test_the_widest_gaps_are_marked_and_named_in_order(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    areas = cornwall.areas
    widest = areas[areas["gap_class"] == "3-1"].nsmallest(10, "gap_rank")
    page = open_page(cornwall_page)
    lines = [line.split("\n") for line in page.locator(".am-widest li").all_inner_texts()]
    assert [int(line[0]) for line in lines] == widest["gap_rank"].tolist()
    assert [line[1].removesuffix(" less certain") for line in lines] == widest["area_name"].tolist()
    assert [line[-1] for line in lines] == [f"{metres / 1000:.1f} km" for metres in widest["distance_m"]]
    drawn = page.evaluate(
        f"() => {{ const A = {MAP}.assetmap; const frame = A.app.land._frame; const pen = A.app.land._canvas.getContext('2d');"
        "return [...Array(A.app.areas.count).keys()].map((area) => { const m = A.middleOf(A.app.areas.shapes, area);"
        "return [...pen.getImageData(Math.floor(m.x * frame.scale - frame.left), Math.floor(m.y * frame.scale - frame.top), 1, 1).data]; }); }"
    )
    dark = np.array(drawn)[:, :3].sum(axis=1) < 250
    is_worst = (areas["gap_class"] == "3-1").to_numpy()
    large = (areas.geometry.area > 3_000_000).to_numpy()
    assert (dark == is_worst)[large].mean() > 0.97  # everything else is pale
    page.locator(".am-widest button").nth(1).click()
    assert page.locator("#am-card-title").inner_text() == widest["area_name"].iloc[1]


@pytest.mark.journey
def test_names_on_the_map_never_cover_each_other_at_any_zoom(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page)
    seen: set[str] = set()
    for zoom in (8, 9.5, 11, 13):
        page.evaluate(f"{MAP}.setView([50.34, -4.79], {zoom}, {{ animate: false }})")
        wait_until_still(page)
        labels = page.evaluate(
            f"{MAP}.assetmap.app.marks.labels.map((one) => [one.text, one.style, ...one.box])"
        )
        boxes = np.array([label[2:] for label in labels])
        assert len(boxes) > 3, zoom
        left, top, right, bottom = boxes.T
        over = (
            (left[:, None] < right)
            & (left < right[:, None])
            & (top[:, None] < bottom)
            & (top < bottom[:, None])
        )
        assert over.sum() == len(boxes), zoom
        seen |= {label[1] for label in labels}
    assert {"gap", "place1", "site"} <= seen


def test_nine_classes_hold_the_counts_of_the_table(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    page.click("#am-nine")
    assert "nine=1" in page.url
    assert "compared with the rest of Cornwall" in page.locator(".am-nine caption").inner_text()
    shown = [
        [number(text) for text in row.locator("td").all_inner_texts()]
        for row in page.locator(".am-nine tbody tr").all()
    ]
    counts = cornwall.areas["gap_class"].value_counts()
    assert shown == [[counts.get(f"{need}-{access}", 0) for access in (3, 2, 1)] for need in (3, 2, 1)]
    assert sum(map(sum, shown)) == 326
    page.click("#am-nine")
    assert page.locator(".am-nine").count() == 0


def test_each_layer_counts_every_area_and_every_person(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    offered = [one for one in page.locator("#am-layer-list label").all() if one.is_visible()]
    assert len(offered) == 6
    page.locator("#am-more > summary").click()
    names = page.locator("#am-layer-list label").all_inner_texts()
    assert len(names) >= 15
    for name in names[1:]:
        choose(page, name)
        assert page.locator("#am-legend-title").inner_text() == name
        rows = key_rows(page)
        assert sum(row[1] for row in rows) == 326, name
        assert sum(row[2] for row in rows) == 575_532, name


def test_distance_classes_are_those_of_the_table(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    choose(page, "Distance to nearest open library")
    km = cornwall.areas["distance_m"] / 1000
    edges = [-np.inf, 1, 2, 3, 5, 10, np.inf]
    people = cornwall.areas["population"].groupby(pd.cut(km, edges), observed=True).agg(["size", "sum"])
    assert [row[1:] for row in key_rows(page)] == [
        (int(n), int(total)) for n, total in people.itertuples(index=False)
    ]
    assert key_rows(page)[0][0] == "up to 1.0"
    assert key_rows(page)[-1][0] == "more than 10.0"


def test_filter_moves_legend_counts_marks_and_table_together(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    assets = cornwall.assets
    open_ones = (assets["status"] != "closed").sum()
    assert page.locator("#am-filter-count").inner_text().startswith(f"{open_ones} of 444")
    assert (
        re.sub(r"\s+", " ", page.locator("#am-kinds").inner_text())
        == f"{open_ones} places: 27 libraries {open_ones - 27} others"
    )
    page.click("#am-kind-others")
    assert page.locator("#am-filter-count").inner_text() == "27 of 444"
    open_section(page, "#am-filter")
    page.locator("#am-filter-list label", has_text=re.compile("^Food bank")).locator("input").check()
    kept = assets[assets["asset_type"].isin(["library", "food_bank"]) & (assets["status"] != "closed")]
    assert page.locator("#am-filter-count").inner_text().startswith(f"{len(kept)} of 444")
    in_legend = [number(text) for text in page.locator(".am-marks li .am-count").all_inner_texts()]
    assert sum(in_legend) == len(kept)
    drawn = page.evaluate(f"{MAP}.assetmap.app.marks.clusters.flatMap((one) => one.rows).length")
    assert drawn == kept.geometry.notna().sum()
    page.click("#am-show-table")
    page.click("#am-table-assets")
    assert page.locator(".am-table caption").inner_text() == f"{len(kept)} of 444 assets"
    page.locator("#am-filter-list label", has_text=re.compile("^Open")).locator("input").uncheck()
    assert (
        page.locator(".am-table caption").inner_text() == f"{(kept['status'] != 'open').sum()} of 444 assets"
    )


def test_all_marks_are_in_circles_or_alone(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    plain = page.evaluate(
        f"{MAP}.assetmap.app.marks.clusters.filter((one) => one.dot).flatMap((one) => one.rows)"
    )
    is_library = (cornwall.assets["asset_type"] == "library").to_numpy()
    placed = cornwall.assets.geometry.notna().to_numpy() & (cornwall.assets["status"] != "closed").to_numpy()
    assert sorted(plain) == np.flatnonzero(placed & ~is_library).tolist()  # every other place is a plain dot
    page.click("#am-kind-main")
    assert page.evaluate(f"{MAP}.assetmap.app.marks.clusters.some((one) => one.rows.length > 5)")
    assert not page.evaluate(f"{MAP}.assetmap.app.marks.clusters.some((one) => one.dot)")
    open_section(page, "#am-filter")
    for group in page.locator("#am-filter-list fieldset").all():
        group.get_by_role("button", name="all").click()
    rows = page.evaluate(f"{MAP}.assetmap.app.marks.clusters.flatMap((one) => one.rows)")
    assert sorted(rows) == np.flatnonzero(cornwall.assets.geometry.notna()).tolist()


def test_postcode_is_answered_with_the_nearest_libraries(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    page.fill("#am-search", "pl15 8rt" if "PL15 8RT" in cornwall.postcodes.index else "tr11 3qa")
    first = page.locator("#am-found li").first
    code = first.locator("bdi").inner_text()
    page.keyboard.press("Enter")
    row = cornwall.postcodes.loc[code]
    libraries = cornwall.assets[
        (cornwall.assets["asset_type"] == "library") & (cornwall.assets["status"] == "open")
    ]
    metres = np.hypot(libraries.geometry.x - row["easting"], libraries.geometry.y - row["northing"])
    nearest = metres.sort_values().head(3)
    assert page.locator("#am-answer h2").inner_text() == f"Nearest open libraries to {code}"
    parts = page.locator("#am-answer li").all_inner_texts()
    for part, (asset_id, metres_away) in zip(parts, nearest.items(), strict=True):
        words, unit = part.rsplit(" ", 1)
        name, value = words.rsplit(", ", 1)
        assert name == libraries.loc[asset_id, "name"]
        assert float(value) * (1000 if unit == "km" else 1) == pytest.approx(metres_away, abs=60)
    area = cornwall.areas.loc[row["area_code"], "area_name"]
    page.locator("#am-answer p button").click()
    assert page.locator("#am-card-title").inner_text() == area


def test_the_answer_to_a_postcode_is_in_sight_and_covers_nothing(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    for size in ((390, 844), (1024, 768)):
        page = open_page(cornwall_page, size=size)
        page.fill("#am-search", "PL15 8RT")
        page.keyboard.press("Enter")
        page.locator(".am-pin").wait_for()
        wait_until_still(page)
        answer = page.locator("#am-answer").bounding_box()
        assert answer["y"] >= 0
        assert answer["y"] + answer["height"] <= size[1]
        for panel in ("#am-answer", "#am-legend", ".am-search"):
            box = page.locator(panel).bounding_box()
            assert box is None or not overlaps(box, page.locator(".am-map").bounding_box()), (panel, size)
        pin = page.locator(".am-pin").bounding_box()
        assert overlaps(pin, page.locator(".am-map").bounding_box())


def overlaps(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] < other["x"] + other["width"] - 1
        and other["x"] < one["x"] + one["width"] - 1
        and one["y"] < other["y"] + other["height"] - 1
        and other["y"] < one["y"] + one["height"] - 1
    )


def test_every_search_gets_an_answer(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    answer = page.locator("#am-answer")
    for typed, words in (
        ("SY23 1AA", "SY23 1AA is not on this map."),
        ("qqqqqq", "Nothing on this map is called “qqqqqq”."),
    ):
        page.fill("#am-search", typed)
        page.keyboard.press("Enter")
        assert words in answer.inner_text()
    page.fill("#am-search", "Waderbidge")
    page.keyboard.press("Enter")
    assert page.locator("#am-answer h2").inner_text() == "Nearest open libraries to Wadebridge"
    page.fill("#am-search", "food bank")
    page.keyboard.press("Enter")
    banks = cornwall.assets[
        (cornwall.assets["asset_type"] == "food_bank") & (cornwall.assets["status"] != "closed")
    ]
    assert page.locator("#am-card-title").inner_text() == f"Food banks and pantries: {len(banks)} on this map"
    page.locator("#am-card button", has_text="Show all again").click()
    page.fill("#am-search", "food bank lostwithiel")
    page.keyboard.press("Enter")
    assert page.locator("#am-answer h2").inner_text() == "Nearest food banks and pantries to Lostwithiel"
    assert page.locator("#am-answer li").count() == 3


@pytest.mark.parametrize(
    ("typed", "kind"), [("Camborne Lib", "asset"), ("Cornwall 013B", "area"), ("Wadebridge", "place")]
)
def test_search_finds_names(
    open_page: Callable[..., Any], cornwall_page: Path, typed: str, kind: str
) -> None:
    page = open_page(cornwall_page)
    page.fill("#am-search", typed)
    page.keyboard.press("ArrowDown")
    assert page.locator("#am-search").get_attribute("aria-activedescendant") == "am-found-0"
    page.keyboard.press("Enter")
    if kind == "place":
        assert page.locator("#am-answer h2").inner_text() == "Nearest open libraries to Wadebridge"
        assert page.locator("#am-answer li").first.inner_text().startswith("Wadebridge Library")
    else:
        assert typed in page.locator("#am-card-title").inner_text()


def area_point(page: Any, row: int) -> tuple[float, float]:
    """Where an area lies on the screen."""
    spot = page.evaluate(
        f"(row) => {{ const map = {MAP}; const A = map.assetmap; const m = A.middleOf(A.app.areas.shapes, row);"
        "const p = map.latLngToContainerPoint(A.toLatLng(m.x, m.y)); return [p.x, p.y]; }",
        row,
    )
    box = page.locator(".am-map").bounding_box()
    return box["x"] + spot[0], box["y"] + spot[1]


def test_click_opens_the_card_with_the_values_of_the_table(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    areas = cornwall.areas
    row = areas.index.get_loc(areas.geometry.area.idxmax())
    area = areas.iloc[row]
    x, y = area_point(page, row)
    page.mouse.move(x, y)
    page.locator("#am-tip").get_by_text(area["area_name"]).wait_for()
    page.mouse.click(x, y)
    card = page.locator("#am-card")
    assert card.locator("h2").inner_text() == area["area_name"]
    figures = {
        line.locator("th").inner_text(): line.locator("td").inner_text()
        for line in card.locator(".am-figures tr").all()
        if line.locator("td").count()
    }
    assert figures["Need"] == f"{area['need']:.2f}"
    assert figures["Gap rank"] == f"{area['gap_rank']}"
    assert figures["Distance to nearest open library"] == f"{area['distance_m'] / 1000:.1f} km"
    assert figures["Nearest open library"] == area["nearest_name"]
    low, high = area["unregistered_low"], area["unregistered_high"]
    assert (
        figures["Unregistered groups (estimate, shared out by population)"]
        == f"{area['unregistered_estimate']:.0f} ({low:.0f} to {high:.0f}) groups"
    )
    assert area["gap_reason"] in card.inner_text()


def test_circles_of_people_can_be_clicked(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    page.check("#am-by-people")
    assert "people=1" in page.url
    total = page.evaluate(
        f"(() => {{ const A = {MAP}.assetmap; let sum = 0; for (let i = 0; i < 326; i += 1) sum += A.circleRadius(i, 1e6) ** 2 * Math.PI;"
        "return sum / A.app.areas.land / 1e12; })()"
    )
    assert total == pytest.approx(0.3, rel=0.02)
    ratio = page.evaluate(f"{MAP}.assetmap.circleRadius(0, 1e6) / {MAP}.assetmap.circleRadius(1, 1e6)")
    people = cornwall.areas["population"].to_numpy()
    assert ratio == pytest.approx(np.sqrt(people[0] / people[1]), rel=1e-3)


def test_link_brings_back_layer_filter_area_and_view(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page)
    choose(page, "Need: health")
    open_section(page, "#am-filter")
    page.locator("#am-filter-list label", has_text=re.compile("^Micro")).locator("input").uncheck()
    page.fill("#am-search", "Cornwall 013B")
    page.keyboard.press("Enter")
    wait_until_still(page)
    count = page.locator("#am-filter-count").inner_text()
    fragment = "#" + page.url.split("#", 1)[1]
    again = open_page(cornwall_page, fragment=fragment)
    assert again.locator("#am-legend-title").inner_text() == "Need: health"
    assert "(Cornwall 013B)" in again.locator("#am-card-title").inner_text()
    assert again.locator("#am-filter-count").inner_text() == count
    assert again.evaluate(f"{MAP}.getZoom()") == pytest.approx(page.evaluate(f"{MAP}.getZoom()"), abs=0.01)


def test_trial_agrees_with_measuring_again(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    page.click("#am-nine")
    areas, assets = cornwall.areas, cornwall.assets.copy()
    name = "Launceston Library & Information Service"
    chosen = next(
        i
        for i in assets.index
        if assets.loc[i, "name"].startswith("Launceston")
        and assets.loc[i, "status"] == "open"
        and assets.loc[i, "asset_type"] == "library"
    )
    name = assets.loc[chosen, "name"]
    open_section(page, "#am-trial")
    page.locator("#am-trial label", has_text=name).locator("input").uncheck()
    assets.loc[chosen, "status"] = "closed"
    again = distance_to_nearest(areas, assets)["distance_m"]
    farther = again > areas["distance_m"] + 2
    people = areas.loc[farther, "population"]
    words = page.locator("#am-trial-words").inner_text()
    assert words.startswith(f"Trial, not a forecast: {name} closed.")
    assert (
        f"{people.sum():,.0f} people in {farther.sum()} neighbourhoods would be further from an open library"
        in words
    )
    mean = (again[farther] * people).sum() / people.sum() / 1000
    assert f"{mean:.1f} km on average, up from" in words
    middle = areas.loc[areas["gap_class"].str[2] == "2", "distance_m"].max()
    worst = ((areas["gap_class"].str[0] == "3") & (again > middle)).sum()
    was = (areas["gap_class"] == "3-1").sum()
    than = ", as before" if worst == was else f" instead of {was}"
    assert f"high need and low access: {worst}{than}." in words
    assert page.locator(".am-nine .am-worst").inner_text() == str(worst)
    assert page.locator("#am-trial-banner").is_visible()
    assert page.locator("#am-legend-title").inner_text() == "Need and access (trial)"
    with page.expect_download() as saving:
        page.locator("#am-trial").get_by_role("button", name="Save as CSV").click()
    saved = pd.read_csv(saving.value.path(), index_col="area_code")
    assert np.abs(saved["distance_m_trial"] - again).max() <= 2
    assert np.abs(saved["distance_m_published"] - areas["distance_m"]).max() <= 0.5
    again_page = open_page(cornwall_page, fragment="#" + page.url.split("#", 1)[1])
    assert (
        again_page.locator("#am-trial-words").text_content() == page.locator("#am-trial-words").text_content()
    )
    other = page.locator("#am-trial label", has_text="Bude").locator("input")
    other.uncheck()
    assert "Bude" in page.locator("#am-trial-banner").inner_text()
    assert page.evaluate(f"{MAP}.assetmap.app.state.switched.size") == 2
    row = page.evaluate(f"[...{MAP}.assetmap.app.state.switched.keys()][0]")
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: {row} }})")
    assert "Closed in this trial (published: open)" in page.locator("#am-card").inner_text()
    page.locator("#am-trial-banner").get_by_role("button", name="Undo").click()
    assert page.locator("#am-trial-words").inner_text() == words
    page.locator("#am-trial").get_by_role("button", name="End the trial").click()
    assert page.locator(".am-nine .am-worst").inner_text() == str(was)
    assert not page.locator("#am-trial-banner").is_visible()


def table_rows(page: Any) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in page.locator(".am-table tbody tr").all()]


def test_table_sorts_searches_and_saves(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    page.click("#am-show-table")
    assert page.locator("#am-table-sentence").text_content() == page.locator("#am-sentence").text_content()
    ranked = cornwall.areas.sort_values("gap_rank")["area_name"]
    assert [row[0] for row in table_rows(page)[:5]] == ranked.head().tolist()  # rank 1 first
    ordered = page.locator(".am-table thead th[aria-sort=ascending]").inner_text()
    assert ordered.startswith("Gap rank")
    assert page.locator(".am-table thead").bounding_box()["height"] <= 60
    page.locator(".am-table tbody tr").nth(2).locator("td").nth(2).click()
    assert page.locator("#am-card-title").inner_text() == ranked.iloc[2]
    page.click("#am-show-table")
    heads = page.locator(".am-table thead th")
    at = next(i for i, text in enumerate(heads.all_inner_texts()) if text.startswith("Distance to nearest"))
    heads.nth(at).locator("button").click()
    assert heads.nth(at).get_attribute("aria-sort") == "descending"
    areas = cornwall.areas
    first = table_rows(page)[:3]
    far = areas.sort_values("distance_m", ascending=False)
    assert [float(row[at]) for row in first] == [round(metres / 1000, 1) for metres in far["distance_m"][:3]]
    assert first[0][0] == far["area_name"].iloc[0]
    with page.expect_download() as saving:
        page.click("#am-table-save")
    text = Path(saving.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 326
    saved = pd.DataFrame(rows).set_index("Code")
    assert np.abs(saved["Need"].astype(float) - areas["need"].reindex(saved.index)).max() <= 0.0051
    assert saved["Population"].astype(int).sum() == 575_532
    page.fill("#am-table-search", "Cornwall 013")
    assert (
        page.locator(".am-table caption").inner_text()
        == f"{areas['area_name'].str.contains('Cornwall 013').sum()} of 326 neighbourhoods"
    )
    page.get_by_role(
        "button", name=areas["area_name"][areas["area_name"].str.contains("Cornwall 013")].iloc[0], exact=True
    ).click()
    assert (
        page.locator("#am-card-title").inner_text()
        == areas["area_name"][areas["area_name"].str.contains("Cornwall 013")].iloc[0]
    )


def test_paper_has_title_key_scale_date_and_attribution(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page, size=(390, 844))
    for paper, width in (("a4", 842), ("a3", 1191)):
        page.evaluate("paper => document.body.classList.toggle('am-a3', paper === 'a3')", paper)
        sheet = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
        box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+)", sheet)
        assert box is not None
        assert float(box.group(1)) == pytest.approx(width, abs=2)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#am-legend").get_attribute("open") is not None
    assert page.locator("#am-legend").is_visible()
    assert page.locator(".leaflet-control-scale").is_visible()
    assert page.locator("h1").is_visible()
    assert not page.locator("#am-side").is_visible()
    words = page.locator("#am-printed").inner_text()
    assert "Contains OS data © Crown copyright" in words
    assert re.search(r"Printed \d+ \w+ \d{4}\.", words)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("body.am-printing").count() == 0


def test_a_map_inside_another_page_has_no_panels_and_says_what_it_shows(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page, size=(600, 400), fragment="?embed")
    for hidden in (".am-top", ".am-search", "#am-legend", "#am-line"):
        assert not page.locator(hidden).is_visible(), hidden
    words = page.locator("#am-embedded").inner_text()
    assert "Cornwall: Where is need high and the nearest library far?" in words
    assert "High need, low access compared with the rest of Cornwall" in words
    full = page.locator("#am-embedded a").get_attribute("href")
    assert full.startswith("file:")
    assert "embed" not in full
    assert page.locator(".am-map").bounding_box()["height"] > 300
    page.evaluate(f"{MAP}.assetmap.setState({{ area: 3 }})")
    assert page.locator("#am-card").is_visible()
    assert not overlaps(page.locator("#am-card").bounding_box(), page.locator(".am-map").bounding_box())


def test_the_view_can_be_saved_as_a_picture_and_its_link_copied(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Print and share").click()
    with page.expect_download() as saving:
        page.click("#am-save-picture")
    assert saving.value.suggested_filename == "map.png"
    content = Path(saving.value.path()).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    stage = page.locator(".am-map").bounding_box()
    assert width == round(stage["width"]) * 2
    assert height > stage["height"] * 2 + 100  # question above, key and sources below
    page.click("#am-copy-link")
    page.locator("#am-copy-link", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
