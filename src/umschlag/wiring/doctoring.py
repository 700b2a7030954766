"""What is configured, reachable and missing, each finding with its remedy.

Nothing of Django's is imported at the top: it may be what is broken.
"""

import shutil
import smtplib
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from umschlag.kernel.errors import Misconfigured, UmschlagError
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import Progress, untold
from umschlag.settings import Settings
from umschlag.wiring.var_dir import require_writable

BACKUP_AGE_HOURS_MAX = 48
FREE_BYTES_MIN = 1_000_000_000
SMTP_SECONDS_MAX = 10.0
_CONNECT = (
    "to read your own systems, set UMSCHLAG_MODE=production: docs/runbooks/going-to-production.md"
)

Look = Callable[[Settings], str]
"""Logs in to an outside system, reads little, and says in a few words what it saw."""


class Health(StrEnum):
    """Whether a thing works, is not set up, or needs someone."""

    GOOD = "good"
    UNSET = "unset"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `remedy` is empty where nothing needs doing."""

    what: str
    health: Health
    said: str
    remedy: str = ""


def first_findings(settings: Settings) -> list[Finding]:
    """Look at what everything else needs: Python, folder, room, secrets."""
    return [_python(), _folder(settings), _room(settings), _secrets(settings)]


def records_findings(
    settings: Settings, *, check_lake: bool = False, progress: Progress = untold
) -> list[Finding]:
    """Look at the records and all that stands on them. Needs Django to be loaded.

    `check_lake` reads every file, which takes long; `progress` hears of it.
    """
    from umschlag.wiring.ledger_findings import ledger_findings
    from umschlag.wiring.mirroring import mirror_findings

    records = _records()
    findings = [records]
    if records.health is Health.GOOD:
        from umschlag.wiring import lake_findings

        findings += [
            _snapshots(settings),
            *_ways_around(),
            lake_findings.lake_files_finding(settings),
            _current_state(settings),
            lake_findings.compaction_finding(),
            *mirror_findings(settings),
            *ledger_findings(),
            _backups(settings),
        ]
        if check_lake:
            findings.append(lake_findings.lake_contents_finding(settings, progress))
    return [*findings, _mail(settings)]


def outside_findings(settings: Settings, looks: Mapping[str, tuple[Look, str]]) -> list[Finding]:
    """Log in to each outside system; `looks` are those of `wiring.logins`.

    The demo's systems run only while `umschlag run` does, so their absence is no fault.
    """
    from umschlag.wiring.own_data import holds_own_sales_alone

    if holds_own_sales_alone(settings):
        return [
            Finding(
                what="Outside systems",
                health=Health.UNSET,
                said="none is asked: this folder holds your own sales, and mode is demo",
                remedy=_CONNECT,
            )
        ]
    if settings.mode == "demo" and not _listens(settings.simulators_port):
        return [
            Finding(
                what="Outside systems",
                health=Health.UNSET,
                said="the demo's are not running",
                remedy="`umschlag run` starts them; `umschlag simulators` serves them alone",
            )
        ]
    return [_outside(settings, what, *look) for what, look in looks.items()]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(what="Python", health=Health.GOOD, said=f"{version} in {sys.prefix}")


def _folder(settings: Settings) -> Finding:
    folder = settings.var_dir.absolute()
    try:
        require_writable(folder)
    except OSError as error:
        return Finding(
            what="Folder",
            health=Health.BROKEN,
            said=f"{folder} cannot be written: {error.strerror}",
            remedy="give this user the right to write it, or set UMSCHLAG_VAR_DIR",
        )
    return Finding(what="Folder", health=Health.GOOD, said=str(folder))


def _room(settings: Settings) -> Finding:
    folder = settings.var_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    said = f"{free / 1e9:.1f} GB free"
    if free >= FREE_BYTES_MIN:
        return Finding(what="Room on disk", health=Health.GOOD, said=said)
    return Finding(
        what="Room on disk",
        health=Health.BROKEN,
        said=said,
        remedy="make room: a snapshot or backup that does not fit is refused whole",
    )


def _secrets(settings: Settings) -> Finding:
    own = [
        name
        for name in ("secret_key", "encryption_key")
        if not getattr(settings, name).get_secret_value()
    ]
    if not own:
        return Finding(what="Secrets", health=Health.GOOD, said="set")
    return Finding(
        what="Secrets",
        health=Health.GOOD,
        said=f"the demo's own, kept in {settings.var_dir.absolute()}; production needs set ones "
        "(`umschlag doctor --make-secrets`)",
    )


def _records() -> Finding:
    from django.db import DatabaseError, connection

    from umschlag.storage.records.tables import pending_migrations

    try:
        pending = pending_migrations()
    except DatabaseError as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        return Finding(
            what="Records",
            health=Health.BROKEN,
            said=f"{connection.vendor} does not answer: {reason}",
            remedy="check DATABASE_URL, and that the database runs and knows this user",
        )
    if pending:
        return Finding(
            what="Records",
            health=Health.BROKEN,
            said=f"{pending} migrations are missing",
            remedy="make a backup if there is something to lose, then `umschlag setup-records`",
        )
    return Finding(what="Records", health=Health.GOOD, said=f"{connection.vendor}, up to date")


def _snapshots(settings: Settings) -> Finding:
    from umschlag.storage.records.models import RunStatus, SnapshotRun

    newest = (
        SnapshotRun.objects.filter(status=RunStatus.COMPLETE).order_by("-business_date").first()
    )
    if newest is None:
        from umschlag.wiring.own_data import holds_own_sales_alone

        own = holds_own_sales_alone(settings)
        return Finding(
            what="Snapshots",
            health=Health.UNSET,
            said="none taken yet",
            remedy=_CONNECT if own else "`umschlag snapshot` takes the first one",
        )
    today = business_date_of(datetime.now(UTC), settings.zone)
    age_days = (today - newest.business_date).days
    said = f"newest is of {newest.business_date}, {newest.row_count} articles"
    if age_days <= 1:
        return Finding(what="Snapshots", health=Health.GOOD, said=said)
    failed = SnapshotRun.objects.filter(status=RunStatus.FAILED).order_by("-started_at").first()
    reason = f"; the last try failed: {failed.error}" if failed else ""
    return Finding(
        what="Snapshots",
        health=Health.BROKEN,
        said=f"{said}, {age_days} days ago{reason}",
        remedy="is the worker running? see docs/runbooks/when-a-snapshot-fails.md",
    )


def _ways_around() -> list[Finding]:
    """Say which of Plentymarkets' usual routes the newest snapshot could not read, and why."""
    from umschlag.connectors.plentymarkets.routes import WAY_AROUND
    from umschlag.storage.records.models import RunStatus, SnapshotRun

    newest = (
        SnapshotRun.objects.filter(status=RunStatus.COMPLETE).order_by("-business_date").first()
    )
    lines = [] if newest is None else map(str, newest.skipped)
    return [
        Finding(
            what="Plentymarkets routes",
            health=Health.UNSET,
            said=line.removeprefix(f"{WAY_AROUND}: "),
            remedy="the picture is whole all the same; it takes more calls",
        )
        for line in lines
        if line.startswith(f"{WAY_AROUND}: ")
    ]


