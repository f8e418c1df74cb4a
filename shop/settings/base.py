from django.utils.translation import gettext_lazy as _

from shop.environment import BASE_DIR, DATA_DIR, database_from_url, env, env_flag, secret_key

DEBUG = env_flag("DEBUG")
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS").split()
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]").split()
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_URL = env("SITE_URL", f"http://localhost:{env('PORT', '8000')}")

INSTALLED_APPS = [
    "shop",
    "storefront",
    "backoffice",
    "api",
    "recommend",
    "support",
    "orders",
    "payments",
    "logistics",
    "loyalty",
    "catalog",
    "merchants",
    "accounts",
    "core",
    "unfold.apps.BasicAppConfig",  # the default one would put its own site in the place of ours
    "shop.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "auditlog",
    "treebeard",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "storefront.page_cache.PageCacheMiddleware",
    "core.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "storefront.languages.LanguageMiddleware",
    "shop.bodies.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "storefront.currencies.CurrencyMiddleware",
    "storefront.refusals.RefusalMiddleware",
]

FORM_RENDERER = "core.widgets.PlainControls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.remembered"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.context.frame",
            ],
        },
    },
]

DATABASES = {"default": database_from_url(env("DATABASE_URL", "postgresql:///jishi"))}
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": 300,
        "KEEP_WHILE_AWAY": ["allauth:rl:", "tries:"],  # sign-in, sign-up, reset and codes stay limited, then per process
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "shop.formats"
TIME_ZONE = env("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env("STATIC_ROOT") or DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Files only some people may see; a view checks who asks, no web server does.
PRIVATE_ROOT = DATA_DIR / "private"
# While developing and in tests, files are served from where they lie; otherwise collected, compressed and named by content.
STATIC_FROM_SOURCE = env_flag("STATIC_FROM_SOURCE", default=DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
