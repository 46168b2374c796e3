"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
application = get_wsgi_application()

from contract.keeping.start import stop_unless_fit  # noqa: E402  the apps are loaded now

stop_unless_fit()
