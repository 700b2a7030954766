"""One pallet: its drawing, its cartons and the list that goes with it."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from umschlag.allocation.pallets.leaving import HERE
from umschlag.storage.records.models import Pallet
from umschlag.web.pages.frame import page, staff_page


@staff_page("records.view_pallet")
def show(request: HttpRequest, pallet_id: int) -> HttpResponse:
    """Show the pallet."""
    return _pallet_page(request, pallet_id, "pallet.html")


@staff_page("records.view_pallet")
def packing(request: HttpRequest, pallet_id: int) -> HttpResponse:
    """Show the packing list alone, with what is written on the pallet, ready to be printed."""
    from umschlag.wiring.pallet_papers import PalletUnknown, packing_list

    try:
        marks = packing_list(pallet_id).marks
    except PalletUnknown as error:
        raise Http404(error.message) from error
    return _pallet_page(request, pallet_id, "packing_list.html", marks=marks)


def drawing(pallet_id: int) -> str:
    """Return the drawing for a page."""
    from umschlag.wiring.pallet_papers import pallet_drawing

    # Our own SVG, made of numbers and escaped texts: nothing of it comes from outside as markup.
    return mark_safe(pallet_drawing(pallet_id))  # noqa: S308 - the reason stands above


def _pallet_page(
    request: HttpRequest, pallet_id: int, template: str, *, marks: Sequence[str] = ()
) -> HttpResponse:
    pallet = get_object_or_404(
        Pallet.objects.select_related("client", "store", "cart__run"), pk=pallet_id
    )
    cartons = list(pallet.cartons.select_related("asin"))
    return page(
        request,
        template,
        title=_("Pallet %s") % pallet.code,
        pallet=pallet,
        is_here=pallet.status in HERE,
        cartons=cartons,
        contents=_contents(cartons),
        drawing=drawing(pallet_id),
        marks=marks,
    )


def _contents(cartons: list[Any]) -> list[dict[str, Any]]:
    """Return cartons, units and weight by ASIN, in the order of the ASINs."""
    lines: dict[str, dict[str, Any]] = {}
    for carton in cartons:
        line = lines.setdefault(
            carton.asin.asin,
            {"asin": carton.asin, "cartons": 0, "units": 0, "gross_weight_g": 0, "tiers": set()},
        )
        line["cartons"] += 1
        line["units"] += carton.units
        line["gross_weight_g"] += carton.gross_weight_g
        line["tiers"].add(carton.tier)
    for line in lines.values():
        line["tiers"] = ", ".join(str(tier) for tier in sorted(line["tiers"]))
    return [lines[asin] for asin in sorted(lines)]
