from umschlag.kernel.errors import BadRow, UmschlagError
from umschlag.kernel.outcomes import Problem, SyncOutcome


def test_a_bad_row_names_file_row_and_field():
    error = BadRow("'x' is no number", source="orders.csv", row=17, field="quantity")

    assert str(error) == "orders.csv, row 17, quantity: 'x' is no number"
    assert error.field == "quantity"
    assert isinstance(error, UmschlagError)


def test_an_outcome_counts_its_problems_as_skipped():
    outcome = SyncOutcome(
        source="sheet", read_count=3, problems=(Problem(place="row 2", message="no ASIN"),)
    )

    assert outcome.skipped_count == 1
    assert str(outcome.problems[0]) == "row 2: no ASIN"
