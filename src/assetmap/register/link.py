"""Which rows are the same thing: duplicates within a list, and matches between lists.

Candidates are pairs that share a registration number, a postcode, a word of the name within half a kilometre,
a word of the name in one town, or the whole name. Each pair is scored by its names (rapidfuzz) and its places
and is `same`, `review` or `different`:

- **same**: equal registration numbers with names that agree at all; else an agreeing type, one place (the same
  postcode, or points at most 100 m apart) and names whose particular words agree; or, between lists, almost
  equal names at most 500 m apart, such names in the same street at most 2 km apart (or in one postcode
  district, where a row has no precise place), or equal names in one town where neither row has a precise place.
- **review**: names or types that agree only in part, at one place; equal names up to 2 km apart.

Within one list its maker meant every row as a thing of its own: only rows with the same name at the same
place are one there. A row is joined with at most one row of every other list, the most alike first.

So say the built-in rules. Between lists, the optional linker ``splink`` weighs the evidence instead
(`assetmap.register.weigh`).
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import Final

import numpy as np
import pandas as pd

from assetmap.register.pairs import candidate_pairs
from assetmap.register.types import ALIKE_TYPES, OTHER
from assetmap.register.words import column_or_empty, each_distinct, numbers_of, streets_of
from assetmap.schema import LINKERS, InputError, first_few, reference_table

SAME_NAME: Final = 88.0
"""Likeness (0-100) of names from which two rows at one place are the same."""

REVIEW_NAME: Final = 65.0
SAME_NAME_NEAR: Final = 94.0
"""The same for two rows that are near each other, not at one place."""

HELD_BY_A_PLACE: Final = 0.92
HELD_BY_A_GROUP: Final = 0.80
"""The weight of a name whose distinctive words are all in the other (1 is the weight of the same name)."""

REGISTERED_NAME: Final = 50.0
"""Likeness of names from which two rows with one registration number, near each other, are the same."""

AT_M: Final = 100.0
NEAR_M: Final = 500.0
DOUBT_M: Final = 2_000.0

MANY_ROWS: Final = 50_000
"""From this many rows on it is worth knowing that there is another linker."""


def link_rows(
    rows: pd.DataFrame, decisions: pd.DataFrame | None = None, *, linker: str = LINKERS[0]
) -> pd.DataFrame:
    """Find pairs of rows that are, or may be, the same thing.

    Parameters
    ----------
    rows
        Index 0, 1, ...; ``source``, ``name``, ``name_key``, ``core_key``, ``asset_type``, ``register``,
        ``status``, ``registration_number``, ``postcode``, ``town_key``, ``address`` ?, ``uprn`` ? (text, ``""`` where not
        known), ``x``, ``y`` (metres), ``location_precision``, ``row_id``.
    decisions
        What a person decided: ``first``, ``second`` (places in ``rows``) and ``same`` (true or false).
        It overrules everything.
    linker
        ``builtin``: the rules above; ``splink``: rows of different lists are weighed by the optional extra
        ``link`` (`weigh_pairs`), equal registration numbers and rows of one list by the rules.

    Returns
    -------
    pandas.DataFrame
        One row per pair worth reporting: ``first``, ``second`` (places in ``rows``, first < second),
        ``verdict`` (``same`` or ``review``), ``score`` (0-100), ``why``; ordered by verdict and score.

    Raises
    ------
    InputError
        If there is no such linker, or it is not installed.
    """
    if linker not in LINKERS:
        raise InputError(f"There is no linker '{linker}'. Use one of {first_few(LINKERS)}.")
    # 01234567 and 1234567 are one number: a spreadsheet drops the zeros.
    rows = rows.assign(registration_number=rows["registration_number"].str.lstrip("0"))
    weighed = linker == "splink" and rows["source"].nunique() > 1
    table = _by_rules(rows, left_to_weigh=weighed)
    if weighed:
        from assetmap.register.weigh import weigh_pairs

        table = pd.concat([table, weigh_pairs(rows)]).drop_duplicates(["first", "second"])
    return with_decisions(rows, table, decisions)


def with_decisions(rows: pd.DataFrame, table: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Put a person's decisions over scored pairs, and the pairs in the order in which they are joined.

    Parameters
    ----------
    rows, decisions
        As for `link_rows`.
    table
        From `judge_pairs`.

    Returns
    -------
    pandas.DataFrame
        As `link_rows` returns it.
    """
    if decisions is not None and len(decisions):
        table = _decided(table, decisions)
    # Of equal scores the one at the same place comes first; then what the rows say decides, so that the
    # order of the lists does not matter.
    ties = rows["row_id"].to_numpy(dtype=object)
    table["tie"] = np.minimum(ties[table["first"].to_numpy()], ties[table["second"].to_numpy()])
    rank = table["verdict"].map({"decided": 0, "same": 1, "review": 2})
    table = table.assign(rank=rank).sort_values(
        ["rank", "score", "at", "tie"], ascending=[True, False, False, True], kind="stable"
    )
    return table.drop(columns=["rank", "at", "tie"]).reset_index(drop=True)


