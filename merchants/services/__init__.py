"""Writes of merchants.

`merchants` for shops, `holidays`, `teams` and `invitations` for who works there, `commission` for plans, `api_keys` for the partner API.
"""

from merchants.services.merchants import (
    activate_merchant,
    change_shop_slug,
    close_merchant,
    create_merchant,
    suspend_merchant,
    update_merchant,
)

__all__ = ["activate_merchant", "change_shop_slug", "close_merchant", "create_merchant", "suspend_merchant", "update_merchant"]
