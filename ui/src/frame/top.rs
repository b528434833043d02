//! The top bar: which profile, region and account the window works in, what the guard allows, the range of
//! time of the page, the zone, the palette.

use super::{guard::Guard, range::RangePicker, regions::REGIONS};
use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        icon::Icon,
        picker::{Choice, Picker},
        popover::Popover,
        segmented::Segmented,
    },
};
use contract::{
    Command,
    session::{Environment, Greeting, OpenProfile, ProfileInfo, ProfileSource, SessionInfo, SetRegion},
    settings::Zone,
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Top() -> impl IntoView {
    let desk = Desk::get();
    let there = Memo::new(move |_| desk.session().is_some());
    view! {
        <header class="top">
            <Show when=move || there.get()>
                <ProfilePicker />
                <RegionPicker />
                <Account />
                {move || {
                    desk.session()
                        .and_then(|session| session.endpoint)
                        .map(|endpoint| {
                            view! {
                                <span class="chip warn endpoint" title=format!("Not AWS: requests go to {endpoint}")>
                                    {format!("endpoint {}", host(&endpoint))}
                                </span>
                            }
                        })
                }}
                <Show when=move || desk.production()>
                    <span class="guard prod">"PRODUCTION"</span>
                </Show>
                <Guard />
                <RangePicker />
            </Show>
            <Segmented
                name="Time zone"
                choices=vec![(Zone::Utc, "UTC"), (Zone::Local, "local")]
                chosen=Signal::derive(move || desk.zone())
                on_choose=move |zone| desk.change_settings(|settings| settings.zone = zone)
            />
            <button
                type="button"
                class="seek"
                aria-label="Search, or paste an ARN or s3:// URI"
                aria-keyshortcuts="Control+K"
                on:click=move |_| desk.palette_open.set(true)
            >
                <span class="cut">"Search, or paste an ARN or s3:// URI"</span>
                <kbd>"Ctrl K"</kbd>
            </button>
        </header>
    }
}

/// What of an endpoint tells machines apart.
fn host(endpoint: &str) -> String {
    endpoint.split_once("://").map_or(endpoint, |(_, host)| host).trim_end_matches('/').to_owned()
}

/// Sends a request that moves the session, and takes the answer or says why it failed. What is open then is said by `words`.
fn change<C: Command<Reply = Greeting> + 'static>(desk: Desk, request: C, words: fn(&SessionInfo) -> String) {
    spawn_local(async move {
        match bridge::call(request).await {
            Ok(greeting) => {
                desk.apply(greeting);
                // Not what was asked for: a later press may have overtaken this one.
                if let Some(session) = untrack(|| desk.session()) {
                    desk.say(words(&session));
                }
            }
            Err(fault) => desk.problem.set(Some(fault)),
        }
    });
}

fn profile_words(session: &SessionInfo) -> String {
    format!("Profile {}", session.profile)
}

fn region_words(session: &SessionInfo) -> String {
    format!("Region {}", session.region)
}

/// How credentials of a profile are come by, in a few words.
pub fn source_words(source: ProfileSource) -> &'static str {
    match source {
        ProfileSource::SharedKeys => "keys in the shared files",
        ProfileSource::Sso => "SSO",
        ProfileSource::Login => "aws login",
        ProfileSource::AssumeRole => "assumed role",
        ProfileSource::Process => "credential process",
        ProfileSource::WebIdentity => "web identity",
        ProfileSource::Environment => "environment variables",
        ProfileSource::Keychain => "system keychain",
        ProfileSource::Ambient => "instance or container role",
    }
}

fn choice(profile: &ProfileInfo) -> Choice {
    let region = profile.region.as_deref().unwrap_or("no region");
    Choice {
        value: profile.name.clone(),
        title: profile.name.clone(),
        detail: format!("{region} · {}", source_words(profile.source)),
        badge: (profile.environment == Environment::Production).then_some(("chip bad", "production")),
    }
}

