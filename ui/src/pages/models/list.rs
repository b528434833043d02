//! What waits for a decision, oldest first, or all groups of models.

use super::{
    AREA,
    cells::{gates_cell, glance_cell, metric_words, of_approval, served, waited},
    version::VersionPane,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        answer::Refreshes,
        cells::{dash, text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, SetHandle, use_set},
        head::Head,
        icon::Icon,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        segmented::Segmented,
        split::Split,
        states::Empty,
        status::Status,
    },
};
use contract::{
    models::{
        GroupRow, QueueRow, VersionMark,
        requests::{OpenGroups, OpenQueue},
    },
    sets::{Rows, Sort},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for QueueRow {
    fn id(&self) -> String {
        self.arn.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Queue(rows) => Some(rows),
            _ => None,
        }
    }
}

impl GridRow for GroupRow {
    fn id(&self) -> String {
        self.id.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Groups(rows) => Some(rows),
            _ => None,
        }
    }
}

/// The field by which groups stand together.
const TEAM: &str = "team";

/// What the area lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Waiting,
    Groups,
    Pipelines,
}

/// Rows behind each word of the switch, as far as they are known. They outlive a switch.
#[derive(Clone, Copy)]
pub struct Counts {
    waiting: RwSignal<Option<u64>>,
    groups: RwSignal<Option<u64>>,
    pub pipelines: RwSignal<Option<u64>>,
}

impl Counts {
    pub fn new() -> Self {
        Self { waiting: RwSignal::new(None), groups: RwSignal::new(None), pipelines: RwSignal::new(None) }
    }
}

/// See the module.
#[component]
pub fn ModelList() -> impl IntoView {
    let query = address::use_query();
    let all = Memo::new(move |_| query.read().get("show") == Some("all"));
    let counts = Counts::new();
    view! {
        {move || {
            if all.get() {
                view! { <Groups counts /> }.into_any()
            } else {
                view! { <Waiting counts /> }.into_any()
            }
        }}
    }
}

pub fn keep_count(set: SetHandle, count: RwSignal<Option<u64>>) {
    Effect::new(move |_| {
        let total = set.state.with(|state| state.as_ref().map(|state| state.total));
        if total.is_some() {
            count.set(total);
        }
    });
}

#[component]
pub fn ViewSwitch(shown: Listed, counts: Counts) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <Segmented
            name="View"
            choices=vec![(Listed::Waiting, "Waiting"), (Listed::Groups, "All"), (Listed::Pipelines, "Pipelines")]
            chosen=Signal::stored(shown)
            on_choose=Callback::new(move |shown: Listed| {
                let to = match shown {
                    Listed::Waiting => address::MODELS.to_owned(),
                    Listed::Groups => address::model_groups(),
                    Listed::Pipelines => address::PIPELINES.to_owned(),
                };
                navigate(&to, NavigateOptions::default());
            })
            count=Callback::new(move |shown: Listed| match shown {
                Listed::Waiting => counts.waiting.get(),
                Listed::Groups => counts.groups.get(),
                Listed::Pipelines => counts.pipelines.get(),
            })
        />
    }
}

