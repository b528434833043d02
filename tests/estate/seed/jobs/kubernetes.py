"""EMR on EKS: the kitchens' virtual cluster, and one that is gone."""

from __future__ import annotations

from ...overrides.jobs.model import LONG, arn, moments
from ...overrides.jobs.wire import iso
from .kit import Stage

KITCHENS, LEGACY = "kq8f0recastk1tchens0000001", "k0ldlegacyvirtua1c1uster02"


def cast(stage: Stage) -> None:
    for name, title, state in ((KITCHENS, "kitchens", "RUNNING"), (LEGACY, "legacy", "TERMINATED")):
        stage.store.virtual_clusters[name] = {
            "id": name, "name": title, "arn": arn("emr-containers", f"/virtualclusters/{name}"), "state": state,
            "containerProvider": {"type": "EKS", "id": "data-platform", "info": {"eksInfo": {"namespace": "emr"}}},
            "createdAt": iso(stage.at(180, "10:00:00")), "tags": {}}

    def both(name: str, script: str, days_before: int, clock: str, cause: str, conf: str = "", **more) -> None:
        stage.containers(KITCHENS, name, stage.at(days_before + 1, clock), 300, script, ["--stores", "411"], conf)
        stage.containers(KITCHENS, name, stage.at(days_before, clock), 150, script, ["--stores", "411"], conf, cause, **more)

    both("kitchen-load", "kitchen_load.py", 0, "02:20:00", "fetch failed")
    both("kitchen-forecast", "forecast.py", 1, "02:40:00", "module missing")
    both("delivery-routes", "delivery_routes.py", 1, "03:10:00", "no heartbeat")
    both("energy-meter", "price_import.py", 2, "03:40:00", "script exits")
    both("crm-members", "crm_sync.py", 2, "04:10:00", "not authorized")
    both("recipe-graph", "recipe_graph.py", 3, "04:40:00", "kryo buffer", conf="spark.kryoserializer.buffer.max=64m")
    driver = stage.containers(KITCHENS, "stores-report", stage.at(1, "05:00:00"), 120, "stores_report.py", [], cause="driver heap")
    driver.said = {"reason": "USER_ERROR", "details": "JobRun failed. Driver pod terminated with OOMKilled. Exit code: 137"}
    waiting = stage.containers(KITCHENS, "menu-history", stage.at(1, "05:30:00"), 900, "menu_history.py", [], cause="quota",
                               monitoring={})
    waiting.said = {"reason": "CLUSTER_UNAVAILABLE", "details": "JobRun timed out before it started running due to lack of "
                    "cluster resources. Last event from default-scheduler: FailedScheduling, message: 0/6 nodes are available: 6 "
                    "Insufficient memory."}
    waiting.moments = moments(waiting.created, (0, "PENDING"), (6, "SUBMITTED"), (900, "FAILED"))
    stage.containers(KITCHENS, "till-replay", stage.at(1, "12:00:00"), 60, "till_replay.py", [], end="CANCELLED")
    stage.containers(KITCHENS, "kitchen-live", stage.hour - 2_000, LONG, "kitchen_live.py", [])
    stage.containers(LEGACY, "old-report", stage.at(70, "05:00:00"), 300, "old_report.py", [], monitoring={})
