//! Saved searches: listed, saved, renamed, deleted.

use super::{Answer, answer};
use contract::searches::{DeleteSearch, ListSearches, RenameSearch, SaveSearch, SavedSearches};
use engine::Desk;
use tauri::State;

#[tauri::command]
pub async fn list_searches(desk: State<'_, Desk>, request: ListSearches) -> Answer<SavedSearches> {
    let ListSearches {} = request;
    answer(desk.list_searches().await)
}

#[tauri::command]
pub async fn save_search(desk: State<'_, Desk>, request: SaveSearch) -> Answer<SavedSearches> {
    answer(desk.save_search(request).await)
}

#[tauri::command]
pub async fn rename_search(desk: State<'_, Desk>, request: RenameSearch) -> Answer<SavedSearches> {
    answer(desk.rename_search(request).await)
}

#[tauri::command]
pub async fn delete_search(desk: State<'_, Desk>, request: DeleteSearch) -> Answer<SavedSearches> {
    answer(desk.delete_search(request).await)
}
