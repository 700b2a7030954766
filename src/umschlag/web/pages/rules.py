"""What a rule that is being written would match now."""

from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import MovementRule
from umschlag.web.admin.money import MajorUnitsField, is_money, money_label
from umschlag.web.admin.rule_form import RuleForm
from umschlag.web.loose import Loose
from umschlag.web.pages.frame import staff_page
from umschlag.wiring import amounts

_FIELDS = [
    "verdict",
    "scope",
    "scope_value",
    "price_minor_min",
    "price_minor_max",
    "days_sold_threshold",
    "stock_turnover_threshold",
    "stock_units_min",
    "stock_value_minor_min",
    "days_of_supply_max",
]


def _field(db_field: Loose, **options: Loose) -> Loose:
    if is_money(db_field):
        return MajorUnitsField(required=False, label=lazy(money_label, str)(db_field))
    return db_field.formfield(**options)


_RuleForm = modelform_factory(
    MovementRule, form=RuleForm, fields=_FIELDS, formfield_callback=_field
)


@staff_page("records.view_movementrule")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Return as JSON how many articles the entered rule matches and what their stock is worth."""
    form = _RuleForm(request.POST)
    if not form.is_valid():
        problems = [
            f"{form.fields[name].label if name in form.fields else name}: {' '.join(map(str, why))}"
            for name, why in form.errors.items()
        ]
        return JsonResponse({"problem": " ".join(problems)})
    from umschlag.wiring.rule_preview import preview_rule

    try:
        found = preview_rule(load_settings(), {**form.cleaned_data, "name": _("preview")})
    except UmschlagError as error:
        return JsonResponse({"problem": error.message})
    if not found.count:
        return JsonResponse({"problem": _("Matches 0 articles. Check the scope and the bounds.")})
    count = ngettext("Matches %s article", "Matches %s articles", found.count) % (
        amounts.count_text(found.count)
    )
    return JsonResponse({"text": f"{count}, {amounts.money_text(found.value, whole=True)}"})
