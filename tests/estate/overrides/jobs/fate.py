"""How a job that somebody starts will end: what its arguments, its settings and its input say.

A job of the cast fails for its own cause until that is mended: memory set high enough, the input whole, another column.
`--fail-with NAME` (a name of `logs.failures`) lets any job fail, for tests.
"""

from __future__ import annotations

import re
from typing import Callable

from ...logs import failures
from ...logs.failures import Failure
from ...story import ACCOUNT
from .model import Cluster

CALLER = f"arn:aws:iam::{ACCOUNT}:user/oncall"
COLUMNS = 6

# A script's nature: given its words and settings, the name of its failure, or "".
Nature = Callable[[list[str], dict[str, str]], str]


def always(name: str) -> Nature:
    return lambda words, conf: name


def until(name: str, setting: str, least: float) -> Nature:
    """Fails until a setting (in MB, seconds or as it is) is at least so much."""
    return lambda words, conf: "" if size(conf.get(setting, "0")) >= least else name


def unless(name: str, word: str) -> Nature:
    return lambda words, conf: "" if any(word in one for one in words) else name


NATURES: dict[str, Nature] = {
    "image_features.py": until("memory overhead", "spark.executor.memoryOverhead", 2_048),
    "basket_affinity.py": until("executor heap", "spark.executor.memory", 12_288),
    "stores_report.py": until("driver heap", "spark.driver.memory", 8_192),
    "franchise_export.py": until("result too large", "spark.driver.maxResultSize", 2_048),
    "store_weather.py": until("broadcast timeout", "spark.sql.broadcastTimeout", 900),
    "recipe_graph.py": until("kryo buffer", "spark.kryoserializer.buffer.max", 128),
    "day_export.py": unless("output exists", "--overwrite"),
    "price_list.py": unless("bad cast", "--decimal-comma"),
    "loyalty_points.py": unless("column gone", "member_id"),
    "delivery_costs.py": always("key error"), "forecast.py": always("module missing"),
    "loyalty_merge.py": unless("merge source rows", "--distinct"), "crm_dedup.py": always("disk full"),
    "late_shutdown.py": always("shutdown hook"),
    "supplier_feed.py": always("glue exit code 1"), "ledger_export.py": always("access denied"),
    "crm_extract.py": lambda words, conf: "",
}


def size(text: str) -> float:
    """`2g`, `2048m`, `900`, `900s`: memory in MB, anything else as it is."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([kmgtKMGT]?)[bBsS]?\s*", str(text))
    if not found:
        return 0.0
    return float(found.group(1)) * {"k": 1 / 1024, "": 1, "m": 1, "g": 1024, "t": 1024 * 1024}[found.group(2).lower()]


def settings(text: str) -> dict[str, str]:
    """`--conf a=b --conf c=d` and `a=b --conf c=d`, as Glue has it; spark-submit's own words for memory too."""
    found = dict(re.findall(r"(spark\.[\w.-]+)=(\S+)", text))
    for word, name in (("executor-memory", "spark.executor.memory"), ("driver-memory", "spark.driver.memory")):
        asked = re.search(rf"--{word}[ =](\S+)", text)
        if asked:
            found[name] = asked.group(1)
    return found


def entry(args: list[str]) -> tuple[str, list[str]]:
    """A step's script and its words: `spark-submit … s3://…/script.py words`."""
    for number, word in enumerate(args):
        if word.endswith((".py", ".jar")) and not word.startswith("-") and number:
            return word, args[number + 1:]
    return "", list(args)


def facts(words: list[str]) -> dict[str, str]:
    """What a log says of the input: its path, and its last record where it is cut."""
    path = next((word for word in words if word.startswith("s3://") and word.endswith(".csv")), "")
    if not path:
        return {}
    body = _body(path)
    last = (body or b"").rstrip(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")
    return {"input": path, "record": last, "rows": str((body or b"").count(b"\n"))}


def _body(path: str, when=None) -> bytes | None:
    from ... import ministack_state

    bucket, _, key = path.removeprefix("s3://").partition("/")
    return ministack_state.body_at(bucket, key, when)


def of(script: str, words: list[str], conf: str) -> Failure | None:
    if "--fail-with" in words[:-1]:
        return failures.of(words[words.index("--fail-with") + 1])
    nature = NATURES.get(script.rpartition("/")[2])
    if nature:
        found = failures.of(nature(words, settings(conf)))
        if found:
            return found
    path = next((word for word in words if word.startswith("s3://") and word.endswith(".csv")), "")
    if path:
        body = _body(path)
        if body is None:
            return failures.of("path not found")
        last = body.rstrip(b"\n").rpartition(b"\n")[2]
        if not body.endswith(b"\n") or (path.endswith("/daily_sales.csv") and last.count(b",") != COLUMNS - 1):
            return failures.of("malformed records")
    return None


def application_id(seed: str, when: float) -> str:
    import zlib

    return f"application_{round(when) - 86_400}{zlib.crc32(seed.encode()) % 1000:03d}_{zlib.crc32(seed.encode()) % 97 + 1:04d}"


def failure_details(failure: Failure, cluster: Cluster, step: str, application: str = "") -> dict:
    """ "FailureDetails": the reason is known for few, and LogFile names the step's own stderr."""
    message = failure.deepest if failure.step_reason != "Unknown Error." else (
        "Exception in thread \"main\" org.apache.spark.SparkException: Application "
        f"{application or 'application'} finished with failed status")
    found = {"Reason": failure.step_reason, "Message": message}
    if cluster.log_uri:
        found["LogFile"] = f"{cluster.log_uri.rstrip('/')}/{cluster.id}/steps/{step}/stderr.gz"
    return found
