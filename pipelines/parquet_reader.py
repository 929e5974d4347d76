"""Songs in Parquet files: the bytes of a MIDI file in one column, its name in another.

Row groups can be read independently, so each is the work of one worker. A row group is read in
batches of rows, whose size follows from the file's metadata.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from gm_vae.pipelines.archives import ArchiveError, Budget

MAGIC = b"PAR1"  # the first bytes of a Parquet file

_BATCH_ROWS = (8, 512)  # at least and at most
_BATCH_BYTES = 32 << 20  # target size: a batch is held in memory
_PROBED_ROWS = 8  # of each column that may contain songs
_ID = re.compile(
    r"(id|md5|sha1|sha256|name|path|file|file_?name|file_?path|__key__)", re.IGNORECASE
)


@dataclasses.dataclass(frozen=True)
class Columns:
    """Columns of a Parquet file, with dots before fields of structs; "" to find one automatically.

    Attributes:
        data: bytes of MIDI files, compressed or not.
        id: name of a song.
    """

    data: str = ""
    id: str = ""


FOUND = Columns()


@dataclasses.dataclass(frozen=True)
class Batch:
    """Some rows of a row group.

    Attributes:
        group: the number of the row group.
        first_row: the number of the first row, from 0 in the row group.
        rows: the names and bytes of songs; None for a row without one.
        row_bytes: size of a row in the file.
        error: why the rest of the row group cannot be read; there are no rows then.
    """

    group: int
    first_row: int
    rows: tuple[tuple[str, bytes | None], ...]
    row_bytes: int = 0
    error: str = ""


def batches(
    stream: BinaryIO, columns: Columns, budget: Budget, wanted: Callable[[int], bool]
) -> Iterator[Batch]:
    """The rows of the selected row groups.

    Raises:
        ArchiveError: it is not a complete Parquet file, or lacks the columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
        found = _found(file, columns)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ArchiveError(_brief(error)) from None
    before = 0
    for group in range(file.metadata.num_row_groups):
        info = _column_info(file.metadata.row_group(group), found.data)
        count = file.metadata.row_group(group).num_rows
        budget.spend(info.total_uncompressed_size)
        if wanted(group) and count:
            yield from _rows(file, found, group, before, count, info)
        before += count


def _rows(
    file: Any, columns: Columns, group: int, before: int, count: int, info: Any
) -> Iterator[Batch]:
    import pyarrow as pa

    least, most = _BATCH_ROWS
    size = _BATCH_BYTES * count // max(1, info.total_uncompressed_size)
    size = min(max(size, least), most)
    row_bytes = info.total_compressed_size // count
    names = [name for name in (columns.data, columns.id) if name]
    first = 0
    try:
        for table in file.iter_batches(size, row_groups=[group], columns=names):
            data = _values(table, columns.data)
            ids = _values(table, columns.id) if columns.id else [None] * len(data)
            rows = tuple(
                (_text(name) or str(before + first + number), value)
                for number, (name, value) in enumerate(zip(ids, data))
            )
            yield Batch(group, first, rows, row_bytes)
            first += len(rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield Batch(group, first, (), error=_brief(error))


def _values(table: Any, column: str) -> list[Any]:
    import pyarrow.compute as pc

    if column in table.schema.names:
        return table.column(column).to_pylist()
    first, *fields = column.split(".")
    return pc.struct_field(table.column(first), fields).to_pylist()


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return "" if value is None else str(value)


def _found(file: Any, columns: Columns) -> Columns:
    """The columns by name; columns without a name are found. Raises ArchiveError."""
    import pyarrow as pa

    leaves = dict(_leaves(file.schema_arrow))
    for name in (columns.data, columns.id):
        if name and name not in leaves:
            known = ", ".join(leaves) or "none"
            raise ArchiveError(f"it has no column {name}; its columns are {known}")
    if columns.data and not _is_bytes(leaves[columns.data]):
        raise ArchiveError(f"its column {columns.data} holds no bytes")
    of_bytes = [name for name, kind in leaves.items() if _is_bytes(kind)]
    data = columns.data or _data_column(file, of_bytes)
    parent = data.rpartition(".")[0]
    texts = [
        n for n, kind in leaves.items() if pa.types.is_string(kind) or pa.types.is_integer(kind)
    ]
    named = [name for name in texts if _ID.fullmatch(name.rpartition(".")[2])]
    # in the same struct as the bytes first: there it is the name of this file
    named.sort(key=lambda name: name.rpartition(".")[0] != parent)
    return Columns(data, columns.id or next(iter(named), ""))


def _data_column(file: Any, names: list[str]) -> str:
    if not names:
        raise ArchiveError("it has no column of bytes")
    if len(names) > 1 and file.metadata.num_rows:
        table = next(file.iter_batches(_PROBED_ROWS, columns=names))
        of_midi = [n for n in names if any(v and v[:4] == b"MThd" for v in _values(table, n))]
        names = of_midi or names
    if len(names) > 1:
        raise ArchiveError(
            f"several columns hold bytes ({', '.join(names)}); name one with --parquet_column"
        )
    return names[0]


def _leaves(schema: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and types of columns; names in structs are preceded by the struct's name."""
    import pyarrow as pa

    for field in schema:
        if pa.types.is_struct(field.type):
            yield from _leaves(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, field.type


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _column_info(group: Any, name: str) -> Any:
    columns = (group.column(number) for number in range(group.num_columns))
    return next(column for column in columns if column.path_in_schema == name)


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
