"""The Redshift Data API ("Amazon Redshift Data API Reference": each operation's page), for the warehouse's loads.

There is no database behind it. It answers the questions that a person asks about loads: `sys_load_error_detail`,
`stl_load_errors`, `sys_load_history` and `sys_query_history` ("Amazon Redshift Database Developer Guide, SYS monitoring
views"); a COPY reads the object as it is and fails as a load does; what else is sent succeeds without rows.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timezone

from .model import Jobs, now
from .wire import ApiError, page, some

TABLES = {"daily_sales": 6, "daily_sales_returns": 6, "orders": 7, "members": 9, "store_master": 3}
_INTEGERS = ("user_id", "query_id", "transaction_id", "session_id", "table_id", "line_number", "position", "error_code",
             "loaded_rows", "elapsed_time")
_VIEWS = {"sys_load_error_detail": "load_errors", "stl_load_errors": "load_errors"}


def _statement(store: Jobs, asked: dict) -> dict:
    found = store.statements.get(asked["Id"].partition(":")[0])
    if found is None:
        raise ApiError("ResourceNotFoundException", "Query does not exist.")
    return found


def _status(one: dict) -> str:
    return next(state for when, state in reversed(one["moments"]) if when <= now())


def _shown(one: dict) -> dict:
    status = _status(one)
    over = status in ("FINISHED", "FAILED", "ABORTED")
    return some(
        Id=one["Id"], Status=status, QueryString=one["sql"], CreatedAt=one["moments"][0][0],
        UpdatedAt=[when for when, _ in one["moments"] if when <= now()][-1],
        StatementName=one.get("name"), SecretArn=one.get("secret"), IsBatchStatement=False), over


def execute_statement(store: Jobs, asked: dict) -> dict:
    made = run(store, asked["Sql"], now(), store.pace(), asked.get("StatementName"), asked.get("Database", "sales"),
               asked.get("WorkgroupName"), asked.get("ClusterIdentifier"), asked.get("SecretArn"))
    return some(Id=made["Id"], CreatedAt=made["moments"][0][0], Database=made["database"],
                WorkgroupName=made.get("workgroup"), ClusterIdentifier=made.get("cluster"), SecretArn=made.get("secret"))


def run(store: Jobs, sql: str, start: float, beat: float, name: str | None = None, database: str = "sales",
        workgroup: str | None = "warehouse", cluster: str | None = None, secret: str | None = None,
        statement_id: str | None = None, error: str = "", rows: int | None = None, took: float | None = None) -> dict:
    statement_id = statement_id or str(uuid.uuid4())
    query = 700_000 + len(store.statements) * 37
    one = {"Id": statement_id, "sql": sql, "name": name, "database": database, "workgroup": workgroup,
           "cluster": cluster, "secret": secret, "query": query, "error": error, "columns": [], "records": [],
           "rows": rows or 0}
    view = re.search(r"\bfrom\s+(?:pg_catalog\.)?(\w+)", sql, re.IGNORECASE)
    copy = re.match(r"\s*copy\s+([\w.]+)[^']*'(s3://[^']+)'", sql, re.IGNORECASE)
    if copy and not error and rows is None:
        one["error"], one["rows"] = _copy(store, copy.group(1).rpartition(".")[2], copy.group(2), query, start)
    elif view and not error and not copy:
        one["columns"], one["records"] = _view(store, view.group(1).lower(), sql)
        one["rows"] = len(one["records"])
    took = 0.8 * beat if took is None else took
    one["moments"] = [(start, "SUBMITTED"), (start + 0.1 * took, "STARTED"),
                      (start + took, "FAILED" if one["error"] else "FINISHED")]
    store.statements[statement_id] = one
    return one


def _copy(store: Jobs, table: str, path: str, query: int, start: float) -> tuple[str, int]:
    """Reads the object as a load would: every line must have the table's columns."""
    from ... import ministack_state

    bucket, _, key = path.removeprefix("s3://").partition("/")
    body = ministack_state.body_at(bucket, key)
    if body is None:
        return (f"ERROR: The specified S3 prefix '{key}' does not exist\n  Detail:\n  -----------------------------------"
                f"------------\n  error:  The specified S3 prefix '{key}' does not exist\n  code:      8001\n  context:\n"
                f"  query:     {query}\n  location:  s3_utility.cpp:720\n  process:   padbmaster [pid=1073881331]\n"
                "  -----------------------------------------------"), 0
    lines, width = body.decode("utf-8", "replace").splitlines(), TABLES.get(table)
    wrong = next((n for n, line in enumerate(lines, 1) if width and line.count(",") != width - 1), None)
    if wrong is None and body and not body.endswith(b"\n") and table == "daily_sales":  # Cut in its last column.
        load_error(store, path, len(lines), width, query, start, "sold_at", "timestamp", 0, 1206,
                   "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]")
        return LOAD_FAILED.format(table=table), 0
    if wrong is None:
        return "", max(0, len(lines) - 1)
    load_error(store, path, wrong, lines[wrong - 1].count(",") + 1, query, start)
    return LOAD_FAILED.format(table=table), 0


LOAD_FAILED = ("ERROR: Load into table '{table}' failed.  Check 'sys_load_error_detail' system table for details.")
_COLUMNS = ("order_id", "store", "sku", "qty", "amount", "sold_at")


def load_error(store: Jobs, path: str, line: int, fields: int, query: int, start: float, column: str = "",
               kind: str = "varchar", position: int = 0, code: int = 1202, message: str = "") -> None:
    store.load_errors.append({
        "user_id": 100, "query_id": query, "transaction_id": query * 3 + 1, "session_id": 1_073_881_331,
        "database_name": "sales", "table_id": 152_734, "start_time": _stamp(start), "file_name": path,
        "line_number": line, "column_name": column or _COLUMNS[min(fields, len(_COLUMNS)) - 1], "column_type": kind,
        "column_length": "32" if kind == "varchar" else "", "position": position, "error_code": code,
        "error_message": message or "Extra column(s) found" if fields > 6 else message or "Delimiter not found"})


