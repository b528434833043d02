"""Which files in S3 and which streams in CloudWatch Logs a run leaves, engine by engine, and what is in them.

"Amazon EMR Management Guide, View log files"; "Amazon EMR Serverless User Guide, Storing logs", "Rotating logs"; "Amazon
EMR on EKS Development Guide, Configure a job run to use Amazon S3 logs"; "AWS Glue Developer Guide, Monitoring with
continuous logging"; "Amazon SageMaker AI Developer Guide, CloudWatch Logs".
"""

from __future__ import annotations

import calendar
import random
import time
from functools import lru_cache
from typing import Callable

from ..overrides.jobs import fate
from ..overrides.jobs.model import HEX, Cluster, Run, made_up
from . import eventlog, failures, oddities, others, spark, yarn
from .spark import Job

Files = dict[tuple[str, str], bytes]
Stream = tuple[str, str, list[dict]]
NUMBERS = (1, 2, 3, spark.BAD, 4, 5, 6, 8, 9, 10, 11, 12)


def _place(uri: str) -> tuple[str, str]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix.rstrip("/") + "/" if prefix else ""


def job_of(run: Run, platform: str, workers: list[tuple[int, str, str]], driver_host: str, script: str, args: list[str],
           conf: str, tasks: int, whole: bool) -> Job:
    failure = failures.of(run.cause)
    if failure and failure.kind in ("platform", "after"):
        failure = None
    return Job(
        name=run.name, script=script, args=args, conf=conf, start=run.began, end=run.ends if whole else
        min(run.ends, max(run.began + 1, time.time())), failure=failure, dice=random.Random(f"log/{run.id}/{run.attempt}"),
        platform=platform, application=run.more.get("application", run.id), workers=workers, driver_host=driver_host,
        facts={**fate.facts(args), "day": time.strftime("%Y-%m-%d", time.gmtime(run.created)), **run.more.get("facts", {})},
        tasks=max(run.more.get("tasks", 0), tasks), whole=whole, secrets=bool(run.more.get("secrets")),
        zone=run.more.get("zone", 0), stages=4 if failure or run.more.get("eventlog") else 2)


def files(run: Run, cluster: Cluster | None = None, tasks: int = 48, whole: bool = True) -> Files:
    """All of a run's objects, packed. Nothing of it if the run never ran, or keeps no logs in S3."""
    if not run.logs:
        return {}
    never = run.cause and failures.of(run.cause).never_ran
    if never and run.engine != "serverless":
        return {}
    if run.engine == "step" and cluster is not None:
        return _step(run, cluster, tasks, whole)
    if run.engine == "serverless":
        return _serverless(run, tasks, whole)
    return _containers(run, tasks, whole) if run.engine == "containers" else {}


def _spoilt(run: Run, key: str, body: bytes) -> bytes:
    """The oddity that a run was given for one of its files, else gzip as everybody writes it."""
    odd: dict[str, str] = run.more.get("odd", {})
    kind = next((kind for part, kind in odd.items() if part in key), "")
    if kind == "empty":
        return b""
    if kind == "long line":
        lines = body.split(b"\n", 1)
        return oddities.packed(lines[0] + b"\n" + oddities.LONG_LINE + lines[-1])
    if kind in ("coloured", "crlf", "no_text"):
        return oddities.packed(getattr(oddities, kind)(body))
    if kind == "markup":
        return oddities.packed(body.replace(b"\n", b"\n" + oddities.MARKUP, 1))
    if kind == "plain":
        return body
    packer: Callable[[bytes], bytes] = getattr(oddities, kind, oddities.packed) if kind else oddities.packed
    return packer(body)


# EMR on EC2

