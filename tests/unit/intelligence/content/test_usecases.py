import pytest

from builders.content import a_text, the_facts
from umschlag.intelligence.content.model import Locale, UnknownLocale, Written, locale_of
from umschlag.intelligence.content.usecases import NothingToWriteAbout, draft_text
from umschlag.kernel.errors import Unreachable


class ScriptedWriter:
    """Answers with these texts, one after the other, and keeps what it was told to correct."""

    def __init__(self, *texts):
        self.texts = list(texts)
        self.corrections = []

    def write(self, facts, locale, *, to_correct=()):
        self.corrections.append(tuple(to_correct))
        return Written(text=self.texts.pop(0), writer="scripted", prompt_tokens=7)


class AbsentWriter:
    def write(self, facts, locale, *, to_correct=()):
        raise Unreachable("nobody there")


def test_a_good_text_is_taken_as_it_is():
    writer = ScriptedWriter(a_text())

    draft = draft_text(the_facts(), Locale.EN, writer=writer)

    assert (draft.problems, draft.attempts, draft.prompt_tokens) == ((), 1, 7)
    assert (draft.title, draft.bullets) == (a_text().title, a_text().bullets)


def test_a_bad_text_is_corrected_once_with_its_faults():
    writer = ScriptedWriter(a_text(title=""), a_text())

    draft = draft_text(the_facts(), Locale.EN, writer=writer)

    assert draft.problems == ()
    assert [fault.place for fault in writer.corrections[1]] == ["title"]


def test_a_text_that_stays_bad_comes_with_its_problems():
    writer = ScriptedWriter(a_text(title=""), a_text(title=""), a_text())

    draft = draft_text(the_facts(), Locale.EN, writer=writer)

    assert draft.attempts == 2
    assert [fault.place for fault in draft.problems] == ["title"]


def test_a_product_without_a_name_is_refused_before_anybody_writes():
    writer = ScriptedWriter()

    with pytest.raises(NothingToWriteAbout, match="HX-10007"):
        draft_text(the_facts(name=" "), Locale.EN, writer=writer)

    assert writer.corrections == []


def test_a_writer_that_does_not_answer_is_not_hidden():
    with pytest.raises(Unreachable):
        draft_text(the_facts(), Locale.EN, writer=AbsentWriter())


@pytest.mark.parametrize(
    ("text", "locale"),
    [("de", Locale.DE), ("de-at", Locale.DE), ("EN_gb", Locale.EN), (" en ", Locale.EN)],
)
def test_a_locale_is_known_by_its_language(text, locale):
    assert locale_of(text) is locale


def test_a_language_that_we_do_not_write_names_those_we_do():
    with pytest.raises(UnknownLocale, match="de, en"):
        locale_of("fr")


def test_only_known_facts_are_told():
    assert set(the_facts(brand="", weight_g=None).told()) == {
        "name",
        "category",
        "length_mm",
        "width_mm",
        "height_mm",
    }
