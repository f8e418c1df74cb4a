from django.contrib import admin
from django.urls import include, path

from shop.health import livez, readyz

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("", include("storefront.urls")),
]