def describe_linking(rows: int, lists: int, *, linker: str) -> str:
    """Describe what linked the rows, or return an empty text where the default needs no mention.

    Parameters
    ----------
    rows, lists
        How many there were.
    linker
        What was used.

    Examples
    --------
    >>> am.register.describe_linking(200, 2, linker="builtin")
    ''
    """
    if lists > 1 and linker == "splink":
        return (
            f"{rows:,} rows of {lists} lists were linked by splink {version('splink')}; "
            "rows of one list, and equal registration numbers, by the built-in rules."
        )
    if lists < 2 or rows < MANY_ROWS:
        return ""
    here = find_spec("splink") is not None
    how = "ask for it with --linker splink" if here else "it is not installed: pip install 'assetmap[link]'"
    return (
        f"{rows:,} rows of {lists} lists were linked by the built-in rules. The linker 'splink' weighs the "
        f"evidence instead ({how}; docs/register.md says when that is better)."
    )


def _by_rules(rows: pd.DataFrame, *, left_to_weigh: bool) -> pd.DataFrame:
    """Decide the pairs by the rules; not those of two lists without one registration number, if they are left to be weighed."""
    pairs = candidate_pairs(rows)
    if left_to_weigh:
        source, number = pd.factorize(rows["source"])[0], rows["registration_number"].to_numpy(dtype=object)
        first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
        one_number = (number[first] == number[second]) & (number[first] != "")
        pairs = pairs[(source[first] == source[second]) | one_number]
    return judge_pairs(rows, pairs)


