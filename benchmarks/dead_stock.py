"""How much of the money that will still lie there in 90 days does each way of looking find?

Ours: the product's forecast (`worlds.real_sales.ours`) of what sells in 90 days gives each unit in
stock a probability of being left over. Flagged are the units beyond a quantile of demand (each is
left over with at least that probability), or whole articles by their expected unsold share.
Baselines: fixed rules, "nothing sold in N days" (the whole stock), "units beyond X days of the
Y-day rate", and whole articles with more than X days of it. Every family is walked through finely
(`flags_of_rules`), wider than people use it, and the best of all fixed rules counts.

Data: Online Retail II by day; it has no stock, which is drawn: two scenarios, three seeds
(`worlds/drawn_stock.py` says how). Five cut-off dates whose 90 days lie in the judged weeks; five
others, whose 90 days were over before, are where thresholds are chosen, for every rival alike.
Truth: max(stock - what really sold in the 90 days, 0) × price. A flag is right as far as what it
flags is left over: unit k is left over exactly where fewer than k sold. Measure: precision and
recall in money, pooled over dates and seeds.

Two recalls at 90 % precision: with the rule and threshold **chosen earlier** (their precision then
is what it is, so it stands beside), and **in hindsight**, at the threshold with the most recall
that holds 90 % on the judged dates themselves, which favours all alike and compares at one
precision. The line of JSON has both; its `ratio` is the one in hindsight.

    python benchmarks/dead_stock.py --small
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.model import DemandForecasts
from worlds import real_sales
from worlds.drawn_stock import SCENARIOS, Scenario, drawn_stock, last_sale_days
from worlds.real_sales import JUDGED_DAYS, Floats, Places, RealSales

HORIZON_DAYS = 90
CUT_OFFS = 5
SEEDS = (1, 2, 3)
PRECISION = 0.9
IDLE_DAYS = range(30, 181, 5)
BEYOND_DAYS = (*range(60, 366, 5), 450, 540, 730)
RATE_DAYS = (30, 90, 365)
PROBABILITIES = tuple(np.round(np.arange(0.05, 1.0, 0.01), 2))
BUCKETS = 10
SHOWN_RULES = (
    "nothing sold in 90 days",
    "units beyond 90 days of the 30-day rate",
    "units beyond 90 days of the 90-day rate",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutOff:
    """One date: what was known, and what each article really sold in the 90 days after."""

    day: int
    places: Places
    forecasts: DemandForecasts
    demand: Floats
    price: Floats


@dataclass(kw_only=True, slots=True)
class Found:
    """Money that a way of looking flagged, how much of it was left over, and all that was."""

    flagged: float = 0.0
    right: float = 0.0
    unsold: float = 0.0

    @property
    def precision(self) -> float:
        """Share of the flagged money that was left over; 1 where nothing was flagged."""
        return self.right / self.flagged if self.flagged > 0 else 1.0

    @property
    def recall(self) -> float:
        """Share of the money left over that was flagged."""
        return self.right / self.unsold


@dataclass(kw_only=True, slots=True)
class Tally:
    """All ways of looking over the cut-off dates and seeds of one scenario."""

    rules: dict[str, Found] = field(default_factory=dict)
    ours: dict[str, Found] = field(default_factory=dict)
    stock: float = 0.0
    unsold: float = 0.0
    expected: float = 0.0
    by_share: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, BUCKETS)))


def cut_off_days(sales: RealSales, *, judged: bool, count: int) -> list[int]:
    """Return evenly spread cut-off dates whose 90 days lie in the judged weeks, or before them."""
    first = sales.last_day - JUDGED_DAYS
    spread = np.linspace(first, sales.last_day - HORIZON_DAYS, count).round().astype(int)
    return [int(day) - (0 if judged else JUDGED_DAYS) for day in spread]


def cut_off(sales: RealSales, day: int) -> CutOff:
    """Return what was known at the day's close, of every article that ever sold until then."""
    places = np.flatnonzero(sales.first_sale_day <= day)
    history = sales.history(day, places)
    return CutOff(
        day=day,
        places=places,
        forecasts=real_sales.forecast_for(real_sales.ours, history, HORIZON_DAYS),
        demand=sales.demand_after(day, HORIZON_DAYS)[places],
        price=sales.prices(day)[places],
    )


