"""What every file of a city pack is made of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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


def _in_both(raw: object) -> object:
    return {"zh": raw, "en": raw} if isinstance(raw, str) else raw


Name = Annotated[Title, BeforeValidator(_in_both, json_schema_input_type=Title | str)]
"""What somebody is called: one text means that it is the same in both languages."""


class Named(Part):
    """A part that is called by its id; a file of its own has the id for a name."""

    id: Id
