"""Django's settings, derived from the product's one typed settings object."""

from pathlib import Path
from typing import Any

import dj_database_url
import pymysql
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from umschlag.settings import load_settings
from umschlag.web.look import UNFOLD_LOOK
from umschlag.wiring.secrets import resolve_secrets

# Django speaks to MariaDB through a C library that a fresh machine cannot build; PyMySQL stands in.
pymysql.install_as_MySQLdb()

_ours = load_settings()
_secrets = resolve_secrets(_ours)
PACKAGE_DIR = Path(__file__).resolve().parent.parent
IS_DEMO = _ours.mode == "demo"

DEBUG = False
SECRET_KEY = _secrets.secret_key
UMSCHLAG_ENCRYPTION_KEY = _secrets.encryption_key
# The container's health check asks at its own address, whatever names the outside world uses.
ALLOWED_HOSTS = [*_ours.allowed_hosts, "127.0.0.1"]
ROOT_URLCONF = "umschlag.web.urls"
WSGI_APPLICATION = "umschlag.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "umschlag.web.apps.WebConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    # The back office's own rooms are loaded with the addresses (web/urls.py): a job that shows
    # nothing need not wait for them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "import_export",
    "ninja",
    "umschlag.storage.records.apps.RecordsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "umschlag.web.api.problems.problems_for_programs",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(_ours.records_url, conn_max_age=60)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE makes a writer wait instead of failing. The log it writes to: records/sqlite_log.py.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA synchronous=NORMAL;",
    }
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"]["OPTIONS"] = {"charset": "utf8mb4", "isolation_level": "read committed"}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

USE_TZ = True
TIME_ZONE = _ours.merchant_zone
LANGUAGE_CODE = _ours.language
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
FORMAT_MODULE_PATH = ["umschlag.web.formats"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# The back office finds its static files in the packages themselves: no collectstatic to forget,
# and so no folder to collect them in.
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not IS_DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
# A cell that begins with = is a program to Excel; what outsiders named must not become one.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _ours.smtp_host
EMAIL_PORT = _ours.smtp_port
EMAIL_HOST_USER = _ours.smtp_user
EMAIL_HOST_PASSWORD = _ours.smtp_password.get_secret_value()
EMAIL_USE_TLS = _ours.smtp_starttls and bool(_ours.smtp_host)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _ours.notify_from

UNFOLD: dict[str, Any] = UNFOLD_LOOK
