"""The partner API."""

from django.utils.translation import gettext_lazy as _

from shop.environment import env

API_CALLS_PER_MINUTE = int(env("API_CALLS_PER_MINUTE", "600"))
API_ANONYMOUS_CALLS_PER_MINUTE = int(env("API_ANONYMOUS_CALLS_PER_MINUTE", "300"))

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jishi partner API",
    "DESCRIPTION": _("Products, categories and shops for everybody; orders, shipments, stock and payouts for a merchant with a key."),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "PayoutStatus": "payments.states.PayoutStatus",
        "OrderStatus": "orders.states.OrderStatus",
        "ShipmentStatus": "logistics.states.ShipmentStatus",
        "ReportedStatus": "api.v1.shipments.serializers.REPORTED",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.add_problems"],
}
