"""Production: PostgreSQL, Redis, HTTPS. A missing secret stops the start (fails closed)."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import EMAIL_HOST, LOGGING, STORAGES
from .base import MIDDLEWARE as MIDDLEWARE


def required(name: str) -> str:
    """An environment variable that must be set, or the program does not start."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production")
    return value


SECRET_KEY = required("SECRET_KEY")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY must have at least 40 characters in production")
FIELD_ENCRYPTION_KEYS = required("FIELD_ENCRYPTION_KEYS")
if not required("DATABASE_URL").startswith(("postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database in production")
required("REDIS_URL")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",") if host.strip()]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts, not *")
CSRF_TRUSTED_ORIGINS = [origin.strip() for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

MAIL_ENABLED = bool(EMAIL_HOST)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

DEBUG = False
if not os.environ.get("LOG_FORMAT"):
    LOGGING["handlers"]["console"]["formatter"] = "json"
    LOGGING["loggers"]["kit.logs"]["level"] = "INFO"
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

# An intranet without certificates sets HTTPS=off, deliberately and visibly.
HTTPS = os.environ.get("HTTPS", "on") != "off"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# `check --deploy` names what was decided here. The browsers' preload list is for names of the
# internet, by application; without HTTPS the four about it are its consequence, said once by HTTPS=off.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

SECOND_FACTOR = os.environ.get("SECOND_FACTOR") or "required"
if SECOND_FACTOR not in ("required", "optional"):
    raise ImproperlyConfigured('SECOND_FACTOR is "required" (default) or "optional" in production')
