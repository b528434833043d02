//! One folder of a bucket, with ghosts of what was deleted on a toggle.

use super::{
    entry_detail::{EntryPane, ManyPane},
    head::{Head, parts},
};
use crate::parts::cells::{dash, size_cell, stored_label, text_cell, time_cell};
use crate::parts::list::{ListStates, ListTools, keep_sort, use_change, use_filter};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        grid::{Column, Grid, GridRow, GridState, use_set},
        icon::Icon,
        menu::CopyItem,
        split::Split,
        states::Empty,
    },
};
use contract::{
    arn,
    objects::{EntryKind, EntryRow, OpenEntries},
    operations::OperationState,
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for EntryRow {
    fn id(&self) -> String {
        self.key.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Entries(rows) => Some(rows),
            _ => None,
        }
    }
}

pub fn is_folder(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Folder | EntryKind::DeletedFolder)
}

pub fn is_ghost(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::DeletedFolder | EntryKind::DeletedObject)
}

/// Where opening an entry leads.
fn opens(bucket: &str, row: &EntryRow) -> String {
    if is_folder(row.kind) {
        address::folder(bucket, &row.key, is_ghost(row.kind))
    } else {
        address::versions(bucket, &row.key, None)
    }
}

fn columns(bucket: &str) -> Vec<Column<EntryRow>> {
    let bucket = bucket.to_owned();
    vec![
        Column::new("name", "Name".to_owned(), move |row: &EntryRow| {
            let icon = match row.kind {
                EntryKind::Folder => "folder",
                EntryKind::DeletedFolder => "folder-x",
                EntryKind::Object => "file",
                EntryKind::DeletedObject => "file-x",
            };
            let href = opens(&bucket, row);
            let name = format::visible(&row.name);
            let shown = name.clone();
            let ghost = is_ghost(row.kind);
            view! {
                <Icon name=icon />
                <A href=href attr:class="name-link name cut" attr:tabindex="-1" attr:title=name.clone()>{shown}</A>
                {ghost.then(|| view! { <span class="chip bad">"deleted"</span> })}
            }
            .into_any()
        })
        .sort("name"),
        Column::new("size", "Size".to_owned(), |row: &EntryRow| size_cell(row.size)).width(84).numeric().sort("size"),
        Column::new("stored", stored_label(), |row: &EntryRow| time_cell(row.stored.or(row.deleted)))
            .width(150)
            .sort("stored"),
        Column::new("class", "Class".to_owned(), |row: &EntryRow| text_cell(row.class.clone()))
            .width(110)
            .sort("class"),
        Column::new("etag", "ETag".to_owned(), |row: &EntryRow| match &row.etag {
            Some(etag) => {
                let etag = etag.clone();
                view! { <span class="mono dim cut">{etag}</span> }.into_any()
            }
            None => dash(),
        })
        .width(260)
        .hidden(),
    ]
}

pub fn copies(desk: Desk, bucket: &str, row: &EntryRow) -> Vec<CopyItem> {
    let profile = desk.profile_argument();
    let mut items = vec![
        ("Name".to_owned(), row.name.clone()),
        ("Key".to_owned(), row.key.clone()),
        ("S3 URI".to_owned(), format!("s3://{bucket}/{}", row.key)),
        ("ARN".to_owned(), arn::object(&desk.region(), bucket, &row.key)),
    ];
    items.extend(row.etag.clone().map(|etag| ("ETag".to_owned(), etag)));
    items.push((
        "aws command".to_owned(),
        format!("aws s3api list-object-versions --bucket {bucket} --prefix {} --profile {profile}", quoted(&row.key)),
    ));
    items.push(("Link".to_owned(), format!("quarterdeck:/{}", opens(bucket, row))));
    items
}

