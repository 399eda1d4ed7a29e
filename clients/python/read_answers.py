"""Reads answers of the server with the generated classes, writes them again, and compares."""

import json
import re
from datetime import datetime
from typing import Any

import models

time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")
readers = {name.removesuffix("_from_dict").replace("_", ""): getattr(models, name) for name in dir(models) if name.endswith("_from_dict")}


def comparable(value: Any) -> Any:
    """Returns a value without members that are null, which a class does not distinguish from absent ones, and with times in one form."""
    if isinstance(value, dict):
        return {name: comparable(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if isinstance(value, str) and time.match(value):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value


with open("generated/answers.json", encoding="utf-8") as file:
    for answer in json.load(file):
        written = readers[answer["schema"].lower()](answer["body"]).to_dict()
        if comparable(written) != comparable(answer["body"]):
            raise SystemExit(f"{answer['schema']}: {answer['body']} was written as {written}")
