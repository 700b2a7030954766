"""One article: stock, how it moves and why we say so, what comes next, what it earns."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    Article,
    ArticleMovement,
    Proposal,
    ProposalState,
    Replenishment,
)
from umschlag.web.pages.article_charts import (
    compared_chart,
    course_chart,
    course_rows,
    event_letters,
    forecast_chart,
    price_chart,
)
from umschlag.web.pages.article_derivation import derivation, rule_lines
from umschlag.web.pages.frame import (
    asked_date,
    page,
    staff_page,
    tell_refusal,
    unread_days,
    unread_text,
)
from umschlag.wiring import amounts
from umschlag.wiring.acting import decide as decide_on
from umschlag.wiring.article_course import COURSE_DAYS, article_course
from umschlag.wiring.article_earnings import article_earnings
from umschlag.wiring.article_forecasts import COMPARED_HORIZON_DAYS, article_forecasts
from umschlag.wiring.bundles import BundlesAround, bundles_around
from umschlag.wiring.marketplace_forecasts import marketplace_lines
from umschlag.wiring.running_out import latest_order_date
from umschlag.wiring.successions import line_of


@staff_page("records.view_article")
def show(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show the article."""
    return _article_page(request, article_id)


@staff_page("records.view_article")
@require_POST
def draft(request: HttpRequest, article_id: int) -> HttpResponse:
    """Ask the language model for a text, check it, and show it beside the article."""
    from umschlag.wiring.content import draft_content

    article = get_object_or_404(Article, pk=article_id)
    try:
        text = draft_content(load_settings(), article.sku, get_language() or "en")
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:article", args=[article_id]))
    return _article_page(request, article_id, draft=text)


@staff_page("records.change_proposal")
@require_POST
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Accept or dismiss one proposal."""
    proposal = get_object_or_404(Proposal, pk=proposal_id)
    state = request.POST.get("state")
    if state in (ProposalState.ACCEPTED, ProposalState.DISMISSED):
        decide_on(
            load_settings(),
            [proposal.pk],
            ProposalState(state),
            by=request.user.get_username(),
            at=timezone.now(),
        )
        proposal.refresh_from_db()
        messages.success(request, f"{proposal}: {proposal.get_state_display()}")
    return redirect("pages:article", article_id=proposal.article_id)


def _article_page(request: HttpRequest, article_id: int, **more: object) -> HttpResponse:
    article = get_object_or_404(Article.objects.select_related("movement"), pk=article_id)
    movement = getattr(article, "movement", None)
    forecast = article.forecasts.first()
    known_on = asked_date(request, "known_on")
    unread = unread_days(request, "known_on", "forecast")
    if unread:
        messages.error(request, unread_text(unread))
    bundles = bundles_around(load_settings(), article)
    return page(
        request,
        "article.html",
        title=article.name or article.sku,
        article=article,
        movement=movement,
        figures=[*_bundle_figures(bundles), *_figures(article, movement)],
        bundles=bundles,
        derivation=derivation(article, movement) if movement else [],
        rule_lines=rule_lines(movement) if movement else [],
        forecast=forecast,
        line=line_of(load_settings(), article),
        marketplaces=marketplace_lines(load_settings(), sku=article.sku),
        order_by_date=latest_order_date(load_settings(), article),
        proposals=article.proposals.all()[:10],
        known_on=known_on,
        profit=article_earnings(load_settings(), article.sku),
        unit_cost=_money(article.unit_cost_minor, article),
        price=_money(article.sales_price_minor, article),
        **_course(article, known_on),
        **_forecasts(article, asked_date(request, "forecast"), known_on),
        **more,
    )


def _course(article: Article, known_on: date | None) -> dict[str, object]:
    course = article_course(load_settings(), article, known_on=known_on)
    return {
        "chart": course_chart(course),
        "price_chart": price_chart(course),
        "chart_days": COURSE_DAYS,
        "course_rows": course_rows(course),
        "event_letters": event_letters(),
        "has_stock_outs": bool(course.stock_outs),
    }


def _forecasts(
    article: Article, made_date: date | None, known_on: date | None
) -> dict[str, object]:
    found = article_forecasts(load_settings(), article.sku, made_date=made_date, known_on=known_on)
    by = None
    if found.made_date is not None:
        by = Replenishment.objects.filter(article=article, made_date=found.made_date).first()
    return {
        "forecasts": found,
        "forecast_chart": forecast_chart(found, by.available_units if by else None),
        "compared_chart": compared_chart(found),
        "compared_days": COMPARED_HORIZON_DAYS,
        "sold_by_day": dict(found.sold_since),
    }


def _money(minor: int | None, article: Article) -> Money | None:
    return None if minor is None else Money(minor, article.currency)


def _bundle_figures(bundles: BundlesAround) -> list[dict[str, str]]:
    if bundles.own is None:
        return []
    sellable = amounts.count_text(bundles.own.sellable_units)
    return [{"title": _("Sellable as bundle"), "figure": sellable}]


def _figures(article: Article, movement: ArticleMovement | None) -> list[dict[str, str]]:
    value = amounts.money_text(_money(article.stock_value_minor, article))
    figures = [
        {"title": _("On hand"), "figure": amounts.count_text(article.on_hand_units)},
        {"title": _("Available"), "figure": amounts.count_text(article.available_units)},
        {"title": _("On order"), "figure": amounts.count_text(article.on_order_units)},
        {"title": _("Stock value"), "figure": value},
    ]
    if movement:
        figures += [
            {"title": _("Sold in 90 days"), "figure": amounts.count_text(movement.sold_units_90d)},
            {
                "title": _("Days of supply"),
                "figure": amounts.decimal_text(movement.days_of_supply, 0),
            },
        ]
    return figures
