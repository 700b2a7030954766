from xml.etree import ElementTree as ET

import pytest

from builders.allocation import a_carton
from umschlag.allocation.pallets.drawing import colour_of, pallet_svg
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.kernel.identifiers import Marketplace

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn():
    cartons = [a_carton(1)] * 4 + [a_carton(2)] * 2
    (load,) = build_pallets(cartons, DESTINATION_LIMITS[Marketplace.DE])
    return load, pallet_svg(load, title="P1 <&>")


def test_the_drawing_is_well_formed_and_its_title_is_escaped(drawn):
    _, svg = drawn

    root = ET.fromstring(svg)

    assert root.find(f"{SVG}title").text == "P1 <&>"
    assert root.get("role") == "img"


def test_it_shows_the_side_the_front_and_every_tier(drawn):
    load, svg = drawn

    captions = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]

    assert f"Side 1200 × {load.load_height_mm} mm" in captions
    assert f"Front 800 × {load.load_height_mm} mm" in captions
    assert "Tier 1: 4" in captions
    assert "Tier 2: 2" in captions


def test_every_carton_is_drawn_in_its_asin_s_colour_in_each_view(drawn):
    _, svg = drawn

    for asin, cartons in ((a_carton(1).asin, 4), (a_carton(2).asin, 2)):
        # Side, front and its tier from above, and the legend once.
        assert svg.count(colour_of(asin)) == 3 * cartons + 1
        assert f"{asin} × {cartons * 10}" in svg


def test_everything_lies_inside_the_picture(drawn):
    _, svg = drawn
    root = ET.fromstring(svg)
    _, _, width, height = (float(number) for number in root.get("viewBox").split())

    for group in root.iter(f"{SVG}g"):
        x, y = (float(n) for n in group.get("transform")[10:-1].split())
        for box in group.iter(f"{SVG}rect"):
            left, top = float(box.get("x", 0)), float(box.get("y", 0))
            assert x + left + float(box.get("width")) <= width
            assert y + top >= 0
            assert y + top + float(box.get("height")) <= height


def test_nothing_in_it_runs_or_is_fetched(drawn):
    _, svg = drawn

    assert "<script" not in svg
    assert "href" not in svg
    assert "currentColor" in svg
