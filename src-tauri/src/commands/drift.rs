//! Drift: monitors, their runs and reports, and how endpoints do.

use super::{Answer, answer, objects::events};
use contract::{
    drift::{
        DescribeMonitor, DriftEvent, DriftView, EndpointHealth, ExplainMonitorRun, FeatureDetail, MonitorDetail,
        MonitorMetric, MonitorMetrics, MonitorRunReply, OpenMonitorRuns, OpenMonitors, OpenWorklist, ReadDrift,
        ReadEndpointHealth, ReadFeature, ReadMonitorMetric, ReadMonitorMetrics, ThresholdTrial, TryThreshold,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_monitors(
    desk: State<'_, Desk>,
    request: OpenMonitors,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_monitors(request, self::events(events)))
}

#[tauri::command]
pub async fn open_monitor_runs(
    desk: State<'_, Desk>,
    request: OpenMonitorRuns,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_monitor_runs(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_monitor(desk: State<'_, Desk>, request: DescribeMonitor) -> Answer<MonitorDetail> {
    answer(desk.describe_monitor(&request).await)
}

#[tauri::command]
pub async fn read_drift(desk: State<'_, Desk>, request: ReadDrift, events: Channel<DriftEvent>) -> Answer<DriftView> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.read_drift(request, listener).await)
}

#[tauri::command]
pub async fn read_feature(desk: State<'_, Desk>, request: ReadFeature) -> Answer<FeatureDetail> {
    answer(desk.read_feature(&request).await)
}

#[tauri::command]
pub async fn read_monitor_metrics(desk: State<'_, Desk>, request: ReadMonitorMetrics) -> Answer<MonitorMetrics> {
    answer(desk.read_monitor_metrics(&request).await)
}

#[tauri::command]
pub async fn read_monitor_metric(desk: State<'_, Desk>, request: ReadMonitorMetric) -> Answer<MonitorMetric> {
    answer(desk.read_monitor_metric(&request).await)
}

#[tauri::command]
pub async fn try_threshold(desk: State<'_, Desk>, request: TryThreshold) -> Answer<ThresholdTrial> {
    answer(desk.try_threshold(&request).await)
}

#[tauri::command]
pub async fn open_worklist(
    desk: State<'_, Desk>,
    request: OpenWorklist,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_worklist(request, self::events(events)))
}

#[tauri::command]
pub async fn explain_monitor_run(desk: State<'_, Desk>, request: ExplainMonitorRun) -> Answer<MonitorRunReply> {
    answer(desk.explain_monitor_run(&request).await)
}

#[tauri::command]
pub async fn read_endpoint_health(desk: State<'_, Desk>, request: ReadEndpointHealth) -> Answer<EndpointHealth> {
    answer(desk.read_endpoint_health(&request).await)
}
