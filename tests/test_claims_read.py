"""Every sentence with a figure that people read is a claim, and every table says what the files say.

The report, the terminal, the map and the pages of the documentation are read back as text. A sentence with a figure that is
none of `SENTENCES`, with the figures of the claims in it, fails: a new one needs a claim, and the claim a test that attacks it.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.cli.start import _summary_lines
from assetmap.gaps.measure import describe_gaps
from assetmap.gaps.score import find_gaps
from assetmap.gaps.variants import compare_gaps
from assetmap.project.build import summarise
from assetmap.project.gaps import find_project_gaps
from assetmap.schema import reference_table
from assetmap.show.claims import CLAIMS, shown
from read_back import (
    captions_in,
    cells_of,
    km,
    number,
    plain_text,
    sentences_in,
    sentences_of,
    share,
    unknown_in,
    without_pictures,
)

ROOT = Path(__file__).parents[1]
Built = tuple[am.Results, Path]

SENTENCES = """
Cornwall has {people} people ({population_year}) in {areas} small areas.
{open_assets} libraries are open; {open_local} are run by town and parish councils or community bodies.
The lists name {groups_listed} groups and community places; {groups_registered} are known to be on an official register.
We estimate that there are about {unregistered} active groups that are on a local listing and on no official register ({unregistered_level} interval {unregistered_low} to {unregistered_high}).
{far_need_areas} small areas have high need and are more than 5 km from the nearest open library; {far_need_people} people live there.
{people}
in {areas} small areas
{open_assets}
{open_local} run by local councils or community bodies
{groups_listed}
{groups_registered} known to be registered
{unregistered}
{unregistered_level} interval {unregistered_low} to {unregistered_high}
small areas with high need, over 5 km from an open library
{far_need_areas}
{far_need_people} people
{gap_areas} small areas have high need and low access compared with the other small areas here.
{gap_people} people live there.
Low access starts at {low_access_from} here: it is relative, not a standard.
These {top} small areas have the widest gaps between need and access to an open library.
{top_people} people live there.
The {top} widest gaps of {ranked} small areas
Half of the people live within {half_within} of an open library in a straight line.
{far_people} people live in small areas more than 5 km from one ({far_share}).
No small area is further away than {furthest_area} ({furthest_code}): {furthest}.
Bar chart: {band_0} people under 1 km, {band_1} people 1 to 2 km, {band_2} people 2 to 5 km, {band_3} people 5 to 10 km and {band_4} people over 10 km.
Rank correlation {need_with_distance}.
{desert_people} people ({desert_share}) live in {desert_areas} small areas more than 5 km from any open library, measured in a straight line.
They include {desert_children} children under 16 ({desert_children_share} of that age group) and {desert_older} people aged 60 or over ({desert_older_share} of that age group).
No tenth has a greater share than tenth {worst_tenth} ({worst_tenth_share}); in the tenth with most need it is {neediest_tenth_share}.
No other {new_sites} of the halls, community centres and hubs on the lists would shorten journeys more than these {new_sites}.
No place adds more than {new_site}: with one more library there, it would become the nearest for {new_site_people} people.
These {new_sites} places together, in the order in which each adds most
We repeated the ranking with {choices} other plausible choices: the weight of need against access, the measure of access, ranks or values, and how classes are cut.
{robust_top} of the {top} widest gaps stay in the worst tenth of all small areas in at least 90% of them.
Of all small areas {robust_areas} do.
None of them is less robust than {least_robust} ({least_robust_code}): it stays in {least_robust_share} of the choices.
For {rank_outside} area it lies outside the range that holds the rank in 90% of the choices.
“All of them at once” is about all together: in at least 90% of the choices the ranks of all {ranked_together} widest gaps lie there at the same time.
How robust the {top} widest gaps are
No other choice changes the worst tenth more than this one: {least_choice}.
{least_choice_share} of its areas stay.
The {tested_top} widest gaps lie in clusters: {adjacent_pairs} pairs of them are neighbours.
By chance there would be {chance_pairs} pairs with all gap scores shuffled (p-value {chance_p}) and {chance_pairs_need} pairs with need shuffled, access fixed (p-value {chance_p_need}).
Groups of neighbours among the {tested_top} widest gaps
We tested {around_tested} small areas, with need shuffled and access fixed (bivariate local Moran, false discovery rate 5%).
{around_areas} areas stand out: {around_labels}.
We repeated the test with other random numbers: {around_steady} of them stand out every time, the least certain in {around_least} of the repeats.
{prevention_areas} small areas have high need and little prevention near, compared with the other small areas here.
{prevention_people} people live there.
High need and little prevention near: the first 12 of {prevention_areas}
Within the border, the lists name {prevention_assets} groups and places of types that help before a need is acute, such as lunch clubs, advice and youth groups, not counting those known to be closed.
{detour_areas} small areas are within 5 km of an open library in a straight line but further overland ({detour_people} people).
{edge_areas} small areas are within 5 km of people beyond the border; {edge_top} are among the {top} widest gaps.
Nearest places (number of areas): {edge_places}.
{groups_placed} listed groups have a known small area; {groups_placed_registered} are registered.
Estimate: about {unregistered} active groups that are on a local listing and on no official register ({unregistered_level} interval {unregistered_low} to {unregistered_high}).
Estimates side by side. {forest}.
{rows_rejected} of {rows_read} rows could not be used.
{rows_review} rows were used but need a check. rejected.csv lists all of them with file, row and what to do.
Cornwall: {people} people in {areas} small areas.
Rows in your lists: {rows_accepted} accepted, {rows_review} review.
Open assets of type library: {open_assets}.
Unregistered groups (an estimate): about {unregistered}, likely between {unregistered_low} and {unregistered_high} ({unregistered_level} interval; {warnings}). It counts active groups that are on a local listing and on no official register.
{gap_areas} of {areas} areas have high need and low access (class 3-1) compared with the other areas here; {gap_people} people live there, {gap_children} children under 16, {gap_older} aged 60 and over.
The widest gap is {first_gap}
""".strip().split("\n")
"""What a build says about Cornwall. In braces: a claim, or one of `from_tables`."""

OF_THE_METHOD = """
Need runs from 0 (least) to 1 (most).
Look at rank 1 first.
Diamonds: high need and more than 5 km from an open library.
People over 5 km from any open library, by tenths of small areas ordered by need
The ranks in 90% of choices are given for each area alone.
The last column says how certain the order of neighbouring ranks is: 50% is no better than tossing a coin.
Rank correlation is 1 if all areas keep their order and 0 if nothing of the order is left.
We call gaps clustered only where both of these p-values are below 0.05.
About 1 in 20 of them may be chance.
Near means within 2 km in a straight line.
The published index, reordered so that 1 is the area with most need and 0 the area with least.
Open places of the chosen type within the catchment, per 1,000 people who live there.
If there are none it is 0; if it was not measured it is shown as not known.
It never counts as 0 and is never drawn like a low value.
The code after each file name is the start of its SHA-256 checksum
""".strip().split("\n")
"""Sentences that explain a measure or a limit and say nothing about the data."""


@pytest.fixture(scope="module")
def page(cornwall_sure: Built) -> str:
    return without_pictures((cornwall_sure[1] / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tables(cornwall_sure: Built) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, low_memory=False) for path in cornwall_sure[1].glob("*.csv")}


@pytest.fixture(scope="module")
def from_tables(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Lists inside sentences, written again from the files."""
    areas = tables["areas"]
    stand = areas.loc[~areas["hotspot"].isin(["not significant", "no neighbours"]), "hotspot"].value_counts()
    labels = [f"{count} with {label}" for label, count in stand.sort_index().items()]
    forest = pd.DataFrame(cornwall_sure[0].estimate.details["forest"])
    spans = []
    for one in forest.itertuples():
        words = f"{one.label}: {round(one.estimate, -1):,.0f}"
        between = f"{round(one.low, -1):,.0f} to {round(one.high, -1):,.0f}"
        if one.low == one.high:
            spans.append(f"{words}, no interval published")
        else:
            kind = "published range" if pd.isna(one.level) else f"{one.level:.0%} interval"
            spans.append(f"{words}, {kind} {between}")
    near = areas[areas["leaves_data"]]
    places = cornwall_sure[0].places
    counts: dict[str, int] = {}
    for row in near.itertuples():
        metres = np.hypot(places.geometry.x - row.centre_easting, places.geometry.y - row.centre_northing)
        name = str(places["name"].iloc[int(metres.argmin())])
        counts[name] = counts.get(name, 0) + 1
    ordered = [
        f"{name} ({count})" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]

    def joined(items: list[str]) -> str:
        return ", ".join(items[:-1]) + " and " + items[-1]

    worst = areas[areas["gap_class"] == "3-1"]
    return {
        "around_labels": joined(labels),
        "forest": joined(spans),
        "edge_places": joined(ordered),
        "warnings": ", ".join(note.code for note in cornwall_sure[0].estimate.warnings),
        "gap_children": f"{worst['children_0_15'].sum():,.0f}",
        "gap_older": f"{worst['older_60_plus'].sum():,.0f}",
        "first_gap": "{area_name}: {gap_reason}".format(**tables["gaps"].iloc[0]),
    }


