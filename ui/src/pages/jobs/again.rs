//! Run again: arguments, configuration and capacity of a run as its engine has them, to be changed and planned.

pub mod foot;
pub mod form;

use crate::{
    address, bridge,
    parts::{dialog::Dialog, differences::Differences, icon::Icon, states::Skeleton},
};
use contract::{
    Fault,
    jobs::{EditJob, JobChange, JobEdit, JobForm, JobId, PlanJobRun},
    plan::Plan,
};
use foot::SheetFoot;
use form::{Typed, by_line, changes};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::components::A;
use std::time::Duration;
use wasm_bindgen::JsCast as _;

/// A pause in typing before what was typed is looked at.
pub const PAUSE: Duration = Duration::from_millis(250);

/// What the sheet holds while it is open.
#[derive(Clone, Copy)]
struct Sheet {
    job: StoredValue<JobId>,
    /// As the core last answered.
    edit: RwSignal<Option<JobEdit>>,
    typed: RwSignal<Typed>,
    /// The cluster that gets the step, once one was chosen.
    cluster: RwSignal<Option<String>>,
    /// What is wrong with what was typed.
    problem: RwSignal<Option<String>>,
    fault: RwSignal<Option<Fault>>,
    busy: RwSignal<bool>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    ticket: StoredValue<u64>,
}

impl Sheet {
    fn of(job: StoredValue<JobId>) -> Self {
        Self {
            job,
            edit: RwSignal::new(None),
            typed: RwSignal::new(Typed::default()),
            cluster: RwSignal::new(None),
            problem: RwSignal::new(None),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
            waiting: StoredValue::new(None),
            ticket: StoredValue::new(0),
        }
    }

    /// Asks what these changes come to; with `fill` the fields show the answer.
    fn ask(self, changes: Vec<JobChange>, fill: bool) {
        let mine = self.ticket.get_value() + 1;
        self.ticket.set_value(mine);
        let request = EditJob { id: self.job.get_value(), changes, cluster: self.cluster.get_untracked() };
        spawn_local(async move {
            let answer = bridge::call(request).await;
            if self.ticket.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(edit) => {
                    if fill {
                        self.typed.set(Typed::of(&edit.now));
                    }
                    self.fault.set(None);
                    self.problem.set(edit.problem.clone());
                    self.edit.set(Some(edit));
                }
                Err(why) => self.fault.set(Some(why)),
            }
        });
    }

    /// What was typed, or why it cannot be read.
    fn changes(self) -> Result<Vec<JobChange>, String> {
        let was = self.edit.with_untracked(|edit| edit.as_ref().map(|edit| edit.was.clone())).unwrap_or_default();
        self.typed.with_untracked(|typed| changes(&was, typed))
    }

    /// Looks at the edit once the person pauses.
    fn look(self) {
        if let Some(handle) = self.waiting.get_value() {
            handle.clear();
        }
        let look = move || match self.changes() {
            Ok(changes) => self.ask(changes, false),
            Err(why) => self.problem.set(Some(why)),
        };
        self.waiting.set_value(set_timeout_with_handle(look, PAUSE).ok());
    }

    fn change(self, change: impl FnOnce(&mut Typed)) {
        self.typed.update(change);
        self.look();
    }

    /// What a step has of its cluster it has of the chosen one then, so the fields are filled anew.
    fn choose_cluster(self, cluster: String) {
        match self.changes() {
            Ok(changes) => {
                self.cluster.set(Some(cluster));
                self.ask(changes, true);
            }
            Err(why) => self.problem.set(Some(why)),
        }
    }

    /// Plans the run, closes the sheet and hands the plan over.
    fn plan(self, open: RwSignal<bool>, plan: RwSignal<Option<Plan>>) {
        if self.busy.get_untracked() {
            return;
        }
        let changes = match self.changes() {
            Ok(changes) => changes,
            Err(why) => return self.problem.set(Some(why)),
        };
        self.busy.set(true);
        self.fault.set(None);
        let request = PlanJobRun { id: self.job.get_value(), changes, cluster: self.cluster.get_untracked() };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(made) => {
                    open.try_set(false);
                    plan.try_set(Some(made));
                }
                Err(why) => {
                    self.fault.try_set(Some(why));
                }
            }
            self.busy.try_set(false);
        });
    }
}

