//! All pipelines of the region: how each ended last.

use super::cells::{ago, id_of, marks, of_status};
use crate::{
    address,
    desk::Desk,
    format,
    pages::models::{
        AREA,
        list::{Counts, Listed, ViewSwitch, keep_count},
    },
    parts::{
        cells::time_cell,
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        split::Split,
        states::Empty,
        status::Status,
    },
};
use contract::{
    models::{OpenPipelines, PipelineMark, PipelineRow},
    sets::Rows,
    shell,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for PipelineRow {
    fn id(&self) -> String {
        self.name.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Pipelines(rows) => Some(rows),
            _ => None,
        }
    }
}

fn last_cell(row: &PipelineRow) -> AnyView {
    match (&row.last, &row.problem) {
        (Some(Some(last)), _) => view! { <Status shape=of_status(last.status) word=last.status.word() /> }.into_any(),
        (Some(None), _) => view! { <span class="dim">"never ran"</span> }.into_any(),
        (None, Some(problem)) => {
            view! { <span class="warn cut" title=problem.clone()>"not readable"</span> }.into_any()
        }
        (None, None) => view! { <span class="waiting"><i class="w-1"></i></span> }.into_any(),
    }
}

fn columns() -> Vec<Column<PipelineRow>> {
    let desk = Desk::get();
    let modified = Signal::derive(move || format!("Modified ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("name", "Name".to_owned(), |row: &PipelineRow| {
            let name = format::visible(&row.name);
            let title = row.title.as_ref().map_or_else(|| name.clone(), |title| format::visible(title));
            view! { <span class="cut" title=title>{name}</span> }.into_any()
        })
        .share(4)
        .sort("name"),
        Column::new("status", "Last".to_owned(), last_cell).width(112).sort("status"),
        Column::new("last", "When".to_owned(), |row: &PipelineRow| {
            ago(row.last.as_ref().and_then(|last| last.as_ref()).and_then(|last| last.started))
        })
        .width(96)
        .sort("last"),
        Column::new("runs", "Last executions".to_owned(), |row: &PipelineRow| marks(&row.runs)).width(176),
        Column::new("modified", modified, |row: &PipelineRow| time_cell(row.modified))
            .width(142)
            .sort("modified")
            .hidden(),
    ]
}

#[component]
pub fn Pipelines() -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let counts = Counts::new();
    let set = use_set(|| Some(OpenPipelines {}), move || filter.get(), state.sort);
    keep_count(set, counts.pipelines);
    let current = RwSignal::new(None::<PipelineRow>);
    let on_cursor = Callback::new(move |row: PipelineRow| {
        change.with_value(|change| change("sel", Some(row.name.clone())));
        current.set(Some(row));
    });
    let on_open =
        Callback::new(move |row: PipelineRow| navigate(&address::pipeline(&row.name), NavigateOptions::default()));
    let copies = Callback::new(move |row: PipelineRow| {
        let describe = format!(
            "aws sagemaker describe-pipeline --pipeline-name {} --profile {}",
            shell::quote(&row.name),
            desk.profile_argument()
        );
        let mut items = vec![
            ("Name".to_owned(), row.name.clone()),
            ("ARN".to_owned(), row.arn.clone()),
            ("aws command".to_owned(), describe),
        ];
        items.extend(row.last.flatten().map(|last| ("ARN of the last execution".to_owned(), last.arn)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::pipeline(&row.name))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Pipelines".to_owned() />
            <ListTools name="Filter pipelines" example="Filter: status:failed last:>now-7d name:train*" set one="pipeline" many="pipelines">
                <ViewSwitch shown=Listed::Pipelines counts />
            </ListTools>
            <ListStates
                set
                empty=|| view! { <Empty title="No pipelines" text="SageMaker has no pipeline in this region, or none that this profile may list. Choose another region or profile in the top bar." icon="git-branch" /> }.into_any()
            >
                <Grid name="Pipelines" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <Summary row /> }.into_any(),
                None => view! { <Empty title="No pipeline is selected" text="Choose one with the arrow keys to see how it ended; Enter opens its executions." icon="git-branch" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// The pipeline under the cursor: what it makes, and its last executions.
#[component]
fn Summary(row: PipelineRow) -> impl IntoView {
    let name = format::visible(&row.name);
    let href = address::pipeline(&row.name);
    let nothing = row.last == Some(None);
    let newest = row.runs.first().map(|run| address::pipeline_execution(&run.arn));
    view! {
        <section class="detail" role="region" aria-label=name data-id=row.name>
            <div class="head">
                <div class="crumb">"Pipeline"</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                {row.problem.map(|problem| view! { <p class="warn">{problem}</p> })}
                <dl class="kv">
                    {row.title.map(|title| view! { <dt>"Title"</dt><dd>{format::visible(&title)}</dd> })}
                    <dt>"Modified"</dt>
                    <dd>{time_cell(row.modified)}</dd>
                    {(!row.registers.is_empty()).then(|| view! {
                        <dt>"Registers"</dt>
                        <dd>{row.registers.into_iter().map(|group| view! { <p><A href=address::model_group(&group) attr:class="link">{group}</A></p> }).collect_view()}</dd>
                    })}
                </dl>
                <section aria-label="Last executions">
                    <h3 class="part-title">"Last executions"</h3>
                    {nothing.then(|| view! { <p class="soft">"It has never run."</p> })}
                    <ul class="plain-list" role="list">
                        {row.runs.into_iter().map(|run| view! { <RunLine run /> }).collect_view()}
                    </ul>
                </section>
            </div>
            <div class="acts">
                <A href attr:class="btn go">"Open pipeline"</A>
                {newest.map(|href| view! { <A href attr:class="btn">"Open last execution"</A> })}
            </div>
        </section>
    }
}

#[component]
fn RunLine(run: PipelineMark) -> impl IntoView {
    let id = id_of(&run.arn).to_owned();
    view! {
        <li>
            <A href=address::pipeline_execution(&run.arn) attr:class="link mono">{id}</A>
            " "
            <Status shape=of_status(run.status) word=run.status.word() />
            " "
            {ago(run.started)}
        </li>
    }
}
