"""Words that belong to no city: what the program itself calls things, in both languages."""

from layers.model import Status
from layers.parts import Title

STATUSES = {
    Status.REPORTED: Title(zh="已上报", en="Reported"),
    Status.ACCEPTED: Title(zh="已受理", en="Accepted"),
    Status.DISPATCHED: Title(zh="已派遣", en="Dispatched"),
    Status.RESOLVED: Title(zh="已处置", en="Resolved"),
    Status.CLOSED: Title(zh="已结案", en="Closed"),
}
"""The life of an incident, in its order."""


def status_code(status: Status) -> str:
    """Return a status as addresses and answers spell it."""
    return status.name.lower()
