//! The landing page.

use super::{Answer, answer, objects::events};
use contract::{
    jobs::Absence,
    now::{AlertEvent, CheckLateJob, FollowAlerts, MarkIncident, NowModels, OpenNow, ReadNowModels, WindowVisible},
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_now(desk: State<'_, Desk>, request: OpenNow, events: Channel<SetEvent>) -> Answer<SetState> {
    answer(desk.open_now(request, self::events(events)))
}

#[tauri::command]
pub async fn read_now_models(desk: State<'_, Desk>, request: ReadNowModels) -> Answer<NowModels> {
    let ReadNowModels {} = request;
    Ok(desk.read_now_models())
}

#[tauri::command]
pub async fn check_late_job(desk: State<'_, Desk>, request: CheckLateJob) -> Answer<Absence> {
    answer(desk.check_late_job(&request).await)
}

#[tauri::command]
pub async fn mark_incident(desk: State<'_, Desk>, request: MarkIncident) -> Answer<()> {
    answer(desk.mark_incident(request).await)
}

#[tauri::command]
pub async fn window_visible(desk: State<'_, Desk>, request: WindowVisible) -> Answer<()> {
    desk.window_visible(request.visible);
    Ok(())
}

#[tauri::command]
pub async fn follow_alerts(desk: State<'_, Desk>, request: FollowAlerts, events: Channel<AlertEvent>) -> Answer<()> {
    let FollowAlerts {} = request;
    desk.follow_alerts(Arc::new(move |event| {
        let _ = events.send(event);
    }));
    Ok(())
}