def expected_unsold(forecasts: DemandForecasts, stock: Floats) -> Floats:
    """Return the mean of max(stock - sample, 0) over each article's samples, in units."""
    left = np.maximum(stock[:, None] - forecasts.samples, 0.0)
    counted = np.arange(forecasts.samples.shape[1])[None, :] < forecasts.sample_counts[:, None]
    units: Floats = np.where(counted, left, 0.0).sum(axis=1) / forecasts.sample_counts
    return units


def flags_of_rules(sales: RealSales, at: CutOff, stock: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield every fixed rule with the units it flags."""
    idle = at.day - last_sale_days(sales, at.places, at.day)
    for days in IDLE_DAYS:
        yield f"nothing sold in {days} days", np.where(idle >= days, stock, 0.0)
    known_days = at.day - sales.first_sale_day[at.places] + 1
    for window in RATE_DAYS:
        sold = sales.sold(until_day=at.day, days=window)[at.places]
        rate = sold / np.minimum(known_days, window)
        for days in BEYOND_DAYS:
            beyond = np.maximum(stock - days * rate, 0.0)
            yield f"units beyond {days} days of the {window}-day rate", beyond
            whole = np.where(beyond > 0, stock, 0.0)
            yield f"articles beyond {days} days of the {window}-day rate", whole


def flags_of_ours(at: CutOff, stock: Floats, unsold: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield each threshold of ours with the units it flags."""
    share = np.divide(unsold, stock, out=np.zeros_like(stock), where=stock > 0)
    for probability in PROBABILITIES:
        quantile = at.forecasts.quantile_units(probability)
        beyond = np.maximum(stock - np.ceil(quantile), 0.0)
        yield f"units unsold with {probability:.0%}", beyond
        yield f"articles unsold to {probability:.0%}", np.where(share >= probability, stock, 0.0)


def count_in(tally: Tally, sales: RealSales, at: CutOff, stock: Floats) -> None:
    """Add one cut-off date with one drawn stock."""
    left = np.maximum(stock - at.demand, 0.0)
    unsold = expected_unsold(at.forecasts, stock)
    assert (unsold <= stock + 1e-9).all(), "more is expected to be left than there is"
    for found, flags in (
        (tally.rules, flags_of_rules(sales, at, stock)),
        (tally.ours, flags_of_ours(at, stock, unsold)),
    ):
        for name, units in flags:
            one = found.setdefault(name, Found())
            one.flagged += float(units @ at.price)
            # What is flagged are the last units to sell, and what is left are the last ones too.
            one.right += float(np.minimum(units, left) @ at.price)
            one.unsold += float(left @ at.price)
    tally.stock += float(stock @ at.price)
    tally.unsold += float(left @ at.price)
    tally.expected += float(unsold @ at.price)
    share = np.divide(unsold, stock, out=np.zeros_like(stock), where=stock > 0)
    bucket = np.minimum((share * BUCKETS).astype(int), BUCKETS - 1)
    for row, units in enumerate((stock, unsold, left)):
        np.add.at(tally.by_share[row], bucket, units * at.price)


def tally_of(
    sales: RealSales, at_dates: list[CutOff], scenario: Scenario, seeds: tuple[int, ...]
) -> Tally:
    """Return what every way of looking finds over the dates and seeds."""
    tally = Tally()
    for at in at_dates:
        for seed in seeds:
            stock = drawn_stock(sales, at.places, day=at.day, scenario=scenario, seed=seed)
            count_in(tally, sales, at, stock)
    return tally


def best_at_precision(found: dict[str, Found]) -> str | None:
    """Return the way that finds most while 90 % of what it flags is right; None where none is."""
    precise = [name for name, one in found.items() if one.precision >= PRECISION]
    return max(precise, key=lambda name: found[name].recall, default=None)


def print_found(label: str, one: Found) -> None:
    """Print a way of looking with its precision and recall."""
    print(f"{label:76} precision {one.precision:.3f}  recall {one.recall:.3f}")


def report(scenario: Scenario, earlier: Tally, judged: Tally) -> dict[str, object]:
    """Print a scenario's tables and return its line of JSON."""
    print(
        f"\n{scenario}: stock worth {judged.stock:,.0f} GBP (all dates and seeds), of which "
        f"{judged.unsold / judged.stock:.0%} is left after {HORIZON_DAYS} days"
    )
    for shown in SHOWN_RULES:
        print_found(shown, judged.rules[shown])
    figures: dict[str, Found | None] = {}
    for who, before, now in (
        ("fixed rule", earlier.rules, judged.rules),
        ("ours", earlier.ours, judged.ours),
    ):
        for when, where in (("chosen earlier", before), ("in hindsight", now)):
            name = best_at_precision(where)
            figures[f"{who} {when}"] = None if name is None else now[name]
            if name is None:
                print(f"{who}, {when}: none holds {PRECISION:.0%} precision")
            else:
                print_found(f"{who}, {when}: {name}", now[name])
    expected = judged.expected / judged.unsold
    print(f"expected unsold money ÷ what was left: {expected:.3f}")
    print_calibration(judged)
    return summary(scenario, figures, expected)


def print_calibration(judged: Tally) -> None:
    """Print the predicted share of stock left over against what happened, in money."""
    print("expected unsold share    share of the stock   expected   happened")
    for bucket, (stock, expected, left) in enumerate(judged.by_share.T):
        if stock > 0:
            print(
                f"{bucket / BUCKETS:>10.0%} to {(bucket + 1) / BUCKETS:>4.0%} "
                f"{stock / judged.stock:>21.1%} {expected / stock:>10.1%} {left / stock:>10.1%}"
            )


def summary(
    scenario: Scenario, figures: dict[str, Found | None], expected: float
) -> dict[str, object]:
    """Return the line of JSON; None where no threshold reached 90 % precision."""

    def told(key: str, what: str) -> float | None:
        one = figures[key]
        return None if one is None else round(float(getattr(one, what)), 3)

    def ratio(when: str) -> float | None:
        ours, rule = figures[f"ours {when}"], figures[f"fixed rule {when}"]
        if ours is None or rule is None or rule.recall == 0:
            return None
        return round(ours.recall / rule.recall, 3)

    return {
        "name": f"dead_stock_{scenario}",
        "ours": told("ours in hindsight", "recall"),
        "baseline": told("fixed rule in hindsight", "recall"),
        "ratio": ratio("in hindsight"),
        "unit": "recall in money at 90 % precision; baseline: the best fixed rule",
        "size": {
            "chosen_earlier_ratio": ratio("chosen earlier"),
            "chosen_earlier_recall": told("ours chosen earlier", "recall"),
            "chosen_earlier_precision": told("ours chosen earlier", "precision"),
            "chosen_earlier_baseline_recall": told("fixed rule chosen earlier", "recall"),
            "chosen_earlier_baseline_precision": told("fixed rule chosen earlier", "precision"),
            "expected_to_truth": round(expected, 3),
        },
    }


def main() -> None:
    """Print both scenarios and a line of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="2 dates, 1 seed, 1,000 articles")
    parser.add_argument(
        "--development", action="store_true", help="look at the earlier dates alone, for tuning"
    )
    options = parser.parse_args()
    if not real_sales.DATA.exists():
        print(real_sales.ABSENT)
        return
    sales = real_sales.real_sales(articles_max=1_000 if options.small else None)
    dates = {}
    for judged in (False,) if options.development else (False, True):
        days = cut_off_days(sales, judged=judged, count=2 if options.small else CUT_OFFS)
        label = "judged" if judged else "thresholds"
        print(f"{label}: " + ", ".join(str(sales.date_of(day)) for day in days), flush=True)
        dates[judged] = [cut_off(sales, day) for day in days]
    seeds = SEEDS[:1] if options.small else SEEDS
    lines = [
        report(
            scenario,
            tally_of(sales, dates[False], scenario, seeds),
            tally_of(sales, dates[not options.development], scenario, seeds),
        )
        for scenario in SCENARIOS
    ]
    for line in lines:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
