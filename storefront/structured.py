"""What search engines read beside the page: schema.org as JSON-LD. Only what the page says, ratings only where there are some."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from catalog.models import Product
from catalog.selectors import ProductDetail, picture_url
from catalog.selectors.products import PictureView, VariantView
from core.money import exponent
from logistics.rules import TRANSIT_DAYS, ShippingOffer
from merchants.models import Merchant

Data = dict[str, Any]
CONTEXT = "https://schema.org"
MOST_VARIANTS = 50
CONDITIONS = {"new": "NewCondition", "like_new": "UsedCondition", "good": "UsedCondition", "fair": "UsedCondition"}
# JSON may say any character by its number; these four could end the element or be taken for HTML.
ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def script(data: Data | Sequence[Data]) -> SafeString:
    """The data as an element that no title can end."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text.translate(ESCAPES)))


def absolute(path: str) -> str:
    return settings.SITE_URL + path


def site() -> list[Data]:
    """The market as an organisation, and its search."""
    home = absolute("/")
    search = {"@type": "EntryPoint", "urlTemplate": f"{absolute(reverse('search'))}?q={{search_term_string}}"}
    action = {"@type": "SearchAction", "target": search, "query-input": "required name=search_term_string"}
    logo = absolute(static("storefront/mark.svg"))
    return [
        {"@context": CONTEXT, "@type": "Organization", "name": "Jishi 集市", "url": home, "logo": logo},
        {"@context": CONTEXT, "@type": "WebSite", "name": "Jishi 集市", "url": home, "potentialAction": action},
    ]


def trail(nodes: Sequence[tuple[str, str]]) -> Data:
    """The way to a page: names with their paths, the page itself last."""
    steps = [{"@type": "ListItem", "position": place, "name": name, "item": absolute(path)} for place, (name, path) in enumerate(nodes, 1)]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": steps}


def shop(merchant: Merchant) -> Data:
    """A merchant; one with a door is a store with an address."""
    kind = "Store" if merchant.kind == "local_store" and merchant.address else "Organization"
    data: Data = {
        "@context": CONTEXT,
        "@type": kind,
        "name": merchant.text("name"),
        "url": absolute(reverse("shop", args=[merchant.slug])),
    }
    if kind == "Store":
        data["address"] = {"@type": "PostalAddress", "streetAddress": merchant.text("address"), "addressLocality": merchant.text("city")}
    if merchant.logo:
        data["logo"] = data["image"] = absolute(picture_url(merchant.logo, 320, "webp"))
    return data


def product(detail: ProductDetail, left: Mapping[Any, int], offer: ShippingOffer) -> list[Data]:
    """A product, or a group of its variants, with what each costs, how it is sent and how it can be returned."""
    path = reverse("product", args=[detail.product.slug])
    data = _about(detail, path)
    offers = [_offer(detail, variant, path, left.get(variant.id, 0), offer) for variant in detail.variants[:MOST_VARIANTS]]
    if detail.options:
        data |= {"@type": "ProductGroup", "productGroupID": str(detail.product.pk), "variesBy": [one.label for one in detail.options]}
        data["hasVariant"] = [_variant(detail, variant, said) for variant, said in zip(detail.variants, offers, strict=False)]
    else:
        data |= {"@type": "Product", "sku": detail.variants[0].sku, "offers": offers[0]}
    nodes = [(crumb.name, reverse("category", args=[crumb.slug])) for crumb in detail.breadcrumb]
    return [data, trail([*nodes, (detail.title, path)])]


def _about(detail: ProductDetail, path: str) -> Data:
    data: Data = {"@context": CONTEXT, "name": detail.title, "url": absolute(path)}
    data["description"] = strip_tags(detail.description)[:5_000].strip() or detail.title
    if images := [_image(shot) for shot in detail.pictures if shot.widths and shot.formats]:
        data["image"] = images
    if detail.brand_name:
        data["brand"] = {"@type": "Brand", "name": detail.brand_name}
    if detail.rating.count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": detail.rating.stars,
            "reviewCount": detail.rating.count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return data


def _image(shot: PictureView) -> str:
    kind = "jpg" if "jpg" in shot.formats else shot.formats[0]
    return absolute(picture_url(shot.prefix, max(shot.widths), kind))


def _variant(detail: ProductDetail, variant: VariantView, offer: Data) -> Data:
    chosen = ", ".join(variant.labels.values())
    data: Data = {"@type": "Product", "name": f"{detail.title} – {chosen}" if chosen else detail.title, "sku": variant.sku, "offers": offer}
    data["additionalProperty"] = [{"@type": "PropertyValue", "name": name, "value": value} for name, value in variant.labels.items()]
    if images := [_image(shot) for shot in detail.pictures[:1] if shot.widths and shot.formats]:
        data["image"] = images
    return data


def _offer(detail: ProductDetail, variant: VariantView, path: str, left: int, offer: ShippingOffer) -> Data:
    data: Data = {
        "@type": "Offer",
        "url": absolute(f"{path}?v={variant.id}"),
        "price": _major(variant.price_minor, variant.currency),
        "priceCurrency": variant.currency,
        "availability": f"{CONTEXT}/{'InStock' if left > 0 else 'OutOfStock'}",
        "itemCondition": f"{CONTEXT}/{CONDITIONS.get(detail.product.condition, 'NewCondition')}",
        "seller": {"@type": "Organization", "name": detail.merchant_name},
        "hasMerchantReturnPolicy": _returns(detail.product),
    }
    if not detail.product.is_digital:
        data["shippingDetails"] = _shipping(detail.merchant, variant.currency, offer)
    return data


def _returns(product: Product) -> Data:
    policy: Data = {"@type": "MerchantReturnPolicy", "applicableCountry": settings.OPERATOR_COUNTRY}
    if product.is_digital or product.is_made_to_order or product.personalisation:
        return policy | {"returnPolicyCategory": f"{CONTEXT}/MerchantReturnNotPermitted"}
    return policy | {
        "returnPolicyCategory": f"{CONTEXT}/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": settings.WITHDRAWAL_DAYS,
        "returnMethod": f"{CONTEXT}/ReturnByMail",
    }


def _shipping(merchant: Merchant, currency: str, offer: ShippingOffer) -> Data:
    least, most = TRANSIT_DAYS
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": _major(offer.minor, currency), "currency": currency},
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": settings.OPERATOR_COUNTRY},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "handlingTime": _days(0, merchant.handling_days),
            "transitTime": _days(least, most),
        },
    }


def _days(least: int, most: int) -> Data:
    return {"@type": "QuantitativeValue", "minValue": least, "maxValue": most, "unitCode": "DAY"}


def _major(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-exponent(currency)))
