"""What PostgreSQL expects a question to cost: from its statistics, in its own unit, without answering it."""

from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from layers.questions import Question


class Explained(Executable, ClauseElement):
    """A question about a question."""

    inherit_cache = False

    def __init__(self, question: Question) -> None:
        """Explain a question."""
        self.question = question


@compiles(Explained)
def _explained(element: Explained, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - the compiler's own
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.question, **options)}"


def expected(connection: Connection, question: Question, *, each: float = 0) -> float:
    """Return the cost of the whole answer, and of what is done with each row of it."""
    plan = connection.execute(Explained(question)).scalar_one()[0]["Plan"]
    return float(plan["Total Cost"] + each * plan["Plan Rows"])
