"""The corner of JSONata that the estate's one JSONata machine needs: a path below `$states` or a variable.

"AWS Step Functions Developer Guide, Transforming data with JSONata": a string that is one `{% … %}` is an expression;
one that gives nothing fails with States.QueryEvaluationError. Any richer expression fails here too, and says that it is
the estate which cannot evaluate it.
"""

from __future__ import annotations

import re
from typing import Any

from .data import MISSING, find
from .scheduler import StateError

_EXPRESSION = re.compile(r"^\{%\s*(.*?)\s*%\}$", re.S)
_PATH = re.compile(r"^\$[A-Za-z_]\w*(\.\w+|\[-?\d+\])*$")


class QueryError(StateError):
    def __init__(self, cause: str, location: str) -> None:
        super().__init__("States.QueryEvaluationError", cause)
        self.location = location


def evaluate(value: Any, names: dict, location: str, where) -> Any:
    if isinstance(value, dict):
        return {k: evaluate(v, names, f"{location}/{k}", where) for k, v in value.items()}
    if isinstance(value, list):
        return [evaluate(v, names, f"{location}[{n}]", where) for n, v in enumerate(value)]
    found = _EXPRESSION.match(value) if isinstance(value, str) else None
    if not found:
        return value
    text = found.group(1)
    if not _PATH.match(text):
        raise QueryError(where(f"The JSONata expression '{text}' specified for the field '{location}' "
                               "is beyond what the practice estate evaluates."), location)
    answer = find(text, None, None, names)
    if answer is MISSING:
        raise QueryError(where(f"The JSONata expression '{text}' specified for the field '{location}' "
                               "returned nothing (undefined)."), location)
    return answer
