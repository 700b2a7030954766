"""Codes of the records in a reader's words."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from umschlag.allocation.planning.model import ReasonCode
from umschlag.wiring.allocation_words import reason_label

_METHODS = {
    "priority_loop": _("by priority, best first"),
    "optimal": _("what is worth most"),
    "mutual_transfer": _("transfer into a mutual store"),
}


def method_title(code: str) -> str:
    """Return what a planner's method is called; a later one shows its own name until it is here."""
    return str(_METHODS.get(code, code))


def refusal_title(code: str) -> str:
    """Return why something was not given, in a few words."""
    try:
        return str(capfirst(reason_label(ReasonCode(code))))
    except ValueError:
        # A run of an older version may name a reason that this one no longer has.
        return code
