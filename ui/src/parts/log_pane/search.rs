//! Searching the open log: the line above it, and what was found so far.

use super::{Shown, open::LogHandle};
use crate::{
    bridge::{self, Listening},
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        icon::Icon,
        log_query::{QueryChoices, asks},
        saved::SavedMenu,
        states::NoticeLine,
    },
};
use contract::{
    SearchId,
    logs::{CloseSearch, LogQuery, LogState, SearchEvent, SearchLog, SearchState},
    searches::Search,
};
use leptos::{html, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long the person pauses before what is typed is searched.
const PAUSE: Duration = Duration::from_millis(250);

/// Lines around a hit that can be chosen.
const CONTEXTS: [u32; 5] = [0, 2, 5, 20, 100];

/// A search through the open log.
#[derive(Clone, Copy)]
pub struct SearchHandle {
    pub query: RwSignal<LogQuery>,
    pub state: RwSignal<Option<SearchState>>,
}

impl SearchHandle {
    pub fn id(self) -> Option<SearchId> {
        self.state.with(|state| state.as_ref().map(|state| state.search))
    }

    /// Everything was read and searched.
    pub fn is_done(self) -> bool {
        self.state.with(|state| state.as_ref().is_some_and(|state| state.done))
    }

    /// Grows with what was found.
    pub fn found(self) -> u64 {
        let found = |state: &SearchState| (state.turn << 32) + state.kept * 2 + u64::from(state.done);
        self.state.with(|state| state.as_ref().map_or(0, found))
    }
}

/// Searches whenever the query changes; the old search is closed.
pub fn use_search(log: LogHandle) -> SearchHandle {
    let desk = Desk::get();
    let handle = SearchHandle { query: RwSignal::new(LogQuery::default()), state: RwSignal::new(None) };
    let listening = StoredValue::new_local(None::<Listening>);
    let open = StoredValue::new(None::<SearchId>);
    let ticket = StoredValue::new(0_u64);
    // In another zone the records have other times: what was found in the old one is looked for again.
    let id = Memo::new(move |_| log.state.with(|state| state.as_ref().map(|state| (state.log, state.zone))));
    Effect::new(move |_| {
        let query = handle.query.get();
        let log = id.get().map(|(log, _)| log);
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        listening.set_value(None);
        if let Some(old) = open.get_value() {
            close(old);
            open.set_value(None);
        }
        let Some(log) = log.filter(|_| asks(&query)) else {
            handle.state.set(None);
            return;
        };
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(SearchLog { log, query }, move |event| {
                if current() {
                    match event {
                        SearchEvent::Found(state) => {
                            handle.state.try_set(Some(state));
                        }
                        SearchEvent::Failed(fault) => desk.say(format!("{}: {}", fault.title, fault.detail)),
                    }
                }
            })
            .await;
            match answer {
                Ok((state, stream)) if current() => {
                    open.set_value(Some(state.search));
                    listening.set_value(Some(stream));
                    // What the channel brought may be newer than the reply.
                    handle.state.update(|shown| {
                        if shown.as_ref().is_none_or(|shown| shown.search != state.search) {
                            *shown = Some(state);
                        }
                    });
                }
                Ok((state, _)) => close(state.search),
                Err(fault) if current() => {
                    handle.state.try_set(None);
                    desk.say(format!("{}: {}", fault.title, fault.detail));
                }
                Err(_) => {}
            }
        });
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
        if let Some(Some(search)) = open.try_get_value() {
            close(search);
        }
    });
    handle
}

fn close(search: SearchId) {
    spawn_local(async move {
        // A search that is gone already is closed.
        let _ = bridge::call(CloseSearch { search }).await;
    });
}

/// What the search found, in words.
fn words(state: &SearchState) -> String {
    let hits = format::counted(state.hits, "hit", "hits");
    if state.done {
        let kept = if state.kept < state.hits {
            format!(", the first {} shown", format::count(state.kept))
        } else {
            String::new()
        };
        return format!("{hits}{kept} in {}", format::millis(state.took));
    }
    match (state.unread, state.files.len()) {
        (0, _) => {}
        (_, 1) => return format!("{hits}, the file is not read yet"),
        (unread, all) => {
            let all = format::counted(all as u64, "file", "files");
            return format!("{hits}, {} of {all} not read yet", format::count(unread));
        }
    }
    let share = (state.searched.saturating_mul(100)).checked_div(state.length).unwrap_or_default().min(99);
    format!("{hits}, {share} % searched")
}

