"""The sentence above the map, for every layer, against the tables: how many areas and people, which is the highest."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from assetmap.schema import Results, reference_table

HIGHEST = re.compile(
    r"([\d,]+) of 326 neighbourhoods, home to ([\d,]+) people, (?:is|are) in the highest class \((.+)\)\. "
    r"(?:The highest is (?P<name>.+?)(?: \(near [^)]+\))?|The highest value is that of (?P<alike>[\d,]+) neighbourhoods): "
    r"(?P<value>[\d,.]+)(?: .+?)?\.(?: Not known for (?P<unknown>[\d,]+) neighbourhoods?\.)?"
)


def whole(text: str | None) -> int:
    return int(text.replace(",", "")) if text else 0


def check_numbers(sentence: str, row: pd.Series, areas: pd.DataFrame) -> None:
    found = HIGHEST.fullmatch(sentence)
    assert found is not None, sentence
    values = areas[row["column"]].astype(float) * float(row["factor"] or 1)
    count, people = whole(found[1]), whole(found[2])
    top = areas[values >= values.nlargest(count).min()]
    assert (count, people) == (len(top), round(top["population"].sum())), sentence
    printed = (values.dropna() * 10 ** int(row["decimals"] or 0)).map(round)  # as the page rounds them
    highest = printed.index[printed == printed.max()]
    if found["alike"]:
        assert whole(found["alike"]) == len(highest) > 1, sentence
    else:
        assert [found["name"]] == areas.loc[highest, "area_name"].tolist(), sentence
    assert found["value"] == f"{values.max():,.{int(row['decimals'] or 0)}f}", sentence
    assert whole(found["unknown"]) == values.isna().sum()


def check_words(sentence: str, values: pd.Series) -> None:
    counts = values.value_counts()
    said = [
        (whole(count), label)
        for count, label in re.findall(r"([\d,]+)(?: of 326 neighbourhoods)?: ([^.;]+)", sentence)
    ]
    assert said, sentence
    for count, label in said:
        assert counts[label] == count, sentence


def test_the_sentence_of_every_layer_is_true(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    page = open_page(cornwall_page)
    table, areas = reference_table("map_layers"), cornwall.areas
    keys = page.eval_on_selector_all("#am-layer-list input", "all => all.map((one) => one.value)")
    sentences = {}
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for position in range(len(keys)):
        page.locator("#am-layer-list input").nth(position).check(force=True)
        sentences[page.url.split("layer=")[-1].split("&")[0]] = page.locator("#am-sentence").inner_text()
    checked = 0
    for key, sentence in sentences.items():
        row = table.loc[key] if key in table.index else table.loc["gap"]
        if row["kind"] == "number":
            check_numbers(sentence, row, areas)
            checked += 1
        elif row["kind"] == "category":
            check_words(sentence, areas[row["column"]])
            checked += 1
    drawn = table[table["column"].isin(areas.columns) & table["kind"].isin(["number", "category"])]
    assert checked >= len(drawn) - 1 > 10


def test_the_card_ranks_by_the_exact_values(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    """The distance is written with one decimal, so hundreds of areas look equal; the rank must not."""
    areas = cornwall.areas
    for layer, ranks in (
        ("distance", areas["distance_m"].rank(method="min", ascending=False)),
        ("gap_score", areas["gap_rank"]),
        ("need_health", areas["need_health"].round(12).rank(method="min", ascending=False)),
    ):
        code = areas.index[100]
        page = open_page(cornwall_page, fragment=f"#layer={layer}&area={code}")
        said = page.locator("#am-card .am-sub", has_text="Ranks").inner_text()
        assert said == f"Ranks {int(ranks[code])} of 326, where 1 is the highest value.", layer
