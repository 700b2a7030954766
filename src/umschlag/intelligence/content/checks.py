"""What must hold for every product text before a person sees it.

Limits and forbidden content follow Amazon's product title requirements and the bullet point rule
of 15 August 2024; categories may be stricter.
"""

import re
from collections.abc import Iterator

from umschlag.intelligence.content.model import Fault, ProductFacts, ProductText

TITLE_CHARACTERS_MAX = 200
BULLETS_MAX = 5
BULLET_CHARACTERS_MIN = 10
BULLET_CHARACTERS_MAX = 250
DESCRIPTION_CHARACTERS_MAX = 2_000

_FORBIDDEN_CHARACTERS = re.compile(
    r"[™®©€$£…†‡¢¥~!*?_^¬{}#<>|;]|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
_CONTACTS = re.compile(r"https?://|www\.|\b[\w.+-]+@[\w-]+\.\w+|\+\d[\d /-]{6,}", re.IGNORECASE)
_ASIN = re.compile(r"\bB0[A-Z0-9]{8}\b")
_CLAIMS = re.compile(
    r"\b(?:guarantee\w*|warrant\w*|money[- ]back|free shipping|best[- ]?seller|best price|"
    r"cheap\w*|discount\w*|on sale|limited time|today only|new arrival|in stock|reviews?|"
    r"(?:geld-zurück-)?garantie\w*|versandkostenfrei|gratisversand|bestseller|bestpreis|billig\w*|"
    r"rabatt\w*|sonderangebot\w*|nur heute|nur kurze zeit|neuheit|auf lager|bewertung\w*|"
    r"n/a|not applicable|tbd)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def faults_of(text: ProductText, facts: ProductFacts) -> tuple[Fault, ...]:
    """Return everything that is wrong with the text; nothing where a person may read it."""
    return (
        *_length_faults(text),
        *(
            fault
            for place, words in _places(text)
            for fault in (*_forbidden(place, words), *_unfounded(place, words, facts))
        ),
    )


def _places(text: ProductText) -> Iterator[tuple[str, str]]:
    yield "title", text.title
    for number, bullet in enumerate(text.bullets, start=1):
        yield f"bullet {number}", bullet
    yield "description", text.description


def _length_faults(text: ProductText) -> Iterator[Fault]:
    limits = [
        ("title", text.title, 1, TITLE_CHARACTERS_MAX),
        ("description", text.description, 1, DESCRIPTION_CHARACTERS_MAX),
    ]
    limits += [
        (f"bullet {number}", bullet, BULLET_CHARACTERS_MIN, BULLET_CHARACTERS_MAX)
        for number, bullet in enumerate(text.bullets, start=1)
    ]
    if not 1 <= len(text.bullets) <= BULLETS_MAX:
        message = f"{len(text.bullets)} bullets; write one to {BULLETS_MAX}"
        yield Fault(place="bullets", message=message)
    for place, words, least, most in limits:
        length = len(words.strip())
        if length < least:
            yield Fault(place=place, message=f"too short: {length} of at least {least} characters")
        elif length > most:
            yield Fault(place=place, message=f"too long: {length} of at most {most} characters")


def _forbidden(place: str, words: str) -> Iterator[Fault]:
    for kind, pattern in (
        ("character", _FORBIDDEN_CHARACTERS),
        ("contact", _CONTACTS),
        ("ASIN", _ASIN),
        ("claim", _CLAIMS),
    ):
        found = pattern.search(words)
        if found:
            yield Fault(place=place, message=f"forbidden {kind} {found[0]!r}; leave it out")


def _unfounded(place: str, words: str, facts: ProductFacts) -> Iterator[Fault]:
    founded = founded_numbers(facts)
    for number in _NUMBER.findall(words):
        if number.replace(",", ".") not in founded:
            yield Fault(place=place, message=f"{number} is in none of the facts; leave it out")


def founded_numbers(facts: ProductFacts) -> frozenset[str]:
    """Return every number that the facts allow, with a point before decimals.

    Grams may be written as kilograms, millimetres as centimetres.
    """
    numbers: set[str] = set()
    for name, value in facts.told().items():
        if isinstance(value, str):
            numbers |= {found.replace(",", ".") for found in _NUMBER.findall(value)}
            continue
        numbers.add(str(value))
        divisor = {"_g": 1000, "_mm": 10}.get(name[name.rfind("_") :])
        if divisor:
            numbers |= {f"{value / divisor:g}", f"{value / divisor:.1f}", f"{value / divisor:.2f}"}
    return frozenset(numbers)
