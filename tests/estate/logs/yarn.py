"""What a cluster says around a step: the controller, the client's report, the daemons, the instance's own state."""

from __future__ import annotations

import random

from .pen import Pen, stamp
from .spark import Job


def controller(job: Job, step_args: list[str], step: str, late: bool = False) -> bytes:
    pen = Pen(job.start, job.end, 9, job.dice, "iso")
    took = round(job.end - job.start)
    pen.raw(f"{stamp(job.start).replace(' ', 'T')}Z INFO Ensure step 1 jar file command-runner.jar")
    pen.raw("INFO StepRunner: Created Runner for step 1")
    secret = " --conf spark.hadoop.fs.s3a.secret.key=FAKEsecretFAKEsecretFAKE" if job.secrets else ""
    pen.raw("INFO startExec 'hadoop jar /var/lib/aws/emr/step-runner/hadoop-jars/command-runner.jar "
            f"{' '.join(step_args)}{secret}'")
    pen.raw("INFO Environment:\n  PATH=/usr/lib64/qt-3.3/bin:/usr/local/bin:/usr/bin\n  HADOOP_IDENT_STRING=hadoop\n"
            "  AWS_SECRET_ACCESS_KEY=FAKEenvironmentFAKEenvironment0000000000\n  JAVA_HOME=/etc/alternatives/jre")
    pen.raw(f"INFO redirectOutput to /mnt/var/log/hadoop/steps/{step}/stdout")
    pen.raw(f"INFO redirectError to /mnt/var/log/hadoop/steps/{step}/stderr")
    pen.raw(f"INFO Working dir /mnt/var/lib/hadoop/steps/{step}")
    pen.raw("INFO ProcessRunner started child process :")
    if job.whole:
        failed = late or job.failure is not None
        pen.raw(f"INFO waitProcessCompletion ended with exit code {1 if failed else 0} : \nhadoop    6263  4155  0 "
                f"00:00 ?        00:00:00 bash /usr/lib/hadoop/bin/hadoop jar")
        pen.raw(f"INFO total process run time: {took} seconds")
        pen.raw(f"{stamp(job.end).replace(' ', 'T')}Z INFO Step created jobs: ")
        pen.raw(f"{stamp(job.end).replace(' ', 'T')}Z " + (
            f"WARN Step failed with exitCode 1 and took {took} seconds" if failed
            else f"INFO Step succeeded with exitCode 0 and took {took} seconds"))
    return pen.bytes()


def client(job: Job, late: bool = False) -> bytes:
    """The step's stderr in cluster mode: reports only, the driver is in a container. `late`: it does not end in time."""
    reports = max(4, min(60, round((job.end - job.start) / 20)))
    pen = Pen(job.start + 3, job.end, 12 + reports, job.dice)
    pen.info("RMProxy", "Connecting to ResourceManager at ip-10-0-16-5.eu-west-1.compute.internal/10.0.16.5:8032")
    pen.info("Client", "Requesting a new application from cluster with 4 NodeManagers")
    pen.info("Client", "Verifying our application has not requested more than the maximum memory capability of the cluster "
                       "(57344 MB per container)")
    pen.info("Client", f"Uploading resource file:/mnt/tmp/spark-1/{job.script.rpartition('/')[2]} -> hdfs://ip-10-0-16-5."
                       f"eu-west-1.compute.internal:8020/user/hadoop/.sparkStaging/{job.application}/{job.script.rpartition('/')[2]}")
    pen.info("Client", f"Submitting application {job.application} to ResourceManager")
    pen.info("YarnClientImpl", f"Submitted application {job.application}")
    for number in range(reports):
        state = "ACCEPTED" if number < 2 else "RUNNING"
        pen.info("Client", f"Application report for {job.application} (state: {state})")
        if number in (0, 2):
            pen.raw("\t client token: N/A\n\t diagnostics: N/A\n\t ApplicationMaster host: "
                    f"{'N/A' if number == 0 else job.driver_host}\n\t queue: default\n\t start time: "
                    f"{round(job.start * 1000)}\n\t final status: UNDEFINED\n\t user: hadoop")
    if job.whole:
        pen.info("Client", f"Application report for {job.application} (state: FINISHED)")
        failed = job.failure
        diagnostics = ("User application exited with status " + str(failed.exit)) if failed else "N/A"
        pen.raw(f"\t client token: N/A\n\t diagnostics: {diagnostics}\n\t ApplicationMaster host: {job.driver_host}\n\t queue: "
                f"default\n\t start time: {round(job.start * 1000)}\n\t final status: {'FAILED' if failed else 'SUCCEEDED'}\n"
                "\t user: hadoop")
        if failed:
            pen.error("Client", "Application diagnostics message: " + diagnostics)
            pen.raw(f"Exception in thread \"main\" org.apache.spark.SparkException: Application {job.application} finished "
                    "with failed status\n\tat org.apache.spark.deploy.yarn.Client.run(Client.scala:1309)\n\tat org.apache."
                    "spark.deploy.yarn.YarnClusterApplication.start(Client.scala:1744)\n\tat org.apache.spark.deploy."
                    "SparkSubmit.main(SparkSubmit.scala)")
        pen.info("ShutdownHookManager", "Shutdown hook called")
        if late:
            pen.warn("ShutdownHookManager", "ShutdownHook '' timeout, java.util.concurrent.TimeoutException\njava.util.concurrent."
                     "TimeoutException\n\tat java.base/java.util.concurrent.FutureTask.get(FutureTask.java:205)\n\tat org.apache."
                     "hadoop.util.ShutdownHookManager.executeShutdown(ShutdownHookManager.java:124)")
            pen.error("ShutdownHookManager", "ShutdownHookManager shutdown forcefully after 30 seconds.")
    return pen.bytes()


