"""Parquet files, with shapes (GeoParquet) or without.

The file is opened in the child process and comes back as an Arrow stream: the code that unpacks it never runs here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.errors import InputError
from assetmap.read.worker import Answer, ask

if TYPE_CHECKING:
    import geopandas as gpd


NEEDED: Final = (b"geo", b"pandas")
"""What a file says of itself that is used; all else stays in the child, whatever its size."""


def read_parquet(path: Path, *, columns: list[str] | None, most_cells: int) -> Answer:
    """Read a Parquet file into an Arrow stream; this runs in the child process.

    Raises
    ------
    InputError
        If it says that it holds too many cells, or holds more or fewer rows than it says, or text that is not UTF-8.
    """
    import pyarrow as pa

    try:
        return _as_stream(path, columns, most_cells)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"'{path}' could not be read as Parquet: {error}. Save it again.") from error


def _as_stream(path: Path, columns: list[str] | None, most_cells: int) -> Answer:
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
    kept = {name: said for name, said in (table.schema.metadata or {}).items() if name in NEEDED}
    table = table.replace_schema_metadata(kept)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return Answer(None, (sink.getvalue().to_pybytes(),))


def open_arrow(path: Path, *, columns: list[str] | None = None) -> Any:
    """Return a Parquet file as an Arrow table.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    import pyarrow as pa

    answer = ask("parquet", path, columns=columns)
    with pa.ipc.open_stream(answer.parts[0]) as stream:
        return stream.read_all()


def open_parquet(path: Path) -> gpd.GeoDataFrame:
    """Return a GeoParquet file as a table with shapes.

    Raises
    ------
    InputError
        If it cannot be read or is not GeoParquet.
    """
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = open_arrow(path)
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
