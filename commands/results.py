"""What became of loads, as a person and a program read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from commands.session import err, out, printable, show
from etl.city import Result
from etl.run import Outcome
from layers.errors import LoadError
from layers.plural import counted
from layers.specs import SourceSpec

ROWS = "row 1 is the first below the header; blank lines, and lines within quotes, do not count"
SHOWN = 5
"""Findings of a kind that are printed."""
TOLD = (
    "source",
    "state",
    "read",
    "loaded",
    "unchanged",
    "rejected",
    "retired",
    "reasons",
    "findings",
    "held",
    "message",
    "load",
    "seconds",
    "errors",
)
"""What is said of every source, in this order."""
OVER_LIMIT = 3
"""The exit code of loads that went in, but left more rows out than their source allows."""
WAITS = 4
"""The exit code of loads of which one is held."""


def say(results: Sequence[Result], *, as_json: bool) -> None:
    """Print what became of every source; where one failed, the others stand.

    Raises:
        LoadError: One failed.
    """
    done = [outcome for _, outcome in results if isinstance(outcome, Outcome)]
    if as_json:
        show([_said(source, outcome) for source, outcome in results], as_json=True)
    else:
        # Why one is held or failed is a sentence of its own below the table, and findings are told there one by one.
        below = {"held": None, "message": None, "errors": None}
        rows = [_said(source, outcome) | below for source, outcome in results]
        show([row | {"findings": noticed(row["findings"] or {})} for row in rows], as_json=False)
        for outcome in done:
            _show_findings(outcome)
        if errors := [{"source": item.source, **row} for item in done for row in _errors(item) or []]:
            show(errors, as_json=False)
            out.print(ROWS, style="dim", soft_wrap=True)
    failures = [str(outcome) for _, outcome in results if isinstance(outcome, LoadError)]
    if failures:
        raise LoadError("; ".join(failures))


def exit_code(results: Sequence[Result]) -> int:
    """Say which sources are held or left out more rows than they may; return what the command ends with."""
    done = [(source, outcome) for source, outcome in results if isinstance(outcome, Outcome)]
    held = [outcome.held for _, outcome in done if outcome.held is not None]
    over = [
        f"{source.id}: {outcome.rejected} of {counted(outcome.read, 'row')} rejected, more than the share of "
        f"{source.reject_limit:g} that the source allows"
        for source, outcome in done
        if outcome.rejected > outcome.read * source.reject_limit
    ]
    for sentence in held + over:
        err.print(f"onemap: {sentence}", style="yellow", markup=False, soft_wrap=True)
    return WAITS if held else OVER_LIMIT if over else 0


def reasons(counts: Mapping[str, int]) -> str:
    """Return how many of each kind, on one line."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def noticed(findings: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """Return how many rows, cells, or else findings, there are of each kind, on one line."""
    return reasons({kind: sum(map(_many, found)) for kind, found in findings.items()})


def _many(finding: Mapping[str, object]) -> int:
    return int(str(finding.get("rows", finding.get("cells", 1))))


def _said(source: SourceSpec, result: Outcome | LoadError) -> dict[str, Any]:
    if isinstance(result, LoadError):
        return dict.fromkeys(TOLD) | {"source": source.id, "state": "failed", "message": str(result)}
    said = {name: getattr(result, name, None) for name in TOLD}
    said |= {"reasons": reasons(result.reasons), "load": result.load_id, "seconds": round(result.seconds, 1)}
    return said | {"errors": _errors(result)}


def _errors(outcome: Outcome) -> list[dict[str, object]] | None:
    """Return the first rows that a dry run would leave out."""
    if outcome.state != "dry-run":
        return None
    names = ("file", "row", "reason", "message")
    return [dict(zip(names, item, strict=True)) for item in outcome.errors]


def _show_findings(outcome: Outcome) -> None:
    """Print what was noticed of rows that did come in, the first of each kind."""
    for kind, found in outcome.findings.items():
        for item in found[:SHOWN]:
            said = ", ".join(f"{name} {value}" for name, value in item.items())
            out.print(printable(f"{outcome.source}: {kind}: {said}"), soft_wrap=True)
        if len(found) > SHOWN:
            out.print(f"{outcome.source}: {kind}: and {len(found) - SHOWN} more, in the load's detail")
