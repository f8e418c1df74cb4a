from django.contrib import admin
from django.urls import include, path

from shop.health import livez, readyz

handler500 = "shop.failures.server_error"

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("", include("storefront.urls")),
]
