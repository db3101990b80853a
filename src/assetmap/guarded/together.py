"""Cells of a row that guard it only together: its name and its type, and who runs it or a short remark.

A name such as ``Women's Project`` says who is there and the type ``Lodgings`` what kind of roof there is: neither is guarded alone. What
a text says by itself is found by `assetmap.guarded.words`; here only rows are looked at that it leaves open.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
import pandas as pd

from assetmap.guarded.parts import guarding_together, may_meet
from assetmap.guarded.table import BY_ITSELF, mask_of
from assetmap.guarded.words import looked_at, may_end, phrase_of, plain_words
from assetmap.schema import reference_table

WHO: Final = ("woman", "child", "mother", "vulnerable", "nation", "risk", "topic")
"""Parts that say who is there, or from what they flee: what the operator may add to a roof."""
WHO_IN_REMARK: Final = ("woman", "mother", "vulnerable", "nation", "risk")
"""The same of a remark: those of any place mention children."""
ROOF: Final = ("dwelling", "house", "home")
"""Parts that say what kind of roof there is."""
BEDS: Final = ("dwelling",)
"""The roofs that a remark can guard: ``house`` and ``home`` are in the names of many places."""

GENERIC: Final = frozenset(
    ["group", "hub", "centre", "space", "place", "office", "network", "charity", "project", "team", "link", "line", "base",
     "facility", "scheme", "house", "home", "panel", "one", "stop", "community", "social"]
)  # fmt: skip
"""Words that add nothing where the type is plainly an ordinary one (``Recycling centre``, ``Friends meeting house``)."""


def guarded_together(
    name: str, kind: str, *, plainly: bool = False, operator: str = "", remark: str = ""
) -> str:
    """Return the words of a row that guard only together, or ``""``.

    Parameters
    ----------
    name, kind
        Name and type, as somebody typed them. Neither has a guarded word.
    plainly
        Whether the type is known and an ordinary one: then words such as "centre" in it add nothing.
    operator, remark
        Who runs it, and a short remark. They can only add for whom a roof is.

    Examples
    --------
    >>> guarded_together("Women's project", "Lodgings"), guarded_together("Women in business", "Trade group")
    ('woman lodging', '')
    >>> guarded_together("Elm Lodgings", "", remark="for women on the run")
    'lodging woman'
    """
    first, second = (
        [word for word in plain_words(text) if not (plainly and word in GENERIC)] for text in (name, kind)
    )
    found = ""
    if first and second:
        over_both = "" if phrase_of(first) or phrase_of(second) else phrase_of([*first, *second])
        found = over_both or guarding_together([(first, ()), (second, ())])
    for text, who, roof in ((operator, WHO, ROOF), (remark, WHO_IN_REMARK, BEDS)):
        if not found and text:
            found = guarding_together([([*first, *second], roof), (plain_words(text), who)])
    return found


def rows_guarded_together(
    cells: pd.DataFrame, *, looks: tuple[pd.DataFrame, pd.DataFrame], plainly: pd.Series
) -> pd.Series:
    """Return `guarded_together` of each row.

    Parameters
    ----------
    cells
        ``name``, ``kind``, ``operator`` and ``remark``, texts.
    looks
        `assetmap.guarded.words.looked_at` of names and of kinds.
    plainly
        Whether the type of a row is known and an ordinary one.
    """
    of_name, of_kind = looks
    parts, kind_parts = of_name["parts"].to_numpy(), of_kind["parts"].to_numpy()
    both = parts | kind_parts
    meet = (parts != 0) & (kind_parts != 0)
    meets = {has: may_meet(has & ~mask_of(BY_ITSELF)) for has in set(both[meet].tolist())}
    meet[meet] = [meets[has] for has in both[meet].tolist()]
    kinds = cells["kind"].unique().tolist()
    ends = [cells["kind"].map({kind: _ends(kind, known) for kind in kinds}) for known in (True, False)]
    begins = of_name["begins"] & np.where(plainly, ends[0].astype("bool"), ends[1].astype("bool"))
    adds = ((both & mask_of(ROOF)) != 0) & ((cells["operator"] != "") | (cells["remark"] != ""))
    open_ = meet | begins | adds
    found = [""] * len(cells)
    columns = [cells[column].tolist() for column in ("name", "kind", "operator", "remark")]
    for place in np.flatnonzero(open_).tolist():
        name, kind, operator, remark = (column[place] for column in columns)
        found[place] = _cached(name, kind, bool(plainly.iloc[place]), operator, remark)
    return pd.Series(found, index=cells.index, dtype="str")


def guarded_kinds() -> frozenset[str]:
    """Return the asset types that are guarded."""
    types = reference_table("asset_types")["sensitive"]
    return frozenset(types.index[types == "yes"])


def is_guarded(assets: pd.DataFrame) -> pd.Series:
    """Say which assets are guarded: as ``sensitive`` says, and where it says nothing by type and name."""
    unsaid = pd.Series(True, index=assets.index)
    said = pd.Series(False, index=assets.index)
    if "sensitive" in assets:
        unsaid = assets["sensitive"].isna()
        said = assets["sensitive"].fillna(False).astype(bool)
    if unsaid.any():
        rest = assets[unsaid]
        names, kinds = looked_at(rest["name"]), looked_at(rest["asset_type"])
        cells = pd.DataFrame({"name": rest["name"], "kind": rest["asset_type"]}).fillna("").astype("str")
        plainly = cells["kind"].isin(reference_table("asset_types").index)
        both = rows_guarded_together(
            cells.assign(operator="", remark=""), looks=(names, kinds), plainly=plainly
        )
        guards = rest["asset_type"].isin(guarded_kinds()) | (kinds["word"] != "") | (names["word"] != "")
        said = said.copy()
        said[unsaid] = (guards | ((both != "") & (names["word"] == ""))).to_numpy()
    return said


@functools.lru_cache(maxsize=10_000)
def _cached(name: str, kind: str, plainly: bool, operator: str, remark: str) -> str:
    return guarded_together(name, kind, plainly=plainly, operator=operator, remark=remark)


@functools.lru_cache(maxsize=10_000)
def _ends(kind: str, plainly: bool) -> bool:
    """Say whether a type has a word that an entry of the table may end with, after a name that begins it."""
    return may_end([word for word in plain_words(kind) if not (plainly and word in GENERIC)])
