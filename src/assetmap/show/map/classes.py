"""Cut the values of a layer into classes and describe each class in words.

A class holds values above the class before it and up to and including its own upper bound, as in mapclassify.
``Quantiles`` and ``UserDefined`` are worked out here with one numpy call each, because importing mapclassify
takes longer than the rest of a map (scikit-learn and matplotlib come with it); a test holds them equal to
mapclassify. Every other scheme is mapclassify's own.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from assetmap.schema import InputError

SCHEMES: Final = (
    "Quantiles",
    "UserDefined",
    "EqualInterval",
    "FisherJenks",
    "HeadTailBreaks",
    "JenksCaspall",
    "MaximumBreaks",
    "NaturalBreaks",
    "Percentiles",
    "PrettyBreaks",
    "StdMean",
)

SCHEME_WORDS: Final = {
    "Quantiles": "the same number of neighbourhoods in each class (Quantiles)",
    "UserDefined": "fixed boundaries (UserDefined)",
    "EqualInterval": "equal steps (EqualInterval)",
    "FisherJenks": "natural breaks in the values (FisherJenks)",
    "Categories": "one for each category",
    "Classes": "three levels of need by three of access",
}

UNKNOWN: Final = -1
"""Class code of an area with no known value."""


def cut(
    values: npt.NDArray[np.float64], *, scheme: str, classes: int = 5, bounds: Sequence[float] = ()
) -> tuple[npt.NDArray[np.int64], list[float]]:
    """Return the class of each value and the upper bound of each class.

    Parameters
    ----------
    values
        Numbers, shape (n,); NaN where not known.
    scheme
        One of ``SCHEMES``.
    classes
        Number of classes. Some schemes choose their own.
    bounds
        Upper bounds for ``UserDefined``. A last class is added for any values above them, and bounds that no value
        reaches are left out.

    Returns
    -------
    codes
        Shape (n,): 0 for the lowest class, -1 where not known. Classes that would be empty because many
        values are equal are left out.
    upper
        Upper bound of each class, in ascending order.

    Raises
    ------
    InputError
        If the scheme is not valid or its bounds are missing.

    Examples
    --------
    >>> import numpy as np
    >>> codes, upper = cut(np.array([0.0, 1.0, 5.0, np.nan]), scheme="UserDefined", bounds=(1, 2))
    >>> codes.tolist(), upper
    ([0, 0, 2, -1], [1.0, 2.0, 5.0])
    """
    if scheme not in SCHEMES:
        raise InputError(f"'{scheme}' is not a valid class scheme. Choose one of {', '.join(SCHEMES)}.")
    if scheme == "UserDefined" and not bounds:
        raise InputError("The scheme 'UserDefined' needs class bounds, for example bounds=(1, 2, 5).")
    codes = np.full(len(values), UNKNOWN, dtype=np.int64)
    known = np.isfinite(values)
    if not known.any():
        return codes, []
    upper = _upper_bounds(values[known], scheme, classes, bounds)
    codes[known] = np.searchsorted(upper, values[known], side="left")
    return codes, [float(bound) for bound in upper]


def _upper_bounds(
    values: npt.NDArray[np.float64], scheme: str, classes: int, bounds: Sequence[float]
) -> npt.NDArray[np.float64]:
    if scheme == "UserDefined":
        upper = np.unique(np.asarray(bounds, dtype=float))
        if values.max() > upper[-1]:
            return np.append(upper, values.max())
        return upper[: np.searchsorted(upper, values.max()) + 1]
    if scheme == "Quantiles" or len(np.unique(values)) <= classes:
        return np.unique(np.quantile(values, np.arange(1, classes + 1) / classes))
    import mapclassify

    asked = {} if scheme in {"HeadTailBreaks", "Percentiles", "StdMean"} else {"k": classes}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Numba not installed")  # slower, not wrong
        bins = mapclassify.classify(values, scheme, **asked).bins
    return np.unique(np.asarray(bins, dtype=float))


def class_words(
    values: npt.NDArray[np.float64],
    codes: npt.NDArray[np.int64],
    upper: Sequence[float],
    *,
    decimals: int,
    unit: str = "",
) -> list[str]:
    """Describe each class in words: ``"1.0 to 2.0 km"``, ``"up to 1.0 km"``, ``"more than 10.0 km"``.

    Whole numbers get classes that do not touch: ``"2"``, ``"3 to 5"``, ``"6 or more"``.

    Parameters
    ----------
    values, codes, upper
        As given to and returned by `cut`, with values in the unit shown.
    decimals
        Decimals shown.
    unit
        Written after the numbers.
    """
    words = []
    after = f" {unit}" if unit else ""
    known = values[codes >= 0]
    if decimals == 0 and len(known) and (known == np.rint(known)).all():
        return [f"{one}{after}" for one in _whole_numbers(known, upper)]
    for code, bound in enumerate(upper):
        inside = values[codes == code]
        top = f"{bound:,.{decimals}f}"
        if len(inside) and inside.min() == inside.max() and decimals == 0:
            words.append(f"{inside.min():,.0f}{after}")
        elif code == 0:
            words.append(f"up to {top}{after}")
        elif code == len(upper) - 1:
            words.append(f"more than {upper[code - 1]:,.{decimals}f}{after}")
        else:
            words.append(f"{upper[code - 1]:,.{decimals}f} to {top}{after}")
    return words


def _whole_numbers(known: npt.NDArray[np.float64], upper: Sequence[float]) -> list[str]:
    """Return the words of classes of whole numbers, each from the first whole number above the class before."""
    words = []
    for code, bound in enumerate(upper):
        low = known.min() if code == 0 else np.floor(upper[code - 1]) + 1
        high = np.floor(bound)
        if low >= high:
            words.append(f"{high:,.0f}")
        elif code == 0:
            words.append(f"up to {high:,.0f}")
        elif code == len(upper) - 1:
            words.append(f"{low:,.0f} or more")
        else:
            words.append(f"{low:,.0f} to {high:,.0f}")
    return words
