"""`python mrjob_interpret.py ROOT`: mrjob's interpretation of a job's logs, beside which `triage.rs` is measured.

ROOT holds `containers/`, `steps/` and `node/` as EMR lays them out, inflated. mrjob's runner calls these functions in this
order for a Spark step in cluster mode; it knows no function for a node's daemons, so their files go to the one that reads
driver and executors, and it reads every line that ours does. Prints one line of JSON: bytes, seconds over all files,
seconds when it may stop at the first trace (as its runner lets it), and the first line of what it takes for the cause.
"""

from __future__ import annotations

import json
import os
import sys
import time

from mrjob.fs.local import LocalFilesystem
from mrjob.logs.errors import _format_error, _pick_error
from mrjob.logs.spark import _interpret_spark_logs
from mrjob.logs.step import _ls_emr_step_stderr_logs
from mrjob.logs.task import _ls_spark_task_logs


def main() -> int:
    (root,) = sys.argv[1:]
    fs = LocalFilesystem()
    started = time.perf_counter()
    read = interpreted(fs, root, partial=False)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    interpreted(fs, root, partial=True)
    stopped = time.perf_counter() - started
    told = _format_error(read["error"]).strip().splitlines()[0] if read["error"] else ""
    print(json.dumps({"bytes": sum(map(os.path.getsize, read["paths"])), "seconds": whole, "stopped": stopped, "told": told[:120]}))
    return 0


def interpreted(fs, root: str, partial: bool) -> dict:
    paths: list[str] = []
    steps = list(_ls_emr_step_stderr_logs(fs, [[os.path.join(root, "steps")]]))
    step = _interpret_spark_logs(fs, steps, partial=partial, log_callback=paths.append)
    tasks = list(_ls_spark_task_logs(fs, [[os.path.join(root, "containers")]], application_id=step.get("application_id")))
    nodes = [] if partial else [{"path": path} for path in fs.ls(os.path.join(root, "node"))]
    task = _interpret_spark_logs(fs, tasks + nodes, partial=partial, log_callback=paths.append)
    return {"paths": paths, "error": _pick_error({"step": step, "task": task})}


if __name__ == "__main__":
    sys.exit(main())
