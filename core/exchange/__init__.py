"""Exchange: dated rates between currencies and what amounts become by them.

Rates are entered or imported, never fetched by a page; a rate that is too old converts nothing.
"""
