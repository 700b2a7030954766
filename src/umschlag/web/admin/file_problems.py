"""What is wrong with a file or a row of it, in the words of the file and with the remedy."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

_EMPTY = {"null", "blank", "required"}


def missing_columns(needed: Iterable[str], headers: Iterable[object]) -> str:
    """Return what to say where the file lacks a column without which no row can be told apart."""
    there = [str(header) for header in headers]
    missing = ", ".join(name for name in needed if name not in there)
    if not missing:
        return ""
    return _(
        "The file has no column “%(missing)s”. Its columns: %(there)s."
        " Name the columns in the first line as in an export of this list."
    ) % {"missing": missing, "there": ", ".join(there) or "–"}


def in_words_of_the_file(
    error: ValidationError,
    *,
    columns: Mapping[str, str],
    row: Mapping[str, object],
    model: type[models.Model],
) -> ValidationError:
    """Return the error by columns of the file; `columns` names them by attribute."""
    by_attribute: Mapping[str, list[ValidationError]] = (
        error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    )
    told: dict[str, list[str]] = {}
    for attribute, problems in by_attribute.items():
        choices = _choices(model, attribute)
        for problem in problems:
            column, sentence = (
                _of_whole_row(problem, row)
                if attribute == NON_FIELD_ERRORS
                else _of_cell(problem, columns.get(attribute, attribute), row, choices)
            )
            told.setdefault(column, []).append(sentence)
    return ValidationError({column: list(sentences) for column, sentences in told.items()})


def _of_whole_row(problem: ValidationError, row: Mapping[str, object]) -> tuple[str, str]:
    sentence = " ".join(problem.messages)
    named = [word for word in re.findall(r"\w+", sentence) if word in row]
    if not named:
        return NON_FIELD_ERRORS, sentence
    cells = ", ".join(f"{column} = {row[column]}" for column in named)
    return ", ".join(named), f"{sentence} ({cells})"


def _of_cell(
    problem: ValidationError, column: str, row: Mapping[str, object], choices: str
) -> tuple[str, str]:
    if problem.code in _EMPTY:
        if column in row:
            return column, _("The cell is empty. Enter a value.")
        return column, _("The file has no such column, and a new record needs it. Add it.")
    value = str(row.get(column, ""))
    if problem.code == "invalid_choice" and choices:
        told = _("“%(value)s” is not known here. Write one of: %(known)s.")
        return column, told % {"value": value, "known": choices}
    sentence = " ".join(problem.messages)
    return column, sentence if value in sentence else f"“{value}”: {sentence}"


def _choices(model: type[models.Model], attribute: str) -> str:
    fields: dict[str, Any] = {field.name: field for field in model._meta.fields}
    known = fields[attribute].flatchoices if attribute in fields else []
    return ", ".join(str(choice) for choice, _label in known)
