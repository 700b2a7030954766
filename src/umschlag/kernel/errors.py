"""Everything raised on purpose.

::

    UmschlagError
    ├── BadInput                a person or another system gave us something we cannot use
    │   ├── MalformedIdentifier
    │   ├── MalformedAmount
    │   └── BadRow              names the file or sheet, the row and the field
    ├── Refused                 a rule says no; rooms subclass it beside the rule
    ├── NotFound                the thing asked for does not exist (or is not yours to see)
    ├── OutsideSystemFailed     another system did not do its part
    │   ├── Unreachable
    │   ├── LoginRejected
    │   └── UnexpectedAnswer
    └── Misconfigured           a setting is missing or wrong; the message gives the cure
"""


class UmschlagError(Exception):
    """The root of everything raised on purpose.

    `field` names the argument or column at fault where there is one, so that a form, an API
    answer or an import preview can point at it.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class BadInput(UmschlagError):
    """A person or another system gave us something we cannot use."""


class MalformedIdentifier(BadInput):
    """The text is no valid identifier of its kind."""


class MalformedAmount(BadInput):
    """The text or number is no valid amount of money, weight or length."""


class BadRow(BadInput):
    """One row of a file or sheet cannot be used; the rest is not affected."""

    def __init__(self, message: str, *, source: str, row: int, field: str | None = None) -> None:
        place = f"{source}, row {row}" + (f", {field}" if field else "")
        super().__init__(f"{place}: {message}", field=field)
        self.source = source
        self.row = row


class Refused(UmschlagError):
    """A rule says no, and nothing was changed."""


class NotFound(UmschlagError):
    """The thing asked for does not exist, or is not the asker's to see."""


class OutsideSystemFailed(UmschlagError):
    """Another system did not do its part."""


class Unreachable(OutsideSystemFailed):
    """The other system did not answer in time, however often it was asked."""


class LoginRejected(OutsideSystemFailed):
    """The other system does not accept our credentials or our rights."""


class UnexpectedAnswer(OutsideSystemFailed):
    """The other system answered with something its contract does not allow."""


class Misconfigured(UmschlagError):
    """A setting is missing or wrong; the message gives the cure."""
