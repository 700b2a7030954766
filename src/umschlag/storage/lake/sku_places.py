"""SKUs of the lake's rows as places in a list of articles, for millions of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkuRuns:
    """Rows by runs of equal SKUs: rows mostly lie sorted, so that there are far fewer of them.

    Rows in any other order are right as well, and only take longer.
    """

    batches: tuple[pa.RecordBatch, ...]
    ends: tuple[NDArray[np.int64], ...]
    """Of each batch: where its runs end."""
    skus: pa.ChunkedArray
    """The SKU of each run, batch by batch."""

    @classmethod
    def of(cls, table: pa.Table) -> "SkuRuns":
        """Return the runs of the table's column `sku`."""
        batches = tuple(batch for batch in table.to_batches() if batch.num_rows)
        encoded = [pc.run_end_encode(batch["sku"]) for batch in batches]
        return cls(
            batches=batches,
            ends=tuple(one.run_ends.to_numpy().astype(np.int64) for one in encoded),
            skus=pa.chunked_array([one.values for one in encoded], pa.string()),
        )

    def placed(self, skus: pa.Array) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64]]]:
        """Yield the rows of those SKUs, batch by batch, and each row's place among the SKUs."""
        places = pc.fill_null(pc.index_in(self.skus, value_set=skus), -1)
        of_runs = places.to_numpy().astype(np.int64)
        start = 0
        for batch, ends in zip(self.batches, self.ends, strict=True):
            own = of_runs[start : start + len(ends)]
            start += len(ends)
            of_rows = np.repeat(own, np.diff(ends, prepend=0))
            if own.min(initial=0) >= 0:
                yield batch, of_rows
                continue
            known = of_rows >= 0
            yield batch.filter(pa.array(known)), of_rows[known]


def day_numbers(column: pa.Array) -> NDArray[np.int64]:
    """Return dates as days since 1970."""
    numbers: NDArray[np.int64] = column.view(pa.int32()).to_numpy().astype(np.int64)
    return numbers