def node_manager(job: Job, lines: int = 40) -> bytes:
    dice = random.Random("nm" + job.application)
    pen = Pen(job.start, job.end + 30, lines, dice, "hadoop")
    _, host, container = job.worker
    base = "org.apache.hadoop.yarn.server.nodemanager"
    for number in range(lines):
        if number == 2:
            pen.error("org.apache.hadoop.yarn.server.nodemanager.NodeStatusUpdaterImpl (Node Status Updater)",
                      "Unexpected error rpc response from RM on NodeLabels, retrying")
        pen.info(f"{base}.containermanager.monitor.ContainersMonitorImpl (Container Monitor)",
                 f"Memory usage of ProcessTree {18_000 + number} for container-id {container}: {5 + number % 4}.{number % 10} GB "
                 "of 8.8 GB physical memory used; 11.0 GB of 44.0 GB virtual memory used")
    failure = job.failure
    if failure and failure.node and failure.kind == "lost":
        for line in failure.node:
            pen.told(job.fill(line, pen.now))
        pen.info(f"{base}.containermanager.container.ContainerImpl (AsyncDispatcher event handler)",
                 f"Container {container} transitioned from RUNNING to KILLING")
    return pen.bytes()


def resource_manager(job: Job) -> bytes:
    pen = Pen(job.start, job.end, 8, random.Random("rm" + job.application), "hadoop")
    base = "org.apache.hadoop.yarn.server.resourcemanager"
    pen.info(f"{base}.rmapp.RMAppImpl (RM Event dispatcher)", f"{job.application} State change from ACCEPTED to RUNNING on "
                                                             "event = ATTEMPT_REGISTERED")
    pen.pause_until(job.end)
    final = "FAILED" if job.failure else "SUCCEEDED"
    pen.info(f"{base}.RMAppManager$ApplicationSummary (RM Event dispatcher)",
             f"appId={job.application},name={job.name},user=hadoop,queue=default,state=FINISHED,trackingUrl=http://ip-10-0-16-5:"
             f"18080/history/{job.application}/1,appMasterHost={job.driver_host},submitTime={round(job.start * 1000)},startTime="
             f"{round(job.start * 1000)},finishTime={round(job.end * 1000)},finalStatus={final},memorySeconds=88211,"
             "vcoreSeconds=4121,applicationType=SPARK,diagnostics=")
    return pen.bytes()


def instance_state(when: float, full: bool, killed: bool) -> bytes:
    """The console's snapshot, every quarter of an hour."""
    used = 100 if full else 61
    lines = [f"# snapshot {stamp(when)[:19]}", "# free -m",
             "              total        used        free      shared  buff/cache   available",
             "Mem:          63241       51022         812          33       11407       11621", "# dmesg | tail"]
    if killed:
        lines.append("[ 3121.552104] Out of memory: Killed process 18233 (java) total-vm:13841184kB, anon-rss:9541312kB, "
                     "file-rss:0kB, shmem-rss:0kB, UID:994 pgtables:19812kB oom_score_adj:0")
    lines += ["# df -h", "Filesystem      Size  Used Avail Use% Mounted on", "/dev/nvme0n1p1   15G  6.2G  8.9G  42% /",
              f"/dev/nvme1n1     118G  {118 if full else 72}G  {0 if full else 46}G {used:3d}% /mnt"]
    return ("\n".join(lines) + "\n").encode()
