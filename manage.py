#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if sys.argv[1:] == ["up"]:
        # The supervisor needs none of the application; loading it here would cost seconds before the first line.
        from shop.supervisor.house import main

        sys.exit(main())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
