//! What is watched besides the open profile and region, and who is told of new failures and of models when.

mod models;

use crate::{
    desk::Desk,
    parts::{icon::Icon, segmented::Segmented},
};
use contract::settings::{Notify, Place, Watching, Zone};
use jiff::civil::Time;
use leptos::{ev, html, prelude::*};

/// Changes one of these settings.
fn change(desk: Desk, change: impl FnOnce(&mut Watching)) {
    desk.change_settings(|settings| change(&mut settings.watching));
}

#[component]
pub fn Watch() -> impl IntoView {
    let desk = Desk::get();
    let watching = Memo::new(move |_| desk.settings().watching);
    let places = Memo::new(move |_| watching.read().places.clone());
    view! {
        <section class="section" aria-labelledby="watching-title" aria-busy=move || desk.is_saving().to_string()>
            <h2 id="watching-title">"Watching"</h2>
            <p class="soft">
                "Now shows the open profile and region, and these besides, each at its own pace. Every look asks for metrics, which AWS charges for."
            </p>
            <Show
                when=move || !places.read().is_empty()
                fallback=|| view! { <p class="dim">"Nothing is watched besides what is open."</p> }
            >
                <table class="table" aria-label="Watched places">
                    <thead>
                        <tr>
                            <th scope="col">"Profile"</th>
                            <th scope="col">"Region"</th>
                            <th scope="col">
                                <span class="unseen">"Remove"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{move || places.get().into_iter().map(|place| view! { <Line place /> }).collect_view()}</tbody>
                </table>
            </Show>
            <AddPlace />
            <div class="options-grid">
                <span id="watch-hidden">"When hidden"</span>
                <div>
                    <Switch
                        name="watch-hidden"
                        on=Signal::derive(move || watching.read().hidden)
                        words=("watching goes on", "nothing is asked")
                        on_press=move |()| change(desk, |watching| watching.hidden = !watching.hidden)
                    />
                    <p class="field-hint" id="watch-hidden-hint">
                        "While the window is minimized or on another desktop. Notifications then need it on."
                    </p>
                </div>
                <span>"Notifications"</span>
                <div>
                    <Segmented
                        name="Notify about new failures"
                        choices=vec![
                            (Notify::Writable, "Where I can act"),
                            (Notify::Everywhere, "Everywhere"),
                            (Notify::Never, "Never"),
                        ]
                        chosen=Signal::derive(move || watching.read().notify)
                        on_choose=move |notify| change(desk, |watching| watching.notify = notify)
                    />
                    <p class="field-hint">
                        {move || match watching.read().notify {
                            Notify::Writable => "Of profiles in the mode confirm. A production profile is read-only until it is unlocked: choose Everywhere to hear of it too.",
                            Notify::Everywhere => "Of every watched profile, read-only ones too.",
                            Notify::Never => "New failures show on Now alone.",
                        }}
                    </p>
                </div>
                <span>"News of models"</span>
                <models::ModelKinds watching />
                <span id="quiet-hours">"Quiet hours"</span>
                <QuietHours watching />
            </div>
        </section>
    }
}

/// `name` is the id of the words that label it; `words` are what it says when it is on, and off.
#[component]
fn Switch(
    name: &'static str,
    on: Signal<bool>,
    words: (&'static str, &'static str),
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-labelledby=name
            aria-describedby=format!("{name}-hint")
            aria-checked=move || on.get().to_string()
            on:click=move |_| on_press.run(())
        >
            <i aria-hidden="true"></i>
            {move || if on.get() { words.0 } else { words.1 }}
        </button>
    }
}

#[component]
fn Line(place: Place) -> impl IntoView {
    let desk = Desk::get();
    let known = desk.greeting.with_untracked(|greeting| {
        greeting.iter().flat_map(|greeting| &greeting.profiles).any(|profile| profile.name == place.profile)
    });
    let label = format!("Stop watching {place}");
    let data_id = place.to_string();
    let gone = place.clone();
    let remove = move |_| {
        let gone = gone.clone();
        change(desk, move |watching| watching.places.retain(|place| *place != gone));
    };
    view! {
        <tr data-id=data_id>
            <th scope="row">
                <span class="row">
                    <span>{place.profile}</span>
                    {(!known).then(|| view! { <span class="chip warn">"no such profile"</span> })}
                </span>
            </th>
            <td class="mono">{place.region}</td>
            <td class="table-end">
                <button type="button" class="btn quiet" aria-label=label on:click=remove>
                    <Icon name="x" />
                    "Remove"
                </button>
            </td>
        </tr>
    }
}

