//! Operations and the audit log.

use super::{Answer, answer, objects::events};
use contract::{
    OperationId,
    operations::{
        AuditCheck, CancelOperation, CheckAudit, DiscardOperation, OpenAudit, OpenHistory, OperationEvent,
        OperationList, ReadReceipt, Receipt, ResumeOperation, RunOperation, WatchOperations,
    },
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn run_operation(desk: State<'_, Desk>, request: RunOperation) -> Answer<OperationId> {
    answer(desk.run_operation(request).await)
}

#[tauri::command]
pub async fn resume_operation(desk: State<'_, Desk>, request: ResumeOperation) -> Answer<OperationId> {
    answer(desk.resume_operation(request).await)
}

#[tauri::command]
pub async fn discard_operation(desk: State<'_, Desk>, request: DiscardOperation) -> Answer<()> {
    answer(desk.discard_operation(&request).await)
}

#[tauri::command]
pub async fn cancel_operation(desk: State<'_, Desk>, request: CancelOperation) -> Answer<()> {
    answer(desk.cancel_operation(&request))
}

#[tauri::command]
pub async fn watch_operations(
    desk: State<'_, Desk>,
    request: WatchOperations,
    events: Channel<OperationEvent>,
) -> Answer<OperationList> {
    let WatchOperations {} = request;
    let watcher = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.watch_operations(watcher).await)
}

#[tauri::command]
pub async fn open_history(desk: State<'_, Desk>, request: OpenHistory, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenHistory {} = request;
    answer(desk.open_history(self::events(events)))
}

#[tauri::command]
pub async fn open_audit(desk: State<'_, Desk>, request: OpenAudit, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenAudit {} = request;
    answer(desk.open_audit(self::events(events)))
}

#[tauri::command]
pub async fn read_receipt(desk: State<'_, Desk>, request: ReadReceipt) -> Answer<Receipt> {
    answer(desk.read_receipt(&request.operation).await)
}

#[tauri::command]
pub async fn check_audit(desk: State<'_, Desk>, request: CheckAudit) -> Answer<AuditCheck> {
    let CheckAudit {} = request;
    answer(desk.check_audit().await)
}
