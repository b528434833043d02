//! The versions of exactly one key, in stored order, with the detail of one of them.

use super::{
    head::{Head, parts},
    restore_dialogs::ByDate,
    version_detail::VersionPane,
};
use crate::parts::cells::{dash, size_cell, stored_label, text_cell, time_cell};
use crate::parts::list::{ListStates, ListTools, keep_sort, use_change, use_filter};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        confirm::ConfirmPlan,
        grid::{Column, Grid, GridRow, GridState, use_set},
        segmented::Segmented,
        split::Split,
        states::Empty,
    },
};
use contract::{
    OperationId,
    objects::{Change, OpenVersions, Purge, VersionRow},
    operations::OperationState,
    plan::Plan,
    sets::{ReadRows, Rows},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

impl GridRow for VersionRow {
    fn id(&self) -> String {
        self.fact.version_id.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Versions(rows) => Some(rows),
            _ => None,
        }
    }
}

fn is_cell(row: &VersionRow) -> AnyView {
    let mut chips = Vec::new();
    if row.fact.is_latest && !row.fact.delete_marker {
        chips.push(view! { <span class="chip good">"current"</span> }.into_any());
    }
    if row.fact.delete_marker {
        chips.push(view! { <span class="chip bad">"delete marker"</span> }.into_any());
    }
    if let Some(why) = &row.ambiguous {
        chips.push(view! { <span class="chip warn" title=why.clone()>"order unclear"</span> }.into_any());
    }
    if row.same_below > 0 {
        chips.push(
            view! { <span class="chip edge">{format!("same as next, ×{}", row.same_below + 1)}</span> }.into_any(),
        );
    }
    chips.into_any()
}

fn change_cell(change: Change, size: Option<u64>) -> AnyView {
    match change {
        Change::First => view! { <span class="dim">"first"</span> }.into_any(),
        Change::SameBytes => view! { <span class="dim">"same bytes"</span> }.into_any(),
        Change::SameSize => view! { <span class="soft">"same size"</span> }.into_any(),
        Change::Deleted => view! { <span class="bad">"deleted"</span> }.into_any(),
        Change::Size(bytes) => {
            // Losing more than half is what people look for.
            let shrank = bytes < 0 && size.is_some_and(|size| bytes.unsigned_abs() > size);
            view! { <span class=if shrank { "bad" } else { "soft" }>{format::signed_size(bytes)}</span> }.into_any()
        }
    }
}

fn purge_cell(purge: Purge) -> AnyView {
    let desk = Desk::get();
    match purge {
        Purge::Never => dash(),
        Purge::At(at) => {
            view! {
                <span class="dim" title=format!("S3 may remove it for good from\n{}", format::hover_time(at))>
                    {move || {
                        let left = at.duration_since(desk.now.get()).as_secs();
                        if left <= 0 { "due".to_owned() } else if left < 172_800 { format!("{} h", left / 3_600) } else { format!("{} d", left / 86_400) }
                    }}
                </span>
            }
                .into_any()
        }
        Purge::Kept { newer } => {
            view! { <span class="dim" title="A lifecycle rule keeps this many versions, whatever their age">{format!("newest {newer}")}</span> }.into_any()
        }
        Purge::Unknown => view! { <span class="warn" title="The lifecycle rules cannot be read, or depend on tags, which no listing shows">"unknown"</span> }.into_any(),
    }
}

fn columns() -> Vec<Column<VersionRow>> {
    vec![
        Column::new("stored", stored_label(), |row: &VersionRow| time_cell(Some(row.fact.last_modified)))
            .width(142)
            .sort("stored"),
        Column::new("is", "State".to_owned(), is_cell).width(128),
        Column::new("size", "Size".to_owned(), |row: &VersionRow| size_cell(row.fact.size))
            .width(72)
            .numeric()
            .sort("size"),
        Column::new("change", "Change".to_owned(), |row: &VersionRow| change_cell(row.change, row.fact.size))
            .width(94)
            .numeric()
            .sort("change"),
        Column::new("class", "Class".to_owned(), |row: &VersionRow| text_cell(row.fact.class.clone())).sort("class"),
        Column::new("version", "Version".to_owned(), |row: &VersionRow| {
            let id = row.fact.version_id.clone();
            view! { <span class="mono dim cut">{id}</span> }.into_any()
        })
        .width(280)
        .hidden(),
        Column::new("etag", "ETag".to_owned(), |row: &VersionRow| text_cell(row.fact.etag.clone())).width(260).hidden(),
        Column::new("purge", "Purged in".to_owned(), |row: &VersionRow| purge_cell(row.purge))
            .width(84)
            .numeric()
            .sort("purge"),
    ]
}

