"""Answers that the API has given, kept so that a repeated request is answered alike."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """What a write with an `Idempotency-Key` was answered; written together with its effect.

    With status 0 a request is at work that takes long; `made_at` is then since when.
    Of key and request the checksums alone are kept: a key may be any text, and case counts.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_sha256 = models.CharField(max_length=64, editable=False)
    request_sha256 = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(_("status"))
    content_type = models.CharField(_("kind of content"), max_length=100)
    content = models.TextField(_("content"))
    made_at = models.DateTimeField(_("made"), db_index=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(fields=["user", "key_sha256"], name="answer_once_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.made_at:%Y-%m-%d %H:%M}"
