from django.urls import include, path, re_path

from api.docs import Docs, problems
from api.problems import not_found
from api.webhooks import receive

urlpatterns = [
    path("v1/", include("api.v1.urls")),
    path("docs/", Docs.as_view(url_name="openapi"), name="api-docs"),
    path("docs/problems/", problems, name="api-problems"),
    path("webhooks/<slug:gateway>/", receive, name="webhook"),
    re_path("^.*$", not_found),
]
