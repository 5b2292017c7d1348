"""Where a number comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hcrisk.scenario.table import Table, Text, item


def _as_text(raw: object) -> object:
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


class Source(Table):
    """A publication, data set or judgement a number rests on.

    Examples
    --------
    >>> Source(title="Staff survey", year=2024, obtained="read", confidence="high").year
    '2024'
    """

    title: Text = item("title")
    publisher: Text | None = item("who published it", default=None)
    year: Annotated[Text, BeforeValidator(_as_text)] | None = Field(
        default=None,
        description="year or date",
        json_schema_extra={"type": ["string", "integer"]},
    )
    url: Text | None = item("where to find it", default=None)
    obtained: Literal["read", "recalled", "derived", "judgement"] = item("how it was obtained")
    confidence: Literal["high", "medium", "low"] = item("how far it can be trusted")
    note: Text | None = item("remark", default=None)
