"""Who is told, in moto: the alerts topic, two alarms on failed executions, and what a failure left behind elsewhere.

`daily-sales-pipeline`'s alarm is OK although it failed three times this morning: its Catch ends well, so
ExecutionsFailed counts nothing. That is what makes such failures easy to miss.
"""

from __future__ import annotations

from datetime import timedelta

from .. import later
from ..story import ACCOUNT, REGION
from .clients import client
from .executions import express, jobs, kit, orders, sales

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
    later.on_first_call("elasticmapreduce", lambda: _terminated_cluster(estate))
    express.plant_logs()


def _terminated_cluster(estate) -> None:
    """The cluster of `emr-classic`'s failure, as it is now. Made directly, with its id; EMR loads all of EC2."""
    from moto.emr.models import Cluster, emr_backends

    # moto reads EMR's region from the host's name; behind an address it is always this one.
    backend = emr_backends[ACCOUNT]["us-east-1"]
    cluster = Cluster(
        backend, name="crm-dedup", log_uri=jobs.CLUSTER_LOGS, job_flow_role="EMR_EC2_DefaultRole", steps=[],
        service_role="EMR_DefaultRole", release_label="emr-7.1.0", cluster_id=jobs.CLUSTER, instance_attrs={
            "master_instance_type": "m6g.xlarge", "slave_instance_type": "r6g.2xlarge", "instance_count": 5,
            "keep_job_flow_alive_when_no_steps": True, "availability_zone": f"{REGION}a"})
    cluster.add_applications([{"Name": "Spark", "Version": "3.5.1"}])
    cluster.terminate()
    began = estate.story.at(2, "19:00:01").replace(tzinfo=None)  # as moto keeps times
    cluster.creation_datetime, cluster.start_datetime = began, began
    cluster.ready_datetime, cluster.end_datetime = began + timedelta(minutes=6), began + timedelta(minutes=47)