@pytest.fixture(scope="module")
def known(cornwall_sure: Built, from_tables: dict[str, str]) -> set[str]:
    """All sentences, with the figures of this build."""
    results = cornwall_sure[0]
    values = {key: shown(results, key).replace("\xa0", " ") for key in CLAIMS} | from_tables
    filled = [plain_text(template.format(**values)) for template in SENTENCES]
    estimate = results.estimate
    remarks = [note.sentence for note in (*results.notes, *estimate.warnings)]
    remarks += [estimate.text, estimate.definition, *estimate.assumptions, *results.sources["attribution"]]
    remarks = [words[:1].upper() + words[1:].rstrip(".") + "." for words in map(str, remarks)]
    from_notes = [one for words in remarks for one in sentences_of(plain_text(words))]
    return {one for words in filled for one in sentences_of(words)} | {*filled, *OF_THE_METHOD, *from_notes}


def test_every_sentence_of_the_report_with_a_figure_is_a_claim(page: str, known: set[str]) -> None:
    found = [re.sub(r"^Map of Cornwall with .*? access\. ", "", one) for one in sentences_in(page)]
    assert len(found) > 150
    lost = [
        one for one in unknown_in(found, known) if not one.startswith(("Data up to ", "Contains OS data"))
    ]
    assert not lost, "not claims:\n" + "\n".join(lost)