fn queue_columns() -> Vec<Column<QueueRow>> {
    let desk = Desk::get();
    let since = Signal::derive(move || format!("Since ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("group", "Group".to_owned(), |row: &QueueRow| {
            let name = format::visible(&row.group);
            view! { <span class="cut" title=name.clone()>{name.clone()}</span> }.into_any()
        })
        .share(4)
        .sort("group"),
        Column::new("version", "Version".to_owned(), |row: &QueueRow| view! { {row.version} }.into_any())
            .width(72)
            .numeric()
            .sort("version"),
        Column::new("gates", "Gates".to_owned(), |row: &QueueRow| gates_cell(row.gates.as_ref()))
            .share(3)
            .sort("gates"),
        Column::new("metric", "Main metric".to_owned(), |row: &QueueRow| match &row.metric {
            None => dash(),
            Some((name, told, better)) => {
                let words = metric_words(name, *told, *better);
                let title = format!("{words}; {name} in the file");
                view! { <span class="cut" title=title>{words}</span> }.into_any()
            }
        })
        .width(128)
        .numeric(),
        Column::new("waits", "Waits for".to_owned(), |row: &QueueRow| {
            let words = row.words.clone();
            view! { <span class="dim cut" title=words>{row.waits_for.word()}</span> }.into_any()
        })
        .width(128)
        .sort("waits")
        .hidden(),
        Column::new("stage", "Stage".to_owned(), |row: &QueueRow| text_cell(row.stage.clone()))
            .width(104)
            .sort("stage")
            .hidden(),
        Column::new("team", "Team".to_owned(), |row: &QueueRow| text_cell(row.team.clone()))
            .width(96)
            .sort("team")
            .hidden(),
        Column::new("by", "Registered by".to_owned(), |row: &QueueRow| text_cell(row.registered_by.clone()))
            .width(128)
            .sort("by")
            .hidden(),
        Column::new("waiting", "Waiting".to_owned(), move |row: &QueueRow| match row.since {
            None => dash(),
            Some(since) => {
                view! { <time class="dim" datetime=format::iso(since) title=format::hover_time(since)>{move || waited(since, desk.now.get())}</time> }.into_any()
            }
        })
        .width(84)
        .numeric()
        .sort("since"),
        Column::new("since", since, |row: &QueueRow| time_cell(row.since)).width(142).sort("since").hidden(),
    ]
}

