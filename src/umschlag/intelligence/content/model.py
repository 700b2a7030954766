"""Product texts: the facts they are made from, the text, and what the checks say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku


class Locale(StrEnum):
    """Languages that we write in."""

    DE = "de"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """All that may be said of a product. A text states nothing beyond it.

    The ERP's pack size is left out: it is how we order from the supplier, not what a buyer gets.
    """

    sku: Sku
    name: str
    brand: str = ""
    category: str = ""
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None

    def told(self) -> Mapping[str, str | int]:
        """Return the facts that are known, by name."""
        named: dict[str, str | int | None] = {
            "name": self.name,
            "brand": self.brand,
            "category": self.category,
            "weight_g": self.weight_g,
            "length_mm": self.length_mm,
            "width_mm": self.width_mm,
            "height_mm": self.height_mm,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductText:
    """One product's text in one language."""

    title: str
    bullets: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text with who wrote it and what that used; counts are None where it was not told."""

    text: ProductText
    writer: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a check found, where, and what to do."""

    place: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDraft:
    """A text before a person has seen it. With problems left, it is not to be used."""

    sku: Sku
    locale: Locale
    text: ProductText
    writer: str
    problems: tuple[Fault, ...]
    attempts: int
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def title(self) -> str:
        """The text's title."""
        return self.text.title

    @property
    def bullets(self) -> tuple[str, ...]:
        """The text's bullet points."""
        return self.text.bullets

    @property
    def description(self) -> str:
        """The text's description."""
        return self.text.description


class UnknownLocale(BadInput):
    """We do not write in this language."""


def locale_of(text: str) -> Locale:
    """Return the language of ``de``, ``de-at`` or ``EN_gb``.

    Raises:
        UnknownLocale: it is none that we write in.
    """
    language = text.strip().lower().replace("_", "-").partition("-")[0]
    try:
        return Locale(language)
    except ValueError:
        known = ", ".join(Locale)
        raise UnknownLocale(f"no texts in {text!r}; choose {known}", field="locale") from None
