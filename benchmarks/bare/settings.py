from pathlib import Path

from shop.environment import database_from_url, env

SECRET_KEY = "no secret is kept here"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.bare.views"
INSTALLED_APPS = ["benchmarks.bare"]
DATABASES = {"default": {**database_from_url(env("DATABASE_URL")), "ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent]}]
