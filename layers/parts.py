"""What every file of a city pack is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


class Part(BaseModel):
    """Any table of a pack: frozen, and a key nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Title(Part):
    """What a person reads, in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the Chinese text for `zh`, the English one for anything else."""
        return self.zh if language == "zh" else self.en


class Named(Part):
    """A part that is called by its id; a file of its own has the id for a name."""

    id: Id
