"""What a rule that was saved may not do as it was meant: it stands, and its writer should know."""

from django.utils.translation import gettext as _

from umschlag.settings import Settings
from umschlag.storage.records.models import Article, MovementRule, RuleScope
from umschlag.wiring.movement_evidence import scope_values

_OF_ARTICLES = {
    RuleScope.CATEGORY: "category",
    RuleScope.MANUFACTURER: "manufacturer",
    RuleScope.SUPPLIER: "supplier",
}
_OF_THE_LAKE = frozenset({RuleScope.WAREHOUSE, RuleScope.MARKETPLACE})


def rule_cautions(settings: Settings, rule: MovementRule) -> list[str]:
    """Return sentences on a scope that nothing is in, and on rules of the same priority."""
    cautions = []
    if _is_nowhere(settings, rule):
        text = _(
            "Nothing is in the scope “%(value)s” (%(scope)s) today, so the rule matches no article."
        )
        cautions.append(text % {"value": rule.scope_value, "scope": rule.get_scope_display()})
    equal = MovementRule.objects.filter(priority=rule.priority, is_enabled=True).exclude(pk=rule.pk)
    names = list(equal.order_by("name").values_list("name", flat=True))
    if rule.is_enabled and names:
        first = min([*names, rule.name])
        text = _(
            "Priority %(priority)s is also that of %(others)s. Where both match, the first by name "
            "decides: “%(first)s”."
        )
        others = ", ".join(_("“%s”") % name for name in names)
        cautions.append(text % {"priority": rule.priority, "others": others, "first": first})
    return cautions


def _is_nowhere(settings: Settings, rule: MovementRule) -> bool:
    wanted = rule.scope_value.casefold()
    scope = RuleScope(rule.scope)
    if scope in _OF_ARTICLES:
        values = Article.objects.order_by().values_list(_OF_ARTICLES[scope], flat=True).distinct()
        return wanted not in {value.casefold() for value in values}
    if scope in _OF_THE_LAKE:
        return wanted not in {value.casefold() for value in scope_values(settings)}
    return False
