//! Searches under a name: saved, run, renamed, deleted and brought back, behind one button beside the search.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{icon::Icon, log_query, popover::Popover},
};
use contract::{
    Fault,
    searches::{DeleteSearch, ListSearches, RenameSearch, SaveSearch, SavedSearch, SavedSearches, Search},
};
use leptos::{prelude::*, task::spawn_local};

/// `insights`: queries of Logs Insights, else searches of a log. `current` is what would be saved.
#[component]
pub fn SavedMenu(
    insights: bool,
    #[prop(into)] current: Signal<Search>,
    #[prop(into)] on_run: Callback<Search>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = if insights { "Saved queries" } else { "Saved searches" };
    view! {
        <div class="picker">
            <button
                type="button"
                class="btn"
                aria-label=name
                title=name
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                "Saved"
                <Icon name="chevron-down" />
            </button>
            <Popover name open class="popover-text saved">
                <Saved insights open current on_run />
            </Popover>
        </div>
    }
}

/// What the list shows and changes.
#[derive(Clone, Copy)]
struct List {
    desk: Desk,
    all: RwSignal<Option<SavedSearches>>,
    fault: RwSignal<Option<Fault>>,
    /// The search whose name is being changed.
    renaming: RwSignal<Option<u64>>,
    /// The one that was deleted last, to be brought back.
    deleted: RwSignal<Option<SavedSearch>>,
}

impl List {
    fn new() -> Self {
        let list = Self {
            desk: Desk::get(),
            all: RwSignal::new(None),
            fault: RwSignal::new(None),
            renaming: RwSignal::new(None),
            deleted: RwSignal::new(None),
        };
        spawn_local(async move {
            let answer = bridge::call(ListSearches {}).await;
            list.take(answer);
        });
        list
    }

    /// Whether the core did it.
    fn take(self, answer: Result<SavedSearches, Fault>) -> bool {
        match answer {
            Ok(all) => {
                self.fault.try_set(None);
                self.all.try_set(Some(all));
                true
            }
            Err(fault) => {
                self.fault.try_set(Some(fault));
                false
            }
        }
    }

    fn save(self, name: String, search: Search, done: Callback<()>) {
        spawn_local(async move {
            let said = format!("Saved {name}");
            if self.take(bridge::call(SaveSearch { name, search }).await) {
                self.desk.say(said);
                done.try_run(());
            }
        });
    }

    fn rename(self, id: u64, name: String) {
        spawn_local(async move {
            if self.take(bridge::call(RenameSearch { id, name }).await) {
                self.renaming.try_set(None);
            }
        });
    }

    fn delete(self, saved: SavedSearch) {
        spawn_local(async move {
            if self.take(bridge::call(DeleteSearch { id: saved.id }).await) {
                self.desk.say(format!("Deleted {}", saved.name));
                self.deleted.try_set(Some(saved));
            }
        });
    }
}

#[component]
fn Saved(insights: bool, open: RwSignal<bool>, current: Signal<Search>, on_run: Callback<Search>) -> impl IntoView {
    let list = List::new();
    let name = RwSignal::new(String::new());
    let saved = Callback::new(move |()| name.set(String::new()));
    let bring_back = Callback::new(move |()| list.deleted.set(None));
    let run = Callback::new(move |search: Search| {
        open.set(false);
        on_run.run(search);
    });
    let rows = move || {
        let all = list.all.get()?;
        let rows: Vec<_> = all.searches.into_iter().filter(|saved| saved.search.is_insights() == insights).collect();
        let none = rows.is_empty().then(|| view! { <p class="soft">"Nothing is saved yet."</p> });
        Some(view! {
            {none}
            <ul class="saved-list" role="list" aria-label="Saved">
                {rows.into_iter().map(|saved| view! { <Row saved list run /> }).collect_view()}
            </ul>
            {(all.unreadable > 0).then(|| view! {
                <p class="soft">{format!("{} of the database cannot be read and stay as they are.", format::counted(all.unreadable, "entry", "entries"))}</p>
            })}
        })
    };
    view! {
        <form
            class="popover-form"
            on:submit=move |event| {
                event.prevent_default();
                list.save(name.get_untracked(), current.get_untracked(), saved);
            }
        >
            <label class="field">
                <span>"Name"</span>
                <input
                    type="text"
                    aria-label="Name"
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=name
                    on:input:target=move |event| name.set(event.target().value())
                />
            </label>
            <p class="field-error" role="alert">{move || list.fault.get().map(|fault| fault.detail)}</p>
            <button type="submit" class="btn go">{if insights { "Save query" } else { "Save search" }}</button>
        </form>
        {rows}
        {move || list.deleted.get().map(|saved| {
            let told = format!("Deleted {}.", saved.name);
            view! {
                <p class="row">
                    <span>{told}</span>
                    <button type="button" class="link" on:click=move |_| list.save(saved.name.clone(), saved.search.clone(), bring_back)>"Undo"</button>
                </p>
            }
        })}
    }
}

#[component]
fn Row(saved: SavedSearch, list: List, run: Callback<Search>) -> impl IntoView {
    let id = saved.id;
    let name = RwSignal::new(saved.name.clone());
    let told = words(&saved.search);
    let saved = StoredValue::new(saved);
    let rename = move || list.rename(id, name.get_untracked());
    view! {
        <li class="saved-row">
            {move || {
                let shown = saved.with_value(|saved| format::visible(&saved.name));
                if list.renaming.get() == Some(id) {
                    view! {
                        <input
                            type="text"
                            aria-label=format!("New name of {shown}")
                            autocomplete="off"
                            spellcheck="false"
                            prop:value=name
                            on:input:target=move |event| name.set(event.target().value())
                            on:keydown=move |event| {
                                if event.key() == "Enter" {
                                    event.prevent_default();
                                    rename();
                                }
                            }
                        />
                        <button type="button" class="btn" on:click=move |_| rename()>"Rename"</button>
                    }
                        .into_any()
                } else {
                    view! {
                        <button type="button" class="link cut" title=told.clone() on:click=move |_| run.run(saved.with_value(|saved| saved.search.clone()))>
                            {shown.clone()}
                        </button>
                        <button type="button" class="link" aria-label=format!("Rename {shown}") on:click=move |_| list.renaming.set(Some(id))>"Rename"</button>
                        <button
                            type="button"
                            class="icon-btn"
                            aria-label=format!("Delete {shown}")
                            title="Delete"
                            on:click=move |_| list.delete(saved.get_value())
                        >
                            <Icon name="trash-2" />
                        </button>
                    }
                        .into_any()
                }
            }}
        </li>
    }
}

/// What a search looks for, in one text.
fn words(search: &Search) -> String {
    match search {
        Search::Log(query) => log_query::words(query, format::iso),
        Search::Insights { text, groups } => format!("{text}\n{}", groups.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::logs::LogQuery;

    #[test]
    fn a_search_says_what_it_looks_for() {
        let query = LogQuery { text: "heap".into(), ..LogQuery::default() };
        assert_eq!(words(&Search::Log(query)), "\"heap\"");
        let query = Search::Insights { text: "fields @message".into(), groups: vec!["/a".into(), "/b".into()] };
        assert_eq!(words(&query), "fields @message\n/a, /b");
    }
}
