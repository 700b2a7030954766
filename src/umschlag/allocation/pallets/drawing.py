"""A loaded pallet as a picture: side, front and every tier from above.

Plain SVG without scripts or outside files. Lines and words take the page's text colour, and the
colours of the ASINs are of middle lightness, so that it reads on a light and on a dark page.
Each ASIN also has a letter, for printers without colour and for people who do not see it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from umschlag.allocation.pallets.model import PalletLoad, PlacedCarton
from umschlag.kernel.identifiers import Asin

_SCALE = 0.2
"""Pixels a millimetre: a deck of 1200 mm is 240 px wide."""
_GAP = 36
_HEAD = 22
_TIERS_A_ROW = 3
_GOLDEN_ANGLE = 137.5
"""Turning the hue by it keeps the colours of neighbours far apart, however many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingWords:
    """The few words in the picture, in the reader's language."""

    side: str = "Side"
    front: str = "Front"
    tier: str = "Tier"
    units: str = "units"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    letter: str
    colour: str


def pallet_svg(load: PalletLoad, *, title: str, words: DrawingWords | None = None) -> str:
    """Return the pallet as an SVG document that a page can hold; English without `words`."""
    chosen = words or DrawingWords()
    wood = load.limits.pallet_type
    marks = _marks_of(load)
    views = [*_elevations(load, marks, chosen), *_tier_views(load, marks, chosen)]
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
    parts.append(_legend(marks, load, legend_top))
    width = _TIERS_A_ROW * cell_width
    height = legend_top + 20 * len(marks) + _GAP / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="currentColor" '
        f'stroke-width="1"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _marks_of(load: PalletLoad) -> dict[Asin, _Mark]:
    asins = dict.fromkeys(placed.carton.asin for placed in load.cartons)
    return {
        asin: _Mark(letter=_letter(number), colour=f"hsl({number * _GOLDEN_ANGLE % 360:g} 55% 55%)")
        for number, asin in enumerate(asins)
    }


def _letter(number: int) -> str:
    """Return A … Z, then A1, B1 … for pallets with more ASINs than letters."""
    round_, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(round_) if round_ else "")


def _elevations(
    load: PalletLoad, marks: Mapping[Asin, _Mark], words: DrawingWords
) -> Iterator[str]:
    wood = load.limits.pallet_type
    total_mm = load.load_height_mm
    for is_side in (True, False):
        name, base_mm = (words.side, wood.length_mm) if is_side else (words.front, wood.width_mm)
        # What stands behind is drawn first, so that the nearest face is seen.
        order = sorted(load.cartons, key=lambda one: -(one.y_mm if is_side else one.x_mm))
        boxes = "".join(
            _box(
                _Rectangle(
                    x_mm=placed.x_mm if is_side else placed.y_mm,
                    y_mm=total_mm - wood.deck_height_mm - placed.top_mm,
                    width_mm=placed.length_mm if is_side else placed.width_mm,
                    height_mm=placed.height_mm,
                ),
                placed,
                marks,
                words,
            )
            for placed in order
        )
        deck = (
            f'<rect y="{(total_mm - wood.deck_height_mm) * _SCALE:g}" '
            f'width="{base_mm * _SCALE:g}" height="{wood.deck_height_mm * _SCALE:g}" '
            f'fill="#a67c52" stroke="currentColor"/>'
        )
        caption = escape(f"{name} {base_mm} × {total_mm} mm")
        yield f'<text y="-7">{caption}</text>{boxes}{deck}'


def _tier_views(
    load: PalletLoad, marks: Mapping[Asin, _Mark], words: DrawingWords
) -> Iterator[str]:
    wood = load.limits.pallet_type
    outline = (
        f'<rect width="{wood.length_mm * _SCALE:g}" height="{wood.width_mm * _SCALE:g}" '
        f'fill="none" stroke="currentColor" stroke-dasharray="4 3"/>'
    )
    for tier in range(1, load.tiers + 1):
        cartons = [placed for placed in load.cartons if placed.tier == tier]
        boxes = "".join(
            _box(
                _Rectangle(
                    x_mm=placed.x_mm,
                    y_mm=placed.y_mm,
                    width_mm=placed.length_mm,
                    height_mm=placed.width_mm,
                ),
                placed,
                marks,
                words,
            )
            + _label(placed, marks[placed.carton.asin])
            for placed in cartons
        )
        caption = escape(f"{words.tier} {tier}: {len(cartons)}")
        yield f'<text y="-7">{caption}</text>{outline}{boxes}'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rectangle:
    x_mm: int
    y_mm: int
    width_mm: int
    height_mm: int


def _box(
    shape: _Rectangle, placed: PlacedCarton, marks: Mapping[Asin, _Mark], words: DrawingWords
) -> str:
    carton = placed.carton
    told = (
        f"{carton.asin}: {carton.units} {words.units}, {carton.gross_weight_g} g, "
        f"{words.tier} {placed.tier}"
    )
    return (
        f'<rect x="{shape.x_mm * _SCALE:g}" y="{shape.y_mm * _SCALE:g}" '
        f'width="{shape.width_mm * _SCALE:g}" height="{shape.height_mm * _SCALE:g}" '
        f'fill="{marks[carton.asin].colour}" stroke="currentColor">'
        f"<title>{escape(told)}</title></rect>"
    )


def _label(placed: PlacedCarton, mark: _Mark) -> str:
    x = (placed.x_mm + placed.length_mm / 2) * _SCALE
    y = (placed.y_mm + placed.width_mm / 2) * _SCALE + 4
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="#000">'
        f"{mark.letter} {placed.carton.units}</text>"
    )


def _legend(marks: Mapping[Asin, _Mark], load: PalletLoad, top: float) -> str:
    lines = []
    for number, (asin, mark) in enumerate(marks.items()):
        units = sum(one.carton.units for one in load.cartons if one.carton.asin == asin)
        y = top + 20 * number
        lines.append(
            f'<rect x="{_GAP / 2:g}" y="{y:g}" width="14" height="14" fill="{mark.colour}" '
            f'stroke="currentColor"/><text x="{_GAP / 2 + 22:g}" y="{y + 12:g}">'
            f"{mark.letter}: {escape(asin)} × {units}</text>"
        )
    return "".join(lines)
