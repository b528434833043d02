"""What Spark's driver and executors write, on YARN, on Kubernetes and on EMR Serverless."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from .failures import Failure
from .pen import Pen, stamp

# An executor that a failure of kind "lost" or "task" happens on, and where in the run.
BAD = 7
# Seconds before the end that the driver gives up: whoever died before it was earlier.
_AFTER = 6
_TASK_FRAMES = (
    "org.apache.spark.sql.execution.WholeStageCodegenEvaluatorFactory$WholeStageCodegenPartitionEvaluator$$anon$1.hasNext(WholeStageCodegenEvaluatorFactory.scala:43)",
    "org.apache.spark.scheduler.ResultTask.runTask(ResultTask.scala:93)",
    "org.apache.spark.TaskContext.runTaskWithListeners(TaskContext.scala:174)",
    "org.apache.spark.scheduler.Task.run(Task.scala:152)",
    "org.apache.spark.executor.Executor$TaskRunner.$anonfun$run$4(Executor.scala:632)",
    "org.apache.spark.util.SparkErrorUtils.tryWithSafeFinally(SparkErrorUtils.scala:64)",
    "org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:635)",
    "java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)",
    "java.base/java.lang.Thread.run(Thread.java:840)")
_DRIVER_FRAMES = (
    "org.apache.spark.sql.execution.QueryExecution.assertAnalyzed(QueryExecution.scala:203)",
    "org.apache.spark.sql.Dataset$.$anonfun$ofRows$2(Dataset.scala:101)",
    "org.apache.spark.sql.SparkSession.withActive(SparkSession.scala:905)",
    "py4j.reflection.MethodInvoker.invoke(MethodInvoker.java:244)",
    "py4j.Gateway.invoke(Gateway.java:282)",
    "py4j.ClientServerConnection.run(ClientServerConnection.java:106)",
    "java.base/java.lang.Thread.run(Thread.java:840)")


@dataclass
class Job:
    """The facts that its logs agree on."""

    name: str
    script: str
    args: list[str]
    conf: str
    start: float
    end: float
    failure: Failure | None
    dice: random.Random
    platform: str                     # yarn, kubernetes, serverless
    application: str
    workers: list[tuple[int, str, str]]   # number, host, container or pod
    driver_host: str
    facts: dict[str, str] = field(default_factory=dict)
    tasks: int = 48                   # a stage; the volume of the logs
    stages: int = 4
    whole: bool = True                # over, or still running
    secrets: bool = False
    zone: int = 0                     # of one worker's clock

    @property
    def worker(self) -> tuple[int, str, str]:
        return next((one for one in self.workers if one[0] == BAD), self.workers[-1])

    def fill(self, text: str, at: float) -> str:
        number, host, container = self.worker
        known = {"host": host, "container": container, "stamp": stamp(at), "master": "a1b2c3d4e5f60718",
                 "input": "s3://lake-raw/data/in/daily_sales.csv", "record": "44100123456,store-0217,SKU-200", **self.facts}
        if "<" in text:
            for name, value in known.items():
                text = text.replace(f"<{name}>", value)
        return text.replace("executor 7", f"executor {number}")


def java(chain: tuple[str, ...], frame: str, frames: tuple[str, ...]) -> list[str]:
    """A stack trace: every exception with its frames, `Caused by:` in front of all but the first."""
    lines = []
    for number, exception in enumerate(chain):
        last = number == len(chain) - 1
        lines.append(("Caused by: " if number else "") + exception)
        mine = ((frame,) if frame and last else ()) + (frames if not number else frames[:2])
        lines += [f"\tat {one}" for one in mine]
        if number:
            lines.append(f"\t... {len(frames) - 1} more")
    return lines


def traceback(user: str, error: list[str], inner: tuple[str, ...] = ()) -> list[str]:
    """CPython's, from "file.py:88 in load: rows.collect()"."""
    where, _, rest = user.partition(" in ")
    function, _, code = rest.partition(": ")
    file, _, line = where.partition(":")
    lines = ["Traceback (most recent call last):"]
    if function != "<module>":
        lines += [f'  File "/tmp/spark-8d1f6c2e/{file}", line {int(line) + 41}, in <module>', "    main()"]
    lines += [f'  File "/tmp/spark-8d1f6c2e/{file}", line {line}, in {function}', f"    {code}"]
    for one in inner:
        lines += [f'  File "/usr/lib/spark/python/lib/{one}']
    return lines + error


