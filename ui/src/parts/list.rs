//! What all lists share: filter and order in the address, and the states around the grid.

use super::{
    fault::FaultView,
    filter_line::FilterLine,
    grid::SetHandle,
    states::{Partial, Skeleton},
};
use crate::{
    address::{self, Query},
    format,
};
use contract::sets::Sort;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// Changes one value of the address without a step in the history.
pub fn use_change() -> impl Fn(&'static str, Option<String>) + Clone + 'static {
    let navigate = use_navigate();
    let location = use_location();
    move |name, value| {
        let now = Query::parse(&location.search.get_untracked());
        let next = now.clone().with(name, value.as_deref());
        if next != now {
            let address = next.after(&location.pathname.get_untracked());
            navigate(&address, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    }
}

/// Changes the query of the address by a step in the history, which back and forward go.
pub fn use_step() -> impl Fn(&dyn Fn(Query) -> Query) + Clone + 'static {
    let navigate = use_navigate();
    let location = use_location();
    move |change: &dyn Fn(Query) -> Query| {
        let now = Query::parse(&location.search.get_untracked());
        let next = change(now.clone());
        if next != now {
            let address = next.after(&location.pathname.get_untracked());
            navigate(&address, NavigateOptions { scroll: false, ..Default::default() });
        }
    }
}

/// The filter line's text in the address.
pub fn use_filter() -> Memo<String> {
    let query = address::use_query();
    Memo::new(move |_| query.read().get("q").unwrap_or_default().to_owned())
}

/// `size` or `-size` in the address, both ways.
pub fn keep_sort(sort: RwSignal<Option<Sort>>) {
    let query = address::use_query();
    let change = use_change();
    if let Some(text) = query.get_untracked().get("sort") {
        let (descending, by) = text.strip_prefix('-').map_or((false, text), |by| (true, by));
        sort.set(Some(Sort { by: by.to_owned(), descending }));
    }
    Effect::new(move |_| {
        let text = sort.get().map(|sort| if sort.descending { format!("-{}", sort.by) } else { sort.by });
        change("sort", text);
    });
}

/// `24 versions, in stored order`, `1,024 of 100,000`, `reading…`, `stopped` once a fault ended it.
pub fn count_words(set: SetHandle, one: &str, many: &str) -> Option<String> {
    let reading = match (set.complete(), set.fault.read().is_some()) {
        (true, _) => "",
        (false, true) => ", stopped",
        (false, false) => ", reading…",
    };
    let (shown, total) = set.state.with(|state| state.as_ref().map(|state| (state.shown, state.total)))?;
    let all = format::counted(total, one, many);
    Some(if shown == total { format!("{all}{reading}") } else { format!("{} of {all}{reading}", format::count(shown)) })
}

/// Filter line and count above a list, notices below them.
#[component]
pub fn ListTools(
    name: &'static str,
    example: &'static str,
    set: SetHandle,
    one: &'static str,
    many: &'static str,
    #[prop(optional)] order: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let filter = use_filter();
    let change = use_change();
    let on_change = Callback::new(move |line: String| change("q", Some(line).filter(|line| !line.is_empty())));
    view! {
        <div class="filter">
            {children.map(|children| children())}
            <FilterLine name example line=filter on_change state=set.state />
            <span class="dim num count">
                {move || count_words(set, one, many).map(|words| format!("{words}{order}"))}
            </span>
        </div>
        <Partial notices=Signal::derive(move || set.state.with(|state| state.as_ref().map(|state| state.notices.clone()).unwrap_or_default())) />
    }
}

/// The grid in its four states: loading, error, empty, rows.
#[component]
pub fn ListStates(
    set: SetHandle,
    /// What to show when nothing is there at all.
    #[prop(into)]
    empty: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let filter = use_filter();
    let change = StoredValue::new_local(use_change());
    let children = StoredValue::new(children);
    let empty = StoredValue::new(empty);
    let what = Memo::new(move |_| {
        if set.loading() {
            return "loading";
        }
        set.state.with(|state| match state {
            Some(state) if state.total == 0 && set.fault.read().is_none() => "empty",
            Some(state) if state.total > 0 && state.shown == 0 => "filtered",
            Some(state) if state.total > 0 => "rows",
            _ => "fault",
        })
    });
    view! {
        {move || set.fault.get().map(|fault| view! { <div class="list-fault"><FaultView fault retry=Callback::new(move |()| set.reload()) /></div> })}
        {move || match what.get() {
            "loading" => view! { <Skeleton rows=12 /> }.into_any(),
            "empty" => empty.with_value(ViewFn::run).into_any(),
            "filtered" => {
                view! {
                    <div class="empty">
                        <h2>"Nothing matches"</h2>
                        <p>{move || format!("No row passes the filter {}.", filter.get())}</p>
                        <div class="row">
                            <button type="button" class="btn" on:click=move |_| change.with_value(|change| change("q", None))>"Clear the filter"</button>
                        </div>
                    </div>
                }
                    .into_any()
            }
            "rows" => children.with_value(|children| children()).into_any(),
            _ => ().into_any(),
        }}
    }
}
