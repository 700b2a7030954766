"""The web project as a Django app, for its templates, static files and translations."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the app."""

    name = "umschlag.web"
    label = "web"
