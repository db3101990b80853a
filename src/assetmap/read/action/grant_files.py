"""Grants of a JSON file in the 360Giving standard, under the headings of the published spreadsheet.

This runs in the child process that opens files from outside, and loads no library of data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from assetmap.cells import storable
from assetmap.read.lists.json_text import parse_json
from assetmap.schema import InputError, first_few

Record = dict[str, str]

MOST_PLACES: Final = 30
"""A grant for more places than these is taken as one for a larger area."""


def grants_of(path: Path, *, most_cells: int) -> list[Record]:
    """Return the grants of a JSON file.

    Raises
    ------
    InputError
        If the file is not JSON, or holds no list of grants in the 360Giving standard.
    """
    tree = parse_json(path)
    grants = tree.get("grants") if isinstance(tree, dict) else tree
    if not isinstance(grants, list) or not all(
        isinstance(one, dict) and "amountAwarded" in one for one in grants
    ):
        keys = first_few(tree) if isinstance(tree, dict) else type(tree).__name__
        raise InputError(f"'{path}' holds no grants in the 360Giving standard: it holds {keys}.")
    records = [_grant(grant) for grant in grants]
    if sum(map(len, records)) > most_cells:
        raise InputError(
            f"'{path}' unfolds to more than {most_cells:,} cells, too many for its size. Split it."
        )
    return records


def _grant(grant: dict[str, Any]) -> Record:
    recipient = _first(grant.get("recipientOrganization"))
    office = _first(recipient.get("location"))
    named = {
        "identifier": grant.get("id"),
        "title": grant.get("title"),
        "currency": grant.get("currency"),
        "amount awarded": grant.get("amountAwarded"),
        "award date": grant.get("awardDate"),
        "recipient org identifier": recipient.get("id"),
        "recipient org name": recipient.get("name"),
        "recipient org postal code": recipient.get("postalCode") or office.get("postCode"),
        "recipient org location geographic code": office.get("geoCode"),
        "recipient ind identifier": "yes"
        if grant.get("recipientIndividual") or grant.get("toIndividualsDetails")
        else "",
        "funding org name": _first(grant.get("fundingOrganization")).get("name"),
        "grant programme title": _first(grant.get("grantProgramme")).get("title"),
    }
    places = grant.get("beneficiaryLocation")
    if isinstance(places, list) and len(places) > MOST_PLACES:
        places = [{"name": f"{len(places)} places"}]
    for number, place in enumerate(places if isinstance(places, list) else []):
        if isinstance(place, dict):
            head = f"beneficiary location {number}"
            named |= {
                f"{head} name": place.get("name"),
                f"{head} geographic code": place.get("geoCode"),
                f"{head} postal code": place.get("postCode"),
                f"{head} latitude": place.get("latitude"),
                f"{head} longitude": place.get("longitude"),
            }
    return {key: "" if value is None else storable(str(value)) for key, value in named.items()}


def _first(part: Any) -> dict[str, Any]:
    """Return the first record of a list of records, or an empty one."""
    one = part[0] if isinstance(part, list) and part else part
    return one if isinstance(one, dict) else {}
