"""What a JSON file holds beside the records that are read from it: named, so that nothing is lost without a word.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

from typing import Any, Final

from assetmap.errors import counted, first_few

TOTALS: Final = frozenset(
    ["total", "totalcount", "total_count", "totalelements", "totalitems", "total_items", "totalfeatures", "total_records", "totalrecords", "totalresults",
     "numbermatched", "numfound", "num_found", "nhits", "count"]
)  # fmt: skip
"""Names under which an answer says how many records there are, in small letters."""

CUT_OFF: Final = ("exceededTransferLimit", "truncated", "partial")
"""Names under which an answer says that it is not whole."""

NO_LISTS: Final = ("fields", "links", "facets", "facet_groups", "sort")
"""Names of lists that are about the records."""

SAID: Final = ("remark", "error", "errors", "warning", "warnings", "message")
"""Names under which a server says that something went wrong."""

ABOUT: Final = frozenset(
    ["type", "crs", "bbox", "name", "title", "links", "fields", "help", "success", "version", "generator", "osm3s", "copyright", "license", "licence",
     "timestamp", "datetime", "date", "size", "page", "pages", "number", "per_page", "page_number", "page_size", "first", "last", "empty",
     "first_page", "last_page", "total_pages", "totalpages", "numberreturned", "spatialreference", "geometrytype", "displayfieldname", "fieldaliases",
     "objectidfieldname", "globalidfieldname", "uniqueidfield", "limit", "offset", "rows", "start", "description", "publisher", "attribution", "meta",
     "metadata", "query", "parameters", "facet_groups", "facets", "id", "uri", "properties", "xy_coordinate_resolution", "sort", "pageable", "self",
     "prev", "previous", "next", "_links", "resource_id", "records_format", "include_total", "features_count", "ok"]
)  # fmt: skip
"""Names of what an answer says of itself, in small letters."""


def beside(tree: Any, listed: list[Any] | None, name: str) -> list[str]:
    """Return what an answer holds or says beside its list of records, a sentence each.

    Parameters
    ----------
    tree
        The whole answer.
    listed
        Its list of records; None where the answer is a list, or one record, itself.
    name
        Name of the file.
    """
    if not isinstance(tree, dict) or listed is None:
        return []
    inner = next((value for value in tree.values() if isinstance(value, dict) and _has(value, listed)), None)
    said, records = [] if inner is None else beside(inner, listed, name), len(listed)
    more = [
        (key, value)
        for key, value in tree.items()
        if _holds_records(value) and key.casefold() not in NO_LISTS
    ]
    if len(more) > 1 and inner is None:
        read = next((key for key, value in more if value is listed), more[0][0])
        lists = [f"{key} ({counted(len(value), 'record')})" for key, value in more if key != read]
        said.append(
            f"'{name}' holds further lists, which were not read: {first_few(lists)}. Save each as a file of its own."
        )
    total = next((value for key, value in tree.items() if _is_total(key, value) and value > records), None)
    if total is not None or any(tree.get(key) is True or _nested(tree, key) for key in CUT_OFF):
        many = f" of {total:,}" if total is not None else ""
        said.append(
            f"'{name}' says that it is only a part of an answer: it holds {counted(records, 'record')}{many}. Ask its publisher for the whole list."
        )
    for key in SAID:
        if tree.get(key) and isinstance(tree[key], (str, list)):
            said.append(
                f"'{name}' says '{key}': {' '.join(str(tree[key]).split())[:200]}. It may not be whole."
            )
    others = [
        key for key, value in tree.items()
        if value not in (None, "", [], {}, "ok", "OK", "success", 200) and not _holds_records(value) and not _is_total(key, value)
        and key not in (*CUT_OFF, *SAID) and key.casefold() not in ABOUT and not isinstance(value, dict)
    ]  # fmt: skip
    if others:
        said.append(
            f"'{name}' says further things of all its records, which were not read: {first_few(others)}."
        )
    return said


def _has(tree: dict[str, Any], listed: list[Any], depth: int = 3) -> bool:
    """Say whether a list is in a part of an answer."""
    return any(
        value is listed or (depth > 0 and isinstance(value, dict) and _has(value, listed, depth - 1))
        for value in tree.values()
    )


def _holds_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_total(key: str, value: Any) -> bool:
    return key.casefold() in TOTALS and isinstance(value, int) and not isinstance(value, bool)


def _nested(tree: dict[str, Any], key: str) -> bool:
    """Say whether a mark of an answer stands among its properties, where ArcGIS writes it."""
    properties = tree.get("properties")
    return isinstance(properties, dict) and properties.get(key) is True
