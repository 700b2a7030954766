"""Opens the merchant's Plentymarkets system: the simulated one in the demo, or a recording."""

from datetime import date
from pathlib import Path

from django.utils import timezone

from umschlag.connectors.plentymarkets.client import PlentyLogin, PlentymarketsClient, open_client
from umschlag.connectors.plentymarkets.null import Replay, open_recording
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.kernel.errors import Misconfigured, Refused
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_PASSWORD, PLENTY_USER
from umschlag.storage.half_read import HalfRead
from umschlag.storage.records.credentials import (
    TokenOnRecord,
    ensure_credential,
    plentymarkets_credential,
)
from umschlag.storage.records.models import PlentymarketsCredential
from umschlag.storage.records.snapshots import RECORDING

DEMO_NAME = "Demo"
HALF_READ_FOLDER = "half-read"
"""Under `var_dir`: what a run has read of a day, until the day is published."""


def open_plentymarkets(settings: Settings) -> PlentymarketsClient | Replay:
    """Return what answers: the recording where one is set, else the system.

    Raises:
        Misconfigured: the address or the login is missing, or the recording is not whole.
    """
    if settings.plentymarkets_recording:
        return open_recording(Path(settings.plentymarkets_recording).absolute())
    return open_system(settings)


def plentymarkets_source(
    settings: Settings, erp: PlentymarketsClient | Replay
) -> PlentymarketsSource:
    """Return what today's snapshot is read with.

    A recording costs no call, so nothing of it is kept for a run that would go on; and what was
    taken from it says so for good.
    """
    folder = settings.var_dir.absolute() / HALF_READ_FOLDER
    remarks = []
    if isinstance(erp, Replay):
        folder = folder.with_name("half-replayed")
        HalfRead(folder).drop()
        remarks = [Problem(place=RECORDING, message=f"taken from the {erp.name}, no live system")]
    return PlentymarketsSource(
        reader=erp,
        zone=settings.zone,
        currency=settings.currency,
        spools=HalfRead(folder),
        system=erp.name if isinstance(erp, Replay) else erp.system.base_url,
        now=timezone.now,
        remarks=remarks,
    )


def business_date_at(
    settings: Settings, erp: PlentymarketsClient | Replay, *, asked: date | None
) -> date:
    """Return the day that is read: a recording has its own, a system has the clock's.

    Raises:
        Refused: the recording would be filed under another day than its own.
    """
    if not isinstance(erp, Replay):
        return asked or business_date_of(timezone.now(), settings.zone)
    if asked not in (None, erp.business_date):
        raise Refused(f"the {erp.name} shows {erp.business_date}, not {asked}")
    return erp.business_date


def open_system(settings: Settings) -> PlentymarketsClient:
    """Return a client; its session starts with the first call and ends when it is closed.

    Raises:
        Misconfigured: the address or the login is missing.
    """
    credential = plentymarkets_login(settings)
    return open_client(
        PlentyLogin(
            base_url=credential.base_url,
            username=credential.username,
            password=credential.password,
        ),
        keeper=TokenOnRecord(credential.pk),
        day_reserve_percent=settings.plentymarkets_day_budget_reserve_percent,
    )


def plentymarkets_login(settings: Settings) -> PlentymarketsCredential:
    """Return the login on record; in the demo it is put there.

    Raises:
        Misconfigured: the address or the login is missing.
    """
    if settings.plentymarkets_url:
        return plentymarkets_credential(settings.plentymarkets_url)
    if settings.mode != "demo":
        raise Misconfigured(
            "UMSCHLAG_PLENTYMARKETS_URL is not set: give the address of the Plentymarkets system, "
            "as in https://example.my.plentysystems.com"
        )
    return ensure_credential(
        name=DEMO_NAME,
        base_url=f"{settings.simulators_url}/plentymarkets",
        username=PLENTY_USER,
        password=PLENTY_PASSWORD,
        plenty_id=PLENTY_ID,
    )
