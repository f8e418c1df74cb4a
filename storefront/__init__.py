"""What shoppers see: one view module per page, forms, template tags. No models, no services.

Each view authorises, parses, calls one service or a few selectors, and renders.
"""
