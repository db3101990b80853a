"""Which rows of different lists are the same thing, by weight of evidence: splink, the optional extra ``link``.

The other way to `link_rows`: a model of Fellegi and Sunter, which learns from the lists themselves, without
labels, what agreement on name, place, type and street is worth, and counts a rare name for more than
a common one. What no weight may outvote stays a rule: other numbers in the name or on a register make two things,
types that do not go together are at most doubtful, and within one list the rules of `link_rows` hold.

References
----------
Fellegi, I. P., and Sunter, A. B. (1969). A theory for record linkage. Journal of the American Statistical
Association 64: 1183-1210.
Linacre, R., et al. (2022). Splink: free software for probabilistic record linkage at scale. International
Journal of Population Data Science 7(3).
"""

from __future__ import annotations

import logging
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.register.pairs import rarest_words
from assetmap.register.types import ALIKE_TYPES, OTHER
from assetmap.register.words import column_or_empty, each_distinct, numbers_of, streets_of
from assetmap.schema import InputError

SAME_PROBABILITY: Final = 0.95
REVIEW_PROBABILITY: Final = 0.50

FEWEST_ROWS: Final = 2_000
"""From fewer rows there is too little to learn from."""

FEWEST_SHARED: Final = 20
"""Two lists must share this many names, and this many names at one place, or nothing can be learned."""

CELL_M: Final = 250
REACH_M: Final = 2_000
SEED: Final = 1
"""Of the sample of pairs from which the model learns: the same rows give the same result, in any order."""

SAMPLED_PAIRS: Final = 1_000_000
"""Pairs drawn at random to learn how often two different things agree."""

TRAINING_PAIRS: Final = 10_000_000
LIKELY_RECALL: Final = 0.7
"""Starting value: the share of true pairs that have one postcode and one distinctive name."""

NEAR: Final = f"abs(l.x - r.x) <= {REACH_M} and abs(l.y - r.y) <= {REACH_M}"
UNPLACED: Final = "(l.x is null or r.x is null)"
APART: Final = "sqrt(power(x_l - x_r, 2) + power(y_l - y_r, 2))"

BLOCKS: Final = (
    "l.postcode = r.postcode",
    f"l.name_key = r.name_key and {NEAR}",
    f"l.word = r.word and {NEAR}",
    f"l.word = r.word and l.town_key = r.town_key and {UNPLACED}",
    f"l.word = r.word and l.district = r.district and {UNPLACED}",
)
"""Pairs worth comparing: at one postcode, or near each other with a rare word in common."""

EVIDENCE: Final = {
    "name": (
        ("the same name", "name_key_l = name_key_r", "name_key"),
        ("the same distinctive words", "core_key_l = core_key_r", "core_key"),
        (
            "one name contains the other",
            "list_has_all(words_l, words_r) or list_has_all(words_r, words_l)",
            "",
        ),
        ("a similar name", "jaro_winkler_similarity(sorted_key_l, sorted_key_r) >= 0.92", ""),
        ("a word in common", "list_has_any(words_l, words_r)", ""),
    ),
    "place": (
        ("the same postcode", "postcode_l = postcode_r", ""),
        ("at most 100 m apart", f"{APART} <= 100", ""),
        ("at most 500 m apart", f"{APART} <= 500", ""),
        ("at most 2 km apart", f"{APART} <= {REACH_M}", ""),
        (
            "the same town or postcode district",
            "(x_l is null or x_r is null) and (town_key_l = town_key_r or district_l = district_r)",
            "",
        ),
    ),
    "type": (
        ("the same type", "asset_type_l = asset_type_r", ""),
        ("types that go together", "alike_l = alike_r", ""),
    ),
    "street": (("the same street", "list_has_any(streets_l, streets_r)", ""),),
}
"""What is compared: in words, as a condition in SQL, and whose rarity counts; the strongest first."""

UNKNOWN: Final = {
    "name": "name_key_l is null or name_key_r is null",
    "place": "(x_l is null or x_r is null) and (postcode_l is null or postcode_r is null) "
    "and (town_key_l is null or town_key_r is null)",
    "type": "asset_type_l is null or asset_type_r is null",
    "street": "streets_l is null or streets_r is null",
}


