"""What people want to see again: the filters and the order of a list, under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """One person's name for what a list was narrowed to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("list"), max_length=40)
    """The name of the page's address."""
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("filters"), blank=True)
    """The part of the address that asks for it; a link with it shows the same to everybody."""

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_named_once")
        ]

    def __str__(self) -> str:
        return self.name
