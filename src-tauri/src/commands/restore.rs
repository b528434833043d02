//! Plans.

use super::{Answer, answer};
use contract::plan::Plan;
use contract::restore::{PlanRestore, PlanUndo};
use engine::Desk;
use tauri::State;

#[tauri::command]
pub async fn plan_restore(desk: State<'_, Desk>, request: PlanRestore) -> Answer<Plan> {
    answer(desk.plan_restore(&request).await)
}

#[tauri::command]
pub async fn plan_undo(desk: State<'_, Desk>, request: PlanUndo) -> Answer<Plan> {
    answer(desk.plan_undo(&request).await)
}
