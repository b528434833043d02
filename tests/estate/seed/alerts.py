"""Who is told, in moto: the alerts topic, two alarms on failed executions, one on the quality of a model, one on a column that
drifts, and those on the errors of endpoints that take a deployment back.

`daily-sales-pipeline`'s alarm is OK although it failed three times this morning: its Catch ends well, so
ExecutionsFailed counts nothing. That is what makes such failures easy to miss.
"""

from __future__ import annotations

from ..story import ACCOUNT, REGION
from .clients import client
from .executions import express, kit, orders, sales
from .models.watches import WATCHES

QUALITY = "guest-churn-emea-f1"
# On what a monitor publishes, as the developer guide spells its dimensions.
DRIFT, DRIFTING = "no-show-emea-party-size", "no-show-emea-live"
# The one that takes this endpoint's deployment back.
ERRORS, ENDPOINT = "payment-fraud-uk-live-5xx", "payment-fraud-uk-live"
# Two more that take it back: one on the business's own metric, and one made of both.
DECLINED, TROUBLE = "payments-declined", "payments-in-trouble"
# Its deployment names an alarm that nobody made.
UNMADE = "upsell-offer-iberia-live"
ALARMS = {f"{name}-failed": name for name in (sales.SALES, orders.NAME)}


def rolling_back() -> list[str]:
    """The endpoints of one variant whose deployments an alarm on errors takes back, and that are well."""
    return [name for name, watch in WATCHES.items() if watch.status == "InService" and name != UNMADE]


def plant(estate) -> None:
    topic = client(estate, "sns").create_topic(Name=kit.ALERTS.rpartition(":")[2])["TopicArn"]
    metrics = client(estate, "cloudwatch")
    for alarm, machine in ALARMS.items():
        metrics.put_metric_alarm(
            AlarmName=alarm, AlarmDescription=f"An execution of {machine} failed", Namespace="AWS/States",
            MetricName="ExecutionsFailed", Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=1.0,
            ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching", AlarmActions=[topic],
            Dimensions=[{"Name": "StateMachineArn",
                         "Value": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}"}])
        metrics.set_alarm_state(AlarmName=alarm, StateValue="ALARM" if machine == orders.NAME else "OK",
                                StateReason="Threshold Crossed"
                                if machine == orders.NAME else "No datapoints were received")
    watched = {"Endpoint": "guest-churn-emea-live", "MonitoringSchedule": "guest-churn-emea-live-quality"}
    metrics.put_metric_alarm(
        AlarmName=QUALITY, AlarmDescription="The model of guest churn is worse than it was", Statistic="Average", Period=86_400,
        Namespace="aws/sagemaker/Endpoints/model-metrics", MetricName="f1", EvaluationPeriods=2, Threshold=0.77,
        ComparisonOperator="LessThanThreshold", AlarmActions=[topic],
        Dimensions=[{"Name": name, "Value": value} for name, value in watched.items()])
    metrics.set_alarm_state(AlarmName=QUALITY, StateValue="ALARM", StateReason="Threshold Crossed")
    metrics.put_metric_alarm(
        AlarmName=DRIFT, AlarmDescription="Parties are not as large as they were", Statistic="Average", Period=86_400,
        Namespace="/aws/sagemaker/Endpoints/data-metric", MetricName="feature_baseline_drift_party_size", EvaluationPeriods=1,
        Threshold=0.25, ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "EndpointName", "Value": DRIFTING}, {"Name": "ScheduleName", "Value": f"{DRIFTING}-data"}])
    metrics.set_alarm_state(AlarmName=DRIFT, StateValue="OK", StateReason="Threshold Crossed")
    for endpoint in rolling_back():
        metrics.put_metric_alarm(
            AlarmName=f"{endpoint}-5xx", AlarmDescription=f"{endpoint} answers with 5XX", Namespace="AWS/SageMaker",
            MetricName="Invocation5XXErrors", Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=5.0,
            ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching",
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "AllTraffic"}])
        metrics.set_alarm_state(AlarmName=f"{endpoint}-5xx", StateValue="OK", StateReason="Threshold Crossed")
    metrics.put_metric_alarm(
        AlarmName=ERRORS, AlarmDescription=f"{ENDPOINT} answers with 5XX", Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors", Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching", AlarmActions=[topic],
        Dimensions=[{"Name": "EndpointName", "Value": ENDPOINT}, {"Name": "VariantName", "Value": "AllTraffic"}])
    metrics.set_alarm_state(AlarmName=ERRORS, StateValue="ALARM", StateReason="Threshold Crossed")
    metrics.put_metric_alarm(
        AlarmName=DECLINED, AlarmDescription="Too many payments are declined", Namespace="Payments", MetricName="Declined",
        Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=50.0, ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching", Dimensions=[{"Name": "Market", "Value": "uk"}])
    metrics.set_alarm_state(AlarmName=DECLINED, StateValue="OK", StateReason="No datapoints were received")
    metrics.put_composite_alarm(
        AlarmName=TROUBLE, AlarmDescription="Payments are in trouble", ActionsEnabled=True,
        AlarmRule=f'ALARM("{ERRORS}") OR ALARM("{DECLINED}")')
    metrics.set_alarm_state(AlarmName=TROUBLE, StateValue="ALARM", StateReason=f"{ERRORS} went to ALARM")
    express.plant_logs()