#[component]
pub fn Versions(bucket: String, key: String) -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("version").map(str::to_owned));
    let name = StoredValue::new(bucket.clone());
    let whole = StoredValue::new(key.clone());
    let set = use_set(
        move || Some(OpenVersions { bucket: name.get_value(), key: whole.get_value() }),
        move || filter.get(),
        state.sort,
    );
    let current = RwSignal::new(None::<VersionRow>);
    // The newest version, whatever the filter shows: others are compared with it.
    let newest = RwSignal::new(None::<VersionRow>);
    let change = StoredValue::new_local(use_change());
    desk.remember(format!("{} in {bucket}", format::visible(&key)), address::versions(&bucket, &key, None));

    Effect::new(move |_| {
        let Some((set_id, _)) = set.revision() else { return };
        let plain = filter.get().is_empty() && state.sort.read().is_none();
        spawn_local(async move {
            if !plain {
                return;
            }
            if let Ok(window) = bridge_rows(set_id).await
                && let Some(first) = window.first()
            {
                newest.try_set(Some(first.clone()));
                // With nothing selected, the version that is most likely wanted: the one before the current.
                if state.cursor.try_get_untracked().flatten().is_none() && untrack(|| set.complete()) {
                    let wanted = window.iter().skip(1).find(|row| !row.fact.delete_marker).unwrap_or(first);
                    state.cursor.try_set(Some(wanted.fact.version_id.clone()));
                }
            }
        });
    });
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
        // Read, not only tracked: a memo that nobody reads never looks at its sources.
        finished.get();
        if before.is_some() {
            set.reload();
        }
    });
    let on_cursor = Callback::new(move |row: VersionRow| {
        change.with_value(|change| change("version", Some(row.fact.version_id.clone())));
        current.set(Some(row));
    });
    let copies = Callback::new(move |row: VersionRow| {
        let (bucket, key, id) = (name.get_value(), whole.get_value(), row.fact.version_id.clone());
        let profile = desk.profile_argument();
        let mut items = vec![
            ("Version id".to_owned(), id.clone()),
            ("Stored".to_owned(), format::iso(row.fact.last_modified)),
            ("S3 URI".to_owned(), format!("s3://{bucket}/{key}?versionId={id}")),
            ("ARN".to_owned(), contract::arn::object(&desk.region(), &bucket, &key)),
        ];
        items.extend(row.fact.etag.clone().map(|etag| ("ETag".to_owned(), etag)));
        items.push((
            "aws command".to_owned(),
            format!(
                "aws s3api get-object --bucket {bucket} --key {} --version-id {id} --profile {profile} FILE",
                super::entries::quoted(&key)
            ),
        ));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::versions(&bucket, &key, Some(&id)))));
        items
    });
    let (folder, own) = parts(&key);
    let up = StoredValue::new((folder.clone(), navigate));
    let leave = move || {
        up.with_value(|(folder, navigate)| {
            navigate(&address::folder(&name.get_value(), folder, false), NavigateOptions::default());
        });
    };
    crate::keys::on(crate::keys::Action::Back, leave);
    let head = StoredValue::new((folder, own));

    let by_date = RwSignal::new(false);
    let confirming = RwSignal::new(None::<Plan>);
    let started = RwSignal::new(None::<OperationId>);

    let list = move || {
        let (folder, own) = head.get_value();
        view! {
            <Head bucket=name.get_value() folder title=format::visible(&own)>
                <button type="button" class="btn" on:click=move |_| by_date.set(true)>
                    "Restore by date…"
                </button>
            </Head>
            <ByDate
                open=by_date
                bucket=name.get_value()
                key=whole.get_value()
                on_plan=Callback::new(move |plan| confirming.set(Some(plan)))
            />
            <ConfirmPlan plan=confirming on_started=Callback::new(move |id| started.set(Some(id))) />
            <ListTools
                name="Filter versions"
                example="Filter: size>1MB stored:<now-2d"
                set
                one="version"
                many="versions"
                order=", in stored order"
            >
                <Segmented
                    name="View"
                    choices=vec![(false, "Objects"), (true, "Versions")]
                    chosen=Signal::stored(true)
                    on_choose=Callback::new(move |versions: bool| {
                        if !versions {
                            leave();
                        }
                    })
                />
            </ListTools>
            <ListStates
                set
                empty=|| {
                    view! { <Empty title="No versions" text="This key has no versions, not even a delete marker." icon="history" /> }
                }
            >
                <Grid
                    name="Versions"
                    set
                    columns=columns()
                    state
                    on_open=on_cursor
                    on_cursor
                    copies
                    row_class=Callback::new(|row: VersionRow| if row.fact.delete_marker { "marker" } else { "" })
                />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <VersionPane bucket=name.get_value() key=whole.get_value() row newest started /> }.into_any(),
                None => {
                    view! { <Empty title="No version is selected" text="Choose one with the arrow keys to see what it holds and to bring it back." icon="history" /> }
                        .into_any()
                }
            }}
        }
    };
    view! { <Split list detail /> }
}

async fn bridge_rows(set: contract::SetId) -> Result<Vec<VersionRow>, contract::Fault> {
    let window = crate::bridge::call(ReadRows { set, from: 0, to: 50 }).await?;
    Ok(VersionRow::take(window.rows).unwrap_or_default())
}
