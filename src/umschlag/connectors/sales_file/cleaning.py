"""From the lines of a file to sales: what counts once, what cancels out, what is no product.

Rules, in this order, each with its count in the outcome:

1. prices at or below zero are stock corrections and write-offs, not sales, and no units are none;
2. codes that are no products (postage, fees, vouchers, samples), unless a person overrules;
3. a line that stands in two sheets or sources counts once; repeats within one sheet stay;
4. a cancellation and its sale (same customer, code and quantity, within 30 days) go both;
   every other negative line stays and counts as a return.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from umschlag.connectors.sales_file.values import PRICE_STEPS

CANCELLED_WITHIN_DAYS = 30
LETTER_CODES_SHARE_MAX = 0.05
"""Above this share of letters-only codes, letters are simply how this shop names its products."""

_SERVICE_WORDS = (
    "POST|POSTAGE|DOT|SHIPPING|SHIP|CARRIAGE|FREIGHT|DELIVERY|VERSAND|VERSANDKOSTEN|PORTO|FRACHT|"
    "FEE|FEES|AMAZONFEE|BANK CHARGES|CHARGES|COMMISSION|GEBÜHR|GEBÜHREN|GEBUEHR|PROVISION|"
    "DISCOUNT|RABATT|SKONTO|GIFT|VOUCHER|GIFTCARD|GUTSCHEIN|COUPON|SAMPLE|SAMPLES|MUSTER|"
    "ADJUST|ADJUSTMENT|KORREKTUR|MANUAL|TEST|PFAND|DEPOSIT"
)
_SERVICE_CODE = rf"^(?:{_SERVICE_WORDS})[\W_\d]*(?:{_SERVICE_WORDS})?[\W_\d]*$"
_SERVICE_NAME = (
    r"(?i)^(?:[\w.]+ )?(?:postage|carriage|shipping|versand|versandkosten|porto|samples?|muster|"
    r"manual|discount|rabatt|bank charges|commission|gebühr)$"
)
_LETTERS_ONLY = r"^[\p{L}\s]+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class NonProduct:
    """A code that was not taken for a product, so that a person can overrule it."""

    code: str
    name: str
    line_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Lines that are sales or returns, and what the others were.

    `sales` has the typed columns; `touched` every (order_id, sku) that the file speaks of, also
    those of which nothing is left.
    """

    sales: pl.DataFrame
    touched: pl.DataFrame
    duplicate_count: int
    unpriced_count: int
    cancelled_pair_count: int
    return_count: int
    non_product_line_count: int
    non_products: tuple[NonProduct, ...]
    names: pl.DataFrame


def clean(lines: pl.DataFrame, *, products: Collection[str] = ()) -> Cleaned:
    """Apply the rules to typed lines. `products` are codes that a person says are products."""
    names = proper_names(lines)
    priced = lines.filter((pl.col("price_steps") > 0) & (pl.col("units") != 0))
    services = _services(priced, names, {code.strip().upper() for code in products})
    of_products = priced.join(services, on="sku", how="anti", maintain_order="left")
    once = without_overlap(of_products)
    kept, pair_count = without_cancelled(once)
    return Cleaned(
        sales=kept,
        touched=lines.select("order_id", "sku").unique(),
        duplicate_count=of_products.height - once.height,
        unpriced_count=lines.height - priced.height,
        cancelled_pair_count=pair_count,
        return_count=kept.filter(pl.col("units") < 0).height,
        non_product_line_count=priced.height - of_products.height,
        non_products=tuple(
            NonProduct(code=sku, name=name or "", line_count=count)
            for sku, name, count in services.select("sku", "name", "len").iter_rows()
        ),
        names=names,
    )


def proper_names(lines: pl.DataFrame) -> pl.DataFrame:
    """Return `sku, name`: the most frequent name on priced lines, else none.

    Notes such as "damaged" stand where a name should, but on lines without a price.
    """
    return (
        lines.filter(pl.col("name").is_not_null() & (pl.col("price_steps") > 0))
        .group_by("sku", "name")
        .len()
        .sort(["sku", "len", "name"], descending=[False, True, False])
        .unique("sku", keep="first", maintain_order=True)
        .select("sku", "name")
    )


