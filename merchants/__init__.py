"""Who sells here: merchants of four kinds, their staff, their commission plans and their API keys.

Owns the tenancy rule (`.for_merchant`) and the merchant's admin site. Does not own what they sell (catalog),
where it lies (logistics) or what they are owed (payments).
"""
