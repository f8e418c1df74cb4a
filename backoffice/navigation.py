"""The sidebars: what there is to do, grouped by duty. Labels, icons and links in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.admin.site import duty_is_visible
from merchants.permissions import Duty

# Lists cut down to these have an item of their own, so the item of the whole list is not lit too.
OWN_PAGES = (reverse_lazy("admin:payments_ledgeraccount_chart"), reverse_lazy("admin:payments_ledgeraccount_trial_balance"))
OWN_ITEM = ("status__exact=quarantined",)


def merchant_sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    def item(title: Promise, icon: str, page: str, duty: Duty, query: str = "") -> dict[str, Any]:
        return _item(title, icon, f"merchant:{page}", duty_is_visible(duty), query)

    return [
        {"items": [_item(_("Home"), "home", "merchant:index", lambda request: True)]},
        {
            "title": _("Orders"),
            "items": [
                item(_("To ship"), "package_2", "to-ship", Duty.SHIPMENTS),
                item(_("Waves"), "conveyor_belt", "waves", Duty.SHIPMENTS),
                item(_("Pick-ups"), "storefront", "pick-ups", Duty.SHIPMENTS),
                item(_("All orders"), "receipt_long", "orders_merchantorder_changelist", Duty.ORDERS),
                item(_("Returns"), "assignment_return", "orders_aftersalescase_changelist", Duty.RETURNS),
                item(_("Parcels"), "local_shipping", "logistics_shipment_changelist", Duty.SHIPMENTS),
                item(_("Own delivery"), "directions_car", "routes", Duty.SHIPMENTS),
                item(_("Undelivered parcels"), "keyboard_return", "orders_undeliveredparcel_changelist", Duty.RETURNS),
                item(_("Claims on carriers"), "policy", "logistics_carrierclaim_changelist", Duty.SHIPMENTS),
                item(_("Invoices"), "request_quote", "orders_invoice_changelist", Duty.ORDERS),
                item(_("Health"), "monitor_heart", "health", Duty.ORDERS),
            ],
        },
        {
            "title": _("Goods"),
            "items": [
                item(_("Products"), "sell", "catalog_product_changelist", Duty.PRODUCTS),
                item(_("Variants"), "style", "catalog_variant_changelist", Duty.PRODUCTS),
                item(_("Price requests"), "forum", "orders_quote_changelist", Duty.PRODUCTS),
                item(_("Price lists"), "price_change", "catalog_pricelist_changelist", Duty.PRODUCTS),
                item(_("Companies"), "handshake", "catalog_tradeaccount_changelist", Duty.PRODUCTS),
                item(_("Proposed changes"), "rate_review", "catalog_proposal_changelist", Duty.PRODUCTS),
                item(_("Price history"), "timeline", "catalog_pricechange_changelist", Duty.PRODUCTS),
                item(_("Prices and stock"), "table_edit", "grid", Duty.PRODUCTS),
                item(_("Import and export"), "swap_vert", "imports", Duty.PRODUCTS),
                item(_("Stock"), "inventory_2", "logistics_stock_changelist", Duty.STOCK),
                item(_("Bins"), "shelves", "floors", Duty.STOCK),
                item(_("Transfers"), "swap_horiz", "logistics_transfer_changelist", Duty.STOCK),
                item(_("Purchase orders"), "shopping_cart_checkout", "logistics_purchaseorder_changelist", Duty.STOCK),
                item(_("Suppliers"), "factory", "logistics_supplier_changelist", Duty.STOCK),
                item(_("Stock counts"), "fact_check", "logistics_stockcount_changelist", Duty.STOCK),
                item(_("Reviews"), "star", "catalog_review_changelist", Duty.REVIEWS),
                item(_("Questions"), "help", "catalog_question_changelist", Duty.REVIEWS),
            ],
        },
        {
            "title": _("Money"),
            "items": [
                item(_("Balance"), "account_balance_wallet", "balance", Duty.BALANCE),
                item(_("Deposit and penalties"), "shield", "deposit", Duty.BALANCE),
                item(_("Payouts"), "payments", "payouts", Duty.PAYOUTS),
                item(_("Statements"), "request_quote", "payments_payoutstatement_changelist", Duty.PAYOUTS),
                item(_("Bank account"), "account_balance", "bank-account", Duty.PAYOUTS),
            ],
        },
        {
            "title": _("Shop"),
            "items": [
                item(_("Profile"), "storefront", "merchants_merchant_changelist", Duty.PROFILE),
                item(_("Holiday and closing"), "beach_access", "shop-state", Duty.PROFILE),
                item(_("Delivery price"), "payments", "logistics_shippingrate_changelist", Duty.SHIPPING),
                item(_("Carriers"), "delivery_truck_speed", "logistics_carrieraccount_changelist", Duty.SHIPPING),
                item(_("Shipping zones"), "public", "logistics_shippingzone_changelist", Duty.SHIPPING),
                item(_("Pick-up points"), "storefront", "logistics_pickuppoint_changelist", Duty.SHIPPING),
                item(_("Delivery slots"), "schedule", "logistics_deliveryslot_changelist", Duty.SHIPPING),
                item(_("Warehouses"), "warehouse", "logistics_warehouse_changelist", Duty.SHIPPING),
                item(_("Vehicles"), "airport_shuttle", "logistics_vehicle_changelist", Duty.SHIPMENTS),
                item(_("Team"), "group", "merchants_membership_changelist", Duty.TEAM),
                item(_("Invitations"), "mail", "merchants_invitation_changelist", Duty.TEAM),
                item(_("API keys"), "key", "merchants_apikey_changelist", Duty.API_KEYS),
                item(_("Operation log"), "history", "merchants_operation_changelist", Duty.LOG),
            ],
        },
    ]


def operator_sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    def item(title: Promise, icon: str, model: str, query: str = "") -> dict[str, Any]:
        app, name = model.split("_")
        return _item(title, icon, f"admin:{model}_changelist", lambda request: request.user.has_perm(f"{app}.view_{name}"), query)

    def page(title: Promise, icon: str, model: str, name: str) -> dict[str, Any]:
        app, row = model.split("_")
        return _item(title, icon, f"admin:{model}_{name}", lambda request: request.user.has_perm(f"{app}.view_{row}"))

    return [
        {"items": [_item(_("Home"), "home", "admin:index", lambda request: True)]},
        {
            "title": _("Trade"),
            "items": [
                item(_("Orders"), "receipt_long", "orders_merchantorder"),
                item(_("Purchases"), "shopping_cart", "orders_checkout"),
                item(_("Invoices"), "request_quote", "orders_invoice"),
                item(_("Price requests"), "forum", "orders_quote"),
                item(_("Companies"), "apartment", "accounts_company"),
                item(_("Trade accounts"), "handshake", "catalog_tradeaccount"),
                item(_("Returns and disputes"), "gavel", "orders_aftersalescase"),
                item(_("Parcels"), "local_shipping", "logistics_shipment"),
                item(_("Undelivered parcels"), "keyboard_return", "orders_undeliveredparcel"),
                item(_("Carriers"), "delivery_truck_speed", "logistics_carrieraccount"),
                item(_("Messages of carriers"), "sms", "logistics_carriermessage"),
                item(_("Claims on carriers"), "policy", "logistics_carrierclaim"),
                item(_("Stock"), "inventory_2", "logistics_stock"),
                item(_("Warehouses"), "warehouse", "logistics_warehouse"),
            ],
        },
        {
            "title": _("Money"),
            "items": [
                item(_("Payments"), "credit_card", "payments_paymentattempt"),
                item(_("Refunds"), "undo", "payments_refund"),
                item(_("Disputes at the provider"), "gavel", "payments_providerdispute"),
                item(_("Bank statement"), "account_balance", "payments_bankline"),
                item(_("Awaited transfers"), "hourglass_empty", "payments_expectedtransfer"),
                item(_("Transfers to make"), "outbound", "payments_outgoingtransfer"),
                item(_("Escrow"), "lock_clock", "payments_escrowhold"),
                item(_("Tax rates"), "account_balance", "orders_taxrate"),
                item(_("Customs rules"), "gavel", "logistics_customsregime"),
                item(_("Duty rates"), "percent", "logistics_dutyrate"),
                item(_("Payouts"), "payments", "payments_payout"),
                item(_("Statements"), "request_quote", "payments_payoutstatement"),
                item(_("Payout schedules"), "event_repeat", "payments_payoutschedule"),
                item(_("Bank accounts"), "account_balance_wallet", "payments_bankaccount"),
                item(_("Payment files"), "file_save", "payments_transferfile"),
                item(_("Cash on delivery"), "door_front", "payments_cashcollection"),
                item(_("Deposits"), "shield", "payments_deposit"),
                item(_("Deposit rules"), "rule", "payments_depositrule"),
                item(_("Penalties"), "gavel", "payments_penalty"),
                item(_("Store credit"), "savings", "payments_storecreditgrant"),
                item(_("Gift cards"), "redeem", "payments_giftcard"),
                item(_("Gift card batches"), "confirmation_number", "payments_giftcardbatch"),
                item(_("Gift card sales"), "featured_seasonal_and_gifts", "payments_giftcardpurchase"),
            ],
        },
        {
            "title": _("Books"),
            "items": [
                page(_("Account chart"), "account_tree", "payments_ledgeraccount", "chart"),
                page(_("Trial balance"), "balance", "payments_ledgeraccount", "trial_balance"),
                item(_("Ledger accounts"), "account_balance", "payments_ledgeraccount"),
                item(_("Ledger"), "menu_book", "payments_ledgertransaction"),
                item(_("Reconciliation"), "compare_arrows", "payments_reconciliation"),
                item(_("Webhooks"), "webhook", "payments_inboxmessage"),
                item(_("Quarantine"), "gpp_maybe", "payments_inboxmessage", "?status__exact=quarantined"),
                item(_("Payment risk"), "policy", "payments_riskassessment", "?queue=waiting"),
                item(_("Risk policy"), "tune", "payments_riskpolicy"),
                item(_("Exchange rates"), "currency_exchange", "core_exchangerate"),
            ],
        },
        {
            "title": _("Merchants and goods"),
            "items": [
                item(_("Merchants"), "storefront", "merchants_merchant"),
                item(_("Applications"), "person_add", "merchants_merchantapplication"),
                item(_("Holidays"), "beach_access", "merchants_holiday"),
                item(_("Scorecards"), "monitor_heart", "merchants_scorecard"),
                item(_("Broken rules"), "report", "merchants_violation"),
                item(_("Commission plans"), "percent", "merchants_commissionplan"),
                item(_("Commission rules"), "rule", "merchants_commissionrule"),
                item(_("Products"), "sell", "catalog_product"),
                item(_("Suspected copies"), "content_copy", "catalog_copysuspicion", "?status__exact=open"),
                item(_("Proposed changes"), "rate_review", "catalog_proposal"),
                item(_("Price history"), "timeline", "catalog_pricechange"),
                item(_("Categories"), "account_tree", "catalog_category"),
                item(_("Brands"), "branding_watermark", "catalog_brand"),
                item(_("Attributes"), "tune", "catalog_attribute"),
                item(_("Product types"), "category", "catalog_producttype"),
                item(_("Synonyms"), "spellcheck", "catalog_synonym"),
                item(_("Searches"), "search", "catalog_askedquery"),
                item(_("Reviews"), "star", "catalog_review"),
                item(_("Moderation"), "shield_person", "catalog_moderationitem", "?status__exact=waiting"),
            ],
        },
        {
            "title": _("People"),
            "items": [
                item(_("Users"), "group", "accounts_user"),
                item(_("Staff rights"), "admin_panel_settings", "auth_group"),
                item(_("Points lots"), "toll", "loyalty_pointslot"),
                item(_("Points movements"), "swap_vert", "loyalty_pointsentry"),
                item(_("Mails"), "mail", "support_mail"),
                item(_("Operation log"), "history", "merchants_operation"),
            ],
        },
        {
            "title": _("Machine room"),
            "items": [
                item(_("Events"), "dynamic_feed", "core_outboxevent"),
                item(_("Jobs"), "progress_activity", "core_job"),
                item(_("Invariants"), "verified", "core_invariantcheck"),
                item(_("Recommendations"), "recommend", "recommend_modelversion"),
            ],
        },
    ]


def _item(title: Promise, icon: str, page: str, permission: Callable[[HttpRequest], bool], query: str = "") -> dict[str, Any]:
    link = reverse_lazy(page)
    entry: dict[str, Any] = {"title": title, "icon": icon, "link": link, "permission": permission}
    if query:
        entry["link"] = f"{link}{query}"
        entry["active"] = lambda request: request.path == str(link) and request.get_full_path().endswith(query)
    else:
        entry["active"] = lambda request: _is_active(request, str(link))
    return entry


def _is_active(request: HttpRequest, link: str) -> bool:
    if link.count("/") <= 2:
        return request.path == link
    has_own_item = any(request.path.startswith(str(page)) and str(page) != link for page in OWN_PAGES)
    return not has_own_item and request.path.startswith(link) and not any(query in request.GET.urlencode() for query in OWN_ITEM)