/// Offers the profiles, each with its own region until another is typed.
#[component]
fn AddPlace() -> impl IntoView {
    let desk = Desk::get();
    let profiles = Memo::new(move |_| {
        desk.greeting.with(|greeting| {
            let profiles = greeting.iter().flat_map(|greeting| &greeting.profiles);
            profiles.map(|profile| (profile.name.clone(), profile.region.clone())).collect::<Vec<_>>()
        })
    });
    let wrong = RwSignal::new(None::<&'static str>);
    let (profile_field, region_field) = (NodeRef::<html::Select>::new(), NodeRef::<html::Input>::new());
    let region_of = move |name: &str| {
        profiles.with_untracked(|profiles| {
            profiles
                .iter()
                .find(|(profile, _)| profile == name)
                .and_then(|(_, region)| region.clone())
                .unwrap_or_default()
        })
    };
    let add = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(profile), Some(region)) = (profile_field.get_untracked(), region_field.get_untracked()) else {
            return;
        };
        let place = Place { profile: profile.value(), region: region.value().trim().to_owned() };
        let found = problem(&place, &untrack(|| desk.settings()).watching.places);
        wrong.set(found);
        if found.is_some() {
            let _ = region.focus();
            return;
        }
        desk.say(format!("Watching {place}"));
        change(desk, move |watching| watching.places.push(place));
    };
    view! {
        <form class="watch-form" aria-label="Watch a place" on:submit=add>
            <label class="field">
                "Profile"
                <span class="select">
                    <select
                        node_ref=profile_field
                        on:change:target=move |event| {
                            if let Some(region) = region_field.get_untracked() {
                                region.set_value(&region_of(&event.target().value()));
                            }
                        }
                    >
                        {move || {
                            profiles.get().into_iter().map(|(name, _)| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()
                        }}
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </label>
            <label class="field">
                "Region"
                <input
                    node_ref=region_field
                    type="text"
                    class="mono"
                    autocomplete="off"
                    spellcheck="false"
                    value=move || profiles.read().first().and_then(|(_, region)| region.clone()).unwrap_or_default()
                    aria-invalid=move || wrong.get().is_some().to_string()
                    aria-describedby="watch-error"
                />
            </label>
            <button type="submit" class="btn">
                <Icon name="plus" />
                "Watch"
            </button>
            <p class="field-error" id="watch-error">
                {move || wrong.get().map(|wrong| view! { <Icon name="triangle-alert" /> {wrong} })}
            </p>
        </form>
    }
}

fn problem(place: &Place, watched: &[Place]) -> Option<&'static str> {
    let region = &place.region;
    if region.is_empty()
        || !region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        Some("Name a region, such as eu-west-1.")
    } else if watched.contains(place) {
        Some("It is watched already.")
    } else {
        None
    }
}

#[component]
fn QuietHours(watching: Memo<Watching>) -> impl IntoView {
    let desk = Desk::get();
    let quiet = Memo::new(move |_| watching.read().quiet);
    view! {
        <div>
            <div class="row">
                <Switch
                    name="quiet-hours"
                    on=Signal::derive(move || quiet.read().on)
                    words=("on", "off")
                    on_press=move |()| change(desk, |watching| watching.quiet.on = !watching.quiet.on)
                />
                <ClockField
                    name="From"
                    time=Signal::derive(move || quiet.read().from)
                    on_change=move |time| change(desk, |watching| watching.quiet.from = time)
                />
                <ClockField
                    name="To"
                    time=Signal::derive(move || quiet.read().to)
                    on_change=move |time| change(desk, |watching| watching.quiet.to = time)
                />
                <Segmented
                    name="Zone of the quiet hours"
                    choices=vec![(Zone::Utc, "UTC"), (Zone::Local, "Local")]
                    chosen=Signal::derive(move || quiet.read().zone)
                    on_choose=move |zone| change(desk, |watching| watching.quiet.zone = zone)
                />
            </div>
            <p class="field-hint" id="quiet-hours-hint">
                "Nothing is raised in them. When they end, one notification says what failed and still stands; Now shows it all the time. The same time in both fields is all day."
            </p>
        </div>
    }
}

/// A time of the day, typed as `22:00`. What is no time is put back.
#[component]
fn ClockField(name: &'static str, time: Signal<Time>, #[prop(into)] on_change: Callback<Time>) -> impl IntoView {
    let wrong = RwSignal::new(false);
    let shown = move || time.get().strftime("%H:%M").to_string();
    view! {
        <label class="clock-field">
            {name}
            <input
                type="text"
                class="input mono"
                inputmode="numeric"
                maxlength="5"
                autocomplete="off"
                prop:value=shown
                aria-invalid=move || wrong.get().to_string()
                title="Hours and minutes, such as 22:00"
                on:change:target=move |event| {
                    match read_clock(&event.target().value()) {
                        Some(time) => {
                            wrong.set(false);
                            on_change.run(time);
                        }
                        None => wrong.set(true),
                    }
                }
            />
        </label>
    }
}

/// `22:00`, `7:30`, `7`.
fn read_clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day_are_read_as_people_type_them() {
        let time = |hour, minute| Time::new(hour, minute, 0, 0).ok();
        assert_eq!(read_clock("22:00"), time(22, 0));
        assert_eq!(read_clock(" 7:30 "), time(7, 30));
        assert_eq!(read_clock("7"), time(7, 0));
        for wrong in ["", "24:00", "7:60", "seven", "-1:00"] {
            assert_eq!(read_clock(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_place_is_watched_once_and_has_a_region() {
        let place = |region: &str| Place { profile: "p".into(), region: region.into() };
        assert_eq!(problem(&place("eu-west-1"), &[]), None);
        assert!(problem(&place("eu-west-1"), &[place("eu-west-1")]).is_some());
        assert!(problem(&place(""), &[]).is_some() && problem(&place("EU West"), &[]).is_some());
    }
}
