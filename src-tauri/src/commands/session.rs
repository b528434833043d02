//! Profiles, the session, the guard.

use super::{Answer, answer};
use contract::session::{
    AddKeys, Greeting, Hello, Identify, Identity, OpenProfile, ReloadProfiles, RemoveKeys, SetEnvironment, SetMode,
    SetRegion, Unlock,
};
use engine::Desk;
use tauri::State;

#[tauri::command]
pub async fn hello(desk: State<'_, Desk>, request: Hello) -> Answer<Greeting> {
    let Hello {} = request;
    let begun = std::time::Instant::now();
    let greeting = answer(desk.greeting().await);
    tracing::debug!(took_ms = begun.elapsed().as_millis(), "hello");
    greeting
}

#[tauri::command]
pub async fn identify(desk: State<'_, Desk>, request: Identify) -> Answer<Identity> {
    let Identify {} = request;
    answer(desk.identify().await)
}

#[tauri::command]
pub async fn open_profile(desk: State<'_, Desk>, request: OpenProfile) -> Answer<Greeting> {
    answer(desk.open_profile(&request.name).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn reload_profiles(desk: State<'_, Desk>, request: ReloadProfiles) -> Answer<Greeting> {
    let ReloadProfiles {} = request;
    answer(desk.reload_profiles().await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn set_region(desk: State<'_, Desk>, request: SetRegion) -> Answer<Greeting> {
    answer(desk.set_region(&request.region).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn set_environment(desk: State<'_, Desk>, request: SetEnvironment) -> Answer<Greeting> {
    answer(desk.set_environment(request).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn set_mode(desk: State<'_, Desk>, request: SetMode) -> Answer<Greeting> {
    answer(desk.set_mode(request).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn unlock(desk: State<'_, Desk>, request: Unlock) -> Answer<Greeting> {
    answer(desk.unlock(request.reason).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn add_keys(desk: State<'_, Desk>, request: AddKeys) -> Answer<Greeting> {
    answer(desk.add_keys(request).await)?;
    answer(desk.greeting().await)
}

#[tauri::command]
pub async fn remove_keys(desk: State<'_, Desk>, request: RemoveKeys) -> Answer<Greeting> {
    answer(desk.remove_keys(&request.name).await)?;
    answer(desk.greeting().await)
}
