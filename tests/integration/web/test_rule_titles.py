"""The rules to start with are told in the reader's language, a person's own ones as they are."""

import pytest
from django.utils.translation import override

from builders import web as build
from umschlag.storage.records.models import MovementRule
from umschlag.storage.records.movement import create_default_rules
from umschlag.wiring.rule_titles import rule_title

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize("kept_in", ["en", "de"])
@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "No sale for 120 days"), ("de", "120 Tage ohne Verkauf")],
)
def test_a_rule_to_start_with_is_named_in_the_language_of_the_reader(kept_in, language, name):
    with override(kept_in):
        create_default_rules(penner_days=120)
    kept = list(MovementRule.objects.order_by("priority").values_list("name", flat=True))

    with override(language):
        titles = [rule_title(one) for one in kept]

    assert titles[0] == name
    assert len(set(titles)) == 3


@pytest.mark.parametrize("name", ["My own", "No sale for ever", "Turnover below 12", ""])
def test_a_rule_that_a_person_named_keeps_its_name(name):
    with override("de"):
        assert rule_title(name) == name


def test_the_list_of_rules_speaks_german(client):
    client.force_login(build.a_superuser())
    create_default_rules(penner_days=90)

    shown = client.get(
        "/admin/records/movementrule/", headers={"accept-language": "de"}
    ).content.decode()

    assert "90 Tage ohne Verkauf" in shown
    assert "Umschlag unter 1" in shown
    assert "No sale for" not in shown
