"""What a suspicion is, and when it holds a load back."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.specs import SourceSpec


@dataclass(frozen=True)
class Suspicion:
    """A share of a load's rows whose places look wrong, and why."""

    kind: str
    """repeated-point, swapped-axes, outside-city, wrong-datum: a word for programs"""
    share: float
    """Of the rows that have a place."""
    because: str

    def finding(self) -> dict[str, object]:
        """Return it as a load's detail keeps it."""
        return {"kind": self.kind, "share": round(self.share, 4), "because": self.because}


def holding(source: SourceSpec, suspicions: Sequence[Suspicion]) -> str | None:
    """Return why a load must wait for a person, nothing where its source allows what it is suspected of."""
    over = [item.because for item in suspicions if item.share > source.suspect_limit]
    if not over:
        return None
    return (
        f"{source.id}: held, because its places look wrong: {'; '.join(over)}. Nothing of it was published, and what "
        f"was there stays. Mend the file, or [place] in sources/{source.id}.toml; if the places are right, load once "
        "with --accept-suspicion"
    )


def per_cent(share: float) -> str:
    """Return a share as people read it, never nothing of something."""
    return f"{100 * share:.3g} %"
