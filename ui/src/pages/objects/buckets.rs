//! The list of buckets.

use super::{entry_detail::BucketPane, head::Head};
use crate::parts::cells::{dash, text_cell, time_cell, versioning_words};
use crate::parts::list::{ListStates, ListTools, keep_sort, use_change, use_filter};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        grid::{Column, Grid, GridRow, GridState, use_set},
        split::Split,
        states::Empty,
        status::{Shape, Status},
    },
};
use contract::{
    arn,
    objects::{BucketRow, OpenBuckets, Versioning},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for BucketRow {
    fn id(&self) -> String {
        self.name.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Buckets(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<BucketRow>> {
    let desk = Desk::get();
    let created = Signal::derive(move || format!("Created ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("name", "Name".to_owned(), |row: &BucketRow| {
            let href = address::bucket(&row.name);
            let name = row.name.clone();
            view! { <A href=href attr:class="name-link cut" attr:tabindex="-1">{name}</A> }.into_any()
        })
        .share(3)
        .sort("name"),
        Column::new("region", "Region".to_owned(), |row: &BucketRow| text_cell(row.region.clone()))
            .width(96)
            .sort("region"),
        Column::new("versioning", "Versioning".to_owned(), |row: &BucketRow| match (row.versioning, &row.problem) {
            (Some(versioning), _) => {
                let (_, word) = versioning_words(versioning);
                let shape = match versioning {
                    Versioning::Enabled => Shape::Good,
                    Versioning::Suspended => Shape::Warn,
                    Versioning::Never => Shape::Unknown,
                };
                view! { <Status shape word /> }.into_any()
            }
            (None, Some(problem)) => {
                view! { <span class="warn cut" title=problem.clone()>"not readable"</span> }.into_any()
            }
            (None, None) => view! { <span class="waiting"><i class="w-1"></i></span> }.into_any(),
        })
        .width(110)
        .sort("versioning"),
        Column::new("old", "Lifecycle".to_owned(), |row: &BucketRow| match (&row.old_versions, &row.problem) {
            (Some(words), _) => {
                let words = words.clone();
                view! { <span class="soft cut" title=words.clone()>{words.clone()}</span> }.into_any()
            }
            (None, Some(problem)) => {
                view! { <span class="warn cut" title=problem.clone()>{problem.clone()}</span> }.into_any()
            }
            (None, None) => dash(),
        })
        .share(4),
        Column::new("created", created, |row: &BucketRow| time_cell(row.created)).width(166).sort("created"),
    ]
}

/// The root list of the area.
#[component]
pub fn Buckets() -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let query = address::use_query();
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenBuckets {}), move || filter.get(), state.sort);
    let current = RwSignal::new(None::<BucketRow>);
    let change = use_change();
    let on_cursor = Callback::new(move |row: BucketRow| {
        change("sel", Some(row.name.clone()));
        current.set(Some(row));
    });
    let on_open =
        Callback::new(move |row: BucketRow| navigate(&address::bucket(&row.name), NavigateOptions::default()));
    let copies = Callback::new(move |row: BucketRow| {
        let profile = desk.profile_argument();
        vec![
            ("Name".to_owned(), row.name.clone()),
            ("ARN".to_owned(), arn::bucket(&desk.region(), &row.name)),
            ("S3 URI".to_owned(), format!("s3://{}", row.name)),
            (
                "aws command".to_owned(),
                format!("aws s3api list-objects-v2 --bucket {} --delimiter / --profile {profile}", row.name),
            ),
            ("Link".to_owned(), format!("quarterdeck:/{}", address::bucket(&row.name))),
        ]
    });
    let list = move || {
        view! {
            <Head title="Buckets" />
            <ListTools name="Filter buckets" example="Filter: name:lake* versioning:enabled" set one="bucket" many="buckets" />
            <ListStates
                set
                empty=|| {
                    view! { <Empty title="No buckets" text="This account has no buckets, or the profile may not list them. Another profile or region may." icon="archive" /> }
                }
            >
                <Grid name="Buckets" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <BucketPane bucket=row.name.clone() /> }.into_any(),
                None => view! { <Empty title="No bucket is selected" text="Choose one with the arrow keys to see how it is set up; Enter opens it." icon="archive" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}
