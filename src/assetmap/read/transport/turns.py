"""Turn restrictions of OpenStreetMap, held in a network without making it larger everywhere.

A restriction says where a car that comes from one way may not, or may only, go on over a node. The stretch that leads there gets a copy of the
node as its end, and the copy leads only where the car may go. All other stretches keep the node itself.

Followed are the relations ``type=restriction`` with one node as ``via``: ``no_*`` and ``only_*``, unless cars are excepted. Those over a way, those that
hold at certain times, and those that do not say which stretch is meant are counted, not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEYS: Final = ("restriction", "restriction:motorcar", "restriction:conditional")
"""Tags of the relations that are looked at."""

EXCEPTED: Final = {"motorcar", "motor_vehicle", "vehicle"}


def turns_of(relation: Any) -> list[tuple[int, int, int, bool]] | None:
    """Return the turns that a relation forbids, or the only ones that it allows.

    Parameters
    ----------
    relation
        As pyosmium gives it.

    Returns
    -------
    list of tuple, or None
        Way that leads there, node, way that leads on, and whether it is the only way on; empty where cars are excepted; None where the
        relation is one that is not followed.
    """
    tags = relation.tags
    if EXCEPTED & {part.strip() for part in tags.get("except", "").split(";")}:
        return []
    value = tags.get("restriction:motorcar") or tags.get("restriction", "")
    members = [(member.role, member.type, member.ref) for member in relation.members]
    via = [ref for role, kind, ref in members if role == "via" and kind == "n"]
    over = [ref for role, kind, ref in members if role == "via" and kind != "n"]
    if not value.startswith(("no_", "only_")) or len(via) != 1 or over:
        return None
    ends = {
        role: [ref for name, kind, ref in members if (name, kind) == (role, "w")] for role in ("from", "to")
    }
    only = value.startswith("only_")
    if only and len(ends["to"]) != 1:
        return None
    return [(start, via[0], end, only) for start in ends["from"] for end in ends["to"]]


class _Edges:
    """Stretches by the node that they begin and end at."""

    def __init__(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        self.start, self.end = start, end
        self.by_end = np.argsort(end, kind="stable")
        self.ends = end[self.by_end]

    def out_of(self, node: int) -> NDArray[np.int64]:
        """Return the stretches that begin at a node."""
        first, last = np.searchsorted(self.start, (node, node + 1))
        return np.arange(first, last, dtype=np.int64)

    def into(self, node: int) -> NDArray[np.int64]:
        """Return the stretches that end at a node."""
        first, last = np.searchsorted(self.ends, (node, node + 1))
        return self.by_end[first:last].astype(np.int64)

    def onward(self, edge: int) -> int | None:
        """Return the one stretch that goes on from a stretch without turning round; None at a junction or a dead end."""
        here, back = int(self.end[edge]), int(self.start[edge])
        out = self.out_of(here)
        around = {*self.end[out].tolist(), *self.start[self.into(here)].tolist()} - {here}
        on = [each for each in out.tolist() if self.end[each] != back]
        return on[0] if len(on) == 1 and len(around) == 2 else None


def hold_turns(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    way: NDArray[np.int64],
    turns: NDArray[np.int64],
    nodes: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """Change the ends of stretches so that no path makes a forbidden turn.

    Parameters
    ----------
    start, end, way
        Nodes and way of every stretch in the direction of travel, sorted by ``start``; at most one from a node to another.
    turns
        One row per turn: way, node, way, and 1 where it is the only one allowed.
    nodes
        Number of nodes.

    Returns
    -------
    tuple
        New starts and ends (those of copied stretches at the end), the stretch that each is, the node that each new node is a copy of,
        and how many turns could not be told.
    """
    edges = _Edges(start, end)
    forbidden, unclear = _forbidden(edges, way, turns)
    into = sorted(forbidden)
    copied = [int(end[edge]) for edge in into]
    new_end = end.copy()
    new_end[into] = nodes + np.arange(len(into))
    rows: list[tuple[int, int, int]] = []
    for position, edge in enumerate(into):
        for on in edges.out_of(int(end[edge])).tolist():
            if on not in forbidden[edge]:
                _lead_on(edges, on, nodes + position, forbidden, new_end, rows, copied, nodes)
    more = np.array(rows, dtype=np.int64).reshape(-1, 3)
    everything = np.arange(len(start), dtype=np.int64)
    return (
        np.concatenate([start, more[:, 0]]),
        np.concatenate([new_end, more[:, 1]]),
        np.concatenate([everything, more[:, 2]]),
        np.array(copied, dtype=np.int64),
        unclear,
    )


def _forbidden(
    edges: _Edges, way: NDArray[np.int64], turns: NDArray[np.int64]
) -> tuple[dict[int, set[int]], int]:
    """Return for each stretch the ones that may not follow it, and how many turns do not say which stretches they mean."""
    forbidden: dict[int, set[int]] = {}
    unclear = 0
    for from_way, via, to_way, only in turns.tolist():
        into, out = edges.into(via), edges.out_of(via)
        into, on = into[way[into] == from_way], out[way[out] == to_way]
        if not len(into) or (not len(on) and not only):
            continue  # nobody drives there anyway
        if len(into) > 1 or len(on) != 1:
            unclear += 1
            continue
        shut = {each for each in out.tolist() if each != on[0]} if only else {int(on[0])}
        forbidden.setdefault(int(into[0]), set()).update(shut)
    return forbidden, unclear


def _lead_on(
    edges: _Edges,
    edge: int,
    here: int,
    forbidden: dict[int, set[int]],
    new_end: NDArray[np.int64],
    rows: list[tuple[int, int, int]],
    copied: list[int],
    nodes: int,
) -> None:
    """Add a stretch that leads on from a copied node, and those behind it up to the next junction or the end of the road.

    Nobody who was not allowed to turn turns round in the middle of the street behind the crossing: so its nodes are copied too.
    """
    seen = set()
    while True:
        onward = edges.onward(edge)
        if edge in forbidden or onward is None or onward in seen:
            rows.append((here, int(new_end[edge]), edge))
            return
        seen.add(onward)
        copied.append(int(edges.end[edge]))
        rows.append((here, nodes + len(copied) - 1, edge))
        here, edge = nodes + len(copied) - 1, onward
