"""What is worth telling of a sync of the agency's systems."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.kernel.money import Money
from umschlag.storage.records.agency.ungating import AnswerChange
from umschlag.storage.records.models import NotificationKind, Preorder
from umschlag.wiring.amounts import money_text
from umschlag.wiring.notifying import News

LINES_MAX = 20
"""A notice longer than this is not read; the rest stands in the back office."""


def news_of_arrivals(arrived: Sequence[Preorder]) -> list[News]:
    """Return one notice a preorder that has arrived."""
    return [
        News(
            kind=NotificationKind.PREORDER_ARRIVED,
            title=_("Preorder arrived: %(units)d × %(asin)s for %(client)s")
            % {
                "units": preorder.ordered_units,
                "asin": preorder.asin.asin,
                "client": preorder.client.name,
            },
            body=_("Preorder %(id)s has arrived. Still due: %(due)s.")
            % {
                "id": preorder.external_id,
                "due": money_text(Money(preorder.remaining_due_minor, preorder.currency)),
            },
            client_id=preorder.client_id,
        )
        for preorder in arrived
    ]


def news_of_answers(changes: Sequence[AnswerChange]) -> list[News]:
    """Return one notice a client whose stores' ungating answers changed or are contradicted."""
    by_client: dict[int, list[AnswerChange]] = defaultdict(list)
    for change in changes:
        by_client[change.store.client_id].append(change)
    return [
        News(
            kind=NotificationKind.UNGATING_CHANGED,
            title=ngettext(
                "%(count)d ungating answer changed", "%(count)d ungating answers changed", len(own)
            )
            % {"count": len(own)},
            body="\n".join(_lines(own)),
            client_id=client_id,
        )
        for client_id, own in by_client.items()
    ]


def _lines(changes: Sequence[AnswerChange]) -> list[str]:
    lines = [_line(change) for change in changes[:LINES_MAX]]
    if len(changes) > LINES_MAX:
        lines.append(_("and %d more") % (len(changes) - LINES_MAX))
    return lines


def _line(change: AnswerChange) -> str:
    words = {
        "store": change.store.name,
        "asin": change.asin,
        "before": change.before,
        "after": change.after,
    }
    if change.is_disagreement:
        return (
            _("%(store)s, %(asin)s: the software says “%(after)s”, but “%(before)s” stays") % words
        )
    return _("%(store)s, %(asin)s: “%(before)s” became “%(after)s”") % words
