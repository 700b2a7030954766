"""A question to the history is a SQL file that says what it answers and what it costs."""

import re

import pytest

from house_rules.source_tree import PACKAGE, name_of

QUESTIONS = sorted(PACKAGE.rglob("questions/*.sql"))


def test_there_are_questions():
    assert QUESTIONS


@pytest.mark.parametrize("path", QUESTIONS, ids=name_of)
def test_a_question_says_what_it_answers_and_costs(path):
    header = "".join(
        line
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        if line[:2] == "--"
    )

    assert re.search(r"answers", header, re.IGNORECASE), "the header does not say what it answers"
    assert re.search(r"cost", header, re.IGNORECASE), "the header does not say what it costs"


@pytest.mark.parametrize("path", QUESTIONS, ids=name_of)
def test_a_question_binds_its_parameters(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"[{}%]", re.sub(r"--.*", "", text)), "values are bound, never pasted"
