"""Ordinary uses of guarded words: those of the table, those of animals, and words that only say where a place is."""

from __future__ import annotations

import itertools
from typing import Final

ANIMALS: Final = frozenset(
    ["animal", "wildlife", "wildfowl", "waterfowl", "bird", "cat", "dog", "pet", "horse", "pony", "donkey", "hedgehog", "hen", "chicken",
     "greyhound", "rabbit", "guinea", "tortoise", "parrot", "puppy", "kitten", "ferret", "seal", "primate", "reptile"]
)  # fmt: skip
OF_ANIMALS: Final = frozenset(
    ["night", "shelter", "refuge", "hostel", "home", "house", "homeless", "sanctuary", "orphanage", "foster", "fostering", "adoption", "rescue",
     "rehab", "rehoming", "rehabilitation", "respite", "survivor", "victim", "runaway", "abuse", "abandoned", "stray", "missing", "protection", "welfare", "league", *ANIMALS]
)  # fmt: skip
"""What is said of animals too, next after their name."""
BESIDE: Final = frozenset(
    [
        "next",
        "opposite",
        "opp",
        "behind",
        "near",
        "nr",
        "above",
        "over",
        "below",
        "beside",
        "adjacent",
        "adj",
        "rear",
        "off",
        "by",
        "back",
    ]
)
"""Words after which a landmark follows: ``Refuge behind the museum``."""
CALLED_AFTER: Final = frozenset(
    ["street", "st", "road", "rd", "lane", "avenue", "ave", "crescent", "terrace", "close", "court", "house", "cottage", "hill", "place", "yard",
     "garden", "drive", "way", "row", "walk", "mew", "view", "wharf", "quay", "lodge", "flat", "estate", "gate", "square", "mill", "villa"]
)  # fmt: skip
"""What follows a word that a street or a house is called after: ``Brewery Lane``."""
LONGEST: Final = 5
"""Words of a text that may make up one entry of the table, joined or apart."""


def without_ordinary(words: list[str], ordinary: frozenset[str]) -> list[str]:
    """Leave out ordinary uses of guarded words, and those of animals: the rest of the text may still have one."""
    plain = [False] * len(words)
    for place, word in enumerate(words):
        length = next((n for n in range(LONGEST, 0, -1) if " ".join(words[place : place + n]) in ordinary), 0)
        if not length and (
            word in ANIMALS
            or (word == "homeless" and words[place + 1 : place + 2] and words[place + 1] in ANIMALS)
        ):
            length = 1 + len(list(itertools.takewhile(OF_ANIMALS.__contains__, words[place + 1 :])))
        plain[place : place + length] = [True] * len(words[place : place + length])
    return [word for word, is_plain in zip(words, plain, strict=True) if not is_plain]


def of_itself(words: list[str]) -> list[str]:
    """Leave out what only says where a place is: what follows a word such as "opposite", and words that streets and houses are called after."""
    end = next((place for place, word in enumerate(words) if word in BESIDE), len(words))
    own = words[:end]
    return [word for word, follows in zip(own, [*own[1:], ""], strict=False) if follows not in CALLED_AFTER]
