"""Settings common to every way of running the program.

Where a value comes from the environment, its name is documented in `docs/operations.md`.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings.documents import *  # noqa: F403  backups, and how long papers are kept
from config.settings.documents import documents_store
from config.settings.jobs import *  # noqa: F403  how jobs are run
from config.settings.jobs import REDIS_URL

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var"))

INSTALLED_APPS = [
    "config.site.SiteConfig",  # unfold
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *("contract", "staffing", "hotline", "billing", "confidentiality", "sample"),
]

MIDDLEWARE = [
    "kit.logs.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "kit.second_factor.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "contract.access.sessions.SessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "contract.access.middleware.AccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "contract.history.middleware.ConsequencesMiddleware",
    "contract.history.middleware.RouteMiddleware",
    "contract.history.access.middleware.HandedOutMiddleware",
    "axes.middleware.AxesMiddleware",
]

IDEMPOTENCY_MODEL = "contract.IdempotencyRecord"
SECOND_FACTOR_MODEL = "contract.Authenticator"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["kit.signs"],
        },
    }
]

# --- Database ---------------------------------------------------------------------------------
# SQLite needs IMMEDIATE transactions: with the default (deferred) a reader that turns writer is
# refused at once under concurrency, whatever the timeout.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": ("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"),
}


def database(default_url: str) -> dict[str, object]:
    """The database named by DATABASE_URL, with what each engine needs to behave alike."""
    config: dict[str, Any] = dict(dj_database_url.parse(os.environ.get("DATABASE_URL") or default_url))
    if "sqlite" in str(config["ENGINE"]):
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        # A host that is gone is told as that, soon. What the address itself asks for goes before
        # (`?options=-csearch_path%3Dcity` keeps a city in a schema of its own: docs/scale.md).
        config["OPTIONS"] = {"connect_timeout": 5, **config.get("OPTIONS", {})}
    return config


DATABASES = {"default": database(f"sqlite:///{DATA_DIR / 'hotline.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -----------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "contract.access.people.PeopleBackend",
    "contract.access.deputies.DeputyBackend",
]
PASSWORD_MAX_AGE_DAYS = int(os.environ.get("PASSWORD_MAX_AGE_DAYS") or 90)
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "contract.access.passwords.LengthValidator",
        "OPTIONS": {"min_length": int(os.environ.get("PASSWORD_MIN_LENGTH") or 10)},
    },
    {
        "NAME": "contract.access.passwords.ClassesValidator",
        "OPTIONS": {"least": int(os.environ.get("PASSWORD_CLASSES") or 3)},
    },
    {"NAME": "contract.access.passwords.CommonWordsValidator"},
    {
        "NAME": "contract.access.passwords.ReuseValidator",
        "OPTIONS": {"last": int(os.environ.get("PASSWORD_REUSE") or 5)},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Limits and waiting stand in contract/access/lockout.py; django-axes asks there.
AXES_HANDLER = "contract.access.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "contract.access.lockout.response"
AXES_CLIENT_IP_CALLABLE = "kit.addresses.client_address"
AXES_FAILURE_LIMIT = 1
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# "required": nobody enters the pages without a one-time code; "optional": who has set one up does not.
SECOND_FACTOR = os.environ.get("SECOND_FACTOR") or "optional"
OTP_TOTP_ISSUER = "12345"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Language and time ------------------------------------------------------------------------
# Instants are stored in UTC; the legal day is a Beijing day (see kit.clock).
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "unfold"]
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Uploaded and issued documents. Never served by URL: views read them after checking permission.
MEDIA_ROOT = DATA_DIR / "documents"
MEDIA_URL = ""
STORAGES: dict[str, dict[str, Any]] = {
    "default": documents_store(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = 10 * 1024 * 1024

# --- Security ---------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_MINUTES") or 30) * 60
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],  # the pages of the admin: config/policy.py
        "object-src": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}
# Resident ID numbers: "key-id:base64-of-32-bytes" items (AES-256-GCM) or "sm4-id:base64-of-16-bytes"
# (SM4-GCM), comma separated, the first encrypts.
FIELD_ENCRYPTION_KEYS = os.environ.get("FIELD_ENCRYPTION_KEYS", "")
# By which hash new links of the change log are made: "sha256" or "sm3". Older links keep theirs.
CHAIN_HASH = os.environ.get("CHAIN_HASH") or "sha256"

# Proxies of our own in front of the program, each of which appends to X-Forwarded-For: what a
# throttle, a lock and the access log take for the address of the client (kit/addresses.py).
NUM_PROXIES = int(os.environ.get("NUM_PROXIES") or 0)

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["kit.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["kit.api.permissions.ModelPermissions"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.OrderingFilter",
        "kit.api.changes.ChangedSince",
    ],
    "DEFAULT_PAGINATION_CLASS": "kit.api.pagination.BoundedPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kit.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "kit.api.openapi.Schema",
    "EXCEPTION_HANDLER": "kit.api.problems.exception_handler",
    "PAGE_SIZE": 50,
    "NUM_PROXIES": NUM_PROXIES,
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],  # DRF's "iso-8601" also takes a week for its Monday
    "DEFAULT_THROTTLE_CLASSES": ["kit.api.throttling.WriteThrottle"],
    "DEFAULT_THROTTLE_RATES": {"login": "20/min", "writes": "300/min"},
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=30), "TOKEN_LIMIT_PER_USER": 10, "AUTO_REFRESH": False, "TOKEN_PREFIX": ""}
# "login": the description of the API and its page only for who is signed in.
API_DESCRIPTION = os.environ.get("API_DESCRIPTION") or "open"
SPECTACULAR_SETTINGS = {
    "TITLE": "Hotline 12345 Contract API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "kit.api.openapi.describe"],
    "ENUM_NAME_OVERRIDES": {
        "AlertStatusEnum": "contract.choices.AlertStatus",
        "ClaimStatusEnum": "billing.states.ClaimStatus",
        "FileStatusEnum": "billing.states.FileStatus",
        "SheetStatusEnum": "billing.states.SheetStatus",
        "AttendanceStatusEnum": "staffing.choices.AttendanceStatus",
        "LeaveKindEnum": "staffing.choices.LeaveKind",
        "NoticeMeansEnum": "contract.letters.choices.NoticeMeans",
        "OutcomeEnum": "contract.choices.Outcome",
        "PartySideEnum": "contract.choices.PartySide",
        "SideEnum": "contract.choices.Side",
    },
}

# How many quarterly payment files are made at once (each takes some 150 MB while it is printed),
# after how many seconds without a sign of life a job counts as dead, and how long a page waits for
# a worker before it offers to make the file itself.
QUARTER_FILES_AT_ONCE = int(os.environ.get("QUARTER_FILES_AT_ONCE", "2"))
QUARTER_FILE_DEAD_AFTER = 180
QUARTER_FILE_WAIT = 20

# --- Jobs -------------------------------------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 60 * 60}
else:
    # No server to install: messages are files. Jobs recompute from the database and may run
    # twice, so a message lost with a killed worker is made good by the next beat.
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "queue" / "messages"),
        "data_folder_out": str(DATA_DIR / "queue" / "messages"),
        "control_folder": str(DATA_DIR / "queue" / "control"),
        "processed_folder": str(DATA_DIR / "queue" / "processed"),
        "store_processed": False,
    }

# --- Counters ---------------------------------------------------------------------------------
# What throttles count is shared by all processes: in Redis, or in files where there is none. Redis
# away is told at once (no retries), and what cannot be counted is let through.
COUNTERS_WAIT = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}
if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "hotline",
            "OPTIONS": COUNTERS_WAIT,
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "counters",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

# --- Messages ---------------------------------------------------------------------------------
# Files under DATA_DIR unless production (or EMAIL_HOST) says otherwise: nothing leaves by default.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = (os.environ.get("EMAIL_SECURITY", "") == kind for kind in ("starttls", "tls"))
EMAIL_TIMEOUT = 15
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "hotline-contract@localhost"
# False where there is no way to send mail: then none is put into the outbox.
MAIL_ENABLED = True
# Receivers of webhooks, comma separated (contract/delivery/destinations.py); empty: none.
WEBHOOK_ALLOWED = os.environ.get("WEBHOOK_ALLOWED", "")
WEBHOOK_CA_FILE = os.environ.get("WEBHOOK_CA_FILE", "")
# What was sent is kept so long; that and how it was delivered, as proof, so long.
OUTBOX_CONTENT_DAYS = int(os.environ.get("OUTBOX_CONTENT_DAYS") or 90)
OUTBOX_PROOF_DAYS = int(os.environ.get("OUTBOX_PROOF_DAYS") or 5 * 366)

# Parts of the program that were not heard of for so long are an alarm on every page and in health;
# each leaves a sign of life every minute. A banner stands 15 minutes after at the latest.
SILENT_AFTER = timedelta(minutes=10)
DISK_FREE_MIN_MB = int(os.environ.get("DISK_FREE_MIN_MB") or 500)
# Where rows lie that were taken out of a table, with a view of both under the table's name (docs/scale.md).
ARCHIVE_SCHEMA = os.environ.get("ARCHIVE_SCHEMA", "")
# A comparison with the change log older than this (days) is stale: the weekly one was missed.
CHANGE_LOG_CHECK_STALE_AFTER_DAYS = 9
# Only the sample year fixes the day; a live system follows the clock. The sample brings users with
# public passwords, so production never loads it.
DEMONSTRATION_DAY = ""
SAMPLE_DATA_ALLOWED = False

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "kit.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": os.environ.get("LOG_FORMAT") or "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "kit.logs": {"level": "INFO" if os.environ.get("LOG_FORMAT") == "json" else "WARNING"},
        # WeasyPrint reports every CSS rule that it does not know.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

UNFOLD = {
    "LOGIN": {"form": "contract.access.pages.OfficeSignInForm"},
    "SITE_TITLE": _("12345 Hotline Contract"),
    "SITE_HEADER": "contract.access.people.office_name",
    "SITE_ICON": "contract.access.people.office_logo",
    "SITE_SYMBOL": "support_agent",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin/favicon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "contract.dashboard.callback",
    "STYLES": [lambda request: static("admin/office.css")],
    "SIDEBAR": {"show_search": True, "navigation": "config.navigation.sidebar"},
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 250)",
            "100": "oklch(93.2% .032 250)",
            "200": "oklch(88.2% .059 250)",
            "300": "oklch(80.9% .09 250)",
            "400": "oklch(70.7% .13 250)",
            "500": "oklch(60% .15 252)",
            "600": "oklch(52% .155 254)",
            "700": "oklch(45% .145 256)",
            "800": "oklch(38% .12 257)",
            "900": "oklch(33% .095 257)",
            "950": "oklch(25% .07 258)",
        }
    },
}
