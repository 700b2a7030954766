"""Reading and writing whole months of rows, with DuckDB whatever engine answers questions."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from umschlag.storage.lake.datasets import Dataset
from umschlag.storage.lake.duckdb_engine import DuckDbEngine
from umschlag.storage.lake.engine import Asked
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sources import Source

_ENGINE = DuckDbEngine()


def answered(question: Question, sources: Mapping[str, Source], files: Files) -> pa.Table:
    """Return the answer from these rows, and no others."""
    return _ENGINE.run(_about(question, sources, files))


def write_sorted(dataset: Dataset, source: Source, files: Files, target: Path) -> None:
    """Write the rows into a Parquet file, in the data set's order; its folder is for scratch too.

    Raises:
        OSError: there is no room, or a file cannot be read.
    """
    names = ", ".join(dataset.columns.names)
    order = ", ".join(dict.fromkeys((*dataset.sorted_by, *dataset.unique_by)))
    rows = Question.parse(f"select {names} from {dataset.name} order by {order}", name="rows")  # noqa: S608 - names are ours
    asked = _about(rows, {dataset.name: source}, files)
    _ENGINE.write(asked, target, scratch=target.parent)


def _about(question: Question, sources: Mapping[str, Source], files: Files) -> Asked:
    return Asked(question=question, parameters={}, sources=sources, files=files)
