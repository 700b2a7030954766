"""Articles as the search index (`/rest/pim/variations`) and the old flat route show them."""

import base64
import binascii
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import msgspec

from umschlag.simulators.plentymarkets.answers import (
    Answer,
    BadQuery,
    PageCut,
    Question,
    page_size,
)
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.variation_rows import BROKEN_ROW, VariationRows

SCROLL_ROWS = 250
_IDS_MAX = 500
_FLAT_FILTERS = (
    "itemId",
    "id",
    "itemName",
    "isMain",
    "isActive",
    "isBundle",
    "numberExact",
    "numberFuzzy",
    "barcode",
    "supplierId",
    "manufacturerId",
    "updatedBetween",
    "createdBetween",
    "relatedUpdatedBetween",
    "lang",
    "page",
    "itemsPerPage",
    "with",
)
_BROKEN_AFTER_ROWS = 5
INVALID_CURSOR = Answer.refusal(422, "The cursor is not valid.")
"""What is answered to a cursor that has expired or was never given out."""


@dataclass
class Variations:
    """Answers questions about variations."""

    erp: Erp
    rows: VariationRows = field(init=False)
    _encoded: dict[tuple[frozenset[str], int], msgspec.Raw] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep the rows' maker beside their cache."""
        self.rows = VariationRows(self.erp)

    def pim(self, question: Question) -> Answer:
        """Answer `GET /rest/pim/variations`: newest first unless told otherwise, 250 at most."""
        articles = self._in_order(question, self._found(question))
        entries = self._with_broken_rows(question, articles)
        size = page_size(question, default=50, largest=250)
        if question.page * size > self.erp.knobs.pim_window:
            window = self.erp.knobs.pim_window
            return Answer.refusal(
                500, f"Result window is too large, from + size must be at most: [{window}]"
            )
        cut = PageCut.of(
            question, size=size, total=len(entries), is_clamping=self.erp.knobs.is_clamping_pages
        )
        relations = frozenset(question.values("with"))
        return cut.enclose([self._entry(article, relations) for article in entries[cut.rows]])

    def scroll(self, question: Question) -> Answer:
        """Answer `GET /rest/pim/variations/scroll`: chunks with a cursor, null after the last."""
        knobs = self.erp.knobs
        start, relations = _read_cursor(question)
        articles = self._with_broken_rows(question, self._found(question))
        following = start + min(SCROLL_ROWS, knobs.page_rows_max or SCROLL_ROWS)
        chunk = articles[start:following]
        is_last = not chunk if knobs.is_scroll_ending_empty else following >= len(articles)
        cursor = None if is_last else _cursor(following, relations)
        entries = [self._entry(article, frozenset(relations)) for article in chunk]
        return Answer.of({"entries": entries, "cursor": cursor})

    def flat(self, question: Question) -> Answer:
        """Answer `GET /rest/items/variations`; it alone refuses filters that it does not know."""
        unknown = [name for name in question.query if name.removesuffix("[]") not in _FLAT_FILTERS]
        if unknown:
            return Answer.of(
                {
                    "error": {"message": "Invalid filter given."},
                    "validation_errors": {
                        "invalid filter": [
                            "The following filter do not exist: " + ", ".join(unknown)
                        ],
                        "available filter": [list(_FLAT_FILTERS)],
                    },
                },
                status=422,
            )
        articles = self._in_order(question, self._found(question), default="id_asc")
        size = page_size(question, default=50, largest=100)
        cut = PageCut.of(
            question, size=size, total=len(articles), is_clamping=self.erp.knobs.is_clamping_pages
        )
        relations = frozenset(question.values("with"))
        return cut.enclose([self.rows.flat(article, relations) for article in articles[cut.rows]])

    def items(self, question: Question) -> Answer:
        """Answer `GET /rest/items`: the containers; filters it does not know are ignored."""
        wanted = question.numbers("id")
        mains = [
            article
            for article in self.erp.listed_articles()
            if self.erp.merchant.articles.is_main[article]
            and (not wanted or int(self.erp.merchant.articles.item_id[article]) in wanted)
        ]
        size = page_size(question, default=50, largest=100)
        cut = PageCut.of(
            question, size=size, total=len(mains), is_clamping=self.erp.knobs.is_clamping_pages
        )
        return cut.enclose([self.rows.item(article) for article in mains[cut.rows]])

    def sales_price_links(self, question: Question) -> Answer:
        """Answer `GET /rest/items/variations/variation_sales_prices`."""
        links = [
            link
            for article in self._found(question)
            for link in self.rows.sales_price_links(article)
            if question.text("salesPriceId") in {None, str(link["salesPriceId"])}
        ]
        size = page_size(question, default=50, largest=100)
        cut = PageCut.of(
            question, size=size, total=len(links), is_clamping=self.erp.knobs.is_clamping_pages
        )
        return cut.enclose(links[cut.rows])

    def market_numbers(self, question: Question) -> Answer:
        """Answer `…/{item_id}/variations/{variation_id}/market_ident_numbers`: a bare array."""
        item_id, variation_id = (question.variables[name] for name in ("item_id", "variation_id"))
        for article in self.erp.listed_articles():
            ids = (self.erp.merchant.articles.item_id[article], self.erp.variation_id[article])
            if (item_id, variation_id) == tuple(map(str, ids)):
                rows = self.rows.market_numbers(article)
                return Answer.of([{"variationId": int(variation_id), **row} for row in rows])
        return Answer.refusal(404, f"Item {item_id} has no variation {variation_id}.")

    def forget(self) -> None:
        """Make every row anew: something was written."""
        self._encoded.clear()

    def _entry(self, article: int, relations: frozenset[str]) -> object:
        if article < 0:
            return BROKEN_ROW
        known = self._encoded.get((relations, article))
        if known is None:
            known = msgspec.Raw(msgspec.json.encode(self.rows.pim(article, relations)))
            self._encoded[relations, article] = known
        return known

    def _with_broken_rows(self, question: Question, articles: list[int]) -> list[int]:
        """Put in the rows that the index fails on; a search by ids does not meet them."""
        if question.values("ids"):
            return articles
        broken = [-1] * self.erp.knobs.exception_rows
        return articles[:_BROKEN_AFTER_ROWS] + broken + articles[_BROKEN_AFTER_ROWS:]

    def _found(self, question: Question) -> list[int]:
        ids = question.numbers("ids")
        if len(ids) > _IDS_MAX:
            raise BadQuery(Answer.refusal(422, f"The ids may not have more than {_IDS_MAX} items."))
        tests = [] if ids else self._tests(question)
        wanted = set(ids or question.numbers("id") or question.numbers("variationId"))
        if not wanted and not tests:
            return self.erp.listed_articles()
        return [
            article
            for article in self.erp.listed_articles()
            if (not wanted or int(self.erp.variation_id[article]) in wanted)
            and all(test(article) for test in tests)
        ]

    def _tests(self, question: Question) -> list[Callable[[int], bool]]:
        return [*self._fact_tests(question), *self._change_tests(question)]

    def _fact_tests(self, question: Question) -> list[Callable[[int], bool]]:
        a = self.erp.merchant.articles
        facts: dict[str, Callable[[int, str], bool]] = {
            "isActive": lambda i, text: bool(a.is_inactive[i]) != _is_true(text),
            "isMain": lambda i, text: bool(a.is_main[i]) == _is_true(text),
            "isBundle": lambda i, text: bool(a.is_bundle[i]) == _is_true(text),
            "itemId": lambda i, text: str(a.item_id[i]) in text.split(","),
            "itemIds": lambda i, text: str(a.item_id[i]) in text.split(","),
            "manufacturerId": lambda i, text: str(a.brand_index[i] + 1) == text,
            "number": lambda i, text: self.rows.number(i) == text,
            "numberExact": lambda i, text: self.rows.number(i) == text,
            "numberFuzzy": lambda i, text: text.lower() in self.rows.number(i).lower(),
            "itemName": lambda i, text: text.lower() in a.name[i].lower(),
            "barcode": lambda i, text: self.rows.gtin(i) == text,
            "barcodeCode": lambda i, text: self.rows.gtin(i) == text,
        }
        given = [(test, text) for name, test in facts.items() if (text := question.text(name))]
        return [partial(_fits, test, text) for test, text in given]

    def _change_tests(self, question: Question) -> list[Callable[[int], bool]]:
        erp = self.erp
        changes = {
            "createdAt": erp.created_unix,
            "createdBetween": erp.created_unix,
            "updatedAt": erp.changed_unix,
            "updatedBetween": erp.changed_unix,
            "relatedUpdatedAt": erp.changed_unix,
            "relatedUpdatedBetween": erp.changed_unix,
            "stockUpdatedAt": erp.stock_changed_unix.max(axis=1),
        }
        tests: list[Callable[[int], bool]] = []
        for name, instants in changes.items():
            if question.text(name):
                start, end = question.period(name)
                low, high = start or 0, end if end is not None else erp.now_unix
                inside = (instants >= low) & (instants <= high)
                tests.append(inside.__getitem__)
        return tests

    def _in_order(
        self, question: Question, articles: list[int], *, default: str = "id_desc"
    ) -> list[int]:
        name, _, direction = (question.text("sortBy") or default).rpartition("_")
        keys: dict[str, Callable[[int], tuple[int, int]]] = {
            "itemId": lambda i: (int(self.erp.merchant.articles.item_id[i]), i),
            "createdAt": lambda i: (int(self.erp.created_unix[i]), i),
            "updatedAt": lambda i: (int(self.erp.changed_unix[i]), i),
        }
        key = keys.get(name)
        if key is None:
            return articles[::-1] if direction != "asc" else articles
        return sorted(articles, key=key, reverse=direction != "asc")


def _fits(test: Callable[[int, str], bool], text: str, article: int) -> bool:
    return test(article, text)


def _is_true(text: str) -> bool:
    return text.lower() in {"1", "true"}


def _cursor(start: int, relations: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, relations]).encode()).decode()


def _read_cursor(question: Question) -> tuple[int, list[str]]:
    text = question.text("cursor")
    if not text:
        return 0, question.values("with")
    try:
        start, relations = json.loads(base64.urlsafe_b64decode(text))
    except (binascii.Error, ValueError) as error:
        raise BadQuery(INVALID_CURSOR) from error
    return int(start), list(relations)


def page_of(question: Question) -> int:
    """Return the page, or of a scroll the chunk, that is asked for; from 1."""
    if not question.text("cursor"):
        return question.page
    with contextlib.suppress(BadQuery):
        return _read_cursor(question)[0] // SCROLL_ROWS + 1
    return 1
