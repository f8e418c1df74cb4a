"""The palette (Ctrl+K): one field that finds pages and rows of either back office, within what its person may see."""
