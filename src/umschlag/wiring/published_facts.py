"""What allocation may know of how goods move, out of records and lake."""

from collections.abc import Mapping
from dataclasses import replace

from umschlag.intelligence.published import MovementFacts, facts_by_asin
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.settings import Settings
from umschlag.storage.lake.kept_forecasts import read_forecasts
from umschlag.storage.records import forecasting as forecast_records
from umschlag.storage.records import movement as movement_records
from umschlag.wiring.lake import open_lake

PUBLISHED_HORIZON_DAYS = 28


def published_facts(settings: Settings) -> Mapping[Asin, MovementFacts]:
    """Return how every ASIN moves, by the newest classification and forecast."""
    mean_units = _mean_units(settings)
    return facts_by_asin(
        replace(facts, forecast_units_28d=mean_units.get(sku))
        for sku, facts in movement_records.facts_of_skus()
    )


def facts_of_run(run_id: int) -> Mapping[Asin, MovementFacts]:
    """Return how the ASINs of a run's lines move by now: what confirming holds the lines against.

    Without forecasts, which no rule asks for: a lake that cannot be read stops nobody.
    """
    return facts_by_asin(facts for _, facts in movement_records.facts_of_skus(of_run=run_id))


def _mean_units(settings: Settings) -> dict[Sku, float]:
    made_date = forecast_records.newest_made_date()
    if made_date is None:
        return {}
    kept = read_forecasts(
        open_lake(settings), made_date=made_date, horizon_days=PUBLISHED_HORIZON_DAYS
    )
    return dict(zip(kept.skus, kept.mean_units.tolist(), strict=True))