_PYSPARK = ('pyspark.zip/pyspark/sql/readwriter.py", line 1463, in save', 'py4j-0.10.9.7-src.zip/py4j/java_gateway.py", line '
            '1322, in __call__', 'pyspark.zip/pyspark/errors/exceptions/captured.py", line 179, in deco',
            'py4j-0.10.9.7-src.zip/py4j/protocol.py", line 326, in get_return_value')


def host_in_driver(job: Job, host: str) -> str:
    return f"[{host}]" if ":" in host else host


def driver(job: Job) -> tuple[bytes, bytes]:
    """The driver's stderr and stdout."""
    expected = 60 + job.stages * (job.tasks * 2 + 22)
    pen = Pen(job.start, job.end, expected, job.dice)
    out = Pen(job.start + 9, job.end, 12, job.dice, "python")
    failure = job.failure
    _opening(pen, job)
    if failure and failure.kind == "silent" and failure.exit == 13:
        pen.pause_until(job.start + 100)
        for line in failure.last:
            pen.told(job.fill(line, pen.now))
        return pen.bytes(), b""
    if failure and failure.kind == "python" and "<module>" in failure.user:
        lines = traceback(failure.user, [failure.deepest])
        (out if job.platform == "yarn" else pen).raw("\n".join(lines))
        _script_ended(pen, job)
        return pen.bytes(), out.bytes()
    _executors(pen, job)
    for line in failure.before if failure else ():
        pen.told(line)
        pen.now += 15 if "not accepted any" in line else 0
    out.info("daily", f"reading {job.facts.get('input', 's3://lake-raw/data/')}")
    stages = job.stages if job.whole else max(1, job.stages // 2)
    task = 0
    for stage in range(stages):
        last = stage == stages - 1
        broken = bool(failure) and last and job.whole
        task = _stage(pen, job, stage, task, broken)
        if not broken:
            out.info("daily", f"stage {stage + 1} of {job.stages} done, rows={(stage + 1) * 5_117}")
    if not job.whole:
        return pen.bytes(), out.bytes()
    if failure:
        _fail(pen, out, job)
    else:
        out.info("daily", f"wrote {job.facts.get('rows', '20400')} rows to {_output(job)}")
        pen.info("SparkContext", "SparkContext is stopping with exitCode 0.")
        _closing(pen, job)
    return pen.bytes(), out.bytes()


def _output(job: Job) -> str:
    return job.args[job.args.index("--output") + 1] if "--output" in job.args[:-1] else "s3://lake-processed/"


def _opening(pen: Pen, job: Job) -> None:
    pen.raw("SLF4J: Failed to load class \"org.slf4j.impl.StaticLoggerBinder\".")
    pen.raw("SLF4J: Defaulting to no-operation (NOP) logger implementation")
    pen.warn("NativeCodeLoader", "Unable to load native-hadoop library for your platform... using builtin-java classes where "
                                 "applicable")
    pen.info("SparkContext", "Running Spark version 3.5.1-amzn-0")
    pen.info("SparkContext", "OS info Linux, 6.1.97-104.177.amzn2023.x86_64, amd64")
    pen.info("SparkContext", "Java version 17.0.12")
    pen.info("ResourceUtils", "No custom resources configured for spark.driver.")
    pen.info("SparkContext", f"Submitted application: {job.name}")
    if job.secrets:  # What a driver prints in clear, made up.
        pen.info("SparkSubmitArguments", "Using properties: spark.hadoop.fs.s3a.access.key=AKIAFAKEPRACTICE0001, "
                 "spark.hadoop.fs.s3a.secret.key=FAKEsecretFAKEsecretFAKEsecretFAKEsecret, "
                 "spark.redshift.password=not-a-password-4711")
        pen.info("JdbcUtils", "Connecting to jdbc:postgresql://crm-db.internal.example:5432/crm?user=reader&password="
                              "fake-Password-1 token=eyJGQUtFIjoidG9rZW4ifQ.RkFLRQ.RkFLRQ")
    pen.info("SecurityManager", "SecurityManager: authentication enabled; ui acls disabled; users with view permissions: "
                                "hadoop; groups with view permissions: EMPTY")
    pen.info("Utils", f"Successfully started service 'sparkDriver' on port {job.dice.randrange(33000, 45000)}.")
    for what in ("MapOutputTracker", "BlockManagerMaster", "OutputCommitCoordinator"):
        pen.info("SparkEnv", f"Registering {what}")
    pen.info("MemoryStore", "MemoryStore started with capacity 2.2 GiB")
    pen.info("Executor", "JVM flags: -XX:+UseG1GC -XX:OnOutOfMemoryError='kill -9 %p' -XX:+ExitOnOutOfMemoryError")
    pen.info("Utils", "Successfully started service 'SparkUI' on port 4040.")
    if job.platform == "yarn":
        pen.info("RMProxy", "Connecting to ResourceManager at ip-10-0-16-5.eu-west-1.compute.internal/10.0.16.5:8030")
        pen.info("YarnRMClient", "Registering the ApplicationMaster")


def _executors(pen: Pen, job: Job) -> None:
    count = len(job.workers)
    if job.platform == "serverless":
        pen.info("Utils", f"Using initial executors = {count}, max of spark.dynamicAllocation.initialExecutors, "
                          "spark.dynamicAllocation.minExecutors and spark.executor.instances")
        pen.info("ExecutorContainerAllocator", f"Going to request {count} executors for ResourceProfile Id: 0, target: "
                                               f"{count} already provisioned: 0.")
        pen.info("DefaultEmrServerlessRMClient", "Containers created with container role SPARK_EXECUTOR. key to container id "
                 "map: Map(" + ", ".join(f"{n} -> {container}" for n, _, container in job.workers) + ")")
        back = "EmrServerlessClusterSchedulerBackend$EmrServerlessDriverEndpoint"
    elif job.platform == "kubernetes":
        pen.info("ExecutorPodsAllocator", f"Going to request {count} executors from Kubernetes for ResourceProfile Id: 0, "
                                          f"target: {count}, known: 0, sharedSlotFromPendingPods: 2147483647.")
        back = "KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint"
    else:
        back = "YarnSchedulerBackend$YarnDriverEndpoint"
        pen.info("YarnAllocator", f"Will request {count} executor container(s) for  ResourceProfile Id: 0, each with 4 "
                                  "core(s) and 9011 MB memory. with custom resources: <memory:9011, max memory:12288, "
                                  "vCores:4, max vCores:8>")
        for number, host, container in job.workers:
            pen.info("YarnAllocator", f"Launching container {container} on host {host} for executor with ID {number} for "
                                      "ResourceProfile Id 0")
    for number, host, container in job.workers:
        shown = host_in_driver(job, host)
        pen.info(back, f"No executor found for {host}:{40_000 + number}")
        pen.info(back, f"Registered executor NettyRpcEndpointRef(spark-client://Executor) ({host}:{40_002 + number * 2}) with "
                       f"ID {number},  ResourceProfileId 0")
        pen.info("BlockManagerMasterEndpoint", f"Registering block manager {shown}:{39_000 + number} with 4.6 GiB RAM, "
                                               f"BlockManagerId({number}, {shown}, {39_000 + number}, None)")


def _stage(pen: Pen, job: Job, stage: int, task: int, broken: bool) -> int:
    """One job with one stage. Returns the number of the next task."""
    file = job.script.rpartition("/")[2]
    what = f"save at {file}:{40 + stage}" if stage % 2 else f"count at {file}:{33 + stage}"
    pen.info("SparkContext", f"Starting job: {what}")
    pen.info("DAGScheduler", f"Got job {stage} ({what}) with {job.tasks} output partitions")
    pen.info("DAGScheduler", f"Final stage: ResultStage {stage} ({what})")
    pen.info("DAGScheduler", "Parents of final stage: List()")
    pen.info("DAGScheduler", "waiting: HashSet()")
    pen.info("DAGScheduler", "failed: HashSet()")
    pen.info("DAGScheduler", f"Submitting ResultStage {stage} (MapPartitionsRDD[{stage * 6 + 5}] at {what}), which has no "
                             "missing parents")
    pen.info("MemoryStore", f"Block broadcast_{stage}_piece0 stored as bytes in memory (estimated size "
                            f"{18 + stage}.{job.dice.randrange(10)} KiB, free 2.2 GiB)")
    pen.info("DAGScheduler", f"Submitting {job.tasks} missing tasks from ResultStage {stage}")
    pen.info("TaskSchedulerImpl", f"Adding task set {stage}.0 with {job.tasks} tasks resource profile 0")
    done, dice, workers = 0, job.dice, job.workers
    for number in range(job.tasks):
        executor, host, _ = workers[dice.randrange(len(workers))]
        shown = host_in_driver(job, host)
        pen.info("TaskSetManager", f"Starting task {number}.0 in stage {stage}.0 (TID {task + number}) ({shown}, executor "
                                   f"{executor}, partition {number}, PROCESS_LOCAL, {9_000 + number * 13} bytes) ")
        if number % 9 == 4:
            pen.info("BlockManagerInfo", f"Added broadcast_{stage}_piece0 in memory on {shown}:{39_000 + executor} (size: "
                                         "18.2 KiB, free: 4.6 GiB)")
        if broken and number > job.tasks * 0.8:
            continue
        if number >= 4:
            done += 1
            pen.info("TaskSetManager", f"Finished task {number - 4}.0 in stage {stage}.0 (TID {task + number - 4}) in "
                                       f"{900 + dice.randrange(8_000)} ms on {shown} (executor {executor}) "
                                       f"({done}/{job.tasks})")
    if broken:
        return task + job.tasks
    for number in range(job.tasks - 4, job.tasks):
        executor, host, _ = workers[number % len(workers)]
        done += 1
        pen.info("TaskSetManager", f"Finished task {number}.0 in stage {stage}.0 (TID {task + number}) in "
                                   f"{1_200 + dice.randrange(9_000)} ms on {host_in_driver(job, host)} (executor {executor}) "
                                   f"({min(done, job.tasks)}/{job.tasks})")
    if stage == 1:
        pen.warn("TaskSetManager", f"Lost task 3.1 in stage {stage}.0 (TID {task + 3}) "
                                   f"({host_in_driver(job, workers[0][1])} executor {workers[0][0]}): TaskKilled (Stage finished)")
        pen.warn("AsyncEventQueue", "Dropping SparkListenerEvent because no remaining room in event queue appStatus. This "
                                    "likely means one of the listeners is too slow and cannot keep up with the rate at which "
                                    "tasks are being started by the scheduler.")
    pen.info("TaskSchedulerImpl", f"Removed TaskSet {stage}.0, whose tasks have all completed, from pool ")
    pen.info("DAGScheduler", f"ResultStage {stage} ({what}) finished in {6 + dice.randrange(40)}.{dice.randrange(1000):03d} s")
    pen.info("DAGScheduler", f"Job {stage} is finished. Cancelling potential speculative or zombie tasks for this job")
    return task + job.tasks


def _fail(pen: Pen, out: Pen, job: Job) -> None:
    failure, stage = job.failure, job.stages - 1
    pen.pause_until(job.end - _AFTER)
    chain = tuple(job.fill(one, pen.now) for one in failure.chain)
    first = job.tasks * stage
    number, host, _ = job.worker
    at = f"({host_in_driver(job, host)} executor {number})"
    if failure.kind == "silent":
        for line in failure.last:
            pen.told(job.fill(line, pen.now))
        return
    aborted = ""
    if failure.kind == "task":
        trace = java(chain, failure.frame, _TASK_FRAMES)
        for attempt in range(4):
            tid = first + 41 + attempt
            pen.warn("TaskSetManager", f"Lost task 41.{attempt} in stage {stage}.0 (TID {tid}) {at}: " +
                     ("\n".join(trace) if attempt == 0 else f"{chain[0].splitlines()[0]} [duplicate {attempt}]"
                      if attempt < 3 else "\n".join(trace)))
            if attempt < 3:
                pen.info("TaskSetManager", f"Starting task 41.{attempt + 1} in stage {stage}.0 (TID {tid + 1}) "
                                           f"({host_in_driver(job, host)}, executor {number}, partition 41, PROCESS_LOCAL, 9533 bytes) ")
        pen.error("TaskSetManager", f"Task 41 in stage {stage}.0 failed 4 times; aborting job")
        aborted = (f"Job aborted due to stage failure: Task 41 in stage {stage}.0 failed 4 times, most recent failure: Lost "
                   f"task 41.3 in stage {stage}.0 (TID {first + 44}) {at}: " + "\n".join(trace))
    elif failure.kind == "lost":
        reason = job.fill(failure.reason, pen.now)
        for attempt in range(4):
            if job.platform == "yarn":
                pen.warn("YarnSchedulerBackend$YarnSchedulerEndpoint",
                         f"Requesting driver to remove executor {number + attempt} for reason {reason}")
            pen.error("YarnClusterScheduler" if job.platform == "yarn" else "TaskSchedulerImpl",
                      f"Lost executor {number + attempt} on {host_in_driver(job, host)}: {reason}")
            pen.warn("TaskSetManager", f"Lost task 41.{attempt} in stage {stage}.0 (TID {first + 41 + attempt}) "
                                       f"({host_in_driver(job, host)} executor {number + attempt}): ExecutorLostFailure "
                                       f"(executor {number + attempt} exited caused by one of the running tasks) Reason: {reason}")
            pen.info("DAGScheduler", f"Executor lost: {number + attempt} (epoch {attempt})")
            pen.info("BlockManagerMaster", f"Removed {number + attempt} successfully in removeExecutor")
            if attempt == 1:
                pen.warn("TaskSetManager", f"Lost task 12.0 in stage {stage}.0 (TID {first + 12}) {at}: FetchFailed("
                         f"BlockManagerId({number}, {host_in_driver(job, host)}, {39_000 + number}, None), shuffleId=2, mapIndex=3, mapId=141, "
                         f"reduceId=12, message=\norg.apache.spark.shuffle.FetchFailedException: Failed to connect to "
                         f"{host_in_driver(job, host)}:7337\n)")
        pen.error("TaskSetManager", f"Task 41 in stage {stage}.0 failed 4 times; aborting job")
        aborted = (f"Job aborted due to stage failure: Task 41 in stage {stage}.0 failed 4 times, most recent failure: Lost "
                   f"task 41.3 in stage {stage}.0 (TID {first + 44}) {at}: ExecutorLostFailure (executor {number} exited "
                   f"caused by one of the running tasks) Reason: {reason}")
    if aborted:
        pen.info("TaskSchedulerImpl", f"Cancelling stage {stage}")
        pen.info("DAGScheduler", f"ResultStage {stage} (save at {job.script.rpartition('/')[2]}:43) failed in "
                                 f"{20 + job.dice.randrange(60)}.{job.dice.randrange(1000):03d} s due to {aborted.splitlines()[0]}")
        chain = (f"org.apache.spark.SparkException: {aborted}\n\nDriver stacktrace:", *chain[1:])
    script = out if job.platform == "yarn" else pen
    if failure.kind == "python":
        script.raw("\n".join(traceback(failure.user, [job.fill(failure.deepest, pen.now)])))
    elif chain and failure.user:
        called = f"o{100 + job.dice.randrange(80)}.save"
        plain = chain[0].startswith("org.apache.spark.sql.AnalysisException: ")
        error = ([f"pyspark.errors.exceptions.captured.{chain[0].removeprefix('org.apache.spark.sql.')}"] if plain else
                 [f"py4j.protocol.Py4JJavaError: An error occurred while calling {called}.",
                  *(": " + "\n".join(java(chain, failure.frame, _DRIVER_FRAMES))).splitlines()])
        script.raw("\n".join(traceback(failure.user, error, _PYSPARK)))
    elif chain:
        pen.raw("Exception in thread \"main\" " + "\n".join(java(chain, failure.frame, _DRIVER_FRAMES)))
    _script_ended(pen, job)


def _script_ended(pen: Pen, job: Job) -> None:
    code = job.failure.exit
    if job.platform == "yarn":
        pen.error("ApplicationMaster", f"User application exited with status {code}")
        pen.info("ApplicationMaster", f"Final app status: FAILED, exitCode: {code}, (reason: User application exited with "
                                      f"status {code})")
    pen.info("SparkContext", f"SparkContext is stopping with exitCode {code}.")
    _closing(pen, job)


def _closing(pen: Pen, job: Job) -> None:
    pen.info("SparkContext", "Invoking stop() from shutdown hook")
    pen.info("MapOutputTrackerMasterEndpoint", "MapOutputTrackerMasterEndpoint stopped!")
    pen.info("BlockManager", "BlockManager stopped")
    pen.info("SparkContext", "Successfully stopped SparkContext")
    pen.info("ShutdownHookManager", "Shutdown hook called")
    pen.info("ShutdownHookManager", "Deleting directory /tmp/spark-8d1f6c2e")


def executor(job: Job, number: int) -> tuple[bytes, bytes]:
    """An executor's stderr and stdout."""
    place = next(n for n, one in enumerate(job.workers) if one[0] == number)
    host = job.workers[place][1]
    dice = random.Random(f"{job.application}/{number}")
    share = max(4, job.tasks * job.stages // len(job.workers))
    zone = job.zone if place == 1 else 0
    failure = job.failure
    bad = failure is not None and number == job.worker[0] and job.whole
    gone = bad and failure.kind == "lost"
    pen = Pen(job.start + 12 + place, job.end - (_AFTER + 2 if bad else 1), 14 + share * 3, dice, "spark", zone)
    pen.info("CoarseGrainedExecutorBackend", f"Started daemon with process name: {dice.randrange(15_000, 30_000)}@{host}")
    for name in ("TERM", "HUP", "INT"):
        pen.info("SignalUtils", f"Registering signal handler for {name}")
    pen.info("DiskBlockManager", f"Created local directory at /mnt/yarn/usercache/hadoop/appcache/{job.application}/blockmgr-{number:08x}")
    pen.info("MemoryStore", "MemoryStore started with capacity 4.6 GiB")
    pen.info("CoarseGrainedExecutorBackend", f"Connecting to driver: spark://CoarseGrainedScheduler@{job.driver_host}:34567")
    pen.info("Executor", f"Starting executor ID {number} on host {host}")
    for turn in range(share if job.whole else share // 2):
        tid, stage = turn * len(job.workers) + number, min(job.stages - 1, turn * len(job.workers) // job.tasks)
        index = tid % job.tasks
        pen.info("Executor", f"Running task {index}.0 in stage {stage}.0 (TID {tid})")
        if turn % 3 == 0:
            pen.info("FileScanRDD", f"TID: {tid} - Reading current file: path: s3://lake-raw/data/events/event-{tid:06d}.json, "
                                    "range: 0-134217728, partition values: [empty row], isDataPresent: false")
        if turn % 5 == 2:
            pen.info("ShuffleBlockFetcherIterator", f"Getting {30 + turn} (11.{turn % 10} MiB) non-empty blocks including 3 "
                                                    "(1.2 MiB) local and 0 (0.0 B) host-local and 0 (0.0 B) push-merged-local")
        pen.info("Executor", f"Finished task {index}.0 in stage {stage}.0 (TID {tid}). {2_100 + turn * 7} bytes result sent to driver")
    if bad and failure.kind == "task":
        stage, first = job.stages - 1, job.tasks * (job.stages - 1)
        chain = tuple(job.fill(one, pen.now) for one in failure.chain)
        for attempt in range(4):
            pen.info("Executor", f"Running task 41.{attempt} in stage {stage}.0 (TID {first + 41 + attempt})")
            pen.error("Executor", f"Exception in task 41.{attempt} in stage {stage}.0 (TID {first + 41 + attempt})\n"
                      + "\n".join(java(chain, failure.frame, _TASK_FRAMES)))
    if bad:
        for line in failure.last:
            pen.told(job.fill(line, pen.now))
    if gone:
        return pen.bytes(), b""
    if job.whole:
        pen.end = max(pen.now, job.end)
        pen.pause_until(job.end - 1)
        pen.info("CoarseGrainedExecutorBackend", "Driver commanded a shutdown")
        if place % 2:
            pen.error("CoarseGrainedExecutorBackend", "RECEIVED SIGNAL TERM")
        pen.info("MemoryStore", "MemoryStore cleared")
        pen.info("ShutdownHookManager", "Shutdown hook called")
    return pen.bytes(), b""
