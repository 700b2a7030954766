"""Which article follows which: told by people, used by forecasts and orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.forecasting.succession import (
    Succession,
    SuccessionFault,
    SuccessionRefused,
)
from umschlag.kernel.errors import BadInput, NotFound, UmschlagError
from umschlag.kernel.identifiers import Sku
from umschlag.settings import Settings
from umschlag.storage.lake.day_tables import Window, units_by_day
from umschlag.storage.records.models import Article, ArticleSuccession
from umschlag.storage.records.successions import drop_succession, keep_succession
from umschlag.wiring.amounts import day_text
from umschlag.wiring.demand_models import HISTORY_DAYS
from umschlag.wiring.lake import open_lake

YEARS_AWAY_MAX = 10
"""A day further off is a slip of the keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """One predecessor of an article, and what of its demand is in the article's history."""

    succession: ArticleSuccession
    units: int
    """Sold in the two years that forecasts look at, before the hand-over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an article has to do with others before and after it; nothing, for most."""

    follows: Sequence[TakenOver] = ()
    """The article's predecessors and theirs, the latest hand-over first."""
    followed_by: ArticleSuccession | None = None

    @property
    def units_taken_over(self) -> int:
        """Units of all predecessors together."""
        return sum(one.units for one in self.follows)


def follow(
    predecessor: str, successor: str, from_date: date, *, by: str, at: datetime
) -> ArticleSuccession:
    """Keep that one article follows another from the day on; forecasts know it from the next on.

    Raises:
        NotFound: one of the articles is unknown.
        SuccessionRefused: it would go round, or does not fit another succession.
        BadInput: a SKU is missing, or the day is ten years away or more.
    """
    for field, text in (("predecessor", predecessor), ("successor", successor)):
        if not text.strip():
            raise BadInput(f"the SKU of the {field} is missing", field=field)
    wanted = Succession(
        predecessor=Sku(predecessor.strip()), successor=Sku(successor.strip()), from_date=from_date
    )
    if abs((from_date - at.date()).days) > 366 * YEARS_AWAY_MAX:
        raise BadInput(f"{from_date} is more than ten years away", field="from_date")
    return keep_succession(wanted, by=by, at=at)


def unfollow(predecessor: str) -> tuple[Sku, date]:
    """Forget that the article is followed; return who followed it, and from when.

    Raises:
        NotFound: nobody said that it is.
    """
    return drop_succession(Sku(predecessor.strip()))


def told_text(told: ArticleSuccession) -> str:
    """Say that it is kept, and of whom else the successor has the sales: that is easily a slip."""
    text = _(
        "%(successor)s follows %(predecessor)s from %(day)s. The next forecast counts with it."
    ) % {
        "successor": told.successor.sku,
        "predecessor": told.predecessor.sku,
        "day": day_text(told.from_date),
    }
    others = ArticleSuccession.objects.filter(successor=told.successor).exclude(pk=told.pk)
    skus = list(others.order_by("predecessor__sku").values_list("predecessor__sku", flat=True))
    if not skus:
        return text
    return f"{text} " + _(
        "It follows %(others)s too: what all of them sold adds up. Take back what is wrong."
    ) % {"others": ", ".join(skus)}


def successions_told() -> list[ArticleSuccession]:
    """Return all of them, the latest hand-over first."""
    return list(ArticleSuccession.objects.select_related("predecessor", "successor"))


def line_of(settings: Settings, article: Article) -> Line:
    """Return who comes before and after the article, and what of their demand counts as its own.

    Of a chain all before it are told: what they sold before each hand-over is handed on.
    """
    told = successions_told()
    followed_by = next((one for one in told if one.predecessor_id == article.pk), None)
    found: list[TakenOver] = []
    heirs: list[tuple[int, date]] = [(article.pk, date.max)]
    while heirs:
        key, until = heirs.pop(0)
        for one in told:
            if one.successor_id == key:
                day = min(one.from_date, until)
                units = _sold_before(settings, one.predecessor.sku, day)
                found.append(TakenOver(succession=one, units=units))
                heirs.append((one.predecessor_id, day))
    return Line(follows=found, followed_by=followed_by)


def _sold_before(settings: Settings, sku: str, until: date) -> int:
    lake = open_lake(settings)
    newest = lake.newest_business_date()
    if newest is None:
        return 0
    since = newest - timedelta(days=HISTORY_DAYS - 1)
    end = min(until, newest + timedelta(days=1))
    if end <= since:
        return 0
    window = Window.between(since, end)
    return int(units_by_day(lake, sku, window).clip(min=0).sum())


_REFUSALS: Mapping[SuccessionFault, str] = {
    SuccessionFault.ITSELF: gettext_noop("An article cannot follow itself."),
    SuccessionFault.FOLLOWED_ALREADY: gettext_noop(
        "%(predecessor)s is followed by %(other_successor)s from %(day)s already. Take that back "
        "first."
    ),
    SuccessionFault.ROUND: gettext_noop(
        "%(predecessor)s came after %(successor)s already, so %(successor)s cannot follow it. "
        "Articles cannot follow each other in a circle."
    ),
    SuccessionFault.BEFORE_ITS_OWN: gettext_noop(
        "%(predecessor)s itself follows %(other_predecessor)s from %(day)s. It can be followed "
        "from a later day alone."
    ),
    SuccessionFault.AFTER_ITS_NEXT: gettext_noop(
        "%(successor)s is followed by %(other_successor)s from %(day)s. It can follow another "
        "from an earlier day alone."
    ),
}


def refusal_text(error: UmschlagError, *, predecessor: str, successor: str) -> str:
    """Return why an article cannot follow another, in the reader's language."""
    if isinstance(error, NotFound):
        sku = predecessor if error.field == "predecessor" else successor
        return _("There is no article %(sku)s. Check the SKU.") % {"sku": sku}
    if isinstance(error, BadInput):
        if error.field == "from_date":
            return _("The day is more than ten years away. Check the year.")
        return _("Enter the SKU of the other article.")
    if not isinstance(error, SuccessionRefused):
        return error.message
    other = error.other
    return _(_REFUSALS[error.fault]) % {
        "predecessor": error.wanted.predecessor,
        "successor": error.wanted.successor,
        "other_predecessor": other.predecessor if other else "",
        "other_successor": other.successor if other else "",
        "day": day_text(other.from_date) if other else "",
    }
