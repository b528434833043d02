"""SimulatePrincipalPolicy, which moto does not have, from the policies that moto keeps.

"IAM API Reference, SimulatePrincipalPolicy" and "IAM User Guide, Policy evaluation logic": an explicit deny wins, then an
allow, else the deny is implicit. Inline and attached policies of users (with their groups) and roles count; boundaries,
organizations and resource policies are not known here. A condition on a key that was not sent is a missing context value,
and its statement does not match.
"""

from __future__ import annotations

import json
import re


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.iam.responses import IamResponse

    def simulate_principal_policy(self):
        statements = _statements(self.backend, self._get_param("PolicySourceArn"))
        results = [_evaluate(statements, action, resource)
                   for action in self._get_param("ActionNames") or []
                   for resource in self._get_param("ResourceArns") or ["*"]]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    IamResponse.simulate_principal_policy = simulate_principal_policy


def _statements(backend, source: str) -> list[dict]:
    """All statements that bind a user or a role."""
    from moto.iam.exceptions import NotFoundException, ValidationError

    kind, _, name = source.rpartition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    if kind == "user":
        user = backend.get_user(name)
        holders, found = [user, *backend.get_groups_for_user(name)], user
    elif kind == "role":
        found = backend.get_role(name)
        holders = [found]
    else:
        raise ValidationError(f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    if found.arn != source:  # the path is part of the name
        raise NotFoundException(f"The {kind} with ARN {source} cannot be found.")
    texts = [text for holder in holders for text in holder.policies.values()]
    texts += [version.document for holder in holders for policy in holder.managed_policies.values()
              for version in policy.versions if version.is_default]
    statements: list[dict] = []
    for text in texts:
        said = json.loads(text)["Statement"]
        statements += said if isinstance(said, list) else [said]
    return statements


def _evaluate(statements: list[dict], action: str, resource: str) -> dict:
    matching = [s for s in statements if _concerns(s, "Action", action, fold=True) and _concerns(s, "Resource", resource)]
    keys = sorted({key for s in matching for test in s.get("Condition", {}).values() for key in test})
    effects = {s["Effect"] for s in matching if not s.get("Condition")}
    decision = "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"
    return {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision, "MatchedStatements": [],
            "MissingContextValues": keys}


def _concerns(statement: dict, element: str, value: str, fold: bool = False) -> bool:
    """`Action` or `NotAction`, with `*` and `?`."""
    patterns = statement.get(element, statement.get(f"Not{element}", []))
    patterns = [patterns] if isinstance(patterns, str) else patterns
    flags = re.IGNORECASE if fold else 0
    matches = any(
        re.fullmatch("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern), value, flags)
        for pattern in patterns)
    return matches == (element in statement)
