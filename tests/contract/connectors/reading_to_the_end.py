"""Reads the day of a simulated Plentymarkets in a process of its own, to be killed in the middle.

Arguments: address, folder of the spool, and bytes that a file may have at most (0: no bound).
It does not end by itself before its input does, so that a late kill meets it alive.
"""

import resource
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access
from umschlag.storage.half_read import HalfRead

DAY = date(2026, 4, 20)
NOW = datetime(2026, 4, 20, 4, tzinfo=UTC)


def a_source(url, folder):
    client = open_client(
        PlentyLogin(base_url=url, username=access.PLENTY_USER, password=access.PLENTY_PASSWORD),
        keeper=KeptInMemory(),
        day_reserve_percent=0,
    )
    return client, PlentymarketsSource(
        reader=client,
        zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        spools=HalfRead(Path(folder)),
        now=lambda: NOW,
    )


def main(url, folder, file_bytes_max):
    if int(file_bytes_max):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_bytes_max),) * 2)
    client, source = a_source(url, folder)
    with client:
        try:
            source.read(DAY, untold)
        except UmschlagError as error:
            sys.exit(f"{type(error).__name__}: {error}")
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
