"""What every admin page is made of: the site, the base classes, actions with a dialog, money and status columns.

Owns how the two back offices look and how they refuse; knows no business. Nothing here is registered anywhere.
"""
