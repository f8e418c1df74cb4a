"""What is worth a mail to somebody who wishes for something."""

import datetime as dt

# What the links that end mails about a wish are signed for.
WISH_MAILS = "catalog.wish mails"

# A cent off is no news: it must be one in a hundred at least.
WORTH_TELLING_PERCENT = 1
# Goods that come and go all day are told of once a day.
BACK_AGAIN_AFTER = dt.timedelta(days=1)


def is_worth_telling(told_minor: int, now_minor: int) -> bool:
    """Whether a price is lower than the lowest its reader knows, by a share that is worth a mail."""
    return now_minor * 100 <= told_minor * (100 - WORTH_TELLING_PERCENT)
