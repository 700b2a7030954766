"""Does a forecast see through days on which nothing could be sold?

A controlled test: the real series of articles that sell well are taken as true demand, and half of
those articles are put out of stock in the past half year, so that what they sold is less than what
was asked for, by an amount that is known: about a fifth, as the study in issue 4 found for articles
that are often out (`--severe`: a third). Two kinds. **Random:** spells of 3 to 21 days that begin
on a random day, until at least 18 % (30 %) of the days are out. **Running out:** every 28 days as
much is delivered as covers 14 to 28 (12 to 24) days of the article's mean demand, and it sells
until it is gone. On the day on which it goes a part is still sold, so that by the product's rule it
counts as a day with stock; that the next day has none tells a method what it was.

Ours: the product's forecast (`worlds.real_sales.ours`) from what was sold and from the days
without stock. Baselines: the same method told that every day had stock (sales as demand), the mean
of 90 days of sales, and the mean of the days with stock alone. Measure: bias, the sum of the means
over the affected articles against the same method's sum from the true demand, so that how good a
method forecasts is no part of it (for the two means: against the mean of the true 90 days); and
beside it the bias against what was really asked for in the 28 days after, which is mostly the
season's. Wanted: within 5 % where sales as demand are 16 % low or worse.

Sporadic articles (sold on 2 to 12 days of the year) are masked too, on days when they sold nothing:
that must not change their forecast by more than 1 % of all of it.

Data: Online Retail II by day, judged origins 56 days apart (`worlds/real_sales.py`).

    python benchmarks/stock_outs.py --small
"""

import argparse
import dataclasses
import json
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from worlds import real_sales
from worlds.real_sales import YEAR_DAYS, Floats, Places, RealSales

HORIZON_DAYS = 28
OUT_WINDOW_DAYS = 182
SPELL_DAYS = (3, 21)
DELIVERY_DAYS = 28
RATE_DAYS = 90
WELL_SELLING_DAYS = 100
"""Days with a sale in the year: two in five days of trade."""
SPORADIC_DAYS = (2, 12)
UNCHANGED = 0.01
OURS, AS_DEMAND = "ours", "sales as demand (the same method)"
MEAN, MEAN_WITH_STOCK = "mean of 90 days", "mean of the days with stock"

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Censored:
    """What a merchant would have recorded: sales, and the days that had no stock at all."""

    units: Floats
    is_out: Booleans


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How much is out: share of days in random spells, days that a delivery covers."""

    out_share_min: float
    covered_days: tuple[float, float]


OFTEN_OUT = Severity(out_share_min=0.18, covered_days=(14, 28))
SEVERE = Severity(out_share_min=0.3, covered_days=(12, 24))


def out_at_random(demand: Floats, severity: Severity, rng: np.random.Generator) -> Censored:
    """Return the demand with random spells cut out of the last half year."""
    is_out = np.zeros(demand.shape, dtype=bool)
    first = demand.shape[1] - OUT_WINDOW_DAYS
    for row in is_out:
        while row[first:].mean() < severity.out_share_min:
            length = int(rng.integers(SPELL_DAYS[0], SPELL_DAYS[1] + 1))
            start = int(rng.integers(first - length + 1, demand.shape[1]))
            row[max(start, first) : start + length] = True
    return Censored(units=np.where(is_out, 0.0, demand), is_out=is_out)


def run_out(demand: Floats, severity: Severity, rng: np.random.Generator) -> Censored:
    """Return what is sold of too small deliveries in the last half year."""
    units = demand.copy()
    is_out = np.zeros(demand.shape, dtype=bool)
    first = demand.shape[1] - OUT_WINDOW_DAYS
    rate = demand[:, first:].mean(axis=1)
    stock = np.zeros(demand.shape[0])
    offset = rng.integers(0, DELIVERY_DAYS, demand.shape[0])
    for day in range(first, demand.shape[1]):
        arrives = ((day - first + offset) % DELIVERY_DAYS == 0) | (day == first)
        covered = rng.uniform(*severity.covered_days, demand.shape[0])
        stock += np.where(arrives, np.ceil(covered * rate), 0.0)
        is_out[:, day] = stock <= 0
        units[:, day] = np.minimum(demand[:, day], stock)
        stock -= units[:, day]
    return Censored(units=units, is_out=is_out)


CENSORED = {"random": out_at_random, "running out": run_out}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One origin: true history, the articles that are put out of stock, and what came after.

    `mean_of_truth` is the product's forecast from the true history.
    """

    truth: DemandHistory
    affected: Places
    sporadic: Places
    demand_after: Floats
    mean_of_truth: Floats


