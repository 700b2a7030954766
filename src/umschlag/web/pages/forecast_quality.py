"""How good the forecasts are: the models judged on the merchant's own sales."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.backtest import Contestant
from umschlag.intelligence.forecasting.model import ForecastMethod
from umschlag.web.pages.frame import page, staff_page
from umschlag.wiring.forecast_quality import ForecastQuality, forecast_quality


@staff_page("records.view_articleforecast")
def show(request: HttpRequest) -> HttpResponse:
    """Show the newest backtest, and by which methods the newest forecast was made."""
    quality = forecast_quality()
    return page(
        request,
        "forecast_quality.html",
        title=_("Forecast quality"),
        quality=quality,
        chart=_chart(quality) if quality else None,
        methods=_methods(quality) if quality else [],
    )


def _chart(quality: ForecastQuality) -> dict[str, Any]:
    """Return each contestant's loss as a bar, in per cent of the worst one's."""
    worst = max((line.accuracy.scaled_loss or 0.0 for line in quality.lines), default=0.0) or 1.0
    bars = {
        "label": _("Loss, per cent of the worst"),
        "kind": "bar",
        "tones": ["primary" if line.is_chosen else "muted" for line in quality.lines],
        "values": [
            round(100 * (line.accuracy.scaled_loss or 0.0) / worst, 1) for line in quality.lines
        ],
    }
    names = _short_names()
    labels = [names[line.contestant] for line in quality.lines]
    return {"labels": labels, "series": [bars], "named": True}


def _short_names() -> dict[Contestant, str]:
    """Return names that stand side by side below the bars."""
    return {
        Contestant.GLOBAL: _("trees and nets"),
        Contestant.POOLED: _("similar articles"),
        Contestant.COVER: _("own past"),
        Contestant.ERP: _("ERP formula"),
        Contestant.NAIVE: _("last time"),
    }


def _methods(quality: ForecastQuality) -> list[tuple[str, int]]:
    titles = {
        ForecastMethod.GLOBAL: _("learned from all articles"),
        ForecastMethod.POOLED: _("own level, spread of similar articles"),
        ForecastMethod.WINDOWS: _("own past spans of the same length"),
        ForecastMethod.VARIANCE: _("mean and variance of its own days: few spans"),
        ForecastMethod.PEERS: _("new: what its category sells"),
        ForecastMethod.NONE: _("no sale in a year: none expected"),
    }
    return [(titles[ForecastMethod(one.method)], one.article_count) for one in quality.methods]