def weigh_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Weigh the evidence that rows of different lists are the same thing.

    Parameters
    ----------
    rows
        As for `link_rows`; of two lists or more.

    Returns
    -------
    pandas.DataFrame
        As `link_rows` returns it, of pairs of two lists: ``first``, ``second``, ``verdict`` (``same`` or
        ``review``), ``score`` (the probability in per cent), ``why`` and ``at`` (one postcode, or 100 m).

    Raises
    ------
    InputError
        If splink is not installed; if there are fewer than 2,000 rows to learn from, or the lists share too
        few names at one place.
    """
    _installed()
    if len(rows) < FEWEST_ROWS:
        raise InputError(
            f"The linker 'splink' learns from the lists themselves and needs {FEWEST_ROWS:,} rows; "
            f"these have {len(rows):,}. Use the linker 'builtin'."
        )
    # In the order of their ids, so that the order of the lists is irrelevant.
    weighed = _predicted(_evidence_of(rows).sort_values("unique_id"))
    for side in ("left", "right"):
        weighed[side] = pd.Index(rows["row_id"]).get_indexer(weighed[side])
    kept = weighed[(weighed["probability"] >= REVIEW_PROBABILITY) & ~_contradicted(rows, weighed)]
    sure = (kept["probability"] >= SAME_PROBABILITY) & (kept["type"] != 0) & (kept["place"] != 0)
    low, high = kept[["left", "right"]].min(axis=1), kept[["left", "right"]].max(axis=1)
    table = pd.DataFrame(
        {
            "first": low.astype("int64"),
            "second": high.astype("int64"),
            "score": (kept["probability"] * 100).round(1),
            "verdict": np.where(sure, "same", "review"),
            "why": _reasons(kept),
            "at": kept["place"] >= len(EVIDENCE["place"]) - 1,
        }
    )
    return table.sort_values(["first", "second"]).reset_index(drop=True)


def _installed() -> None:
    try:
        import splink  # noqa: F401
    except ImportError as error:
        raise InputError(
            "The linker 'splink' is an extra that is not installed. Run: pip install 'assetmap[link]', "
            "or use the linker 'builtin'."
        ) from error


def _evidence_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is compared, missing where a row does not say it."""

    def said(texts: pd.Series) -> pd.Series:
        return texts.astype("object").where(texts != "", None)

    def parts(texts: pd.Series, mark: str) -> pd.Series:
        return texts.map(lambda text: [p for p in text.split(mark) if p and not p.isdigit()] or None)

    alike = {kind: str(k) for k, group in enumerate(ALIKE_TYPES) for kind in group}
    precise = rows["location_precision"].isin(("point", "postcode"))
    types = rows["asset_type"].where(rows["asset_type"] != OTHER, "")
    return pd.DataFrame(
        {
            "source": pd.factorize(rows["source"], sort=True)[0],
            "unique_id": rows["row_id"],
            "name_key": said(rows["name_key"]),
            "core_key": said(rows["core_key"]),
            "sorted_key": each_distinct(rows["name_key"], lambda key: " ".join(sorted(key.split()))),
            "words": parts(rows["core_key"], " "),
            "word": said(rarest_words(rows["core_key"])),
            "postcode": said(rows["postcode"]),
            "district": said(each_distinct(rows["postcode"], lambda code: code.partition(" ")[0])),
            "town_key": said(rows["town_key"]),
            "x": rows["x"].where(precise),
            "y": rows["y"].where(precise),
            "asset_type": said(types),
            "alike": said(types.map(alike).fillna(types)),
            "streets": parts(streets_of(column_or_empty(rows, "address")), "|"),
        }
    )


def _settings() -> dict[str, Any]:
    comparisons = []
    for what, levels in EVIDENCE.items():
        conditions: list[dict[str, Any]] = [
            {"sql_condition": UNKNOWN[what], "is_null_level": True, "label_for_charts": "not known"}
        ]
        for label, condition, rarity in levels:
            level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": label}
            conditions.append(level | ({"tf_adjustment_column": rarity} if rarity else {}))
        conditions.append({"sql_condition": "ELSE", "label_for_charts": "else"})
        comparisons.append({"output_column_name": what, "comparison_levels": conditions})
    return {
        "link_type": "link_only",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in BLOCKS],
        "retain_matching_columns": True,
    }


