"""Who is told, in moto: the alerts topic and two alarms on failed executions.

`daily-sales-pipeline`'s alarm is OK although it failed three times this morning: its Catch ends well, so
ExecutionsFailed counts nothing. That is what makes such failures easy to miss.
"""

from __future__ import annotations

from ..story import ACCOUNT, REGION
from .clients import client
from .executions import express, kit, orders, sales

ALARMS = {f"{name}-failed": name for name in (sales.SALES, orders.NAME)}


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
    express.plant_logs()
