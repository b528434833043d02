//! The pipeline's two ends: DMS tasks and Redshift statements.

use super::{Answer, answer, objects::events};
use contract::{
    ends::{
        DescribeStatement, DescribeTask, LoadErrors, OpenEnds, OpenTaskTables, ReadLoadErrors, StatementDetail,
        TaskDetail,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_ends(desk: State<'_, Desk>, request: OpenEnds, events: Channel<SetEvent>) -> Answer<SetState> {
    answer(desk.open_ends(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_task(desk: State<'_, Desk>, request: DescribeTask) -> Answer<TaskDetail> {
    answer(desk.describe_task(&request).await)
}

#[tauri::command]
pub async fn open_task_tables(
    desk: State<'_, Desk>,
    request: OpenTaskTables,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_task_tables(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_statement(desk: State<'_, Desk>, request: DescribeStatement) -> Answer<StatementDetail> {
    answer(desk.describe_statement(&request).await)
}

#[tauri::command]
pub async fn read_load_errors(desk: State<'_, Desk>, request: ReadLoadErrors) -> Answer<LoadErrors> {
    answer(desk.read_load_errors(&request).await)
}
