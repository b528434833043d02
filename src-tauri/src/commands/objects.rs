//! Buckets, folders, versions.

use super::{Answer, answer};
use contract::{
    Fault,
    objects::{
        BucketDetail, DescribeBucket, DescribeVersion, DownloadVersion, Downloaded, FindVersionAt, OpenBuckets,
        OpenEntries, OpenVersions, PreviewVersion, VersionAt, VersionDetail,
    },
    sets::{SetEvent, SetState},
};
use engine::{Desk, Events, typed_path};
use std::{path::PathBuf, sync::Arc};
use tauri::{
    AppHandle, Runtime, State,
    ipc::{Channel, Response},
};
use tauri_plugin_dialog::DialogExt;

/// A channel as the desk wants it. A window that is gone cannot be told apart here; the desk drops the set instead.
pub(super) fn events(channel: Channel<SetEvent>) -> Events {
    Arc::new(move |event| {
        let _ = channel.send(event);
    })
}

#[tauri::command]
pub async fn open_buckets(desk: State<'_, Desk>, request: OpenBuckets, events: Channel<SetEvent>) -> Answer<SetState> {
    let OpenBuckets {} = request;
    answer(desk.open_buckets(self::events(events)))
}

#[tauri::command]
pub async fn open_entries(desk: State<'_, Desk>, request: OpenEntries, events: Channel<SetEvent>) -> Answer<SetState> {
    answer(desk.open_entries(request, self::events(events)))
}

#[tauri::command]
pub async fn open_versions(
    desk: State<'_, Desk>,
    request: OpenVersions,
    events: Channel<SetEvent>,
) -> Answer<SetState> {
    answer(desk.open_versions(request, self::events(events)))
}

#[tauri::command]
pub async fn describe_bucket(desk: State<'_, Desk>, request: DescribeBucket) -> Answer<BucketDetail> {
    answer(desk.describe_bucket(&request.bucket).await)
}

#[tauri::command]
pub async fn describe_version(desk: State<'_, Desk>, request: DescribeVersion) -> Answer<VersionDetail> {
    answer(desk.describe_version(&request).await)
}

/// Raw bytes: as JSON a preview would be an array of numbers.
#[tauri::command]
pub async fn preview_version(desk: State<'_, Desk>, request: PreviewVersion) -> Result<Response, Fault> {
    Ok(Response::new(answer(desk.preview_version(&request).await)?))
}

#[tauri::command]
pub async fn find_version_at(desk: State<'_, Desk>, request: FindVersionAt) -> Answer<VersionAt> {
    answer(desk.find_version_at(&request).await)
}

#[tauri::command]
pub async fn download_version<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    request: DownloadVersion,
) -> Answer<Downloaded> {
    let target = match request.path.filter(|path| !path.trim().is_empty()) {
        Some(path) => Some(typed_path(path.trim())),
        None => ask_path(&app, desk.file_name(&request.key)).await,
    };
    let Some(target) = target else { return Ok(Downloaded { path: None, bytes: 0 }) };
    let saved = answer(desk.save_version(&request.bucket, &request.key, request.version_id.as_deref(), &target).await)?;
    Ok(Downloaded { path: Some(saved.path.display().to_string()), bytes: saved.bytes })
}

/// The system's own dialog, opened from here: the window has no permission to.
pub(super) async fn ask_path<R: Runtime>(app: &AppHandle<R>, name: String) -> Option<PathBuf> {
    let (send, answer) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |path| {
        let _ = send.send(path);
    });
    answer.await.ok().flatten()?.into_path().ok()
}

/// The same for a folder.
pub(super) async fn ask_folder<R: Runtime>(app: &AppHandle<R>) -> Option<PathBuf> {
    let (send, answer) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |path| {
        let _ = send.send(path);
    });
    answer.await.ok().flatten()?.into_path().ok()
}
