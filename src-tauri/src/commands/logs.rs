//! Log files: opened, read by rows, stepped through, searched.

use super::{Answer, answer, objects::events};
use contract::{
    logs::{
        ClearLogCache, CloseLog, CloseSearch, FoldInLog, FollowLog, LogCache, LogEvent, LogState, LogWindow,
        OpenFoundLines, OpenLog, ReadLog, ReadLogCache, ReadRecord, ReadUnreadFiles, RecordText, RetryUnreadFiles,
        SearchEvent, SearchLog, SearchState, SetLogClock, SetLogZone, StepInLog, UnreadFiles,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_log(desk: State<'_, Desk>, request: OpenLog, events: Channel<LogEvent>) -> Answer<LogState> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.open_log(request, listener).await)
}

#[tauri::command]
pub async fn open_found_lines(
    desk: State<'_, Desk>,
    request: OpenFoundLines,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_found_lines(request, self::events(events)))
}

#[tauri::command]
pub async fn read_unread_files(desk: State<'_, Desk>, request: ReadUnreadFiles) -> Answer<UnreadFiles> {
    answer(desk.read_unread_files(request))
}

#[tauri::command]
pub async fn retry_unread_files(desk: State<'_, Desk>, request: RetryUnreadFiles) -> Answer<u64> {
    answer(desk.retry_unread_files(request))
}

#[tauri::command]
pub async fn read_log(desk: State<'_, Desk>, request: ReadLog) -> Answer<LogWindow> {
    answer(desk.read_log(request).await)
}

#[tauri::command]
pub async fn read_record(desk: State<'_, Desk>, request: ReadRecord) -> Answer<RecordText> {
    answer(desk.read_record(request).await)
}

#[tauri::command]
pub async fn step_in_log(desk: State<'_, Desk>, request: StepInLog) -> Answer<Option<u64>> {
    answer(desk.step_in_log(request).await)
}

#[tauri::command]
pub async fn fold_in_log(desk: State<'_, Desk>, request: FoldInLog) -> Answer<Option<u64>> {
    answer(desk.fold_in_log(request).await)
}

#[tauri::command]
pub async fn set_log_clock(desk: State<'_, Desk>, request: SetLogClock) -> Answer<()> {
    answer(desk.set_log_clock(request))
}

#[tauri::command]
pub async fn set_log_zone(desk: State<'_, Desk>, request: SetLogZone) -> Answer<()> {
    answer(desk.set_log_zone(request))
}

#[tauri::command]
pub async fn search_log(
    desk: State<'_, Desk>,
    request: SearchLog,
    events: Channel<SearchEvent>,
) -> Answer<SearchState> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.search_log(request, listener).await)
}

#[tauri::command]
pub async fn close_search(desk: State<'_, Desk>, request: CloseSearch) -> Answer<()> {
    desk.close_search(request);
    Ok(())
}

#[tauri::command]
pub async fn follow_log(desk: State<'_, Desk>, request: FollowLog) -> Answer<()> {
    answer(desk.follow_log(request))
}

#[tauri::command]
pub async fn close_log(desk: State<'_, Desk>, request: CloseLog) -> Answer<()> {
    desk.close_log(request);
    Ok(())
}

#[tauri::command]
pub async fn read_log_cache(desk: State<'_, Desk>, request: ReadLogCache) -> Answer<LogCache> {
    let ReadLogCache {} = request;
    answer(desk.read_log_cache().await)
}

#[tauri::command]
pub async fn clear_log_cache(desk: State<'_, Desk>, request: ClearLogCache) -> Answer<LogCache> {
    let ClearLogCache {} = request;
    answer(desk.clear_log_cache().await)
}