#[component]
fn ProfilePicker() -> impl IntoView {
    let desk = Desk::get();
    let choices = Signal::derive(move || {
        desk.greeting
            .with(|greeting| greeting.iter().flat_map(|greeting| &greeting.profiles).map(choice).collect::<Vec<_>>())
    });
    let chosen = Signal::derive(move || desk.session().map(|session| session.profile));
    view! {
        <Picker
            name="Choose profile"
            list="Profiles"
            choices
            chosen
            on_choose=move |name: String| {
                if chosen.get_untracked().as_ref() != Some(&name) {
                    change(desk, OpenProfile { name }, profile_words);
                }
            }
        >
            <strong class="cut">{move || chosen.get()}</strong>
        </Picker>
    }
}

#[component]
fn RegionPicker() -> impl IntoView {
    let desk = Desk::get();
    let choices = REGIONS
        .iter()
        .map(|(code, place)| Choice {
            value: (*code).to_owned(),
            title: (*code).to_owned(),
            detail: (*place).to_owned(),
            badge: None,
        })
        .collect::<Vec<_>>();
    let chosen = Signal::derive(move || desk.session().map(|session| session.region));
    view! {
        <Picker
            name="Choose region"
            list="Regions"
            choices=Signal::stored(choices)
            chosen
            free=true
            on_choose=move |region: String| {
                if chosen.get_untracked().as_ref() != Some(&region) {
                    change(desk, SetRegion { region }, region_words);
                }
            }
        >
            <span>{move || chosen.get()}</span>
        </Picker>
    }
}

/// The account id once STS has told it, to be copied; what went wrong otherwise.
#[component]
fn Account() -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    view! {
        <div class="picker">
            {move || match desk.identity.get() {
                None => {
                    view! { <span class="pick mono dim" aria-label="Account: being asked">"····-····-····"</span> }
                        .into_any()
                }
                Some(Ok(identity)) => {
                    let shown = format::account(&identity.account);
                    let label = format!("Account {shown}, copy");
                    view! {
                        <button
                            type="button"
                            class="pick mono"
                            aria-label=label
                            title=format!("{}\nPress to copy the account id", identity.arn)
                            data-id=identity.account.clone()
                            on:click=move |_| desk.copy(identity.account.clone(), "the account id")
                        >
                            {shown}
                        </button>
                    }
                        .into_any()
                }
                Some(Err(fault)) => {
                    view! {
                        <button
                            type="button"
                            class="pick account-fault"
                            aria-haspopup="dialog"
                            aria-expanded=move || open.get().to_string()
                            title=fault.hint.unwrap_or(fault.title)
                            on:click=move |_| open.update(|open| *open = !*open)
                        >
                            <Icon name="triangle-alert" />
                            "Account unknown"
                        </button>
                    }
                        .into_any()
                }
            }}
            <Popover name="Explain unknown account" open class="popover-text">
                {move || {
                    desk.identity
                        .get()
                        .and_then(Result::err)
                        .map(|fault| view! { <FaultView fault retry=Callback::new(move |()| desk.identify()) /> })
                }}
            </Popover>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::keep_newer;
    use contract::{session::Mode, settings::Settings};

    #[test]
    fn what_is_open_is_said_and_not_what_was_overtaken() {
        let answer = |turn, profile: &str, region: &str| Greeting {
            version: String::new(),
            settings: Settings::default(),
            settings_fault: None,
            profiles: Vec::new(),
            session: Some(SessionInfo {
                profile: profile.to_owned(),
                region: region.to_owned(),
                environment: Environment::Other,
                mode: Mode::ReadOnly,
                unlocked_until: None,
                endpoint: None,
            }),
            turn,
            looked_in: Vec::new(),
            keychain: Ok(()),
        };
        let said = |mut came: Greeting, words: fn(&SessionInfo) -> String| {
            keep_newer(Some(&answer(2, "quick", "eu-north-1")), &mut came);
            came.session.as_ref().map(words)
        };
        assert_eq!(said(answer(1, "slow", "eu-west-1"), profile_words).as_deref(), Some("Profile quick"));
        assert_eq!(said(answer(1, "slow", "eu-west-1"), region_words).as_deref(), Some("Region eu-north-1"));
        assert_eq!(said(answer(3, "last", "us-east-1"), profile_words).as_deref(), Some("Profile last"));
    }
}
