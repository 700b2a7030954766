"""Days on the command line, as programs or Germans write them."""

from datetime import date, datetime

import typer

_FORMS = ("%Y-%m-%d", "%d.%m.%Y")


def day(text: str) -> date:
    """Return the day that the text names.

    Raises:
        BadParameter: it names none.
    """
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is no day; write it as 2026-10-31 or 31.10.2026")
