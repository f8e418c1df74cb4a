"""Products in and out as files: reading whatever merchants bring, checking it, applying it in batches, taking it back, and exporting.

`files` and its neighbours turn bytes into rows of text and know nothing of products; `fields`, `cells` and `rows` turn text into values
without a database; `plan` compares them with what there is, `apply` writes; `services` is what pages and commands call, `work` what
workers do.
"""