def test_every_line_of_the_terminal_with_a_figure_is_a_claim(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame], known: set[str]
) -> None:
    lines = list(_summary_lines(summarise(cornwall_sure[0])))
    gaps = [line.strip() for line in lines if line.startswith("  ")]
    first = tables["gaps"].head(5).itertuples()
    assert gaps == [f"{row.gap_rank}. {row.area_name}: {row.gap_reason}" for row in first]
    converted = cornwall_sure[0].areas["need_conversion"].value_counts()
    known = known | {
        "Need was converted to these areas with the official lookup; areas converted: "
        f"{converted['merged']} merged, {converted['split']} split."
    }
    said = [line.strip() for line in lines if not line.startswith("  ")]
    said += sentences_of(describe_gaps(cornwall_sure[0].areas))
    assert unknown_in(said, known) == []


def test_every_claim_is_in_a_sentence_or_in_the_documentation() -> None:
    used = set(re.findall(r"{(\w+)}", " ".join(SENTENCES) + " ".join(sum(PAGES.values(), ()))))
    assert used - set(CLAIMS) == {
        "around_labels", "forest", "edge_places", "warnings", "gap_children", "gap_older", "first_gap", *MEASURED
    }  # fmt: skip
    assert set(CLAIMS) - used == {"clustered"}  # said in words: "lie in clusters"


# The tables of the report


def ranges(low: pd.Series, high: pd.Series, *, areas: int = 0) -> list[str]:
    """A range over a quarter of all areas or more is called uncertain, where their number is given."""
    return [
        f"between {first:.0f} and {last:.0f}" + (": uncertain" if areas and last - first >= areas / 4 else "")
        for first, last in zip(low, high, strict=True)
    ]


