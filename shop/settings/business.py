"""Numbers the operator may want to change; docs/operations.md says what each does."""

from shop.environment import env, env_flag

CURRENCIES = tuple(dict.fromkeys([*env("CURRENCY").split(), *env("CURRENCIES", "USD CNY EUR JPY KWD").split()]))
CURRENCY = CURRENCIES[0]
EXCHANGE_RATE_DAYS = int(env("EXCHANGE_RATE_DAYS", "7"))
CHARM_PRICES = env_flag("CHARM_PRICES")
RISK_REVIEW_HOURS = int(env("RISK_REVIEW_HOURS", "24"))
RISK_REVIEW_SILENCE = env("RISK_REVIEW_SILENCE", "cancel")
RISK_ORIGIN_DAYS = int(env("RISK_ORIGIN_DAYS", "180"))
# Where the operator is at home: its fees are taxed there, and a cart without an address shows that country's tax.
OPERATOR_COUNTRY = env("OPERATOR_COUNTRY", "CN")
# Which class keeps the stock that files of products count, behind catalog.imports.stock.StockKeeper.
CATALOG_STOCK_KEEPER = "logistics.services.counting.DefaultWarehouse"
IMPORT_MAX_MB = int(env("IMPORT_MAX_MB", "20"))
# Digital goods: how often each file may be downloaded and for how long, unless the product says otherwise.
DOWNLOAD_LIMIT = int(env("DOWNLOAD_LIMIT", "5"))
DOWNLOAD_DAYS = int(env("DOWNLOAD_DAYS", "365"))
DIGITAL_FILE_MAX_MB = int(env("DIGITAL_FILE_MAX_MB", "100"))
# Which class plans own delivery, behind logistics.routes.planning.Planner, and how long it looks for the routes of a day at most.
ROUTE_PLANNER = "logistics.routes.solver.PyVrpPlanner"
ROUTE_PLANNING_SECONDS = int(env("ROUTE_PLANNING_SECONDS", "10"))
IMPORT_FILE_DAYS = int(env("IMPORT_FILE_DAYS", "30"))
DEMO_MODE = env_flag("DEMO_MODE")
DEMO_PASSWORD = env("DEMO_PASSWORD")
UNPAID_ORDER_MINUTES = int(env("UNPAID_ORDER_MINUTES", "30"))
UNPAID_ORDERS_PER_BUYER = int(env("UNPAID_ORDERS_PER_BUYER", "5"))
COMPLETE_AFTER_DELIVERY_DAYS = int(env("COMPLETE_AFTER_DELIVERY_DAYS", "10"))
COMPLETE_AFTER_SHIPPING_DAYS = int(env("COMPLETE_AFTER_SHIPPING_DAYS", "30"))
AFTER_SALES_DAYS = int(env("AFTER_SALES_DAYS", "15"))
WITHDRAWAL_DAYS = int(env("WITHDRAWAL_DAYS", "14"))
CASE_ANSWER_DAYS = int(env("CASE_ANSWER_DAYS", "3"))
CASE_SEND_BACK_DAYS = int(env("CASE_SEND_BACK_DAYS", "14"))
CASE_TRANSIT_DAYS = 21
CASE_RECEIVE_DAYS = int(env("CASE_RECEIVE_DAYS", "5"))
CASE_PUT_RIGHT_DAYS = int(env("CASE_PUT_RIGHT_DAYS", "10"))
CASE_ESCALATE_DAYS = int(env("CASE_ESCALATE_DAYS", "7"))
CASE_EVIDENCE_DAYS = int(env("CASE_EVIDENCE_DAYS", "3"))
CASE_VERDICT_DAYS = int(env("CASE_VERDICT_DAYS", "7"))
CASE_CLOSE_DAYS = 14
CASE_PHOTOS = 8
REVIEW_PHOTOS = 6
REVIEW_EDIT_DAYS = int(env("REVIEW_EDIT_DAYS", "30"))
REVIEW_ADDITION_DAYS = int(env("REVIEW_ADDITION_DAYS", "180"))
CART_MAX_LINES = 60
CART_MAX_QUANTITY = 999
POINTS_PER_MAJOR_UNIT = 1
POINTS_VALUE_MINOR = 1
POINTS_LIFETIME_DAYS = 365
POINTS_MAX_SHARE_OF_GOODS_PERCENT = 50
# The smallest payout a merchant may choose, in minor units of CURRENCY.
PAYOUT_MINIMUM_MINOR = int(env("PAYOUT_MINIMUM_MINOR", "1000"))
PAYOUT_HOLD_HOURS = int(env("PAYOUT_HOLD_HOURS", "24"))
BANK_DETAILS_KEYS = env("BANK_DETAILS_KEYS").split()
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = env("STRIPE_WEBHOOK_SECRETS").split()
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY")
STRIPE_MODE = env("STRIPE_MODE", "checkout")
STRIPE_PAYMENT_METHODS = env("STRIPE_PAYMENT_METHODS").split()
STRIPE_API_BASE = env("STRIPE_API_BASE", "https://api.stripe.com")
SANDBOX_GATEWAY = env_flag("SANDBOX_GATEWAY", default=not STRIPE_SECRET_KEY)
# Lines are separated by \n, as a variable of the environment has one line.
BANK_TRANSFER_ACCOUNT = env(
    "BANK_TRANSFER_ACCOUNT", "Jishi 集市 (practice account)\\nIBAN DE75 5121 0800 1245 1261 99\\nBIC SOGEDEFFXXX" if DEMO_MODE else ""
).replace("\\n", "\n")
BANK_TRANSFER_DAYS = int(env("BANK_TRANSFER_DAYS", "3"))
SIMULATED_CARRIER = env_flag("SIMULATED_CARRIER", default=True)
# Whether a few of its parcels fail to be delivered at first, or are lost.
SIMULATED_CARRIER_MISHAPS = env_flag("SIMULATED_CARRIER_MISHAPS", default=True)
# How long an hour of the built-in carrier's journeys lasts.
SIMULATED_CARRIER_HOUR_SECONDS = max(1, int(env("SIMULATED_CARRIER_HOUR_SECONDS", "5" if DEMO_MODE else "3600")))
LOST_PARCEL_DAYS = int(env("LOST_PARCEL_DAYS", "14"))
CARRIER_SECRET_KEYS = env("CARRIER_SECRET_KEYS").split()
CASH_ON_DELIVERY_MAX_MINOR = int(env("CASH_ON_DELIVERY_MAX_MINOR", "50000"))
GIFT_CARD_KEYS = env("GIFT_CARD_KEYS").split()
GIFT_CARD_VALUES_MINOR = [int(value) for value in env("GIFT_CARD_VALUES_MINOR", "1000 2500 5000 10000").split()]

SEARCH_BACKEND = env("SEARCH_BACKEND", "catalog.gateways.search.PostgreSQLSearch")
# The class that turns pictures into numbers, for the search by picture and for finding copied pictures.
PICTURE_EMBEDDER = env("PICTURE_EMBEDDER", "catalog.likeness.shapes.ShapesAndColours")
IMAGE_SEARCHES_PER_MINUTE = int(env("IMAGE_SEARCHES_PER_MINUTE", "12"))
