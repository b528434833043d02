//! Settings: profiles and how they start, what is watched, what an approval asks for, keys kept in the system keychain,
//! copies of logs, how the window looks and reads.

mod add_keys;
mod drift_sources;
mod first_run;
mod gates;
mod general;
mod keychain;
mod log_copies;
mod look;
mod profiles;
mod set_aside;
mod signatures;
mod watching;

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
    parts::states::Skeleton,
};
use contract::session::ReloadProfiles;
use leptos::{prelude::*, task::spawn_local};
use wasm_split_helpers::wasm_split;

#[wasm_split(settings, preload(load))]
pub fn settings() -> AnyView {
    view! { <SettingsPage /> }.into_any()
}

/// What stands in the place of a page that needs a session when no profile is found.
#[wasm_split(settings)]
pub fn first_run() -> AnyView {
    view! { <first_run::FirstRun /> }.into_any()
}

#[component]
fn SettingsPage() -> impl IntoView {
    let desk = Desk::get();
    keys::on(Action::Refresh, move || reload(desk));
    let there = Memo::new(move |_| desk.greeting.with(Option::is_some));
    view! {
        <div class="sheet">
            <div class="sheet-content">
                <h1>"Settings"</h1>
                <Show when=move || there.get() fallback=|| view! { <Skeleton rows=6 /> }>
                    <general::General />
                    <profiles::Profiles />
                    <watching::Watch />
                    <gates::ApprovalGates />
                    <keychain::Keychain />
                    <drift_sources::Sources />
                    <signatures::Signatures />
                    <log_copies::LogCopies />
                    <look::Look />
                    <p class="dim">
                        "Quarterdeck "
                        {move || desk.greeting.with(|greeting| greeting.as_ref().map(|greeting| greeting.version.clone()))}
                    </p>
                </Show>
            </div>
        </div>
    }
}

/// Reads the configuration files and the keychain again.
fn reload(desk: Desk) {
    spawn_local(async move {
        match bridge::call(ReloadProfiles {}).await {
            Ok(greeting) => {
                let found = greeting.profiles.len() as u64;
                desk.apply(greeting);
                desk.say(format!("Read again: {}", crate::format::counted(found, "profile", "profiles")));
            }
            Err(fault) => desk.problem.set(Some(fault)),
        }
    });
}
