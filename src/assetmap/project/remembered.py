"""What was read or measured last is kept while the process lives, and used again while none of its inputs has changed.

A notebook or the app asks many questions of one project. The key of an answer holds the checksum of every input and the
settings, so a changed file is a new question.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Answer = TypeVar("Answer")

MOST_ANSWERS: Final = 4
"""How many answers of each kind are kept."""

_answers: dict[str, OrderedDict[Hashable, Any]] = {}
_lock: Final = threading.Lock()


def remembered(
    kind: str, key: Hashable, make: Callable[[], Answer], *, keep: Callable[[Answer], bool] | None = None
) -> Answer:
    """Return the answer that was made for this key, or make it.

    Parameters
    ----------
    kind
        What is asked; at most `MOST_ANSWERS` answers of each kind are kept.
    key
        Everything that the answer depends on.
    make
        Makes the answer. It must not be changed by those who get it: give them copies.
    keep
        Whether an answer is worth keeping (default: always).

    Returns
    -------
    Answer
        What `make` returned, now or earlier.
    """
    with _lock:
        kept = _answers.setdefault(kind, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            answer: Answer = kept[key]
            return answer
    answer = make()
    if keep is None or keep(answer):
        with _lock:
            kept[key] = answer
            while len(kept) > MOST_ANSWERS:
                kept.popitem(last=False)
    return answer


def forget() -> None:
    """Forget every answer."""
    with _lock:
        _answers.clear()
