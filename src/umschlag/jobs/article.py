"""One article on the terminal, and its days into a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.intelligence.forecasting.own_errors import OwnErrors
from umschlag.jobs.report import add_columns, new_table
from umschlag.kernel.errors import NotFound
from umschlag.settings import Settings
from umschlag.storage.records.models import Article, Verdict
from umschlag.wiring.amounts import count_text, day_text, decimal_text, share_text
from umschlag.wiring.article_course import Course, Event, article_course
from umschlag.wiring.article_forecasts import ForecastPoint, article_forecasts
from umschlag.wiring.list_files import write_list
from umschlag.wiring.spreadsheets import Row
from umschlag.wiring.stored_reasons import reason_text

EVENTS_SHOWN = 10
LEVELS = (0.5, 0.8, 0.95)


def print_article(settings: Settings, sku: str, *, file: Path | None, console: Console) -> None:
    """Print what is known of one article, or write its days.

    Raises:
        NotFound: nothing is known of the SKU.
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language):
        article = Article.objects.select_related("movement").filter(sku=sku).first()
        if article is None:
            raise NotFound(
                f"no article has the SKU {sku!r}; `umschlag penner-renner --search TEXT` finds "
                "articles by a part of SKU or name",
                field="sku",
            )
        course = article_course(settings, article, known_on=None)
        if file:
            write_list(_day_rows(course), file, title="article")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        _print_now(console, article, course)
        found = article_forecasts(settings, sku)
        _print_forecasts(console, found.points)
        _print_errors(console, found.errors)
        _print_events(console, course.events)


def _day_rows(course: Course) -> Iterator[Row]:
    yield [
        "business_date",
        "on_hand_units",
        "available_units",
        "sold_units",
        "price",
        "currency",
        "is_out",
        "is_rebuilt",
    ]
    for day in course.days:
        yield [
            day.business_date,
            day.on_hand_units,
            day.available_units,
            day.sold_units,
            day.price.decimal if day.price else None,
            day.price.currency if day.price else None,
            day.is_out,
            day.is_rebuilt,
        ]


def _print_now(console: Console, article: Article, course: Course) -> None:
    console.print(f"{article.sku} {article.name}", style="bold", markup=False, highlight=False)
    movement = getattr(article, "movement", None)
    if movement is not None:
        label = Verdict(movement.verdict).label
        console.print(f"{label}: {reason_text(movement)}", markup=False, soft_wrap=True)
    figures = {
        _("On hand"): count_text(article.on_hand_units),
        _("Available"): count_text(article.available_units),
        _("On order"): count_text(article.on_order_units),
    }
    if movement is not None:
        figures[_("Sold in 90 days")] = count_text(movement.sold_units_90d)
        figures[_("Days of supply")] = decimal_text(movement.days_of_supply, 0)
    if course.days:
        out = sum(day.is_out for day in course.days)
        figures[_("Days without stock")] = f"{count_text(out)} / {count_text(len(course.days))}"
    told = ", ".join(f"{title}: {figure}" for title, figure in figures.items())
    console.print(told, highlight=False, soft_wrap=True)


def _print_forecasts(console: Console, points: Sequence[ForecastPoint]) -> None:
    if not points:
        console.print(_("No forecast was made of it yet: `umschlag forecast` does it."))
        return
    made = {"day": day_text(points[0].forecast.made_date)}
    table = new_table(_("Units expected to sell, as of %(day)s") % made)
    figures = (_("Expected"), _("Median"), *(f"{level * 100:.0f} %" for level in LEVELS[1:]))
    add_columns(table, _("Days"), _("Through"), figures=figures)
    for point in points:
        quantiles = point.forecast.quantile_units
        table.add_row(
            count_text(point.forecast.horizon_days),
            day_text(point.business_date),
            decimal_text(point.forecast.mean_units, 1),
            *(decimal_text(quantiles.get(level), 0) for level in LEVELS),
        )
    console.print(table)


def _print_errors(console: Console, errors: Sequence[OwnErrors]) -> None:
    if not errors:
        return
    table = new_table(_("What its own forecasts were off by"))
    figures = (
        _("Forecasts"),
        _("WAPE"),
        _("WAPE, as last time"),
        _("Bias"),
        _("Within 95 per cent"),
    )
    add_columns(table, _("Days"), figures=figures)
    for one in errors:
        table.add_row(
            count_text(one.horizon_days),
            count_text(one.accuracy.article_count),
            share_text(one.accuracy.wape),
            share_text(one.naive.wape),
            share_text(one.accuracy.bias),
            share_text(one.accuracy.coverage_95),
        )
    console.print(table)


def _print_events(console: Console, events: Sequence[Event]) -> None:
    newest = sorted(events, key=lambda one: one.business_date, reverse=True)[:EVENTS_SHOWN]
    for event in newest:
        console.print(f"{day_text(event.business_date)}  {event.text}", markup=False)