/// For a POSIX shell. Keys come from strangers.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[component]
pub fn Entries(bucket: String) -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let query = address::use_query();
    let prefix = Memo::new(move |_| query.read().get("prefix").unwrap_or_default().to_owned());
    let deleted = Memo::new(move |_| query.read().get("deleted") == Some("1"));
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let name = StoredValue::new(bucket.clone());
    let set = use_set(
        move || Some(OpenEntries { bucket: name.get_value(), prefix: prefix.get(), deleted: deleted.get() }),
        move || filter.get(),
        state.sort,
    );
    let current = RwSignal::new(None::<EntryRow>);
    let change = StoredValue::new_local(use_change());
    // Another folder: nothing of the old one stays selected.
    Effect::new(move |before: Option<String>| {
        let now = prefix.get();
        if before.is_some_and(|before| before != now) {
            current.set(None);
            state.cursor.set(None);
            state.chosen.update(std::collections::BTreeSet::clear);
        }
        now
    });
    Effect::new(move |_| {
        let prefix = prefix.get();
        let bucket = name.get_value();
        let title =
            if prefix.is_empty() { bucket.clone() } else { format!("{} in {bucket}", format::visible(&prefix)) };
        desk.remember(title, address::folder(&bucket, &prefix, false));
    });
    // What an operation wrote shows at once.
    let finished = Memo::new(move |_| {
        desk.operations.with(|operations| {
            operations
                .iter()
                .filter(|row| row.scope == name.get_value() && row.state != OperationState::Running)
                .map(|row| row.id.clone())
                .collect::<Vec<_>>()
        })
    });
    Effect::new(move |before: Option<()>| {
        finished.get();
        if before.is_some() {
            set.reload();
        }
    });
    let on_cursor = Callback::new(move |row: EntryRow| {
        change.with_value(|change| change("sel", Some(row.key.clone())));
        current.set(Some(row));
    });
    let on_open = Callback::new({
        let navigate = navigate.clone();
        move |row: EntryRow| navigate(&opens(&name.get_value(), &row), NavigateOptions::default())
    });
    let copies = Callback::new(move |row: EntryRow| name.with_value(|bucket| copies(desk, bucket, &row)));
    crate::keys::on(crate::keys::Action::Back, move || {
        let prefix = prefix.get_untracked();
        let bucket = name.get_value();
        let up = if prefix.is_empty() {
            address::OBJECTS.to_owned()
        } else {
            address::folder(&bucket, &parts(&prefix).0, deleted.get_untracked())
        };
        navigate(&up, NavigateOptions::default());
    });
    let toggle_deleted =
        move |_| change.with_value(|change| change("deleted", (!deleted.get_untracked()).then(|| "1".to_owned())));

    let list = move || {
        view! {
            {move || {
                let (folder, own) = parts(&prefix.get());
                let bucket = name.get_value();
                if own.is_empty() {
                    view! { <Head title=bucket /> }.into_any()
                } else {
                    view! { <Head bucket folder title=format::visible(&own) /> }.into_any()
                }
            }}
            <ListTools name="Filter objects" example="Filter: size>1MB stored:>now-2d class:GLACIER" set one="entry" many="entries">
                <button type="button" class="btn toggle" aria-pressed=move || deleted.get().to_string() on:click=toggle_deleted>
                    <Icon name="ghost" />
                    "Show deleted"
                </button>
            </ListTools>
            <ListStates
                set
                empty=move || {
                    let text = if deleted.get() {
                        "Nothing is here, and nothing that was here can be seen any more."
                    } else {
                        "Nothing current is here. What was deleted may still be kept."
                    };
                    view! {
                        <Empty title="Empty" text icon="folder">
                            <Show when=move || !deleted.get()>
                                <button type="button" class="btn" on:click=toggle_deleted>"Show deleted"</button>
                            </Show>
                        </Empty>
                    }
                }
            >
                <Grid
                    name="Objects"
                    set
                    columns=name.with_value(|bucket| columns(bucket))
                    state
                    on_open
                    on_cursor
                    copies
                    selectable=true
                    row_class=Callback::new(|row: EntryRow| if is_ghost(row.kind) { "ghost" } else { "" })
                />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || {
                let bucket = name.get_value();
                let chosen = state.chosen.get();
                if chosen.len() > 1 {
                    return view! { <ManyPane bucket chosen=state.chosen /> }.into_any();
                }
                match current.get() {
                    Some(row) => view! { <EntryPane bucket row /> }.into_any(),
                    None => {
                        view! {
                            <Empty
                                title="Nothing is selected"
                                text="Choose an entry with the arrow keys; Enter opens a folder, or the versions of an object."
                                icon="panel-right"
                            />
                        }
                            .into_any()
                    }
                }
            }}
        }
    };
    view! { <Split list detail /> }
}
