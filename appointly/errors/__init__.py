"""Every refusal: a class with a stable code, an HTTP status and a sentence a person understands.

API and pages render the same `code` and `message`; `fields` names the inputs a form should mark. All are imported from
here; each stands in the file of its subject.
"""

from appointly.errors.accounts import *
from appointly.errors.bookings import *
from appointly.errors.business import *
from appointly.errors.common import *