def test_the_tables_of_gaps_say_what_the_files_say(page: str, tables: dict[str, pd.DataFrame]) -> None:
    areas = tables["areas"].sort_values("gap_rank").head(20)
    rows = cells_of(page, "The 20 widest gaps of")
    for row, area in zip(rows, areas.itertuples(), strict=True):
        assert row[:2] == [number(area.gap_rank), f"{area.area_name} {area.area_code}"]
        assert row[3:] == [
            number(area.population), f"{area.need:.2f}", km(area.distance_m), area.gap_reason
        ]  # fmt: skip
    rows = cells_of(page, "How robust the 20")
    assert [row[1:] for row in rows] == [
        list(row)
        for row in zip(
            map(number, areas["gap_rank"]),
            ranges(areas["rank_low"], areas["rank_high"], areas=len(tables["areas"])),
            map(share, areas["stay_worst_share"]),
            ranges(areas["rank_together_low"], areas["rank_together_high"]),
            map(share, areas["before_next_share"]),
            strict=True,
        )
    ]
    rows = cells_of(page, "Groups of neighbours")
    groups = tables["gap_groups"]
    assert [row[2:] for row in rows] == [
        [number(one.areas), number(one.population)] for one in groups.itertuples()
    ]


def test_the_tables_of_choices_sites_and_deserts_say_what_the_files_say(
    page: str, tables: dict[str, pd.DataFrame]
) -> None:
    robust = tables["robustness"]
    assert [row[1:] for row in cells_of(page, "What changes if one choice")] == [
        [f"{one.rank_correlation:.2f}", share(one.worst_kept_share), number(one.high_gap_areas), number(one.high_gap_people)]
        for one in robust.itertuples()
    ]  # fmt: skip
    assert cells_of(page, "These 3 places together") == [
        [
            one.name,
            number(one.people_nearest),
            km(one.cost_saved_per_person),
            number(one.people_newly_covered),
        ]
        for one in tables["new_sites"].drop(columns="asset_id").itertuples(index=False)
    ]
    assert [row[1:] for row in cells_of(page, "People over 5 km from any")] == [
        [
            number(one.areas), number(one.population), share(one.population_share), number(one.children_0_15),
            share(one.children_0_15_share), number(one.older_60_plus), share(one.older_60_plus_share),
        ]
        for one in tables["deserts"].itertuples()
    ]  # fmt: skip
    areas = tables["areas"].assign(longer=tables["areas"]["overland_m"] - tables["areas"]["distance_m"])
    most = areas.sort_values("longer", ascending=False, kind="stable").head(5)
    assert cells_of(page, "Straight-line and overland distance") == [
        [f"{one.area_name} {one.area_code}", km(one.distance_m), km(one.overland_m), one.overland_name]
        for one in most.itertuples()
    ]


def test_the_table_of_fifths_is_counted_again(page: str, tables: dict[str, pd.DataFrame]) -> None:
    areas = tables["areas"].sort_values("need", ascending=False, kind="stable").reset_index(drop=True)
    edges = [round(326 * part / 5 - 1e-9) if part < 5 else 326 for part in range(6)]
    rows = cells_of(page, "Distance to the nearest open library, by fifths")
    assert sum(int(row[1]) for row in rows) == 326
    start = 0
    for row in rows:
        inside = areas.iloc[start : start + int(row[1])]
        start += int(row[1])
        assert abs(start - edges[rows.index(row) + 1]) <= 1
        beyond = inside.loc[inside["distance_m"] > 5_000, "population"].sum()
        total = inside["population"].sum()
        ordered = inside.sort_values("distance_m")
        half = ordered.loc[ordered["population"].cumsum() >= total / 2, "distance_m"].iloc[0]
        assert row[2:] == [number(total), km(half), number(beyond), share(beyond / total)]


