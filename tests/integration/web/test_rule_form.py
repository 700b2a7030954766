"""The form of a Penner/Renner rule, given what people type wrongly: told clearly, nothing lost."""

import json

import pytest

from builders import web as build
from umschlag.storage.records.models import MovementRule

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ADD = "/admin/records/movementrule/add/"
FIELDS = [
    *("scope_value", "price_minor_min", "price_minor_max", "stock_turnover_threshold"),
    *("stock_units_min", "stock_value_minor_min", "days_of_supply_max"),
]
RULE = dict.fromkeys(FIELDS, "") | {
    "name": "Mine",
    "verdict": "penner",
    "priority": "10",
    "is_enabled": "on",
    "scope": "all",
    "days_sold_threshold": "90",
}


def send(browser, language="en", **values):
    return browser.post(ADD, RULE | values, headers={"accept-language": language}, follow=True)


def errors_of(answer):
    return {
        name: [str(why) for why in told]
        for name, told in answer.context["adminform"].form.errors.items()
    }


@pytest.mark.parametrize(
    ("language", "values", "told"),
    [
        (
            "en",
            {"days_sold_threshold": "ninety", "stock_units_min": "many"},
            {
                "days_sold_threshold": ["Enter a whole number."],
                "stock_units_min": ["Enter a whole number."],
            },
        ),
        (
            "de",
            {"days_sold_threshold": "", "stock_turnover_threshold": "hoch"},
            {"stock_turnover_threshold": ["Bitte eine Zahl eingeben."]},
        ),
        (
            "de",
            {"stock_value_minor_min": "zwanzig"},
            {"stock_value_minor_min": ["Geben Sie einen Betrag an, etwa 12,50."]},
        ),
        (
            "en",
            {"days_sold_threshold": "-5", "stock_turnover_threshold": "-1"},
            {
                "days_sold_threshold": ["Ensure this value is greater than or equal to 1."],
                "stock_turnover_threshold": ["Ensure this value is greater than or equal to 0."],
            },
        ),
        (
            "en",
            {"days_sold_threshold": "0"},
            {"days_sold_threshold": ["Ensure this value is greater than or equal to 1."]},
        ),
        (
            "en",
            {"days_sold_threshold": "2000000000"},
            {"days_sold_threshold": ["Ensure this value is less than or equal to 1095."]},
        ),
        (
            "de",
            {"days_sold_threshold": "", "stock_turnover_threshold": "0"},
            {
                "stock_turnover_threshold": [
                    "Geben Sie einen Umschlag über 0 an: Keiner liegt unter 0, und jeder ist "
                    "mindestens 0."
                ]
            },
        ),
        (
            "de",
            {"scope_value": "Garten"},
            {
                "scope": [
                    "Wählen Sie den Geltungsbereich, zu dem „Garten“ gehört, oder leeren Sie das "
                    "Feld „Gilt nur für“."
                ]
            },
        ),
    ],
)
def test_each_problem_is_told_once_at_its_field_and_what_was_typed_stays(
    browser, language, values, told
):
    answer = send(browser, language, **values)

    assert errors_of(answer) == told
    assert not MovementRule.objects.exists()
    form = answer.context["adminform"].form
    assert {name: form[name].value() for name in values} == values
    assert form["name"].value() == "Mine"


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Nothing is in the scope “Mars” (category) today"),
        ("de", "Im Geltungsbereich „Mars“ (Kategorie) ist heute nichts"),
    ],
)
def test_a_scope_that_nothing_is_in_is_saved_and_told(browser, language, says):
    build.an_article(category="Garden")

    page = send(browser, language, scope="category", scope_value="Mars").content.decode()

    assert says in page
    assert MovementRule.objects.get().scope_value == "Mars"


def test_a_scope_that_something_is_in_in_any_case_needs_no_caution(browser):
    build.an_article(category="Garden")

    page = send(browser, scope="category", scope_value="gARDEN").content.decode()

    assert "Nothing is in the scope" not in page
    assert MovementRule.objects.exists()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Where both match, the first by name decides: “Lies for 90 days”."),
        ("de", "Wo beide passen, entscheidet die nach dem Namen erste: „Lies for 90 days“."),
    ],
)
def test_two_rules_of_one_priority_are_told_which_decides(browser, language, says):
    build.a_rule(priority=10)
    build.a_rule("Switched off", priority=10, is_enabled=False)

    page = send(browser, language).content.decode()

    assert says in page
    assert "Switched off" not in page.split("Lies for 90 days")[0].split("Priori")[-1]
    assert MovementRule.objects.count() == 3


@pytest.mark.parametrize(
    ("language", "field"), [("en", "Days without a sale: "), ("de", "Tage ohne Verkauf: ")]
)
def test_the_preview_names_the_field_of_a_problem(browser, language, field):
    answer = browser.post(
        "/rules/preview",
        RULE | {"days_sold_threshold": "x", "stock_value_minor_min": "y"},
        headers={"accept-language": language},
    )

    problem = json.loads(answer.content)["problem"]
    assert problem.startswith(field)
    assert {"en": "Stock of at least: ", "de": "Bestand ab: "}[language] in problem
