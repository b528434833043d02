//! Logs Insights: what a query may cost, its run, its rows.

use super::{Answer, answer};
use contract::{
    insights::{
        EstimateInsights, FindInsightsLine, InsightsEstimate, InsightsEvent, InsightsLine, InsightsReply,
        InsightsStart, InsightsState, ListLogGroups, LogGroups, OpenInsightsRows, PrepareInsights, ShowInsights,
        StartInsights, StopInsights,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn prepare_insights(desk: State<'_, Desk>, request: PrepareInsights) -> Answer<InsightsStart> {
    answer(desk.prepare_insights(request).await)
}

#[tauri::command]
pub async fn list_log_groups(desk: State<'_, Desk>, request: ListLogGroups) -> Answer<LogGroups> {
    answer(desk.list_log_groups(request).await)
}

#[tauri::command]
pub async fn estimate_insights(desk: State<'_, Desk>, request: EstimateInsights) -> Answer<InsightsEstimate> {
    answer(desk.estimate_insights(request).await)
}

#[tauri::command]
pub async fn start_insights(
    desk: State<'_, Desk>,
    request: StartInsights,
    events: Channel<InsightsEvent>,
) -> Answer<InsightsReply> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.start_insights(request, listener).await)
}

#[tauri::command]
pub async fn show_insights(desk: State<'_, Desk>, request: ShowInsights) -> Answer<InsightsState> {
    answer(desk.show_insights(request))
}

#[tauri::command]
pub async fn stop_insights(desk: State<'_, Desk>, request: StopInsights) -> Answer<()> {
    desk.stop_insights(request);
    Ok(())
}

#[tauri::command]
pub async fn open_insights_rows(
    desk: State<'_, Desk>,
    request: OpenInsightsRows,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.open_insights_rows(request, listener))
}

#[tauri::command]
pub async fn find_insights_line(desk: State<'_, Desk>, request: FindInsightsLine) -> Answer<InsightsLine> {
    answer(desk.find_insights_line(request).await)
}
