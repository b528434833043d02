//! The profiles, and for each whether it is production and in which mode it starts.

use super::reload;
use crate::{
    bridge,
    desk::Desk,
    frame::source_words,
    parts::{icon::Icon, states::Empty},
};
use contract::{
    Command,
    session::{Environment, Greeting, Mode, ProfileInfo, SetEnvironment, SetMode},
};
use leptos::{ev, prelude::*, task::spawn_local};

#[component]
pub fn Profiles() -> impl IntoView {
    let desk = Desk::get();
    let profiles = Memo::new(move |_| {
        desk.greeting.with(|greeting| greeting.as_ref().map(|greeting| greeting.profiles.clone()).unwrap_or_default())
    });
    let looked_in = Memo::new(move |_| {
        desk.greeting.with(|greeting| greeting.as_ref().map(|greeting| greeting.looked_in.clone()).unwrap_or_default())
    });
    view! {
        <section class="section" aria-labelledby="profiles-title">
            <div class="section-head">
                <h2 id="profiles-title">"Profiles"</h2>
                <button type="button" class="btn" on:click=move |_| reload(desk)>
                    <Icon name="refresh-cw" />
                    "Read the files again"
                </button>
            </div>
            <p class="soft">
                "A production profile starts read-only, colours the frame of the window, and asks for the name of what it writes."
            </p>
            <Show
                when=move || !profiles.read().is_empty()
                fallback=|| {
                    view! {
                        <Empty
                            title="No profile was found"
                            text="Make one with aws configure sso, or add access keys below, then read the files again."
                            icon="key"
                        />
                    }
                }
            >
                <table class="table" aria-label="Profiles">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Region"</th>
                            <th scope="col">"Credentials"</th>
                            <th scope="col">"Environment"</th>
                            <th scope="col">"Starts in"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            profiles.get().into_iter().map(|profile| view! { <Line profile /> }).collect_view()
                        }}
                    </tbody>
                </table>
            </Show>
            <details>
                <summary>"Where profiles were looked for"</summary>
                {move || view! { <LookedIn places=looked_in.get() /> }}
            </details>
        </section>
    }
}

/// Places and what was found there.
#[component]
pub fn LookedIn(places: Vec<contract::session::LookedIn>) -> impl IntoView {
    view! {
        <dl class="kv looked-in">
            {places
                .into_iter()
                .map(|place| {
                    view! {
                        <dt class="mono">{place.place}</dt>
                        <dd>{place.found}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// The index of what was chosen; put back to `before` when the core refuses.
fn choose<C>(desk: Desk, event: &ev::Targeted<ev::Event, web_sys::HtmlSelectElement>, before: &'static str, request: C)
where
    C: Command<Reply = Greeting> + 'static,
{
    let select = event.target();
    spawn_local(async move {
        match bridge::call(request).await {
            Ok(greeting) => {
                desk.apply(greeting);
                desk.say("Kept");
            }
            Err(fault) => {
                select.set_value(before);
                desk.problem.set(Some(fault));
            }
        }
    });
}

#[component]
fn Line(profile: ProfileInfo) -> impl IntoView {
    let desk = Desk::get();
    let name = profile.name.clone();
    let open = move || desk.session().is_some_and(|session| session.profile == name);
    let production = profile.environment == Environment::Production;
    let guess = match (profile.guessed, production) {
        (true, true) => "guess: production",
        (true, false) => "guess: other",
        (false, _) => "guess from the name",
    };
    let environment = match (profile.guessed, production) {
        (true, _) => "guess",
        (false, true) => "production",
        (false, false) => "other",
    };
    let mode = if profile.mode == Mode::Confirm { "confirm" } else { "read-only" };
    let mark = if production { "lock" } else { "chevron-down" };
    let of_environment = format!("Environment of {}", profile.name);
    let of_mode = format!("Mode of {}", profile.name);
    let data_id = profile.name.clone();
    let (first, second) = (profile.name.clone(), profile.name.clone());
    view! {
        <tr data-id=data_id>
            <th scope="row">
                <span class="row">
                    <span>{profile.name}</span>
                    {move || open().then(|| view! { <span class="chip acc">"open"</span> })}
                    {production.then(|| view! { <span class="chip bad">"production"</span> })}
                </span>
            </th>
            <td class="mono">{profile.region.unwrap_or_else(|| "—".into())}</td>
            <td>{source_words(profile.source)}</td>
            <td>
                <span class="select">
                    <select
                        aria-label=of_environment
                        on:change:target=move |event| {
                            let chosen = match event.target().value().as_str() {
                                "production" => Some(Environment::Production),
                                "other" => Some(Environment::Other),
                                _ => None,
                            };
                            let request = SetEnvironment { profile: first.clone(), environment: chosen };
                            choose(desk, &event, environment, request);
                        }
                    >
                        <option value="guess" selected=environment == "guess">
                            {guess}
                        </option>
                        <option value="production" selected=environment == "production">
                            "production"
                        </option>
                        <option value="other" selected=environment == "other">
                            "other"
                        </option>
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </td>
            <td>
                <span class="select">
                    <select
                        aria-label=of_mode
                        aria-description=production.then_some("Always read-only: unlock it from the badge in the top bar")
                        title=production.then_some("Production always starts read-only: unlock it from the badge in the top bar")
                        disabled=production
                        on:change:target=move |event| {
                            let chosen = if event.target().value() == "confirm" { Mode::Confirm } else { Mode::ReadOnly };
                            choose(desk, &event, mode, SetMode { profile: second.clone(), mode: chosen });
                        }
                    >
                        <option value="read-only" selected=mode == "read-only">
                            "read-only"
                        </option>
                        <option value="confirm" selected=mode == "confirm">
                            "confirm"
                        </option>
                    </select>
                    <Icon name=mark />
                </span>
                {production.then(|| view! { <div class="dim small">"unlocked from the badge"</div> })}
            </td>
        </tr>
    }
}
