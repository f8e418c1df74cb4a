"""People: users who sign in by e-mail, and their address books.

Owns the user, the address and the sign-in adapter. Does not know who works for which merchant (merchants)
nor what anybody bought (orders).
"""