def scene_at(sales: RealSales, day: int, rng: np.random.Generator) -> Scene:
    """Choose half of the articles that sell well and half of the sporadic ones."""
    places = sales.places_known(day)
    truth = sales.history(day, places)
    sale_days = (truth.last(YEAR_DAYS).units > 0).sum(axis=1)
    is_old = truth.known_days >= YEAR_DAYS
    well_selling = np.flatnonzero(is_old & (sale_days >= WELL_SELLING_DAYS))
    low, high = SPORADIC_DAYS
    sporadic = np.flatnonzero(is_old & (sale_days >= low) & (sale_days <= high))
    return Scene(
        truth=truth,
        affected=np.sort(rng.permutation(well_selling)[: (well_selling.size + 1) // 2]),
        sporadic=np.sort(rng.permutation(sporadic)[: (sporadic.size + 1) // 2]),
        demand_after=sales.demand_after(day, HORIZON_DAYS)[places],
        mean_of_truth=means(truth),
    )


def with_cells(
    truth: DemandHistory, articles: Places, recorded: Censored, *, is_told: bool
) -> DemandHistory:
    """Return the history with the recorded sales; `is_told`: and with the days without stock."""
    units = truth.units.copy()
    units[articles] = recorded.units
    has_stock = truth.has_stock.copy()
    if is_told:
        has_stock[articles] &= ~recorded.is_out
    return dataclasses.replace(truth, units=units, has_stock=has_stock | (units > 0))


@dataclass(kw_only=True, slots=True)
class Tally:
    """What a way of looking says of each affected article, an origin after the other.

    Beside it what the same says of the true demand, and what was asked for afterwards.
    """

    told: list[Floats] = field(default_factory=list)
    of_truth: list[Floats] = field(default_factory=list)
    after: list[Floats] = field(default_factory=list)

    @property
    def bias(self) -> float:
        """Bias that the stock-outs make, in sum."""
        return _sum(self.told) / _sum(self.of_truth) - 1

    @property
    def bias_of_median(self) -> float:
        """The same of the article in the middle."""
        told, of_truth = np.concatenate(self.told), np.concatenate(self.of_truth)
        sells = of_truth > 0
        return float(np.median(told[sells] / of_truth[sells])) - 1

    def line(self) -> str:
        """Return the figures as a row of the printed table."""
        after = _sum(self.after)
        return (
            f"bias {self.bias:+.3f}  median article {self.bias_of_median:+.3f}   against the 28 "
            f"days after {_sum(self.told) / after - 1:+.3f} (without stock-outs "
            f"{_sum(self.of_truth) / after - 1:+.3f})"
        )


def _sum(parts: list[Floats]) -> float:
    return float(sum(part.sum() for part in parts))


def means(history: DemandHistory) -> Floats:
    """Return the product's mean forecasts."""
    return real_sales.forecast_for(real_sales.ours, history, HORIZON_DAYS).mean_units


def rates(history: DemandHistory, articles: Places, *, with_stock_only: bool) -> Floats:
    """Return the mean of the last 90 days (or of those with stock) × horizon."""
    recent = history.only(articles).last(RATE_DAYS)
    days = recent.has_stock.sum(axis=1) if with_stock_only else RATE_DAYS
    rate: Floats = recent.units.sum(axis=1) / np.maximum(days, 1) * HORIZON_DAYS
    return rate


def count_in(tallies: dict[str, Tally], scene: Scene, recorded: Censored) -> tuple[float, float]:
    """Add one scene; return the share of the last 90 days out and of their demand not sold."""
    chosen = scene.affected
    demand = scene.truth.units[chosen]
    assert (recorded.units <= demand).all(), "no more is sold than is asked for"
    told = with_cells(scene.truth, chosen, recorded, is_told=True)
    silent = with_cells(scene.truth, chosen, recorded, is_told=False)
    true_rates = rates(scene.truth, chosen, with_stock_only=False)
    for name, answer, reference in (
        (OURS, means(told)[chosen], scene.mean_of_truth[chosen]),
        (AS_DEMAND, means(silent)[chosen], scene.mean_of_truth[chosen]),
        (MEAN, rates(silent, chosen, with_stock_only=False), true_rates),
        (MEAN_WITH_STOCK, rates(told, chosen, with_stock_only=True), true_rates),
    ):
        one = tallies.setdefault(name, Tally())
        one.told.append(answer)
        one.of_truth.append(reference)
        one.after.append(scene.demand_after[chosen])
    lost = 1 - recorded.units[:, -RATE_DAYS:].sum() / demand[:, -RATE_DAYS:].sum()
    return float(recorded.is_out[:, -RATE_DAYS:].mean()), float(lost)


def sporadic_change(scene: Scene, recorded: Censored) -> tuple[float, float]:
    """Return by how much the mask changes sporadic articles: in sum, and the share changed."""
    demand = scene.truth.units[scene.sporadic]
    is_out = recorded.is_out & (demand == 0)
    masked = with_cells(
        scene.truth, scene.sporadic, Censored(units=demand, is_out=is_out), is_told=True
    )
    before, after = scene.mean_of_truth[scene.sporadic], means(masked)[scene.sporadic]
    changed = np.abs(after - before) > UNCHANGED * before + 1e-9
    return float(after.sum() / before.sum() - 1), float(changed.mean())


def summary(
    kind: str, tallies: dict[str, Tally], change: tuple[float, float], options: dict[str, object]
) -> dict[str, object]:
    """Return the line of JSON: absolute biases, and their signs beside."""
    ours, baseline = tallies[OURS], tallies[AS_DEMAND]
    return {
        "name": f"stock_outs_{kind.replace(' ', '_')}",
        "ours": round(abs(ours.bias), 4),
        "baseline": round(abs(baseline.bias), 4),
        "ratio": round(abs(baseline.bias) / max(abs(ours.bias), 1e-4), 2),
        "unit": "absolute bias of the mean forecast; baseline: sales taken as demand",
        "size": {
            "origins": len(ours.told),
            "articles": sum(part.size for part in ours.told),
            "severe": options["severe"],
            "bias": round(ours.bias, 4),
            "bias_of_median_article": round(ours.bias_of_median, 4),
            "others": {name: round(one.bias, 4) for name, one in tallies.items() if name != OURS},
            "sporadic_change": round(change[0], 4),
            "sporadic_share_changed": round(change[1], 4),
        },
    }


def judged(sales: RealSales, days: list[int], options: dict[str, object]) -> None:
    """Print the biases over these origins and a line of JSON a kind."""
    severity = SEVERE if options["severe"] else OFTEN_OUT
    tallies: dict[str, dict[str, Tally]] = {kind: {} for kind in CENSORED}
    shares: dict[str, list[tuple[float, float]]] = {kind: [] for kind in CENSORED}
    changes = []
    for day in days:
        rng = np.random.default_rng(day)
        scene = scene_at(sales, day, rng)
        for kind, cut in CENSORED.items():
            recorded = cut(scene.truth.units[scene.affected], severity, rng)
            shares[kind].append(count_in(tallies[kind], scene, recorded))
        masks = out_at_random(scene.truth.units[scene.sporadic], severity, rng)
        changes.append(sporadic_change(scene, masks))
        print(
            f"{sales.date_of(day)}: {scene.affected.size} articles put out of stock, "
            f"{scene.sporadic.size} sporadic ones masked",
            flush=True,
        )
    for kind, by_name in tallies.items():
        out, lost = np.mean(shares[kind], axis=0)
        print(f"\n{kind}: {out:.0%} of the last 90 days out, {lost:.0%} of their demand not sold")
        for name, one in by_name.items():
            print(f"{name:36} {one.line()}")
    in_sum, share = np.mean(changes, axis=0)
    print(f"\nsporadic: sum of forecasts {in_sum:+.4f}, {share:.1%} of them by over 1 %")
    for kind, by_name in tallies.items():
        print(json.dumps(summary(kind, by_name, (float(in_sum), float(share)), options)))


def main() -> None:
    """Judge the origins that the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="1 origin, 800 articles")
    parser.add_argument("--severe", action="store_true", help="a third of the demand lost")
    parser.add_argument("--development", action="store_true", help="origins for tuning instead")
    options = parser.parse_args()
    if not real_sales.DATA.exists():
        print(real_sales.ABSENT)
        return
    sales = real_sales.real_sales(articles_max=800 if options.small else None)
    chosen = real_sales.development_origins if options.development else real_sales.judged_origins
    # The newest first, every other one: their last half years still overlap.
    days = chosen(sales, HORIZON_DAYS)[-1::-2][: 1 if options.small else 3]
    judged(sales, days, vars(options))


if __name__ == "__main__":
    main()
