//! Comparisons, drift and charts as files.

use super::{Answer, answer, objects::ask_path};
use contract::{
    exports::{ExportReport, SaveChart},
    incident::Exported,
};
use engine::{Desk, Document, typed_path};
use tauri::{AppHandle, Runtime, State};

#[tauri::command]
pub async fn export_report<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    request: ExportReport,
) -> Answer<Exported> {
    let document = answer(desk.export_report(&request).await)?;
    save(&app, &desk, document, request.path).await
}

#[tauri::command]
pub async fn save_chart<R: Runtime>(app: AppHandle<R>, desk: State<'_, Desk>, request: SaveChart) -> Answer<Exported> {
    let document = answer(desk.chart_picture(*request.chart).await)?;
    save(&app, &desk, document, request.path).await
}

/// Where the person typed, or where the system's dialog is told; without an answer of that nothing is written.
async fn save<R: Runtime>(
    app: &AppHandle<R>,
    desk: &Desk,
    document: Document,
    path: Option<String>,
) -> Answer<Exported> {
    let target = match path.filter(|path| !path.trim().is_empty()) {
        Some(path) => Some(typed_path(path.trim())),
        None => ask_path(app, document.name.clone()).await,
    };
    let Some(target) = target else { return Ok(Exported { path: None, bytes: 0 }) };
    let saved = answer(desk.save_document(&document, &target).await)?;
    Ok(Exported { path: Some(saved.path.display().to_string()), bytes: saved.bytes })
}
