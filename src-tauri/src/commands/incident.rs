//! The incident of a failed execution.

use super::{Answer, answer, objects::ask_path, settings::to_clipboard};
use contract::incident::{CopyIncident, ExportIncident, Exported, Incident, IncidentEvent, OpenIncident};
use engine::{Desk, typed_path};
use std::sync::Arc;
use tauri::{AppHandle, Runtime, State, ipc::Channel};

#[tauri::command]
pub async fn open_incident(
    desk: State<'_, Desk>,
    request: OpenIncident,
    events: Channel<IncidentEvent>,
) -> Answer<Incident> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.open_incident(request, listener).await)
}

#[tauri::command]
pub async fn export_incident<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    request: ExportIncident,
) -> Answer<Exported> {
    let name = answer(desk.report_name(&request.execution, request.format))?;
    let target = match request.path.filter(|path| !path.trim().is_empty()) {
        Some(path) => Some(typed_path(path.trim())),
        None => ask_path(&app, name).await,
    };
    let Some(target) = target else { return Ok(Exported { path: None, bytes: 0, notices: Vec::new() }) };
    let saved = answer(desk.save_report(&request.execution, request.format, &target).await)?;
    Ok(Exported { path: Some(saved.path.display().to_string()), bytes: saved.bytes, notices: Vec::new() })
}

#[tauri::command]
pub async fn copy_incident<R: Runtime>(app: AppHandle<R>, desk: State<'_, Desk>, request: CopyIncident) -> Answer<()> {
    let text = answer(desk.incident_as_markdown(&request.execution))?;
    to_clipboard(&app, text)
}
