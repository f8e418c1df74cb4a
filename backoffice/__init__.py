"""What merchants and the operator see beyond one app's admin: sites, home pages, ship queue, balance, keys.

Gathers several apps on one page. No models, no services.
"""
