"""Orders in both of Plentymarkets' routes: the deprecated list and the search."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_ID_SHOP
from umschlag.simulators.demo.orders import Handling, OrderType
from umschlag.simulators.plentymarkets.answers import (
    Answer,
    BadQuery,
    PageCut,
    Question,
    instant_of,
    page_size,
)
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.order_rows import OrderRows
from umschlag.simulators.plentymarkets.stock import ORDER_ID_FIRST

REFERRER_IDS = (4.01, 4.02, 1.0)
"""By the demo world's channels: Amazon.de, Amazon.co.uk, own shop."""
_RELATIONS = (
    "orderItems",
    "dates",
    "properties",
    "relations",
    "amounts",
    "orderReferences",
    "addressRelations",
)
CLEARED, SHIPPED, CANCELLED, RETURNED, CREDITED = 5.0, 7.0, 8.1, 9.0, 11.0


@dataclass
class OrderDesk:
    """Answers questions about orders."""

    erp: Erp

    @cached_property
    def is_shipped(self) -> NDArray[np.bool_]:
        """Whether goods issue has been booked."""
        orders = self.erp.merchant.orders
        return np.asarray(
            (orders.ships_day <= self.erp.today)
            & (orders.order_type == OrderType.SALE)
            & (orders.handling == Handling.NORMAL)
        )

    @cached_property
    def status_id(self) -> NDArray[np.float64]:
        """Each order's status today."""
        orders = self.erp.merchant.orders
        status = np.where(self.is_shipped, SHIPPED, CLEARED)
        status[orders.handling == Handling.CANCELLED] = CANCELLED
        status[orders.order_type == OrderType.RETURN] = RETURNED
        status[orders.order_type == OrderType.CREDIT_NOTE] = CREDITED
        return status

    @cached_property
    def updated_unix(self) -> NDArray[np.int64]:
        """When each order last changed."""
        merchant = self.erp.merchant
        return np.where(
            self.is_shipped,
            np.maximum(merchant.ships_unix, merchant.created_unix),
            merchant.created_unix + 60,
        )

    @cached_property
    def rows(self) -> OrderRows:
        """The maker of rows."""
        return OrderRows(self.erp, self.status_id, self.updated_unix, self.is_shipped)

    def listed(self, question: Question) -> Answer:
        """Answer `GET /rest/orders`: by id, items included unless told otherwise."""
        relations = set(_RELATIONS)
        if (question.text("addOrderItems") or "").lower() in {"0", "false"}:
            relations.discard("orderItems")
        orders = np.flatnonzero(self._list_filter(question))
        if (question.text("sortOrder") or "asc").lower() == "desc":
            orders = orders[::-1]
        return self._page(question, orders, relations)

    def searched(self, question: Question) -> Answer:
        """Answer `/rest/orders/search`: newest first and without relations unless asked for."""
        lazy = (question.text("lazyLoaded") or "true").lower() in {"1", "true"}
        wanted = {name.partition(".")[0] for name in question.values("with")}
        relations = wanted & set(_RELATIONS) if lazy else set(_RELATIONS)
        keep = self._there()
        for name, values in self._search_columns().items():
            for text in question.query.get(name, []):
                keep &= _matching(values, text, name)
        orders = np.flatnonzero(keep)
        order = question.text("sortOrder") or (question.text("sortBy") or "").rpartition("_")[2]
        if order.lower() != "asc":
            orders = orders[::-1]
        return self._page(question, orders, relations)

    def one(self, question: Question) -> Answer:
        """Answer `GET /rest/orders/{id}`."""
        order = int(question.variables["order_id"]) - ORDER_ID_FIRST
        if not (0 <= order < len(self.status_id) and self._there()[order]):
            return Answer.refusal(404, "No query results for model [Order].")
        return Answer.of(self.rows.order(order, set(_RELATIONS)))

    def _there(self) -> NDArray[np.bool_]:
        """Return which orders have not been deleted."""
        there = np.ones(len(self.status_id), dtype=bool)
        there[self.erp.deleted_orders] = False
        return there

    def _page(self, question: Question, orders: NDArray[np.intp], relations: set[str]) -> Answer:
        size = page_size(question, default=50, largest=250)
        clamping = self.erp.knobs.is_clamping_pages
        cut = PageCut.of(question, size=size, total=len(orders), is_clamping=clamping)
        return cut.enclose([self.rows.order(int(order), relations) for order in orders[cut.rows]])

    def _list_filter(self, question: Question) -> NDArray[np.bool_]:
        merchant = self.erp.merchant
        keep = self._there()
        shipped = np.where(self.is_shipped, merchant.ships_unix, 0)
        for name, values in (
            ("createdAt", merchant.created_unix),
            ("updatedAt", self.updated_unix),
            ("paidAt", merchant.created_unix + 60),
            ("outgoingItemsBookedAt", shipped),
        ):
            start, end = question.instant(f"{name}From"), question.instant(f"{name}To")
            if start is not None:
                keep &= values >= start
            if end is not None:
                keep &= values <= end
        if ids := question.numbers("orderIds"):
            keep &= np.isin(np.arange(len(keep)) + ORDER_ID_FIRST, ids)
        if parents := question.numbers("parentOrderId"):
            keep &= np.isin(merchant.orders.parent + ORDER_ID_FIRST, parents)
        for name, column in (
            ("orderType", "orderTypeId"),
            ("referrerId", "referrerId"),
            ("statusFrom", "statusId"),
            ("statusTo", "statusId"),
        ):
            if text := question.text(name):
                operator = {"statusFrom": "gte:", "statusTo": "lte:"}.get(name, "in:")
                keep &= _matching(self._search_columns()[column], operator + text, name)
        return keep

    def _search_columns(self) -> dict[str, NDArray[Any]]:
        merchant = self.erp.merchant
        return {
            "orderId": np.arange(len(self.status_id)) + ORDER_ID_FIRST,
            "orderTypeId": merchant.orders.order_type,
            "statusId": self.status_id,
            "referrerId": np.array(REFERRER_IDS)[merchant.orders.channel],
            "plentyId": np.where(merchant.orders.channel == 2, PLENTY_ID_SHOP, PLENTY_ID),
            "createdAt": merchant.created_unix,
            "updatedAt": self.updated_unix,
        }


