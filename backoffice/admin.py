"""Plugs the pages that gather several apps into the back offices."""

from backoffice.commission import CommissionPlanAdmin, CommissionRuleAdmin
from backoffice.pages.balance import balance
from backoffice.pages.bank_account import bank_account, change_bank_account
from backoffice.pages.customs import customs_form
from backoffice.pages.deposit import deposit
from backoffice.pages.digital import digital_files
from backoffice.pages.dispatching import dispatch
from backoffice.pages.drive import drive
from backoffice.pages.export import export
from backoffice.pages.floor import floor, floors
from backoffice.pages.grid import grid
from backoffice.pages.health import health, orders_behind
from backoffice.pages.imports import failed_rows, import_page, imports
from backoffice.pages.payouts import payouts
from backoffice.pages.pickups import pickups
from backoffice.pages.routes import route_plan, routes
from backoffice.pages.scan import scan
from backoffice.pages.ship_numbers import ship_numbers
from backoffice.pages.shop_state import shop_state
from backoffice.pages.to_ship import to_ship
from backoffice.pages.wave_pack import wave_pack
from backoffice.pages.wave_pick import wave_pick
from backoffice.pages.waves import wave, waves
from merchants.admin import merchant_site
from merchants.permissions import Duty

__all__ = ["CommissionPlanAdmin", "CommissionRuleAdmin"]

merchant_site.add_page("to-ship/", "to-ship", Duty.SHIPMENTS, to_ship)
merchant_site.add_page("to-ship/customs/<uuid:shipment_id>/", "customs-form", Duty.SHIPMENTS, customs_form)
merchant_site.add_page("to-ship/dispatch/", "dispatch", Duty.SHIPMENTS, dispatch)
merchant_site.add_page("to-ship/scan/", "scan", Duty.SHIPMENTS, scan)
merchant_site.add_page("to-ship/numbers/", "ship-numbers", Duty.SHIPMENTS, ship_numbers)
merchant_site.add_page("pick-ups/", "pick-ups", Duty.SHIPMENTS, pickups)
merchant_site.add_page("balance/", "balance", Duty.BALANCE, balance)
merchant_site.add_page("deposit/", "deposit", Duty.BALANCE, deposit)
merchant_site.add_page("payouts/", "payouts", Duty.PAYOUTS, payouts)
merchant_site.add_page("bank-account/", "bank-account", Duty.PAYOUTS, bank_account)
merchant_site.add_page("imports/", "imports", Duty.PRODUCTS, imports)
merchant_site.add_page("imports/<uuid:import_id>/", "import", Duty.PRODUCTS, import_page)
merchant_site.add_page("imports/<uuid:import_id>/failed.csv", "import-failed", Duty.PRODUCTS, failed_rows)
merchant_site.add_page("export/", "export-products", Duty.PRODUCTS, export)
merchant_site.add_page("products/<uuid:product_id>/files/", "digital-files", Duty.PRODUCTS, digital_files)
merchant_site.add_page("prices/", "grid", Duty.PRODUCTS, grid)
merchant_site.add_page("bank-account/change/", "bank-account-change", Duty.PAYOUTS, change_bank_account)
merchant_site.add_page("routes/", "routes", Duty.SHIPMENTS, routes)
merchant_site.add_page("routes/<uuid:plan_id>/", "route-plan", Duty.SHIPMENTS, route_plan)
merchant_site.add_page("drive/<uuid:route_id>/", "drive", Duty.SHIPMENTS, drive)
merchant_site.add_page("floors/", "floors", Duty.STOCK, floors)
merchant_site.add_page("floors/<uuid:warehouse_id>/", "floor", Duty.STOCK, floor)
merchant_site.add_page("waves/", "waves", Duty.SHIPMENTS, waves)
merchant_site.add_page("waves/<uuid:wave_id>/", "wave", Duty.SHIPMENTS, wave)
merchant_site.add_page("waves/<uuid:wave_id>/pick/", "wave-pick", Duty.SHIPMENTS, wave_pick)
merchant_site.add_page("waves/<uuid:wave_id>/pack/", "wave-pack", Duty.SHIPMENTS, wave_pack)
merchant_site.add_page("shop-state/", "shop-state", Duty.PROFILE, shop_state)
merchant_site.add_page("health/", "health", Duty.ORDERS, health)
merchant_site.add_page("health/orders/", "health-orders", Duty.ORDERS, orders_behind)
