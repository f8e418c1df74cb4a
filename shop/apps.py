from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ShopConfig(AppConfig):
    name = "shop"


class OperatorAdminConfig(AdminConfig):
    """Makes the operator's site Django's default admin site, so every app's `@admin.register` lands on it."""

    default_site = "backoffice.sites.OperatorSite"
