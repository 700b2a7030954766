"""Addresses."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from umschlag.web.api.root import api, root_api

# Before the first address is made: `admin.site.urls` tells only what is registered by then.
admin.autodiscover()

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="start"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", api.urls),
    path("", include("umschlag.web.pages.urls")),
    # The users' own tools call this one address without the prefix.
    path("", root_api.urls),
]
handler404 = "umschlag.web.api.problems.page_not_found"
