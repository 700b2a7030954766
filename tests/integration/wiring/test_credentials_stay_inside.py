"""A whole day at the log level DEBUG, trouble included: no password and no token anywhere."""

import base64
import gzip
import logging
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow.parquet as pq
import pytest
from django.db import connection

from builders.world import TODAY, simulators_with
from umschlag.intelligence.corrections.model import WriteKind
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_PASSWORD, PLENTY_USER
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind, Tally
from umschlag.storage.half_read import HalfReadDay
from umschlag.storage.records.corrections import Asker
from umschlag.storage.records.credentials import ensure_credential
from umschlag.storage.records.models import WriteBackLine
from umschlag.wiring.corrections import one_change, send_write_back, try_write_back
from umschlag.wiring.doctoring import outside_findings, records_findings
from umschlag.wiring.history import backfill_history, import_orders, take_snapshot
from umschlag.wiring.logins import look_at_plentymarkets
from umschlag.wiring.plentymarkets import open_system
from umschlag.wiring.recordings import record_plentymarkets

# Committed, since a thread that reads pages may be the one that looks up or renews the token.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

WRONG_PASSWORD = "wrong/pass+word %41"
STOCK, VARIATIONS = "/rest/stockmanagement/stock", "/rest/pim/variations"
SKU = "HX-10001"
TROUBLE = (
    Fault(kind=FaultKind.SERVER_ERROR, path=STOCK, page=2, status=422),
    Fault(kind=FaultKind.TOKEN_EXPIRES, path=STOCK, page=3),
    Fault(kind=FaultKind.TOO_MANY_CALLS, path=VARIATIONS, page=3, seconds=0.5),
    Fault(kind=FaultKind.HTML, path=VARIATIONS, page=2),
    Fault(kind=FaultKind.CONNECTION_CUT, path=VARIATIONS, page=3),
)


def watched(_title):
    return untold


def spelled(secret):
    """Return the ways in which a secret could be written down."""
    encoded = base64.b64encode(f"{PLENTY_USER}:{secret}".encode()).decode()
    return {secret, quote(secret, safe=""), quote_plus(secret), encoded}


def text_of_file(path):
    if path.suffix == ".part":
        day = HalfReadDay(path.parent)
        return (day.load(path.stem) or b"").decode("utf-8", "replace")
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode(
        "utf-8", "replace"
    )


def texts_below(folder):
    return "".join(text_of_file(path) for path in Path(folder).rglob("*") if path.is_file())


def text_of_records():
    """Return every row of every table as the database has it, past the fields that decrypt."""
    text = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"select * from {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                text += [bytes(v) if isinstance(v, memoryview) else v for v in row]
    return str(text)


class Day:
    """One installation's day, and all that it leaves behind."""

    def __init__(self, running, settings_in, folder):
        self.url = f"{running.url}/plentymarkets"
        self.settings = settings_in(
            plentymarkets_url=self.url,
            plentymarkets_may_write=True,
            backfill_days=5,
            snapshot_vanished_percent_max=100,
        )
        self.recording = folder / "recording"
        self.said = []
        """Errors, findings and answers that a person gets to read."""

    def enter_login(self, password):
        ensure_credential(
            name="Shop",
            base_url=self.url,
            username=PLENTY_USER,
            password=password,
            plenty_id=PLENTY_ID,
        )

    def snapshot(self):
        return take_snapshot(self.settings, progress_for=watched, business_date=TODAY)

    def fails(self, error):
        with pytest.raises(error) as caught:
            self.snapshot()
        self.said += [str(caught.value), repr(caught.value), str(caught.getrepr(chain=True))]

    def goes_well(self):
        """Do all that the product does with Plentymarkets."""
        self.snapshot()
        backfill_history(self.settings, progress_for=watched)
        import_orders(self.settings, progress_for=watched)
        record_plentymarkets(
            self.settings, self.recording, progress_for=watched, business_date=TODAY
        )
        change = one_change(self.settings, WriteKind.STOCK, sku=SKU, asked=Decimal(7), place_id=1)
        asker = Asker(name="anna", reason="count")
        tried = try_write_back(self.settings, [change], WriteKind.STOCK, asker=asker)
        send_write_back(self.settings, tried, asker=asker)
        looks = {"Plentymarkets": (look_at_plentymarkets, "the login")}
        self.said += map(str, outside_findings(self.settings, looks))
        self.said += map(str, records_findings(self.settings))


def test_a_whole_day_leaves_no_credential_in_any_log_file_or_record(settings_in, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    tally, left = Tally(), {}
    with simulators_with(faults=TROUBLE, tally=tally, page_rows_max=20) as running:
        day = Day(running, settings_in, tmp_path)
        day.enter_login(WRONG_PASSWORD)
        day.fails(LoginRejected)
        day.enter_login(PLENTY_PASSWORD)
        day.fails(UnexpectedAnswer)
        left["spool"] = texts_below(day.settings.var_dir)
        day.goes_well()
        with open_system(day.settings) as client:
            client.read(VARIATIONS)
            left["records with a session"] = text_of_records()
    left |= {
        "records": text_of_records(),
        "files": texts_below(day.settings.var_dir),
        "recording": texts_below(day.recording),
        "log": caplog.text,
        "said": "\n".join(day.said),
    }

    assert tally.struck.total() == len(TROUBLE)
    assert WriteBackLine.objects.filter(outcome="verified").count() == 1
    # What is looked for would be found: each place shows what has to be there.
    known = {"log": STOCK, "said": "Plentymarkets"} | dict.fromkeys(
        ("spool", "records", "records with a session", "files", "recording"), SKU
    )
    assert [place for place, text in left.items() if known[place] not in text] == []
    assert len(tally.secrets) > 10
    for secret in (PLENTY_PASSWORD, WRONG_PASSWORD, *tally.secrets):
        found = [place for place, text in left.items() if any(s in text for s in spelled(secret))]
        assert found == []
