from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.snapshots.rules import SKU_CHARACTERS_MAX, skus_by_variation


def test_the_merchant_s_number_is_the_sku():
    skus, problems = skus_by_variation([(1, "A"), (2, "B")])

    assert skus == {1: "A", 2: "B"}
    assert problems == ()


def test_a_re_created_article_continues_its_sku():
    before, _ = skus_by_variation([(7, "A")])
    after, _ = skus_by_variation([(500, "A")])

    assert before[7] == after[500]


def test_the_lowest_id_keeps_a_number_that_several_have():
    skus, problems = skus_by_variation([(9, "A"), (2, "A")])

    assert skus == {2: "A", 9: "#9"}
    assert "belongs to variation 2" in problems[0].message


def test_without_a_number_the_id_stands_in():
    skus, problems = skus_by_variation([(5, "")])

    assert skus == {5: "#5"}
    assert problems[0].place == "variation 5"


@given(
    st.dictionaries(
        st.integers(1, 50),
        st.sampled_from(["", "A", "B", "#1", "#2", "x" * 101]) | st.text(max_size=3),
    )
)
def test_every_variation_has_a_sku_of_its_own(numbers):
    skus, problems = skus_by_variation(numbers.items())

    assert skus.keys() == numbers.keys()
    assert len(set(skus.values())) == len(numbers)
    assert len(problems) == sum(sku == f"#{variation}" for variation, sku in skus.items())
    assert all(sku in (numbers[variation], f"#{variation}") for variation, sku in skus.items())
    assert all(len(sku) <= SKU_CHARACTERS_MAX for sku in skus.values())
