"""Searching CloudWatch Logs: filter patterns and Logs Insights, which moto mostly ignores.

"Amazon CloudWatch Logs User Guide, Filter pattern syntax": terms, phrases, `?or`, `-without`, `%regex%`, `{ $.field = "x" }`.
"CloudWatch Logs Insights language query syntax": `fields`, `display`, `filter`, `parse`, `stats … by`, `sort`, `limit`, `dedup`
with comparisons, `like`, `in`, arithmetic and the common functions; the rest is a MalformedQueryException, as a typing error
is: it says where ("API_QueryCompileErrorLocation"). A query is Running for a third of a beat. `pattern` puts `<*>` in place
of what differs ("Pattern analysis").
"""

from __future__ import annotations

import base64
import functools
import json
import re
import time
import uuid
from datetime import datetime, timezone
from typing import Any, Callable

PAGE, ROWS = 10_000, 10_000
_QUERIES: dict[str, dict] = {}


def install() -> None:
    from moto.logs.responses import LogsResponse

    for method in (filter_log_events, start_query, get_query_results, describe_queries, stop_query, get_log_events, get_log_record,
                   describe_log_groups):
        setattr(LogsResponse, method.__name__, method)


def _group(response, name: str) -> Any:
    from moto.logs.exceptions import ResourceNotFoundException

    name = name.removesuffix(":*")
    name = name.partition(":log-group:")[2] if name.startswith("arn:") else name
    group = response.logs_backend.groups.get(name)
    if group is None:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return group



def get_log_events(response) -> str:
    """ "GetLogEvents" also by identifier; the tokens of the ends are repeated, which is how a reader knows that it is there."""
    from moto.logs.exceptions import ResourceNotFoundException

    asked = json.loads(response.body)
    group = _group(response, asked.get("logGroupIdentifier") or asked.get("logGroupName") or "")
    stream = group.streams.get(asked["logStreamName"])
    if stream is None:
        raise ResourceNotFoundException("The specified log stream does not exist.")
    first, last = asked.get("startTime"), asked.get("endTime")
    events = sorted((one for one in stream.events if (first is None or one.timestamp >= first)
                     and (last is None or one.timestamp < last)), key=lambda one: one.timestamp)
    limit, token = int(asked.get("limit") or PAGE), asked.get("nextToken") or ""
    if token:
        where = int(token[2:])
        begin, end = (where, where + limit) if token[0] == "f" else (max(0, where - limit), where)
    else:
        begin, end = (0, limit) if asked.get("startFromHead") else (max(0, len(events) - limit), len(events))
    end = min(end, len(events))
    return json.dumps({"events": [one.to_response_dict() for one in events[begin:end]],
                       "nextForwardToken": f"f/{end:056d}", "nextBackwardToken": f"b/{min(begin, end):056d}"})


