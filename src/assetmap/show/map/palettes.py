"""Colours that people with colour vision deficiency can tell apart (a test simulates three kinds).

Sequences come from ColorBrewer (Cynthia Brewer and others, Apache License 2.0) as branca ships them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from assetmap.schema import InputError

BIVARIATE_CLASSES: Final = ("1-3", "1-2", "1-1", "2-3", "2-2", "2-1", "3-3", "3-2", "3-1")
"""``need-access`` from low need with high access to high need with low access."""

BIVARIATE: Final = (
    "#f0f0ea", "#cfdce8", "#8fb6d6",
    "#f2dcb0", "#c9c0ae", "#7d8ea6",
    "#eda23b", "#a8632c", "#3a2340",
)  # fmt: skip
"""Orange deepens with need and blue with distance. Both together are nearly black."""

CATEGORIES: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#5a5a5a")
"""Okabe and Ito (2008)."""

NOTHING: Final = "#d9d9d9"
NOTHING_WORDS: Final = ("not significant", "no neighbours", "none")

FEWEST: Final = 3
"""No ColorBrewer palette has fewer classes."""


def colours(palette: str, classes: Sequence[str], *, kind: str = "number") -> list[str]:
    """Return one ``#rrggbb`` for each class, from low to high.

    Parameters
    ----------
    palette
        ColorBrewer name; add ``_r`` to reverse it. For categories, ``word=#rrggbb;word=#rrggbb`` gives some of them
        a colour of their own. Not used for bivariate classes.
    classes
        The labels of the classes. Categories that mean nothing was found are grey.

    Raises
    ------
    InputError
        If the palette is not valid.
    """
    if kind == "bivariate":
        return list(BIVARIATE)
    if kind == "category":
        given = dict(pair.split("=", 1) for pair in palette.split(";") if "=" in pair)
        strong = itertools.cycle(colour for colour in CATEGORIES if colour not in given.values())
        return [given.get(word) or (NOTHING if word in NOTHING_WORDS else next(strong)) for word in classes]
    from branca.utilities import color_brewer

    count = len(classes)
    try:
        found = color_brewer(palette, max(count, FEWEST))
    except ValueError as error:
        raise InputError(f"'{palette}' is not a ColorBrewer palette. Try 'YlGnBu' or 'YlOrBr'.") from error
    spread = [found[round(number * (len(found) - 1) / max(count - 1, 1))] for number in range(count)]
    return [colour[:7].lower() for colour in spread]
