"""The prices of a run, kept so that planning again starts from where it stood."""

from umschlag.allocation.planning.evaluation import Evaluation
from umschlag.allocation.planning.optimal_plan import WarmStart
from umschlag.allocation.planning.prices import Prices
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId
from umschlag.storage.records.models import AllocationRun, CartLine


def stored_prices(evaluation: Evaluation) -> dict[str, object]:
    """Return the prices as JSON keeps them; nothing where none were proven."""
    prices = evaluation.prices
    if evaluation.gap_share is None:
        return {}
    return {
        "gap": evaluation.gap_share,
        "balance": list(prices.balance.items()),
        "stock": list(prices.stock.items()),
        "store_cap": list(prices.store_cap.items()),
        "slot": [(*group, price) for group, price in prices.slot.items()],
        "bonus": list(prices.bonus.items()),
    }


def warm_start_of(run_id: int) -> WarmStart | None:
    """Return what planning again can start from; None where the run kept nothing."""
    run = AllocationRun.objects.filter(pk=run_id).first()
    if run is None or not run.prices:
        return None
    kept = run.prices
    lines = CartLine.objects.filter(cart__run=run).values_list(
        "cart__store_id", "asin__asin", "units"
    )
    return WarmStart(
        units={(StoreId(store_id), Asin(asin)): units for store_id, asin, units in lines},
        prices=Prices(
            balance={ClientId(client_id): price for client_id, price in kept["balance"]},
            stock={Asin(asin): price for asin, price in kept["stock"]},
            store_cap={StoreId(store_id): price for store_id, price in kept["store_cap"]},
            slot={(Asin(asin), Marketplace(name)): price for asin, name, price in kept["slot"]},
            bonus={ClientId(client_id): price for client_id, price in kept["bonus"]},
        ),
        gap_share=kept["gap"],
    )