/// `first` are the changes that it opens with: a finding's suggestions.
#[component]
pub fn AgainDialog(
    open: RwSignal<bool>,
    job: StoredValue<JobId>,
    first: Signal<Vec<JobChange>>,
    plan: RwSignal<Option<Plan>>,
) -> impl IntoView {
    let sheet = Sheet::of(job);
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        sheet.edit.set(None);
        sheet.cluster.set(None);
        sheet.problem.set(None);
        sheet.fault.set(None);
        sheet.ask(first.get_untracked(), true);
    });
    let was = Memo::new(move |_| sheet.edit.with(|edit| edit.as_ref().map(|edit| edit.was.clone())));
    // The fields come when the sheet is open already: the first that can be typed into gets the focus then.
    let form = NodeRef::<html::Form>::new();
    Effect::new(move |had: Option<bool>| {
        let has = was.read().is_some();
        if has && had == Some(false) {
            request_animation_frame(move || focus_first_field(form));
        }
        has
    });
    view! {
        <Dialog name="Run again".to_owned() open wide=true>
            <form
                node_ref=form
                class="confirm-form start-form"
                on:submit=move |event| {
                    event.prevent_default();
                    sheet.plan(open, plan);
                }
            >
                <h2>"Run again"</h2>
                <Advice sheet />
                <Clusters sheet />
                {move || match was.get() {
                    Some(was) => view! { <Fields sheet was /> }.into_any(),
                    None => sheet.fault.with(Option::is_none).then(|| view! { <Skeleton rows=6 /> }).into_any(),
                }}
                <SheetFoot
                    open
                    problem=sheet.problem
                    problem_id="again-problem"
                    edit=sheet.edit
                    fault=sheet.fault
                    busy=sheet.busy
                    verb="Plan to run"
                >
                    <Changed sheet />
                </SheetFoot>
            </form>
        </Dialog>
    }
}

