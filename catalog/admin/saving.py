"""From the product form to the catalogue's services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catalog import services
from catalog.admin.attributes import values_of
from catalog.admin.forms import CHINESE
from catalog.admin.parcels import parcel_values
from catalog.errors import ApprovalNeeded
from catalog.models import Product, Proposal
from catalog.rules.options import options_from_variants
from catalog.rules.slugs import slug_base
from catalog.services import NewVariant, pictures
from catalog.services.product_attributes import attributes_with
from catalog.services.slugs import change_product_slug
from catalog.services.variants import add_variant, update_variant
from core.backoffice.fields import with_translations
from merchants.models import Merchant

SAID = (
    "title",
    "description",
    "category",
    "brand",
    "condition",
    "defects",
    "handling_days",
    "tax_class",
    "is_made_to_order",
    "personalisation",
)
CHANGEABLE = ("sku", "price_minor", "compare_at_minor", "tiers", "min_quantity", "quantity_step", "weight_g", "is_active")


def save_product(merchant: Merchant, form: Any, variants: Any, *, change: bool, actor: str, at: dt.datetime) -> Proposal | None:
    """Make or change the product of a valid form and formset; returns what the operator has to agree to before it shows.

    Raises the DomainErrors of the services.
    """
    proposal = None
    fields = _product_fields(form)
    new = [_new_variant(row) for row in variants.forms if row.instance._state.adding and row.has_changed()]
    if change:
        if form.instance.is_shown_as_approved and (new or form.cleaned_data.get("new_pictures")):
            raise ApprovalNeeded
        if typed := values_of(form):
            fields["attributes"] = attributes_with(form.instance, typed)
        product, proposal = _update(form.instance, fields, new, variants, form.cleaned_data["address"], actor=actor, at=at)
    else:
        product = services.create_product(merchant=merchant, variants=new, is_digital=form.cleaned_data.get("is_digital", False), **fields)
        if (address := form.cleaned_data["address"]) and slug_base(address) != product.slug:
            product = change_product_slug(product_id=product.pk, slug=address)
        form.instance.pk, form.instance.slug = product.pk, product.slug
        form.instance.merchant = merchant
    schedule = {name: form.cleaned_data[name] for name in ("publish_at", "hide_at")}
    services.schedule_product(product_id=product.pk, at=at, **schedule)
    first = product.pictures.count()
    for position, image in enumerate(form.cleaned_data.get("new_pictures") or [], start=first):
        pictures.add_picture(product=product, image=image, position=position, alt=product.title)
    return proposal


def _product_fields(form: Any) -> dict[str, Any]:
    values = {name: form.cleaned_data[name] for name in SAID}
    texts = {name: form.cleaned_data[f"{name}_zh"] for name in CHINESE}
    return {**values, "i18n": with_translations(form.instance.i18n, texts)}


def _new_variant(row: Any) -> NewVariant:
    values = row.cleaned_data
    return NewVariant(
        sku=values["sku"],
        price_minor=values["price_minor"],
        options=values["options"],
        compare_at_minor=values["compare_at_minor"],
        weight_g=values["weight_g"],
        **parcel_values(values),
        tiers=values["tiers"],
        min_quantity=values["min_quantity"],
        quantity_step=values["quantity_step"],
    )


def _update(
    product: Product, fields: dict[str, Any], new: list[NewVariant], variants: Any, address: str, *, actor: str, at: dt.datetime
) -> tuple[Product, Proposal | None]:
    """Existing variants first, because a price that is refused should not leave a new variant behind a changed one."""
    known = {option["name"] for option in product.options}
    if any(variant.options.keys() - known for variant in new) and not known:
        fields["options"] = options_from_variants([variant.options for variant in new])
    elif new:
        fields["options"] = _with_values(product.options, new)
    updated = services.update_or_propose(product_id=product.pk, actor=actor, at=at, **fields)
    if address and slug_base(address) != product.slug:
        change_product_slug(product_id=product.pk, slug=address)
    for row in variants.forms:
        if not row.instance._state.adding and row.has_changed():
            said = {name: row.cleaned_data[name] for name in CHANGEABLE}
            update_variant(variant_id=row.instance.pk, **said, **parcel_values(row.cleaned_data))
    for variant in new:
        add_variant(product_id=product.pk, variant=variant)
    return updated


def _with_values(options: list[dict[str, Any]], new: list[NewVariant]) -> list[dict[str, Any]]:
    """The product's options with the values that new variants bring; translations and swatches stay."""
    merged = []
    for option in options:
        values = list(option["values"])
        for variant in new:
            chosen = variant.options.get(option["name"])
            if chosen and chosen not in {value["value"] for value in values}:
                values.append({"value": chosen})
        merged.append({**option, "values": values})
    return merged
