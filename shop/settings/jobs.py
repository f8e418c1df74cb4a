"""Celery: late acknowledgement and short visibility, so a killed worker's task comes back in seconds, not after an hour."""

from celery.schedules import crontab

from shop.environment import env
from shop.settings.base import REDIS_URL

CELERY_BROKER_URL = env("CELERY_BROKER_URL", REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    # A request rings and goes on; kombu would sleep six seconds before it says that the broker is away.
    "max_retries": 0,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "expire reservations": {"task": "logistics.tasks.expire_reservations", "schedule": 15.0},
    "correct what the catalogue shows as in stock": {"task": "logistics.tasks.correct_showcase", "schedule": 300.0},
    "tell who waits for sold-out goods": {"task": "logistics.tasks.wake_stock_alerts", "schedule": 15.0},
    "plan own delivery": {"task": "logistics.tasks.plan_routes", "schedule": 5.0},
    "move the built-in carrier's parcels": {"task": "logistics.tasks.move_simulated_parcels", "schedule": 5.0},
    "tell parcels what carriers sent": {"task": "logistics.tasks.process_carrier_messages", "schedule": 5.0},
    "give up silent parcels": {"task": "logistics.tasks.give_up_silent_parcels", "schedule": 600.0},
    "expire points": {"task": "loyalty.tasks.expire_points", "schedule": 900.0},
    "relay the outbox": {"task": "core.tasks.relay_outbox", "schedule": 1.0},
    "ask providers about payments": {"task": "payments.tasks.poll_attempts", "schedule": 5.0},
    "handle webhooks": {"task": "payments.tasks.process_inbox", "schedule": 5.0},
    "look for disputes": {"task": "payments.tasks.sweep_disputes", "schedule": 3600.0},
    "send refunds": {"task": "payments.tasks.send_refunds", "schedule": 5.0},
    "look after deposits and penalties": {"task": "payments.tasks.look_after_deposits", "schedule": 30.0},
    "close payout periods": {"task": "payments.tasks.run_payouts", "schedule": 60.0},
    "send payouts": {"task": "payments.tasks.send_payouts", "schedule": 5.0},
    "deliver practice webhooks": {"task": "payments.tasks.send_sandbox_notices", "schedule": 5.0},
    "tell of bank transfers": {"task": "payments.tasks.send_bank_notices", "schedule": 5.0},
    "compare days with the providers": {"task": "payments.tasks.reconcile", "schedule": 60.0},
    "render missing pictures": {"task": "catalog.tasks.render_missing_pictures", "schedule": 60.0},
    "make outdated cards anew": {"task": "catalog.tasks.refresh_stale_cards", "schedule": 15.0},
    "learn the words of products": {"task": "catalog.tasks.learn_words", "schedule": 600.0},
    "settle photos of reviews": {"task": "catalog.tasks.settle_late_review_photos", "schedule": 300.0},
    "complete pictures": {"task": "catalog.tasks.complete_pictures", "schedule": 60.0},
    "look at new pictures": {"task": "catalog.tasks.look_at_pictures", "schedule": 30.0},
    "refresh the index of pictures": {"task": "catalog.tasks.refresh_picture_index", "schedule": 60.0},
    "publish and hide on time": {"task": "catalog.tasks.follow_schedules", "schedule": 15.0},
    "forget old prices": {"task": "catalog.tasks.forget_prices", "schedule": 3600.0},
    "work on imports of products": {"task": "catalog.tasks.work_on_imports", "schedule": 5.0},
    "forget old files of products": {"task": "catalog.tasks.forget_import_files", "schedule": 3600.0},
    "expire unpaid purchases": {"task": "orders.tasks.expire_unpaid_purchases", "schedule": 3.0},
    "invoice what has no invoice": {"task": "orders.tasks.issue_missing_invoices", "schedule": 300.0},
    "decide overdue payment reviews": {"task": "orders.tasks.decide_due_reviews", "schedule": 30.0},
    "forget where purchases came from": {"task": "orders.tasks.forget_origins", "schedule": 3600.0},
    "complete due orders": {"task": "orders.tasks.complete_due_orders", "schedule": 60.0},
    "give up what is not picked up": {"task": "orders.tasks.give_up_uncollected_pickups", "schedule": 60.0},
    "expire price requests": {"task": "orders.tasks.expire_due_quotes", "schedule": 60.0},
    "compute the merchants' scorecards": {"task": "orders.tasks.compute_due_scorecards", "schedule": 1800.0},
    "sweep after-sales cases": {"task": "orders.tasks.sweep_due_cases", "schedule": 60.0},
    "finish demo pictures": {"task": "shop.tasks.finish_demo_galleries", "schedule": 15.0},
    "check the invariants": {"task": "core.tasks.check_invariants", "schedule": 60.0},
    "tidy up": {"task": "core.tasks.tidy", "schedule": 300.0},
    "begin and end holidays of shops": {"task": "merchants.tasks.move_holidays", "schedule": 15.0},
    "bring cards after their shops": {"task": "catalog.tasks.follow_merchants", "schedule": 15.0},
    "warn of ending documents": {"task": "merchants.tasks.warn_of_ending_documents", "schedule": crontab(hour=6, minute=20)},
    "train the recommendations": {"task": "recommend.tasks.train_recommendations", "schedule": crontab(hour=3, minute=30)},
    "tend the training": {"task": "recommend.tasks.tend_training", "schedule": 60.0},
    "send due mail": {"task": "support.tasks.send_due_mail", "schedule": 5.0},
}
