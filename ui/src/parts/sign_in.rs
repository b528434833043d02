//! Offers to sign in: names the command that mends the credentials, and repeats what failed once the person has run it.

use crate::{
    bridge,
    desk::Desk,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
    },
};
use contract::{
    Fault,
    session::{ProfileSource, ReloadProfiles},
    shell,
};
use leptos::{prelude::*, task::spawn_local};

/// The command that renews the credentials of a profile, where there is one.
fn command(source: ProfileSource, profile: &str) -> Option<String> {
    let profile = shell::quote(profile);
    match source {
        ProfileSource::Sso => Some(format!("aws sso login --profile {profile}")),
        ProfileSource::Login => Some(format!("aws login --profile {profile}")),
        ProfileSource::SharedKeys => Some(format!("aws configure --profile {profile}")),
        _ => None,
    }
}

#[component]
pub fn SignInDialog() -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Fault>);
    Effect::new(move |_| {
        if desk.sign_in.with(Option::is_some) {
            failed.set(None);
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            desk.sign_in.set(None);
        }
        is
    });
    let profile = move || desk.session().map(|session| session.profile);
    let command = move || {
        let profile = profile()?;
        let source = desk.greeting.with(|greeting| {
            greeting.as_ref()?.profiles.iter().find(|info| info.name == profile).map(|info| info.source)
        })?;
        command(source, &profile)
    };
    let repeat = move |_| {
        let again = desk.sign_in.with_untracked(|asked| asked.as_ref().and_then(|asked| asked.again));
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            match bridge::call(ReloadProfiles {}).await {
                Ok(greeting) => {
                    open.set(false);
                    desk.apply(greeting);
                    desk.start_over();
                    if let Some(again) = again {
                        again.run(());
                    }
                }
                Err(fault) => failed.set(Some(fault)),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog
            name=Signal::derive(move || format!("Sign in to {}", profile().unwrap_or_else(|| "AWS".into())))
            open
        >
            <h2>{move || format!("Sign in to {}", profile().unwrap_or_else(|| "AWS".into()))}</h2>
            {move || {
                desk.sign_in
                    .get()
                    .map(|asked| {
                        view! {
                            <p>{asked.fault.title}</p>
                            <p class="soft">{asked.fault.detail}</p>
                            {asked.fault.hint.filter(|_| command().is_none()).map(|hint| view! { <p>{hint}</p> })}
                        }
                    })
            }}
            {move || {
                command()
                    .map(|command| {
                        let copied = command.clone();
                        view! {
                            <div class="commands">
                                <div class="commands-head">
                                    <h3>"Run this in a terminal"</h3>
                                    <button
                                        type="button"
                                        class="link"
                                        aria-label="Copy the command"
                                        on:click=move |_| desk.copy(copied.clone(), "the command")
                                    >
                                        "Copy"
                                    </button>
                                </div>
                                <pre class="code selectable">{command}</pre>
                            </div>
                        }
                    })
            }}
            {move || failed.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open />
                <button type="button" class="btn go" autofocus disabled=move || busy.get() on:click=repeat>
                    "Read the credentials again and repeat"
                </button>
            </div>
        </Dialog>
    }
}
