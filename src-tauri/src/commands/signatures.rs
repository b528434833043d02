//! Signatures of the person's own.

use super::{Answer, answer};
use contract::signatures::{
    DeleteSignatures, DraftSignature, ListSignatures, OwnSignatures, SaveSignature, SignatureDraft, SignatureTrial,
    TrySignature,
};
use engine::Desk;
use tauri::State;

#[tauri::command]
pub async fn draft_signature(desk: State<'_, Desk>, request: DraftSignature) -> Answer<SignatureDraft> {
    answer(desk.draft_signature(request).await)
}

#[tauri::command]
pub async fn try_signature(desk: State<'_, Desk>, request: TrySignature) -> Answer<SignatureTrial> {
    answer(desk.try_signature(request).await)
}

#[tauri::command]
pub async fn list_signatures(desk: State<'_, Desk>, request: ListSignatures) -> Answer<OwnSignatures> {
    let ListSignatures {} = request;
    answer(desk.list_signatures().await)
}

#[tauri::command]
pub async fn save_signature(desk: State<'_, Desk>, request: SaveSignature) -> Answer<OwnSignatures> {
    answer(desk.save_signature(request).await)
}

#[tauri::command]
pub async fn delete_signatures(desk: State<'_, Desk>, request: DeleteSignatures) -> Answer<OwnSignatures> {
    answer(desk.delete_signatures(request).await)
}
