//! One visit to a state: attempts with their jobs, input, output, cause.

use super::{
    cells::of_state,
    list::took,
    state_compare::StatePayload,
    watch::Watched,
    why::{Causes, JobLine},
};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        fault::FaultView,
        icon::Icon,
        json_tree::JsonTree,
        states::Skeleton,
        status::{Shape, Status},
        tabs::Tabs,
        turns::Turns,
    },
};
use contract::{
    Fault,
    executions::{Attempt, PayloadSide, ReadState, StateDetail},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use wasm_bindgen::JsCast as _;

#[component]
pub fn StatePane(arn: String, state: String, watched: Watched, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let detail = RwSignal::new(None::<Result<StateDetail, Fault>>);
    let asked = StoredValue::new((arn, state));
    // A running state goes on while it is looked at.
    let events = Memo::new(move |_| watched.view.with(|view| view.as_ref().map(|view| view.events)));
    let turns = Turns::start();
    Effect::new(move |_| {
        events.get();
        let (arn, state) = asked.get_value();
        let turn = turns.ask();
        spawn_local(async move {
            let answer = bridge::call(ReadState { arn, state }).await;
            if turn.take() {
                detail.set(Some(answer));
            }
        });
    });
    let tab = RwSignal::new("attempts".to_owned());
    // What opened it: a state of the graph, a row of the list.
    let before = StoredValue::new_local(document().active_element());
    let on_close = Callback::new(move |()| {
        if let Some(element) = before.get_value() {
            focus(&element);
        }
        on_close.run(());
    });
    keys::on(Action::Back, move || on_close.run(()));
    view! {
        <section class="drawer state-pane" aria-label="State">
            {move || match detail.get() {
                None => view! { <Skeleton rows=4 /> }.into_any(),
                Some(Err(fault)) => view! { <FaultView fault /> }.into_any(),
                Some(Ok(detail)) => view! { <Shown arn=asked.with_value(|asked| asked.0.clone()) detail watched tab on_close /> }.into_any(),
            }}
        </section>
    }
}

/// The states of a graph are shapes, all else is HTML.
fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    }
}

#[component]
fn Shown(
    arn: String,
    detail: StateDetail,
    watched: Watched,
    tab: RwSignal<String>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let row = detail.row.clone();
    let arn = StoredValue::new(arn);
    let detail = StoredValue::new(detail);
    view! {
        <div class="drawer-head">
            <h3 class="cut">{[row.within.clone(), vec![row.name.clone()]].concat().join(" › ")}</h3>
            <Status shape=of_state(row.status) word=row.status.word() />
            <span class="soft">{row.exited.map(|exited| took(row.entered, exited))}</span>
            <button type="button" class="icon-btn" aria-label="Close the state" on:click=move |_| on_close.run(())>
                <Icon name="x" />
            </button>
        </div>
        <Tabs
            name="State"
            tabs=vec![("attempts", "Attempts"), ("input", "Input"), ("output", "Output"), ("cause", "Error"), ("text", "Definition")]
            chosen=tab
            on_choose=Callback::new(move |chosen| tab.set(chosen))
        />
        <div class="drawer-body">
            {move || {
                let none = |text: &'static str| view! { <p class="soft">{text}</p> }.into_any();
                detail.with_value(|detail| match tab.get().as_str() {
                    "input" | "output" => {
                        let (side, payload) = if tab.read().as_str() == "input" {
                            (PayloadSide::Input, detail.input.clone())
                        } else {
                            (PayloadSide::Output, detail.output.clone())
                        };
                        let (visit, name) = (detail.row.id.clone(), detail.row.name.clone());
                        view! { <StatePayload arn=arn.get_value() visit name side payload watched /> }.into_any()
                    }
                    "cause" => {
                        if detail.cause.is_empty() {
                            none("It has no error.")
                        } else {
                            view! { <Causes cause=detail.cause.clone() /> }.into_any()
                        }
                    }
                    "text" => match detail.definition.clone() {
                        Some(text) => view! { <JsonTree text truncated=false name="Definition of the state" /> }.into_any(),
                        None => none("The definition could not be read."),
                    },
                    _ => view! { <Attempts detail=detail.clone() /> }.into_any(),
                })
            }}
        </div>
    }
}

#[component]
fn Attempts(detail: StateDetail) -> impl IntoView {
    let StateDetail { attempts, children, map_run, .. } = detail;
    let empty = attempts.is_empty() && children.is_empty() && map_run.is_none();
    view! {
        {empty.then(|| view! { <p class="soft">"This state does its work inside the workflow: it starts no job."</p> })}
        <ol class="attempts" role="list" aria-label="Attempts">
            {attempts.into_iter().map(|attempt| view! { <AttemptLine attempt /> }).collect_view()}
        </ol>
        {children.into_iter().map(|child| view! {
            <p><A href=address::execution(&child.arn) attr:class="link">{format!("Execution {} of {}", child.name, child.machine)}</A></p>
        }).collect_view()}
        {map_run.map(|arn| view! { <p><A href=address::map_run(&arn) attr:class="link">"Executions of the Map Run"</A></p> })}
    }
}

#[component]
fn AttemptLine(attempt: Attempt) -> impl IntoView {
    let desk = Desk::get();
    let (shape, word) = match (&attempt.error, attempt.ended) {
        (Some(_), _) => (Shape::Bad, "failed"),
        (None, Some(_)) => (Shape::Good, "succeeded"),
        (None, None) => (Shape::Running, "running"),
    };
    let (from, to) = (attempt.started, attempt.ended);
    view! {
        <li>
            <p>
                <strong>{format!("Attempt {}", attempt.number)}</strong>
                " "
                <Status shape word />
                " "
                <time class="dim" title=format::hover_time(from)>{move || format::time_exact(from, desk.zone())}</time>
                <span class="soft">{to.map(|to| format!(", {}", took(from, to)))}</span>
            </p>
            {attempt.error.map(|error| view! { <p><span class="chip mono">{error}</span> " " <span class="soft selectable">{attempt.cause}</span></p> })}
            {attempt.job.map(|job| view! { <JobLine job /> })}
        </li>
    }
}
