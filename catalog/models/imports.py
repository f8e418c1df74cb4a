"""Files of products that merchants bring: how far each has come, what was wrong in it, and what it changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from catalog.states import IMPORT_TRANSITIONS, MOVING, WRITING, ImportStatus
from core.models import Job, Stateful
from merchants.models import Merchant, TenantQuerySet


class ProductImport(Stateful):
    """One file. `row` and `offset` are its checkpoint: the last row that was treated and where the next begins in the copy of the rows.

    The checkpoint moves in the transaction that treats the rows, so each row is applied exactly once, whoever dies when.
    """

    TRANSITIONS = IMPORT_TRANSITIONS

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="imports", editable=False)
    actor = models.CharField(max_length=80)
    status = models.CharField(_("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    digest = models.CharField(max_length=64)
    # "csv" or "xlsx"; encoding and delimiter of the former.
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=12, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    # The header, the first rows, and for each column the field it fills, or nothing.
    header = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    # What holds where a row says nothing, and which of our categories the file's own names mean.
    defaults = models.JSONField(default=dict)
    categories = models.JSONField(default=dict)
    is_atomic = models.BooleanField(default=False)
    total = models.PositiveIntegerField(null=True)
    row = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    error_params = models.JSONField(default=dict)
    # A worker reads the file until then at most; where it dies, another begins anew afterwards.
    claimed_until = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    has_file = models.BooleanField(default=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ImportStatus.values), name="import_status"),
            # Two files at once could take turns in overwriting each other.
            models.UniqueConstraint(fields=["merchant"], condition=Q(status__in=WRITING), name="import_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="import_newest"),
            models.Index(fields=["moved_at"], name="import_due", condition=Q(status__in=MOVING)),
            models.Index(fields=["created_at"], name="import_file_kept", condition=Q(has_file=True)),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportProblem(models.Model):
    """Why a row was not taken, or what of it could not be undone. `code` names the reason, which is worded when it is shown."""

    class Stage(models.TextChoices):
        READ = "read"
        CHECK = "check"
        APPLY = "apply"
        UNDO = "undo"

    product_import = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="problems")
    stage = models.CharField(max_length=5, choices=Stage.choices)
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=90)
    value = models.CharField(max_length=200)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["product_import", "row", "id"], name="import_problem_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.field} {self.code}"


class ImportChange(models.Model):
    """What an import made or changed of a product: `before` has the old values, `version` is the product's afterwards.

    An undo gives them back where the product is still of that version.
    """

    product_import = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="changes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    is_new = models.BooleanField()
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product_import", "product"], name="import_change_once")]

    def __str__(self) -> str:
        return f"{self.row} {self.product_id}"


class ImportMapping(models.Model):
    """Which column of a merchant's files means what, as they said last time: folded header → field."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="import_mapping")
    columns = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)
    categories = models.JSONField(default=dict)

    objects = TenantQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.merchant_id)
