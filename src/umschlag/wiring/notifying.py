"""Telling people: a record on the dashboard, and e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from umschlag.settings import Settings
from umschlag.storage.records.models import Notification, NotificationKind
from umschlag.wiring.freshness import freshness_lines, freshness_of

SMTP_SECONDS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that people should know; `client_id` is the record's key, where it is about one."""

    kind: NotificationKind
    title: str
    body: str
    client_id: int | None = None


def tell(settings: Settings, news: Sequence[News]) -> list[Notification]:
    """Put the news on the dashboard and send it as one e-mail; return the records.

    A mail server that fails loses nothing: the record keeps the error and shows it.
    """
    now = timezone.now()
    records = [
        Notification.objects.create(
            kind=item.kind,
            # On one line, since a mail's subject cannot hold a line break.
            title=" ".join(item.title.split())[:200],
            body=item.body,
            client_id=item.client_id,
            created_at=now,
        )
        for item in news
    ]
    if records and settings.smtp_host:
        # What is taken back after all must not be in anybody's mail box.
        transaction.on_commit(partial(_mail, settings, records))
    return records


def _mail(settings: Settings, records: list[Notification]) -> None:
    # A page's reader may use another language than those who are mailed.
    with translation.override(settings.language):
        _send(settings, records, footer=freshness_lines(freshness_of(settings)))


def _mail_server(settings: Settings) -> BaseEmailBackend:
    return get_connection(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        use_tls=settings.smtp_starttls,
        timeout=SMTP_SECONDS_MAX,
    )


def _send(settings: Settings, records: list[Notification], *, footer: list[str]) -> None:
    subject = records[0].title if len(records) == 1 else _("%d notices") % len(records)
    parts = [f"{record.title}\n{record.body}" for record in records]
    if footer:
        # As mail programs part a signature from the text.
        parts.append("\n".join(["-- ", *footer]))
    body = "\n\n".join(parts)
    message = EmailMessage(
        subject=f"Umschlag: {subject}",
        body=body,
        from_email=settings.notify_from,
        to=settings.notify_to,
        connection=_mail_server(settings),
    )
    try:
        message.send()
    except (OSError, ValueError) as error:
        # smtplib's errors are OSErrors, bad addresses ValueErrors: the news is safe already.
        for record in records:
            record.email_error = f"{type(error).__name__}: {error}"
    else:
        now = timezone.now()
        for record in records:
            record.emailed_at = now
    Notification.objects.bulk_update(records, ["email_error", "emailed_at"])
