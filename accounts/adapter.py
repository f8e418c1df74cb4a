from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us. Links in mails come from SITE_URL, never from a request's Host header."""
