"""The project's settings: read from the environment only; a wrong value stops the start with one sentence."""

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("TANDEM_VAR", BASE_DIR / "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)


def required(name: str, hint: str) -> str:
    """One setting that has no safe default."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


def switch(name: str) -> bool:
    """A 0/1 setting, 0 unless set."""
    value = os.environ.get(name, "0").strip() or "0"
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def keyring(name: str) -> dict[str, str]:
    """`id:key` pairs, newest first, as an ordered dict; keys are at least 32 characters long."""
    ring: dict[str, str] = {}
    for pair in required(name, "Give it as id:key, newest first, separated by commas.").split(","):
        key_id, separator, key = pair.strip().partition(":")
        if not separator or not key_id.isalnum() or len(key) < 32 or key_id in ring:
            raise ImproperlyConfigured(f"{name} must look like 2026a:<32 or more characters>, each id once.")
        ring[key_id] = key
    return ring


LOCAL = switch("LOCAL")
DEBUG = switch("DEBUG")
SECRET_KEY = required("SECRET_KEY", "`make run` makes one for this machine; elsewhere set 50 random characters.")
FIELD_KEYS = keyring("FIELD_KEYS")
SIGNING_KEYS = keyring("SIGNING_KEYS")
LEDGER_KEYS = keyring("LEDGER_KEYS")
LEDGER_ORIGIN = os.environ.get("LEDGER_ORIGIN", "main")

PORT = os.environ.get("PORT", "8000")
PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{PORT}" if LOCAL else "").rstrip("/")
if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).netloc:
    raise ImproperlyConfigured(
        "PUBLIC_URL is not set or not an address. Give the full one, like https://tandem.example.org"
    )
if not LOCAL and not PUBLIC_URL.startswith("https://"):
    raise ImproperlyConfigured("PUBLIC_URL must begin with https:// (only LOCAL=1 allows http).")
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
ALLOWED_HOSTS = ALLOWED_HOSTS or [urlsplit(PUBLIC_URL).hostname or ""]
SOCKET_ORIGINS = [PUBLIC_URL]
if LOCAL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1"]
    SOCKET_ORIGINS += [f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# addresses of our own proxies: only what they say in X-Forwarded-For is believed
TRUSTED_PROXIES = [address for address in os.environ.get("TRUSTED_PROXIES", "").split(",") if address]

INSTALLED_APPS = [
    "daphne",
    "lms.apps.LmsConfig",
    "courses.apps.CoursesConfig",
    "supervision.apps.SupervisionConfig",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.simple_translation",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",  # for wagtail_localize, which imports it; nothing of it is offered
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "axes",
    "channels",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lms.middleware.AsyncFilesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.middleware.ContentPolicyMiddleware",
    "lms.middleware.BrotliMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lms.middleware.LockMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lms.middleware.RefusalMiddleware",
    "lms.middleware.AdminDoorMiddleware",
    "axes.middleware.AxesMiddleware",
]
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
                "django.template.context_processors.i18n",
                "lms.home.panels.shell",
            ],
        },
    }
]
ROOT_URLCONF = "lms.urls"
ASGI_APPLICATION = "lms.asgi.application"
AUTH_USER_MODEL = "lms.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "lms.people.access.CardOrNameBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"
NEVER_IDLE = r"/supervision/sessions/[^/]+/"  # who sits in a live room is there, whatever her hands do
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "lms.people.api.locked_out"
AXES_CLIENT_IP_CALLABLE = "lms.people.access.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

DATABASE_URL = os.environ.get("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL database (postgresql://...), or be empty for SQLite."
        )
    # under ASGI each request has a thread of its own: connections kept by threads would pile up, so a pool lends few
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 10, "timeout": 20}
    DATABASES["default"]["TEST"] = {"NAME": f"test_tandem_{os.getpid()}"}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "db.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA synchronous=NORMAL"},
            "CONN_MAX_AGE": 60,
            "TEST": {"NAME": str(VAR / f"test-{os.getpid()}.sqlite3")},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
REDIS_PREFIX = os.environ.get("REDIS_PREFIX", "tandem")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # without a time-out of its own every idle connection dies after 5 s (channels_redis 4.3 with redis 8)
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": REDIS_PREFIX},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = None if LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_FAILURE_VIEW = "lms.people.views.stale_form"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF, *(url.replace("http", "ws", 1) for url in SOCKET_ORIGINS)],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}
# Wagtail's admin needs inline scripts and styles; nothing else is served under /admin/
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "form-action": [SELF],
}

LANGUAGE_CODE = "en"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("en", "English"), ("sw", "Kiswahili"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "lms" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
WAGTAIL_I18N_ENABLED = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [VAR / "built"]
(VAR / "built").mkdir(exist_ok=True)
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_URL_ROOT", VAR / "media"))
STATIC_HASHED = switch("STATIC_HASHED") if "STATIC_HASHED" in os.environ else not DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        # a script that imports another must name the same hashed file as the page does, or it would run twice
        "OPTIONS": {"support_js_module_import_aggregation": True} if STATIC_HASHED else {},
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

WAGTAIL_SITE_NAME = "Tandem"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_NOTIFICATION = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "/login/"
WAGTAILIMAGES_IMAGE_MODEL = "courses.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.pictures.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 20_000_000
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"png": "webp", "jpeg": "webp", "webp": "webp"}
WAGTAILIMAGES_WEBP_QUALITY = 70
WAGTAILIMAGES_AVIF_QUALITY = 50
WAGTAILDOCS_EXTENSIONS = ["pdf"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

EMAIL_URL = os.environ.get("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", f"Tandem <tandem@{urlsplit(PUBLIC_URL).hostname}>")

# an HTTP gateway for text messages: https://user:key@host/path?to={to}&text={text}, before it form+ or json+ to post
SMS_URL = os.environ.get("SMS_URL", "").strip()
if SMS_URL and (
    urlsplit(SMS_URL).scheme not in {f"{way}{kind}" for way in ("", "form+", "json+") for kind in ("https", "http")}
    or not urlsplit(SMS_URL).hostname
    or not all(mark in urlsplit(SMS_URL).query for mark in ("{to}", "{text}"))
):
    raise ImproperlyConfigured(
        "SMS_URL must look like https://user:key@gateway.example/send?to={to}&text={text}, "
        "or begin with form+https:// or json+https:// to post the fields."
    )
if SMS_URL and not LOCAL and not urlsplit(SMS_URL).scheme.endswith("https"):
    raise ImproperlyConfigured("SMS_URL must begin with https:// (only LOCAL=1 allows http).")

TURN_URL = [url.strip() for url in os.environ.get("TURN_URL", "").split(",") if url.strip()]
TURN_SECRET = os.environ.get("TURN_SECRET", "").strip()
if any(not re.fullmatch(r"turns?:[\w.\-\[\]:]+(\?transport=(udp|tcp))?", url) for url in TURN_URL):
    raise ImproperlyConfigured("TURN_URL must look like turn:turn.example.org:3478 (several: separated by commas).")
if bool(TURN_URL) != bool(TURN_SECRET):
    raise ImproperlyConfigured("TURN_URL and TURN_SECRET belong together: set both or neither.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # pages may frame our own: the preview of authors needs it
