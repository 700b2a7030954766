"""Sales prices written over HTTP (`/rest/items/variations/variation_sales_prices`)."""

from dataclasses import dataclass
from typing import Any

from umschlag.simulators.plentymarkets.answers import Answer, Question
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.variation_rows import PRICE_DEFAULT, PRICE_RRP, PRICE_UK
from umschlag.simulators.plentymarkets.variations import Variations

_ROWS_MAX = 50
_PRICE_IDS = (PRICE_DEFAULT, PRICE_RRP, PRICE_UK)


@dataclass
class PriceDesk:
    """Changes the prices of variations, fifty rows a call at most."""

    erp: Erp
    variations: Variations

    def change(self, question: Question) -> Answer:
        """Answer the `PUT`: a row whose link does not exist is ignored without a word."""
        return self._written(question, is_making=False)

    def make(self, question: Question) -> Answer:
        """Answer the `POST`: makes the links; one that is there already is left as it is."""
        return self._written(question, is_making=True)

    def _written(self, question: Question, *, is_making: bool) -> Answer:
        rows = question.body if isinstance(question.body, list) else [question.body]
        if len(rows) > _ROWS_MAX:
            return Answer.refusal(422, "At most 50 entities per call.")
        prices = [_price_in(row) for row in rows]
        if None in prices:
            return Answer.refusal(422, "The price must be a number that is not negative.")
        for row, price in zip(rows, prices, strict=True):
            article = self.erp.article_of.get(_number(row.get("variationId")))
            price_id = _number(row.get("salesPriceId"))
            if article is None or price is None or price_id not in _PRICE_IDS:
                continue
            there = any(
                link["salesPriceId"] == price_id
                for link in self.variations.rows.sales_price_links(article)
            )
            if there is not is_making:
                self.erp.prices_written[article, price_id] = price
        self.variations.forget()
        return Answer.of({"success": {"all": True}, "failed": []})


def _price_in(row: Any) -> float | None:  # noqa: ANN401 - outside data
    price = row.get("price") if isinstance(row, dict) else None
    try:
        value = round(float(price if price is not None else "none"), 4)
    except (TypeError, ValueError):
        return None
    return value if value >= 0 else None


def _number(value: Any) -> int:  # noqa: ANN401 - outside data
    text = str(value)
    return int(text) if text.isdigit() else 0
