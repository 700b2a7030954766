"""How much stock does it take to serve 90 % of the demand, by value?

Ours: every week each article is ordered up to a quantile of the product's forecast
(`worlds.real_sales.ours`) of what sells in lead time + 7 days; the quantile is the same for all
articles, and walking through several gives the curve of fill rate against days of stock. Baselines
in the same stockroom: the days-of-cover policy on a 90-day average, stock up to (lead time + 7 +
safety days) × rate, for a range of safety days, in two variants (rounded up to whole units, and to
the nearest unit, so that what hardly sells is not kept), the better of which counts; the ERP
formula; and three of statsforecast's methods with negative-binomial quantiles.

Data: Online Retail II by day, the judged 24 weeks (`worlds/real_sales.py`), or with `--development`
the 24 weeks before, for tuning; articles known for 90 days when they begin. **True demand is taken
to be what really sold**, and every forecast is made weekly from all of it up to that day, also
where the simulated stock would have been out: the set has no stock levels, and all methods are
helped alike. An article's value is its mean price before the start. Measure: fill rate by value,
mean stock value ÷ mean daily demand value, and the days of stock at 90 % fill, linear between
neighbours; measured from the day the first order is there.

    python benchmarks/exchange_curve.py --small
"""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from umschlag.intelligence.forecasting.demand import DemandHistory
from worlds import real_sales, rival_forecasts
from worlds.real_sales import JUDGED_DAYS, KNOWN_DAYS_MIN, Floats, Places, RealSales
from worlds.replenished_stock import (
    REVIEW_DAYS,
    Outcome,
    StockPeriod,
    simulated,
    stock_days_at,
    stock_period,
)

FILL_RATE = 0.9
QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995)
SAFETY_DAYS = (0, 3, 7, 10, 14, 21, 28, 35, 42, 49, 56, 70, 84, 112, 140)
OURS = "ours"
COVER = ("days of cover, rounded up", "days of cover, nearest unit")
RIVALS = {
    "TSB(0.2) weekly": "squared",
    "SES(0.1) weekly": "squared",
    "ADIDA daily": "proportional",
}

Levels = dict[str, Floats]
"""Order-up-to levels of each method: a policy (quantile or safety days) a row."""


def levels_at(history: DemandHistory, chosen: Places, protected_days: int) -> Levels:
    """Return every method's levels of the chosen articles, as of the history's last day."""
    forecasts = real_sales.forecast_for(real_sales.ours, history, protected_days)
    levels = {OURS: _walk(lambda level: forecasts.quantile_units(level)[chosen])}
    known = history.only(chosen)
    rate = rival_forecasts.erp_mean(known, 1)
    days = protected_days + np.array(SAFETY_DAYS, dtype=np.float64)
    cover = days[:, None] * rate[None, :]
    levels[COVER[0]] = np.ceil(cover)
    levels[COVER[1]] = np.floor(cover + 0.5)
    levels["ERP formula"] = _walk(
        lambda level: rival_forecasts.erp_formula(known, protected_days, level)
    )
    if rival_forecasts.statsforecast_is_here():
        windows = rival_forecasts.past_windows(known, protected_days)
        means = rival_forecasts.statsforecast_means(known, protected_days, set(RIVALS))
        for name, mean in means.items():
            levels[name] = _rival_levels(mean, windows, RIVALS[name])
    return levels


def _rival_levels(mean: Floats, windows: rival_forecasts.PastWindows, spread: str) -> Floats:
    return _walk(
        lambda level: rival_forecasts.negative_binomial_quantile(
            mean, windows, spread=spread, level=level
        )
    )


def _walk(quantile: Callable[[float], Floats]) -> Floats:
    return np.array([np.maximum(quantile(level), 0.0) for level in QUANTILES])


