"""How data flows through a state: paths, templates, intrinsic functions, choices.

"AWS Step Functions Developer Guide, Processing input and output", "Intrinsic functions", "Choice workflow state". The
part of JSONPath that definitions use in practice: names, quoted names, indexes, and `[*]`.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
import re
from datetime import datetime
from typing import Any, Callable

from .scheduler import StateError

_STEP = re.compile(r"\.(\w[\w\-]*)|\[['\"]([^'\"]+)['\"]\]|\[(-?\d+)\]|\[(\*)\]|\.(\*)")
MISSING = object()


def find(path: str, data: Any, context: Any, variables: dict | None = None) -> Any:
    """The value at a path, or MISSING."""
    if path.startswith("$$"):
        data, rest = context, path[2:]
    elif path[:1] == "$" and re.match(r"\$[A-Za-z_]", path):
        name = re.match(r"\$(\w+)", path).group(1)
        data, rest = (variables or {}).get(name, MISSING), path[1 + len(name):]
    elif path.startswith("$"):
        rest = path[1:]
    else:
        raise StateError("States.Runtime", f"'{path}' is not a path.")
    at = 0
    while at < len(rest) and data is not MISSING:
        step = _STEP.match(rest, at)
        if not step:
            raise StateError("States.Runtime", f"The practice estate does not know this path: '{path}'.")
        at = step.end()
        name, quoted, index, star, dot_star = step.groups()
        key = name if name is not None else quoted
        if star or dot_star:
            many = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
            found = [find("$" + rest[at:], one, context) for one in many]
            return [one for one in found if one is not MISSING]
        if index is not None:
            whole = isinstance(data, list) and -len(data) <= int(index) < len(data)
            data = data[int(index)] if whole else MISSING
        else:
            data = data.get(key, MISSING) if isinstance(data, dict) else MISSING
    return data


def place(whole: Any, path: str | None, value: Any) -> Any:
    """`value` at ResultPath of `whole`; a path of null keeps the input."""
    if path is None:
        return whole
    if path == "$":
        return value
    names = [a or b for a, b, *_ in _STEP.findall(path[1:])]
    copy = dict(whole) if isinstance(whole, dict) else {}
    here = copy
    for name in names[:-1]:
        here[name] = dict(here[name]) if isinstance(here.get(name), dict) else {}
        here = here[name]
    here[names[-1]] = value
    return copy


class Reader:
    """Resolves what a state's fields ask for, and names the state when it cannot."""

    def __init__(self, state: str, event: int, context: Callable[[], dict], variables: dict) -> None:
        self.state, self.event, self.context, self.variables = state, event, context, variables

    def path(self, path: str | None, data: Any, error: str = "States.Runtime") -> Any:
        if path is None:
            return {}
        if path == "$":
            return data
        found = find(path, data, self.context() if path.startswith("$$") else None, self.variables)
        if found is MISSING:
            raise StateError(error, self.where(f"Invalid path '{path}': No results for path: {_bracketed(path)}"))
        return found

    def where(self, what: str) -> str:
        return (f"An error occurred while executing the state '{self.state}' (entered at the event id #{self.event}). "
                f"{what}")

    def template(self, template: Any, data: Any) -> Any:
        """Parameters, ItemSelector, ResultSelector: keys that end in `.$` take a path or an intrinsic function."""
        if isinstance(template, dict):
            return {k[:-2] if k.endswith(".$") else k: self.value(v, data)
                    if k.endswith(".$") else self.template(v, data)
                    for k, v in template.items()}
        if isinstance(template, list):
            return [self.template(one, data) for one in template]
        return template

    def value(self, text: str, data: Any) -> Any:
        if text.startswith("States."):
            return self._call(text, data)
        return self.path(text, data, "States.ParameterPathFailure")

    def _call(self, text: str, data: Any) -> Any:
        name, _, inside = text.partition("(")
        arguments = [self._argument(one, data) for one in _split(inside.rstrip()[:-1])]
        function = _INTRINSICS.get(name)
        if function is None:
            raise StateError("States.IntrinsicFailure", self.where(f"The practice estate does not know {name}."))
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError) as failed:
            raise StateError("States.IntrinsicFailure", self.where(f"{name}: {failed}")) from failed

    def _argument(self, text: str, data: Any) -> Any:
        if text.startswith("'"):
            return text[1:-1].replace("\\'", "'")
        if text.startswith("$") or text.startswith("States."):
            return self.value(text, data)
        return json.loads(text)


