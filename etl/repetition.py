"""A load that would do what the last one did: nothing is read, and its record says what the last one's does."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from etl.load import Counts

EVENTS = {"restamped", "retired", "taken_over"}
"""Findings of what a load did; all others tell of its files, and stay true of them."""


def repeats(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Say by their details whether a load repeats an earlier; a row that lay in the future then may not do so now."""
    known = now.get("fingerprint")
    return known is not None and before.get("fingerprint") == known and "future-time" not in before.get("reasons", {})


def repeated(before: Row[Any]) -> Counts:
    """Return what became of the rows: those of the earlier load that came in are unchanged now."""
    counts = Counts(
        read=before.rows_read, unchanged=before.rows_read - before.rows_rejected, rejected=before.rows_rejected
    )
    counts.data_time = before.data_time
    counts.reasons.update(before.detail.get("reasons", {}))
    findings = before.detail.get("findings", {})
    counts.findings = {kind: found for kind, found in findings.items() if kind not in EVENTS}
    return counts