def judge_pairs(rows: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Score pairs by the rules.

    Parameters
    ----------
    rows
        As for `link_rows`, with registration numbers without leading zeros.
    pairs
        ``first``, ``second``: places in ``rows``, first < second.

    Returns
    -------
    pandas.DataFrame
        The pairs that are not ``different``: ``first``, ``second``, ``score``, ``at``, ``verdict``, ``why``.
    """
    if pairs.empty:
        kinds = {"score": "float", "at": "bool", "verdict": "str", "why": "str"}
        return pairs[["first", "second"]].assign(
            **{name: pd.Series(dtype=kind) for name, kind in kinds.items()}
        )
    scored = _scored(rows, pairs)
    verdict, why = _verdicts(scored)
    table = scored[["first", "second", "score", "at"]].assign(verdict=verdict, why=why)
    return table[table["verdict"] != "different"]


def _scored(rows: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Compare the two rows of each pair: registration, types, places, and names where that can matter."""
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    scored = pairs[["first", "second"]].reset_index(drop=True)

    def equal(column: str) -> np.ndarray:
        codes = pd.factorize(rows[column].where(rows[column] != ""))[0]
        return np.asarray((codes[first] == codes[second]) & (codes[first] >= 0))

    def both(column: str) -> np.ndarray:
        said = (rows[column] != "").to_numpy()
        return np.asarray(said[first] & said[second])

    number, register = equal("registration_number"), equal("register") | ~both("register")
    scored["registered"] = number & register
    scored["numbers_differ"] = both("registration_number") & ~number & register
    codes = pd.factorize(column_or_empty(rows, "uprn").str.lstrip("0").where(lambda code: code != ""))[0]
    property_known = (codes[first] >= 0) & (codes[second] >= 0)
    scored["one_property"] = property_known & (codes[first] == codes[second])
    scored["two_properties"] = property_known & (codes[first] != codes[second])
    scored["one_ended"] = equal("status") ^ True
    scored["one_ended"] &= (rows["status"] == "closed").to_numpy()[first] | (
        rows["status"] == "closed"
    ).to_numpy()[second]
    days = column_or_empty(rows, "list_date").to_numpy(dtype=object)
    scored["two_days"] = (days[first] != "") & (days[second] != "") & (days[first] != days[second])
    scored["one_list"], scored["same_type"] = equal("source"), equal("asset_type")
    scored["postcode"], scored["town"] = equal("postcode"), equal("town_key")
    scored["postcodes_differ"] = both("postcode") & ~scored["postcode"]
    precise = rows["location_precision"].isin(("point", "postcode")).to_numpy()
    scored["both_precise"] = precise[first] & precise[second]
    x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
    apart = np.hypot(x[first] - x[second], y[first] - y[second])
    scored["apart_m"] = np.where(scored["both_precise"], apart, np.nan)
    scored["at"] = scored["postcode"] | (scored["apart_m"] <= AT_M)
    scored["vague"] = ~scored["both_precise"] & scored["town"] & ~scored["postcodes_differ"]
    # Two streets with one name are distinguished by the distance between them.
    outward = each_distinct(rows["postcode"], lambda code: code.partition(" ")[0])
    districts = pd.factorize(outward.where(outward != ""))[0]
    one_district = (districts[first] == districts[second]) & (districts[first] >= 0)
    scored["not_far"] = (scored["apart_m"] <= DOUBT_M) | (
        ~scored["both_precise"] & one_district & ~scored["one_list"]
    )
    matters = (
        scored["registered"] | scored["one_property"] | scored["at"] | scored["vague"] | scored["not_far"]
    )
    scored = scored[matters.to_numpy()].reset_index(drop=True)
    return _in_streets(rows, _with_names(rows, scored))


def _in_streets(rows: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """Add whether the two addresses name the same street; asked only where names are alike and places are not."""
    asked = np.flatnonzero(~scored["one_list"] & ~scored["at"] & (scored["score"] >= SAME_NAME))
    addresses = column_or_empty(rows, "address")
    first, second = (
        streets_of(addresses.take(scored[side].to_numpy()[asked])) for side in ("first", "second")
    )
    same = np.zeros(len(scored), dtype=bool)
    same[asked] = [_one_street(a, b) for a, b in zip(first, second, strict=True)]
    return scored.assign(street=same)


def _one_street(first: str, second: str) -> bool:
    """Whether two texts of `streets_of` name a street in common, and no two different house numbers."""
    streets, others = set(first.split("|")), set(second.split("|"))
    numbers, more = ({part for part in parts if part.isdigit()} for parts in (streets, others))
    named = (streets & others) - numbers - {""}
    return bool(named) and (not numbers or not more or bool(numbers & more))


def _with_names(rows: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """Add how alike the names are (0-100), as a whole and in their particular words."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    first, second = scored["first"].to_numpy(), scored["second"].to_numpy()
    keys = each_distinct(rows["name_key"], lambda key: " ".join(sorted(key.split()))).to_numpy(dtype=object)
    cores = rows["core_key"].to_numpy(dtype=object)
    whole = cpdist(keys[first], keys[second], scorer=fuzz.ratio)
    core = cpdist(cores[first], cores[second], scorer=fuzz.ratio)
    part = np.zeros(len(scored), dtype=core.dtype)
    # Within one list only nearly the same names are joined: what one name contains of the other does not matter.
    close = np.flatnonzero(~scored["one_list"] & (scored["at"] | scored["vague"]) | scored["registered"])
    part[close] = cpdist(cores[first[close]], cores[second[close]], scorer=fuzz.token_set_ratio)
    # The particular words count most. That one name holds the other counts nearly as much for a building, of
    # which there is one at a place, and less for a club: the ladies' team is not the club.
    kind = (
        rows["asset_type"]
        .map(reference_table("asset_types")["kind"])
        .isin(("institution", "place"))
        .to_numpy()
    )
    held = np.where(kind[first] & kind[second], HELD_BY_A_PLACE, HELD_BY_A_GROUP)
    score = np.maximum.reduce([whole, 0.98 * core, held * part]).astype(float).round(1)
    types = rows["asset_type"].to_numpy(dtype=object)
    a, b = types[first], types[second]
    untyped = ((a == OTHER) | (b == OTHER)) & (whole >= SAME_NAME)
    return scored.assign(
        whole=whole,
        score=score,
        alike_type=scored["same_type"] | _alike(rows["asset_type"], first, second) | untyped,
        numbers=_same_numbers(rows["name_key"], first, second),
    )


def _alike(types: pd.Series, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    alike = np.zeros(len(first), dtype=bool)
    for group in ALIKE_TYPES:
        member = types.isin(group).to_numpy()
        alike |= member[first] & member[second]
    return alike


def _same_numbers(keys: pd.Series, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether the two names hold the same numbers: 1st and 2nd Truro Scouts are two groups."""
    codes = pd.factorize(numbers_of(keys))[0]
    return np.asarray(codes[first] == codes[second])


def _verdicts(pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Decide each pair, and say why."""
    score, one_list, alike = pairs["score"], pairs["one_list"], pairs["alike_type"]
    at, vague, near = pairs["at"], pairs["vague"], pairs["apart_m"] <= NEAR_M
    apart, one = pairs["two_properties"], pairs["one_property"]
    good = pairs["numbers"] & ~pairs["numbers_differ"] & ~apart
    # A number alone may be that of a whole federation: the name or the place must agree too.
    near_by = (vague | pairs["not_far"]) & (score >= REGISTERED_NAME)
    named = (pairs["whole"] >= SAME_NAME_NEAR) | (~pairs["both_precise"] & (score >= SAME_NAME))
    agrees = at | near_by | named
    equal = (pairs["whole"] >= 99) & good
    # One charity may run several places and list each of them.
    both_placed = pairs["both_precise"] | pairs["postcodes_differ"]
    rules = [
        (one_list & apart, "different", ""),
        (pairs["registered"] & apart, "review", "the same registration number, but different properties (UPRN)"),
        (pairs["registered"] & ~(one_list & ~at & both_placed) & agrees, "same", "the same registration number"),
        (pairs["registered"], "review", "the same registration number, but a different name or place"),
        (~one_list & one & alike & good & (score >= REVIEW_NAME), "same", "the same property (UPRN) and a similar name"),
        (~one_list & one & alike, "review", "the same property (UPRN), but a different name"),
        (~one_list & apart & alike & at & (score >= SAME_NAME), "review",
         "the same place and a similar name, but different properties (UPRN)"),
        (one_list & equal & pairs["two_days"] & at, "same", "the same name at the same place, on sheets of two dates"),
        (one_list & equal & pairs["one_ended"] & at, "review", "the same name at the same place, one of them closed"),
        (one_list & equal & pairs["same_type"] & (pairs["postcode"] | (pairs["apart_m"] <= 10)), "same",
         "the same name at the same place, a duplicate in one list"),
        (one_list & equal & pairs["same_type"] & vague, "same", "the same name in the same town, a duplicate in one list"),
        (~one_list & alike & good & at & (score >= SAME_NAME), "same", "the same place and a similar name"),
        (~one_list & alike & good & near & (score >= SAME_NAME_NEAR), "same", "a place nearby and nearly the same name"),
        (~one_list & alike & good & pairs["not_far"] & pairs["street"] & (score >= SAME_NAME), "same",
         "the same street and a similar name"),
        (~one_list & alike & good & vague & (pairs["whole"] >= 95), "same", "the same town and nearly the same name"),
        (one_list & good & at & pairs["same_type"] & (pairs["whole"] >= 90), "review",
         "nearly the same name at the same place, perhaps a duplicate in one list"),
        (~one_list & alike & at & good & (score >= REVIEW_NAME), "review", "the same place and a partly similar name"),
        (~one_list & ~alike & at & equal, "review", "the same place and name, but a different type"),
        (~one_list & alike & equal & (pairs["apart_m"] <= DOUBT_M), "review", "the same name, but some distance apart"),
        (~one_list & pairs["same_type"] & good & (pairs["apart_m"] <= 2 * NEAR_M) & (score >= SAME_NAME), "review",
         "a place nearby and a similar name"),
        (~one_list & alike & good & vague & (score >= SAME_NAME), "review", "the same town and a similar name"),
    ]  # fmt: skip
    conditions = [np.asarray(condition, dtype=bool) for condition, _, _ in rules]
    verdict = np.select(conditions, [verdict for _, verdict, _ in rules], "different")
    why = np.select(conditions, [why for _, _, why in rules], "")
    return verdict, why


def _decided(table: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Put a person's decisions over the verdicts."""
    low = np.minimum(decisions["first"], decisions["second"])
    high = np.maximum(decisions["first"], decisions["second"])
    decided = pd.DataFrame({"first": low, "second": high, "same": decisions["same"].astype(bool)})
    decided = decided.drop_duplicates(["first", "second"], keep="last")
    left = table.merge(decided[["first", "second"]], on=["first", "second"], how="left", indicator=True)
    table = table[(left["_merge"] == "left_only").to_numpy()]
    joined = decided[decided["same"]][["first", "second"]]
    said = joined.assign(score=100.0, at=True, verdict="decided", why="a person decided so")
    return pd.concat([said, table])
