"""The form of a Penner/Renner rule: each problem is told once, at the field that has it."""

from django.core.exceptions import ValidationError

from umschlag.web.admin.money import MoneyForm


class RuleForm(MoneyForm):
    """Says what is wrong with an entry, and not besides that it were missing."""

    def _update_errors(self, errors: ValidationError) -> None:
        """Take over what the model finds, but for fields whose entry could not be read."""
        if hasattr(errors, "error_dict"):
            unread = set(self.errors)
            if "stock_turnover_threshold" in unread:
                # One of the two is needed, and the other was entered, though not readably.
                unread.add("days_sold_threshold")
            kept = {name: why for name, why in errors.error_dict.items() if name not in unread}
            if not kept:
                return
            errors = ValidationError(kept)
        super()._update_errors(errors)  # type: ignore[misc]  # the stubs leave the hook out