def _matching(values: NDArray[Any], expression: str, name: str) -> NDArray[np.bool_]:
    """Return which values fit an expression such as `gte:3+AND+lt:5` or `between:1,2`."""
    for word, join in ((" AND ", np.logical_and), (" OR ", np.logical_or)):
        left, found, right = _spelled_out(expression).partition(word)
        if found:
            return np.asarray(join(_matching(values, left, name), _matching(values, right, name)))
    operator, colon, text = expression.strip().partition(":")
    if not colon or operator not in _OPERATORS:
        operator, text = "eq", expression
    bounds = [_number(part, name) for part in text.split(",")]
    return np.asarray(_OPERATORS[operator](values, bounds))


def _spelled_out(expression: str) -> str:
    """Return the expression with its joining words between blanks, however they were escaped."""
    return expression.replace("+AND+", " AND ").replace("+OR+", " OR ")


def _number(text: str, name: str) -> float:
    if name in {"createdAt", "updatedAt"}:
        return instant_of(text, name)
    try:
        return float(text)
    except ValueError as error:
        raise BadQuery(Answer.refusal(422, f"The {name} is not valid.")) from error


_OPERATORS: dict[str, Callable[[NDArray[Any], list[float]], NDArray[np.bool_]]] = {
    "eq": lambda values, bounds: values == bounds[0],
    "not": lambda values, bounds: values != bounds[0],
    "in": np.isin,
    "lt": lambda values, bounds: values < bounds[0],
    "lte": lambda values, bounds: values <= bounds[0],
    "gt": lambda values, bounds: values > bounds[0],
    "gte": lambda values, bounds: values >= bounds[0],
    "between": lambda values, bounds: (values >= bounds[0]) & (values <= bounds[-1]),
}
