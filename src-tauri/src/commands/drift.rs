//! Drift: monitors, their runs and reports, and how endpoints do.

use super::{
    Answer, answer,
    objects::{ask_folder, events},
};
use contract::{
    drift::{
        AgreementView, DescribeMonitor, DriftEvent, DriftSources, DriftView, EndpointHealth, ExplainMonitorRun,
        FeatureDetail, FollowedView, MonitorDetail, MonitorMetric, MonitorMetrics, MonitorRunReply, OpenEndpoints,
        OpenMonitorRuns, OpenMonitors, OpenWorklist, PickRunFolder, ReadAgreement, ReadDrift, ReadDriftSources,
        ReadEndpointHealth, ReadFeature, ReadFollowed, ReadMonitorMetric, ReadMonitorMetrics, RemoveDriftSource,
        SaveDriftSource, SourceTrial, ThresholdTrial, TrialEvent, TryDriftSource, TryThreshold,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{AppHandle, Runtime, State, ipc::Channel};

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
pub async fn try_threshold(
    desk: State<'_, Desk>,
    request: TryThreshold,
    events: Channel<TrialEvent>,
) -> Answer<ThresholdTrial> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.try_threshold(&request, listener).await)
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
pub async fn open_endpoints(
    desk: State<'_, Desk>,
    request: OpenEndpoints,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_endpoints(request, self::events(events)))
}

#[tauri::command]
pub async fn explain_monitor_run(desk: State<'_, Desk>, request: ExplainMonitorRun) -> Answer<MonitorRunReply> {
    answer(desk.explain_monitor_run(&request).await)
}

#[tauri::command]
pub async fn read_endpoint_health(desk: State<'_, Desk>, request: ReadEndpointHealth) -> Answer<EndpointHealth> {
    answer(desk.read_endpoint_health(&request).await)
}

#[tauri::command]
pub async fn read_drift_sources(desk: State<'_, Desk>, request: ReadDriftSources) -> Answer<DriftSources> {
    let ReadDriftSources {} = request;
    answer(desk.drift_sources().await)
}

#[tauri::command]
pub async fn try_drift_source(desk: State<'_, Desk>, request: TryDriftSource) -> Answer<SourceTrial> {
    answer(desk.try_drift_source(request).await)
}

#[tauri::command]
pub async fn save_drift_source(desk: State<'_, Desk>, request: SaveDriftSource) -> Answer<DriftSources> {
    answer(desk.save_drift_source(request).await)
}

#[tauri::command]
pub async fn remove_drift_source(desk: State<'_, Desk>, request: RemoveDriftSource) -> Answer<DriftSources> {
    answer(desk.remove_drift_source(&request).await)
}

#[tauri::command]
pub async fn pick_run_folder<R: Runtime>(app: AppHandle<R>, request: PickRunFolder) -> Answer<Option<String>> {
    let PickRunFolder {} = request;
    Ok(ask_folder(&app).await.map(|path| path.display().to_string()))
}

#[tauri::command]
pub async fn read_followed(desk: State<'_, Desk>, request: ReadFollowed) -> Answer<FollowedView> {
    answer(desk.read_followed(&request).await)
}

#[tauri::command]
pub async fn read_agreement(desk: State<'_, Desk>, request: ReadAgreement) -> Answer<AgreementView> {
    answer(desk.read_agreement(&request).await)
}