def _services(priced: pl.DataFrame, names: pl.DataFrame, products: set[str]) -> pl.DataFrame:
    codes = priced.group_by("sku").len().join(names, on="sku", how="left")
    letters = pl.col("sku").str.contains(_LETTERS_ONLY)
    share = codes.select(letters.mean()).item() or 0.0
    is_service = pl.col("sku").str.contains(_SERVICE_CODE) | pl.col("name").fill_null(
        ""
    ).str.contains(_SERVICE_NAME)
    if share <= LETTER_CODES_SHARE_MAX:
        is_service |= letters
    return codes.filter(is_service & ~pl.col("sku").is_in(sorted(products))).sort(
        ["len", "sku"], descending=[True, False]
    )


def without_overlap(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines, each counted as often as in the sheet that has it most often.

    Two sheets that overlap repeat whole orders; a repeat within one sheet is a second line.
    """
    if lines["sheet"].n_unique() <= 1:
        return lines
    identity = ["order_id", "sku", "units", "price_steps", "sold_at"]
    occurrence = pl.int_range(pl.len()).over([*identity, "sheet"])
    return (
        lines.with_columns(occurrence.alias("occurrence"))
        .unique([*identity, "occurrence"], keep="first", maintain_order=True)
        .drop("occurrence")
    )


def without_cancelled(lines: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the lines without sales that were cancelled, and how many pairs that were.

    Each cancellation takes the newest sale before it that none has taken yet. A line without a
    customer has no partner: anybody's sale could be meant.
    """
    key = ["customer", "sku", "amount"]
    known = lines.filter(pl.col("customer").is_not_null()).with_columns(
        pl.col("units").abs().alias("amount")
    )
    sales = known.filter(pl.col("units") > 0).select("line", "sold_at", *key).sort("sold_at")
    cancels = known.filter(pl.col("units") < 0).select("line", "sold_at", *key).sort("sold_at")
    gone: list[pl.Series] = []
    while cancels.height and sales.height:
        pairs = _nearest_pairs(sales, cancels, key)
        if pairs.is_empty():
            break
        gone += [pairs["line"], pairs["sale_line"]]
        sales = sales.join(pairs, left_on="line", right_on="sale_line", how="anti").sort("sold_at")
        cancels = cancels.join(pairs, on="line", how="anti").sort("sold_at")
    if not gone:
        return lines, 0
    dropped = pl.concat(gone).rename("line").to_frame()
    return lines.join(dropped, on="line", how="anti", maintain_order="left"), dropped.height // 2


def _nearest_pairs(sales: pl.DataFrame, cancels: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    matched = cancels.join_asof(
        sales.rename({"line": "sale_line"}),
        on="sold_at",
        by=key,
        strategy="backward",
        tolerance=f"{CANCELLED_WITHIN_DAYS}d",
        check_sortedness=False,
    )
    return (
        matched.drop_nulls("sale_line")
        .sort("sold_at", "line")
        .unique("sale_line", keep="first", maintain_order=True)
        .select("line", "sale_line")
    )


def sales_facts(cleaned: Cleaned, *, source: str, currency: str, digits: int) -> pl.DataFrame:
    """Return the rows of the lake's data set `sales`, sorted by day.

    `line_id` is the SKU and its position among the SKU's lines of that order, so that the same
    order from another export is the same rows.
    """
    minor = _half_even(pl.col("units") * pl.col("price_steps"), PRICE_STEPS // 10**digits)
    ordered = cleaned.sales.sort("order_id", "sku", "sold_at", "units", "price_steps")
    position = pl.int_range(1, pl.len() + 1).over("order_id", "sku")
    return ordered.select(
        pl.col("sold_at").dt.date().alias("business_date"),
        "sku",
        "order_id",
        pl.format("{}#{}", "sku", position).alias("line_id"),
        pl.col("marketplace").fill_null("").alias("marketplace"),
        pl.col("units").cast(pl.Int32),
        minor.alias("revenue_minor"),
        pl.lit(currency).alias("currency"),
        pl.lit(source).alias("source"),
    ).sort("business_date", "sku", "order_id", "line_id")


def _half_even(amount: pl.Expr, divisor: int) -> pl.Expr:
    whole = amount.floordiv(divisor)
    rest = (amount - whole * divisor) * 2
    up = (rest > divisor) | ((rest == divisor) & (whole % 2 != 0))
    return whole + up.cast(pl.Int64)
