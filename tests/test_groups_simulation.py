"""The simulation study."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetmap.groups.cautions import SENTENCES
from assetmap.groups.simulation import run_simulation_study, simulate_county


def test_simulated_county_has_the_failures_asked_for():
    county = simulate_county(20_000, shown=(0.4, 0.2), seed=1)
    assert county["list_1"].sum() == pytest.approx(8_000, rel=0.03)
    assert (county["list_1"] & county["list_2"]).sum() == pytest.approx(1_600, rel=0.06)
    assert county[["list_1", "list_2"]].any(axis=1).all()
    copied = simulate_county(20_000, shown=(0.4, 0.2), copied=0.5, seed=1)
    assert (copied["list_1"] & copied["list_2"]).sum() == pytest.approx(8_000 * 0.6, rel=0.03)
    unlike = simulate_county(20_000, shown=(0.4, 0.2), unlike=0.5, seed=1)
    assert unlike.loc[unlike["asset_type"] == "open", "list_1"].sum() == pytest.approx(6_000, rel=0.03)
    assert unlike.loc[unlike["asset_type"] == "quiet", "list_1"].sum() == pytest.approx(2_000, rel=0.05)
    missed = simulate_county(20_000, shown=(0.4, 0.2), missed=0.25, seed=1)
    assert (missed["list_1"] & missed["list_2"]).sum() == pytest.approx(1_200, rel=0.06)
    assert missed["list_2"].sum() == pytest.approx(4_000, rel=0.03)
    defunct = simulate_county(20_000, shown=(0.4, 0.2), defunct=0.2, seed=1)
    assert defunct["list_1"].sum() == pytest.approx(10_000, rel=0.03)
    assert simulate_county(seed=3).equals(simulate_county(seed=3))


def test_two_lists_fail_as_published_and_hold_where_they_should():
    table = run_simulation_study(repeats=60, methods=["two lists (Chapman)", "two lists by stratum"])
    table = table.set_index(["method", "scenario"])
    two = table.loc["two lists (Chapman)"]
    assert two["bias_pct"].to_dict() == {
        "independent lists": pytest.approx(0, abs=2),
        "one list copies a quarter of the other": pytest.approx(-29, abs=1.5),
        "two kinds, unequal visibility": pytest.approx(-25, abs=1.5),
        "10% of matches missed": pytest.approx(11, abs=2),
        "15% of one list defunct": pytest.approx(18, abs=2),
    }
    assert table.loc[("two lists by stratum", "two kinds, unequal visibility"), "bias_pct"] == pytest.approx(
        0, abs=3
    )
    holds = table[table["assumptions_hold"]]
    assert len(holds) == 2
    # 60 repeats: two standard errors of 80% are 10
    assert holds["coverage_pct"].between(70, 90).all()
    assert (two.loc[~two["assumptions_hold"], "coverage_pct"] < 40).all()


def test_rates_streets_and_areas():
    methods = ["rate x population", "street sample", "repeat captures (bound)"]
    table = run_simulation_study(repeats=100, methods=methods)
    table = table[~table["scenario"].duplicated()].set_index("scenario")
    assert table.loc["areas differ as assumed (cv 0.4)", "coverage_pct"] == pytest.approx(80, abs=9)
    assert table.loc["Poisson interval (cv 0), areas differ", "coverage_pct"] < 20
    assert table.loc["streets drawn at random", "coverage_pct"] == pytest.approx(80, abs=9)
    assert table.loc["busiest streets visited, called random", "bias_pct"] > 50
    assert table.loc["all equally visible", "bias_pct"] == pytest.approx(0, abs=2)


def test_three_lists_see_the_copying_that_two_cannot():
    table = run_simulation_study(repeats=25, methods=["three lists (log-linear)"]).set_index("scenario")
    assert table["assumptions_hold"].tolist() == [True, True, False, False, False]
    assert table.loc["one list copies a quarter of the other", "bias_pct"] == pytest.approx(0, abs=4)
    assert table.loc["two kinds, unequal visibility", "bias_pct"] < -8
    assert table.loc[table["assumptions_hold"], "coverage_pct"].between(65, 98).all()


def test_same_seed_same_table_whichever_rows_are_run():
    methods = ["street sample", "counted areas"]
    both = run_simulation_study(repeats=5, seed=7, methods=methods)
    one = run_simulation_study(repeats=5, seed=7, methods=methods[1:])
    assert both[2:].reset_index(drop=True).equals(one)
    assert not run_simulation_study(repeats=5, seed=8, methods=methods[1:]).equals(one)


# The page that quotes the table

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "groups.md").read_text(encoding="utf-8")


def quoted_rows():
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.count("|") == 7 and "%" in line]
    return {
        (row[0].strip(), row[1].strip()): [cell.strip() for cell in row[2:]]
        for row in rows
        if "covers" not in row[4]
    }


def test_page_quotes_what_the_study_prints():
    table = run_simulation_study(methods=["repeat captures (bound)"])
    rows = quoted_rows()
    assert len(rows) == 21
    for row in table.itertuples():
        assert rows[(row.method, row.scenario)] == [
            "yes" if row.assumptions_hold else "**no**",
            f"{row.bias_pct:+.0f}%",
            f"{row.coverage_pct:.0f}%",
            f"{row.width_pct:.0f}%",
        ]


def test_intervals_hold_their_level_where_the_assumptions_hold():
    covered = {key: int(row[2].rstrip("%")) for key, row in quoted_rows().items() if row[0] == "yes"}
    assert len(covered) == 8
    assert all(75 <= share <= 85 for share in covered.values())


def test_page_lists_every_warning():
    for code, sentence in SENTENCES.items():
        assert f"| `{code}` | {sentence} |" in PAGE
