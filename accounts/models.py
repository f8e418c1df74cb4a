from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Entity


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class CompanyRole(models.TextChoices):
    BUYER = "buyer", pgettext_lazy("role in a company", "Buyer")
    ADMINISTRATOR = "administrator", pgettext_lazy("role in a company", "Administrator")


class User(Entity, AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address. Shoppers, merchants' staff and operators are all users."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator staff"), default=False)
    # On the person, so that pages know it without asking: whom they buy for, if for anybody.
    company = models.ForeignKey(
        "accounts.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("company")
    )
    company_role = models.CharField(_("role in the company"), max_length=13, choices=CompanyRole.choices, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_ci"),
            models.CheckConstraint(
                condition=models.Q(company=None, company_role="") | models.Q(company__isnull=False, company_role__in=CompanyRole.values),
                name="user_company_role",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_company_administrator(self) -> bool:
        """Whether they decide who else buys for their company."""
        return self.company_role == CompanyRole.ADMINISTRATOR


class Address(Entity):
    """An entry of a shopper's address book; orders keep their own copy."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(_("full name"), max_length=100)
    phone = models.CharField(_("phone"), max_length=30)
    address = models.CharField(_("address"), max_length=200)
    city = models.CharField(_("city"), max_length=100)
    postcode = models.CharField(_("postcode"), max_length=20)
    country = models.CharField(_("country"), max_length=2, default="CN")
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(is_default=True), name="address_one_default"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class Company(Entity):
    """A company that buys: its people share the prices that shops give it. Shops know it by `number`, which nobody can guess."""

    number = models.CharField(_("company number"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("company name"), max_length=120)
    tax_number = models.CharField(_("tax number"), max_length=40)
    country = models.CharField(_("country"), max_length=2)
    address = models.CharField(_("address"), max_length=200)
    contact = models.CharField(_("contact"), max_length=100)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("A blocked company buys at everybody's prices."))

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [models.UniqueConstraint(fields=["country", "tax_number"], name="company_tax_number")]

    def __str__(self) -> str:
        return self.name


class CompanyInvitation(Entity):
    """A colleague is asked to buy for a company. Only whoever signs in with this address may say yes, once, in time."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("company"))
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=13, choices=CompanyRole.choices)
    language = models.CharField(max_length=10)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("invited by"))
    expires_at = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("accepted"), null=True)

    class Meta:
        verbose_name = _("invitation to a company")
        verbose_name_plural = _("invitations to companies")
        constraints = [
            models.UniqueConstraint("company", Lower("email"), condition=models.Q(used_at=None), name="company_invitation_open"),
            models.CheckConstraint(condition=models.Q(role__in=CompanyRole.values), name="company_invitation_role"),
        ]

    def __str__(self) -> str:
        return self.email
