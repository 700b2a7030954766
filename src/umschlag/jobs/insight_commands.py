"""`umschlag classify`, `forecast`, `forecast-quality`, `profit`, `report`: history in figures."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records

AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=day, metavar="DAY", help="Business date; the newest known where left out."
    ),
]

By = Annotated[
    Literal["sku", "marketplace", "day", "week", "month", "category", "manufacturer"],
    typer.Option("--by", help="By what it is added up."),
]
Show = Annotated[
    Literal["losing", "earning", "estimated", "left-out"] | None,
    typer.Option("--show", help="These alone."),
]
Sort = Annotated[
    Literal["best", "worst", "change", "sales", "units", "margin", "roi", "gmroi", "per-day"]
    | None,
    typer.Option("--sort", help="Order of the list."),
]
Kind = Annotated[
    Literal[
        "below_cost",
        "unit_cost",
        "cost_missing",
        "units_sold",
        "without_stock",
        "unknown_article",
        "sum",
    ]
    | None,
    typer.Option("--kind", help="Contradictions of this kind alone."),
]


def classify(as_of: AsOf = None) -> None:
    """Tell Penner (slow movers) from Renner (fast movers).

    Example: `umschlag classify --as-of 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.commands import classify_articles

    classify_articles(settings, as_of, Console())


def forecast(
    as_of: AsOf = None,
    partitions: Annotated[
        int | None,
        typer.Option(
            "--partitions",
            min=0,
            max=10_000,
            help="Share the articles out in so many partitions of the Spark cluster, this time; "
            "0: forecast on this machine.",
        ),
    ] = None,
    marketplace: Annotated[
        str,
        typer.Option(
            "--marketplace",
            help="Print what the newest forecast expects of this marketplace, such as Amazon.de, "
            "and make none.",
        ),
    ] = "",
) -> None:
    """Forecast demand and propose what to discount, liquidate and reorder.

    Example: `umschlag forecast --as-of 2026-11-20`
    """
    settings = with_records()
    if partitions is not None:
        settings = settings.model_copy(update={"forecast_partitions": partitions})
    if marketplace:
        from umschlag.jobs.marketplaces import print_marketplace

        print_marketplace(settings, marketplace, Console())
        return
    from umschlag.jobs.commands import forecast_demand

    forecast_demand(settings, as_of, Console())


def forecast_quality() -> None:
    """Print how good the forecasts are: judged on your own sales, and measured when due.

    Example: `umschlag forecast-quality`
    """
    settings = with_records()
    from umschlag.jobs.forecast_quality import print_forecast_quality

    print_forecast_quality(settings, console=Console())


def profit(  # noqa: PLR0913, PLR0917 - one argument an option
    file: Annotated[
        Path | None,
        typer.Argument(help="Write the whole list there, as .csv or .xlsx, and print nothing."),
    ] = None,
    since: Annotated[
        date | None,
        typer.Option("--since", parser=day, metavar="DAY", help="First business date."),
    ] = None,
    through: Annotated[
        date | None,
        typer.Option(
            "--through",
            parser=day,
            metavar="DAY",
            help="Last business date; without both, the newest 30 days that Sellerboard told.",
        ),
    ] = None,
    by: By = "sku",
    marketplace: Annotated[
        str, typer.Option("--marketplace", help="One alone, such as Amazon.de.")
    ] = "",
    search: Annotated[str, typer.Option("--search", help="Part of SKU or name.")] = "",
    show: Show = None,
    sort: Sort = None,
    contradictions: Annotated[
        bool,
        typer.Option("--contradictions", help="What ERP and Sellerboard disagree on, instead."),
    ] = False,
    kind: Kind = None,
) -> None:
    """Print what earned most and least, and how often ERP and Sellerboard disagree.

    Example: `umschlag profit --since 2026-10-01 --through 2026-10-31 --by marketplace profit.xlsx`
    """
    settings = with_records()
    from umschlag.intelligence.profitability.model import Contradiction, Grouping
    from umschlag.jobs.profit import ProfitAsked, print_profit
    from umschlag.wiring.profit_lists import Wanted

    asked = ProfitAsked(
        since=since,
        through=through,
        marketplace=marketplace,
        wanted=Wanted(grouping=Grouping(by), q=search, show=show or "", sort=sort or ""),
        file=file,
        contradictions=contradictions or kind is not None,
        kind=Contradiction(kind) if kind else None,
    )
    print_profit(settings, asked, console=Console())


def report() -> None:
    """Print the manager's report from what is known now.

    Example: `umschlag report`
    """
    from django.utils import translation

    from umschlag.jobs.run import report as print_report

    settings = with_records()
    with translation.override(settings.language):
        print_report(settings, Console())
