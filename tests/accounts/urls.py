"""allauth as it comes, whatever the storefront makes of it; pages still find the storefront's names."""

from django.urls import include, path

urlpatterns = [path("", include("storefront.urls")), path("accounts/", include("allauth.account.urls"))]
