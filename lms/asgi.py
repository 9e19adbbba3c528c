"""Where servers come in: pages to Django, sockets of our own origins to the rooms."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
pages = get_asgi_application()  # must stand before anything that needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

SOCKETS = "supervision.routing.websocket_urlpatterns"

application = ProtocolTypeRouter(
    {
        "http": pages,
        # full scheme://host:port: a page on another port of our host is a stranger
        "websocket": OriginValidator(URLRouter(import_string(SOCKETS)), settings.SOCKET_ORIGINS),
    }
)
