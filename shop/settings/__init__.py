"""All settings. What an installation may change comes from the environment (docs/operations.md lists each)."""

from shop.settings.backoffice import *
from shop.settings.base import *
from shop.settings.business import *
from shop.settings.jobs import *
from shop.settings.logs import *
from shop.settings.mail import *
from shop.settings.rest import *
from shop.settings.security import *