def _stamp(when: float) -> str:
    return datetime.fromtimestamp(when, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")


def _view(store: Jobs, view: str, sql: str) -> tuple[list[str], list[dict]]:
    if view in _VIEWS:
        rows = sorted(store.load_errors, key=lambda row: row["start_time"], reverse=True)
        wanted = re.search(r"query_id\s*=\s*(\d+)", sql)
        rows = [row for row in rows if not wanted or row["query_id"] == int(wanted.group(1))]
    elif view in ("sys_query_history", "sys_load_history"):
        rows = []
        for one in sorted(store.statements.values(), key=lambda one: -one["moments"][0][0]):
            copied = re.search(r"copy\s+([\w.]+)[^']*'(s3://[^']+)'", one["sql"], re.IGNORECASE)
            if view == "sys_load_history" and not copied:
                continue
            base = {"user_id": 100, "query_id": one["query"], "start_time": _stamp(one["moments"][0][0]),
                    "end_time": _stamp(one["moments"][-1][0]), "status": "failed" if one["error"] else "completed"
                    if view == "sys_load_history" else "success"}
            rows.append({**base, "table_name": copied.group(1), "data_source": copied.group(2),
                         "loaded_rows": one["rows"], "error_message": one["error"]} if view == "sys_load_history" else
                        {**base, "query_text": one["sql"], "error_message": one["error"]})
    else:
        return ["?column?"], []
    limit = re.search(r"\blimit\s+(\d+)", sql, re.IGNORECASE)
    rows = rows[:int(limit.group(1))] if limit else rows
    picked = re.match(r"\s*select\s+(.+?)\s+from\b", sql, re.IGNORECASE | re.DOTALL)
    names = list(rows[0]) if rows else []
    if picked and picked.group(1).strip() != "*":
        asked = [re.sub(r"^trim\((.+)\)$", r"\1", re.split(r"\s+as\s+", part.strip(), flags=re.IGNORECASE)[0])
                 for part in picked.group(1).split(",")]
        names = [name for name in asked if not rows or name in rows[0]] or names
    return names, rows


def describe_statement(store: Jobs, asked: dict) -> dict:
    one = _statement(store, asked)
    shown, over = _shown(one)
    status = shown["Status"]
    shown.pop("StatementName", None), shown.pop("IsBatchStatement")
    return some(**shown, Database=one["database"], WorkgroupName=one.get("workgroup"),
                ClusterIdentifier=one.get("cluster"), DbUser="IAMR:data-platform",
                Duration=round((one["moments"][-1][0] - one["moments"][0][0]) * 1e9) if over else -1,
                Error=one["error"] if status == "FAILED" else None, HasResultSet=bool(one["columns"]),
                RedshiftPid=1_073_881_331, RedshiftQueryId=one["query"], ResultFormat="JSON",
                ResultRows=one["rows"] if status == "FINISHED" else -1,
                ResultSize=sum(len(str(row)) for row in one["records"]) if over else -1)


def get_statement_result(store: Jobs, asked: dict) -> dict:
    one = _statement(store, asked)
    if _status(one) != "FINISHED" or not one["columns"]:
        raise ApiError("ResourceNotFoundException", "Query does not have result. Please check query status with "
                                                    "DescribeStatement.")
    kinds = {name: "int8" if name in _INTEGERS else "varchar" for name in one["columns"]}

    def cell(row: dict, name: str) -> dict:
        value = row.get(name)
        return {"isNull": True} if value is None else {"longValue": value} if name in _INTEGERS else {
            "stringValue": str(value)}

    return {**page(one["records"], asked, 100, lambda row: [cell(row, name) for name in one["columns"]], "Records",
                   "NextToken"), "TotalNumRows": len(one["records"]), "ColumnMetadata": [{
                       "name": name, "label": name, "typeName": kinds[name], "nullable": 1, "precision": 0, "scale": 0,
                       "isCaseSensitive": kinds[name] == "varchar", "isCurrency": False,
                       "isSigned": kinds[name] == "int8", "length": 0, "schemaName": "", "tableName": ""}
                       for name in one["columns"]]}


def list_statements(store: Jobs, asked: dict) -> dict:
    found = [one for one in store.statements.values()
             if asked.get("Status") in (None, "ALL", _status(one))
             and (not asked.get("StatementName") or (one.get("name") or "").startswith(asked["StatementName"]))]
    found.sort(key=lambda one: -one["moments"][0][0])
    return page(found, asked, int(asked.get("MaxResults") or 100), lambda one: _shown(one)[0], "Statements", "NextToken")


def cancel_statement(store: Jobs, asked: dict) -> dict:
    one = _statement(store, asked)
    if _status(one) in ("FINISHED", "FAILED", "ABORTED"):
        raise ApiError("ValidationException", f"Could not cancel a query that is already in {_status(one)} state with "
                                              f"ID: {one['Id']}")
    one["moments"] = [moment for moment in one["moments"] if moment[0] <= now()] + [(now(), "ABORTED")]
    return {"Status": True}


def list_databases(store: Jobs, asked: dict) -> dict:
    return {"Databases": ["dev", "sales"]}


def list_schemas(store: Jobs, asked: dict) -> dict:
    return {"Schemas": ["pg_catalog", "public"]}


def list_tables(store: Jobs, asked: dict) -> dict:
    return {"Tables": [{"name": name, "schema": "public", "type": "TABLE"} for name in sorted(TABLES)]}
