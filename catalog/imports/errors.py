"""What is wrong with a whole file, or with what somebody wants to do with it. Reasons of single rows are in `reasons`."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class FileRefused(DomainError):
    """Nothing of the file can be read; the import stores `code` and parameters."""

    code = "file_refused"
    message = _("This file cannot be read.")
    status = 422


class FileTooLarge(FileRefused):
    code = "file_too_large"
    message = _("The file is larger than %(most)s MB. Split it, or leave out columns you do not need.")
    status = 413


class FileEmpty(FileRefused):
    code = "file_empty"
    message = _("There are no rows in this file. The first row names the columns, the products follow below it.")


class FileNotText(FileRefused):
    code = "file_not_text"
    message = _("This is neither an Excel workbook (.xlsx) nor text in UTF-8, UTF-16 or GBK. Save it as CSV UTF-8 or as .xlsx.")


class OldWorkbook(FileRefused):
    code = "old_workbook"
    message = _("This is a workbook of an old Excel (.xls). Save it as .xlsx or as CSV UTF-8.")


class WorkbookBroken(FileRefused):
    code = "workbook_broken"
    message = _("This workbook is damaged. Open it in Excel and save it again.")


class WorkbookSuspicious(FileRefused):
    code = "workbook_suspicious"
    message = _("This workbook unpacks to far more than it should. Copy the cells into a new workbook and save that.")


class TooManyColumns(FileRefused):
    code = "too_many_columns"
    message = _("The file has more than %(most)s columns. Keep the ones you need.")


class HeaderUnclear(FileRefused):
    code = "header_unclear"
    message = _("The first row cannot be read as the names of the columns. Look for a quotation mark that is never closed.")


class TooManyRows(FileRefused):
    code = "too_many_rows"
    message = _("All rows or none is possible up to %(most)s rows. This file has more: import it row by row, or split it.")


class RowsRefused(FileRefused):
    code = "rows_refused"
    message = _("Some rows cannot be imported, and you asked for all rows or none. Nothing was changed.")


class FileGone(FileRefused):
    code = "file_gone"
    message = _("The file of this import is not kept any more. Upload it again.")
    status = 410


class WorkGivenUp(FileRefused):
    code = "work_given_up"
    message = _("Something went wrong on our side. What was imported up to row %(row)s stays; upload the file again to go on.")
    status = 500


class MappingUnclear(DomainError):
    code = "mapping_unclear"
    message = _("Choose each field once: “%(field)s” is chosen for more than one column.")
    status = 422


class SkuUnmapped(DomainError):
    code = "sku_unmapped"
    message = _("Say which column has the SKU: without it we cannot tell which product a row is about.")
    status = 422


class UnknownField(DomainError):
    code = "unknown_field"
    message = _("There is no field “%(field)s”.")
    status = 422


class DefaultUnknown(DomainError):
    code = "default_unknown"
    message = _("“%(value)s” cannot be chosen: there is no such value, or the category is divided further.")
    status = 422


class NoWarehouse(DomainError):
    code = "no_warehouse"
    message = _("Stock needs a place: open a warehouse first, or leave the stock column out.")
    status = 422


class StockNotYours(DomainError):
    code = "stock_not_yours"
    message = _("Your role may not change stock. Leave its column out.")
    status = 403


class ImportNotFound(DomainError):
    code = "import_not_found"
    message = _("This import does not exist.")
    status = 404


class ImportRunning(DomainError):
    code = "import_running"
    message = _("Another import of your shop is being worked on. Wait until it has ended.")


ERRORS: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        FileRefused, FileTooLarge, FileEmpty, FileNotText, OldWorkbook, WorkbookBroken, WorkbookSuspicious, TooManyColumns,
        HeaderUnclear, TooManyRows, RowsRefused, FileGone, WorkGivenUp,
    )
}  # fmt: skip


def worded(code: str, params: dict[str, object]) -> str:
    """The stored reason in the active language."""
    return str(ERRORS.get(code, FileRefused)(**params))
