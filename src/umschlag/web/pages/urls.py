"""Addresses of our own pages."""

from django.urls import path

from umschlag.web.pages import (
    acting,
    article,
    corrections,
    forecast_quality,
    generator,
    history,
    pallet,
    profit,
    replenishment,
    report,
    rules,
    saved_views,
    stock_on_a_day,
    successions,
    verdict_changes,
)

app_name = "pages"
urlpatterns = [
    path("reports/penner-renner/", report.show, name="penner-renner"),
    path("reports/penner-renner/changes/", verdict_changes.show, name="verdict-changes"),
    path(
        "reports/penner-renner/changes.<str:ending>",
        verdict_changes.export,
        name="verdict-changes-export",
    ),
    path("reports/penner-renner/views", saved_views.save, name="save-view"),
    path(
        "reports/penner-renner/views/<int:view_id>/delete", saved_views.delete, name="delete-view"
    ),
    path("reports/penner-renner/<str:kind>", report.export, name="penner-renner-export"),
    path("reports/forecast-quality/", forecast_quality.show, name="forecast-quality"),
    path("reports/profit/", profit.show, name="profit"),
    path("reports/profit/<str:kind>", profit.export, name="profit-export"),
    path("replenishment/", replenishment.show, name="replenishment"),
    path("replenishment/accept", replenishment.accept, name="replenishment-accept"),
    path("replenishment/list.<str:ending>", replenishment.export, name="replenishment-export"),
    path("replenishment/<int:article_id>/", replenishment.article, name="replenishment-article"),
    path("what-to-do/", acting.show, name="what-to-do"),
    path("what-to-do/decide", acting.decide, name="what-to-do-decide"),
    path("what-to-do/<str:kind>", acting.export, name="what-to-do-export"),
    path("history/changes/", history.changes, name="changes"),
    path("history/stock-outs/", history.stock_out_list, name="stock-outs"),
    path("history/stock/", stock_on_a_day.show, name="stock"),
    path("history/stock.<str:ending>", stock_on_a_day.export, name="stock-export"),
    path("history/<str:kind>", history.export, name="history-export"),
    path("articles/<int:article_id>/", article.show, name="article"),
    path("articles/<int:article_id>/text-draft", article.draft, name="text-draft"),
    path("articles/<int:article_id>/follow", successions.follow, name="follow"),
    path("articles/<int:article_id>/unfollow", successions.unfollow, name="unfollow"),
    path("proposals/<int:proposal_id>/decide", article.decide, name="decide-proposal"),
    path("rules/preview", rules.preview, name="rule-preview"),
    path("carts/new/", generator.choose, name="generator"),
    path("allocation-runs/<int:run_id>/", generator.show, name="run"),
    path("allocation-runs/<int:run_id>/confirm", generator.confirm, name="confirm-run"),
    path("allocation-runs/<int:run_id>/discard", generator.discard, name="discard-run"),
    path("write-backs/new/", corrections.new, name="write-back-new"),
    path("write-backs/<int:run_id>/", corrections.show, name="write-back"),
    path("write-backs/<int:run_id>/progress", corrections.progress, name="write-back-progress"),
    path("write-backs/<int:run_id>/send", corrections.send, name="send-write-back"),
    path("pallets/<int:pallet_id>/", pallet.show, name="pallet"),
    path("pallets/<int:pallet_id>/packing-list/", pallet.packing, name="packing-list"),
]
