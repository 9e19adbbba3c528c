"""Whether this process answers, and whether it can work: for load balancers and watchdogs."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Database and cache answer too; 503 with what does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    try:
        cache.set("health", "ok", 10)
    except OSError:
        return HttpResponse("the cache does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
