"""The report's sections on certainty and deserts say what the tables of the same build say."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import assetmap as am
import described
from assetmap.project.pipeline import detail_gaps
from assetmap.show.report.page import report_html

pytestmark = pytest.mark.journey


def words_of(page: str, anchor: str) -> str:
    section = page[page.index(f'id="{anchor}"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section[: section.index("</section>")]))


def test_every_column_of_a_build_is_in_the_docs(cornwall_sure: tuple[am.Results, Path]) -> None:
    assert described.undescribed(cornwall_sure[0]) == []


def test_how_many_of_the_widest_gaps_stay(cornwall_sure: tuple[am.Results, Path]) -> None:
    results, folder = cornwall_sure
    areas = results.areas
    top = areas.sort_values("gap_rank").head(20)
    stay = int((top["stay_worst_share"] >= 0.9).sum())
    text = words_of((folder / "report.html").read_text(encoding="utf-8"), "sensitivity")
    assert f"{stay} of the 20 widest gaps stay in the worst tenth" in text
    first = top.iloc[0]
    assert f"{first['area_name']} {top.index[0]}" in unescape(text)
    low, high = int(first["rank_low"]), int(first["rank_high"])
    assert (f"{low}" if low == high else f"between {low} and {high}") in text
    wide = top[top["rank_high"] - top["rank_low"] >= len(areas) / 4]
    assert text.count(": uncertain") >= len(wide)


def test_people_in_deserts_add_up(cornwall_sure: tuple[am.Results, Path]) -> None:
    results, folder = cornwall_sure
    far = results.areas[results.areas["distance_m"] > 5000]
    text = words_of((folder / "report.html").read_text(encoding="utf-8"), "deserts")
    assert f"{int(far['population'].sum()):,} people" in text
    assert f"in {len(far)} small areas more than 5 km from any open library" in text
    written = pd.read_csv(folder / "deserts.csv", index_col=0)
    tenths = written[written.index.astype(str).str.isdigit()]
    assert int(tenths["population"].sum()) == int(far["population"].sum())


def test_the_sheet_of_robustness_is_written(cornwall_sure: tuple[am.Results, Path]) -> None:
    results, folder = cornwall_sure
    sheet = pd.read_csv(folder / "robustness.csv", index_col="choice")
    assert sheet.index[0] == "base"
    assert sheet.loc["base", ["rank_correlation", "worst_kept_share"]].tolist() == pytest.approx([1, 1])
    assert len(sheet) >= 4
    assert int(sheet.loc["base", "high_gap_people"]) == int(
        results.areas.loc[results.areas["gap_class"] == "3-1", "population"].sum()
    )


def test_no_reason_is_worse_than_all_of_them(cornwall_sure: tuple[am.Results, Path]) -> None:
    assert not cornwall_sure[0].areas["gap_reason"].str.contains("100%").any()


def test_a_first_look_has_neither_section(cornwall: tuple[am.Results, Path]) -> None:
    assert "sensitivity = true" in (cornwall[1] / "report.html").read_text(encoding="utf-8")
    page = report_html(cornwall[0])
    assert 'id="sensitivity"' not in page
    assert 'id="deserts"' not in page
    assert not (cornwall[1] / "robustness.csv").exists()


def test_a_country_is_not_searched_for_new_sites(
    cornwall_sure: tuple[am.Results, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    results, project = cornwall_sure[0], am.example_project()
    monkeypatch.setattr("assetmap.project.pipeline.MOST_PAIRS", 326 * 87 - 1)
    found, _ = detail_gaps(results.areas, results.assets, project.settings, travel=am.access.Travel())
    assert sorted(found) == ["deserts", "robustness"]


def test_where_one_more_would_help_most(cornwall_sure: tuple[am.Results, Path]) -> None:
    results, folder = cornwall_sure
    best = results.details["new_sites"]
    assert best["name"].iloc[0] == "ClayTAWC (Clay Area Training and Work Centre)"
    assert best["people_nearest"].iloc[0] == 19_945
    words = words_of((folder / "report.html").read_text(encoding="utf-8"), "more")
    assert "Where one more library would help most" in words
    assert "the nearest for 19,945 people" in words
    for name in best["name"]:
        assert name in words
    table = pd.read_csv(folder / "new_sites.csv", index_col="asset_id")
    assert table["people_newly_covered"].tolist() == best["people_newly_covered"].tolist()