def test_the_tables_of_the_register_are_counted_row_by_row(
    page: str, tables: dict[str, pd.DataFrame], cornwall_sure: Built
) -> None:
    assets = tables["assets"]
    rows = {row[0]: row[1:] for row in cells_of(page, "The register by type")}
    labels = reference_table("asset_types")["label"]
    exact = assets["location_precision"].isin(["point", "postcode"])
    for kind, group in [*assets.groupby("asset_type"), ("All", assets)]:
        counts = [
            len(group),
            (group["status"] == "open").sum(),
            (~group["status"].isin(["open", "closed", "proposed"])).sum(),
            (group["registered"] == "yes").sum(),
            exact[group.index].sum(),
        ]
        assert rows[labels.get(kind, kind)] == [number(count) for count in counts]
    assert len(rows) == assets["asset_type"].nunique() + 1
    opened = assets[(assets["asset_type"] == "library") & (assets["status"] == "open")]
    names = reference_table("operator_types")["label"]
    by = {names[kind]: number(count) for kind, count in opened["operator_type"].value_counts().items()}
    assert dict(cells_of(page, "Open libraries by who runs")) == by | {"All": number(len(opened))}
    log = cornwall_sure[0].log
    rows = {row[0]: row[1:] for row in cells_of(page, "What happened to the rows")}
    for source, lines in log.groupby("source"):
        counts = [(lines["outcome"] == word).sum() for word in ("accepted", "merged", "review", "rejected")]
        assert rows[str(source)] == [number(count) for count in [*counts, len(lines)]]
    assert len(cells_of(page, "The rows to fix or check")) == len(tables["rejected"])


def test_the_table_of_prevention_says_what_the_files_say(page: str, tables: dict[str, pd.DataFrame]) -> None:
    areas = tables["areas"]
    worst = areas[areas["prevention_class"] == "high need, little prevention near"]
    worst = worst.sort_values("need_health", ascending=False, kind="stable").head(12)
    assert cells_of(page, "High need and little prevention near") == [
        [
            f"{one.area_name} {one.area_code}", number(one.population), f"{one.need_health:.2f}",
            number(one.prevention_within), f"{one.prevention_per_1000:.2f}",
        ]
        for one in worst.itertuples()
    ]  # fmt: skip


CHECKED = (
    "High need and little prevention near",
    "The 20 widest gaps of", "Distance to the nearest open library, by fifths", "People over 5 km from any",
    "These 3 places together", "How robust the 20", "What changes if one choice", "Groups of neighbours", "The rows to fix",
    "Straight-line and overland distance", "Open libraries by who runs", "The register by type", "What happened to the rows",
    # the picture's alternative text says the same; inputs, settings and sources are those of run.json
    "The same as a table", "What the estimate is based on", "Settings of this build", "Sources of this report",
)  # fmt: skip


def test_every_table_of_the_report_is_checked(page: str) -> None:
    captions = captions_in(page)
    assert len(captions) == len(CHECKED)
    assert [one for one in captions if not one.startswith(CHECKED)] == []


# The map, the GeoPackage and the other files


