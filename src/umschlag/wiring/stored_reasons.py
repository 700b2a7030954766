"""Why a record is as it is, in the language of whoever looks."""

from collections.abc import Callable, Mapping

from umschlag.allocation.planning.model import ReasonCode
from umschlag.intelligence.movement.model import Reason
from umschlag.kernel.errors import UmschlagError
from umschlag.storage.records.models import (
    ArticleMovement,
    Cart,
    CartLine,
    MutualStoreProposal,
    Proposal,
    RunRefusal,
)
from umschlag.storage.records.reasons import read_values
from umschlag.wiring.allocation_words import (
    cart_limit_text,
    line_text,
    mutual_text,
    refusal_text,
)
from umschlag.wiring.reasons import raw_text, sentence

ReasonedRecord = ArticleMovement | Proposal | CartLine | RunRefusal | MutualStoreProposal


def reason_text(record: ReasonedRecord) -> str:
    """Return the record's reason as a sentence in the active language.

    A code or figures that this version has no words for are shown as they are kept: a record of
    an older version must not take a page down.
    """
    tell = _TELLERS[type(record)]
    try:
        return tell(record.reason_code, record.reason_values)
    except (LookupError, TypeError, ValueError, UmschlagError):
        return raw_text(record.reason_code, record.reason_values)


def cart_limit(cart: Cart) -> str:
    """Return that the store's cap keeps every line of the cart as it is; empty where it does not.

    Empty too where this version has no words for the figures: then the lines tell their own.
    """
    try:
        return cart_limit_text([line.reason_values for line in cart.lines.all()])
    except (LookupError, TypeError, ValueError, UmschlagError):
        return ""


def line_reason(line: CartLine, *, is_cap_told: bool) -> str:
    """Return the line's reason, without the store's cap where that is told of the whole cart."""
    if not is_cap_told:
        return reason_text(line)
    told = frozenset({ReasonCode.STORE_CAP})
    try:
        return line_text(line.reason_code, line.reason_values, told=told)
    except (LookupError, TypeError, ValueError, UmschlagError):
        return raw_text(line.reason_code, line.reason_values)


def _figures_text(code: str, values: Mapping[str, object]) -> str:
    return sentence(Reason(code=code, values=read_values(values)))


_TELLERS: Mapping[type[ReasonedRecord], Callable[[str, Mapping[str, object]], str]] = {
    ArticleMovement: _figures_text,
    Proposal: _figures_text,
    CartLine: line_text,
    RunRefusal: refusal_text,
    MutualStoreProposal: mutual_text,
}
