//! Comparisons, drift and charts as files.

use super::{Answer, answer, objects::ask_path};
use contract::{
    exports::{ExportReport, SaveChart, SaveConstraints, SaveEvidence},
    incident::Exported,
};
use engine::{Desk, Document, typed_path};
use std::path::PathBuf;
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

#[tauri::command]
pub async fn save_constraints<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    request: SaveConstraints,
) -> Answer<Exported> {
    let document = answer(desk.constraints_file(&request).await)?;
    save(&app, &desk, document, request.path).await
}

#[tauri::command]
pub async fn save_evidence<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    request: SaveEvidence,
) -> Answer<Exported> {
    let name = answer(desk.bundle_name(&request.arn))?;
    let Some(target) = place(&app, name, request.path.clone()).await else { return Ok(nowhere()) };
    let (saved, notices) = answer(desk.save_evidence(&request, &target).await)?;
    Ok(Exported { path: Some(saved.path.display().to_string()), bytes: saved.bytes, notices })
}

async fn save<R: Runtime>(
    app: &AppHandle<R>,
    desk: &Desk,
    document: Document,
    path: Option<String>,
) -> Answer<Exported> {
    let Some(target) = place(app, document.name.clone(), path).await else { return Ok(nowhere()) };
    let saved = answer(desk.save_document(&document, &target).await)?;
    Ok(Exported { path: Some(saved.path.display().to_string()), bytes: saved.bytes, notices: Vec::new() })
}

/// Where the person typed, or where the system's dialog is told; without an answer of that nothing is written.
async fn place<R: Runtime>(app: &AppHandle<R>, name: String, path: Option<String>) -> Option<PathBuf> {
    match path.filter(|path| !path.trim().is_empty()) {
        Some(path) => Some(typed_path(path.trim())),
        None => ask_path(app, name).await,
    }
}

fn nowhere() -> Exported {
    Exported { path: None, bytes: 0, notices: Vec::new() }
}
