"""What goes with a pallet: its drawing and its packing list."""

from django.utils.translation import gettext as _

from umschlag.allocation.pallets.drawing import DrawingWords, pallet_svg
from umschlag.allocation.pallets.packing_list import PackingList, PalletHeading, packing_list_of
from umschlag.kernel.errors import NotFound
from umschlag.storage.records.loaded_pallets import load_of
from umschlag.storage.records.models import Pallet


class PalletUnknown(NotFound):
    """There is no such pallet."""


def pallet_drawing(pallet_id: int) -> str:
    """Return the pallet's drawing as SVG, its words in the active language.

    Raises:
        PalletUnknown: there is no such pallet.
    """
    pallet = _pallet(pallet_id)
    words = DrawingWords(side=_("Side"), front=_("Front"), tier=_("Tier"), units=_("units"))
    return pallet_svg(load_of(pallet), title=pallet.code, words=words)


def packing_list(pallet_id: int) -> PackingList:
    """Return the pallet's packing list.

    Raises:
        PalletUnknown: there is no such pallet.
    """
    pallet = _pallet(pallet_id)
    codes = list(Pallet.objects.filter(cart=pallet.cart_id).order_by("code").values_list("pk"))
    heading = PalletHeading(
        code=pallet.code,
        client_name=pallet.client.name,
        store_name=pallet.store.name,
        destination=pallet.destination,
        number=codes.index((pallet.pk,)) + 1,
        count=len(codes),
    )
    return packing_list_of(load_of(pallet), heading)


def _pallet(pallet_id: int) -> Pallet:
    pallet = Pallet.objects.select_related("client", "store").filter(pk=pallet_id).first()
    if pallet is None:
        raise PalletUnknown(_("There is no pallet %s.") % pallet_id, field="pallet")
    return pallet
