"""That one article follows another: told and taken back on the article's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.storage.records.models import Article
from umschlag.web.pages.frame import staff_page
from umschlag.wiring import successions


@staff_page("records.add_articlesuccession")
@require_POST
def follow(request: HttpRequest, article_id: int) -> HttpResponse:
    """Keep that the article follows another, or is followed by it."""
    article = get_object_or_404(Article, pk=article_id)
    other = request.POST.get("sku", "").strip()
    is_followed = request.POST.get("as") == "successor"
    predecessor, successor = (article.sku, other) if is_followed else (other, article.sku)
    try:
        from_date = parse_date(request.POST.get("from_date", ""))
    except ValueError:
        from_date = None
    if from_date is None:
        messages.error(request, _("Enter the day from which the successor is on sale."))
        return _back(article)
    by = request.user.get_username()
    try:
        told = successions.follow(predecessor, successor, from_date, by=by, at=timezone.now())
    except UmschlagError as error:
        text = successions.refusal_text(error, predecessor=predecessor, successor=successor)
        messages.error(request, text)
        return _back(article)
    messages.success(request, successions.told_text(told))
    return _back(article)


@staff_page("records.delete_articlesuccession")
@require_POST
def unfollow(request: HttpRequest, article_id: int) -> HttpResponse:
    """Forget that an article is followed."""
    article = get_object_or_404(Article, pk=article_id)
    predecessor = request.POST.get("predecessor", "")
    try:
        successor, _from_date = successions.unfollow(predecessor)
    except UmschlagError:
        messages.warning(request, _("That was taken back already."))
        return _back(article)
    text = _("%(successor)s does not follow %(predecessor)s any more.")
    messages.success(request, text % {"successor": successor, "predecessor": predecessor})
    return _back(article)


def _back(article: Article) -> HttpResponse:
    return redirect("pages:article", article_id=article.pk)
