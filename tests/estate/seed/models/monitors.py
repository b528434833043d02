"""The endpoints, what watches them, and what came of it: one plot for each way in which a monitor tells something, or nothing.

A run's numbers follow from (endpoint, column, hour) alone, with fixed dice, so lists, files in S3 and CloudWatch agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from ...evidence import quality, reports
from ...evidence.columns import Batch, categories, drift, numbers, stepped
from ...overrides.jobs.model import JOB_ROLE
from ...overrides.models.model import Models, Outcome, Schedule, arn, clock
from ...story import ACCOUNT, REGION
from .cast import MONITORING, REGISTRY, kind_of
from .registry import DAY, baseline
from . import files

HOUR = 3_600
DAYS = 90
NO_DATA = "Job inputs had no data"
SEE_LOGS = "AlgorithmError: See job logs for more information"
MEMORY = "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance."
SCHEMA = ("Error: There are extra columns in current dataset. Number of columns in current dataset: {now}, Number of columns in "
          "baseline constraints: {then}")


@dataclass(frozen=True)
class Watch:
    """An endpoint of the story: the group that it serves, what happens to it, and how it is watched."""

    group: str
    plot: str = "quiet"
    every: int = DAY
    also: tuple[str, ...] = ()
    status: str = "InService"
    watched: bool = True
    alert: tuple[int, int] = (1, 1)

    @property
    def endpoint(self) -> str:
        return f"{self.group}-live"


WATCHES = {one.endpoint: one for one in (
    Watch("demand-forecast-emea", every=HOUR, also=("ModelQuality", "ModelBias", "ModelExplainability")),
    Watch("demand-forecast-dach", "slow", HOUR, alert=(3, 5)),
    Watch("dynamic-pricing-emea", "sudden", HOUR, also=("ModelExplainability",)),
    Watch("no-show-uk", "seasonal", HOUR, also=("ModelQuality",)),
    Watch("upsell-offer-emea", "ties", HOUR),
    Watch("booking-cancellation-emea", "category", HOUR),
    Watch("guest-churn-emea", "missing", HOUR, also=("ModelQuality",)),
    Watch("delivery-eta-uk", "no data", HOUR, alert=(2, 6)),
    Watch("delivery-eta-emea", "schema"),
    Watch("payment-fraud-emea", "memory", HOUR, also=("ModelBias",)),
    Watch("staffing-need-dach", "silent"),
    Watch("food-waste-uk", "capture off"),
    Watch("review-sentiment-emea", "truth missing", also=("ModelQuality",)),
    Watch("loyalty-tier-emea", "other baseline"),
    Watch("guest-churn-uk", "unchecked"),
    Watch("dynamic-pricing-dach", every=HOUR, status="Updating"),
    Watch("staffing-need-emea", status="Failed", watched=False),
    Watch("payment-fraud-uk", status="RollingBack"),
    Watch("review-sentiment-uk", "asynchronous"),
    Watch("booking-cancellation-iberia", "bad file"),
    Watch("food-waste-dach", "upstream"),
    Watch("staffing-need-nordics", "upstream"),
    Watch("no-show-emea", "upstream"),
    Watch("upsell-offer-iberia", "unwatched", watched=False),
)}
# plot: column: (how far it goes in standard deviations, over how many days up to now; 0 is at once), since so many days
SHIFTS = {
    "slow": {"lead_time_days": (1.2, 60), "local_events": (0.8, 60)},
    "sudden": {"competitor_rate": (1.3, 0)},
    "ties": {"party_size": (1.3, 0), "visits_30d": (1.1, 0)},
    "unchecked": {"basket_value": (1.4, 0), "loyalty_points": (-1.1, 0)},
    "upstream": {"weather_temp": (-1.4, 0)},
    "truth missing": {},
}
SINCE = {"slow": 60, "sudden": 9, "ties": 25, "unchecked": 30, "upstream": 2, "category": 12, "missing": 5, "schema": 4,
         "memory": 3, "capture off": 6, "truth missing": 6, "silent": 9}
BAD_DAY = 37


def _noise(*words) -> float:
    """-1 to 1, mostly near 0, the same for the same words."""
    bits = crc32("/".join(map(str, words)).encode())
    return ((bits & 255) + (bits >> 8 & 255) - 255) / 255


class Cast:
    """What the plots need of the store: which hour is now, which version serves."""

    def __init__(self, store: Models) -> None:
        self.store, self.now = store, store.now
        self.serves = {watch.endpoint: _newest_approved(store, watch.group) for watch in WATCHES.values()}
        self.batches = lru_cache(maxsize=8_192)(self._batches)

    def days(self, when: float) -> float:
        return (self.now - when) / DAY

    def on(self, watch: Watch, when: float) -> bool:
        """Whether the plot has begun by then."""
        return self.days(when) < SINCE.get(watch.plot, 0)

    def rows(self, watch: Watch, when: float) -> int:
        if watch.every == DAY:
            return 540 + 60 * (crc32(f"{watch.endpoint}/{when}".encode()) % 3)
        hour = clock(when).hour
        return 200 + 40 * (hour % 4 if 6 <= hour < 23 else 0)

    def _batches(self, endpoint: str, when: float) -> tuple[Batch, ...]:
        """What the endpoint was asked in the time before a run."""
        watch = WATCHES[endpoint]
        rows, found = self.rows(watch, when), []
        for before in baseline(watch.group, self.serves[endpoint]):
            column = before.column
            shift = before.shift + 0.14 * _noise(endpoint, column.name, when)
            far, over = SHIFTS.get(watch.plot, {}).get(column.name, (0.0, 0))
            if far and self.on(watch, when):
                shift += far * ((1 - self.days(when) / over) if over else 1)
            if watch.plot == "seasonal" and column.name in ("lead_time_days", "weather_temp") and clock(when).weekday() >= 5:
                shift += 0.9
            lost, new = 0, 0.0
            if watch.plot == "missing" and column.name == "loyalty_points" and self.on(watch, when):
                lost = round(rows * (0.18 + 0.02 * _noise(when)))
            if watch.plot == "category" and column.name == "booking_channel" and self.on(watch, when):
                new = 0.05
            found.append(Batch(column, rows, stepped(shift), lost, new, "whatsapp" if new else ""))
        return tuple(found)

    def judged(self, endpoint: str) -> int:
        """The version whose baseline the monitor compares with."""
        version = self.serves[endpoint]
        return 1 if WATCHES[endpoint].plot == "other baseline" and version > 1 else version

    def violations(self, endpoint: str, when: float) -> list[dict]:
        watch = WATCHES[endpoint]
        if watch.plot == "unchecked":
            return []
        return quality.violations(baseline(watch.group, self.judged(endpoint)), self.batches(endpoint, when))

    def drifts(self, endpoint: str, when: float) -> dict[str, float]:
        before = baseline(WATCHES[endpoint].group, self.judged(endpoint))
        return {now.column.name: drift(then, now) for then, now in zip(before, self.batches(endpoint, when))}

    def captured(self, watch: Watch, when: float) -> bool:
        """Whether anything was captured in the hour that began then."""
        if watch.plot == "capture off":
            return not self.on(watch, when)
        if watch.plot == "no data":
            at = clock(when)
            return not (2 <= at.hour < 5 and at.weekday() != 2 or 2 <= self.days(when) < 2.25)
        return True

    # Quality of the model, bias and attributions, once a day.

    def quality_of(self, endpoint: str, when: float) -> dict:
        watch = WATCHES[endpoint]
        worse = {"missing": 0.05, "slow": 0.04}.get(watch.plot, 0.0) * self.on(watch, when)
        skill = self.store.skills[watch.group, self.serves[endpoint]] + 0.012 - worse
        return reports.metrics(kind_of(watch.group).problem, skill + 0.006 * _noise("skill", endpoint, when), 600,
                               f"{endpoint}/{when}")

    def limits_of(self, endpoint: str) -> dict:
        watch = WATCHES[endpoint]
        return reports.metrics(kind_of(watch.group).problem, self.store.skills[watch.group, self.serves[endpoint]], files.ROWS,
                               f"{watch.group}/{self.serves[endpoint]}")

    def bias_of(self, endpoint: str, when: float | None) -> dict:
        kind, watch = kind_of(WATCHES[endpoint].group), WATCHES[endpoint]
        tilted = 0.17 if when is not None and watch.plot == "memory" and self.days(when) < 20 else 0.0
        found = reports.bias(*kind.facet, kind.columns[0].name, f"{endpoint}/{round(when // DAY)}" if when else watch.group,
                             tilt=tilted, before=False)
        return found

    def attributed(self, endpoint: str, when: float | None) -> dict[str, float]:
        watch = WATCHES[endpoint]
        names = [column.name for column in kind_of(watch.group).columns[1:]]
        turned = when is not None and self.on(watch, when) and watch.plot == "sudden"
        return reports.attributions(names, f"{endpoint}/{round((when or 0) // DAY)}" if when else watch.group,
                                    (names[-1], names[-2], names[2]) if turned else ())

    def outcome(self, watch: Watch, kind: str, when: float) -> Outcome:
        began = self.on(watch, when)
        if not self.captured(watch, when - watch.every if watch.every == HOUR else when - 1):
            return Outcome("Failed", NO_DATA, job=False)
        if kind == "ModelQuality" and watch.plot == "truth missing" and began:
            return Outcome("Failed", SEE_LOGS, "Error: No ground truth data was found for the given time range; nothing could be "
                                               "merged with the captured predictions.")
        if kind == "DataQuality" and watch.plot == "schema" and began:
            columns = len(kind_of(watch.group).columns)
            return Outcome("Failed", SEE_LOGS, SCHEMA.format(now=columns + 1, then=columns))
        if kind == "DataQuality" and watch.plot == "memory" and began and crc32(str(when).encode()) % 3:
            return Outcome("Failed", MEMORY, "Error: Container exited with code 137")
        found = len(self.found(watch, kind, when))
        if found:
            return Outcome("CompletedWithViolations", exit=f"CompletedWithViolations: Job completed successfully with {found} "
                                                           "violations.")
        return Outcome("Completed", exit="Completed: Job completed successfully with no violations.")

    def found(self, watch: Watch, kind: str, when: float) -> list[dict]:
        """The violations of a run of any kind."""
        if kind == "DataQuality":
            return self.violations(watch.endpoint, when)
        if kind == "ModelQuality":
            return reports.quality_violations(self.limits_of(watch.endpoint), self.quality_of(watch.endpoint, when))
        if kind == "ModelBias":
            return reports.bias_violations(self.bias_of(watch.endpoint, None), self.bias_of(watch.endpoint, when))
        return reports.attribution_violations(self.attributed(watch.endpoint, None), self.attributed(watch.endpoint, when))

    def files(self, watch: Watch, kind: str, when: float) -> dict[str, bytes]:
        """What a run left, by file name."""
        violations, kept = self.found(watch, kind, when), {}
        if kind == "DataQuality":
            kept["statistics.json"] = quality.statistics(self.batches(watch.endpoint, when))
            kept["constraints.json"] = quality.constraints(kind_of(watch.group).columns, watch.plot != "unchecked")
        elif kind == "ModelQuality":
            problem = kind_of(watch.group).problem
            kept["statistics.json"] = reports.quality_statistics(problem, self.quality_of(watch.endpoint, when), 600)
            kept["constraints.json"] = reports.quality_constraints(problem, self.quality_of(watch.endpoint, when))
        elif kind == "ModelBias":
            kept["analysis.json"] = reports.packed(self.bias_of(watch.endpoint, when))
        else:
            kept["analysis.json"] = reports.packed(reports.explanation(self.attributed(watch.endpoint, when), 0.36))
        if violations:
            kept["constraint_violations.json"] = quality.violations_file(violations, "1.0" if kind != "DataQuality" else None)
        if watch.plot == "bad file" and round(self.days(when)) == BAD_DAY:
            kept["statistics.json"] = kept["statistics.json"][:6_000]
        return kept


def _newest_approved(store: Models, group: str) -> int:
    found = [one["ModelPackageVersion"] for one in store.packages.values()
             if one["ModelPackageGroupName"] == group and one["ModelApprovalStatus"] == "Approved"]
    return max(found, default=1)


def cast(store: Models) -> Cast:
    kept = Cast(store)
    for watch in WATCHES.values():
        _endpoint(kept, watch)
        if not watch.watched:
            continue
        for kind in ("DataQuality", *watch.also):
            _schedule(kept, watch, kind)
    return kept


_SUFFIX = {"DataQuality": "data", "ModelQuality": "quality", "ModelBias": "bias", "ModelExplainability": "attribution"}
_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sagemaker-model-monitor-analyzer"


def _schedule(kept: Cast, watch: Watch, kind: str) -> None:
    every = watch.every if kind == "DataQuality" else DAY
    newest = kept.now if every == HOUR else kept.now // DAY * DAY + 4 * HOUR
    newest -= DAY * (newest > kept.now)
    last = newest - (SINCE["silent"] * DAY if watch.plot == "silent" else 0)
    name = f"{watch.endpoint}-{_SUFFIX[kind]}"
    first = newest - DAYS * DAY + every
    kept.store.schedules[name] = Schedule(
        name, watch.endpoint, kind, _definition(kept, watch, kind, name, first), every, first, last, first - HOUR,
        lambda when: kept.outcome(watch, kind, when), points=watch.alert[0], period=watch.alert[1],
        dashboard=watch.plot != "unchecked")


def _definition(kept: Cast, watch: Watch, kind: str, name: str, first: float) -> dict:
    version = kept.judged(watch.endpoint)
    folder = f"s3://{REGISTRY}/{watch.group}/v{version}/"
    constraints = {"DataQuality": "constraints.json", "ModelQuality": "model_quality_constraints.json", "ModelBias":
                   "bias_constraints.json", "ModelExplainability": "explainability.json"}[kind]
    if watch.plot == "unchecked":
        folder = f"s3://{MONITORING}/baselines/{watch.endpoint}/"
    resources = {"ConstraintsResource": {"S3Uri": folder + constraints}}
    if kind == "DataQuality":
        resources["StatisticsResource"] = {"S3Uri": f"s3://{REGISTRY}/{watch.group}/v{version}/statistics.json"}
    given: dict = {"EndpointInput": {"EndpointName": watch.endpoint, "LocalPath": "/opt/ml/processing/input/endpoint",
                                     "S3InputMode": "File", "S3DataDistributionType": "FullyReplicated"}}
    problem = {"regression": "Regression", "binary_classification": "BinaryClassification",
               "multiclass_classification": "MulticlassClassification"}[kind_of(watch.group).problem]
    application: dict = {"ImageUri": _IMAGE}
    if kind in ("ModelQuality", "ModelBias"):
        given["EndpointInput"].update(InferenceAttribute="0", StartTimeOffset="-P1D", EndTimeOffset="-PT0H")
        given["GroundTruthS3Input"] = {"S3Uri": f"s3://{MONITORING}/ground-truth/{watch.endpoint}"}
    if kind == "ModelQuality":
        application["ProblemType"] = problem
    if kind in ("ModelBias", "ModelExplainability"):
        application["ConfigUri"] = f"s3://{REGISTRY}/{watch.group}/v{version}/bias_config.json"
    arn_kind = {"DataQuality": "data-quality-job-definition", "ModelQuality": "model-quality-job-definition",
                "ModelBias": "model-bias-job-definition", "ModelExplainability": "model-explainability-job-definition"}[kind]
    return {
        "JobDefinitionArn": arn(arn_kind, f"{name}-definition"), "JobDefinitionName": f"{name}-definition",
        "CreationTime": first - 2 * HOUR, f"{kind}BaselineConfig": resources, f"{kind}AppSpecification": application,
        f"{kind}JobInput": given, f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": {
            "S3Uri": f"s3://{MONITORING}/reports", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}}]},
        "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}},
        "RoleArn": JOB_ROLE, "StoppingCondition": {"MaxRuntimeInSeconds": 1_800}}


def _model(kept: Cast, watch: Watch, version: int) -> str:
    store, package = kept.store, arn("model-package", f"{watch.group}/{version}")
    name = f"{watch.group}-v{version}"
    container = store.packages[package]["InferenceSpecification"]["Containers"][0]
    store.models[name] = {
        "ModelName": name, "ModelArn": arn("model", name), "CreationTime": store.packages[package]["LastModifiedTime"] + 900,
        "ExecutionRoleArn": JOB_ROLE, "EnableNetworkIsolation": False, "Tags": store.packages[package]["Tags"],
        "PrimaryContainer": {"Image": container["Image"], "Mode": "SingleModel", "ModelDataUrl": container["ModelDataUrl"],
                             "ModelPackageName": package, "Environment": {}}}
    return name


def _endpoint(kept: Cast, watch: Watch) -> None:
    store, name = kept.store, watch.endpoint
    version = kept.serves[name]
    package = store.packages[arn("model-package", f"{watch.group}/{version}")]
    changed = min(package["LastModifiedTime"] + HOUR, kept.now - HOUR)
    parts = [("AllTraffic", version, 1.0, 2)]
    if watch.status == "Updating":
        parts = [("blue", max(1, version - 1), 0.9, 2), ("green", version, 0.1, 1)]
    variants, configured = [], []
    for variant, number, weight, many in parts:
        model = _model(kept, watch, number)
        container = store.packages[arn("model-package", f"{watch.group}/{number}")]["InferenceSpecification"]["Containers"][0]
        images = [{"SpecifiedImage": container["Image"], "ResolutionTime": changed,
                   "ResolvedImage": f"{container['Image'].partition(':')[0]}@{container['ImageDigest']}"}]
        shown = {"VariantName": variant, "DeployedImages": images, "CurrentWeight": weight, "DesiredWeight": weight,
                 "CurrentInstanceCount": many, "DesiredInstanceCount": many}
        if watch.status == "Updating" and variant == "green":
            shown.update(DesiredWeight=1.0, DesiredInstanceCount=2,
                         VariantStatus=[{"Status": "Baking", "StatusMessage": "Baking on 10 % of the traffic", "StartTime": changed}])
        variants.append(shown)
        configured.append({"VariantName": variant, "ModelName": model, "InitialInstanceCount": many, "InstanceType": "ml.m5.large",
                           "InitialVariantWeight": weight})
    capture = {"EnableCapture": watch.plot != "capture off", "CaptureStatus": "Stopped" if watch.plot == "capture off" else
               "Started", "CurrentSamplingPercentage": 0 if watch.plot == "unwatched" else 20 if watch.every == HOUR else 100,
               "DestinationS3Uri": f"s3://{MONITORING}/captures", "KmsKeyId": ""}
    shape = {"EndpointName": name, "EndpointArn": arn("endpoint", name), "EndpointConfigName": f"{name}-v{version}",
             "ProductionVariants": variants, "DataCaptureConfig": capture, "EndpointStatus": watch.status,
             "CreationTime": kept.now - 200 * DAY, "LastModifiedTime": changed, "Tags": package["Tags"],
             "LastDeploymentConfig": {"BlueGreenUpdatePolicy": {
                 "TrafficRoutingConfiguration": {"Type": "CANARY", "WaitIntervalInSeconds": 600,
                                                 "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10}},
                 "TerminationWaitInSeconds": 300, "MaximumExecutionTimeoutInSeconds": 3_600},
                 "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": f"{name}-5xx"}]}}}
    if watch.status == "Failed":
        shape["FailureReason"] = ("The primary container for production variant AllTraffic did not pass the ping health check. "
                                  "Please check CloudWatch logs for this endpoint.")
        shape["ProductionVariants"] = [{**variants[0], "CurrentInstanceCount": 0}]
        del shape["LastDeploymentConfig"]
    if watch.status == "RollingBack":
        shape["FailureReason"] = f"Alarm {name}-5xx went to ALARM while the new fleet was baking; traffic goes back to the old one."
    if watch.status in ("Updating", "RollingBack"):
        shape["PendingDeploymentSummary"] = {"EndpointConfigName": f"{name}-v{version}-next", "StartTime": kept.now - 1_200,
                                             "ProductionVariants": [{"VariantName": variants[-1]["VariantName"]}]}
        shape["LastModifiedTime"] = kept.now - 1_200
    config = {"EndpointConfigName": f"{name}-v{version}", "EndpointConfigArn": arn("endpoint-config", f"{name}-v{version}"),
              "ProductionVariants": configured, "CreationTime": changed - 300, "DataCaptureConfig": {
                  "EnableCapture": capture["EnableCapture"], "InitialSamplingPercentage": capture["CurrentSamplingPercentage"],
                  "DestinationS3Uri": capture["DestinationS3Uri"], "CaptureOptions": [
                      {"CaptureMode": "Input"}, {"CaptureMode": "Output"}]}}
    if watch.plot == "asynchronous":
        config["AsyncInferenceConfig"] = shape["AsyncInferenceConfig"] = {
            "OutputConfig": {"S3OutputPath": f"s3://{MONITORING}/asynchronous/{name}"},
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4}}
    store.endpoints[name], store.configs[config["EndpointConfigName"]] = shape, config


def capture_lines(kept: Cast, watch: Watch, when: float) -> bytes:
    """Twenty requests of an hour, as data capture writes them; each line filled up to the same length."""
    batches, lines = kept.batches(watch.endpoint, when), []
    for number in range(LINES):
        values = [str(_value(batch, number)) for batch in batches]
        at = when + number * 170 + 11
        lines.append(_line({"captureData": {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": ",".join(values[1:]), "encoding": "CSV"},
            "endpointOutput": {"observedContentType": "text/csv; charset=utf-8", "mode": "OUTPUT", "data": values[0],
                               "encoding": "CSV"}}, "eventMetadata": {"eventId": event_id(watch.endpoint, at), "inferenceTime":
                                                                    clock(at).strftime("%Y-%m-%dT%H:%M:%SZ")},
            "eventVersion": "0"}, LINE))
    return "".join(lines).encode()


LINE, TRUTH_LINE, LINES = 512, 256, 20


def truth_lines(kept: Cast, watch: Watch, when: float) -> bytes:
    """What turned out for the requests of an hour."""
    predicted = kept.batches(watch.endpoint, when)[0]
    found = []
    for number in range(LINES):
        at = when + number * 170 + 11
        found.append(_line({"groundTruthData": {"data": str(_value(predicted, number)), "encoding": "CSV"}, "eventMetadata": {
            "eventId": event_id(watch.endpoint, at)}, "eventVersion": "0"}, TRUTH_LINE))
    return "".join(found).encode()


def event_id(endpoint: str, at: float) -> str:
    return f"{crc32(endpoint.encode()):08x}-0000-4000-8000-{round(at):012x}"


def _line(content: dict, length: int) -> str:
    text = json.dumps(content)
    return text[:-1] + " " * (length - len(text) - 1) + "}\n"


def _value(batch: Batch, place: int):
    if batch.column.kind == "text":
        found = categories(batch)
        return found[place % len(found)][0]
    values = numbers(batch)
    return values[place % len(values)]
