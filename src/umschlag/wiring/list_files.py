"""Lists written to files that a person names."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from umschlag.kernel.errors import BadInput
from umschlag.wiring.spreadsheets import Row, csv_chunks, excel_chunks


def list_chunks(rows: Iterable[Row], ending: str, *, title: str) -> Iterator[bytes]:
    """Return the bytes of the list as a file of that ending, piece by piece.

    Raises:
        BadInput: the ending is neither ``csv`` nor ``xlsx``, or a sheet has no room for all rows.
    """
    if ending == "csv":
        return csv_chunks(rows)
    if ending == "xlsx":
        return excel_chunks(rows, title=title)
    raise BadInput(f"a list is a .csv or an .xlsx file, not {ending!r}", field="file")


def write_list(rows: Iterable[Row], file: Path, *, title: str) -> None:
    """Write the list; a former file of the name stays until the new one is whole.

    Raises:
        BadInput: the file cannot be written, or its ending is neither ``.csv`` nor ``.xlsx``.
    """
    write_file(list_chunks(rows, file.suffix.lower().removeprefix("."), title=title), file)


def write_file(chunks: Iterable[bytes], file: Path) -> None:
    """Write the pieces; a former file of the name stays until the new one is whole.

    Raises:
        BadInput: the file cannot be written.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as target:
            target.writelines(chunks)
        unfinished.replace(file)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}", field="file") from error
    finally:
        unfinished.unlink(missing_ok=True)
