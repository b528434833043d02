//! Runs of every engine, what they belong to, their log files, why they failed, and plans to run or end them.

use super::{Answer, answer, objects::events};
use contract::{
    jobs::{
        Attempts, Badge, Capacity, CloseStages, ClusterDetail, CompareJob, DescribeCluster, DescribeJob, DiagnoseJob,
        Diagnosis, DiagnosisEvent, EditJob, FindEvent, FindRun, FoundRun, JobComparison, JobDetail, JobEdit, JudgeLogs,
        OpenHomes, OpenJobs, OpenLogFiles, PlanJobRun, PlanJobStop, ReadAttempts, ReadCapacity, ReadRecurrence,
        ReadStages, Recurrence, Stages, StagesEvent, StopFind,
    },
    plan::Plan,
    sets::{SetEvent, SetState},
};
use engine::Desk;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_jobs(desk: State<'_, Desk>, request: OpenJobs, events: Channel<SetEvent>) -> Answer<SetState> {
    answer(desk.open_jobs(request, self::events(events)))
}

#[tauri::command]
pub async fn open_homes(desk: State<'_, Desk>, request: OpenHomes, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenHomes {} = request;
    answer(desk.open_homes(self::events(events)))
}

#[tauri::command]
pub async fn describe_cluster(desk: State<'_, Desk>, request: DescribeCluster) -> Answer<ClusterDetail> {
    answer(desk.describe_cluster(&request).await)
}

#[tauri::command]
pub async fn describe_job(desk: State<'_, Desk>, request: DescribeJob) -> Answer<JobDetail> {
    answer(desk.describe_job(&request).await)
}

#[tauri::command]
pub async fn read_attempts(desk: State<'_, Desk>, request: ReadAttempts) -> Answer<Attempts> {
    answer(desk.read_attempts(&request).await)
}

#[tauri::command]
pub async fn read_capacity(desk: State<'_, Desk>, request: ReadCapacity) -> Answer<Capacity> {
    answer(desk.read_capacity(&request).await)
}

#[tauri::command]
pub async fn find_run(desk: State<'_, Desk>, request: FindRun, events: Channel<FindEvent>) -> Answer<FoundRun> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.find_run(request, listener).await)
}

#[tauri::command]
pub async fn stop_find(desk: State<'_, Desk>, request: StopFind) -> Answer<()> {
    desk.stop_find(&request);
    Ok(())
}

#[tauri::command]
pub async fn read_recurrence(desk: State<'_, Desk>, request: ReadRecurrence) -> Answer<Recurrence> {
    answer(desk.read_recurrence(&request).await)
}

#[tauri::command]
pub async fn compare_job(desk: State<'_, Desk>, request: CompareJob) -> Answer<JobComparison> {
    answer(desk.compare_job(&request).await)
}

#[tauri::command]
pub async fn open_log_files(
    desk: State<'_, Desk>,
    request: OpenLogFiles,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_log_files(request, self::events(events)))
}

#[tauri::command]
pub async fn judge_logs(desk: State<'_, Desk>, request: JudgeLogs) -> Answer<Badge> {
    answer(desk.judge_logs(&request).await)
}

#[tauri::command]
pub async fn diagnose_job(
    desk: State<'_, Desk>,
    request: DiagnoseJob,
    events: Channel<DiagnosisEvent>,
) -> Answer<Diagnosis> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.diagnose_job(request, listener).await)
}

#[tauri::command]
pub async fn edit_job(desk: State<'_, Desk>, request: EditJob) -> Answer<JobEdit> {
    answer(desk.edit_job(&request).await)
}

#[tauri::command]
pub async fn plan_job_run(desk: State<'_, Desk>, request: PlanJobRun) -> Answer<Plan> {
    answer(desk.plan_job_run(&request).await)
}

#[tauri::command]
pub async fn plan_job_stop(desk: State<'_, Desk>, request: PlanJobStop) -> Answer<Plan> {
    answer(desk.plan_job_stop(&request).await)
}

#[tauri::command]
pub async fn read_stages(desk: State<'_, Desk>, request: ReadStages, events: Channel<StagesEvent>) -> Answer<Stages> {
    let listener = Arc::new(move |event| {
        let _ = events.send(event);
    });
    answer(desk.read_stages(request, listener).await)
}

#[tauri::command]
pub async fn close_stages(desk: State<'_, Desk>, request: CloseStages) -> Answer<()> {
    desk.close_stages(request);
    Ok(())
}
