from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ShopConfig(AppConfig):
    default = True
    name = "shop"


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Makes the operator's site Django's default admin site, so every app's `@admin.register` lands on it."""

    default = False
    default_site = "backoffice.sites.OperatorSite"
