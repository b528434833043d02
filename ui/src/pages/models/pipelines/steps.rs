//! The steps of an execution: as a graph, and as a table below it. Both show the one that is selected.

use super::{
    cells::{of_standing, took},
    graph::{drawn, run_of},
    step::goes_on,
};
use crate::{
    format,
    keys::{self, Action},
    parts::{graph::GraphView, states::Empty, status::Status},
};
use contract::models::{PipelineExecutionDetail, StepGraph};
use leptos::prelude::*;
use std::sync::Arc;

/// Without the seconds of what goes on: those are counted here, and an answer that tells nothing else draws nothing
/// anew.
pub fn at_rest(graph: &StepGraph) -> StepGraph {
    let mut graph = graph.clone();
    for step in graph.steps.iter_mut().filter(|step| goes_on(step.standing)) {
        if let Some(run) = &mut step.run {
            run.seconds = None;
        }
    }
    graph
}

/// The keys of a list go through the steps, in the order of the table.
pub fn walk_by_keys(graph: Memo<Option<StepGraph>>, selected: RwSignal<Option<String>>) {
    let go = move |to: &dyn Fn(Option<usize>, usize) -> usize| {
        graph.with_untracked(|graph| {
            let Some(graph) = graph else { return };
            let Some(last) = graph.steps.len().checked_sub(1) else { return };
            let now =
                selected.with_untracked(|name| graph.steps.iter().position(|step| Some(&step.name) == name.as_ref()));
            if let Some(step) = graph.steps.get(to(now, last).min(last)) {
                selected.set(Some(step.name.clone()));
            }
        });
    };
    keys::on(Action::Down, move || go(&|now, _| now.map_or(0, |now| now + 1)));
    keys::on(Action::Up, move || go(&|now, _| now.map_or(0, |now| now.saturating_sub(1))));
    keys::on(Action::First, move || go(&|_, _| 0));
    keys::on(Action::Last, move || go(&|_, last| last));
}

/// The graph over the table: both show the step that is selected.
#[component]
pub fn Steps(
    told: RwSignal<Option<PipelineExecutionDetail>>,
    graph: Memo<Option<StepGraph>>,
    selected: RwSignal<Option<String>>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        graph.with(|graph| {
            let steps = graph.iter().flat_map(|graph| &graph.steps);
            steps.map(|step| step.name.clone()).collect::<Vec<_>>()
        })
    });
    let picture = Memo::new(move |_| graph.with(|graph| graph.as_ref().map(|graph| Arc::new(drawn(graph)))));
    let run = Memo::new(move |_| {
        told.with(|told| told.as_ref().map(|told| run_of(&told.graph, &told.failed)).unwrap_or_default())
    });
    let nothing = Memo::new(move |_| graph.with(|graph| graph.as_ref().is_some_and(|graph| graph.steps.is_empty())));
    let there = Memo::new(move |_| graph.with(|graph| graph.as_ref().is_some_and(|graph| !graph.steps.is_empty())));
    view! {
        <Show when=move || nothing.get()>
            <Empty title="No steps" text="No step has begun, and the definition could not be read." icon="git-branch" />
        </Show>
        <Show when=move || there.get()>
            <GraphView graph=picture run selected on_open=Callback::new(|_: String| ()) name="Step graph" />
            <div class="pipeline-steps">
                <table class="table numbers" aria-label="Steps">
                    <thead>
                        <tr>
                            <th scope="col">"Step"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="num">"Attempts"</th>
                            <th scope="col" class="num">"Took"</th>
                        </tr>
                    </thead>
                    <tbody>
                        // A row stays while its step goes on, and with it the focus.
                        <For each=move || names.get() key=|name| name.clone() let:name>
                            <StepLine name graph selected />
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn StepLine(name: String, graph: Memo<Option<StepGraph>>, selected: RwSignal<Option<String>>) -> impl IntoView {
    let (id, shown, pressed, wanted) = (name.clone(), name.clone(), name.clone(), name.clone());
    let step =
        Memo::new(move |_| graph.with(|graph| graph.as_ref()?.steps.iter().find(|step| step.name == wanted).cloned()));
    let is_on = move || selected.read().as_ref() == Some(&shown);
    let status = move || {
        step.get().map(|step| {
            let cached = step.run.is_some_and(|run| run.cached_from.is_some());
            view! {
                <Status shape=of_standing(step.standing) word=step.standing.word() />
                {cached.then(|| view! { " " <span class="chip">"cached"</span> })}
            }
        })
    };
    let attempts = move || {
        let attempts = step.with(|step| step.as_ref()?.run.as_ref().map(|run| run.attempts));
        attempts.filter(|attempts| *attempts > 0)
    };
    let took = move || {
        step.get().map(|step| {
            let (started, seconds) = step.run.map_or((None, None), |run| (run.started, run.seconds));
            took(started, seconds, goes_on(step.standing))
        })
    };
    view! {
        <tr class:on=is_on data-id=id>
            <th scope="row"><button type="button" class="link" on:click=move |_| selected.set(Some(pressed.clone()))>{format::visible(&name)}</button></th>
            <td class="dim">{move || step.with(|step| step.as_ref().map(|step| step.kind.clone()))}</td>
            <td>{status}</td>
            <td class="num">{attempts}</td>
            <td class="num">{took}</td>
        </tr>
    }
}
