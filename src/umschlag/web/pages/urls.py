"""Addresses of our own pages."""

from django.urls import path

from umschlag.web.pages import article, generator, pallet, profit, report, rules

app_name = "pages"
urlpatterns = [
    path("reports/penner-renner/", report.show, name="penner-renner"),
    path("reports/penner-renner/<str:kind>", report.export, name="penner-renner-export"),
    path("reports/profit/", profit.show, name="profit"),
    path("reports/profit/<str:kind>", profit.export, name="profit-export"),
    path("articles/<int:article_id>/", article.show, name="article"),
    path("articles/<int:article_id>/text-draft", article.draft, name="text-draft"),
    path("proposals/<int:proposal_id>/decide", article.decide, name="decide-proposal"),
    path("rules/preview", rules.preview, name="rule-preview"),
    path("carts/new/", generator.choose, name="generator"),
    path("allocation-runs/<int:run_id>/", generator.show, name="run"),
    path("allocation-runs/<int:run_id>/confirm", generator.confirm, name="confirm-run"),
    path("allocation-runs/<int:run_id>/discard", generator.discard, name="discard-run"),
    path("pallets/<int:pallet_id>/", pallet.show, name="pallet"),
    path("pallets/<int:pallet_id>/packing-list/", pallet.packing, name="packing-list"),
]
