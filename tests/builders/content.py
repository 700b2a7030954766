"""Products to write about."""

from umschlag.intelligence.content.model import ProductFacts, ProductText
from umschlag.kernel.identifiers import Sku


def the_facts(**values):
    return ProductFacts(
        **{
            "sku": Sku("HX-10007"),
            "name": "Desk lamp 40 cm, white",
            "brand": "Nordlicht",
            "category": "Lighting",
            "weight_g": 1250,
            "length_mm": 405,
            "width_mm": 120,
            "height_mm": 90,
            **values,
        }
    )


def a_text(**values):
    return ProductText(
        **{
            "title": "Nordlicht desk lamp 40 cm, white",
            "bullets": ("Weight: 1.25 kg", "Size: 40.5 × 12 × 9 cm"),
            "description": "A desk lamp by Nordlicht, 40 cm high, in white.",
            **values,
        }
    )
