//! What drifted and matters, over all schedules that watch data: a column that drifts in several models is one line.

use super::{
    AREA,
    cells::{figure, figure_cell},
    monitors::{Listed, ViewSwitch},
};
use crate::{
    address, format,
    parts::{
        cells::text_cell,
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        split::Split,
        states::Empty,
    },
};
use contract::{
    drift::{OpenWorklist, WorkRow},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for WorkRow {
    fn id(&self) -> String {
        self.feature.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Worklist(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<WorkRow>> {
    vec![
        Column::new("feature", "Feature".to_owned(), |row: &WorkRow| {
            let shown = format::visible(&row.feature);
            view! { <span class="mono cut" title=shown.clone()>{shown.clone()}</span> }.into_any()
        })
        .share(3)
        .sort("feature"),
        Column::new("words", "What".to_owned(), |row: &WorkRow| text_cell(Some(row.words.clone()))).share(4),
        Column::new("schedules", "Monitors".to_owned(), |row: &WorkRow| {
            view! { {format::count(row.schedules.len() as u64)} }.into_any()
        })
        .width(84)
        .numeric()
        .sort("schedules"),
        Column::new("distance", "Distance".to_owned(), |row: &WorkRow| figure_cell(Some(row.distance)))
            .width(92)
            .numeric()
            .sort("distance"),
        Column::new("threshold", "Threshold".to_owned(), |row: &WorkRow| figure_cell(row.threshold))
            .width(92)
            .numeric()
            .sort("threshold")
            .hidden(),
        // A dash would look like nothing.
        Column::new("importance", "Importance".to_owned(), |row: &WorkRow| match row.importance {
            Some(importance) => figure_cell(Some(importance)),
            None => text_cell(Some("not known".to_owned())),
        })
        .width(100)
        .numeric()
        .sort("importance"),
        Column::new("weight", "Weight".to_owned(), |row: &WorkRow| figure_cell(Some(row.weight)))
            .width(84)
            .numeric()
            .sort("weight"),
    ]
}

/// The feature where it drifted most.
fn worst(row: &WorkRow) -> Option<String> {
    row.schedules.first().map(|schedule| address::feature(schedule, &row.feature, None))
}

/// See the module.
#[component]
pub fn Worklist() -> impl IntoView {
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenWorklist {}), move || filter.get(), state.sort);
    let change = StoredValue::new_local(use_change());
    let current = RwSignal::new(None::<WorkRow>);
    let on_cursor = Callback::new(move |row: WorkRow| {
        change.with_value(|change| change("sel", Some(row.feature.clone())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: WorkRow| {
        if let Some(address) = worst(&row) {
            navigate(&address, NavigateOptions::default());
        }
    });
    let copies = Callback::new(|row: WorkRow| {
        let mut items = vec![
            ("Feature".to_owned(), row.feature.clone()),
            ("What".to_owned(), row.words.clone()),
            ("Monitors".to_owned(), row.schedules.join(", ")),
        ];
        items.extend(worst(&row).map(|address| ("Link".to_owned(), format!("quarterdeck:/{address}"))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Worklist".to_owned()>
                <ViewSwitch shown=Listed::Worklist />
            </Head>
            <ListTools name="Filter the worklist" example="Filter: feature:weather* endpoint:no-show* distance>0.2" set one="feature" many="features" />
            <ListStates
                set
                empty=|| view! { <Empty title="Nothing drifted" text="No feature of a newest report is beyond its threshold. Monitors that measure nothing are not in here: the list of monitors names them." icon="check" /> }
            >
                <Grid name="Worklist" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <WorkPane row /> }.into_any(),
                None => view! { <Empty title="Nothing is selected" text="Choose a feature with the arrow keys to see in which models it drifted; Enter opens the worst of them." icon="drift" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn WorkPane(row: WorkRow) -> impl IntoView {
    let name = format::visible(&row.feature);
    let href = worst(&row);
    let feature = row.feature.clone();
    let line = move |schedule: String| {
        let (to, shown) = (address::feature(&schedule, &feature, None), format::visible(&schedule));
        view! { <li data-id=schedule><A href=to attr:class="link">{shown}</A></li> }
    };
    let endpoint = |name: String| {
        let to = address::endpoint(&name);
        view! { <li><A href=to attr:class="link">{format::visible(&name)}</A></li> }
    };
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">{format!("Drifted in {}", format::counted(row.schedules.len() as u64, "monitor", "monitors"))}</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                <div class="verdict bad"><p class="selectable">{row.words.clone()}</p></div>
                <dl class="kv">
                    <dt>"Distance"</dt>
                    <dd class="num-text">{figure(row.distance)}</dd>
                    {row.threshold.map(|threshold| view! { <dt>"Threshold"</dt><dd class="num-text">{figure(threshold)}</dd> })}
                    <dt>"Importance"</dt>
                    <dd class="num-text">{row.importance.map_or_else(|| "not known".to_owned(), figure)}</dd>
                    <dt title="Distance against threshold, times importance, of all monitors together. Where importance is not known, as if all features of a model mattered alike.">"Weight"</dt>
                    <dd class="num-text">{figure(row.weight)}</dd>
                </dl>
                <h3 class="part-title">"Monitors, the worst first"</h3>
                <ul class="plain-list" role="list" aria-label="Monitors">{row.schedules.into_iter().map(line).collect_view()}</ul>
                {(!row.endpoints.is_empty()).then(|| view! {
                    <h3 class="part-title">"Endpoints"</h3>
                    <ul class="plain-list" role="list" aria-label="Endpoints it is used in">{row.endpoints.into_iter().map(endpoint).collect_view()}</ul>
                })}
            </div>
            {href.map(|href| view! { <div class="acts"><A href=href attr:class="btn go">"Open feature"</A></div> })}
        </section>
    }
}
