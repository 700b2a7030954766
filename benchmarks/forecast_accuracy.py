"""How far off are the forecasts on real sales, and does the 95 % quantile hold what it says?

Ours: `worlds.real_sales.ours`, the product's forecast. Baselines, measured in the same run from the
same days: the formula of ERP systems (mean of the last 90 days plus z times the daily standard
deviation times the root of the horizon), and the best of statsforecast's methods: Croston (classic,
SBA, optimised), TSB, ADIDA, IMAPA, exponential smoothing, window averages and the seasonal naive
one, each on daily and on weekly sums, with negative-binomial quantiles whose variance comes from
the article's own past windows in three ways. "Best" is the one with the lowest loss on the very
origins it is judged on: nobody who has to choose beforehand gets as much from the package. What one
would have chosen beforehand, by the least loss on the development origins, stands beside it.

Data: Online Retail II by day (`worlds/real_sales.py` says which weeks are judged and which are for
development; it has no stock levels, so sales count as demand). Measure: pinball loss of the demand
sum over the horizon at 0.5, 0.8, 0.9, 0.95 and 0.99, divided by the article's mean sum (since its
first sale, over a year at most), averaged over levels, articles and rolling origins. Articles count
that sold in the year before an origin and were known for 90 days; every method sees the younger
ones too. Beside it: the same with the divisor at least one unit, so that no article that hardly
sells decides; the same in money; WAPE and bias of the mean; and all of it by demand class
(Syntetos and Boylan 2005, on weeks). How far ours is below a rival comes with the standard error
that drawing other articles would have.

    python benchmarks/forecast_accuracy.py --small
    python benchmarks/forecast_accuracy.py --development
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from worlds import real_sales, rival_forecasts
from worlds.real_sales import KNOWN_DAYS_MIN, YEAR_DAYS, Floats, RealSales

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
INTERVAL_WEEKS = 1.32
VARIATION_SQUARED = 0.49
CLASSES = ("smooth", "erratic", "intermittent", "lumpy")
OURS, ERP = "ours", "ERP formula"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """One rolling origin: what was known, and what came of it for the articles judged."""

    history: DemandHistory
    judged: real_sales.Places
    article: real_sales.Places
    """Which article of the set each judged one is."""
    actual: Floats
    scale: Floats
    price: Floats
    demand_class: NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What a method says at one origin of the articles judged: mean, and quantiles by level."""

    mean: Floats
    quantiles: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """One method's results, an article at an origin each."""

    loss_units: Floats
    is_covered: NDArray[np.bool_]
    mean: Floats

    @staticmethod
    def of(answer: Answer, actual: Floats) -> "Cells":
        """Return pinball losses in units (mean over levels) and whether 95 % held."""
        level = np.array(LEVELS)[:, None]
        error = actual[None, :] - answer.quantiles
        return Cells(
            loss_units=np.maximum(level * error, (level - 1) * error).mean(axis=0),
            is_covered=actual <= answer.quantiles[LEVELS.index(0.95)],
            mean=answer.mean,
        )

    @staticmethod
    def joined(parts: "list[Cells]") -> "Cells":
        """Return the results of all origins after one another."""
        return Cells(
            loss_units=np.concatenate([part.loss_units for part in parts]),
            is_covered=np.concatenate([part.is_covered for part in parts]),
            mean=np.concatenate([part.mean for part in parts]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a method comes to over some cells."""

    loss: float
    loss_floored: float
    loss_in_money: float
    coverage: float
    wape: float
    bias: float

    @staticmethod
    def of(cells: Cells, truth: Origin, chosen: NDArray[np.bool_]) -> "Score":
        """Return the averages over the chosen cells."""
        actual, scale, price = truth.actual[chosen], truth.scale[chosen], truth.price[chosen]
        loss, mean = cells.loss_units[chosen], cells.mean[chosen]
        return Score(
            loss=float((loss / scale).mean()),
            loss_floored=float((loss / np.maximum(scale, 1)).mean()),
            loss_in_money=float((loss * price).sum() / (actual * price).sum()),
            coverage=float(cells.is_covered[chosen].mean()),
            wape=float(np.abs(mean - actual).sum() / actual.sum()),
            bias=float((mean - actual).sum() / actual.sum()),
        )

    def line(self) -> str:
        """Return the figures as a row of the printed table."""
        return (
            f"{self.loss:7.4f} {self.loss_floored:9.4f} {self.loss_in_money:8.4f} "
            f"{self.coverage:8.3f} {self.wape:6.3f} {self.bias:+7.3f}"
        )


def origin_at(sales: RealSales, day: int, horizon_days: int) -> Origin:
    """Return what was known at the day's close and what came of it."""
    places = sales.places_known(day)
    history = sales.history(day, places)
    judged = np.flatnonzero(history.known_days >= KNOWN_DAYS_MIN)
    days = np.minimum(history.known_days[judged] + 1, YEAR_DAYS)
    year_units = history.last(YEAR_DAYS).units[judged].sum(axis=1)
    return Origin(
        history=history,
        judged=judged,
        article=places[judged],
        actual=sales.demand_after(day, horizon_days)[places[judged]],
        scale=year_units * horizon_days / days,
        price=sales.prices(day)[places[judged]],
        demand_class=demand_classes(history.only(judged)),
    )


def demand_classes(history: DemandHistory) -> NDArray[np.str_]:
    """Return smooth, erratic, intermittent or lumpy, by the weeks of the last year since known."""
    weeks = history.last(52 * 7).units.reshape(len(history.skus), 52, 7).sum(axis=2)
    known_weeks = np.clip((history.known_days + 1) / 7, 1, 52)
    sold = weeks > 0
    count = np.maximum(sold.sum(axis=1), 1)
    mean = np.maximum(weeks.sum(axis=1) / count, 1e-9)
    variance = np.where(sold, (weeks - mean[:, None]) ** 2, 0).sum(axis=1) / count
    is_sparse = known_weeks / count >= INTERVAL_WEEKS
    is_rough = variance / mean**2 >= VARIATION_SQUARED
    classes: NDArray[np.str_] = np.array(CLASSES)[2 * is_sparse + is_rough]
    return classes


def answers(origin: Origin, horizon_days: int) -> Iterator[tuple[str, Answer]]:
    """Yield each method's answer at the origin."""
    yield OURS, our_answer(origin, horizon_days)
    known = origin.history.only(origin.judged)
    erp = [rival_forecasts.erp_formula(known, horizon_days, level) for level in LEVELS]
    yield ERP, Answer(mean=rival_forecasts.erp_mean(known, horizon_days), quantiles=np.array(erp))
    if rival_forecasts.statsforecast_is_here():
        yield from rival_answers(origin, horizon_days)


def rival_answers(origin: Origin, horizon_days: int) -> Iterator[tuple[str, Answer]]:
    """Yield what each of statsforecast's methods says at the origin, with each of the spreads."""
    known = origin.history.only(origin.judged)
    windows = rival_forecasts.past_windows(known, horizon_days)
    for name, mean in rival_forecasts.statsforecast_means(known, horizon_days).items():
        for spread in rival_forecasts.SPREADS:
            quantiles = [
                rival_forecasts.negative_binomial_quantile(mean, windows, spread=spread, level=one)
                for one in LEVELS
            ]
            yield f"{name}, {spread} variance", Answer(mean=mean, quantiles=np.array(quantiles))


def our_answer(origin: Origin, horizon_days: int) -> Answer:
    """Return the product's answer; it sees every article of the history."""
    forecasts = real_sales.forecast_for(real_sales.ours, origin.history, horizon_days)
    quantiles = np.array([forecasts.quantile_units(level)[origin.judged] for level in LEVELS])
    assert (np.diff(quantiles, axis=0) >= 0).all(), "quantiles that cross"
    return Answer(mean=forecasts.mean_units[origin.judged], quantiles=quantiles)


def compare(
    sales: RealSales, days: list[int], horizon_days: int
) -> tuple[Origin, dict[str, Cells], list[int]]:
    """Return the truth of all origins in one, every method's results, and articles an origin."""
    origins = []
    cells: dict[str, list[Cells]] = {}
    for day in days:
        started = time.perf_counter()
        origin = origin_at(sales, day, horizon_days)
        origins.append(origin)
        for name, answer in answers(origin, horizon_days):
            cells.setdefault(name, []).append(Cells.of(answer, origin.actual))
        print(
            f"{sales.date_of(day)}: {origin.judged.size} articles judged of "
            f"{len(origin.history.skus)}, {time.perf_counter() - started:.0f} s",
            flush=True,
        )
    truth = Origin(
        history=origins[-1].history,
        judged=np.concatenate([origin.judged for origin in origins]),
        article=np.concatenate([origin.article for origin in origins]),
        actual=np.concatenate([origin.actual for origin in origins]),
        scale=np.concatenate([origin.scale for origin in origins]),
        price=np.concatenate([origin.price for origin in origins]),
        demand_class=np.concatenate([origin.demand_class for origin in origins]),
    )
    joined = {name: Cells.joined(parts) for name, parts in cells.items()}
    return truth, joined, [origin.judged.size for origin in origins]


def best_of_statsforecast(scores: dict[str, Score]) -> str | None:
    """Return the name of the rival with the lowest loss; None where the package is absent."""
    rivals = [name for name in scores if name not in {OURS, ERP}]
    return min(rivals, key=lambda name: scores[name].loss, default=None)


def chosen_beforehand(sales: RealSales, days: list[int], horizon_days: int) -> str | None:
    """Return the rival with the least loss at these earlier origins, article by article alike.

    None where statsforecast is absent.
    """
    if not rival_forecasts.statsforecast_is_here():
        return None
    losses: dict[str, list[Floats]] = {}
    for day in days:
        origin = origin_at(sales, day, horizon_days)
        for name, answer in rival_answers(origin, horizon_days):
            cells = Cells.of(answer, origin.actual)
            losses.setdefault(name, []).append(cells.loss_units / origin.scale)
    return min(losses, key=lambda name: float(np.concatenate(losses[name]).mean()))


def print_tables(
    truth: Origin, cells: dict[str, Cells], sizes: list[int], beforehand: str | None = None
) -> dict[str, Score]:
    """Print the ranking, the demand classes and the origins, and return every overall score.

    `beforehand` is the rival that the earlier origins had chosen.
    """
    everything = np.ones(truth.actual.size, dtype=bool)
    scores = {name: Score.of(one, truth, everything) for name, one in cells.items()}
    print(f"\n{'':46} {'loss':>7} {'≥ 1 unit':>9} {'money':>8} {'95 %':>8} {'WAPE':>6} {'bias':>7}")
    ranking = sorted(scores, key=lambda name: scores[name].loss)
    best = best_of_statsforecast(scores)
    shown = dict.fromkeys([OURS, ERP, *[name for name in ranking if name not in {OURS, ERP}][:6]])
    for name in shown:
        print(f"{name:46} {scores[name].line()}")
    if beforehand:
        print(
            f"chosen on the development origins: {beforehand}\n{'':46} {scores[beforehand].line()}"
        )
    print_covered_by(truth, cells, [OURS, ERP] + ([best] if best else []))
    ends = np.cumsum(sizes)
    for name in [OURS, ERP] + ([best] if best else []):
        losses = np.split(cells[name].loss_units / truth.scale, ends[:-1])
        print(f"by origin  {name:40} " + " ".join(f"{part.mean():.3f}" for part in losses))
    return scores


def print_covered_by(truth: Origin, cells: dict[str, Cells], names: list[str]) -> None:
    """Print the same figures for each demand class."""
    for one in CLASSES:
        chosen = truth.demand_class == one
        if truth.actual[chosen].sum() == 0:
            continue
        for name in names:
            label = f"{one} ({int(chosen.sum())}): {name}"
            print(f"{label:46.46} {Score.of(cells[name], truth, chosen).line()}")


def main() -> None:
    """Print the tables and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="2 origins, 1,000 articles")
    parser.add_argument("--development", action="store_true", help="origins for tuning instead")
    parser.add_argument("--horizon", type=int, default=28, help="days (default 28)")
    options = parser.parse_args()
    if not real_sales.DATA.exists():
        print(real_sales.ABSENT)
        return
    if not rival_forecasts.statsforecast_is_here():
        print(rival_forecasts.ABSENT)
    sales = real_sales.real_sales(articles_max=1_000 if options.small else None)
    chosen = real_sales.development_origins if options.development else real_sales.judged_origins
    days = chosen(sales, options.horizon)
    truth, cells, sizes = compare(sales, days[-2:] if options.small else days, options.horizon)
    beforehand = None
    if not options.development:
        earlier = real_sales.development_origins(sales, options.horizon)
        beforehand = chosen_beforehand(
            sales, earlier[-2:] if options.small else earlier, options.horizon
        )
    scores = print_tables(truth, cells, sizes, beforehand)
    line = summary(scores, sizes, vars(options))
    rivals = {"best": best_of_statsforecast(scores), "chosen_beforehand": beforehand, "erp": ERP}
    told = {when: against(cells, truth, rival) for when, rival in rivals.items()}
    print(json.dumps(line | told))


def against(cells: dict[str, Cells], truth: Origin, rival: str | None) -> dict[str, object] | None:
    """Return how far ours is below one rival's loss, and the standard error of that.

    Of a ratio of sums over articles, each with all its origins, since those err alike: Cochran
    (1977), "Sampling Techniques", 3rd ed., chapter 6. None where no rival is named.
    """
    if rival is None:
        return None
    ours, its = (cells[name].loss_units / truth.scale for name in (OURS, rival))
    ratio = ours.sum() / its.sum()
    by_article = np.bincount(truth.article, ours - ratio * its)
    return {
        "rival": rival,
        "loss": round(float(its.mean()), 4),
        "ours_lower_percent": round(100 * (1 - ratio), 1),
        "standard_error": round(100 * float(np.sqrt((by_article**2).sum())) / its.sum(), 1),
    }


def summary(
    scores: dict[str, Score], sizes: list[int], options: dict[str, object]
) -> dict[str, object]:
    """Return the line of JSON; the baseline is the ERP formula where statsforecast is absent."""
    best = best_of_statsforecast(scores)
    ours, erp, baseline = scores[OURS], scores[ERP], scores[best or ERP]
    return {
        "name": "forecast_accuracy",
        "ours": round(ours.loss, 4),
        "baseline": round(baseline.loss, 4),
        "ratio": round(baseline.loss / ours.loss, 3),
        "unit": f"scaled pinball loss; baseline: {best or ERP}",
        "size": {
            "origins": len(sizes),
            "weeks": "development" if options["development"] else "judged",
            "horizon_days": options["horizon"],
            "forecasts": sum(sizes),
            "lower_than_baseline_percent": round(100 * (1 - ours.loss / baseline.loss), 1),
            "erp": round(erp.loss, 4),
            "lower_than_erp_percent": round(100 * (1 - ours.loss / erp.loss), 1),
            "coverage_95": round(ours.coverage, 3),
            "baseline_coverage_95": round(baseline.coverage, 3),
            "erp_coverage_95": round(erp.coverage, 3),
            "wape": round(ours.wape, 3),
            "bias": round(ours.bias, 3),
        },
    }


if __name__ == "__main__":
    main()
