"""What runs in the child process: a task at a time, each with its limits; every failure is one message.

The tasks load neither pandas nor GeoPandas, so the child starts in a moment.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError
from assetmap.read.files import unreadable
from assetmap.read.texts.packed import BETWEEN_CELLS, BETWEEN_ROWS
from assetmap.read.worker import Answer, read_part, too_large, write_part


def _rows(path: Path, *, sheet: str | None, as_list: bool, cells: int) -> Answer:
    from assetmap.read.rows import read_rows

    packed = read_rows(path, sheet=sheet, most_cells=cells, as_list=as_list)
    return Answer({"sheet": packed.sheet, "remarks": packed.remarks, "beside": packed.beside}, (packed.rows,))


def _sheets(path: Path, *, first: int | None, as_list: bool, cells: int) -> Answer:
    from assetmap.read.spreadsheets import read_sheets
    from assetmap.read.texts.packed import Texts

    told, parts = [], []
    sheets, beside = read_sheets(path, first=first, most_cells=cells)
    for name, sheet in sheets.items():
        texts = Texts(path, name, as_list=as_list)
        parts.append(texts.packed(sheet.rows))
        told.append([name, sheet.kind, texts.remarks()])
    return Answer({"sheets": told, "beside": beside}, tuple(parts))


def _records(path: Path, *, cells: int) -> Answer:
    from assetmap.read.lists.json_files import records_of

    records, shape, remarks = records_of(path, most_cells=cells)
    return Answer({"shape": shape, "remarks": remarks}, (json.dumps(records, ensure_ascii=False).encode(),))


def _look(path: Path, *, cells: int) -> Answer:
    from assetmap.read.look import parts_of

    parts = parts_of(path, most_cells=cells)
    return Answer([[part.name, part.headings, part.rows, part.geometry, part.first] for part in parts])


def _layer(path: Path, *, layer: str | None, short: bool, cells: int) -> Answer:
    from assetmap.read.layers import read_layer

    return read_layer(path, layer=layer, most_cells=cells, short=short)


def _parquet(path: Path, *, columns: list[str] | None, short: bool, cells: int) -> Answer:
    from assetmap.read.parquet import read_parquet

    return read_parquet(path, columns=columns, most_cells=cells, short=short)


def _grants(path: Path, *, cells: int) -> Answer:
    from assetmap.read.action.grant_files import grants_of

    return Answer(None, (json.dumps(grants_of(path, most_cells=cells)).encode(),))


def _feed(path: Path, *, most_rows: int, cells: int) -> Answer:
    from assetmap.read.transport.feed_files import feed_tables

    return feed_tables(path, most_rows=most_rows)


def _main_ways(path: Path, *, cells: int) -> Answer:
    from assetmap.read.transport.main_ways import main_ways

    return main_ways(path)


def _ways(path: Path, *, known: dict[str, tuple[bool, bool]], cells: int) -> Answer:
    from assetmap.read.transport.ways import read_ways, ways_answer

    return ways_answer(*read_ways(path, known))


def _postcodes(path: Path, *, cells: int) -> Answer:
    from assetmap.read.official.postcode_tables import postcode_table

    return postcode_table(path)


def _populated(path: Path, *, cells: int) -> Answer:
    from assetmap.read.official.populated import populated_places

    columns, rows = populated_places(path, most_cells=cells)
    return Answer(columns, (pack_rows(rows),))


def _pack(path: Path, *, cells: int) -> Answer:
    from assetmap.read.evidence import read_members

    members, sha256 = read_members(path)
    return Answer({"names": [*members], "sha256": sha256}, tuple(members.values()))


def _unpack(path: Path, *, cells: int) -> Answer:
    from assetmap.read.lists.archives import files_in

    found, others = files_in(path)
    return Answer({"names": list(found), "others": others}, tuple(found.values()))


def _template(path: Path, *, cells: int) -> Answer:
    from assetmap.read.word.templates import clean_template

    return clean_template(path)


def _fixed(path: Path, *, edits: dict[str, Any], cells: int) -> Answer:
    from assetmap.read.fixed.edits import edits_of
    from assetmap.read.fixed.ods import write_ods
    from assetmap.read.fixed.text import write_text
    from assetmap.read.fixed.values import write_values
    from assetmap.read.fixed.xlsx import write_xlsx
    from assetmap.read.rows import SPREADSHEETS

    said, suffix = edits_of(edits), path.suffix.lower()
    refused: dict[str, set[tuple[int, int]]] = {}
    if suffix in (".xlsx", ".xlsm"):
        content, notes, refused = write_xlsx(path, said)
    elif suffix == ".ods":
        content, notes, refused = write_ods(path, said)
    elif suffix in SPREADSHEETS:
        content, notes = write_values(path, said, most_cells=cells)
    else:
        content, notes = write_text(path, said[""])
    return Answer(
        {"notes": notes, "refused": {sheet: sorted(where) for sheet, where in refused.items()}}, (content,)
    )


TASKS: Final[dict[str, Callable[..., Answer]]] = {
    "rows": _rows,
    "sheets": _sheets,
    "records": _records,
    "grants": _grants,
    "look": _look,
    "layer": _layer,
    "parquet": _parquet,
    "feed": _feed,
    "main_ways": _main_ways,
    "ways": _ways,
    "postcodes": _postcodes,
    "populated": _populated,
    "pack": _pack,
    "fixed": _fixed,
    "unpack": _unpack,
    "template": _template,
}
"""Name of a task -> the function that does it."""


UNPACKED_AT_ONCE: Final = 4_000_000
"""Bytes of rows that are unpacked together."""


def pack_rows(rows: list[list[str]]) -> bytes:
    """Return rows of text as bytes: joined by separators where no cell holds one, else as JSON."""
    text = BETWEEN_ROWS.join(map(BETWEEN_CELLS.join, rows))
    cells = sum(map(len, rows))
    blank = sum(1 for row in rows if not row)
    regular = text.count(BETWEEN_CELLS) == cells - len(rows) + blank and text.count(BETWEEN_ROWS) == max(
        len(rows) - 1, 0
    )
    return b"T" + text.encode() if rows and regular else b"J" + json.dumps(rows).encode()


def unpack_rows(packed: bytes) -> list[list[str]]:
    """Return the rows that `pack_rows` was given; a row without cells comes back with one empty cell."""
    if packed[:1] == b"J":
        whole: list[list[str]] = json.loads(packed[1:])
        return whole
    rows, place = [], 1
    while place <= len(packed):
        # a few megabytes at a time: one letter of a far alphabet makes every letter of a text four bytes
        end = packed.find(BETWEEN_ROWS.encode(), place + UNPACKED_AT_ONCE)
        end = len(packed) if end < 0 else end
        rows += [row.split(BETWEEN_CELLS) for row in str(packed[place:end], "utf-8").split(BETWEEN_ROWS)]
        place = end + 1
    return rows


def run(task: str, path: Path, words: dict[str, Any]) -> Answer:
    """Do a task. Whatever goes wrong in it becomes one InputError: this is the boundary of all readers.

    Raises
    ------
    InputError
        Always, where the file cannot be read.
    """
    try:
        return TASKS[task](path, **words)
    except InputError as error:
        if str(path) in str(error):
            raise
        raise InputError(f"'{path}' could not be read: {error}") from error
    except MemoryError:
        raise
    except RecursionError as error:
        raise InputError(f"'{path}' could not be read: its content is nested too deeply.") from error
    except Exception as error:
        raise InputError(unreadable(path, error)) from error


def main() -> None:
    """Answer requests until the parent ends."""
    take, give = sys.stdin.buffer, _answers()
    if sys.argv[2:] == ["maps"]:
        _load_libraries("layer", Path("a.gpkg"))
    while True:
        try:
            request = json.loads(read_part(take))
        except EOFError:
            return
        answer, problem = Answer(None), ""
        try:
            os.chdir(request["folder"])
            _load_libraries(request["task"], Path(request["path"]))
            _limit(request["memory_mb"], request["seconds"])
            answer = run(request["task"], Path(request["path"]), request["words"])
        except InputError as error:
            problem = str(error)
        except MemoryError:
            problem = too_large(request["path"], request["memory_mb"])
        _limit(None, None)
        head = {"value": answer.value, "problem": problem, "parts": len(answer.parts)}
        write_part(give, json.dumps(head).encode())
        for part in answer.parts:
            write_part(give, part)
        give.flush()


def _answers() -> Any:
    """Return the stream for answers; what a library prints goes nowhere."""
    import os

    stream = os.fdopen(os.dup(1), "wb")
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 1)
    os.close(void)
    return stream


def _load_libraries(task: str, path: Path) -> None:
    """Load what a task needs before its limits are set, so that they count the file alone."""
    from assetmap.read.drivers import is_map
    from assetmap.read.rows import SPREADSHEETS

    if task == "parquet" or path.suffix.lower() == ".parquet":
        import pyarrow.parquet
    elif task in ("feed", "postcodes"):
        import pyarrow as pa
        import pyarrow.compute
        import pyarrow.csv

        pa.set_cpu_count(min(pa.cpu_count(), 4))
        pa.set_io_thread_count(2)
    elif task in ("ways", "main_ways"):
        with contextlib.suppress(ImportError):  # the task says how to install it
            import osmium  # noqa: F401
    elif task == "template":
        from lxml import etree  # noqa: F401
    elif task == "layer":
        import pyogrio  # noqa: F401
    elif task == "look" and is_map(path):
        import fiona  # noqa: F401
    elif path.suffix.lower() in SPREADSHEETS:
        import python_calamine  # noqa: F401


def _limit(memory_mb: float | None, seconds: float | None) -> None:
    """Set the limits of the system for the next task, or lift them; Windows has none, there the parent watches."""
    if sys.platform == "win32":
        return
    import resource

    _, hard_space = resource.getrlimit(resource.RLIMIT_AS)
    _, hard_cpu = resource.getrlimit(resource.RLIMIT_CPU)
    space, cpu = hard_space, hard_cpu
    if memory_mb is not None and seconds is not None:
        wanted = int((_address_space_mb() + ADDRESSES_MB + memory_mb) * 1e6)
        space = wanted if hard_space == resource.RLIM_INFINITY else min(wanted, hard_space)
        used = resource.getrusage(resource.RUSAGE_SELF)
        wanted = int(used.ru_utime + used.ru_stime + seconds) + 2
        cpu = wanted if hard_cpu == resource.RLIM_INFINITY else min(wanted, hard_cpu)
    for kind, soft, hard in (
        (resource.RLIMIT_AS, space, hard_space),
        (resource.RLIMIT_CPU, cpu, hard_cpu),
    ):
        # macOS refuses a limit of addresses below what a process has already: there the parent watches
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


ADDRESSES_MB: Final = 150
"""Megabytes of addresses that allocators reserve and never use, and of fiona, which is loaded only where bulk reading fails."""


def _address_space_mb() -> float:
    try:
        import os

        with Path("/proc/self/statm").open("rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError):
        return 2_000.0
