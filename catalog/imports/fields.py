"""What a column of a merchant's file may mean, and how to guess it from the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_OPTIONS = 3
ATTRIBUTE = "attribute:"
MAX_ATTRIBUTE_NAME = 80


@dataclass(frozen=True, slots=True)
class Field:
    """A thing a column can fill. `aliases` are folded headers it is known by, in English and Chinese; `header` is the one we export."""

    name: str
    header: str
    label: Promise
    aliases: tuple[str, ...] = ()


def _field(name: str, header: str, label: Promise, aliases: str = "") -> Field:
    return Field(name, header, label, tuple(fold(alias) for alias in (name, header, *aliases.split(","))))


def _option(number: int, name: Promise, value: Promise) -> tuple[Field, Field]:
    names = f"option{number} name,规格{number}名称,规格名{number},属性名{number}"
    values = f"option{number} value,option{number},规格{number},规格{number}值,规格值{number},属性值{number}"
    return (
        _field(f"option{number}_name", f"Option {number} name", name, names),
        _field(f"option{number}_value", f"Option {number} value", value, values),
    )


def fold(header: str) -> str:
    """A header without case, width, accents, spaces and punctuation: "Compare-at Price" and "compare_at_price" are one."""
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", header).casefold())
    return "".join(character for character in wide if character.isalnum() or character == ":")


FIELDS: tuple[Field, ...] = (
    _field(
        "sku", "SKU", _("SKU"), "variant sku,item number,item no,article number,part number,编码,货号,商家编码,商品编码,规格编码,sku编码"
    ),
    _field(
        "handle", "Product key", _("Product key"), "handle,group,group id,parent sku,parent,item group id,spu,spu编码,商品组,款号,产品编号"
    ),
    _field("title", "Title", _("Title"), "name,product name,product title,item name,商品名称,商品标题,标题,名称,品名,宝贝标题"),
    _field("title_zh", "Title (Chinese)", _("Title (Chinese)"), "title zh,title cn,chinese title,name zh,chinese name,中文标题,中文名称"),
    _field(
        "description", "Description", _("Description"), "body,body html,details,product description,描述,商品描述,详情,商品详情,宝贝描述"
    ),
    _field(
        "description_zh", "Description (Chinese)", _("Description (Chinese)"), "description zh,description cn,chinese description,中文描述"
    ),
    _field(
        "category", "Category", _("Category"), "product category,product category tree,category path,product type,类目,分类,品类,商品分类"
    ),
    _field("brand", "Brand", _("Brand"), "vendor,manufacturer,maker,品牌,品牌名称"),
    _field("price", "Price", _("Price"), "sale price,selling price,discounted price,variant price,unit price,价格,售价,单价,一口价,销售价"),
    _field(
        "compare_at",
        "Compare-at price",
        _("Compare-at price"),
        "compare at price,list price,retail price,msrp,rrp,was price,original price,variant compare at price,原价,划线价,市场价,吊牌价",
    ),
    _field("currency", "Currency", _("Currency"), "currency code,币种,货币"),
    *_option(1, _("Option 1: name"), _("Option 1: value")),
    *_option(2, _("Option 2: name"), _("Option 2: value")),
    *_option(3, _("Option 3: name"), _("Option 3: value")),
    _field(
        "attributes",
        "Attributes",
        _("Attributes, several in one cell"),
        "specifications,product specifications,specs,features,商品属性,属性,参数,规格参数",
    ),
    _field("weight", "Weight (g)", _("Weight in grams"), "weight,weight grams,grams,variant grams,重量,重量克,重量g,毛重,净重"),
    _field("weight_kg", "Weight (kg)", _("Weight in kilograms"), "weight kg,kilograms,重量kg,重量千克,重量公斤"),
    _field("length", "Length (mm)", _("Length in mm"), "length mm,package length,packed length,长,长度,长mm,长度mm,包装长度"),
    _field("width", "Width (mm)", _("Width in mm"), "width mm,package width,packed width,宽,宽度,宽mm,宽度mm,包装宽度"),
    _field("height", "Height (mm)", _("Height in mm"), "height mm,package height,packed height,高,高度,高mm,高度mm,包装高度"),
    _field(
        "hs_code",
        "HS code",
        _("HS code"),
        "hs,hscode,harmonized system code,tariff code,commodity code,customs code,海关编码,hs编码,税则号列",
    ),
    _field("origin", "Country of origin", _("Country of origin"), "country of origin,made in,origin country,原产国,原产地,产地,原产国家"),
    _field("stock", "Stock", _("Stock"), "quantity,qty,inventory,on hand,available,variant inventory qty,库存,数量,库存数量,现货"),
    _field("stock_seen", "Stock when exported", _("Stock when exported"), "导出时库存"),
    _field("status", "Status", _("Status"), "state,product status,状态,上架状态,商品状态"),
    _field("condition", "Condition", _("Condition"), "item condition,成色,新旧程度,新旧"),
    _field("tax_class", "Tax class", _("Tax class"), "tax,tax code,税类,税率类别,税种"),
)
BY_NAME = {field.name: field for field in FIELDS}
_BY_ALIAS = {alias: field.name for field in FIELDS for alias in field.aliases if alias}
_PRODUCT = ("title", "title_zh", "description", "description_zh", "category", "brand", "status", "condition", "tax_class")
# What is said of the product as a whole; rows of the same product need to say it once.
PRODUCT_FIELDS = frozenset(_PRODUCT)
_ATTRIBUTE_HEADER = re.compile(r"^\s*(?:attribute|attr|属性)\s*[:：]\s*(.+?)\s*$", re.IGNORECASE | re.DOTALL)


def is_field(name: str) -> bool:
    """Whether a column may be mapped to this."""
    return name in BY_NAME or (name.startswith(ATTRIBUTE) and 0 < len(name) - len(ATTRIBUTE) <= MAX_ATTRIBUTE_NAME)


def guess(header: Sequence[str], remembered: Mapping[str, str] | None = None) -> list[str]:
    """For each column the field it probably fills, or "". What the merchant said last time comes before what we think; none twice."""
    taken: set[str] = set()
    found = []
    for name in header:
        field = (remembered or {}).get(fold(name), _guess_one(name))
        if not is_field(field) or field in taken:
            field = ""
        taken.add(field)
        found.append(field)
    return found


def _guess_one(header: str) -> str:
    attribute = _ATTRIBUTE_HEADER.match(header)
    if attribute and len(attribute[1]) <= MAX_ATTRIBUTE_NAME:
        return ATTRIBUTE + attribute[1]
    return _BY_ALIAS.get(fold(header), "")
