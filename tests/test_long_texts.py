"""The cost of a text grows with its length and no faster, however strange it is; a long name is kept, and compared by its beginning."""

from __future__ import annotations

import time
from collections.abc import Callable

import pandas as pd
import pytest

import assetmap as am
from assetmap.guarded.words import guarded_word
from assetmap.marked.cells import says_secret
from assetmap.read.lists.values import look_at_values
from assetmap.redaction.contacts import redact
from assetmap.redaction.whereabouts import place_in_name
from assetmap.register.coordinates import pair_in_text
from assetmap.register.words import (
    LONGEST_COMPARED,
    name_key,
    name_keys,
    plain_text,
    status_words,
    streets_of,
)

LONG = 30_000
STRANGE = [
    "A", "ab cd ", "a.", "a at ", "a dot ", "a@", "[at]", "@", "www.", "http://", "mailto ", "facebook.", "01872 ", "0 1    ",
    "+441872 ", "1 ", "(0", "1/1/2020 ", "10:00 ", "50° ", "<", "<a ", "<a href=", "&", "&#1;", "a-", "-a", ".", "é", "\u200b",
    "x" + " " * 50, "1 High Street,", "closed on ", "refug ", "'", "address is kept ", "keep the address ", "do not ", "not to be ", "do not want us to ", "Chair: ", "Mr A ", "contact: ", "c/o Ann ", "w w w ", "w w w . a . ", "withheld from ", "venue is ",
    "not for the ", "a b c d e ", "remove from the ", "O0 ", "where it ", "a dot ", "clients given ", "no address ",
]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "redact": redact,
    "guarded_word": guarded_word,
    "says_secret": lambda text: says_secret("note", text),
    "place_in_name": place_in_name,
    "plain_text": plain_text,
    "name_key": name_key,
    "streets_of": lambda text: streets_of(pd.Series([text])),
    "status_words": lambda text: status_words(pd.Series([text])),
    "look_at_values": lambda text: look_at_values(pd.Series([text], dtype="str")),
    "pair_in_text": pair_in_text,
}


def seconds(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_thirty_thousand_signs_cost_thirty_times_a_thousand(name: str) -> None:
    read = READERS[name]
    read("warm up 01872 900112")
    for part in STRANGE:
        short, long = (part * (length // len(part) + 1) for length in (1_000, LONG))
        least = max(seconds(read, short), 0.005)
        # a pattern that looks again from every sign on takes 900 times as long
        # the quickest of three: other work on the machine takes its part of some
        assert any(seconds(read, long) < 3 * 30 * least for _ in range(3)), (name, part)


def test_what_looks_like_contacts_is_removed_from_long_texts_too() -> None:
    filler = "ab cd " * 4_000
    shown = redact(
        f"{filler} jo@example.org {filler} www.example.org/jo {filler} 01872 900112 {filler} facebook.com/jo"
    )
    assert not any(secret in shown for secret in ("jo@", "example", "900112", "facebook"))
    assert len(shown) > 4 * len(filler)


def test_a_long_name_is_kept_and_compared_by_its_beginning() -> None:
    start = "Truro choir " * 30
    one, other = start + "x" * LONG, start + "y" * LONG
    assert name_key(one) != name_key(other) == name_key(other)
    assert len(name_key(one)) < LONGEST_COMPARED + 20
    rows = pd.DataFrame(
        {"source": "list", "row": [2, 3, 4], "name": [one, other, "Truro choir"], "postcode": "TR1 1EP"}
    )
    register = am.build_register(rows, audience="internal")
    assert len(register.assets) == 3
    assert set(register.assets["name"]) == {one, other, "Truro choir"}
    said = register.log.set_index("row")["reason"]
    assert str(len(one)) in said[2] and str(LONGEST_COMPARED) in said[2]
    assert "compared" not in said[4]


@pytest.mark.slow
def test_a_list_full_of_long_names_compares_none_of_them_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rapidfuzz = pytest.importorskip("rapidfuzz.process")
    compared: list[int] = []
    whole = rapidfuzz.cpdist

    def counted(queries: object, choices: object, **words: object) -> object:
        compared.extend(map(len, [*queries, *choices]))  # type: ignore[misc]
        return whole(queries, choices, **words)

    monkeypatch.setattr(rapidfuzz, "cpdist", counted)
    names = ["ab " * 2_000 + f"number {number}" for number in range(40)]
    lists = [
        pd.DataFrame({"source": source, "row": range(2, 42), "name": names, "postcode": "TR1 1EP"})
        for source in ("one", "other")
    ]
    register = am.build_register(lists, audience="internal")
    assert len(register.assets) == 40
    assert compared and max(compared) < LONGEST_COMPARED + 20


def test_a_number_of_thousands_of_digits_for_a_letter_is_a_space() -> None:
    assert plain_text("Hall &#" + "9" * 5_000 + "; &amp; club").split() == ["Hall", "&", "club"]


def test_equal_rows_have_ids_of_their_own() -> None:
    rows = pd.DataFrame(
        {"source": "list", "row": range(2, 1_502), "name": "Hall", "note": "x", "town": "Truro"}
    )
    began = time.process_time()
    register = am.build_register(rows, audience="internal")
    assert register.assets.index.is_unique
    assert time.process_time() - began < 30  # a few seconds alone; minutes where every pair is compared
    assert name_keys(pd.Series(["Hall"])).tolist() == ["hall"]
