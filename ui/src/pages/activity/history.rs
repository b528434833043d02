//! Operations, newest first, and the receipt of the one that is chosen.

use super::{feed::Feed, list::List, receipt::ReceiptPane};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        states::Empty,
        status::{Status, of_operation},
    },
};
use contract::{
    OperationId,
    operations::{OpenHistory, OperationRow, UndoState},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

fn take(rows: Rows) -> Vec<OperationRow> {
    match rows {
        Rows::Operations(rows) => rows,
        _ => Vec::new(),
    }
}

fn cells(row: &OperationRow) -> Vec<AnyView> {
    let desk = Desk::get();
    let started = row.started;
    let (shape, word) = of_operation(row.state);
    let undo = match row.undo {
        UndoState::Possible => "possible",
        UndoState::Undone(_) => "undone",
        UndoState::None | UndoState::Impossible(_) => "—",
    };
    vec![
        view! { <span title=move || format::hover_time(started)>{move || format::time(started, desk.zone())}</span> }
            .into_any(),
        view! { <Status shape word /> }.into_any(),
        row.title.clone().into_any(),
        format!("{} of {}", format::count(row.steps_done), format::count(row.steps)).into_any(),
        row.profile.clone().into_any(),
        undo.into_any(),
    ]
}

#[component]
pub fn History() -> impl IntoView {
    let desk = Desk::get();
    let feed = Feed::new(take);
    let reload = Callback::new(move |()| feed.open(OpenHistory {}));
    // The core reads the journal once per opening; what starts, ends or is undone meanwhile is read by another.
    let moved = Memo::new(move |_| {
        let rows = desk.operations.read();
        rows.iter().map(|row| (row.id.clone(), row.state, matches!(row.undo, UndoState::Undone(_)))).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        moved.track();
        reload.run(());
    });

    let query = address::use_query();
    let chosen = Memo::new(move |_| query.read().get("operation").map(str::to_owned));
    let navigate = use_navigate();
    let on_open = move |id: String| {
        if chosen.get_untracked().as_ref() != Some(&id) {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&address::operation(&id), options);
        }
    };
    let title = move || {
        let id = chosen.get();
        let rows = feed.rows.read();
        let row = rows.iter().find(|row| Some(&row.id.0) == id.as_ref());
        row.map_or_else(|| "Receipt".to_owned(), |row| row.title.clone())
    };
    let when = move || format!("Started ({})", format::zone_label(desk.zone()));
    view! {
        <div class="two-panes">
            <section class="pane" aria-label="Operations">
                {move || {
                    view! {
                        <List
                            name="Operations history"
                            class="of-history"
                            feed
                            columns=vec![
                                (if when().contains("UTC") { "Started (UTC)" } else { "Started (local)" }, "mono"),
                                ("State", ""),
                                ("Operation", "cut"),
                                ("Objects", "num"),
                                ("Profile", "cut soft"),
                                ("Undo", "dim"),
                            ]
                            cells
                            identity=|row: &OperationRow| row.id.0.clone()
                            empty=(
                                "Nothing was written yet",
                                "Restores and their undos are kept here with their receipts, on this computer.",
                            )
                            words=("operation", "operations")
                            chosen
                            on_open=on_open.clone()
                            reload
                        />
                    }
                }}
            </section>
            <section class="pane" role="region" aria-label=title>
                {move || match chosen.get() {
                    Some(id) => view! { <ReceiptPane id=OperationId(id) /> }.into_any(),
                    None => {
                        view! {
                            <Empty
                                title="No operation is chosen"
                                text="Choose one to see its receipt: what was planned, what was written, how it was verified."
                                icon="panel-right"
                            />
                        }
                            .into_any()
                    }
                }}
            </section>
        </div>
    }
}
