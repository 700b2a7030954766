"""Opens the merchant's Plentymarkets system: the simulated one in the demo."""

from umschlag.connectors.plentymarkets.client import PlentyLogin, PlentymarketsClient, open_client
from umschlag.kernel.errors import Misconfigured
from umschlag.settings import Settings
from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_PASSWORD, PLENTY_USER
from umschlag.storage.records.credentials import (
    TokenOnRecord,
    ensure_credential,
    plentymarkets_credential,
)
from umschlag.storage.records.models import PlentymarketsCredential

DEMO_NAME = "Demo"


def open_plentymarkets(settings: Settings) -> PlentymarketsClient:
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
