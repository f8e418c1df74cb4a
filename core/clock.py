import datetime as dt

from django.db import connection


def database_now() -> dt.datetime:
    """The moment by the database's clock, the only one that decides whether something is overdue.

    An application host whose clock is an hour off then neither expires everybody's orders nor keeps them for ever:
    placing stamps the deadline with this clock, and the sweeps compare it with this clock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now
