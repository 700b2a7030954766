"""How well forecasts do on the merchant's own sales, and which model was chosen by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.accuracy import Accuracy
from umschlag.intelligence.forecasting.backtest import TOO_LITTLE, Backtest, Contestant
from umschlag.intelligence.forecasting.measuring import Measured
from umschlag.storage.records.backtests import newest_backtest, newest_measured
from umschlag.storage.records.models import ArticleForecast
from umschlag.wiring.amounts import day_text, share_text

MEASURED_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestantLine:
    """One contestant of the newest backtest, best first."""

    contestant: Contestant
    title: str
    accuracy: Accuracy
    is_chosen: bool


def contestant_lines(found: Backtest) -> list[ContestantLine]:
    """Return the contestants that were judged, least loss first."""
    titles = contestant_titles()
    lines = [
        ContestantLine(
            contestant=one,
            title=titles[one],
            accuracy=accuracy,
            is_chosen=one.value == found.winner.value,
        )
        for one, accuracy in found.accuracy_by_contestant.items()
    ]
    return sorted(lines, key=lambda line: line.accuracy.scaled_loss or 0.0)


def contestant_titles() -> dict[Contestant, str]:
    """Return what people call the contestants."""
    return {
        Contestant.GLOBAL: _("learned from all articles (trees and nets)"),
        Contestant.POOLED: _("own level, spread of similar articles"),
        Contestant.COVER: _("own past alone"),
        Contestant.ERP: _("formula of ERP systems: mean of 90 days and a safety factor"),
        Contestant.NAIVE: _("the same as the 28 days before"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCount:
    """How many articles of the newest forecast were forecast by a method."""

    method: str
    article_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuality:
    """The newest backtest, and by which methods the newest forecast was made."""

    as_of_date: date
    horizon_days: int
    origin_dates: Sequence[date]
    lines: Sequence[ContestantLine]
    left_out: Sequence[tuple[str, str]]
    """Models that took no part, and why."""
    made_date: date | None
    """Of the newest forecast."""
    methods: Sequence[MethodCount]
    measured: Sequence[Measured]
    """Forecasts that were really made, measured when their horizon was over; newest first."""

    @property
    def chosen(self) -> ContestantLine | None:
        """The model that forecasts; None where nothing could be judged."""
        return next((line for line in self.lines if line.is_chosen), None)

    @property
    def less_loss_than_erp(self) -> float | None:
        """By which share the chosen model's loss is below the ERP formula's; None if unknown."""
        erp = next((line for line in self.lines if line.contestant is Contestant.ERP), None)
        if self.chosen is None or erp is None or not erp.accuracy.scaled_loss:
            return None
        return 1 - (self.chosen.accuracy.scaled_loss or 0.0) / erp.accuracy.scaled_loss


def forecast_quality(*, until: date = date.max) -> ForecastQuality | None:
    """Return what is known of the forecasts' quality; None before the first backtest."""
    found = newest_backtest(until=until)
    if found is None:
        return None
    titles = contestant_titles()
    newest = ArticleForecast.objects.order_by("-made_date").first()
    made_date = None if newest is None else newest.made_date
    return ForecastQuality(
        as_of_date=found.as_of_date,
        horizon_days=found.horizon_days,
        origin_dates=found.origin_dates,
        lines=contestant_lines(found),
        left_out=[(titles[one], _why_left_out(why)) for one, why in found.left_out.items()],
        made_date=made_date,
        methods=[] if made_date is None else _method_counts(made_date),
        measured=newest_measured(MEASURED_SHOWN),
    )


def _why_left_out(why: str) -> str:
    return _("too few articles or days to learn from") if why == TOO_LITTLE else why


def _method_counts(made_date: date) -> list[MethodCount]:
    counts = (
        ArticleForecast.objects.filter(made_date=made_date)
        .order_by("method")
        .values_list("method")
        .annotate(number=Count("pk"))
    )
    return [MethodCount(method=name, article_count=number) for name, number in counts]


def quality_line(quality: ForecastQuality | None) -> str:
    """Return the chosen model and how it did, in one line; empty where nothing was judged."""
    if quality is None or quality.chosen is None:
        return ""
    found = quality.chosen.accuracy
    return _(
        "Forecasts: %(model)s; %(less)s less loss than the ERP formula and %(covered)s of what "
        "sold within the 95 %% quantile, judged on your own sales as of %(day)s"
    ) % {
        "model": quality.chosen.title,
        "less": share_text(quality.less_loss_than_erp),
        "covered": share_text(found.coverage_95),
        "day": day_text(quality.as_of_date),
    }