def _current_state(settings: Settings) -> Finding:
    from umschlag.storage.lake.current_state import compare_current
    from umschlag.wiring.lake import open_lake

    try:
        found = compare_current(open_lake(settings))
    except (OSError, ValueError) as error:
        # A file that is missing or cut off; pyarrow's own errors are both of these kinds.
        return Finding(
            what="Articles",
            health=Health.BROKEN,
            said=f"cannot be held against the lake: {error}",
            remedy="`umschlag restore FILE --replace` brings back the newest backup",
        )
    if found.business_date is None:
        return Finding(what="Articles", health=Health.UNSET, said="no snapshot was taken yet")
    if found.agrees:
        return Finding(
            what="Articles",
            health=Health.GOOD,
            said=f"records are as the lake has them on {found.business_date}",
        )
    counts = (
        f"records stand at {found.records_date}, the lake at {found.business_date}: "
        f"{len(found.missing)} missing, {len(found.extra)} too many, {len(found.different)} differ"
    )
    first = next(
        (f"; first {one.sku}: {', '.join(one.fields)}" for one in found.different),
        "".join(f"; first {sku}" for sku in [*found.missing, *found.extra][:1]),
    )
    return Finding(
        what="Articles",
        health=Health.BROKEN,
        said=counts + first,
        remedy="`umschlag doctor --repair` brings the records to the newest snapshot",
    )


def _backups(settings: Settings) -> Finding:
    from umschlag.storage.records.models import Backup

    newest = Backup.objects.order_by("-made_at").first()
    if newest is None:
        return Finding(
            what="Backups",
            health=Health.UNSET,
            said="none made yet",
            remedy=f"`umschlag backup` makes one; the worker makes one daily at "
            f"{settings.backup_at}",
        )
    hours = (datetime.now(UTC) - newest.made_at).total_seconds() / 3600
    said = f"newest is {hours:.0f} h old: {newest.path}"
    if hours <= BACKUP_AGE_HOURS_MAX:
        return Finding(what="Backups", health=Health.GOOD, said=said)
    return Finding(
        what="Backups",
        health=Health.BROKEN,
        said=said,
        remedy="is the worker running? `umschlag backup` makes one now",
    )


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_host:
        return Finding(
            what="E-mail",
            health=Health.UNSET,
            said="no mail server is set; notices are shown on the dashboard alone",
            remedy="set UMSCHLAG_SMTP_HOST, UMSCHLAG_NOTIFY_FROM and UMSCHLAG_NOTIFY_TO",
        )
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(
            settings.smtp_host, settings.smtp_port, timeout=SMTP_SECONDS_MAX
        ) as server:
            if settings.smtp_starttls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            what="E-mail",
            health=Health.BROKEN,
            said=f"{place} does not take our mail: {type(error).__name__}: {error}",
            remedy="check UMSCHLAG_SMTP_HOST, _PORT, _USER, _PASSWORD and _STARTTLS",
        )
    receivers = ", ".join(settings.notify_to)
    return Finding(what="E-mail", health=Health.GOOD, said=f"{place} answers; goes to {receivers}")


def _outside(settings: Settings, what: str, look: Look, settings_needed: str) -> Finding:
    try:
        return Finding(what=what, health=Health.GOOD, said=look(settings))
    except Misconfigured as error:
        return Finding(what=what, health=Health.UNSET, said="not configured", remedy=error.message)
    except UmschlagError as error:
        return Finding(
            what=what,
            health=Health.BROKEN,
            said=error.message,
            remedy=f"check {settings_needed}, and that the system is up",
        )


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
