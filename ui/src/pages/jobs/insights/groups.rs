//! The log groups that a query is about: chosen by typing a part of their names.

use super::Asked;
use crate::{bridge, desk::Desk, format, parts::icon::Icon};
use contract::insights::{ListLogGroups, LogGroup, MOST_GROUPS};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long the person pauses before groups are looked for.
const PAUSE: Duration = Duration::from_millis(250);
const NAMES: &str = "log-group-names";

#[component]
pub fn Groups(asked: Asked) -> impl IntoView {
    let desk = Desk::get();
    let typed = RwSignal::new(String::new());
    let offered = RwSignal::new(Vec::<LogGroup>::new());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let ticket = StoredValue::new(0_u64);
    let look = move || {
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        let holds = typed.get_untracked();
        spawn_local(async move {
            let answer = bridge::call(ListLogGroups { holds }).await;
            if ticket.try_get_value() == Some(mine) {
                match answer {
                    Ok(found) => {
                        offered.try_set(found.groups);
                    }
                    Err(fault) => desk.say(format!("Log groups cannot be listed: {}", fault.title)),
                }
            }
        });
    };
    let later = move || {
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let handle = set_timeout_with_handle(
            move || {
                if ticket.try_get_value().is_some() {
                    look();
                }
            },
            PAUSE,
        );
        waiting.set_value(handle.ok());
    };
    let add = move || {
        let name = typed.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        if asked.groups.with_untracked(|groups| groups.len() >= MOST_GROUPS) {
            desk.say(format!("A query has at most {MOST_GROUPS} log groups"));
            return;
        }
        typed.set(String::new());
        asked.groups.update(|groups| {
            if !groups.contains(&name) {
                groups.push(name);
            }
        });
    };
    let chips = move || {
        let chip = |name: String| {
            let (shown, label) = (format::visible(&name), format!("Remove {name}"));
            view! {
                <li class="chip acc">
                    <span class="mono cut">{shown}</span>
                    <button
                        type="button"
                        class="icon-btn"
                        aria-label=label
                        on:click=move |_| asked.groups.update(|groups| groups.retain(|one| *one != name))
                    >
                        <Icon name="x" />
                    </button>
                </li>
            }
        };
        asked.groups.get().into_iter().map(chip).collect_view()
    };
    view! {
        <div class="insights-groups" role="group" aria-label="Log groups">
            <ul role="list" aria-label="Chosen log groups">{chips}</ul>
            <form
                class="row"
                on:submit=move |event| {
                    event.prevent_default();
                    add();
                }
            >
                <input
                    type="text"
                    class="mono"
                    list=NAMES
                    aria-label="Log group"
                    placeholder="Part of a log group's name"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=typed
                    on:focus=move |_| later()
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        later();
                    }
                />
                <datalist id=NAMES>
                    {move || offered.get().into_iter().map(|group| {
                        let size = group.stored.map(format::size);
                        view! { <option value=group.name>{size}</option> }
                    }).collect_view()}
                </datalist>
                <button
                    type="submit"
                    class="btn"
                    title=move || typed.read().trim().is_empty().then_some("Type a part of its name first")
                    disabled=move || typed.read().trim().is_empty()
                >
                    "Add log group"
                </button>
            </form>
        </div>
    }
}
