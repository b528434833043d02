"""What the cast of the engines is built with: days of the story, runs that went well and runs that did not."""

from __future__ import annotations

from ...logs import failures
from ...overrides.jobs import fate
from ...overrides.jobs.model import CAPITALS, JOB_ROLE, LONG, SMALL, Cluster, Jobs, Run, made_up, moments
from ...story import ACCOUNT, Story

PERSON = f"arn:aws:iam::{ACCOUNT}:user/oncall"
SCRIPTS = "s3://ml-artifacts/jobs/"
OUTPUT = "s3://lake-processed/"


class Stage:
    """The store, the calendar, and what every engine's runs have in common."""

    def __init__(self, store: Jobs, story: Story, now: float) -> None:
        self.store, self.story, self.now = store, story, now
        self.hour = now // 3600 * 3600   # what still runs began before it

    def at(self, days_before: int, clock: str) -> float:
        return self.story.at(days_before, clock).timestamp()

    def when(self, start: float, seconds: float) -> int | str:
        """Distance from the story day, for ids that stay the same from day to day."""
        return "open" if seconds >= LONG else round(start - self.at(0, "00:00"))

    def day(self, days_before: int) -> str:
        return str(self.story.at(days_before, "00:00").date())

    def step(self, cluster: Cluster, name: str, start: float, seconds: float, script: str, words: list[str], conf: str = "",
             cause: str = "", run_id: str = "", end: str = "", action: str = "CONTINUE", **more) -> Run:
        """A step that was: it waited eight seconds and ran. `end` names another last state than the cause's."""
        run_id = run_id or made_up("s-", 13, CAPITALS, cluster.id, name, self.when(start, seconds))
        args = ["spark-submit", "--deploy-mode", "cluster", *[word for pair in conf.split() for word in ("--conf", pair)],
                SCRIPTS + script, *words]
        application = more.pop("application", "") or fate.application_id(run_id, cluster.created)
        failure = failures.of(cause)
        logs = more.pop("logs", True)
        run = Run("step", run_id, name, cluster.id, moments(
            start, (0, "PENDING"), (8, "RUNNING"), (seconds, end or ("FAILED" if cause else "COMPLETED"))),
            {"Name": name, "ActionOnFailure": action, "HadoopJarStep": {"Jar": "command-runner.jar", "Args": args}}, cause,
            fate.failure_details(failure, cluster, run_id, application) if failure else "", by=PERSON, logs=logs,
            executors=more.pop("executors", 4), more={"application": application, **more})
        return self.store.add(run)

    def serverless(self, application: str, name: str, start: float, seconds: float, script: str, words: list[str],
                   conf: str = "", cause: str = "", end: str = "", monitoring: dict | None = None, attempts: int = 1,
                   **more) -> Run:
        run_id = made_up("00f", 13, SMALL, application, name, self.when(start, seconds))
        failure = failures.of(cause)
        asked = {"name": name, "executionRoleArn": JOB_ROLE, "jobDriver": {"sparkSubmit": {
            "entryPoint": SCRIPTS + script, "entryPointArguments": words,
            "sparkSubmitParameters": " ".join(f"--conf {one}" for one in conf.split())}},
            "configurationOverrides": {"monitoringConfiguration": monitoring if monitoring is not None else {
                "s3MonitoringConfiguration": {"logUri": "s3://lake-logs/emr-serverless/"}}},
            "tags": {"team": "data-platform"}}
        if attempts > 1:
            asked["retryPolicy"] = {"maxAttempts": attempts}

        def one(attempt: int, begins: float, last: bool) -> Run:
            said = failure.serverless if failure else ""
            return Run("serverless", run_id, name, application, moments(
                begins, (0, "SUBMITTED"), (2, "PENDING"), (9, "SCHEDULED"), (31, "RUNNING"),
                (31 + seconds, end if end and last else "FAILED" if cause else "SUCCESS")), asked, cause, said,
                attempt=attempt, by=PERSON, executors=more.get("executors", 4), more={**more, "began": begins + 31})

        run = one(attempts, start + (attempts - 1) * (seconds + 60), True)
        run.attempts = [one(n, start + (n - 1) * (seconds + 60), False) for n in range(1, attempts)]
        return self.store.add(run)

    def containers(self, cluster: str, name: str, start: float, seconds: float, script: str, words: list[str],
                   conf: str = "", cause: str = "", end: str = "", monitoring: dict | None = None, **more) -> Run:
        run_id = made_up("0000000", 12, SMALL, cluster, name, self.when(start, seconds))
        failure = failures.of(cause)
        asked = {"name": name, "virtualClusterId": cluster, "executionRoleArn": JOB_ROLE, "releaseLabel": "emr-7.1.0-latest",
                 "jobDriver": {"sparkSubmitJobDriver": {
                     "entryPoint": SCRIPTS + script, "entryPointArguments": words,
                     "sparkSubmitParameters": " ".join(f"--conf {one}" for one in conf.split())}},
                 "configurationOverrides": {"monitoringConfiguration": monitoring if monitoring is not None else {
                     "persistentAppUI": "ENABLED", "s3MonitoringConfiguration": {"logUri": "s3://lake-logs/emr-eks/"},
                     "cloudWatchMonitoringConfiguration": {"logGroupName": "/emr-on-eks/kitchens",
                                                           "logStreamNamePrefix": "jobs"}}}}
        return self.store.add(Run("containers", run_id, name, cluster, moments(
            start, (0, "PENDING"), (6, "SUBMITTED"), (38, "RUNNING"), (38 + seconds, end or ("FAILED" if cause else "COMPLETED"))),
            asked, cause, failure.containers if failure else "", by=PERSON, more=more))

    def glue(self, name: str, start: float, seconds: float, cause: str = "", end: str = "", arguments: dict | None = None,
             retries: Run | None = None, **more) -> Run:
        """`retries` is the run that the service tries again by itself, after MaxRetries of the job."""
        attempt = retries.attempt + 1 if retries else 1
        run_id = made_up("jr_", 64, "0123456789abcdef", name, self.when(start, seconds))
        asked: dict = {"Arguments": arguments or {}}
        if retries:
            run_id = f"{retries.id.partition('_attempt_')[0]}_attempt_{attempt - 1}"
            asked["JobRunId"] = retries.id
        failure = failures.of(cause)
        return self.store.add(Run("glue", run_id, name, name, moments(
            start, (0, "STARTING"), (14, "RUNNING"), (14 + seconds, end or ("FAILED" if cause else "SUCCEEDED"))),
            asked, cause, more.pop("said", "") or (failure.glue if failure else ""), attempt=attempt, more=more))

    def model(self, kind: str, name: str, start: float, seconds: float, asked: dict, cause: str = "", end: str = "",
              said: str = "", **more) -> Run:
        between = ("Starting", "Downloading", "Training") if kind == "training" else ("Starting", "Running")
        # Making instances ready takes minutes, however long the work is.
        share = [min(seconds * part, most) for part, most in ((0, 0), (0.1, 240), (0.18, 420))][:len(between)]
        failure = failures.of(cause)
        return self.store.add(Run(kind, name, name, "", [*moments(start, *zip(share, between)), (
            start + seconds, end or ("Failed" if cause or said else "Completed"))], asked, cause,
            said or (failure.sagemaker if failure else ""), more={"began": start + share[-1], **more}))

