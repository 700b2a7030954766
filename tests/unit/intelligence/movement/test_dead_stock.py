from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.dead_stock import dead_units


def dead(available, rate, *, idle=False):
    return alone(
        dead_units,
        available_units=available,
        daily_sales_units=rate,
        horizon_days=90,
        is_idle=idle,
    )


def test_what_the_rate_does_not_sell_in_the_horizon_is_dead():
    assert dead(100, 0.5) == 55


def test_what_the_rate_sells_is_rounded_up_so_that_nothing_about_to_go_is_dead():
    assert dead(100, 0.501) == 54


def test_an_idle_article_is_dead_to_the_last_unit():
    assert dead(100, 0.5, idle=True) == 100


def test_oversold_stock_is_not_dead():
    assert dead(-4, 0.0, idle=True) == 0


@given(
    available=st.integers(min_value=-100, max_value=10**6),
    rate=st.floats(min_value=-1, max_value=1e5),
    idle=st.booleans(),
)
def test_dead_stock_is_never_negative_and_never_more_than_there_is(available, rate, idle):
    assert 0 <= dead(available, rate, idle=idle) <= max(available, 0)


@given(
    available=st.integers(min_value=0, max_value=10**4),
    slow=st.floats(min_value=0, max_value=100),
    more=st.floats(min_value=0, max_value=100),
)
def test_selling_faster_never_makes_more_stock_dead(available, slow, more):
    assert dead(available, slow + more) <= dead(available, slow)
