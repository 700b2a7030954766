from xml.etree import ElementTree as ET

import pytest

from builders.allocation import a_carton
from umschlag.allocation.pallets.drawing import DrawingWords, pallet_svg
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
    legend = [group for group in ET.fromstring(svg) if group.tag == f"{SVG}rect"]

    colours = [box.get("fill") for box in legend]

    assert len(set(colours)) == 2
    for colour, cartons in zip(colours, (4, 2), strict=True):
        # Side, front and its tier from above, and the legend once.
        assert svg.count(colour) == 3 * cartons + 1


def test_a_letter_tells_the_asins_apart_without_colour(drawn):
    _, svg = drawn

    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]

    assert f"A: {a_carton(1).asin} × 40" in texts
    assert f"B: {a_carton(2).asin} × 20" in texts
    assert texts.count("A 10") == 4
    assert texts.count("B 10") == 2


def test_many_asins_have_colours_and_letters_of_their_own():
    cartons = [a_carton(number) for number in range(1, 31)]
    load = build_pallets(cartons, DESTINATION_LIMITS[Marketplace.DE])[0]

    root = ET.fromstring(pallet_svg(load, title="P"))

    asins = {placed.carton.asin for placed in load.cartons}
    legend = [box.get("fill") for box in root if box.tag == f"{SVG}rect"]
    letters = [text.text.partition(":")[0] for text in root if text.tag == f"{SVG}text"]
    assert len(set(legend)) == len(set(letters)) == len(asins) > 2


def test_it_speaks_the_reader_s_language():
    (load,) = build_pallets([a_carton(1)], DESTINATION_LIMITS[Marketplace.DE])
    words = DrawingWords(side="Seite", front="Stirn", tier="Lage", units="Stück")

    svg = pallet_svg(load, title="P", words=words)

    assert "Lage 1: 1" in svg
    assert "Seite 1200 ×" in svg
    assert "Tier" not in svg


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
