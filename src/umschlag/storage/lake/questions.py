"""Questions to the lake: SQL files in the rooms, in PostgreSQL's dialect.

A file starts with comment lines that say ``Answers:``, ``Parameters:`` and ``Cost:``; a line
``Units:`` says which days of `article_days`, `warehouse_days` and `bundle_parts` it needs: ``all``
(the default), ``newest``, ``as_of`` (the newest day not after the parameter of that name), or
``ends`` (the two days that the parameters `since` and `through` name).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

from umschlag.kernel.errors import BadInput, NotFound


class UnitsNeeded(StrEnum):
    """Which days' files a question is handed."""

    ALL = "all"
    NEWEST = "newest"
    AS_OF = "as_of"
    ENDS = "ends"


_CHOSEN_BY = {
    UnitsNeeded.AS_OF: frozenset({"as_of"}),
    UnitsNeeded.ENDS: frozenset({"since", "through"}),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question that the lake can answer."""

    name: str
    sql: str
    """As it stands in the file, in PostgreSQL's dialect."""
    tables: frozenset[str]
    """The data sets it names; its own named sub-queries are left out."""
    parameters: frozenset[str]
    answers: str = ""
    cost: str = ""
    units: UnitsNeeded = UnitsNeeded.ALL

    @classmethod
    def load(cls, package: str, name: str) -> "Question":
        """Return the question from the package's ``questions/<name>.sql``.

        Raises:
            NotFound: there is no such file.
            BadInput: the file is no single query.
        """
        return _loaded(package, name)

    @classmethod
    def parse(cls, sql: str, *, name: str) -> "Question":
        """Return the question that the text asks.

        Raises:
            BadInput: it is not exactly one query.
        """
        try:
            trees = [tree for tree in sqlglot.parse(sql, read="postgres") if tree is not None]
        except sqlglot.ParseError as error:
            raise BadInput(f"question {name}: {error}") from error
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise BadInput(f"question {name}: exactly one query is allowed in a file")
        tree = trees[0]
        defined = {cte.alias for cte in tree.find_all(exp.CTE)}
        named = {table.name for table in tree.find_all(exp.Table) if table.name}
        header = _header(sql)
        parameters = frozenset(
            placeholder.name for placeholder in tree.find_all(exp.Placeholder, exp.Parameter)
        )
        units = UnitsNeeded(header.get("units", "all").rstrip("."))
        lacking = sorted(_CHOSEN_BY.get(units, frozenset()) - parameters)
        if lacking:
            raise BadInput(
                f"question {name}: its units are chosen by :{lacking[0]}, which it lacks"
            )
        return cls(
            name=name,
            sql=sql,
            tables=frozenset(named - defined),
            parameters=parameters,
            answers=header.get("answers", ""),
            cost=header.get("cost", ""),
            units=units,
        )


@lru_cache(maxsize=1024)
def translated(sql: str, dialect: str) -> str:
    """Return a query that is written in PostgreSQL's dialect in that of another engine."""
    tree = sqlglot.parse_one(sql, read="postgres")
    # The comments are ours to read; handed on, they would only be parsed once more.
    return tree.sql(dialect=dialect, comments=False)


@lru_cache(maxsize=256)
def _loaded(package: str, name: str) -> Question:
    file = files(package).joinpath("questions", f"{name}.sql")
    if not file.is_file():
        raise NotFound(f"{package} has no questions/{name}.sql")
    return Question.parse(file.read_text(encoding="utf-8"), name=f"{package}/{name}")


def _header(sql: str) -> dict[str, str]:
    """Return the leading comment's entries; a line without a known word continues the last."""
    entries: dict[str, str] = {}
    current = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        word, colon, rest = text.partition(":")
        if colon and word.lower() in ("answers", "parameters", "cost", "units"):
            current = word.lower()
            entries[current] = rest.strip()
        elif current:
            entries[current] = f"{entries[current]} {text}".strip()
    return entries