def _step(run: Run, cluster: Cluster, tasks: int, whole: bool) -> Files:
    uri = run.more.get("log_uri") or cluster.log_uri
    if not uri:
        return {}
    bucket, prefix = _place(uri)
    root = f"{prefix}{cluster.id}/"
    args = run.asked["HadoopJarStep"].get("Args", [])
    script, words = fate.entry(args)
    application = run.more["application"]
    numbers = application.removeprefix("application_")
    attempt = run.more.get("am_attempts", 1)
    machines = [one["PrivateDnsName"] for one in _core(cluster)]
    dice = random.Random(cluster.id)
    workers = [(n, machines[i % len(machines)], f"container_{numbers}_{attempt:02d}_{i + 2:06d}")
               for i, n in enumerate(NUMBERS[:run.executors])]
    job = job_of(run, "yarn", workers, machines[dice.randrange(len(machines))], script, words, " ".join(args), tasks, whole)
    found: Files = {}

    def keep(key: str, body: bytes) -> None:
        found[bucket, root + key] = _spoilt(run, key, body)

    steps = f"steps/{run.id}/"
    late = run.cause != "" and failures.of(run.cause).kind == "after"
    keep(steps + "controller.gz", yarn.controller(job, args, run.id, late))
    if not script:
        keep(steps + "stderr.gz", b"")
        keep(steps + "stdout.gz", b"done\n")
        return found
    keep(steps + "stderr.gz", yarn.client(job, late))
    keep(steps + "stdout.gz", b"")
    driver, said = spark.driver(job)
    containers = f"containers/{application}/container_{numbers}_"
    for earlier in range(1, attempt):  # YARN started the application again.
        before = spark.Job(**{**vars(job), "end": job.start + 60, "failure": failures.of("context did not start")})
        keep(f"{containers}{earlier:02d}_000001/stderr.gz", spark.driver(before)[0])
    keep(f"{containers}{attempt:02d}_000001/stderr.gz", driver)
    keep(f"{containers}{attempt:02d}_000001/stdout.gz", said)
    keep(f"{containers}{attempt:02d}_000001/prelaunch.out.gz", b"Setting up env variables\nSetting up job resources\n"
                                                                b"Launching container\n")
    for number, _, container in workers:
        if number in run.more.get("missing", ()):
            continue
        error, out = spark.executor(job, number)
        keep(f"containers/{application}/{container}/stderr.gz", error)
        keep(f"containers/{application}/{container}/stdout.gz", out)
    if run.more.get("rotated"):
        lines = driver.splitlines(keepends=True)
        hour = time.strftime("%Y-%m-%d-%H", time.gmtime(run.began))
        keep(f"{steps}syslog.{hour}.gz", b"".join(lines[:len(lines) // 2]))
        keep(f"{steps}syslog.gz", b"".join(lines[len(lines) // 2:]))
    if job.failure and whole:
        core = _core(cluster)
        place = next((one for one in core if one["PrivateDnsName"] == job.worker[1]), core[0])
        node = f"node/{place['Ec2InstanceId']}/"
        short = place["PrivateDnsName"].partition(".")[0]
        keep(f"{node}applications/hadoop-yarn/hadoop-yarn-nodemanager-{short}.log.gz", yarn.node_manager(job))
        at = time.strftime("%Y-%m-%d-%H-%M", time.gmtime(run.ends // 900 * 900))
        keep(f"{node}daemons/instance-state/console.log-{at}.gz", yarn.instance_state(
            run.ends, run.cause in ("disk full", "no local directory"), run.cause == "exit 137"))
        keep(f"node/{_master(cluster)['Ec2InstanceId']}/applications/hadoop-yarn/hadoop-yarn-resourcemanager-ip-10-0-16-5.log.gz",
             yarn.resource_manager(job))
    if run.more.get("eventlog"):
        for name, body in eventlog.rolling(job, application).items():
            found[bucket, f"{prefix}{cluster.id}/spark-events/{name}"] = body
    return found


@lru_cache(maxsize=64)
def _all(cluster: Cluster) -> list[dict]:
    from ..overrides.jobs.emr import _machines

    return _machines(cluster)


def _core(cluster: Cluster) -> list[dict]:
    return [one for one in _all(cluster) if one["kind"] != "MASTER"] or _all(cluster)


def _master(cluster: Cluster) -> dict:
    return _all(cluster)[0]


def cluster_files(cluster: Cluster) -> Files:
    """What a cluster leaves besides its steps: bootstrap actions, and what the master says when it ends."""
    if not cluster.log_uri or not cluster.groups:
        return {}
    bucket, prefix = _place(cluster.log_uri)
    found: Files = {}
    failure = failures.of(cluster.cause)
    if failure and failure.name != "bootstrap action":
        return {}
    for machine in _all(cluster)[:2]:
        node = f"{prefix}{cluster.id}/node/{machine['Ec2InstanceId']}/"
        for number, action in enumerate(cluster.bootstraps, 1):
            bad = failure is not None and number == 1
            base = f"{node}bootstrap-actions/{number}/"
            found[bucket, base + "stdout.gz"] = oddities.packed(b"Collecting pyarrow\nUsing cached wheels\n")
            found[bucket, base + "stderr.gz"] = oddities.packed(
                ("\n".join(failure.node) + "\n").encode() if bad else b"WARNING: Running pip as the 'root' user can result in "
                b"broken permissions\n")
            found[bucket, base + "controller.gz"] = oddities.packed(
                f"INFO startExec '{action['ScriptPath']} {' '.join(action['Args'])}'\nINFO waitProcessCompletion ended with exit "
                f"code {1 if bad else 0} : \nINFO total process run time: 14 seconds\n".encode())
        if cluster.bootstraps:
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(cluster.created + 200))
            found[bucket, node + "bootstrap-actions/master.log.gz"] = oddities.packed((
                f"{at},112 INFO i-{machine['Ec2InstanceId'][2:]}: new instance started\n{at},604 INFO i-"
                f"{machine['Ec2InstanceId'][2:]}: bootstrap action 1 started\n" + (
                    f"{at},931 ERROR i-{machine['Ec2InstanceId'][2:]}: failed to start. bootstrap action 1 failed with non-zero "
                    "exit code.\n" if failure else f"{at},931 INFO i-{machine['Ec2InstanceId'][2:]}: all bootstrap actions complete "
                    "and instance ready\n")).encode())
    return found


# EMR Serverless

def _monitoring(run: Run) -> dict:
    return (run.asked.get("configurationOverrides") or {}).get("monitoringConfiguration") or {}


def _serverless_job(run: Run, tasks: int, whole: bool) -> Job:
    dice = random.Random(f"hosts/{run.id}/{run.attempt}")
    net = f"2600:1f18:{dice.randrange(4096, 65535):x}:{dice.randrange(4096, 65535):x}"
    workers = [(n, f"{net}:{dice.randrange(65535):x}:{dice.randrange(65535):x}:{dice.randrange(65535):x}:{dice.randrange(65535):x}",
                made_up("", 8, HEX, run.id, n) + "-36ba-4760-44ba-" + made_up("", 12, HEX, n, run.id))
               for n in NUMBERS[:run.executors]]
    driver = run.asked.get("jobDriver", {}).get("sparkSubmit", {})
    return job_of(run, "serverless", workers, f"{net}::1", driver.get("entryPoint", ""),
                  driver.get("entryPointArguments") or [], driver.get("sparkSubmitParameters", ""), tasks, whole)


def _serverless(run: Run, tasks: int, whole: bool) -> Files:
    uri = _monitoring(run).get("s3MonitoringConfiguration", {}).get("logUri")
    if not uri:
        return {}
    bucket, prefix = _place(uri)
    root = f"{prefix}applications/{run.place}/jobs/{run.id}/"
    if run.asked.get("retryPolicy"):
        root += f"attempts/{run.attempt}/"
    found: Files = {}

    def keep(key: str, body: bytes) -> None:
        found[bucket, root + key] = _spoilt(run, key, body)

    job = _serverless_job(run, tasks, whole)
    if run.cause and failures.of(run.cause).never_ran:
        # Its driver waited, and was told why.
        pen = spark.Pen(run.began, run.ends, 24, job.dice)
        spark._opening(pen, job)
        for turn in range(12):
            pen.warn("ExecutorContainerStoreSnapshot", "ApplicationMaxCapacityExceededException: Worker could not be allocated "
                     "as the application has exceeded maximumCapacity settings: [cpu: 64 vCPU]" if run.cause.startswith("capacity")
                     else "ServiceQuotaExceededException: Max concurrent vCPUs per account limit (64) exceeded.")
        pen.raw("Exception in thread \"main\" " + failures.of(run.cause).short.partition("exceptions: ")[2].rstrip("."))
        keep("SPARK_DRIVER/stderr.gz", pen.bytes())
        keep("SPARK_DRIVER/stdout.gz", b"")
        return found
    error, out = spark.driver(job)
    archived = run.more.get("archived", 0)
    if archived:  # The older part was moved away when the current one was full.
        lines = error.splitlines(keepends=True)
        size = len(lines) // (archived + 1)
        for index in range(archived):
            keep(f"SPARK_DRIVER/archived/stderr_{index + 1}.gz", b"".join(lines[index * size:(index + 1) * size]))
        error = b"".join(lines[archived * size:])
    keep("SPARK_DRIVER/stderr.gz", error)
    keep("SPARK_DRIVER/stdout.gz", out)
    for number, _, _ in job.workers:
        if number in run.more.get("missing", ()):
            continue
        error, out = spark.executor(job, number)
        keep(f"SPARK_EXECUTOR/{number}/stderr.gz", error)
        keep(f"SPARK_EXECUTOR/{number}/stdout.gz", out)
    if whole and run.more.get("eventlog"):
        for name, body in eventlog.rolling(job, run.id).items():
            found[bucket, f"{root}sparklogs/{name}"] = body
    return found


# EMR on EKS

def _containers_job(run: Run, tasks: int, whole: bool) -> tuple[Job, str, str]:
    dice = random.Random(f"pods/{run.id}")
    application = "spark-" + run.id
    driver = run.asked.get("jobDriver", {}).get("sparkSubmitJobDriver", {})
    workers = [(n, f"10.2.{dice.randrange(4, 90)}.{dice.randrange(4, 250)}", f"{run.name}-{made_up('', 16, HEX, run.id)}-exec-{n}")
               for n in NUMBERS[:run.executors]]
    job = job_of(run, "kubernetes", workers, f"{application}-driver-svc.emr.svc", driver.get("entryPoint", ""),
                 driver.get("entryPointArguments") or [], driver.get("sparkSubmitParameters", ""), tasks, whole)
    job.application = application
    return job, f"{run.id}-{made_up('', 5, 'bcdfghjklmnpqrstvwxz', run.id)}", application


def _containers_parts(run: Run, tasks: int, whole: bool) -> dict[str, bytes]:
    job, runner, application = _containers_job(run, tasks, whole)
    root = f"{run.place}/jobs/{run.id}/containers/"
    submit = spark.Pen(run.began - 20, run.ends, 14, job.dice)
    submit.info("SparkKubernetesClientFactory", "Auto-configuring K8S client using current context from users K8S config file")
    submit.info("KerberosConfDriverFeatureStep", "You have not specified a krb5.conf file locally or via a ConfigMap.")
    state = "Failed" if job.failure else "Succeeded"
    for phase in ("Pending", "Running", *([state] if whole else [])):
        submit.info("LoggingPodStatusWatcherImpl", f"State changed, new state: \n\t pod name: {application}-driver\n\t namespace: emr"
                    f"\n\t phase: {phase}\n\t container status: \n\t\t container name: spark-kubernetes-driver")
    if job.failure and whole:
        submit.raw("Exception in thread \"main\" org.apache.spark.SparkException: Application "
                   f"{run.name} with application ID {application} and submission ID emr:{application}-driver finished with failed status")
    error, out = spark.driver(job)
    parts = {f"{root}{runner}/stderr.gz": submit.bytes(), f"{root}{runner}/stdout.gz": b"",
             f"{root}{application}/{application}-driver/stderr.gz": error,
             f"{root}{application}/{application}-driver/stdout.gz": out}
    for number, _, pod in job.workers:
        if number in run.more.get("missing", ()):
            continue
        error, out = spark.executor(job, number)
        parts[f"{root}{application}/{pod}/stderr.gz"] = error
        parts[f"{root}{application}/{pod}/stdout.gz"] = out
    return parts


def _containers(run: Run, tasks: int, whole: bool) -> Files:
    uri = _monitoring(run).get("s3MonitoringConfiguration", {}).get("logUri")
    if not uri:
        return {}
    bucket, prefix = _place(uri)
    return {(bucket, prefix + key): _spoilt(run, key, body) for key, body in _containers_parts(run, tasks, whole).items()}


# CloudWatch Logs

def streams(run: Run, tasks: int = 24, whole: bool = True) -> list[Stream]:
    if not run.logs:
        return []
    never = run.cause and failures.of(run.cause).never_ran
    if run.engine == "serverless":
        asked = _monitoring(run).get("cloudWatchLoggingConfiguration") or {}
        if not asked.get("enabled"):
            return []
        job = _serverless_job(run, tasks, whole)
        prefix = asked.get("logStreamNamePrefix", "").strip("/")
        root = f"{prefix + '/' if prefix else ''}applications/{run.place}/jobs/{run.id}/"
        error, out = spark.driver(job)
        found = [("SPARK_DRIVER/stderr", error), ("SPARK_DRIVER/stdout", out)]
        found += [(f"SPARK_EXECUTOR/{n}/stderr", spark.executor(job, n)[0]) for n, _, _ in job.workers]
        return [(asked.get("logGroupName", "/aws/emr-serverless"), root + name, events(body, run.began, run.ends))
                for name, body in found if body]
    if run.engine == "containers":
        asked = _monitoring(run).get("cloudWatchMonitoringConfiguration") or {}
        if not asked.get("logGroupName") or never:
            return []
        prefix = asked.get("logStreamNamePrefix", "").strip("/")
        return [(asked["logGroupName"], f"{prefix}/{key.removesuffix('.gz')}" if prefix else key.removesuffix(".gz"),
                 events(body, run.began, run.ends)) for key, body in _containers_parts(run, tasks, whole).items() if body]
    if run.engine == "glue" and not never:
        return [(group, stream, events(body, run.began, run.ends)) for group, stream, body in others.glue(run, tasks, whole)]
    if run.engine in ("training", "processing", "transform") and not never:
        group, stream, body = others.sagemaker(run, whole)
        return [(group, stream, events(body, run.began, run.ends))]
    return []


def events(body: bytes, start: float, end: float) -> list[dict]:
    """A line each. Its time is the one that it begins with, else that of the line before."""
    found, when = [], start * 1000
    for line in body.decode("utf-8", "replace").splitlines():
        told = _told(line[:23])
        when = max(when, told) if told is not None else when
        if line.strip():
            found.append({"timestamp": round(min(when, end * 1000 + 1)), "message": line})
    return found


def _told(head: str) -> float | None:
    if head[2:3] == "/" and head[5:6] == "/":
        return _second("20" + head[:2] + head[3:5] + head[6:8] + head[9:11] + head[12:14] + head[15:17])
    if head[4:5] == "-" and head[13:14] == ":":
        whole = _second(head[:4] + head[5:7] + head[8:10] + head[11:13] + head[14:16] + head[17:19])
        return whole if whole is None else whole + (int(head[20:23]) if head[20:23].isdigit() else 0)
    return None


@lru_cache(maxsize=4096)
def _second(digits: str) -> float | None:
    if len(digits) != 14 or not digits.isdigit():
        return None
    return calendar.timegm((int(digits[:4]), int(digits[4:6]), int(digits[6:8]), int(digits[8:10]), int(digits[10:12]),
                            int(digits[12:14]))) * 1000.0


