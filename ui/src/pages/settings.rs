//! Settings: profiles and how they start, keys kept in the system keychain, how the window looks and reads.

pub mod add_keys;
mod keychain;
mod look;
mod profiles;

pub use profiles::LookedIn;

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
    parts::states::Skeleton,
};
use contract::session::ReloadProfiles;
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn SettingsPage() -> impl IntoView {
    let desk = Desk::get();
    keys::on(Action::Refresh, move || reload(desk));
    let there = Memo::new(move |_| desk.greeting.with(Option::is_some));
    view! {
        <div class="sheet">
            <div class="sheet-content">
                <h1>"Settings"</h1>
                <Show when=move || there.get() fallback=|| view! { <Skeleton rows=6 /> }>
                    <profiles::Profiles />
                    <keychain::Keychain />
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
pub fn reload(desk: Desk) {
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
