"""The one act the users' own tools ask for: make pallets for a client's store."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router

from umschlag.settings import load_settings
from umschlag.storage.records.models import AllocationRun, Pallet
from umschlag.web.amounts import default_currency
from umschlag.web.api.access import demand
from umschlag.web.api.idempotency import begin_of, works_long
from umschlag.web.api.problems import WRITE_ERRORS
from umschlag.web.api.schemas import GeneratedOut, GeneratePallets
from umschlag.web.loose import Loose
from umschlag.wiring.stored_reasons import reason_text

router = Router(tags=["Allocation"])
REFUSALS_MAX = 100


@router.post("/generate_pallets", response={200: GeneratedOut, **WRITE_ERRORS}, by_alias=False)
@works_long
def generate_pallets(request: HttpRequest, asked: GeneratePallets) -> Loose:
    """Plan a cart for the store, confirm it and build its pallets; all of it or nothing.

    Refused, with nothing changed, where the client or store is unknown, the name is another
    client's, the store belongs to another client, or the store is suspended or a mutual one, into
    which goods come by a transfer.
    """
    demand(request, "records.add_allocationrun")
    from umschlag.wiring.generating_pallets import PalletRequest
    from umschlag.wiring.generating_pallets import generate_pallets as generate

    generated = generate(
        load_settings(),
        PalletRequest(
            client_name=asked.client_name, client_id=asked.client_id, store_id=asked.store_id
        ),
        made_by_id=request.user.pk,
        by=request.user.get_username(),
        before_keeping=begin_of(request),
    )
    return _answer(AllocationRun.objects.get(pk=generated.run_id))


def _answer(run: AllocationRun) -> dict[str, Any]:
    carts = list(run.carts.all())
    currency = carts[0].currency if carts else default_currency()
    pallets: QuerySet[Pallet] = Pallet.objects.filter(cart__run=run)
    return {
        "run_id": run.pk,
        "units": sum(cart.units for cart in carts),
        "goods": {"minor": sum(cart.goods_minor for cart in carts), "currency": currency},
        "shipping": {"minor": sum(cart.shipping_minor for cart in carts), "currency": currency},
        "pallets": list(pallets.select_related("client", "store")),
        "refusals": [reason_text(refusal) for refusal in run.refusals.all()[:REFUSALS_MAX]],
    }
