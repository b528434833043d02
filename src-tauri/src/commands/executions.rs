//! State machines, executions, one execution, and the plans to run it again.

use super::{Answer, answer, objects::events};
use contract::{
    executions::{
        CheckInput, CheckRerun, CompareExecution, CompareState, Comparison, DescribeMachine, ErrorGroups, EventReply,
        ExecutionEvent, ExecutionView, FindTaskLogs, GroupErrors, InputCheck, MachineDetail, OpenExecutions,
        OpenHistoryEvents, OpenMachines, OpenStates, Payload, PlanRedrive, PlanStart, PlanStop, ReadEvent, ReadPayload,
        ReadState, Rerun, StateComparison, StateDetail, TaskLogs, UnwatchExecution, WatchExecution,
    },
    plan::Plan,
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_machines(
    desk: State<'_, Desk>,
    request: OpenMachines,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_machines(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_machine(desk: State<'_, Desk>, request: DescribeMachine) -> Answer<MachineDetail> {
    answer(desk.describe_machine(&request).await)
}

#[tauri::command]
pub async fn open_executions(
    desk: State<'_, Desk>,
    request: OpenExecutions,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_executions(request, self::events(events)))
}

#[tauri::command]
pub async fn group_errors(desk: State<'_, Desk>, request: GroupErrors) -> Answer<ErrorGroups> {
    answer(desk.group_errors(request))
}

#[tauri::command]
pub async fn watch_execution(
    desk: State<'_, Desk>,
    request: WatchExecution,
    events: Channel<ExecutionEvent>,
) -> Answer<ExecutionView> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.watch_execution(request, listener).await)
}

#[tauri::command]
pub async fn unwatch_execution(desk: State<'_, Desk>, request: UnwatchExecution) -> Answer<()> {
    desk.unwatch_execution(&request);
    Ok(())
}

#[tauri::command]
pub async fn open_states(desk: State<'_, Desk>, request: OpenStates, events: Channel<SetEvent>) -> Answer<SetState> {
    answer(desk.open_states(request, self::events(events)).await)
}

#[tauri::command]
pub async fn open_history_events(
    desk: State<'_, Desk>,
    request: OpenHistoryEvents,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_history_events(request, self::events(events)).await)
}

#[tauri::command]
pub async fn read_event(desk: State<'_, Desk>, request: ReadEvent) -> Answer<EventReply> {
    answer(desk.read_event(&request).await)
}

#[tauri::command]
pub async fn read_state(desk: State<'_, Desk>, request: ReadState) -> Answer<StateDetail> {
    answer(desk.read_state(&request).await)
}

#[tauri::command]
pub async fn find_task_logs(desk: State<'_, Desk>, request: FindTaskLogs) -> Answer<TaskLogs> {
    answer(desk.find_task_logs(&request).await)
}

#[tauri::command]
pub async fn read_payload(desk: State<'_, Desk>, request: ReadPayload) -> Answer<Payload> {
    answer(desk.read_payload(&request).await)
}

#[tauri::command]
pub async fn compare_execution(desk: State<'_, Desk>, request: CompareExecution) -> Answer<Comparison> {
    answer(desk.compare_execution(&request).await)
}

#[tauri::command]
pub async fn compare_state(desk: State<'_, Desk>, request: CompareState) -> Answer<StateComparison> {
    answer(desk.compare_state(&request).await)
}

#[tauri::command]
pub async fn check_rerun(desk: State<'_, Desk>, request: CheckRerun) -> Answer<Rerun> {
    answer(desk.check_rerun(&request).await)
}

#[tauri::command]
pub async fn check_input(desk: State<'_, Desk>, request: CheckInput) -> Answer<InputCheck> {
    answer(desk.check_input(&request).await)
}

#[tauri::command]
pub async fn plan_redrive(desk: State<'_, Desk>, request: PlanRedrive) -> Answer<Plan> {
    answer(desk.plan_redrive(&request).await)
}

#[tauri::command]
pub async fn plan_start(desk: State<'_, Desk>, request: PlanStart) -> Answer<Plan> {
    answer(desk.plan_start(&request).await)
}

#[tauri::command]
pub async fn plan_stop(desk: State<'_, Desk>, request: PlanStop) -> Answer<Plan> {
    answer(desk.plan_stop(&request).await)
}