def test_the_map_holds_the_figures_of_the_files(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    folder = cornwall_sure[1]
    written = (folder / "map.html").read_text(encoding="utf-8")
    packed = re.search(r'<script type="text/plain" id="am-data">([A-Za-z0-9+/=]+)</script>', written)
    assert packed is not None
    data = json.loads(gzip.decompress(base64.b64decode(packed.group(1))))
    areas = tables["areas"]
    assert data["areas"]["codes"] == areas["area_code"].tolist()
    assert data["areas"]["people"] == areas["population"].tolist()
    assert len(data["assets"]["ids"]) == len(tables["assets"])
    rows = reference_table("map_layers")
    for layer in data["layers"]:
        row = rows.loc[layer["key"]]
        factor, decimals = float(row["factor"] or 1), int(row["decimals"] or 0)
        for part, column in (("values", row["column"]), ("low", row["low"]), ("high", row["high"])):
            if part in layer:
                given = [None if value is None else value / 10**decimals for value in layer[part]]
                exact = areas[column].astype(float) * factor
                off = (pd.Series(given, dtype=float) - exact).abs()
                assert (off.isna() == exact.isna()).all()
                assert off.max() <= 0.5001 / 10**decimals, (layer["key"], part)
        if layer["kind"] != "fact":
            codes = pd.Series(list(layer["codes"]))
            for at, one in enumerate(layer["classes"]):
                inside = codes == chr(97 + at)
                assert one["areas"] == inside.sum()
                assert one["people"] == areas.loc[inside.to_numpy(), "population"].sum()
            assert sum(one["areas"] for one in layer["classes"]) + layer["unknown"]["areas"] == len(areas)


def test_the_geopackage_and_the_list_of_gaps_say_what_the_areas_say(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    folder = cornwall_sure[1]
    layers = {
        name: gpd.read_file(folder / "assetmap.gpkg", layer=name).drop(columns="geometry")
        for name in ("areas", "assets")
    }
    for name, key in (("areas", "area_code"), ("assets", "asset_id")):
        same(tables[name].set_index(key), layers[name].set_index(key))
    same(tables["gaps"].set_index("area_code"), tables["areas"].set_index("area_code"))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    shared = [column for column in one.columns if column in other.columns]
    assert len(shared) > 10
    for column in shared:
        left, right = one[column], other[column].reindex(one.index)
        if pd.api.types.is_numeric_dtype(left) and not pd.api.types.is_bool_dtype(left):
            if pd.api.types.is_datetime64_any_dtype(right):
                assert left.isna().all() and right.isna().all(), column  # an empty column of dates
                continue
            numbers = pd.to_numeric(right.replace("", np.nan))
            assert np.allclose(left.astype(float), numbers.astype(float), rtol=1e-9, equal_nan=True), column
        else:
            written = [
                "" if pd.isna(value) else str(value) for values in (left, right) for value in values.tolist()
            ]
            assert written[: len(left)] == written[len(left) :], column


def test_the_commands_find_the_gaps_and_the_estimate_of_the_build(cornwall_sure: Built) -> None:
    results = cornwall_sure[0]
    found = find_project_gaps(am.example_project())
    for column in ("gap_rank", "gap_score", "distance_m", "access_per_1000", "overland_m"):
        if column in found:
            assert found[column].to_numpy(dtype=float) == pytest.approx(
                results.areas[column].to_numpy(dtype=float), nan_ok=True
            )
    assert describe_gaps(found) == describe_gaps(results.areas)
    mean = (results.areas["distance_m"] * results.areas["population"]).sum() / results.areas[
        "population"
    ].sum()
    assert results.details["new_sites"]["mean_cost_before"].iloc[0] == pytest.approx(mean)


# The documentation

PAGES: dict[str, tuple[str, ...]] = {
    "docs/gaps.md": (
        "{gap_areas} of {areas} areas have high need and low access",
        "{gap_people} people live there",
        "{robust_areas} areas are among the worst tenth in at least 90% of the choices",
        "{sometimes_areas} in more than 10%",
        "{adjacent_pairs} pairs of neighbours; chance would give {chance_pairs} and {chance_pairs_need} (p = 0.0001 and {chance_p_need})",
        "{largest_group_areas} areas around Bugle and St Dennis with {largest_group_people} people",
        "| base: straight line, ranks, quantiles | 100% | {gap_areas} | {gap_people} |",
        "| on land | {by_land} |",
        "| number of libraries within 2 km | {by_number} |",
        "| natural breaks | {by_breaks} |",
        "| scores instead of ranks | {by_scores} |",
        "| access score (E2SFCA) within 5 km | {by_access} |",
    ),
    "docs/need.md": (
        "In Cornwall {unchanged} of {areas} areas are unchanged, {split} were split in 2021, {merged} merged, and the population stays {people}",
    ),
    "docs/access.md": (
        "Cornwall {far_people} people ({far_share}) live in {far_areas} small areas more than 5 km from an open library",
        "comes first, nearest for {new_site_people} people, {new_site_covered} of them further than 5 km from a library today",
        "({edge_areas} in Cornwall at 5 km)",
        "In Cornwall {longer} of {areas} areas have more than 1.2 times as far to go",
    ),
    "docs/groups.md": ("With 1,900 found in Cornwall the answer is not {estimate} but {given}",),
    "docs/sites.md": (
        "today {open_assets} are open and {open_local} of them are run by town and parish councils",
    ),
}
MEASURED = (
    "by_access",
    "by_land",
    "by_number",
    "by_breaks",
    "by_scores",
    "unchanged",
    "split",
    "merged",
    "longer",
    "estimate",
    "given",
)


def row_of(choice: pd.Series) -> str:
    kept, areas, people = choice[["worst_kept_share", "high_gap_areas", "high_gap_people"]]
    return f"{share(kept)} | {number(areas)} | {number(people)}"


@pytest.fixture(scope="module")
def written_out(cornwall_sure: Built) -> dict[str, str]:
    results = cornwall_sure[0]
    areas = results.areas
    converted = areas["need_conversion"].value_counts()
    given = am.estimate_unregistered(float(areas["population"].sum()), seen=1_900)
    values = {name: str(converted[name]) for name in ("unchanged", "split", "merged")}
    choices = results.details["robustness"]
    named = {
        "by_land": "distance overland",
        "by_number": "number within 2 km",
        "by_breaks": "classes by natural",
    }
    for key, beginning in named.items():
        values[key] = row_of(choices[choices.index.str.startswith(beginning)].iloc[0])
    scores = find_gaps(areas, scale="score")
    scored = find_gaps(areas, access="access_per_1000", access_direction="more is better")
    values["by_access"] = row_of(compare_gaps(areas, areas, {"access": scored}).loc["access"])
    values["by_scores"] = row_of(compare_gaps(areas, areas, {"scores": scores}).loc["scores"])
    values["longer"] = str(int((areas["overland_m"] > 1.2 * areas["distance_m"]).sum()))
    values["estimate"] = f"{results.estimate.estimate:,.0f}"
    values["given"] = f"{given.estimate:,.0f} ({given.low:,.0f} to {given.high:,.0f})"
    return {key: shown(results, key) for key in CLAIMS} | values


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_print_no_figure_from_elsewhere(name: str, written_out: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", (ROOT / name).read_text(encoding="utf-8"))
    for template in PAGES[name]:
        sentence = template.format(**written_out)
        assert sentence in text, sentence


def test_every_sentence_on_cornwall_in_the_documentation_is_compared() -> None:
    """A figure about the example that no test compares goes stale; those measured elsewhere say where."""
    elsewhere: dict[str, Callable[[str], bool]] = {
        "docs/map_file.md": lambda line: line.startswith("| Cornwall"),  # benchmarks
        "docs/register.md": lambda line: line.startswith("| Cornwall"),  # the labelled pairs
        "docs/place.md": lambda line: True,  # what a command prints
        "docs/travel_methods.md": lambda line: True,
        "docs/app.md": lambda line: "benchmarks/app.py" in line,  # benchmarks/app.py
        "docs/sites.md": lambda line: "benchmarks/review.py" in line,
        "docs/tutorial_officer.md": lambda line: (
            True
        ),  # tests/test_tutorials.py runs these pages and compares them
        "docs/tutorial_analyst.md": lambda line: True,
        "docs/tutorial_planner.md": lambda line: True,
        "docs/read.md": lambda line: True,
        "docs/toolkit.md": lambda line: (
            line.startswith("|") or "What is not built" in line
        ),  # figures of the toolkit
    }
    for page in sorted((ROOT / "docs").glob("*.md")):
        name = f"docs/{page.name}"
        text = page.read_text(encoding="utf-8")
        allowed: Any = elsewhere.get(name, lambda line: False)
        text = "\n".join(line for line in text.splitlines() if not (line.startswith("|") and allowed(line)))
        for sentence in re.split(r"(?<=[.])\s+(?=[A-Z])", re.sub(r"\s+", " ", text)):
            if "Cornwall" in sentence and re.search(
                r"\b\d{2,}", re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)", "", sentence)
            ):
                parts = [re.split(r"{\w+}", template) for template in PAGES.get(name, ())]
                compared = any(
                    all(part.strip() in sentence for part in each if len(part) > 3) for each in parts
                )
                assert compared or allowed(sentence), f"{name}: {sentence}"
