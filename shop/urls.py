from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from api.carrier_webhooks import receive
from merchants.admin import merchant_site
from shop.health import livez, readyz

handler400 = "shop.failures.bad_request"
handler500 = "shop.failures.server_error"

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("admin/", include("backoffice.urls")),
    path("admin/", admin.site.urls),
    path("merchant/", merchant_site.urls),
    path("backoffice/language/", set_language, name="backoffice-language"),
    path("api/", include("api.urls")),
    path("webhooks/carriers/<slug:code>/", receive, name="carrier-webhook"),
    path("", include("storefront.urls")),
]
