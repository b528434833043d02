//! Settings, clipboard, the end of the start-up.

use super::{Answer, answer};
use crate::{Start, notify};
use contract::{
    Code, Fault,
    settings::{CopyText, SaveSettings, SetAside, Settings, WindowReady},
};
use engine::Desk;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_clipboard_manager::ClipboardExt;

#[tauri::command]
pub async fn save_settings(desk: State<'_, Desk>, request: SaveSettings) -> Answer<Settings> {
    answer(desk.save_settings(request.settings).await)
}

#[tauri::command]
pub async fn set_aside(desk: State<'_, Desk>, request: SetAside) -> Answer<Option<String>> {
    answer(desk.set_aside(request.stored).await)
}

#[tauri::command]
pub async fn copy_text<R: Runtime>(app: AppHandle<R>, request: CopyText) -> Answer<()> {
    to_clipboard(&app, request.text)
}

pub(super) fn to_clipboard<R: Runtime>(app: &AppHandle<R>, text: String) -> Answer<()> {
    app.clipboard()
        .write_text(text)
        .map_err(|error| Fault::new(Code::Other, "The clipboard cannot be written", error.to_string()))
}

#[tauri::command]
pub async fn window_ready<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    start: State<'_, Start>,
    request: WindowReady,
) -> Answer<()> {
    let WindowReady {} = request;
    let after_ms = u64::try_from(start.0.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(after_ms, "window usable");
    // Not before: what it reads must not hold up the start.
    notify::begin(&app, &desk);
    Ok(())
}
