//! Models: groups, what waits for a decision, versions, and plans to decide.

use super::{Answer, answer, objects::events};
use contract::{
    models::{
        GatePolicy,
        requests::{
            CompareModels, DescribeGroup, DescribeModel, DraftDecision, DraftReply, FollowModel, FollowReply,
            GroupDetail, ModelComparison, ModelReply, OpenGroups, OpenQueue, PlanDecision, PlanStaleRejection,
            ReadGatePolicy, ReadTrend, SaveGatePolicy, TrendReply,
        },
    },
    plan::Plan,
    sets::{SetEvent, SetState},
};
use engine::Desk;
use tauri::{State, ipc::Channel};

#[tauri::command]
pub async fn open_groups(desk: State<'_, Desk>, request: OpenGroups, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenGroups {} = request;
    answer(desk.open_groups(self::events(events)))
}

#[tauri::command]
pub async fn open_queue(desk: State<'_, Desk>, request: OpenQueue, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenQueue {} = request;
    answer(desk.open_queue(self::events(events)))
}

#[tauri::command]
pub async fn describe_group(desk: State<'_, Desk>, request: DescribeGroup) -> Answer<GroupDetail> {
    answer(desk.describe_group(&request).await)
}

#[tauri::command]
pub async fn describe_model(desk: State<'_, Desk>, request: DescribeModel) -> Answer<ModelReply> {
    answer(desk.describe_model(&request).await)
}

#[tauri::command]
pub async fn compare_models(desk: State<'_, Desk>, request: CompareModels) -> Answer<ModelComparison> {
    answer(desk.compare_models(&request).await)
}

#[tauri::command]
pub async fn read_trend(desk: State<'_, Desk>, request: ReadTrend) -> Answer<TrendReply> {
    answer(desk.read_trend(&request).await)
}

#[tauri::command]
pub async fn draft_decision(desk: State<'_, Desk>, request: DraftDecision) -> Answer<DraftReply> {
    answer(desk.draft_decision(&request).await)
}

#[tauri::command]
pub async fn plan_decision(desk: State<'_, Desk>, request: PlanDecision) -> Answer<Plan> {
    answer(desk.plan_decision(&request).await)
}

#[tauri::command]
pub async fn plan_stale_rejection(desk: State<'_, Desk>, request: PlanStaleRejection) -> Answer<Plan> {
    answer(desk.plan_stale_rejection(&request).await)
}

#[tauri::command]
pub async fn follow_model(desk: State<'_, Desk>, request: FollowModel) -> Answer<FollowReply> {
    answer(desk.follow_model(&request).await)
}

#[tauri::command]
pub async fn read_gate_policy(desk: State<'_, Desk>, request: ReadGatePolicy) -> Answer<GatePolicy> {
    let ReadGatePolicy {} = request;
    answer(desk.read_gate_policy().await)
}

#[tauri::command]
pub async fn save_gate_policy(desk: State<'_, Desk>, request: SaveGatePolicy) -> Answer<GatePolicy> {
    answer(desk.save_gate_policy(request.policy).await)
}
