"""A loaded pallet as a picture: side, front and every tier from above.

Plain SVG without scripts or outside files. Lines and words take the page's text colour, and the
colours of the ASINs are of middle lightness, so that it reads on a light and on a dark page.
"""

import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from umschlag.allocation.pallets.model import PalletLoad, PlacedCarton
from umschlag.kernel.identifiers import Asin

_SCALE = 0.2
"""Pixels a millimetre: a deck of 1200 mm is 240 px wide."""
_GAP = 36
_HEAD = 22
_TIERS_A_ROW = 3


def pallet_svg(load: PalletLoad, *, title: str) -> str:
    """Return the pallet as an SVG document that a page can hold."""
    wood = load.limits.pallet_type
    views = [*_elevations(load), *_tier_views(load)]
    cell_width = wood.length_mm * _SCALE + _GAP
    side_height = load.load_height_mm * _SCALE + _HEAD + _GAP
    tier_height = wood.width_mm * _SCALE + _HEAD + _GAP
    parts = []
    for number, view in enumerate(views):
        if number < 2:
            x, y = number * cell_width, 0.0
        else:
            row, column = divmod(number - 2, _TIERS_A_ROW)
            x, y = column * cell_width, side_height + row * tier_height
        parts.append(f'<g transform="translate({x + _GAP / 2:g} {y + _HEAD:g})">{view}</g>')
    tier_rows = -(-(len(views) - 2) // _TIERS_A_ROW)
    legend_top = side_height + tier_rows * tier_height
    asins = list(dict.fromkeys(placed.carton.asin for placed in load.cartons))
    parts.append(_legend(asins, load, legend_top))
    width = _TIERS_A_ROW * cell_width
    height = legend_top + 20 * len(asins) + _GAP / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="currentColor" '
        f'stroke-width="1"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def colour_of(asin: Asin) -> str:
    """Return the ASIN's colour, the same in every picture."""
    hue = int.from_bytes(hashlib.sha256(asin.encode()).digest()[:2], "big") % 360
    return f"hsl({hue} 55% 55%)"


def _elevations(load: PalletLoad) -> Iterator[str]:
    wood = load.limits.pallet_type
    total_mm = load.load_height_mm
    for name, base_mm in (("Side", wood.length_mm), ("Front", wood.width_mm)):
        is_side = name == "Side"
        # What stands behind is drawn first, so that the nearest face is seen.
        order = sorted(load.cartons, key=lambda one: -(one.y_mm if is_side else one.x_mm))
        boxes = "".join(
            _box(
                placed,
                placed.x_mm if is_side else placed.y_mm,
                total_mm - wood.deck_height_mm - placed.top_mm,
                placed.length_mm if is_side else placed.width_mm,
                placed.height_mm,
            )
            for placed in order
        )
        deck = (
            f'<rect y="{(total_mm - wood.deck_height_mm) * _SCALE:g}" '
            f'width="{base_mm * _SCALE:g}" height="{wood.deck_height_mm * _SCALE:g}" '
            f'fill="#a67c52" stroke="currentColor"/>'
        )
        caption = f"{name} {base_mm} × {total_mm} mm"
        yield f'<text y="-7">{caption}</text>{boxes}{deck}'


def _tier_views(load: PalletLoad) -> Iterator[str]:
    wood = load.limits.pallet_type
    outline = (
        f'<rect width="{wood.length_mm * _SCALE:g}" height="{wood.width_mm * _SCALE:g}" '
        f'fill="none" stroke="currentColor" stroke-dasharray="4 3"/>'
    )
    for tier in range(1, load.tiers + 1):
        cartons = [placed for placed in load.cartons if placed.tier == tier]
        boxes = "".join(
            _box(placed, placed.x_mm, placed.y_mm, placed.length_mm, placed.width_mm)
            + _label(placed)
            for placed in cartons
        )
        caption = f"Tier {tier}: {len(cartons)}"
        yield f'<text y="-7">{caption}</text>{outline}{boxes}'


def _box(placed: PlacedCarton, x_mm: int, y_mm: int, width_mm: int, height_mm: int) -> str:  # noqa: PLR0917 - a rectangle has four numbers
    carton = placed.carton
    words = f"{carton.asin}: {carton.units} units, {carton.gross_weight_g} g, tier {placed.tier}"
    return (
        f'<rect x="{x_mm * _SCALE:g}" y="{y_mm * _SCALE:g}" width="{width_mm * _SCALE:g}" '
        f'height="{height_mm * _SCALE:g}" fill="{colour_of(carton.asin)}" stroke="currentColor">'
        f"<title>{escape(words)}</title></rect>"
    )


def _label(placed: PlacedCarton) -> str:
    x = (placed.x_mm + placed.length_mm / 2) * _SCALE
    y = (placed.y_mm + placed.width_mm / 2) * _SCALE + 4
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="#000">{placed.carton.units}</text>'
    )


def _legend(asins: Sequence[Asin], load: PalletLoad, top: float) -> str:
    lines = []
    for number, asin in enumerate(asins):
        units = sum(one.carton.units for one in load.cartons if one.carton.asin == asin)
        y = top + 20 * number
        lines.append(
            f'<rect x="{_GAP / 2:g}" y="{y:g}" width="14" height="14" fill="{colour_of(asin)}" '
            f'stroke="currentColor"/><text x="{_GAP / 2 + 22:g}" y="{y + 12:g}">'
            f"{escape(asin)} × {units}</text>"
        )
    return "".join(lines)
