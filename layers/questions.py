"""What modules named by a noun return: a statement that nobody has run yet."""

from typing import Any, TypeAlias

from sqlalchemy import Select

Question: TypeAlias = Select[*tuple[Any, ...]]
