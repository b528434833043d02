//! What of models is told on the desktop, each kind on its own.

use super::{Switch, change};
use crate::{desk::Desk, parts::icon::Icon};
use contract::settings::{ModelNews, Watching};
use leptos::prelude::*;

/// Days that a version may wait unless the person says otherwise.
const PATIENCE: u16 = 3;

/// Where one kind is turned on and off.
type Told = fn(&mut ModelNews) -> &mut bool;

/// Id and words of the title, what it is, and where it is kept.
const KINDS: [(&str, &str, &str, Told); 3] = [
    (
        "tell-endpoints",
        "Endpoints in trouble",
        "One that fails, is rolled back or answers with errors, or whose alarm is raised.",
        |news| &mut news.endpoints,
    ),
    (
        "tell-silent",
        "Silent monitors",
        "A schedule that was stopped, has not run for longer than its rhythm, or whose run failed.",
        |news| &mut news.silent,
    ),
    ("tell-drift", "Drift", "A monitor of data that found violations after a run without any.", |news| &mut news.drift),
];

#[component]
pub fn ModelKinds(watching: Memo<Watching>) -> impl IntoView {
    let desk = Desk::get();
    let models = Memo::new(move |_| watching.read().models);
    // Kept while it is off.
    let days = RwSignal::new(models.get_untracked().pending_days.unwrap_or(PATIENCE));
    Effect::new(move |_| {
        if let Some(chosen) = models.get().pending_days {
            days.set(chosen);
        }
    });
    let wrong = RwSignal::new(false);
    view! {
        <div class="news-kinds">
            {KINDS
                .into_iter()
                .map(|(name, title, hint, of)| {
                    let on = Signal::derive(move || *of(&mut models.get()));
                    let turn = move |()| {
                        change(desk, |watching| {
                            let told = of(&mut watching.models);
                            *told = !*told;
                        });
                    };
                    view! { <Kind name title hint on on_press=turn /> }
                })
                .collect_view()}
            <Kind
                name="tell-pending"
                title="Pending approvals"
                hint="A version on the day when it has waited for so long."
                on=Signal::derive(move || models.read().pending_days.is_some())
                on_press=move |()| change(desk, |watching| {
                    let pending = &mut watching.models.pending_days;
                    *pending = if pending.is_some() { None } else { Some(days.get_untracked()) };
                })
            >
                <label class="row">
                    <input
                        type="text"
                        class="input days"
                        inputmode="numeric"
                        maxlength="3"
                        autocomplete="off"
                        aria-label="Days a version may wait"
                        prop:value=move || days.get().to_string()
                        aria-invalid=move || wrong.get().to_string()
                        aria-describedby="tell-pending-problem"
                        title="1 to 365"
                        on:change:target=move |event| {
                            let read = read_days(&event.target().value());
                            wrong.set(read.is_none());
                            if let Some(read) = read {
                                days.set(read);
                                change(desk, |watching| {
                                    watching.models.pending_days = watching.models.pending_days.map(|_| read);
                                });
                            }
                        }
                    />
                    "days"
                </label>
                {move || wrong.get().then(|| view! {
                    <p class="field-error" id="tell-pending-problem" role="alert"><Icon name="triangle-alert" />" Type a whole number from 1 to 365."</p>
                })}
            </Kind>
        </div>
    }
}

/// 1 to 365.
fn read_days(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|days| (1..=365).contains(days))
}

/// One kind of news, told or not. `name` is the id of its title.
#[component]
fn Kind(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    on: Signal<bool>,
    #[prop(into)] on_press: Callback<()>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div>
            <div class="row">
                <span id=name>{title}</span>
                <Switch name on words=("told", "not told") on_press />
                {children.map(|children| children())}
            </div>
            <p class="field-hint" id=format!("{name}-hint")>{hint}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_turns_its_own() {
        for (at, (name, _, _, of)) in KINDS.into_iter().enumerate() {
            let mut news = ModelNews { endpoints: false, silent: false, drift: false, pending_days: None };
            *of(&mut news) = true;
            let is_on = [news.endpoints, news.silent, news.drift];
            assert_eq!(is_on.iter().position(|is| *is), Some(at), "{name}");
            assert_eq!(is_on.iter().filter(|is| **is).count(), 1, "{name}");
        }
    }

    #[test]
    fn days_are_those_of_a_year() {
        assert_eq!((read_days("3"), read_days(" 365 ")), (Some(3), Some(365)));
        for wrong in ["", "0", "366", "-1", "three", "70000"] {
            assert_eq!(read_days(wrong), None, "{wrong}");
        }
    }
}
