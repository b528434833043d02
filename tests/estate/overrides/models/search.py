"""Search ("Amazon SageMaker API Reference, Search" and "Filter"): whole shapes, a hundred a page, with the total.

Model answers the Model Dashboard's entry: the model with its endpoints, monitors and card.
"""

from __future__ import annotations

from typing import Any

from . import hosting, monitoring
from .model import Models
from .registry import _own
from .wire import ApiError, limit, page, pick, seconds, some

_RESOURCES = ("ModelPackage", "ModelPackageGroup", "Model", "Endpoint", "ModelCard", "Pipeline", "PipelineExecution")


def search(store: Models, asked: dict) -> dict:
    resource = asked["Resource"]
    if resource not in _RESOURCES:
        raise ApiError("ValidationException", f"The practice estate does not search {resource}.")
    expression = asked.get("SearchExpression") or {}
    filters = expression.get("Filters") or []
    if len(filters) > 20:
        raise ApiError("ValidationException", "1 validation error detected: Value at 'searchExpression.filters' failed to satisfy "
                       "constraint: Member must have length less than or equal to 20")
    own = asked.get("CrossAccountFilterOption") != "CrossAccount"
    found = [one for one in _all(store, resource, own) if _fits(one, expression)]
    name = asked.get("SortBy") or "LastModifiedTime"
    found.sort(key=lambda one: _key(_sorted_by(one, name)), reverse=asked.get("SortOrder") != "Ascending")
    return {**page(found, asked, limit(asked), lambda one: {resource: one}, "Results", "NextToken"),
            "TotalHits": {"Value": len(found), "Relation": "EqualTo"}}


def _all(store: Models, resource: str, own: bool) -> list[dict]:
    if resource == "ModelPackage":
        return [one for one in store.packages.values() if _own(one, "ModelPackageArn") == own]
    if resource == "ModelPackageGroup":
        return [one for one in store.groups.values() if _own(one, "ModelPackageGroupArn") == own]
    if not own:
        return []
    if resource == "Model":
        return [dashboard(store, one) for one in store.models.values()]
    if resource == "Endpoint":
        return [hosting.searched(store, one) for one in store.endpoints.values()]
    if resource == "ModelCard":
        return [pick(one, "ModelCardName", "ModelCardArn", "ModelCardVersion", "ModelCardStatus", "CreationTime", "CreatedBy",
                     "LastModifiedTime", "LastModifiedBy", "RiskRating") for one in store.cards.values()]
    if resource == "Pipeline":
        return [one.shape for one in store.pipelines.values()]
    from . import pipelines

    return [pipelines.told(store, run) for pipeline in store.pipelines.values() for run in pipeline.runs]


def dashboard(store: Models, model: dict) -> dict:
    name, here = model["ModelName"], []
    for one in store.endpoints.values():
        if name in [variant["ModelName"] for variant in store.configs[one["EndpointConfigName"]]["ProductionVariants"]]:
            here.append(one)
    monitors = [monitoring.watched(store, schedule) for one in here for schedule in store.schedules_of(one["EndpointName"])]
    package = store.packages.get(model["PrimaryContainer"].get("ModelPackageName", ""))
    card = store.cards.get(f"{package['ModelPackageGroupName']}-card") if package else None
    return some(Model=model, MonitoringSchedules=monitors, Endpoints=[pick(
        one, "EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus") for one in here],
        ModelCard=card and pick(card, "ModelCardArn", "ModelCardName", "ModelCardVersion", "ModelCardStatus", "CreationTime",
                                "CreatedBy", "LastModifiedTime", "LastModifiedBy", "RiskRating", "ModelId"))


def _sorted_by(one: dict, name: str) -> Any:
    values = _values(one, name)
    return values[0] if values else _values(one, "CreationTime")[0] if _values(one, "CreationTime") else ""


def _key(value: Any) -> tuple:
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))


def _values(one: Any, path: str) -> list:
    """What a dotted name means in a shape; `Tags.team` is the value of that tag; lists mean any of their members."""
    if one is None:
        return []
    if not path:
        return [inner for part in one for inner in _values(part, "")] if isinstance(one, list) else [one]
    if isinstance(one, list):
        if one and isinstance(one[0], dict) and set(one[0]) == {"Key", "Value"}:
            return [tag["Value"] for tag in one if tag["Key"] == path]
        return [inner for part in one for inner in _values(part, path)]
    if not isinstance(one, dict):
        return []
    if path in one:
        return _values(one[path], "")
    for length in range(len(path.split(".")) - 1, 0, -1):
        head, rest = ".".join(path.split(".")[:length]), ".".join(path.split(".")[length:])
        if head in one:
            return _values(one[head], rest)
    # The dashboard's entry holds the model itself one level down.
    return _values(one["Model"], path) if "Model" in one and isinstance(one["Model"], dict) else []


def _fits(one: dict, expression: dict) -> bool:
    tests = [_passes(one, wanted) for wanted in expression.get("Filters") or ()]
    tests += [any(all(_passes(part, {**wanted, "Name": wanted["Name"].removeprefix(nested["NestedPropertyName"] + ".")})
                      for wanted in nested["Filters"]) for part in _parts(one, nested["NestedPropertyName"]))
              for nested in expression.get("NestedFilters") or ()]
    tests += [_fits(one, inner) for inner in expression.get("SubExpressions") or ()]
    if not tests:
        return True
    return any(tests) if expression.get("Operator") == "Or" else all(tests)


def _parts(one: dict, name: str) -> list:
    found: Any = one
    for part in name.split("."):
        found = found.get(part, []) if isinstance(found, dict) else []
    return found if isinstance(found, list) else [found]


def _passes(one: dict, wanted: dict) -> bool:
    values, operator, value = _values(one, wanted["Name"]), wanted.get("Operator") or "Equals", wanted.get("Value", "")
    if operator in ("Exists", "NotExists"):
        return bool(values) == (operator == "Exists")
    if operator == "NotEquals":
        return all(_text(found) != value for found in values)
    if operator == "Contains":
        return any(value.lower() in _text(found).lower() for found in values)
    if operator == "In":
        return any(_text(found) in value.split(",") for found in values)
    if operator == "Equals":
        return any(_same(found, value) for found in values)
    bound = seconds(value)
    compare = {"GreaterThan": lambda a: a > bound, "GreaterThanOrEqualTo": lambda a: a >= bound,
               "LessThan": lambda a: a < bound, "LessThanOrEqualTo": lambda a: a <= bound}.get(operator)
    if compare is None:
        raise ApiError("ValidationException", f"Unknown operator {operator}")
    return any(compare(float(found)) for found in values if _is_time(found))


def _is_time(found: Any) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool)


def _same(found: Any, value: str) -> bool:
    if not _is_time(found):
        return _text(found) == value
    try:
        return seconds(value) == found
    except ValueError:
        return False


def _text(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)
