"""SageMaker: training, processing and transform jobs that ended in each way. `churn-…` come from `churn-training`."""

from __future__ import annotations

from ...overrides.jobs.model import JOB_ROLE, LONG
from ...story import ACCOUNT, REGION
from .kit import Stage

# What the step `Train` of `train-demand-forecast`'s failed execution started (`seed/models/flows.py`).
RETRAINED = "pipelines-w4t9k2c7m1xd-Train-Hd83kQmP2x"
_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/"


def training(name: str, machine: str = "ml.m5.2xlarge") -> dict:
    return {"RoleArn": JOB_ROLE, "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": _IMAGE + name + ":1.4"},
            "HyperParameters": {"epochs": "12"}, "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {
                "S3DataType": "S3Prefix", "S3Uri": f"s3://lake-processed/{name}/train/"}}}],
            "OutputDataConfig": {"S3OutputPath": f"s3://ml-artifacts/{name}/"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": machine, "VolumeSizeInGB": 50},
            "StoppingCondition": {"MaxRuntimeInSeconds": 7_200}}


def processing(name: str) -> dict:
    return {"RoleArn": JOB_ROLE, "AppSpecification": {"ImageUri": _IMAGE + name + ":2.0"}, "ProcessingInputs": [{
        "InputName": "sales", "S3Input": {"S3Uri": "s3://lake-processed/sales/", "LocalPath": "/opt/ml/processing/input",
                                          "S3DataType": "S3Prefix", "S3InputMode": "File"}}],
            "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3_600}}


def transform(name: str) -> dict:
    return {"ModelName": name, "TransformInput": {"DataSource": {"S3DataSource": {
        "S3DataType": "S3Prefix", "S3Uri": f"s3://lake-processed/{name}/batch/"}}, "ContentType": "text/csv"},
            "TransformOutput": {"S3OutputPath": f"s3://ml-artifacts/{name}/scores/"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}}


def cast(stage: Stage) -> None:
    day = lambda days_before: stage.day(days_before)  # noqa: E731
    stage.model("training", f"demand-forecast-{day(7)}", stage.at(7, "02:30:00"), 2_400, training("demand-forecast"))
    stage.model("training", f"demand-forecast-{day(0)}", stage.at(0, "02:30:00"), 900, training("demand-forecast"),
                "training out of memory")
    stage.model("training", RETRAINED, stage.hour - 5 * 3_600 - 14 * 86_400 + 543, 2_500, training("demand-forecast"),
                "training out of memory", said="ClientError: Please use an instance type with more memory, or reduce the size of "
                                               "job data processed on an instance.")
    stage.model("training", f"menu-vision-{day(2)}", stage.at(2, "14:00:00"), 1_300, training("menu-vision", "ml.p4d.24xlarge"),
                "training no capacity")
    stage.model("training", f"basket-next-{day(3)}", stage.at(3, "20:00:00"), 7_400, training("basket-next"), end="Stopped")
    stage.model("training", f"basket-next-{day(0)}", stage.hour - 2_700, LONG, training("basket-next"))
    stage.model("processing", f"churn-features-{day(8)}", stage.at(8, "22:00:00"), 700, processing("churn-features"))
    stage.model("processing", f"churn-features-{day(1)}", stage.at(1, "22:00:00"), 210, processing("churn-features"),
                "processing client error", exit="An error occurred (404) when calling the HeadObject operation: Not Found")
    stage.model("transform", f"churn-scores-{day(8)}", stage.at(8, "23:30:00"), 640, transform("churn"))
    stage.model("transform", f"churn-scores-{day(1)}", stage.at(1, "23:30:00"), 130, transform("churn"), "training nan",
                said="ClientError: Bad HTTP status received from algorithm: 415. See job logs for more information")
