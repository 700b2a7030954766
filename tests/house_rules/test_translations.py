"""Every text that a person reads is there in German, and the compiled file says the same."""

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from house_rules.source_tree import CHECKOUT

SOURCE = CHECKOUT / "src" / "umschlag"
GERMAN = SOURCE / "locale" / "de" / "LC_MESSAGES"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
REMEDY = "see CONTRIBUTING.md: `make messages` collects and compiles the German texts"
DJANGOS_OWN = {"Home", "Django administration", "Django site admin", "Log in"}


@pytest.fixture(scope="module")
def german():
    with (GERMAN / "django.po").open("rb") as file:
        return read_po(file, locale="de")


def texts_in(path):
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What is left of a page is no Python to the tokenizer until its indents are gone.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    found = extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"})
    for _line, function, messages, _comments in found:
        texts = (messages,) if isinstance(messages, str) else messages or ()
        first = texts[1:2] if function.startswith(("pgettext", "npgettext")) else texts[:1]
        # A call with a variable has nothing to translate here.
        yield from (text for text in first if isinstance(text, str) and text)


def sources():
    python = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    return sorted([*python, *SOURCE.rglob("*.html")])


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_text_in_the_source_is_known_to_the_german_file(path, german):
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in german}

    unknown = sorted(set(texts_in(path)) - known - DJANGOS_OWN)

    assert not unknown, REMEDY


def test_every_text_is_translated_and_none_is_a_guess(german):
    open_texts = []
    for message in german:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            open_texts.append(message.id)

    assert not open_texts, REMEDY


def test_placeholders_are_the_same_in_both_languages(german):
    wrong = [(message.id, str(error)) for message in german for error in message.check()]

    assert not wrong


def test_the_compiled_file_holds_what_the_text_file_holds(german):
    with (GERMAN / "django.mo").open("rb") as file:
        compiled = read_mo(file)

    written = {_key(message): _strings(message) for message in german if message.id}
    stored = {_key(message): _strings(message) for message in compiled if message.id}

    assert stored == written, REMEDY


def _key(message):
    identity = message.id if isinstance(message.id, str) else tuple(message.id)
    context = message.context or None
    # Babel reads the context of a compiled text as bytes.
    return (context.decode() if isinstance(context, bytes) else context, identity)


def _strings(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_an_unknown_text_would_be_found(tmp_path):
    page = Path(tmp_path / "page.html")
    page.write_text("{% load i18n %}{% translate 'Quite new' %}", encoding="utf-8")

    assert list(texts_in(page)) == ["Quite new"]
