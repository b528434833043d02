//! Pipelines: lists, one of them, one execution, and the plans to start, retry and stop; monitoring schedules on and
//! off.

use super::{Answer, answer, objects::events};
use contract::{
    models::{
        DescribePipeline, DescribePipelineExecution, OpenPipelineExecutions, OpenPipelines, PipelineDetail,
        PipelineExecutionDetail, PlanAlertChange, PlanPipelineRetry, PlanPipelineStart, PlanPipelineStop,
        PlanScheduleStart, PlanScheduleStop,
    },
    plan::Plan,
    sets::{SetEvent, SetState},
};
use engine::Desk;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_pipelines(
    desk: State<'_, Desk>,
    request: OpenPipelines,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    let OpenPipelines {} = request;
    answer(desk.open_pipelines(self::events(events)))
}

#[tauri::command]
pub async fn open_pipeline_executions(
    desk: State<'_, Desk>,
    request: OpenPipelineExecutions,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_pipeline_executions(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_pipeline(desk: State<'_, Desk>, request: DescribePipeline) -> Answer<PipelineDetail> {
    answer(desk.describe_pipeline(&request).await)
}

#[tauri::command]
pub async fn describe_pipeline_execution(
    desk: State<'_, Desk>,
    request: DescribePipelineExecution,
) -> Answer<PipelineExecutionDetail> {
    answer(desk.describe_pipeline_execution(&request).await)
}

#[tauri::command]
pub async fn plan_pipeline_start(desk: State<'_, Desk>, request: PlanPipelineStart) -> Answer<Plan> {
    answer(desk.plan_pipeline_start(&request).await)
}

#[tauri::command]
pub async fn plan_pipeline_retry(desk: State<'_, Desk>, request: PlanPipelineRetry) -> Answer<Plan> {
    answer(desk.plan_pipeline_retry(&request).await)
}

#[tauri::command]
pub async fn plan_pipeline_stop(desk: State<'_, Desk>, request: PlanPipelineStop) -> Answer<Plan> {
    answer(desk.plan_pipeline_stop(&request).await)
}

#[tauri::command]
pub async fn plan_schedule_start(desk: State<'_, Desk>, request: PlanScheduleStart) -> Answer<Plan> {
    answer(desk.plan_schedule_start(&request).await)
}

#[tauri::command]
pub async fn plan_schedule_stop(desk: State<'_, Desk>, request: PlanScheduleStop) -> Answer<Plan> {
    answer(desk.plan_schedule_stop(&request).await)
}

#[tauri::command]
pub async fn plan_alert_change(desk: State<'_, Desk>, request: PlanAlertChange) -> Answer<Plan> {
    answer(desk.plan_alert_change(&request).await)
}
