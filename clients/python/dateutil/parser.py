"""The one function of dateutil that the generated code uses, with the standard library."""

from datetime import datetime


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
