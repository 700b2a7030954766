"""Which bundles an article belongs to on the newest day, and how many of each could be sold."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from umschlag.settings import Settings
from umschlag.storage.lake.datasets import BUNDLE_PARTS
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import Article
from umschlag.wiring.lake import open_lake


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An article that a bundle takes."""

    sku: str
    name: str
    article_id: int | None
    """None where the records have no such article."""
    is_in_erp: bool
    units_per_bundle: int
    available_units: int | None
    sellable_units: int | None
    """So many bundles it is enough for; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle with its parts; without any where nobody knows all of them."""

    sku: str
    name: str
    article_id: int | None
    sellable_units: int | None
    """The least that any part allows, the bundle counted alone; None where one's is not known."""
    parts: Sequence[Part]
    """Those that are not known first, then the scarcest."""

    def units_of(self, sku: str) -> int:
        """Return how many units of the article one bundle takes."""
        return sum(part.units_per_bundle for part in self.parts if part.sku == sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlesAround:
    """What an article has to do with bundles; nothing, for most."""

    own: Bundle | None = None
    """The article itself as a bundle."""
    containing: Sequence[tuple[Bundle, int]] = ()
    """The bundles that take it, the scarcest first, with how many units each takes."""


def bundles_around(settings: Settings, article: Article) -> BundlesAround:
    """Return the article as a bundle, and the bundles it is part of, on the newest day."""
    lake = open_lake(settings)
    newest = lake.newest_business_date()
    if newest is None:
        return BundlesAround()
    # The day's few parts tell whether anything else must be read at all.
    parts = lake.read_day(BUNDLE_PARTS.name, newest, columns=["part_sku"])
    if not article.is_bundle and article.sku not in parts["part_sku"].to_pylist():
        return BundlesAround()
    question = Question.load("umschlag.intelligence.snapshots", "bundles")
    bundles = _bundles_in(lake.ask(question, as_of=newest).to_pylist())
    own = next((bundle for bundle in bundles if bundle.sku == article.sku), None)
    containing = [bundle for bundle in bundles if bundle.units_of(article.sku)]
    linked = _linked([*([own] if own else []), *containing])
    return BundlesAround(
        own=linked.pop(0) if own else None,
        containing=[
            (bundle, bundle.units_of(article.sku)) for bundle in sorted(linked, key=_scarcest_first)
        ],
    )


def _scarcest_first(bundle: Bundle) -> tuple[float, str]:
    sellable = bundle.sellable_units
    return (math.inf if sellable is None else sellable, bundle.sku)


def _least_known_first(part: Part) -> tuple[float, str]:
    sellable = part.sellable_units
    return (-1 if sellable is None else sellable, part.sku)


def _bundles_in(rows: Iterable[dict[str, Any]]) -> list[Bundle]:
    """Return the bundles; their rows come one after the other."""
    bundles = []
    for sku, group in groupby(rows, key=lambda row: str(row["sku"])):
        own = list(group)
        bundles.append(
            Bundle(
                sku=sku,
                name=own[0]["name"] or "",
                article_id=None,
                sellable_units=own[0]["sellable_units"],
                parts=sorted(
                    (_part_in(row) for row in own if row["part_sku"] is not None),
                    key=_least_known_first,
                ),
            )
        )
    return bundles


def _part_in(row: dict[str, Any]) -> Part:
    return Part(
        sku=row["part_sku"],
        name=row["part_name"] or "",
        article_id=None,
        is_in_erp=row["is_part_there"],
        units_per_bundle=row["units_per_bundle"],
        available_units=row["part_available_units"],
        sellable_units=row["part_sellable_units"],
    )


def _linked(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Return the bundles with the records' keys, for themselves and for their parts."""
    skus = {bundle.sku for bundle in bundles}
    skus |= {part.sku for bundle in bundles for part in bundle.parts}
    keys = _keys_of(sorted(skus))
    return [
        replace(
            bundle,
            article_id=keys.get(bundle.sku),
            parts=[replace(part, article_id=keys.get(part.sku)) for part in bundle.parts],
        )
        for bundle in bundles
    ]


def _keys_of(skus: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(skus), 500):
        articles = Article.objects.filter(sku__in=skus[start : start + 500])
        found |= dict(articles.values_list("sku", "pk"))
    return found