#[component]
fn Waiting(counts: Counts) -> impl IntoView {
    let query = address::use_query();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    // Of the groups only their number is shown here.
    let groups = use_set(|| Some(OpenGroups {}), String::new, RwSignal::new(None));
    let set = use_set(|| Some(OpenQueue {}), move || filter.get(), state.sort);
    // The list and what a decision stands on are looked at again together.
    Refreshes::provide();
    let page = use_context::<Refreshes>();
    Effect::new(move |before: Option<()>| {
        Refreshes::track(page);
        if before.is_some() {
            set.reload();
        }
    });
    keep_count(set, counts.waiting);
    keep_count(groups, counts.groups);
    let current = RwSignal::new(None::<String>);
    let on_cursor = Callback::new(move |row: QueueRow| {
        change.with_value(|change| change("sel", Some(row.arn.clone())));
        current.set(Some(row.arn));
    });
    let on_open =
        Callback::new(move |row: QueueRow| navigate(&address::model_version(&row.arn), NavigateOptions::default()));
    let copies = Callback::new(|row: QueueRow| {
        let describe = format!("aws sagemaker describe-model-package --model-package-name {}", row.arn);
        let mut items = vec![
            ("ARN".to_owned(), row.arn.clone()),
            ("Group".to_owned(), row.group.clone()),
            ("aws command".to_owned(), describe),
        ];
        items.extend(row.since.map(|at| ("Since".to_owned(), format::iso(at))));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::model_version(&row.arn))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Waiting for a decision".to_owned() />
            <ListTools name="Filter model versions" example="Filter: team:revenue red:>0 since:<now-7d" set one="version" many="versions">
                <ViewSwitch shown=Listed::Waiting counts />
            </ListTools>
            <ListStates
                set
                empty=|| view! {
                    <Empty title="Nothing waits for a decision" text="No version of this region is pending. New ones come here as they are registered; all groups with their versions are one step away." icon="check">
                        <A href=address::model_groups() attr:class="btn">"Show all groups"</A>
                    </Empty>
                }.into_any()
            >
                <Grid name="Model versions" set columns=queue_columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let on_decided = Callback::new(move |()| set.reload());
    // A row that was read anew is the same version.
    let shown = Memo::new(move |_| current.get());
    let detail = move || {
        view! {
            {move || match shown.get() {
                Some(arn) => view! { <VersionPane arn on_decided /> }.into_any(),
                None => view! { <Empty title="No version is selected" text="Choose one with the arrow keys to see what a decision on it rests on; Enter opens it beside its group." icon="models" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// `14`, with its state as a shape.
fn mark_cell(mark: Option<&VersionMark>) -> AnyView {
    match mark {
        None => dash(),
        Some(mark) => {
            let shape = of_approval(mark.approval);
            view! { <span title=mark.approval.word()><Status shape word=mark.version.to_string() /></span> }.into_any()
        }
    }
}

fn group_columns() -> Vec<Column<GroupRow>> {
    let desk = Desk::get();
    vec![
        Column::new("name", "Group".to_owned(), |row: &GroupRow| {
            let name = format::visible(&row.name);
            view! { <span class="cut" title=name.clone()>{name.clone()}</span> }.into_any()
        })
        .share(7)
        .sort("name"),
        Column::new("team", "Team".to_owned(), |row: &GroupRow| text_cell(row.team.clone())).width(96).sort(TEAM).hidden(),
        Column::new("versions", "Versions".to_owned(), |row: &GroupRow| view! { {row.versions} }.into_any())
            .width(80)
            .numeric()
            .sort("versions")
            .hidden(),
        Column::new("latest", "Latest".to_owned(), |row: &GroupRow| mark_cell(row.latest.as_ref())).width(64).sort("latest"),
        Column::new("approved", "Approved".to_owned(), |row: &GroupRow| mark_cell(row.approved.as_ref()))
            .width(78)
            .sort("approved"),
        Column::new("age", "Age of the latest".to_owned(), move |row: &GroupRow| {
            match row.latest.as_ref().and_then(|mark| mark.created) {
                None => dash(),
                Some(at) => {
                    view! { <time class="dim" datetime=format::iso(at) title=format::hover_time(at)>{move || waited(at, desk.now.get())}</time> }.into_any()
                }
            }
        })
        .width(120)
        .numeric()
        .sort("registered")
        .hidden(),
        Column::new("pending", "Pending".to_owned(), move |row: &GroupRow| match (row.pending, row.pending_since) {
            (0, _) => dash(),
            (pending, None) => view! { {pending} }.into_any(),
            (pending, Some(since)) => {
                view! { <span title=format::hover_time(since)>{pending} <span class="dim">{move || format!(", {}", waited(since, desk.now.get()))}</span></span> }.into_any()
            }
        })
        .width(96)
        .numeric()
        .sort("pending"),
        Column::new("by", "Who waits".to_owned(), |row: &GroupRow| text_cell(row.pending_by.clone()))
            .width(128)
            .sort("by")
            .hidden(),
        Column::new("stage", "Stage".to_owned(), |row: &GroupRow| text_cell(row.stage.clone()))
            .width(104)
            .sort("stage")
            .hidden(),
        Column::new("deployed", "Serves at".to_owned(), |row: &GroupRow| text_cell(served(&row.deployed)))
            .share(6)
            .sort("endpoint")
            .hidden(),
        Column::new("drift", "Drift".to_owned(), |row: &GroupRow| glance_cell(&row.drift)).share(4).sort("drift"),
        Column::new("monitors", "Monitors".to_owned(), |row: &GroupRow| glance_cell(&row.monitors))
            .share(4)
            .sort("monitors"),
    ]
}

#[component]
fn Groups(counts: Counts) -> impl IntoView {
    let query = address::use_query();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenGroups {}), move || filter.get(), state.sort);
    keep_count(set, counts.groups);
    // The order by team is the one that groups, and it stays in the address.
    let by_team = Memo::new(move |_| state.sort.read().as_ref().is_some_and(|sort| sort.by == TEAM));
    let group_by_team = move |_| {
        let wanted = !by_team.get_untracked();
        state.sort.set(wanted.then(|| Sort { by: TEAM.to_owned(), descending: false }));
    };
    let current = RwSignal::new(None::<GroupRow>);
    let on_cursor = Callback::new(move |row: GroupRow| {
        change.with_value(|change| change("sel", Some(row.id.clone())));
        current.set(Some(row));
    });
    let on_open =
        Callback::new(move |row: GroupRow| navigate(&address::model_group(&row.id), NavigateOptions::default()));
    let copies = Callback::new(|row: GroupRow| {
        let describe = format!("aws sagemaker describe-model-package-group --model-package-group-name {}", row.id);
        let mut items = vec![("Name".to_owned(), row.name.clone()), ("aws command".to_owned(), describe)];
        items.extend(row.latest.map(|mark| ("ARN of the latest version".to_owned(), mark.arn)));
        items.extend(row.approved.map(|mark| ("ARN of the approved version".to_owned(), mark.arn)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::model_group(&row.id))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="All groups".to_owned() />
            <ListTools name="Filter model groups" example="Filter: team:revenue pending:>0 drift:wrong" set one="group" many="groups">
                <ViewSwitch shown=Listed::Groups counts />
                <button type="button" class="btn toggle" aria-pressed=move || by_team.get().to_string() on:click=group_by_team>
                    <Icon name="layers" />
                    "Group by team"
                </button>
            </ListTools>
            <ListStates
                set
                empty=|| view! { <Empty title="No model groups" text="SageMaker has no model package group in this region, or none that this profile may see. Choose another region or profile in the top bar." icon="models" /> }.into_any()
            >
                <Grid name="Model groups" set columns=group_columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <GroupSummary row /> }.into_any(),
                None => view! { <Empty title="No group is selected" text="Choose one with the arrow keys to see where it stands; Enter opens its versions." icon="models" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// The group under the cursor: which versions matter, where it serves, what watches it.
#[component]
fn GroupSummary(row: GroupRow) -> impl IntoView {
    let desk = Desk::get();
    let name = format::visible(&row.name);
    let href = address::model_group(&row.id);
    let mark = |title: &'static str, mark: Option<VersionMark>| {
        mark.map(|mark| {
            let words = format!("Version {}", mark.version);
            let shape = of_approval(mark.approval);
            view! {
                <dt>{title}</dt>
                <dd class="row"><A href=address::model_version(&mark.arn) attr:class="link">{words}</A> <Status shape word=mark.approval.word() /></dd>
            }
        })
    };
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">"Model group"</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                <dl class="kv">
                    {row.team.map(|team| view! { <dt>"Team"</dt><dd>{team}</dd> })}
                    <dt>"Versions"</dt>
                    <dd>{row.versions}</dd>
                    {mark("Latest", row.latest)}
                    {mark("Approved", row.approved)}
                    {row.pending_since.map(|since| view! {
                        <dt>"Pending"</dt>
                        <dd title=format::hover_time(since)>{row.pending} {move || format!(", the first for {}", waited(since, desk.now.get()))}</dd>
                    })}
                    {row.pending_by.map(|person| view! { <dt>"Who waits"</dt><dd>{format::visible(&person)}</dd> })}
                    {row.stage.map(|stage| view! { <dt>"Stage"</dt><dd>{stage}</dd> })}
                    <dt>"Serves at"</dt>
                    <dd>
                        {if row.deployed.is_empty() {
                            view! { <span class="dim">"no endpoint"</span> }.into_any()
                        } else {
                            row.deployed.into_iter().map(|at| {
                                let version = at.version.map(|version| format!(", version {version}"));
                                view! { <p><A href=address::endpoint(&at.endpoint) attr:class="link">{at.endpoint}</A> {format!(" {}", at.status)} {version}</p> }
                            }).collect_view().into_any()
                        }}
                    </dd>
                    <dt>"Drift"</dt>
                    <dd>{glance_cell(&row.drift)}</dd>
                    <dt>"Monitors"</dt>
                    <dd>{glance_cell(&row.monitors)}</dd>
                </dl>
            </div>
            <div class="acts"><A href attr:class="btn go">"Open group"</A></div>
        </section>
    }
}
