//! One more step on a cluster that takes steps: what it runs, and what its failure does to the cluster.

use super::again::{Line, Lines, PAUSE, foot::SheetFoot, form::settings_of};
use crate::{
    address, bridge,
    parts::{
        acts::{Asking, use_made},
        confirm::ConfirmPlan,
        dialog::Dialog,
        icon::Icon,
        outcome::Outcome,
    },
};
use contract::{
    Fault,
    jobs::{EditJob, HomeId, HomeRow, JobChange, JobEdit, JobId, NewStep, PlanJobRun, facts::OnFailure, takes_steps},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    name: String,
    spark: bool,
    program: String,
    main_class: String,
    /// `key=value`, one a line.
    settings: String,
    /// One a line.
    arguments: String,
    on_failure: OnFailure,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            name: String::new(),
            spark: true,
            program: String::new(),
            main_class: String::new(),
            // The driver's log then stands with those of its executors.
            settings: "spark.submit.deployMode=cluster".to_owned(),
            arguments: String::new(),
            on_failure: OnFailure::default(),
        }
    }
}

/// The step that was typed.
///
/// # Errors
/// A field that is empty or a line that cannot be read, in words.
fn step(typed: &Typed) -> Result<NewStep, String> {
    let (name, program) = (typed.name.trim(), typed.program.trim());
    if name.is_empty() {
        return Err("The step needs a name.".to_owned());
    }
    if program.is_empty() {
        return Err("The step needs a program: the address of a script or jar.".to_owned());
    }
    let class = typed.main_class.trim();
    Ok(NewStep {
        name: name.to_owned(),
        spark: typed.spark,
        program: program.to_owned(),
        main_class: (!class.is_empty()).then(|| class.to_owned()),
        settings: if typed.spark { settings_of(&typed.settings)? } else { Vec::new() },
        arguments: typed.arguments.lines().map(str::to_owned).collect(),
        on_failure: typed.on_failure,
    })
}

/// Why a cluster gets no step; `None` where it takes them.
pub fn no_step(row: &HomeRow) -> Option<String> {
    let state = row.state.as_deref().unwrap_or("UNKNOWN");
    (!takes_steps(state)).then(|| format!("It is {state}: it takes no more steps."))
}

/// What the sheet holds while it is open.
#[derive(Clone, Copy)]
struct Sheet {
    cluster: RwSignal<Option<HomeRow>>,
    typed: RwSignal<Typed>,
    /// As the core last answered.
    edit: RwSignal<Option<JobEdit>>,
    problem: RwSignal<Option<String>>,
    fault: RwSignal<Option<Fault>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    ticket: StoredValue<u64>,
}

impl Sheet {
    fn id(self) -> Option<JobId> {
        self.cluster.with_untracked(|row| match row.as_ref().map(|row| &row.id) {
            Some(HomeId::Cluster(cluster)) => Some(JobId::Cluster { cluster: cluster.clone() }),
            _ => None,
        })
    }

    /// Empty fields.
    fn clear(self) {
        self.ticket.update_value(|ticket| *ticket += 1);
        self.typed.set(Typed::default());
        self.edit.set(None);
        self.problem.set(None);
        self.fault.set(None);
    }

    fn changes(self) -> Result<Vec<JobChange>, String> {
        self.typed.with_untracked(step).map(|step| vec![JobChange::Step(step)])
    }

    /// Asks what the step comes to, once the person pauses.
    fn look(self) {
        if let Some(handle) = self.waiting.get_value() {
            handle.clear();
        }
        let mine = self.ticket.get_value() + 1;
        self.ticket.set_value(mine);
        let look = move || match (self.changes(), self.id()) {
            (Ok(changes), Some(id)) => spawn_local(async move {
                let answer = bridge::call(EditJob { id, changes, cluster: None }).await;
                if self.ticket.try_get_value() != Some(mine) {
                    return;
                }
                match answer {
                    Ok(edit) => {
                        self.fault.set(None);
                        self.problem.set(edit.problem.clone());
                        self.edit.set(Some(edit));
                    }
                    Err(why) => self.fault.set(Some(why)),
                }
            }),
            (Err(why), _) => {
                self.edit.set(None);
                self.problem.set(Some(why));
            }
            (Ok(_), None) => {}
        };
        self.waiting.set_value(set_timeout_with_handle(look, PAUSE).ok());
    }

    fn change(self, change: impl FnOnce(&mut Typed)) {
        self.typed.update(change);
        self.look();
    }
}

/// The sheet, the plan that it comes to, and the way to the step once it is there. `cluster` is whose sheet opens.
#[component]
pub fn AddStep(open: RwSignal<bool>, cluster: RwSignal<Option<HomeRow>>) -> impl IntoView {
    let navigate = use_navigate();
    let asking = Asking::new();
    let made = use_made(asking.started, |step| step.job);
    Effect::new(move |_| {
        if let Some(run) = made.get() {
            navigate(&address::job(&run), NavigateOptions::default());
        }
    });
    view! {
        <Outcome started=asking.started />
        <AddStepDialog open cluster asking />
        <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
    }
}