#[component]
pub fn SearchBar(log: LogHandle, search: SearchHandle, shown: Shown) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let waiting = StoredValue::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let last = Memo::new(move |_| {
        let of = |state: &LogState| state.files.iter().filter_map(|file| file.last).max();
        log.state.with(|state| state.as_ref().and_then(of))
    });
    let later = move || {
        let mine = waiting.get_value() + 1;
        waiting.set_value(mine);
        set_timeout(
            move || {
                if waiting.try_get_value() == Some(mine) {
                    let text = typed.get_untracked();
                    search.query.update(|query| query.text = text);
                }
            },
            PAUSE,
        );
    };
    keys::on(Action::Filter, move || {
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
            input.select();
        }
    });
    let current = Signal::derive(move || Search::Log(search.query.get()));
    let run = Callback::new(move |saved: Search| {
        if let Search::Log(query) = saved {
            typed.set(query.text.clone());
            search.query.set(query);
        }
    });
    view! {
        <div class="log-search">
            <div class="search-field">
                <Icon name="search" />
                <input
                    node_ref=input
                    type="text"
                    aria-label="Search the log"
                    placeholder="Search lines ( / )"
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        later();
                    }
                    on:keydown=move |event| {
                        match event.key().as_str() {
                            "Enter" => {
                                event.prevent_default();
                                let text = typed.get_untracked();
                                if search.query.with_untracked(|query| query.text == text) {
                                    keys::act(if event.shift_key() { Action::PreviousError } else { Action::NextError });
                                } else {
                                    search.query.update(|query| query.text = text);
                                }
                            }
                            "Escape" => {
                                event.prevent_default();
                                event.stop_propagation();
                                typed.set(String::new());
                                search.query.update(|query| query.text.clear());
                                shown.hits.set(false);
                            }
                            _ => {}
                        }
                    }
                />
            </div>
            <QueryChoices query=search.query end=last of="log" problem />
            <button
                type="button"
                class="btn toggle"
                title="Hits alone, with the lines around each"
                aria-pressed=move || shown.hits.get().to_string()
                prop:disabled=move || search.id().is_none()
                on:click=move |_| shown.hits.update(|hits| *hits = !*hits)
            >
                "Hits only"
            </button>
            <Show when=move || shown.hits.get()>
                <ContextSelect context=shown.context />
            </Show>
            <SavedMenu insights=false current on_run=run />
            <span class="dim num count" role="status">{move || search.state.with(|state| state.as_ref().map(words))}</span>
        </div>
        {move || search.state.with(|state| state.as_ref().map(|state| state.notices.clone())).filter(|notices| !notices.is_empty()).map(|notices| view! {
            <ul class="notices pad" role="list" aria-label="Search notices">
                {notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
            </ul>
        })}
    }
}

/// How many lines stand around each hit.
#[component]
fn ContextSelect(context: RwSignal<u32>) -> impl IntoView {
    view! {
        <span class="select">
            <select
                aria-label="Lines around each hit"
                prop:value=move || context.get().to_string()
                on:change=move |event| {
                    if let Ok(lines) = event_target_value(&event).parse() {
                        context.set(lines);
                    }
                }
            >
                {CONTEXTS
                    .into_iter()
                    .map(|lines| view! { <option value=lines.to_string() selected=move || context.get() == lines>{format!("{lines} around")}</option> })
                    .collect_view()}
            </select>
            <Icon name="chevron-down" />
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(hits: u64, kept: u64, searched: u64, done: bool) -> SearchState {
        SearchState {
            search: SearchId(1),
            hits,
            kept,
            files: vec![hits],
            map: Vec::new(),
            searched,
            length: 1_000,
            unread: 0,
            turn: 0,
            done,
            took: 38,
            notices: Vec::new(),
        }
    }

    #[test]
    fn what_was_found_is_said() {
        assert_eq!(words(&state(41, 41, 1_000, true)), "41 hits in 38 ms");
        assert_eq!(words(&state(20_000, 10_000, 1_000, true)), "20,000 hits, the first 10,000 shown in 38 ms");
        assert_eq!(words(&state(1, 1, 500, false)), "1 hit, 50 % searched");
        assert_eq!(words(&SearchState { length: 0, ..state(0, 0, 0, false) }), "0 hits, 0 % searched");
        let waits = SearchState { unread: 992, files: vec![0; 1_000], ..state(3, 3, 1_000, false) };
        assert_eq!(words(&waits), "3 hits, 992 of 1,000 files not read yet");
        let alone = SearchState { unread: 1, ..state(0, 0, 0, false) };
        assert_eq!(words(&alone), "0 hits, the file is not read yet");
    }
}