fn focus_first_field(form: NodeRef<html::Form>) {
    let field = form.get_untracked().and_then(|form| form.query_selector("textarea, input").ok().flatten());
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// A run that an execution started is best run again by that execution.
#[component]
fn Advice(sheet: Sheet) -> impl IntoView {
    let execution = Memo::new(move |_| sheet.edit.with(|edit| edit.as_ref().and_then(|edit| edit.execution.clone())));
    move || {
        execution.get().map(|arn| {
            let name = arn.rsplit(':').next().unwrap_or(&arn).to_owned();
            view! {
                <div class="notice warn">
                    <Icon name="triangle-alert" />
                    <div>
                        "Rather run the execution again that started it: "
                        <A href=address::execution(&arn) attr:class="link">{name}</A>
                        ". Here the run goes alone, and the states after it do not follow."
                    </div>
                </div>
            }
        })
    }
}

/// The clusters that accept steps.
#[component]
fn Clusters(sheet: Sheet) -> impl IntoView {
    let clusters = Memo::new(move |_| {
        sheet.edit.with(|edit| {
            let edit = edit.as_ref()?;
            let rows = edit.clusters.iter().map(|row| (row.id.own().to_owned(), row.name.clone()));
            edit.cluster.clone().map(|chosen| (chosen, rows.collect::<Vec<_>>()))
        })
    });
    move || {
        clusters.get().map(|(chosen, rows)| {
            let gone = rows.iter().all(|(id, _)| *id != chosen);
            let none = gone.then(|| format!("{chosen}, which accepts no steps"));
            view! {
                <label class="field">
                    <span id="again-cluster">"Cluster"</span>
                    <span class="select">
                        <select
                            aria-labelledby="again-cluster"
                            on:change:target=move |event| sheet.choose_cluster(event.target().value())
                        >
                            {none.map(|words| view! { <option value="" disabled=true selected=true>{words}</option> })}
                            {rows.into_iter().map(|(id, name)| {
                                let words = format!("{name} ({id})");
                                let is_chosen = id == chosen;
                                view! { <option value=id selected=is_chosen>{words}</option> }
                            }).collect_view()}
                        </select>
                        <Icon name="chevron-down" />
                    </span>
                </label>
            }
        })
    }
}

#[component]
fn Fields(sheet: Sheet, was: JobForm) -> impl IntoView {
    let several = was.arguments.as_ref().is_some_and(|all| !by_line(all));
    let arguments = was.arguments.is_some() && !several;
    view! {
        {was.settings.is_some().then(|| view! {
            <Lines problem=sheet.problem problem_id="again-problem" name="Configuration, one key=value a line" id="again-settings"
                value=Signal::derive(move || sheet.typed.with(|typed| typed.settings.clone()))
                on_change=Callback::new(move |text| sheet.change(|typed| typed.settings = text)) />
        })}
        {arguments.then(|| view! {
            <Lines problem=sheet.problem problem_id="again-problem" name="Arguments, one a line" id="again-arguments"
                value=Signal::derive(move || sheet.typed.with(|typed| typed.arguments.clone()))
                on_change=Callback::new(move |text| sheet.change(|typed| typed.arguments = text)) />
        })}
        {several.then(|| view! { <p class="dim small">"An argument of it has several lines: its arguments go along as they are."</p> })}
        {was.named.is_some().then(|| view! {
            <Lines problem=sheet.problem problem_id="again-problem" name="Arguments, one --name=value a line" id="again-named"
                value=Signal::derive(move || sheet.typed.with(|typed| typed.named.clone()))
                on_change=Callback::new(move |text| sheet.change(|typed| typed.named = text)) />
        })}
        <div class="fields-row">
            {was.program.is_some().then(|| view! {
                <Line name="Program" id="again-program"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.program.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.program = text)) />
            })}
            {was.main_class.is_some().then(|| view! {
                <Line name="Main class, of a jar" id="again-class"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.main_class.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.main_class = text)) />
            })}
            {was.workers.is_some().then(|| view! {
                <Line name="Worker type" id="again-worker-type"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.worker_type.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.worker_type = text)) />
                <Line name="Workers" id="again-workers"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.workers.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.workers = text)) />
            })}
            {was.release.is_some().then(|| view! {
                <Line name="Release" id="again-release"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.release.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.release = text)) />
            })}
            {was.timeout_minutes.is_some().then(|| view! {
                <Line name="Timeout, minutes" id="again-timeout"
                    value=Signal::derive(move || sheet.typed.with(|typed| typed.timeout.clone()))
                    on_change=Callback::new(move |text| sheet.change(|typed| typed.timeout = text)) />
            })}
        </div>
    }
}

#[component]
pub fn Lines(
    /// What is wrong with what was typed, and where that is said.
    problem: RwSignal<Option<String>>,
    problem_id: &'static str,
    name: &'static str,
    id: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <span id=id>{name}</span>
            <textarea
                class="mono editor"
                rows="6"
                spellcheck="false"
                aria-labelledby=id
                aria-invalid=move || problem.read().is_some().to_string()
                aria-describedby=problem_id
                prop:value=value
                on:input:target=move |event| on_change.run(event.target().value())
            ></textarea>
        </div>
    }
}

#[component]
pub fn Line(name: &'static str, id: &'static str, value: Signal<String>, on_change: Callback<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span id=id>{name}</span>
            // WebKit counts what a field holds among the text of the label around it.
            <input type="text" class="mono" aria-labelledby=id autocomplete="off" spellcheck="false" prop:value=value on:input:target=move |event| on_change.run(event.target().value()) />
        </label>
    }
}

/// What differs from the run as it was.
#[component]
fn Changed(sheet: Sheet) -> impl IntoView {
    let differences = Memo::new(move |_| sheet.edit.with(|edit| edit.as_ref().map(|edit| edit.differences.clone())));
    move || {
        differences.get().map(|differences| {
            if differences.is_empty() {
                view! { <p class="soft">"It is asked for as it was."</p> }.into_any()
            } else {
                view! { <Differences differences /> }.into_any()
            }
        })
    }
}