#[component]
fn AddStepDialog(open: RwSignal<bool>, cluster: RwSignal<Option<HomeRow>>, asking: Asking) -> impl IntoView {
    let sheet = Sheet {
        cluster,
        typed: RwSignal::new(Typed::default()),
        edit: RwSignal::new(None),
        problem: RwSignal::new(None),
        fault: RwSignal::new(None),
        waiting: StoredValue::new(None),
        ticket: StoredValue::new(0),
    };
    Effect::new(move |_| {
        if open.get() {
            asking.fault.set(None);
            sheet.clear();
        }
    });
    let fault = Signal::derive(move || sheet.fault.get().or_else(|| asking.fault.get()));
    let plan = move || match (sheet.changes(), sheet.id()) {
        (Ok(changes), Some(id)) => {
            asking.ask(PlanJobRun { id, changes, cluster: None }, move || {
                open.try_set(false);
            });
        }
        (Err(why), _) => sheet.problem.set(Some(why)),
        (Ok(_), None) => {}
    };
    let name = move || cluster.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default());
    view! {
        <Dialog name="Add step".to_owned() open wide=true>
            <form
                class="confirm-form start-form"
                on:submit=move |event| {
                    event.prevent_default();
                    plan();
                }
            >
                <h2>"Add step"</h2>
                <p class="soft">{move || format!("It runs on cluster {} once it is its turn.", name())}</p>
                <Fields sheet />
                <SheetFoot
                    open
                    problem=sheet.problem
                    problem_id="step-problem"
                    edit=sheet.edit
                    fault
                    busy=asking.busy
                    verb="Plan to add"
                />
            </form>
        </Dialog>
    }
}

/// What stands in one field.
fn text(sheet: Sheet, of: fn(&Typed) -> &String) -> Signal<String> {
    Signal::derive(move || sheet.typed.with(|typed| of(typed).clone()))
}

#[component]
fn Fields(sheet: Sheet) -> impl IntoView {
    let spark = Memo::new(move |_| sheet.typed.with(|typed| typed.spark));
    view! {
        <div class="fields-row">
            <Line name="Name" id="step-name" value=text(sheet, |typed| &typed.name)
                on_change=Callback::new(move |text| sheet.change(|typed| typed.name = text)) />
            <label class="field">
                <span>"Kind"</span>
                <span class="select">
                    <select
                        aria-label="Kind"
                        prop:value=move || if spark.get() { "spark" } else { "jar" }
                        on:change:target=move |event| {
                            let spark = event.target().value() == "spark";
                            sheet.change(|typed| typed.spark = spark);
                        }
                    >
                        <option value="spark" selected=move || spark.get()>"Spark application"</option>
                        <option value="jar" selected=move || !spark.get()>"Custom JAR"</option>
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </label>
            <label class="field">
                <span>"Action on failure"</span>
                <span class="select">
                    <select
                        aria-label="Action on failure"
                        prop:value=move || sheet.typed.with(|typed| typed.on_failure.code())
                        on:change:target=move |event| {
                            let chosen = event.target().value();
                            let how = OnFailure::ALL.into_iter().find(|how| how.code() == chosen).unwrap_or_default();
                            sheet.change(|typed| typed.on_failure = how);
                        }
                    >
                        {OnFailure::ALL
                            .into_iter()
                            .map(|how| view! {
                                <option value=how.code() selected=move || sheet.typed.with(|typed| typed.on_failure == how)>
                                    {format!("{}: {}", how.code(), how.words())}
                                </option>
                            })
                            .collect_view()}
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </label>
        </div>
        <div class="fields-row">
            <Line name="Program" id="step-program" value=text(sheet, |typed| &typed.program)
                on_change=Callback::new(move |text| sheet.change(|typed| typed.program = text)) />
            <Line name="Main class, of a jar" id="step-class" value=text(sheet, |typed| &typed.main_class)
                on_change=Callback::new(move |text| sheet.change(|typed| typed.main_class = text)) />
        </div>
        {move || spark.get().then(|| view! {
            <Lines problem=sheet.problem problem_id="step-problem" name="Configuration, one key=value a line" id="step-settings"
                value=text(sheet, |typed| &typed.settings)
                on_change=Callback::new(move |text| sheet.change(|typed| typed.settings = text)) />
        })}
        <Lines problem=sheet.problem problem_id="step-problem" name="Arguments, one a line" id="step-arguments"
            value=text(sheet, |typed| &typed.arguments)
            on_change=Callback::new(move |text| sheet.change(|typed| typed.arguments = text)) />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed { name: " load ".into(), program: "s3://code/load.py".into(), ..Typed::default() }
    }

    #[test]
    fn what_was_typed_is_a_step() {
        let one = step(&Typed { arguments: "--day\n2026-11-21".into(), ..typed() }).unwrap();
        assert_eq!((one.name.as_str(), one.spark, one.main_class.as_deref()), ("load", true, None));
        assert_eq!(one.settings, [("spark.submit.deployMode".to_owned(), "cluster".to_owned())]);
        assert_eq!(one.arguments, ["--day", "2026-11-21"]);
        assert_eq!(one.on_failure, OnFailure::Continue);
        let jar = step(&Typed { spark: false, main_class: "shop.Load".into(), ..typed() }).unwrap();
        assert!(jar.settings.is_empty(), "a jar of its own has no line of options");
        assert_eq!(jar.main_class.as_deref(), Some("shop.Load"));
    }

    #[test]
    fn what_is_missing_is_said() {
        assert!(step(&Typed::default()).unwrap_err().contains("name"));
        assert!(step(&Typed { program: " ".into(), ..typed() }).unwrap_err().contains("program"));
        assert!(step(&Typed { settings: "spark.x".into(), ..typed() }).unwrap_err().contains("no `=`"));
    }
}