def describe_log_groups(response) -> str:
    """ "DescribeLogGroups": by prefix or, whatever its case, by pattern. A group is as old as its first event: the story lies in
    the past."""
    from moto.logs.exceptions import InvalidParameterException

    asked = json.loads(response.body or "{}")
    prefix, holds = asked.get("logGroupNamePrefix") or "", (asked.get("logGroupNamePattern") or "").lower()
    if prefix and holds:
        raise InvalidParameterException(msg="LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    limit, begin = int(asked.get("limit") or 50), int(asked.get("nextToken") or 0)
    if not 1 <= limit <= 50:
        raise InvalidParameterException(constraint="Member must have value less than or equal to 50", parameter="limit", value=limit)
    found = [group for name, group in sorted(response.logs_backend.groups.items())
             if name.startswith(prefix) and holds in name.lower()]
    rows = []
    for group in found[begin:begin + limit]:
        first = min((event.timestamp for stream in group.streams.values() for event in stream.events), default=None)
        row = group.to_describe_dict()
        rows.append(row if first is None else {**row, "creationTime": min(first, row["creationTime"])})
    answer: dict[str, Any] = {"logGroups": rows}
    if begin + limit < len(found):
        answer["nextToken"] = str(begin + limit)
    return json.dumps(answer)


def get_log_record(response) -> str:
    """ "GetLogRecord": all fields of the event that a row's `@ptr` names; its time in milliseconds."""
    from moto.logs.exceptions import InvalidParameterException

    try:
        group, stream, number = base64.b64decode(json.loads(response.body)["logRecordPointer"], validate=True).decode().split("\n")
    except ValueError as wrong:
        raise InvalidParameterException(msg="Invalid log record pointer.") from wrong
    found = _group(response, group).streams.get(stream)
    event = next((one for one in found.events if str(one.event_id) == number), None) if found else None
    if event is None:
        raise InvalidParameterException(msg="Invalid log record pointer.")
    return json.dumps({"logRecord": {"@timestamp": str(event.timestamp), "@message": event.message, "@logStream": stream,
                                     "@log": f"{response.logs_backend.account_id}:{group}"}})


# FilterLogEvents

def filter_log_events(response) -> str:
    from moto.logs.exceptions import InvalidParameterException

    asked = json.loads(response.body)
    group = _group(response, asked.get("logGroupIdentifier") or asked.get("logGroupName") or "")
    names, prefix = asked.get("logStreamNames"), asked.get("logStreamNamePrefix") or ""
    try:
        fits = pattern(asked.get("filterPattern") or "")
    except (ValueError, re.error) as wrong:
        raise InvalidParameterException(msg=f"Invalid filter pattern: {wrong}") from wrong
    first, last = asked.get("startTime"), asked.get("endTime")
    found = []
    for name, stream in group.streams.items():
        if (names and name not in names) or not name.startswith(prefix):
            continue
        found += [{**one.to_filter_dict(), "logStreamName": name} for one in stream.events
                  if (first is None or one.timestamp >= first) and (last is None or one.timestamp <= last) and fits(one.message)]
    found.sort(key=lambda one: one["timestamp"])
    begin = int(base64.urlsafe_b64decode(asked["nextToken"])) if asked.get("nextToken") else 0
    end = begin + min(PAGE, int(asked.get("limit") or PAGE))
    answer: dict[str, Any] = {"events": found[begin:end], "searchedLogStreams": []}
    if end < len(found):
        answer["nextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return json.dumps(answer)


@functools.lru_cache(maxsize=64)
def pattern(text: str) -> Callable[[str], bool]:
    text = text.strip()
    if text.startswith("{"):
        return _of_json(text)
    if text.startswith("["):
        raise ValueError("space-delimited patterns are not played here")
    wanted, unwanted, either = [], [], []
    for mark, regex, phrase, word in re.findall(r'([-?]?)(?:%([^%]+)%|"((?:[^"\\]|\\.)*)"|(\S+))', text):
        test = re.compile(regex).search if regex else functools.partial(_holds, phrase.replace('\\"', '"') or word)
        (unwanted if mark == "-" else either if mark == "?" else wanted).append(test)
    return lambda message: (all(test(message) for test in wanted) and not any(test(message) for test in unwanted)
                            and (not either or any(test(message) for test in either)))


def _holds(word: str, message: str) -> bool:
    return word in message


def _of_json(text: str) -> Callable[[str], bool]:
    """ "Filter pattern syntax for JSON log events": comparisons of `$.path`, with && and ||."""
    inner = text.strip("{} \n")
    ways = []
    for way in re.split(r"\|\|", inner):
        tests = []
        for part in way.split("&&"):
            found = re.fullmatch(r"\s*\(?\s*\$\.([\w.\[\]-]+)\s*(=|!=|>=|<=|>|<|IS|NOT EXISTS)\s*(.*?)\s*\)?\s*", part)
            if not found:
                raise ValueError(part.strip())
            tests.append(found.groups())
        ways.append(tests)

    def fits(message: str) -> bool:
        try:
            body = json.loads(message)
        except ValueError:
            return False
        return isinstance(body, dict) and any(all(_compare_json(body, *test) for test in tests) for tests in ways)

    return fits


def _compare_json(body: dict, path: str, how: str, wanted: str) -> bool:
    value: Any = body
    for part in re.findall(r"[\w-]+", path):
        value = value[int(part)] if isinstance(value, list) and part.isdigit() and int(part) < len(value) else (
            value.get(part) if isinstance(value, dict) else None)
    if how == "NOT EXISTS":
        return value is None
    wanted = wanted.strip('"')
    if how == "IS":
        return {"NULL": value is None, "TRUE": value is True, "FALSE": value is False}.get(wanted, False)
    if how in ("=", "!="):
        text = "true" if value is True else "false" if value is False else str(value)
        same = value is not None and (re.fullmatch(re.escape(wanted).replace(r"\*", ".*"), text) is not None)
        return same if how == "=" else not same
    left, right = _number(value), _number(wanted)
    return left is not None and right is not None and _ORDER[how](left, right)


_ORDER = {">": lambda a, b: a > b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


# Insights

def start_query(response) -> str:
    from moto.logs.exceptions import InvalidParameterException

    asked = json.loads(response.body)
    names = asked.get("logGroupIdentifiers") or asked.get("logGroupNames") or [asked.get("logGroupName")]
    groups = [_group(response, name) for name in names if name]
    if not groups:
        raise InvalidParameterException(msg="A log group is required.")
    try:
        rows, counts = run(groups, asked["queryString"], asked["startTime"] * 1000, asked["endTime"] * 1000 + 999,
                           int(asked.get("limit") or 1_000))
    except (Malformed, re.error) as wrong:
        raise _malformed(asked["queryString"], str(wrong)) from wrong
    query = str(uuid.uuid4())
    from . import jobs

    _QUERIES[query] = {"rows": rows, "counts": counts, "ready": time.time() + jobs.store().pace() / 3, "text": asked["queryString"],
                       "created": round(time.time() * 1000), "group": groups[0].name, "stopped": False}
    return json.dumps({"queryId": query})


def _malformed(text: str, wrong: str) -> Exception:
    """ "MalformedQueryException": with `queryCompileError`, which says what and, where that is known, where."""
    from moto.core.exceptions import JsonRESTError

    message = f"unexpected symbol found {wrong}"
    error = JsonRESTError("MalformedQueryException", message)
    compile_error: dict[str, Any] = {"message": message}
    begin = text.find(wrong) if wrong else -1
    if begin >= 0:
        compile_error["location"] = {"startCharOffset": begin, "endCharOffset": begin + len(wrong)}
    error.description = json.dumps({"__type": "MalformedQueryException", "message": message, "queryCompileError": compile_error})
    return error


def _status(query: dict) -> str:
    return "Cancelled" if query["stopped"] else "Complete" if query["ready"] <= time.time() else "Running"


def _query(response) -> dict:
    from moto.logs.exceptions import ResourceNotFoundException

    found = _QUERIES.get(json.loads(response.body)["queryId"])
    if found is None:
        raise ResourceNotFoundException("The specified query does not exist.")
    return found


def get_query_results(response) -> str:
    query = _query(response)
    matched, scanned, size = query["counts"]
    done = _status(query) == "Complete"
    return json.dumps({"queryLanguage": "CWLI", "status": _status(query), "results": [
        [{"field": name, "value": _shown(value)} for name, value in row.items() if value is not None]
        for row in (query["rows"] if done else [])], "statistics": {
            "recordsMatched": float(matched), "recordsScanned": float(scanned), "bytesScanned": float(size),
            "estimatedRecordsSkipped": 0.0, "estimatedBytesSkipped": 0.0, "logGroupsScanned": 1.0}})


def describe_queries(response) -> str:
    asked = json.loads(response.body)
    return json.dumps({"queries": [{
        "queryLanguage": "CWLI", "queryId": name, "queryString": query["text"], "status": _status(query),
        "createTime": query["created"], "logGroupName": query["group"]} for name, query in reversed(_QUERIES.items())
        if asked.get("logGroupName") in (None, query["group"]) and asked.get("status") in (None, _status(query))]})


def stop_query(response) -> str:
    query = _query(response)
    running = _status(query) == "Running"
    query["stopped"] = query["stopped"] or running
    return json.dumps({"success": running})


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0")
    return str(value)


def stamp(millis: float) -> str:
    return datetime.fromtimestamp(millis / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.") + f"{int(millis % 1000):03d}"


class Malformed(Exception):
    pass


class Row(dict):
    """One event's fields; those found in its text are looked for when they are first asked for."""

    discovered = False

    def field(self, name: str) -> Any:
        if name not in self and not self.discovered and "@message" in self:
            self.discovered = True
            for key, value in _discover(dict.get(self, "@message"), dict.get(self, "@log", "")).items():
                self.setdefault(key, value)
        return self.get(name)


_REPORT = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB\tMax "
                     r"Memory Used: (\d+) MB")


def _discover(message: str, log: str) -> dict:
    """ "Supported logs and discovered fields": JSON, and what Lambda reports."""
    start = message.find("{")
    found: dict[str, Any] = {}
    if 0 <= start < 200:
        try:
            _flatten(json.loads(message[start:]), "", found)
        except ValueError:
            pass
    if "/aws/lambda/" in log:
        request = re.search(r"RequestId: ([\w-]+)|Z\t([\w-]{36})\t", message)
        if request:
            found["@requestId"] = request.group(1) or request.group(2)
        report = _REPORT.search(message)
        found["@type"] = "REPORT" if report else message.partition(" ")[0] if message[:3] in ("STA", "END") else None
        if report:
            found.update({"@duration": float(report.group(2)), "@billedDuration": float(report.group(3)),
                          "@memorySize": float(report.group(4)) * 1e6, "@maxMemoryUsed": float(report.group(5)) * 1e6})
    return found


def _flatten(value: Any, path: str, found: dict) -> None:
    if isinstance(value, (dict, list)) and value:
        for key, inner in (value.items() if isinstance(value, dict) else enumerate(value)):
            _flatten(inner, f"{path}.{key}" if path else str(key), found)
    elif path:
        found[path] = value


def run(groups: list, text: str, first: float, last: float, limit: int) -> tuple[list[dict], tuple[int, int, int]]:
    rows, size = [], 0
    for group in groups:
        for name, stream in group.streams.items():
            for event in stream.events:
                if first <= event.timestamp <= last:
                    size += len(event.message)
                    rows.append(Row({"@timestamp": event.timestamp, "@message": event.message.rstrip("\n"), "@logStream": name,
                                     "@log": f"{group.account_id}:{group.name}", "@ingestionTime": event.ingestion_time,
                                     "@ptr": base64.b64encode(f"{group.name}\n{name}\n{event.event_id}".encode()).decode()}))
    rows.sort(key=lambda row: -row["@timestamp"])
    scanned, shown, grouped = len(rows), ["@timestamp", "@message"], False
    for command in _split(text, "|"):
        word, _, rest = command.strip().partition(" ")
        rest = rest.strip()
        if word in ("fields", "display"):
            shown = [] if word == "display" or shown == ["@timestamp", "@message"] else shown
            for part in _split(rest, ","):
                expression, name = _named(part)
                shown.append(name)
                if name != part.strip().strip("`"):
                    for row in rows:
                        row[name] = expression(row)
        elif word == "filter":
            test = parse(rest)
            rows = [row for row in rows if test(row)]
        elif word == "parse":
            _parse(rows, rest)
        elif word == "stats":
            rows, shown = _stats(rows, rest)
            grouped = True
        elif word == "sort":
            for part in reversed(list(_split(rest, ","))):
                expression, _, order = part.strip().rpartition(" ") if part.strip().endswith((" asc", " desc")) else (part, "", "asc")
                key = parse(expression.strip())
                rows.sort(key=lambda row: _order_of(key(row)), reverse=order == "desc")
        elif word == "pattern":
            rows, shown = _patterns(rows, rest)
            grouped = True
        elif word in ("limit", "head"):
            limit = min(ROWS, int(rest))
            rows = rows[:limit]
        elif word == "dedup":
            keys, known, kept = [parse(part.strip()) for part in _split(rest, ",")], set(), []
            for row in rows:
                of = tuple(str(key(row)) for key in keys)
                if of not in known:
                    known.add(of)
                    kept.append(row)
            rows = kept
        elif command.strip() and not command.strip().startswith("#"):
            raise Malformed(word)
    matched = len(rows)
    answer = []
    for row in rows[:limit]:
        line = {name: stamp(row.field(name)) if name in ("@timestamp", "@ingestionTime") and row.field(name) is not None
                else row.field(name) for name in shown}
        answer.append(line if grouped else {**line, "@ptr": row.field("@ptr")})
    return answer, (matched, scanned, size)


_DIFFERS = re.compile(r"\S*\d\S*")


def _patterns(rows: list[Row], rest: str) -> tuple[list[Row], list[str]]:
    """ "pattern": `@pattern`, `@ratio`, `@sampleCount`, `@severityLabel`, the most frequent first."""
    of, counts = parse(rest), {}
    for row in rows:
        text = _DIFFERS.sub("<*>", str(of(row) or ""))
        counts[text] = counts.get(text, 0) + 1
    level = re.compile(r"\b(FATAL|ERROR|WARN|INFO|DEBUG)\b")
    answer = []
    for text, count in sorted(counts.items(), key=lambda one: -one[1]):
        found = level.search(text)
        answer.append(Row({"@pattern": text, "@ratio": count / len(rows), "@sampleCount": float(count),
                           "@severityLabel": found.group(1) if found else None}))
    return answer, ["@pattern", "@ratio", "@sampleCount", "@severityLabel"]


def _order_of(value: Any) -> tuple:
    number = _number(value)
    return (0, "", 0.0) if value is None else (1, "", number) if number is not None else (2, str(value), 0.0)


def _split(text: str, mark: str) -> list[str]:
    """At the mark, but not inside quotes, brackets or a regular expression."""
    parts, depth, quote, begin, at = [], 0, "", 0, 0
    while at < len(text):
        letter = text[at]
        if quote:
            if letter == "\\":
                at += 1
            elif letter == quote:
                quote = ""
        elif letter in "\"'`" or (letter == "/" and re.search(r"(?:like|=~|not like|parse\s+\S+|[(,=])\s*$", text[:at])):
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == mark and not depth:
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return [*parts, text[begin:]]


def _named(part: str) -> tuple[Callable, str]:
    found = re.fullmatch(r"(.*?)\s+as\s+`?([\w.@-]+)`?\s*", part.strip(), re.IGNORECASE | re.DOTALL)
    return (parse(found.group(1)), found.group(2)) if found else (parse(part.strip()), part.strip().strip("`"))


def _parse(rows: list[Row], rest: str) -> None:
    """`parse @message "user=*, took=*" as user, took` and `parse @message /…(?<name>…)/`."""
    found = re.fullmatch(r"(?:([\w.@`]+)\s+)?(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')\s+as\s+(.+)", rest, re.DOTALL)
    if found:
        glob = found.group(2) if found.group(2) is not None else found.group(3)
        names = [name.strip() for name in found.group(4).split(",")]
        pieces = [re.escape(piece) for piece in glob.replace('\\"', '"').split("*")]
        if len(pieces) != len(names) + 1:
            raise Malformed("parse: as many names as stars are needed")
        test = re.compile("".join(piece + ("(.*)" if n == len(names) - 1 and not pieces[-1] else "(.*?)" if n < len(names) else "")
                                  for n, piece in enumerate(pieces)), re.DOTALL)
    else:
        found = re.fullmatch(r"(?:([\w.@`]+)\s+)?/(.*)/(?:\s+as\s+(.+))?", rest, re.DOTALL)
        if not found:
            raise Malformed("parse")
        test = re.compile(found.group(2).replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!"))
        names = list(test.groupindex)
    field = (found.group(1) or "@message").strip("`")
    for row in rows:
        hit = test.search(str(row.field(field) or ""))
        for number, name in enumerate(names, 1):
            row[name] = hit.group(name if name in test.groupindex else number) if hit else None


# Expressions

_TOKEN = re.compile(r"""\s*(?:(?P<regex>/(?:[^/\\]|\\.)+/\w*)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+\.?\d*(?![\w.]))|
    (?P<period>\d+(?:ms|s|m|h|d|w)\b)|(?P<name>`[^`]+`|[@A-Za-z_][\w.@-]*)|(?P<mark>=~|!=|>=|<=|[-+*/%=<>(),\[\]]))""", re.VERBOSE)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            after_value = self.tokens and (self.tokens[-1][0] in ("number", "text", "period") or self.tokens[-1][1] == ")"
                                           or (self.tokens[-1][0] == "name" and self.tokens[-1][1].lower() not in _WORDS))
            found = _TOKEN.match(text, at)
            if found and found.lastgroup == "regex" and after_value:
                found = re.compile(r"\s*(?P<mark>/)").match(text, at)
            if not found:
                raise Malformed(text[at:at + 20])
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        self.at = 0

    def peek(self, *words: str) -> str:
        token = self.tokens[self.at][1] if self.at < len(self.tokens) else ""
        return token if token.lower() in words else ""

    def take(self, *words: str) -> str:
        found = self.peek(*words)
        self.at += bool(found)
        return found.lower()

    def need(self, word: str) -> None:
        if not self.take(word):
            raise Malformed(word)

    def next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Malformed("<EOF>")
        self.at += 1
        return self.tokens[self.at - 1]


_WORDS = {"like", "not", "and", "or", "in", "by"}


@functools.lru_cache(maxsize=256)
def parse(text: str) -> Callable[[Row], Any]:
    reader = _Reader(text)
    expression = _either(reader)
    if reader.at < len(reader.tokens):
        raise Malformed(reader.tokens[reader.at][1])
    return expression


def _either(reader: _Reader):
    left = _both(reader)
    while reader.take("or"):
        left = (lambda a, b: lambda row: bool(a(row)) or bool(b(row)))(left, _both(reader))
    return left


def _both(reader: _Reader):
    left = _not(reader)
    while reader.take("and"):
        left = (lambda a, b: lambda row: bool(a(row)) and bool(b(row)))(left, _not(reader))
    return left


def _not(reader: _Reader):
    if reader.take("not"):
        inner = _not(reader)
        return lambda row: not inner(row)
    return _comparison(reader)


def _comparison(reader: _Reader):
    left = _sum(reader)
    inverse = bool(reader.peek("not")) and reader.at + 1 < len(reader.tokens) and reader.tokens[reader.at + 1][1].lower() in ("like", "in")
    if inverse:
        reader.at += 1
    how = reader.take("=", "!=", ">=", "<=", ">", "<", "like", "=~", "in")
    if not how:
        return left
    if how == "in":
        reader.need("[")
        values = [_sum(reader)]
        while reader.take(","):
            values.append(_sum(reader))
        reader.need("]")
        return lambda row: (str(left(row)) in {_shown(value(row)) for value in values}) != inverse
    if how in ("like", "=~"):
        kind, token = reader.next()
        if kind == "regex":
            body, _, flags = token[1:].rpartition("/")
            test = re.compile(body, re.IGNORECASE if "i" in flags else 0).search
        else:
            test = functools.partial(_holds, token[1:-1].replace('\\"', '"'))
        return lambda row: bool(test(str(left(row) if left(row) is not None else ""))) != inverse
    right = _sum(reader)

    def compare(row: Row) -> bool:
        a, b = left(row), right(row)
        x, y = _number(a), _number(b)
        if how in ("=", "!="):
            same = x == y if x is not None and y is not None else str(a) == str(b)
            return same == (how == "=") if a is not None else how == "!="
        if x is None or y is None:
            return a is not None and b is not None and _ORDER[how](str(a), str(b))
        return _ORDER[how](x, y)

    return compare


def _sum(reader: _Reader):
    left = _product(reader)
    while reader.peek("+", "-"):
        left = _arithmetic(reader.next()[1], left, _product(reader))
    return left


def _product(reader: _Reader):
    left = _value(reader)
    while reader.peek("*", "/", "%"):
        left = _arithmetic(reader.next()[1], left, _value(reader))
    return left


def _arithmetic(how: str, left, right):
    def compute(row: Row) -> float | None:
        a, b = _number(left(row)), _number(right(row))
        if a is None or b is None or (how in "/%" and not b):
            return None
        return {"+": a + b, "-": a - b, "*": a * b}[how] if how in "+-*" else a / b if how == "/" else a % b

    return compute


def _value(reader: _Reader):
    kind, token = reader.next()
    if token == "(":
        inner = _either(reader)
        reader.need(")")
        return inner
    if token == "-":
        inner = _value(reader)
        return lambda row: -(_number(inner(row)) or 0.0)
    if kind == "number":
        return lambda row: float(token)
    if kind == "text":
        return lambda row: token[1:-1].replace('\\"', '"')
    if kind == "period":
        return lambda row: _period(token)
    if kind != "name":
        raise Malformed(token)
    if reader.take("("):
        given = []
        while not reader.take(")"):
            given.append((lambda row: "*") if reader.take("*") else _either(reader))
            reader.take(",")
        function = _FUNCTIONS.get(token.lower())
        if function is None:
            raise Malformed(token)
        return lambda row: function(row, *[one(row) for one in given])
    name = token.strip("`")
    return lambda row: row.field(name)


def _period(text: str) -> float:
    found = re.fullmatch(r"(\d+)(\w+)", text)
    return int(found.group(1)) * _SECONDS[found.group(2)]


def _bin(row: Row, seconds: float) -> str:
    return stamp(row.field("@timestamp") // (seconds * 1000) * seconds * 1000)


_FUNCTIONS: dict[str, Callable] = {
    "bin": _bin, "ispresent": lambda row, value: value is not None, "isempty": lambda row, value: value in (None, ""),
    "isblank": lambda row, value: not str(value or "").strip(), "strlen": lambda row, value: float(len(str(value or ""))),
    "tolower": lambda row, value: str(value or "").lower(), "toupper": lambda row, value: str(value or "").upper(),
    "trim": lambda row, value: str(value or "").strip(), "strcontains": lambda row, value, part: float(str(part) in str(value or "")),
    "substr": lambda row, value, at, size=None: str(value or "")[int(at):None if size is None else int(at + size)],
    "concat": lambda row, *parts: "".join(str(part) for part in parts if part is not None),
    "coalesce": lambda row, *parts: next((part for part in parts if part is not None), None),
    "abs": lambda row, value: abs(_number(value) or 0.0), "floor": lambda row, value: float(int((_number(value) or 0.0) // 1)),
    "ceil": lambda row, value: float(-(-(_number(value) or 0.0) // 1)),
    "tomillis": lambda row, value: float(value), "frommillis": lambda row, value: stamp(float(value)),
    "datefloor": lambda row, value, seconds: stamp(float(value) // (seconds * 1000) * seconds * 1000),
}


def _numbers(values: list) -> list[float]:
    return sorted(number for number in map(_number, values) if number is not None)


def _part(values: list, percent: float) -> float | None:
    ordered = _numbers(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(percent * len(ordered)) // 100) - 1))] if ordered else None


_OVER: dict[str, Callable] = {
    "sum": lambda values: sum(_numbers(values)), "avg": lambda values: sum(_numbers(values)) / max(1, len(_numbers(values))),
    "min": lambda values: min((value for value in values if value is not None), key=_order_of, default=None),
    "max": lambda values: max((value for value in values if value is not None), key=_order_of, default=None),
    "count_distinct": lambda values: float(len({str(value) for value in values if value is not None})),
    "count": lambda values: float(sum(value is not None for value in values)),
    "median": lambda values: _part(values, 50),
}


def _stats(rows: list[Row], rest: str) -> tuple[list[Row], list[str]]:
    halves = re.split(r"\s+by\s+", rest, maxsplit=1, flags=re.IGNORECASE)
    keys = [_named(part) for part in _split(halves[1], ",")] if len(halves) > 1 else []
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(key(row) for key, _ in keys), []).append(row)
    if not keys and not groups:
        groups[()] = []
    aims = []
    for part in _split(halves[0], ","):
        found = re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*(?:as\s+`?([\w.@-]+)`?)?\s*", part, re.IGNORECASE | re.DOTALL)
        if not found:
            raise Malformed(part.strip())
        aims.append((found.group(1).lower(), found.group(2).strip(), found.group(3) or part.strip()))
    answer = []
    for values, members in groups.items():
        line = Row({name: value for (_, name), value in zip(keys, values)})
        for how, what, name in aims:
            line[name] = _aggregate(how, what, members)
        answer.append(line)
    return answer, [name for _, name in keys] + [name for *_, name in aims]


def _aggregate(how: str, what: str, members: list[Row]) -> Any:
    if how == "count" and what in ("*", ""):
        return float(len(members))
    if how in ("pct", "percentile"):
        of, percent = _split(what, ",")
        return _part([parse(of.strip())(row) for row in members], float(percent))
    if how in ("earliest", "latest"):
        ordered = sorted(members, key=lambda row: row.field("@timestamp"))
        value = parse(what)(ordered[0 if how == "earliest" else -1]) if ordered else None
        return stamp(value) if what == "@timestamp" and value is not None else value
    if how not in _OVER:
        raise Malformed(how)
    found = _OVER[how]([parse(what)(row) for row in members])
    return stamp(found) if what == "@timestamp" and found is not None and how in ("min", "max") else found
