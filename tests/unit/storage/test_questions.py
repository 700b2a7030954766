import pytest

from umschlag.kernel.errors import BadInput, NotFound
from umschlag.storage.lake.questions import Question, UnitsNeeded, translated

SQL = """\
-- Answers: which SKUs are out of stock,
-- one row each.
-- Parameters: as_of, the business date.
-- Cost: one file.
-- Units: as_of
with empty as (select sku from article_days where on_hand_units <= 0 and business_date = :as_of)
select sku from empty
"""


def test_a_question_knows_its_header_tables_and_parameters():
    question = Question.parse(SQL, name="out_of_stock")

    assert question.answers == "which SKUs are out of stock, one row each."
    assert question.cost == "one file."
    assert question.units is UnitsNeeded.AS_OF
    assert question.tables == {"article_days"}
    assert question.parameters == {"as_of"}


def test_postgres_is_turned_into_the_engine_s_dialect():
    question = Question.parse(
        "select units::double precision / nullif(revenue_minor, 0) from sales where sku = :sku",
        name="q",
    )

    sql = translated(question.sql, "duckdb")
    assert "CAST(units AS DOUBLE)" in sql
    assert "$sku" in sql


@pytest.mark.parametrize(
    "sql", ["", "select 1; select 2", "drop table sales", "delete from sales", "select ("]
)
def test_anything_but_one_query_is_refused(sql):
    with pytest.raises(BadInput):
        Question.parse(sql, name="bad")


def test_a_question_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound, match="no_such"):
        Question.load("umschlag.intelligence.snapshots", "no_such")
