"""Notices: mails in the reader's language about what happened to orders, and the mailbox page that keeps them.

Reacts to events of the apps below; nothing below sends mail. Owns the mail table; owns no business rule.
"""