def _bracketed(path: str) -> str:
    """As the message of a real failure spells a path: `$['a']['b']`."""
    return re.sub(r"\.(\w+)", r"['\1']", path)


def _split(text: str) -> list[str]:
    parts, depth, quoted, now = [], 0, False, ""
    for at, letter in enumerate(text):
        if letter == "'" and text[at - 1:at] != "\\":
            quoted = not quoted
        elif not quoted and letter in "([":
            depth += 1
        elif not quoted and letter in ")]":
            depth -= 1
        if letter == "," and not depth and not quoted:
            parts.append(now.strip())
            now = ""
        else:
            now += letter
    return [*parts, now.strip()] if now.strip() else parts


def _format(pattern: str, *values: Any) -> str:
    filled = iter(values)
    return re.sub(r"\{\}", lambda _: (lambda v: v if isinstance(v, str) else json.dumps(v))(next(filled)), pattern)


def _uuid() -> str:
    import uuid

    return str(uuid.uuid4())


_INTRINSICS: dict[str, Callable] = {
    "States.Format": _format, "States.JsonToString": lambda v: json.dumps(v, separators=(",", ":")),
    "States.StringToJson": json.loads, "States.Array": lambda *v: list(v), "States.ArrayLength": len,
    "States.ArrayGetItem": lambda a, i: a[i], "States.ArrayContains": lambda a, v: v in a,
    "States.ArrayRange": lambda a, b, s: list(range(a, b + 1, s)), "States.MathAdd": lambda a, b: a + b,
    "States.StringSplit": lambda s, d: [p for p in re.split("[" + re.escape(d) + "]", s) if p],
    "States.JsonMerge": lambda a, b, _deep: {**a, **b}, "States.UUID": _uuid,
    "States.Base64Encode": lambda s: base64.b64encode(s.encode()).decode(),
    "States.Base64Decode": lambda s: base64.b64decode(s).decode(),
    "States.Hash": lambda v, how: hashlib.new(how.replace("-", "").lower(), str(v).encode()).hexdigest(),
}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


_COMPARE = {"Equals": lambda a, b: a == b, "LessThan": lambda a, b: a < b, "GreaterThan": lambda a, b: a > b,
            "LessThanEquals": lambda a, b: a <= b, "GreaterThanEquals": lambda a, b: a >= b,
            "Matches": lambda a, b: fnmatch.fnmatchcase(a, b.replace("[", "[[]").replace("?", "[?]"))}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "String": lambda v: isinstance(v, str), "Boolean": lambda v: isinstance(v, bool),
    "Numeric": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "Timestamp": lambda v: isinstance(v, str)}


def chosen(rule: dict, data: Any, reader: Reader) -> bool:
    if "And" in rule:
        return all(chosen(one, data, reader) for one in rule["And"])
    if "Or" in rule:
        return any(chosen(one, data, reader) for one in rule["Or"])
    if "Not" in rule:
        return not chosen(rule["Not"], data, reader)
    variable = rule["Variable"]
    found = find(variable, data, reader.context() if variable.startswith("$$") else None, reader.variables)
    operator = next(k for k in rule if k not in ("Variable", "Next", "Comment", "Assign"))
    wanted = rule[operator]
    if operator == "IsPresent":
        return (found is not MISSING) == wanted
    if found is MISSING:
        raise StateError("States.Runtime", reader.where(
            f"Invalid path '{rule['Variable']}': The choice state's condition path references an invalid value."))
    if operator == "IsNull":
        return (found is None) == wanted
    if operator in ("IsString", "IsNumeric", "IsBoolean", "IsTimestamp"):
        return _KINDS[operator[2:]](found) == wanted
    if operator.endswith("Path"):
        operator, wanted = operator[:-4], reader.path(wanted, data)
    kind = next(k for k in _KINDS if operator.startswith(k))
    if not _KINDS[kind](found):
        return False
    if kind == "Timestamp":
        found, wanted = _time(found), _time(wanted)
    return _COMPARE[operator[len(kind):]](found, wanted)
