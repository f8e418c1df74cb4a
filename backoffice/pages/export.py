"""A merchant's products as a file to take away."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone

from catalog.imports.export import csv_lines, write_workbook
from merchants.admin.site import merchant_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(request: HttpRequest) -> StreamingHttpResponse | FileResponse:
    """CSV, line by line as it is made, or with `?format=xlsx` an Excel workbook, which has to be whole before it can be sent."""
    merchant = merchant_of(request)
    name = f"products-{merchant.slug}-{timezone.now():%Y%m%d}"
    if request.GET.get("format") == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the answer
        write_workbook(merchant, file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    answer = StreamingHttpResponse(csv_lines(merchant), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
