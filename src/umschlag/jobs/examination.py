"""`umschlag doctor`: what is configured, reachable and missing, in print.

Nothing of Django's is imported before the first findings are good: what is broken may be Django's.
"""

from rich.console import Console

from umschlag.jobs.progress import shown_progress
from umschlag.kernel.errors import Misconfigured
from umschlag.settings import Settings


def print_secrets() -> None:
    """Print fresh secrets as lines that a shell and an `.env` file can read."""
    from umschlag.wiring.secrets import make_secrets

    fresh = make_secrets()
    Console(soft_wrap=True).print(
        f"UMSCHLAG_SECRET_KEY={fresh.secret_key}\nUMSCHLAG_ENCRYPTION_KEY={fresh.encryption_key}",
        markup=False,
        highlight=False,
    )


def repair(settings: Settings, console: Console) -> None:
    """Bring the articles' records to the newest snapshot in the lake, and say how many changed."""
    from umschlag.wiring.history import repair_articles

    console.print(f"{repair_articles(settings)} articles written anew", highlight=False)


def examine(settings: Settings, console: Console, *, check_lake: bool) -> None:
    """Print what is configured, reachable and missing.

    Raises:
        Misconfigured: at least one finding needs someone.
    """
    from umschlag.jobs.setting_up import use_django
    from umschlag.wiring.doctoring import (
        Health,
        first_findings,
        outside_findings,
        records_findings,
    )
    from umschlag.wiring.recording_findings import recording_findings

    findings = [*first_findings(settings), *recording_findings(settings)]
    if all(finding.health is not Health.BROKEN for finding in findings):
        use_django()
        with shown_progress(console) as progress_for:
            findings += records_findings(
                settings, check_lake=check_lake, progress=progress_for("reading the lake")
            )
        from umschlag.wiring.logins import LOOKS

        if all(finding.what != "Records" or finding.health is Health.GOOD for finding in findings):
            findings += outside_findings(settings, LOOKS)
    marks = {
        Health.GOOD: "[green]✓[/green]",
        Health.UNSET: "[yellow]–[/yellow]",
        Health.BROKEN: "[red]✗[/red]",
    }
    for finding in findings:
        console.print(f"{marks[finding.health]} {finding.what:<22} ", end="")
        console.print(finding.said, markup=False, highlight=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"  → {finding.remedy}", markup=False, highlight=False, soft_wrap=True)
    broken = [finding for finding in findings if finding.health is Health.BROKEN]
    if broken:
        raise Misconfigured(
            ", ".join(finding.what for finding in broken) + ": see the remedy above"
        )
