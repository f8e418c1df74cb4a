"""Plugs the pages that gather several apps into the back offices."""

from backoffice.commission import CommissionPlanAdmin, CommissionRuleAdmin
from backoffice.pages.balance import balance
from backoffice.pages.bank_account import bank_account, change_bank_account
from backoffice.pages.payouts import payouts
from merchants.admin import merchant_site
from merchants.permissions import Duty

__all__ = ["CommissionPlanAdmin", "CommissionRuleAdmin"]

merchant_site.add_page("balance/", "balance", Duty.BALANCE, balance)
merchant_site.add_page("payouts/", "payouts", Duty.PAYOUTS, payouts)
merchant_site.add_page("bank-account/", "bank-account", Duty.PAYOUTS, bank_account)
merchant_site.add_page("bank-account/change/", "bank-account-change", Duty.PAYOUTS, change_bank_account)
