"""The lake's mirror in PostgreSQL: filled, and held against the lake."""

from umschlag.kernel.progress import Progress, untold
from umschlag.settings import Settings
from umschlag.storage.lake.engine import EngineUnavailable
from umschlag.wiring.doctoring import Finding, Health
from umschlag.wiring.lake import open_lake


def mirror_lake(settings: Settings, *, progress: Progress = untold) -> int:
    """Bring the mirror up to date; return how many days and months were copied.

    Engines that read the lake's files have no mirror: nothing is copied then.

    Raises:
        EngineUnavailable: the database cannot be reached, or refuses us.
    """
    lake = open_lake(settings)
    return lake.engine.follow(lake.files, progress=progress)


def mirror_findings(settings: Settings) -> list[Finding]:
    """Tell what PostgreSQL lacks of the lake; nothing where another engine answers."""
    if not settings.lake_url.get_secret_value().startswith("postgres"):
        return []
    what = "Mirror of the lake"
    try:
        behind = open_lake(settings).engine.behind()
    except EngineUnavailable as error:
        return [Finding(what=what, health=Health.BROKEN, said=error.message)]
    units = [f"{dataset} {unit}" for dataset, names in behind.items() for unit in names]
    if not units:
        return [Finding(what=what, health=Health.GOOD, said="PostgreSQL has all of it")]
    return [
        Finding(
            what=what,
            health=Health.BROKEN,
            said=f"PostgreSQL lacks {len(units)} days and months, first: {units[0]}",
            remedy="a question copies what it needs; `umschlag mirror` copies all of it",
        )
    ]
