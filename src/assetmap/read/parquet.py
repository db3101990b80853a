"""Parquet files, with shapes (GeoParquet) or without.

The file is opened in the child process and comes back as an Arrow stream: the code that unpacks it never runs here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.errors import InputError
from assetmap.read.texts.long import LONGEST_TEXT, beginning
from assetmap.read.worker import Answer, ask

if TYPE_CHECKING:
    import geopandas as gpd


NEEDED: Final = (b"geo", b"pandas")
"""What a file says of itself that is used; all else stays in the child, whatever its size."""


def read_parquet(path: Path, *, columns: list[str] | None, most_cells: int, short: bool = False) -> Answer:
    """Read a Parquet file into an Arrow stream, with `short` only the beginnings of its texts; this runs in the child process.

    Raises
    ------
    InputError
        If it says that it holds too many cells, or holds more or fewer rows than it says, or text that is not UTF-8.
    """
    import pyarrow as pa

    try:
        return _as_stream(path, columns, most_cells, short=short)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"'{path}' could not be read as Parquet: {error}. Save it again.") from error


def _as_stream(path: Path, columns: list[str] | None, most_cells: int, *, short: bool) -> Answer:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        said = file.metadata.num_rows
        width = len(columns) if columns is not None else file.metadata.num_columns
        if said * width > most_cells:
            raise InputError(
                f"'{path}' says that it holds {said * width:,} values, too many for its size (at most {most_cells:,})."
            )
        table = file.read(columns=columns, use_threads=False)
    if table.num_rows != said:
        raise InputError(
            f"'{path}' says that it holds {said:,} rows, but {table.num_rows:,} could be read. It is damaged: save it again."
        )
    table.validate(full=True)
    if short:
        table = _with_beginnings(table)
    kept = {name: said for name, said in (table.schema.metadata or {}).items() if name in NEEDED}
    table = table.replace_schema_metadata(kept)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return Answer(None, (sink.getvalue().to_pybytes(),))


def _with_beginnings(table: Any) -> Any:
    """Cut the texts that are longer than any cell of a list."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, field in enumerate(table.schema):
        if not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
            continue
        longest = pc.max(pc.utf8_length(table.column(place))).as_py()
        if longest is not None and longest > LONGEST_TEXT:
            cut = pa.chunked_array(
                [
                    pa.array(map(beginning, chunk.to_pylist()), field.type)
                    for chunk in table.column(place).chunks
                ],
                field.type,
            )
            table = table.set_column(place, field, cut)
    return table


def open_arrow(path: Path, *, columns: list[str] | None = None, short: bool = False) -> Any:
    """Return a Parquet file as an Arrow table, with `short` only the beginnings of its texts.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    import pyarrow as pa

    answer = ask("parquet", path, columns=columns, short=short)
    with pa.ipc.open_stream(answer.parts[0]) as stream:
        return stream.read_all()


def open_parquet(path: Path, *, short: bool = False) -> gpd.GeoDataFrame:
    """Return a GeoParquet file as a table with shapes, with `short` only the beginnings of its texts.

    Raises
    ------
    InputError
        If it cannot be read or is not GeoParquet.
    """
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = open_arrow(path, short=short)
    if b"geo" not in (table.schema.metadata or {}):
        raise InputError(
            f"'{path}' is Parquet without shapes. A map file is needed: save a list without shapes as CSV."
        )
    again = pa.BufferOutputStream()
    pq.write_table(table, again, compression="NONE")
    del table
    try:
        read: Any = gpd.read_parquet  # takes a buffer, whatever its types say
        shapes: gpd.GeoDataFrame = read(pa.BufferReader(again.getvalue()))
    except (ValueError, TypeError, KeyError, AttributeError, OSError, pa.ArrowException) as error:
        raise InputError(f"'{path}' could not be read as GeoParquet: {error}") from error
    return shapes
