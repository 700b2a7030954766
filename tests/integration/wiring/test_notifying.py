import socket
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from builders.records import a_client, a_snapshot_run
from umschlag.kernel.periods import business_date_of
from umschlag.storage.records.models import Notification, NotificationKind
from umschlag.wiring.notifying import News, tell

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
A_DAY = timedelta(days=1)


class Mailbox:
    """Keeps what a real SMTP server takes in; refuses every mail when `answer` says so."""

    def __init__(self, answer="250 OK"):
        self.answer = answer
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return self.answer


@pytest.fixture
def smtp(settings):
    # pytest-django puts a list in the place of the mail server; here the real path is wanted.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    running = []

    def start(mailbox):
        controller = Controller(mailbox, hostname="127.0.0.1", port=a_free_port())
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mailing(settings_in, port, **values):
    return settings_in(smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False, **values)


def text_of(mail):
    return mail.get_payload(decode=True).decode()


@pytest.mark.parametrize(
    "kind",
    [
        NotificationKind.ALLOCATION_DONE,
        NotificationKind.INSUFFICIENT_BALANCE,
        NotificationKind.UNGATING_CHANGED,
        NotificationKind.PREORDER_ARRIVED,
        NotificationKind.TRUCKLOAD_READY,
        NotificationKind.JOB_FAILED,
    ],
)
def test_news_of_every_kind_reaches_the_dashboard_and_the_mail_box(settings_in, smtp, kind):
    mailbox = Mailbox()
    settings = mailing(settings_in, smtp(mailbox))
    client = a_client("Übersee Größen GmbH")

    [record] = tell(
        settings,
        [News(kind=kind, title="Für Übersee: 3 Körbe", body="Maße ≤ 1,2 m", client_id=client.pk)],
    )

    record.refresh_from_db()
    assert record.kind == kind
    assert record.client == client
    assert record.emailed_at is not None
    assert record.email_error == ""
    [(receivers, mail)] = mailbox.mails
    assert receivers == ["allocation@profitzon.net"]
    assert str(make_header(decode_header(mail["Subject"]))) == "Umschlag: Für Übersee: 3 Körbe"
    assert "Maße ≤ 1,2 m" in text_of(mail)


def test_news_that_is_taken_back_is_not_mailed(settings_in, smtp):
    mailbox = Mailbox()
    settings = mailing(settings_in, smtp(mailbox))

    with transaction.atomic():
        tell(settings, [News(kind=NotificationKind.ALLOCATION_DONE, title="Done", body="All")])
        transaction.set_rollback(True)

    assert mailbox.mails == []


def test_several_pieces_of_news_are_one_mail(settings_in, smtp):
    mailbox = Mailbox()
    settings = mailing(settings_in, smtp(mailbox), notify_to=["a@example.com", "b@example.com"])
    news = [
        News(kind=NotificationKind.PREORDER_ARRIVED, title=f"Preorder {number}", body="arrived")
        for number in range(3)
    ]

    tell(settings, news)

    [(receivers, mail)] = mailbox.mails
    assert receivers == ["a@example.com", "b@example.com"]
    assert "3" in str(make_header(decode_header(mail["Subject"])))
    assert all(f"Preorder {number}" in text_of(mail) for number in range(3))


def test_a_mail_server_that_is_down_loses_nothing(settings_in, smtp):
    settings = mailing(settings_in, a_free_port())

    tell(settings, [News(kind=NotificationKind.TRUCKLOAD_READY, title="26 pallets", body="Go")])

    record = Notification.objects.get()
    assert record.emailed_at is None
    assert "Refused" in record.email_error


def test_a_mail_server_that_refuses_is_quoted_on_the_record(settings_in, smtp):
    settings = mailing(settings_in, smtp(Mailbox(answer="550 no such box")))

    tell(settings, [News(kind=NotificationKind.TRUCKLOAD_READY, title="26 pallets", body="Go")])

    record = Notification.objects.get()
    assert record.emailed_at is None
    assert "no such box" in record.email_error


def test_a_title_of_several_lines_cannot_add_a_header(settings_in, smtp):
    mailbox = Mailbox()
    settings = mailing(settings_in, smtp(mailbox))

    tell(
        settings,
        [News(kind=NotificationKind.JOB_FAILED, title="broken\nBcc: x@example.com", body="text")],
    )

    [(receivers, mail)] = mailbox.mails
    assert receivers == ["allocation@profitzon.net"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Umschlag: broken Bcc: x@example.com"


def test_an_address_that_cannot_be_one_is_quoted_on_the_record(settings_in, smtp):
    settings = mailing(settings_in, smtp(Mailbox()), notify_from="two\nlines@example.com")

    tell(settings, [News(kind=NotificationKind.ALLOCATION_DONE, title="Done", body="All")])

    assert "newlines" in Notification.objects.get().email_error


def test_without_a_mail_server_the_dashboard_alone_is_told(settings_in):
    tell(settings_in(), [News(kind=NotificationKind.ALLOCATION_DONE, title="Done", body="All")])

    record = Notification.objects.get()
    assert record.emailed_at is None
    assert record.email_error == ""


def test_no_news_is_no_mail(settings_in, smtp):
    mailbox = Mailbox()

    assert tell(mailing(settings_in, smtp(mailbox)), []) == []
    assert mailbox.mails == []
    assert django_settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def test_a_mail_says_as_of_when_the_figures_are(settings_in, smtp):
    mailbox = Mailbox()
    settings = mailing(settings_in, smtp(mailbox), language="de")
    a_snapshot_run(business_date=business_date_of(timezone.now(), settings.zone) - A_DAY * 2)

    [record] = tell(settings, [News(kind=NotificationKind.JOB_FAILED, title="T", body="B")])

    [(_receivers, mail)] = mailbox.mails
    head, _mark, footer = text_of(mail).partition("\r\n-- \r\n")
    assert head.split() == ["T", "B"]
    assert footer.startswith("Der letzte vollständige Snapshot ist 2 Tage alt (Bestand vom ")
    assert record.body == "B"


def test_a_mail_before_the_first_snapshot_has_no_footer(settings_in, smtp):
    mailbox = Mailbox()

    tell(
        mailing(settings_in, smtp(mailbox)),
        [News(kind=NotificationKind.JOB_FAILED, title="T", body="B")],
    )

    [(_receivers, mail)] = mailbox.mails
    assert text_of(mail).split() == ["T", "B"]
