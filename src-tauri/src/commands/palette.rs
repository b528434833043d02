//! The palette's addresses and recents.

use super::{Answer, answer};
use contract::palette::{ListRecents, RecentList, RememberRecent, ResolveTarget, Resolved};
use engine::Desk;
use tauri::State;

#[tauri::command]
pub async fn resolve_target(desk: State<'_, Desk>, request: ResolveTarget) -> Answer<Resolved> {
    Ok(desk.resolve_target(&request.text).await)
}

#[tauri::command]
pub async fn list_recents(desk: State<'_, Desk>, request: ListRecents) -> Answer<RecentList> {
    let ListRecents {} = request;
    answer(desk.list_recents().await)
}

#[tauri::command]
pub async fn remember_recent(desk: State<'_, Desk>, request: RememberRecent) -> Answer<()> {
    answer(desk.remember_recent(request.recent).await)
}
