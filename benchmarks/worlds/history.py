"""A generated history in a lake of its own, and the same rows in PostgreSQL, for the benchmarks.

Every day 5 % of the SKUs change stock (heavy tail: few change often), 0.5 % change price, a few
appear and a few vanish. Each day is published, and the months are compacted, by the product's own
code. What was made once is kept under ``var/benchmarks`` and used by the other scripts.
"""

import argparse
import io
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from umschlag.storage.lake.lake import Lake

FIRST_DATE = date(2025, 1, 1)
CHANGED_SHARE = 0.05
REPRICED_SHARE = 0.005
BORN_LATER_SHARE = 0.05
VANISHED_SHARE_A_DAY = 0.0001
EDITION = 3
"""Raised when a history is made or laid down otherwise, so that a kept one is not taken for it."""
POSTGRESQL = os.environ.get(
    "UMSCHLAG_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"
)
TABLE = "umschlag_bench_articles"
POSTGRESQL_SKUS_MAX = 20_000


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much history."""

    skus: int
    days: int
    seed: int = 1

    @property
    def last_date(self) -> date:
        """The newest business date."""
        return FIRST_DATE + timedelta(days=self.days - 1)

    def __str__(self) -> str:
        return f"{self.skus} SKUs x {self.days} days"


def asked_for(doc: str | None) -> tuple[Size, bool]:
    """Return the size that the command line asks for, and whether to make the history anew."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--skus", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--fresh", action="store_true", help="make the history anew")
    parser.add_argument("--small", action="store_true", help="2,000 SKUs and 60 days")
    arguments = parser.parse_args()
    size = Size(skus=arguments.skus, days=arguments.days)
    return Size(skus=2_000, days=60) if arguments.small else size, arguments.fresh


def opened(size: Size, *, fresh: bool = False) -> "Lake":
    """Return the lake with this history, made anew where it is not kept."""
    kept = _folder(size)
    if fresh:
        shutil.rmtree(kept, ignore_errors=True)
    is_kept = (kept / "complete").is_file()
    if not is_kept:
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
    lake = lake_in(kept)
    if is_kept:
        print(f"history of {size}: kept from an earlier run in {kept}")
        return lake
    start = time.perf_counter()
    _fill(lake, size)
    (kept / "complete").write_text(str(size), encoding="utf-8")
    print(f"history of {size}: made in {time.perf_counter() - start:.0f} s")
    return lake


def _folder(size: Size) -> Path:
    checkout = Path(__file__).resolve().parents[2]
    return checkout / "var/benchmarks" / f"{size.skus}x{size.days}-{size.seed}-{EDITION}"


