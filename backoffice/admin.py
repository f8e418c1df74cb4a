"""Plugs the pages that gather several apps into the merchant's site."""

from backoffice.pages.balance import balance
from merchants.admin import merchant_site
from merchants.permissions import Duty

merchant_site.add_page("balance/", "balance", Duty.BALANCE, balance)
