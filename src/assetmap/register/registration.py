"""Registers and numbers as people write them: "Reg. Charity No. 1082947-1", "SC012345", "CIO", "Yes, 1 082 947"."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from assetmap.register.findings import Finding
from assetmap.register.typed import keep_text, kept_as_written
from assetmap.register.words import column_or_empty, each_distinct, yes_no

REGISTER: Final = re.compile(
    r"\b(charity|charities|cio|cic|mutual|casc|company|co(?=\.? ?(?:no|num|reg)\b))", re.I
)
"""The name of a register in a cell."""

NAMED: Final = {"charities": "charity", "co": "company"}
"""Its other names."""

NOT_REGISTERED: Final = re.compile(
    r"\b(?:except(?:ed)?|exempt(?:ed)?|pending|applied|applying|un-?registered|not|never|no longer|none|awaiting)\b",
    re.I,
)
"""Words that say that something is on no register, or not yet."""

SAYS_NO: Final = re.compile(
    r"(?:no|nope|none|not (?:yet )?(?:a |an )?(?:registered|charity|registered charity)|un-?registered)\W*",
    re.I,
)
"""A cell for a number that says that there is none, because it is on no register."""

BEFORE: Final = re.compile(
    r"(?:(?:yes|reg|regd|registered|registration|uk|charity|charities|commission|cio|cic|company|co|mutual|casc|no|nos|number|num|rcn|ref|of|the|"
    r"england|wales|and)\b[\s.:#,;()&-]*)+(?=(?:[A-Z]{2} ?)?\d)",
    re.I,
)
"""What stands before a number and is no part of it."""

PARTED: Final = re.compile(r"(?<![\d,])(\d{1,4})[ ,](\d{3,4})(?:[ ,](\d{3}))?(?![\d,])")
"""A number with its thousands parted: "1,082,947", "108 2947"."""

NUMBER: Final = re.compile(r"[A-Z]{0,3}-?\d[\dA-Z/-]*")
"""A registration number, at the start of a cell."""

WITHIN: Final = re.compile(r"\b(?:(?!NO|CO)[A-Z]{2} ?)?\d{5,8}(?:[-/]\d{1,3}|[A-Z]{1,2})?(?![\dA-Z-])")
"""A registration number among other words."""

BY_LETTERS: Final = (
    (re.compile(r"(?:SC|NI)\d+|\d{6,7}(?:-\d+)?"), "charity"),
    (re.compile(r"(?:IP|RS)\d+R?|\d{4,5}R"), "mutual"),
)
"""The form of a number -> its register."""

CASC_LIST: Final = re.compile(r"(?i)(?<![a-z])cascs?(?![a-z])|community amateur sports clubs?")
"""Title of a list of the clubs that HMRC registers."""


def number_of(cell: str) -> str:
    """Return the registration number of a cell that is meant for one, ``""`` where it has none.

    Examples
    --------
    >>> [number_of(cell) for cell in ("No. 1082947", "1,082,947", "SC 012345", "XN12345 (HMRC)", "1000001-0", "pending")]
    ['1082947', '1082947', 'SC012345', 'XN12345', '1000001', '']
    """
    text = PARTED.sub(lambda found: "".join(filter(None, found.groups())), cell.strip())
    text = BEFORE.sub("", text, count=1) if BEFORE.match(text) else text
    found = NUMBER.match(text.upper().replace(" ", ""))
    return found[0].rstrip("-/").removesuffix("-0") if found else ""


def register_and_number(cell: str) -> tuple[str, str]:
    """Return the register and the number that a cell of words says, each ``""`` where it does not.

    Examples
    --------
    >>> register_and_number("Reg. Charity No. 1082947-1"), register_and_number("Co. No. 04123456"), register_and_number("CIO")
    (('charity', '1082947-1'), ('company', '04123456'), ('cio', ''))
    >>> register_and_number("Excepted charity"), register_and_number("1082947 (England and Wales)"), register_and_number("maybe")
    (('', ''), ('charity', '1082947'), ('', ''))
    """
    named = REGISTER.search(cell)
    text = PARTED.sub(lambda found: "".join(filter(None, found.groups())), cell).upper()
    found = WITHIN.search(re.sub(r"\b(?:CIO|CIC)(?=\d)", " ", text))
    number = found[0].replace(" ", "").removesuffix("-0") if found else ""
    if not number and NOT_REGISTERED.search(cell):
        return "", ""
    register = named[1].casefold() if named else ""
    by_letters = next((name for form, name in BY_LETTERS if number and form.fullmatch(number)), "")
    return NAMED.get(register, register) or by_letters, number


def judge_registration(rows: pd.DataFrame, stated: pd.DataFrame, *, quote: bool) -> list[Finding]:
    """Read whether each row is on a register, on which and under which number, into ``stated``; keep what cannot be read."""
    said = yes_no(column_or_empty(rows, "registered"))
    # "Charity 1000001", "CIO" or a number under "registered" says more than yes.
    words = column_or_empty(rows, "registered").where(said == "unknown", "")
    cell = column_or_empty(rows, "registration")
    cell = cell.where(cell != "", words)
    read_cell = {text: register_and_number(text) for text in cell.unique().tolist()}
    of_cell, number_of_cell = (
        cell.map({text: pair[k] for text, pair in read_cell.items()}).astype("str") for k in (0, 1)
    )
    typed = column_or_empty(rows, "registration_number")
    number = each_distinct(typed, number_of)
    number = number.where(typed != "", number_of_cell)
    answers = each_distinct(
        typed,
        lambda text: "no" if SAYS_NO.fullmatch(text) else "yes" if text.casefold() in ("yes", "y") else "",
    )
    said = said.where((said != "unknown") | (answers == ""), answers)
    no_number = (typed != "") & (number == "") & (answers == "")
    register = column_or_empty(rows, "register").str.casefold()
    register = register.where(register != "", of_cell)
    for form, name in BY_LETTERS:
        register = register.mask((register == "") & number.str.fullmatch(form.pattern), name)
    # "HMRC CASC list" says it of every row.
    of_all = column_or_empty(rows, "list_title").str.contains(CASC_LIST) & (register == "")
    register = register.mask(of_all & (said != "no"), "casc")
    # A company is not on a register of groups, unless it is a community interest company.
    interest = (register == "company") & rows["name"].str.contains(
        r"(?i)\b(?:cic|c\.i\.c|community interest company)\b", regex=True
    )
    stated["register"] = register.mask(interest, "cic")
    stated["registration_number"] = number
    on_register = ((number != "") | (register != "")) & ((register != "company") | interest)
    stated["registered"] = said.where((said != "unknown") | ~on_register, "yes")
    read = (number_of_cell != "") | (of_cell != "")
    unread = (words != "") & ~read & ~words.str.casefold().isin(("unknown", "not known"))
    denied = unread & each_distinct(words, lambda text: "no" if SAYS_NO.fullmatch(text) else "").eq("no")
    stated["registered"] = stated["registered"].mask(denied & (stated["registered"] == "unknown"), "no")
    longer = (number != "") & (typed.str.len() > number.str.len() + 3)
    lost = (column_or_empty(rows, "registration") != "") & ~read
    findings = [
        kept_as_written(rows, stated, "registration_number", no_number, "registration number", quote=quote)
    ]
    keep_text(stated, "registration_number", typed.where(no_number | longer, ""))
    return [
        *findings,
        kept_as_written(rows, stated, "registered", unread & ~denied, "registration", quote=quote),
        kept_as_written(rows, stated, "registration", lost, "registration", quote=quote),
    ]