def lake_in(folder: Path) -> "Lake":
    """Return the lake in the folder, empty at first, with records of its own beside it."""
    os.environ["UMSCHLAG_VAR_DIR"] = str(folder)
    os.environ["UMSCHLAG_CONFIG"] = str(folder / "no-such-file.toml")
    os.environ["DATABASE_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "umschlag.web.settings"
    import django
    from django.conf import settings

    if settings.configured:
        # Another length of history in the same run: only the records' file is another one.
        from django.db import connections

        connections.close_all()
        connections["default"].settings_dict["NAME"] = str(folder / "records.sqlite3")
    else:
        django.setup()
    from django.core.management import call_command

    from umschlag.storage.lake.files import LocalFiles
    from umschlag.storage.lake.lake import Lake

    call_command("migrate", verbosity=0)
    return Lake(files=LocalFiles(folder / "lake"))


def _fill(lake: "Lake", size: Size) -> None:
    import pyarrow as pa

    from umschlag.storage.lake.compaction import compact
    from umschlag.storage.lake.upkeep import remove_superseded

    sales: dict[str, list[pa.Table]] = {}
    for day, articles, sold in _days_of(size):
        lake.publish("article_days", day.isoformat(), articles)
        sales.setdefault(f"{day:%Y-%m}", []).append(sold)
    compact(lake)
    remove_superseded(lake, month_versions_kept=timedelta(0), grace=timedelta(0))
    for month, tables in sales.items():
        lake.publish("sales", month, pa.concat_tables(tables))


@dataclass
class _World:
    """What moves from day to day."""

    rng: np.random.Generator
    on_hand: NDArray[np.int32]
    price: NDArray[np.int64]
    weight: NDArray[np.float64]
    born: NDArray[np.int64]
    is_there: NDArray[np.bool_]
    last_seen: NDArray[np.datetime64]

    def live_through(self, offset: int) -> NDArray[np.int32]:
        """Move on by a day and return how many units each SKU sold."""
        rng, count = self.rng, len(self.on_hand)
        self.is_there &= rng.random(count) >= VANISHED_SHARE_A_DAY
        here = self.is_there & (self.born <= offset)
        moves = here & (rng.random(count) < self.weight)
        is_receipt = moves & ((self.on_hand == 0) | (rng.random(count) < 0.1))
        sold = np.where(moves & ~is_receipt, np.minimum(self.on_hand, rng.geometric(0.5, count)), 0)
        self.on_hand -= sold.astype(np.int32)
        self.on_hand[is_receipt] += rng.geometric(0.05, int(is_receipt.sum())).astype(np.int32)
        repriced = here & (rng.random(count) < REPRICED_SHARE)
        self.price[repriced] = rng.integers(199, 19_900, int(repriced.sum()))
        self.last_seen[here] = np.datetime64(FIRST_DATE + timedelta(days=offset), "D")
        return sold.astype(np.int32)


def _world(size: Size) -> _World:
    rng = np.random.default_rng(size.seed)
    count = size.skus
    # Pareto weights, cut at 1: their mean is the share that changes.
    weight = rng.pareto(1.2, count) + 0.05
    weight = np.minimum(weight * CHANGED_SHARE / np.minimum(weight, 20).mean(), 1.0)
    later = rng.random(count) < BORN_LATER_SHARE
    return _World(
        rng=rng,
        on_hand=rng.negative_binomial(1, 0.05, count).astype(np.int32),
        price=rng.integers(199, 19_900, count),
        weight=weight,
        born=np.where(later, rng.integers(0, max(size.days, 1), count), 0),
        is_there=np.ones(count, dtype=bool),
        last_seen=np.full(count, np.datetime64(FIRST_DATE, "D")),
    )


def _days_of(size: Size) -> "Iterator[tuple[date, pa.Table, pa.Table]]":
    """Yield each day with its articles and its sales; a year at once would not fit into memory."""
    import pyarrow as pa

    world = _world(size)
    masters = _masters(size)
    for offset in range(size.days):
        day = FIRST_DATE + timedelta(days=offset)
        sold = world.live_through(offset)
        known = np.flatnonzero(world.born <= offset)
        columns = masters.take(pa.array(known))
        count = len(known)
        told = {
            "business_date": pa.repeat(pa.scalar(day), count),
            "on_hand_units": pa.array(world.on_hand[known]),
            "sales_price_minor": pa.array(world.price[known]),
            "last_seen_date": pa.array(world.last_seen[known]),
        }
        for name, values in told.items():
            columns = columns.set_column(columns.column_names.index(name), name, values)
        yield day, columns, _sales(columns, sold[known], world.price[known], day)


def _masters(size: Size) -> "pa.Table":
    """Return what stays the same of every SKU, with places kept for what does not."""
    import pyarrow as pa

    from umschlag.storage.lake.datasets import ARTICLE_DAYS

    rng = np.random.default_rng(size.seed + 1)
    count = size.skus

    def some(text: str, kinds: int) -> "pa.Array":
        names = pa.array([f"{text} {number}" for number in range(kinds)])
        return names.take(pa.array(rng.integers(0, kinds, count)))

    def maybe(values: NDArray[np.int64], known_share: float) -> "pa.Array":
        return pa.array(values, mask=rng.random(count) > known_share)

    told = {
        "sku": pa.array([f"HX-{number:07d}" for number in range(count)]),
        "variation_id": pa.array(np.arange(count) + 1_000),
        "item_id": pa.array(np.arange(count) // 3 + 100),
        "asin": pa.array([f"B0{number:08d}" for number in range(count)]),
        "gtin": pa.array([f"40{number:011d}" for number in range(count)]),
        "name": pa.array(
            [f"Article {number} of the benchmark, colour {number % 7}" for number in range(count)]
        ),
        "manufacturer": some("Manufacturer", 300),
        "category": some("Category", 120),
        "supplier": some("Supplier", 60),
        "is_active": pa.array(rng.random(count) < 0.82),
        "is_bundle": pa.array(rng.random(count) < 0.003),
        "reserved_units": pa.array(np.where(rng.random(count) < 0.03, 1, 0)),
        "on_order_units": pa.array(np.zeros(count, dtype=np.int32)),
        "other_on_hand_units": pa.array(np.where(rng.random(count) < 0.05, 2, 0)),
        "unit_cost_minor": maybe(rng.integers(50, 9_000, count), 0.9),
        "currency": pa.repeat("EUR", count),
        "weight_g": maybe(rng.integers(20, 20_000, count), 0.3),
        "lead_time_days": maybe(rng.integers(3, 60, count), 0.5),
        "is_reconstructed": pa.repeat(pa.scalar(False), count),
    }
    columns = {
        field.name: told.get(field.name, pa.nulls(count, field.type)).cast(field.type)
        for field in ARTICLE_DAYS.columns
    }
    return pa.table(columns, schema=ARTICLE_DAYS.columns)


def _sales(
    articles: "pa.Table", sold: NDArray[np.int32], price: NDArray[np.int64], day: date
) -> "pa.Table":
    import pyarrow as pa

    from umschlag.storage.lake.datasets import SALES

    places = np.flatnonzero(sold > 0)
    count = len(places)
    return pa.table(
        {
            "business_date": pa.repeat(pa.scalar(day), count),
            "sku": articles["sku"].take(pa.array(places)),
            "order_id": pa.array([f"{day:%y%m%d}-{place}" for place in places.tolist()]),
            "line_id": pa.repeat("1", count),
            "marketplace": pa.repeat("Amazon.de", count),
            "units": pa.array(sold[places]),
            "revenue_minor": pa.array(sold[places] * price[places]),
            "currency": pa.repeat("EUR", count),
            "source": pa.repeat("plentymarkets", count),
        },
        schema=SALES.columns,
    )


@dataclass(frozen=True, kw_only=True)
class Textbook:
    """The same rows in a PostgreSQL table with an index on (sku, business_date)."""

    connection: "psycopg.Connection[tuple[object, ...]]"
    skus: int
    scale: float
    """By how much its seconds and bytes are multiplied to stand for the whole history."""

    def seconds(self, sql: str, *, repetitions: int = 2) -> float:
        """Return the best time of reading the whole answer, scaled linearly.

        It is copied in PostgreSQL's binary form, since making objects of its rows is not its fault.
        """
        return best(lambda: self._copied(sql), repetitions) * self.scale

    def _copied(self, sql: str) -> None:
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy ({sql}) to stdout (format binary)") as copy,
        ):
            for _ in copy:
                pass

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return the answer."""
        return self.connection.execute(sql).fetchall()

    def byte_count(self) -> float:
        """Return heap and index, scaled linearly."""
        sizes = self.rows(f"select pg_table_size('{TABLE}') + pg_relation_size('{TABLE}_sku')")
        return float(str(sizes[0][0])) * self.scale


def textbook(size: Size) -> Textbook:
    """Return the PostgreSQL table, loaded where it is not there; of the first SKUs alone.

    Raises:
        SystemExit: no PostgreSQL answers, so there is nothing to compare with.
    """
    import psycopg

    try:
        connection = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        raise SystemExit(
            f"no PostgreSQL at {POSTGRESQL}, which is the baseline; set UMSCHLAG_BENCH_POSTGRESQL"
        ) from None
    connection.execute("set work_mem = '256MB'")
    skus = min(size.skus, POSTGRESQL_SKUS_MAX)
    mark = f"{EDITION} {size.seed} {skus} x {size.days}"
    found = connection.execute(f"select obj_description(to_regclass('{TABLE}'))").fetchone()
    if found is None or found[0] != mark:
        _load(connection, size, skus=skus, mark=mark)
    return Textbook(connection=connection, skus=skus, scale=size.skus / skus)


def _load(
    connection: "psycopg.Connection[tuple[object, ...]]", size: Size, *, skus: int, mark: str
) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    from umschlag.storage.lake.datasets import ARTICLE_DAYS

    start = time.perf_counter()
    types = {
        pa.date32(): "date",
        pa.string(): "text",
        pa.int32(): "integer",
        pa.int64(): "bigint",
        pa.bool_(): "boolean",
    }
    columns = ", ".join(f"{field.name} {types[field.type]}" for field in ARTICLE_DAYS.columns)
    connection.execute(f"drop table if exists {TABLE}")
    connection.execute(f"create table {TABLE} ({columns})")
    beyond = f"HX-{skus:07d}"
    with connection.cursor() as cursor:
        for day, table, _ in _days_of(size):
            del day
            rows = table.filter(pc.less(table["sku"], beyond))
            text = io.BytesIO()
            pyarrow.csv.write_csv(rows, text, pyarrow.csv.WriteOptions(include_header=False))
            with cursor.copy(f"copy {TABLE} from stdin (format csv)") as copy:
                copy.write(text.getvalue())
    connection.execute(f"create index {TABLE}_sku on {TABLE} (sku, business_date)")
    connection.execute(f"vacuum analyze {TABLE}")
    connection.execute(f"comment on table {TABLE} is '{mark}'")
    print(f"PostgreSQL: {skus} SKUs loaded in {time.perf_counter() - start:.0f} s")


def best(work: Callable[[], object], repetitions: int = 5) -> float:
    """Return the least seconds that the work took."""
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def cold(lake: "Lake", work: Callable[[], object]) -> float:
    """Return the seconds of the first time, with none of the lake's files in memory."""
    for file in lake.files.found():
        with lake.files.local(file.path).open("rb") as opened_file:
            os.posix_fadvise(opened_file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return best(work, 1)


def tell(name: str, *, ours: float, baseline: float, size: str, unit: str = "s") -> None:
    """Print one line of JSON; a ratio above 1 means that ours is better by that factor."""
    print(
        json.dumps(
            {
                "name": name,
                "ours": round(ours, 5),
                "baseline": round(baseline, 4),
                "ratio": round(baseline / ours, 2),
                "unit": unit,
                "size": size,
            }
        )
    )
