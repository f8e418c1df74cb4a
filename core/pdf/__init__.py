"""Papers to print: invoices, statements, slips.

A `Document` takes blocks of plain text and gives the bytes of an A4 PDF with page numbers, in Chinese or Latin script.
The font travels in the file as a subset, so it prints everywhere; equal input gives equal bytes.
What a paper says is its app's business, this only draws.
"""

from core.pdf.document import Document
from core.pdf.tables import Column

__all__ = ["Column", "Document"]
