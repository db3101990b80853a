"""Kinds of sites: what a review calls them, which asset types they are, which duty in law there is for them.

A kind is a row of ``data/tables/site_types.csv``, or any other asset type, which is then a kind of its own with plain words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assetmap.schema import reference_table

OTHER: Final = "any"
"""The row for every kind that has none."""


@dataclass(frozen=True)
class SiteKind:
    """What a review has to know about a kind of site.

    ``types`` are its asset types; ``word`` and ``words`` what one and several are called; ``names`` the words that may be left
    out of a name or added to it; ``duty`` a sentence on the law with its ``duty_source``; ``left_out`` the criteria that say
    nothing about such sites.
    """

    types: tuple[str, ...]
    word: str
    words: str
    names: frozenset[str]
    duty: str
    duty_source: str
    left_out: tuple[str, ...]


def site_kind(asset_type: str) -> SiteKind:
    """Return what a review has to know about a kind of site.

    Parameters
    ----------
    asset_type
        A row of ``data/tables/site_types.csv`` (``library``, ``hall``, ``public_toilet`` ...) or of
        ``data/tables/asset_types.csv``.

    Examples
    --------
    >>> site_kind("hall").types
    ('village_hall', 'community_centre', 'community_hub')
    >>> site_kind("museum").word
    'museum or heritage centre'
    """
    kinds, types = reference_table("site_types"), reference_table("asset_types")
    row = kinds.loc[asset_type if asset_type in kinds.index else OTHER]
    word, words = str(row["word"]), str(row["words"])
    if asset_type not in kinds.index and asset_type in types.index:
        word, words = (str(types.at[asset_type, column]) for column in ("label", "label_plural"))
        word, words = word[:1].lower() + word[1:], words[:1].lower() + words[1:]
    return SiteKind(
        types=tuple(row["asset_types"].split("|")) if asset_type in kinds.index else (asset_type,),
        word=word,
        words=words,
        names=frozenset(filter(None, row["other_words"].split("|"))),
        duty=str(row["duty"]),
        duty_source=str(row["duty_source"]),
        left_out=tuple(filter(None, row["criteria_left_out"].split("|"))),
    )
