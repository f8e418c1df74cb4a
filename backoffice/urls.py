"""Pages of the operator's site that belong to no model."""

from django.contrib import admin
from django.urls import path

from backoffice.pages.bank_details import bank_details, transfer_file
from backoffice.pages.viewing import stop_viewing

urlpatterns = [
    path("view-as/stop/", admin.site.admin_view(stop_viewing), name="backoffice-view-stop"),
    path("bank-details/<uuid:account_id>/", admin.site.admin_view(bank_details), name="backoffice-bank-details"),
    path("payment-files/<uuid:file_id>/", admin.site.admin_view(transfer_file), name="backoffice-transfer-file"),
]
