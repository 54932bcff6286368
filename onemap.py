"""The front door: the `onemap` command. Assembly only."""

import sys

import typer

from commands import embedded, guessing, loading, schedule, schemas, serving
from commands.session import err
from layers.errors import OneMapError

app = typer.Typer(help="One map of a city for the people who run it.", no_args_is_help=True, add_completion=False)
app.add_typer(loading.app)
app.add_typer(guessing.app)
app.add_typer(schemas.app)
app.add_typer(schedule.app)
app.add_typer(serving.app)
app.add_typer(embedded.app, name="db")


def main() -> None:
    """Run a command; a mistake is one sentence on standard error and exit status 1."""
    try:
        app()
    except OneMapError as mistake:
        err.print(f"onemap: {mistake}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
