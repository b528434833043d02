"""A small MLflow tracking server for reading ("MLflow REST API", 2.0), at `/mlflow` of the server for everything but S3.

Experiments by name and id, the search of runs (filters of the form `tags.x = 'y'`, `params.x = 'y'` and `metrics.x > 1`, joined
by `and`), one run, the history of one metric.
"""

from __future__ import annotations

import base64
import io
import json
import re
from urllib.parse import parse_qsl

from .model import Models

ROOT = "/mlflow/api/2.0/mlflow/"
_TEST = re.compile(r"\s*(tags?|params?|metrics?|attributes?)\.[`\"]?([\w.\-/:]+)[`\"]?\s*(=|!=|>=|<=|>|<|LIKE|like)\s*"
                   r"(?:'([^']*)'|\"([^\"]*)\"|([-\d.eE]+))\s*")


class Wrong(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def answer(environ: dict) -> tuple[str, list, bytes] | None:
    path = environ.get("PATH_INFO", "")
    if not path.startswith(ROOT):
        return None
    from . import ready

    store = ready()
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    asked = {**dict(parse_qsl(environ.get("QUERY_STRING", ""))), **(json.loads(body) if body else {})}
    try:
        found = _ROUTES.get((environ["REQUEST_METHOD"], path.removeprefix(ROOT)))
        if found is None:
            raise Wrong("ENDPOINT_NOT_FOUND", f"No {environ['REQUEST_METHOD']} {path}")
        return _json("200 OK", found(store, asked))
    except Wrong as wrong:
        status = "404 Not Found" if wrong.code in ("RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND") else "400 Bad Request"
        return _json(status, {"error_code": wrong.code, "message": wrong.message})


def _json(status: str, content: dict) -> tuple[str, list, bytes]:
    body = json.dumps(content).encode()
    return status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body


def _experiments(store: Models) -> dict[str, dict]:
    return store.mlflow["experiments"]


def _shown(one: dict) -> dict:
    return {k: v for k, v in one.items() if k != "runs"}


def _named(store: Models, asked: dict) -> dict:
    for one in _experiments(store).values():
        if one["name"] == asked.get("experiment_name"):
            return {"experiment": _shown(one)}
    raise Wrong("RESOURCE_DOES_NOT_EXIST", f"Could not find experiment with name '{asked.get('experiment_name')}'")


def _by_id(store: Models, asked: dict) -> dict:
    found = _experiments(store).get(str(asked.get("experiment_id")))
    if found is None:
        raise Wrong("RESOURCE_DOES_NOT_EXIST", f"No Experiment with id={asked.get('experiment_id')} exists")
    return {"experiment": _shown(found)}


def _search_experiments(store: Models, asked: dict) -> dict:
    return _paged([_shown(one) for one in _experiments(store).values()], asked, "experiments", 1000)


def _run(store: Models, asked: dict) -> dict:
    wanted = asked.get("run_id") or asked.get("run_uuid")
    for experiment in _experiments(store).values():
        for run in experiment["runs"]:
            if run["info"]["run_id"] == wanted:
                return {"run": run}
    raise Wrong("RESOURCE_DOES_NOT_EXIST", f"Run with id={wanted} not found")


def _search_runs(store: Models, asked: dict) -> dict:
    found = [run for number in asked.get("experiment_ids") or () for run in
             _experiments(store).get(str(number), {"runs": []})["runs"] if _fits(run, asked.get("filter") or "")]
    order = (asked.get("order_by") or ["attributes.start_time DESC"])[0].split()
    found.sort(key=lambda run: _order(run, order[0]), reverse=order[-1].upper() == "DESC")
    return _paged(found, asked, "runs", 1000)


def _order(run: dict, name: str) -> tuple:
    value = _value(run, *name.replace("`", "").split(".", 1)) if "." in name else run["info"].get(name)
    return (value is not None, value if value is not None else 0)


def _value(run: dict, where: str, name: str):
    if where.startswith("attribute"):
        return run["info"].get(name)
    kept = run["data"]["metrics" if where.startswith("metric") else "params" if where.startswith("param") else "tags"]
    return next((one["value"] for one in kept if one["key"] == name), None)


def _fits(run: dict, text: str) -> bool:
    for part in re.split(r"\s+(?:and|AND)\s+", text) if text.strip() else ():
        test = _TEST.fullmatch(part)
        if not test:
            raise Wrong("INVALID_PARAMETER_VALUE", f"Invalid clause(s) in filter string: '{part}'")
        where, name, operator, *given = test.groups()
        wanted, value = next(one for one in given if one is not None), _value(run, where, name)
        if value is None:
            return False
        if isinstance(value, (int, float)):
            wanted = float(wanted)
        like = operator.upper() == "LIKE" and re.fullmatch(re.escape(str(wanted)).replace("%", ".*"), str(value)) is not None
        if not {"=": value == wanted, "!=": value != wanted, ">": value > wanted, ">=": value >= wanted, "<": value < wanted,
                "<=": value <= wanted}.get(operator, like):
            return False
    return True


def _history(store: Models, asked: dict) -> dict:
    run, name = _run(store, asked)["run"], asked.get("metric_key")
    return _paged(store.mlflow["history"].get((run["info"]["run_id"], name), []), asked, "metrics", 25_000)


def _paged(found: list, asked: dict, name: str, size: int) -> dict:
    size = int(asked.get("max_results") or size)
    try:
        first = int(base64.urlsafe_b64decode(asked["page_token"])) if asked.get("page_token") else 0
    except ValueError:
        raise Wrong("INVALID_PARAMETER_VALUE", "Invalid page token") from None
    told = {name: found[first:first + size]}
    if first + size < len(found):
        told["next_page_token"] = base64.urlsafe_b64encode(str(first + size).encode()).decode()
    return told


_ROUTES = {("GET", "experiments/get-by-name"): _named, ("GET", "experiments/get"): _by_id,
           ("POST", "experiments/search"): _search_experiments, ("GET", "experiments/search"): _search_experiments,
           ("GET", "runs/get"): _run, ("POST", "runs/search"): _search_runs, ("GET", "metrics/get-history"): _history}
