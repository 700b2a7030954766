"""`umschlag penner-renner`, `verdict-changes`, `article`: verdicts and what they are of."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records
from umschlag.wiring.movement_sorts import MovementSort

ListFile = Annotated[
    Path | None,
    typer.Argument(help="Write the whole list there, as .csv or .xlsx, and print nothing."),
]
Of = Annotated[
    Literal["penner", "renner", "normal"] | None, typer.Option("--verdict", help="These alone.")
]
Missed = Annotated[
    bool,
    typer.Option(
        "--missed", help="What will not sell in 90 days though no rule calls it a Penner."
    ),
]
Speed = Annotated[
    Literal["fast", "steady", "slow", "dead"] | None,
    typer.Option("--speed", help="One speed class alone."),
]
Abc = Annotated[
    Literal["A", "B", "C"] | None, typer.Option("--abc", help="One class by revenue alone.")
]
AbcMargin = Annotated[
    Literal["A", "B", "C"] | None, typer.Option("--abc-margin", help="One class by margin alone.")
]
Xyz = Annotated[
    Literal["X", "Y", "Z"] | None, typer.Option("--xyz", help="One class by variability alone.")
]
Pattern = Annotated[
    Literal["smooth", "erratic", "intermittent", "lumpy", "none"] | None,
    typer.Option("--pattern", help="One demand pattern alone."),
]
Category = Annotated[str, typer.Option("--category", help="One category alone.")]
Maker = Annotated[str, typer.Option("--manufacturer", help="One manufacturer alone.")]
Supplier = Annotated[str, typer.Option("--supplier", help="One supplier alone.")]
Warehouse = Annotated[str, typer.Option("--warehouse", help="Articles of which units lie there.")]
Marketplace = Annotated[str, typer.Option("--marketplace", help="Articles that ever sold there.")]
Search = Annotated[str, typer.Option("--search", help="Part of SKU or name, or the ASIN.")]
Sort = Annotated[MovementSort, typer.Option("--sort", help="Order of the list.")]
Turned = Annotated[
    Literal["into_penner", "out_of_penner", "new_renner", "no_longer_renner"] | None,
    typer.Option("--turn", help="One change alone."),
]
Days = Annotated[int, typer.Option("--days", min=1, max=3660, help="Since so many days ago.")]


def penner_renner(  # noqa: PLR0913, PLR0917 - one argument an option
    file: ListFile = None,
    verdict: Of = None,
    missed: Missed = False,
    speed: Speed = None,
    abc: Abc = None,
    abc_margin: AbcMargin = None,
    xyz: Xyz = None,
    pattern: Pattern = None,
    category: Category = "",
    manufacturer: Maker = "",
    supplier: Supplier = "",
    warehouse: Warehouse = "",
    marketplace: Marketplace = "",
    search: Search = "",
    sort: Sort = "dead",
) -> None:
    """Print Penner and Renner, and what is expected to be unsold after 90 days.

    Example: `umschlag penner-renner --missed --sort unsold missed.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.movement import print_movements
    from umschlag.wiring.movement_list import MovementsWanted

    classes = _texts(verdict=verdict, speed=speed, abc=abc, abc_margin=abc_margin, xyz=xyz)
    places = _texts(pattern=pattern, warehouse=warehouse, marketplace=marketplace, q=search)
    makers = _texts(category=category, manufacturer=manufacturer, supplier=supplier)
    wanted = MovementsWanted(**classes, **places, **makers, missed=missed, sort=sort)
    print_movements(settings, wanted, file=file, console=Console())


def verdict_changes(  # noqa: PLR0917 - one argument an option
    file: ListFile = None,
    days: Days = 7,
    turn: Turned = None,
    category: Category = "",
    search: Annotated[str, typer.Option("--search", help="Part of SKU or name.")] = "",
) -> None:
    """Print what became Penner or Renner since last week, and what no longer is.

    Example: `umschlag verdict-changes --days 30 --turn into_penner`
    """
    settings = with_records()
    from umschlag.jobs.movement import print_changes
    from umschlag.wiring.verdict_changes import ChangesWanted

    wanted = ChangesWanted(days=days, turn=turn or "", category=category, q=search)
    print_changes(settings, wanted, file=file, console=Console())


def article(
    sku: Annotated[str, typer.Argument(help="The article's SKU.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="Write its days there, as .csv or .xlsx, and print nothing."),
    ] = None,
) -> None:
    """Print one article: its verdict and why, what it is expected to sell, what happened to it.

    Example: `umschlag article HX-10002`
    """
    settings = with_records()
    from umschlag.jobs.article import print_article

    print_article(settings, sku, file=file, console=Console())


def _texts(**given: str | None) -> dict[str, str]:
    return {name: value or "" for name, value in given.items()}