def _predicted(evidence: pd.DataFrame) -> pd.DataFrame:
    """Learn the weights and weigh every candidate: places, probability and the level of each comparison."""
    import pyarrow as pa
    from splink import DuckDBAPI, Linker

    place, name = _training_rules(evidence)
    # It reports on its progress; the reasons have what a person needs to know.
    progress = logging.getLogger("splink")
    if progress.level == logging.NOTSET:
        progress.setLevel(logging.ERROR)
    database = DuckDBAPI()
    tables = [
        database.register(
            pa.Table.from_pandas(part.drop(columns="source"), preserve_index=False),
            dataset_display_name=f"list_{number}",
        )
        for number, part in evidence.groupby("source")
    ]
    linker = Linker(tables, _settings(), log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [f"{place} and l.core_key = r.core_key"], recall=LIKELY_RECALL
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for rule in (place, name):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=TRAINING_PAIRS)
    found: Any = linker.inference.predict(
        threshold_match_probability=REVIEW_PROBABILITY, warning_mode="never"
    )
    table: pd.DataFrame = found.as_pandas_dataframe()
    columns = {"unique_id_l": "left", "unique_id_r": "right", "match_probability": "probability"}
    columns |= {f"gamma_{what}": what for what in EVIDENCE}
    return table.rename(columns=columns)[list(columns.values())].reset_index(drop=True)


def _training_rules(evidence: pd.DataFrame) -> tuple[str, str]:
    """Return which pairs to learn from: at one place, as finely as the lists allow, and of one name."""
    cell = (evidence["x"] // CELL_M) * 10_000_000 + evidence["y"] // CELL_M
    places = {
        "l.postcode = r.postcode": evidence["postcode"],
        " and ".join(f"floor(l.{axis} / {CELL_M}) = floor(r.{axis} / {CELL_M})" for axis in "xy"): cell,
        "l.town_key = r.town_key": evidence["town_key"],
    }
    named = {
        rule: evidence["core_key"].str.cat(place.map(str, na_action="ignore"), sep="|")
        for rule, place in places.items()
    }
    usable = [rule for rule, key in named.items() if _shared(key, evidence["source"]) >= FEWEST_SHARED]
    if not usable or _shared(evidence["name_key"], evidence["source"]) < FEWEST_SHARED:
        raise InputError(
            "The linker 'splink' learns from what different lists have in common: fewer than "
            f"{FEWEST_SHARED} names, or names at one place, occur in two of these. Use the linker 'builtin'."
        )
    return usable[0], "l.name_key = r.name_key"


def _shared(key: pd.Series, source: pd.Series) -> int:
    """Count the values that occur in two lists or more."""
    return int((source.groupby(key).nunique() > 1).sum())


def _contradicted(rows: pd.DataFrame, weighed: pd.DataFrame) -> pd.Series:
    """Mark pairs with other numbers in the name, or other numbers on one register."""
    left, right = (rows.iloc[weighed[side]].reset_index(drop=True) for side in ("left", "right"))
    both = (left["registration_number"] != "") & (right["registration_number"] != "")
    other = both & (left["registration_number"] != right["registration_number"])
    counted = numbers_of(left["name_key"]) != numbers_of(right["name_key"])
    one_register = (
        (left["register"] == right["register"]) | (left["register"] == "") | (right["register"] == "")
    )
    return counted | (other & one_register)


def _reasons(weighed: pd.DataFrame) -> np.ndarray:
    """Say what agrees, the strongest level of each comparison, and how probable it is."""
    said = np.full(len(weighed), "", dtype=object)
    for what, levels in EVIDENCE.items():
        words = np.array(["", *(label for label, _, _ in reversed(levels))], dtype=object)
        part = words[weighed[what].clip(lower=0).to_numpy()]
        joined = np.where((said != "") & (part != ""), ", ", "")
        said = said + joined + part
    share = weighed["probability"].map(lambda value: f"{min(value, 0.999):.3f}").to_numpy(dtype=object)
    return np.asarray(said + " (splink: probability " + share + ")")
