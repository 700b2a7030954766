"""Exchange rates out of a file of the European Central Bank, into the records."""

from pathlib import Path

from umschlag.connectors.reference_rates import read_reference_rates
from umschlag.kernel.errors import BadInput
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.storage.records.exchange_rates import keep_rates
from umschlag.storage.records.sync_runs import recorded_sync

SOURCE = "exchange rates"


def import_exchange_rates(file: Path) -> SyncOutcome:
    """Keep the file's rates; those known before are kept as they are where nothing changed.

    Raises:
        BadInput: the file cannot be read, or is none of the bank's.
    """

    def run() -> SyncOutcome:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise BadInput(f"{file} cannot be read: {error.strerror}", field="file") from error
        read = read_reference_rates(content, name=file.name)
        created, changed = keep_rates(read.rates)
        return SyncOutcome(
            source=SOURCE,
            read_count=len(read.rates) + len(read.problems),
            created_count=created,
            updated_count=changed,
            problems=read.problems,
            watermark=max(rate.rate_date for rate in read.rates).isoformat(),
        )

    return recorded_sync(SOURCE, run)
