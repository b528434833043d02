//! Result sets: view, rows, copies.

use super::{Answer, answer, settings::to_clipboard};
use contract::sets::{CloseSet, CopyRows, FindRow, ReadRows, RowWindow, SetState, ViewSet};
use engine::Desk;
use tauri::{AppHandle, Runtime, State};

// Async although nothing is awaited: a synchronous command would filter a million rows on the thread that paints.

#[tauri::command]
pub async fn view_set(desk: State<'_, Desk>, request: ViewSet) -> Answer<SetState> {
    answer(desk.view_set(&request))
}

#[tauri::command]
pub async fn read_rows(desk: State<'_, Desk>, request: ReadRows) -> Answer<RowWindow> {
    answer(desk.read_rows(request))
}

#[tauri::command]
pub async fn find_row(desk: State<'_, Desk>, request: FindRow) -> Answer<Option<u64>> {
    answer(desk.find_row(request.set, &request.id))
}

#[tauri::command]
pub async fn close_set(desk: State<'_, Desk>, request: CloseSet) -> Answer<()> {
    desk.close_set(request.set);
    Ok(())
}

#[tauri::command]
pub async fn copy_rows<R: Runtime>(app: AppHandle<R>, desk: State<'_, Desk>, request: CopyRows) -> Answer<u64> {
    let (text, count) = answer(desk.copy_rows(&request))?;
    to_clipboard(&app, text)?;
    Ok(count)
}