def levels_by_review(
    sales: RealSales, places: Places, period: StockPeriod, *, start_day: int, every_weeks: int
) -> dict[str, list[Floats]]:
    """Return every method's levels at each review; between forecasts the last ones stand."""
    levels: dict[str, list[Floats]] = {}
    for number, day in enumerate(period.review_days):
        if number % every_weeks == 0:
            known = np.union1d(places, sales.places_known(start_day + day))
            history = sales.history(start_day + day, known)
            chosen = np.searchsorted(known, places)
            newest = levels_at(history, chosen, period.lead_time_days + REVIEW_DAYS)
        for name, one in newest.items():
            levels.setdefault(name, []).append(one)
    return levels


def curves(
    sales: RealSales, *, start_day: int, lead_time_days: int, every_weeks: int
) -> dict[str, Outcome]:
    """Return every method's curve over the 24 weeks from the start."""
    places = sales.places_known(start_day, known_days_min=KNOWN_DAYS_MIN)
    period = stock_period(sales, places, start_day=start_day, lead_time_days=lead_time_days)
    started = time.perf_counter()
    levels = levels_by_review(sales, places, period, start_day=start_day, every_weeks=every_weeks)
    print(
        f"\nlead time {lead_time_days} days: {places.size} articles, {len(period.review_days)} "
        f"reviews from {sales.date_of(start_day)}, forecasts in "
        f"{time.perf_counter() - started:.0f} s"
    )
    return {name: simulated(period, by_review) for name, by_review in levels.items()}


def print_curves(outcomes: dict[str, Outcome]) -> None:
    """Print each curve, and the days of stock at the fill rate that is asked for."""
    for name, outcome in outcomes.items():
        days = stock_days_at(outcome, FILL_RATE)
        told = "never" if days is None else f"{days:.1f} days"
        print(f"{name:28} {FILL_RATE:.0%} fill: {told}")
        pairs = zip(outcome.fill_rate, outcome.stock_days, strict=True)
        print("    " + "  ".join(f"{fill:.1%} {stock:.0f}" for fill, stock in pairs))


def summary(outcomes: dict[str, Outcome], lead_time_days: int, weeks: str) -> dict[str, object]:
    """Return the line of JSON of one lead time; None where 90 % is never reached."""
    at = {name: stock_days_at(outcome, FILL_RATE) for name, outcome in outcomes.items()}
    ours = at[OURS]
    reached = [days for name, days in at.items() if name in COVER and days is not None]
    baseline = min(reached, default=None)
    both = ours is not None and baseline is not None
    return {
        "name": f"exchange_curve_{lead_time_days}",
        "ours": None if ours is None else round(ours, 1),
        "baseline": None if baseline is None else round(baseline, 1),
        "ratio": round(baseline / ours, 3) if both and ours and baseline else None,
        "unit": "days of stock at 90 % fill by value; baseline: the better days-of-cover policy",
        "size": {
            "lead_time_days": lead_time_days,
            "weeks": weeks,
            "less_stock_percent": (
                round(100 * (1 - ours / baseline), 1) if both and ours and baseline else None
            ),
            "others": {
                name: None if days is None else round(days, 1)
                for name, days in at.items()
                if name != OURS
            },
        },
    }


def main() -> None:
    """Print the curves and one line of JSON a lead time."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--small", action="store_true", help="800 articles, one lead time, a forecast in 4 weeks"
    )
    parser.add_argument(
        "--development", action="store_true", help="the 24 weeks before, for tuning, instead"
    )
    parser.add_argument(
        "--every", type=int, default=1, help="weeks between forecasts, of all methods (default 1)"
    )
    options = parser.parse_args()
    if not real_sales.DATA.exists():
        print(real_sales.ABSENT)
        return
    if not rival_forecasts.statsforecast_is_here():
        print(rival_forecasts.ABSENT)
    sales = real_sales.real_sales(articles_max=800 if options.small else None)
    start_day = sales.last_day - JUDGED_DAYS * (2 if options.development else 1)
    lines = []
    for lead_time_days in (14,) if options.small else (14, 28):
        every_weeks = 4 if options.small else options.every
        outcomes = curves(
            sales, start_day=start_day, lead_time_days=lead_time_days, every_weeks=every_weeks
        )
        print_curves(outcomes)
        weeks = "development" if options.development else "judged"
        lines.append(summary(outcomes, lead_time_days, weeks))
    for line in lines:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
