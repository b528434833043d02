//! One execution of a pipeline: its steps as a graph and a table, and beside them the step that matters, with its job.
//!
//! It is asked for again while it goes on. The step that failed first is chosen on opening, else the one that runs.

use super::{
    cells::{id_of, status_chip},
    pipeline::{Value, called},
    standing::{Said, Standing},
    start::{Begin, StartDialog},
    step::{StepBody, goes_on, job_of},
    steps::{Steps, at_rest, walk_by_keys},
};
use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::models::AREA,
    parts::{
        acts::{Act, Asking, use_made, when_done},
        answer::{Answer, once, use_answer},
        confirm::ConfirmPlan,
        fault::FaultView,
        head::Head,
        list::use_change,
        menu::CopyMenu,
        outcome::Outcome,
        split::Split,
        states::{Empty, Skeleton},
        tabs::{Tabs, panel},
    },
};
use contract::{
    executions::Verdict,
    models::{
        DescribePipeline, DescribePipelineExecution, GivenParameter, ModelTarget, PipelineExecutionDetail,
        PipelineStep, PlanPipelineRetry, PlanPipelineStop,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use std::time::Duration;

/// How often an execution that is not over is asked for again.
const AGAIN: Duration = Duration::from_secs(4);

const TABS: [(&str, &str); 2] = [("steps", "Steps"), ("parameters", "Parameters")];

#[component]
pub fn OneExecution() -> impl IntoView {
    let query = address::use_query();
    let arn = Memo::new(move |_| query.read().get("arn").map(str::to_owned).filter(|arn| pipeline_of(arn).is_some()));
    view! {
        {move || match arn.get() {
            Some(arn) => view! { <Execution arn /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such execution".to_owned() />
                <Empty title="This address names no execution of a pipeline" text="Choose one in the list of a pipeline, or paste its ARN with Ctrl K." icon="git-branch" />
            }.into_any(),
        }}
    }
}

/// The pipeline that the ARN of an execution, or its short form, names.
fn pipeline_of(arn: &str) -> Option<String> {
    if let Ok(ModelTarget::PipelineExecution { pipeline, .. }) = arn.parse() {
        return Some(pipeline);
    }
    let (_, path) = arn.split_once(":pipeline/")?;
    let (pipeline, execution) = path.split_once("/execution/")?;
    (!pipeline.is_empty() && !execution.is_empty()).then(|| pipeline.to_owned())
}

/// The step to look at: the one that failed first, else the one that runs, else the last that began.
fn matters(detail: &PipelineExecutionDetail) -> Option<String> {
    let steps = &detail.graph.steps;
    let failed = detail.failed.first().and_then(|at| steps.get(usize::try_from(*at).ok()?));
    let runs = || steps.iter().find(|step| goes_on(step.standing));
    let begun = || steps.iter().rev().find(|step| step.run.is_some());
    failed.or_else(runs).or_else(begun).or_else(|| steps.first()).map(|step| step.name.clone())
}

#[component]
fn Execution(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let tab = Memo::new(move |_| {
        let query = query.read();
        let asked = query.get("tab");
        TABS.iter().find(|(id, _)| Some(*id) == asked).map_or("steps", |(id, _)| *id).to_owned()
    });
    let pipeline = pipeline_of(&arn).unwrap_or_default();
    let id = id_of(&arn).to_owned();
    let arn = StoredValue::new(arn);
    let told = use_answer(move || Some(DescribePipelineExecution { arn: arn.get_value() }));
    follow(told);
    keys::on(Action::Refresh, move || told.look());
    let navigate = use_navigate();
    {
        let (navigate, pipeline) = (navigate.clone(), pipeline.clone());
        keys::on(Action::Back, move || navigate(&address::pipeline(&pipeline), NavigateOptions::default()));
    }
    let row = Memo::new(move |_| told.told.with(|told| told.as_ref().map(|told| told.row.clone())));
    let title = Signal::derive(move || row.with(|row| row.as_ref().map_or_else(|| id.clone(), called)));
    let name_of_pipeline = StoredValue::new(pipeline.clone());
    let crumb = StoredValue::new((pipeline, title));
    let known = Memo::new(move |_| row.with(Option::is_some));
    Effect::new(move |_| {
        if known.get() {
            let (pipeline, title) = crumb.get_value();
            let title = title.get_untracked();
            desk.remember(format!("{title} of {pipeline}"), address::pipeline_execution(&arn.get_value()));
        }
    });

    // The address says which step is shown; until somebody chose one, it is the one that matters.
    let selected = RwSignal::new(query.get_untracked().get("step").map(str::to_owned));
    Effect::new(move |_| {
        let Some(first) = told.told.with(|told| told.as_ref().and_then(matters)) else { return };
        if selected.with_untracked(Option::is_none) {
            selected.set(Some(first));
        }
    });
    Effect::new(move |_| {
        if let Some(name) = selected.get() {
            change.with_value(|change| change("step", Some(name)));
        }
    });
    let graph = Memo::new(move |_| told.told.with(|told| told.as_ref().map(|told| at_rest(&told.graph))));
    let step = Memo::new(move |_| {
        let name = selected.get()?;
        graph.with(|graph| graph.as_ref()?.steps.iter().find(|step| step.name == name).cloned())
    });
    walk_by_keys(graph, selected);
    let logs = move || step.with(|step| step.as_ref().and_then(job_of).map(address::job_logs));
    let open = Callback::new(move |()| match untrack(logs) {
        Some(href) => navigate(&href, NavigateOptions::default()),
        None => desk.say("This step started no job, so there are no logs."),
    });
    keys::on(Action::Open, move || open.run(()));
    let copying = RwSignal::new(false);
    keys::on(Action::CopyMenu, move || copying.set(true));
    let copies = Signal::derive(move || {
        let arn = row.with(|row| row.as_ref().map_or_else(|| arn.get_value(), |row| row.arn.clone()));
        let describe = format!(
            "aws sagemaker list-pipeline-execution-steps --pipeline-execution-arn {arn} --profile {}",
            desk.profile_argument()
        );
        vec![
            ("Name".to_owned(), title.get()),
            ("aws command".to_owned(), describe),
            ("Link".to_owned(), format!("quarterdeck:/{}", address::pipeline_execution(&arn))),
            ("ARN".to_owned(), arn),
        ]
    });

    let standing = Memo::new(move |_| told.told.with(|told| told.as_ref().map(Said::of)));
    let parameters = Memo::new(move |_| told.told.with(|told| told.as_ref().map(|told| told.parameters.clone())));
    let list = move || {
        let (pipeline, title) = crumb.get_value();
        let way = vec![
            ("Pipelines".to_owned(), address::PIPELINES.to_owned()),
            (pipeline.clone(), address::pipeline(&pipeline)),
        ];
        view! {
            <Head area=AREA way title>
                {move || row.with(|row| row.as_ref().map(|row| status_chip(row.status)))}
            </Head>
            <div class="pipeline-head">
                {move || standing.get().map(|said| view! { <Standing said /> })}
            </div>
            <Tabs
                name="Execution"
                tabs=TABS.to_vec()
                chosen=tab
                on_choose=Callback::new(move |chosen: String| change.with_value(|change| change("tab", (chosen != "steps").then_some(chosen))))
            />
            <div class="body" class:flush=move || tab.read().as_str() == "steps" role="tabpanel" id=move || panel(&tab.get()) aria-labelledby=move || format!("tab-{}", tab.get())>
                {told.waiting(10)}
                {move || if tab.read().as_str() == "parameters" {
                    view! { {move || parameters.get().map(|given| view! { <Parameters given /> })} }.into_any()
                } else {
                    view! { <Steps told=told.told graph selected /> }.into_any()
                }}
            </div>
            <CopyMenu open=copying items=copies />
        }
    };
    let asking = Asking::new();
    when_done(asking.started, move || told.look());
    let side = move || {
        let name = move || {
            step.with(|step| step.as_ref().map_or_else(|| "Step".to_owned(), |step| format::visible(&step.name)))
        };
        view! {
            <section class="detail" role="region" aria-label=name>
                <div class="head">
                    <div class="crumb">{move || step.with(|step| step.as_ref().map_or_else(|| "Step".to_owned(), |step| format!("Step, {}", step.kind)))}</div>
                    <h2>{name}</h2>
                </div>
                <div class="body">
                    {move || match (step.get(), graph.get()) {
                        (Some(step), Some(graph)) => view! { <StepBody step graph /> }.into_any(),
                        (None, Some(_)) => view! { <Empty title="No step is selected" text="Choose one in the graph or the table to see how it ended and what it started." icon="git-branch" /> }.into_any(),
                        _ => told.fault.with(Option::is_none).then(|| view! { <Skeleton rows=6 /> }).into_any(),
                    }}
                    <JobLinks step />
                </div>
                <Bar told=told.told pipeline=name_of_pipeline asking />
            </section>
        }
    };
    view! { <Split list detail=side /> }
}

/// Asks again while it is not over and somebody looks.
fn follow(told: Answer<PipelineExecutionDetail>) {
    let tick = move || {
        let goes_on = told.told.with_untracked(|told| told.as_ref().is_some_and(|told| !told.row.status.is_over()));
        // Of two questions only the later is answered: one that takes longer than this would never be.
        if goes_on && !told.busy.get_untracked() && !document().hidden() {
            told.look();
        }
    };
    if let Ok(interval) = set_interval_with_handle(tick, AGAIN) {
        on_cleanup(move || interval.clear());
    }
}

/// The ways into Jobs from the step on screen.
#[component]
fn JobLinks(step: Memo<Option<PipelineStep>>) -> impl IntoView {
    let job = Memo::new(move |_| step.with(|step| step.as_ref().and_then(job_of).cloned()));
    move || {
        job.get().map(|job| {
            view! {
                <p class="row">
                    <A href=address::job_logs(&job) attr:class="btn go" attr:title="Enter">"Open its job"</A>
                    <A href=address::job(&job) attr:class="btn">"Open the run"</A>
                </p>
            }
        })
    }
}

#[component]
fn Parameters(given: Option<Vec<GivenParameter>>) -> impl IntoView {
    let Some(given) = given else {
        return view! { <p class="soft">"What it was given could not be read; the notice above says why."</p> }
            .into_any();
    };
    if given.is_empty() {
        return view! { <p class="soft">"The pipeline has no parameters."</p> }.into_any();
    }
    view! {
        <table class="table numbers" aria-label="Parameters">
            <thead><tr><th scope="col">"Name"</th><th scope="col">"Value"</th><th scope="col">"Default"</th></tr></thead>
            <tbody>
                {given.into_iter().map(|parameter| view! {
                    <tr data-id=parameter.name>
                        <th scope="row" class="mono whole">{parameter.name.clone()}</th>
                        <td class="mono wrap selectable">
                            <Value value=Some(parameter.value) none="none" />
                            {parameter.is_changed.then(|| view! { " " <span class="chip acc">"changed"</span> })}
                        </td>
                        <td class="mono wrap dim">{if is_default(parameter.default.as_deref(), parameter.is_changed) {
                            view! { "the same" }.into_any()
                        } else {
                            view! { <Value value=parameter.default none="none" /> }.into_any()
                        }}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

/// What has no default is not the same as one.
fn is_default(default: Option<&str>, is_changed: bool) -> bool {
    default.is_some() && !is_changed
}

/// What can be done with the execution, and why not.
#[component]
fn Bar(
    told: RwSignal<Option<PipelineExecutionDetail>>,
    pipeline: StoredValue<String>,
    asking: Asking,
) -> impl IntoView {
    let desk = Desk::get();
    let arn = Memo::new(move |_| told.with(|told| told.as_ref().map(|told| told.row.arn.clone())));
    let verdict = move |pick: fn(&PipelineExecutionDetail) -> &Verdict| {
        Memo::new(move |_| told.with(|told| told.as_ref().map(|told| pick(told).clone())))
    };
    let (retry, stop) = (verdict(|told| &told.retry), verdict(|told| &told.stop));
    let goes_on = Memo::new(move |_| told.with(|told| told.as_ref().is_some_and(|told| !told.row.status.is_over())));
    // What is said stands where it can be read: of the way that can be gone, else of the one that fits its state.
    let said = move || if goes_on.get() { stop.get() } else { retry.get() };
    let again = Memo::new(move |_| told.with(|told| told.as_ref().map(may_start_again)));
    let given = Memo::new(move |_| told.with(|told| told.as_ref().map(given).unwrap_or_default()));
    // The definition as it is now is asked for once somebody wants it; the form opens when it is there.
    let (open, opening) = (RwSignal::new(false), RwSignal::new(false));
    let wanted = once(move || opening.get());
    let definition = use_answer(move || wanted.get().then(|| DescribePipeline { name: pipeline.get_value() }));
    let parameters = Memo::new(move |_| {
        definition.told.with(|told| told.as_ref().map(|told| told.parameters.clone()).unwrap_or_default())
    });
    Effect::new(move |_| {
        let start = definition.told.with(|told| told.as_ref().map(|told| told.start.clone()));
        let Some(start) = start.filter(|_| opening.get()) else { return };
        opening.set(false);
        if start.ok {
            open.set(true);
        } else {
            desk.say(start.reasons.join(" "));
        }
    });
    let start_again = Callback::new(move |()| {
        // It may be another by now than at the last press.
        if definition.told.with_untracked(Option::is_some) || definition.fault.with_untracked(Option::is_some) {
            definition.told.set(None);
            definition.look();
        }
        opening.set(true);
    });
    let busy = Signal::derive(move || asking.busy.get() || definition.busy.get());
    let made = use_made(asking.started, |step| step.pipeline_execution);
    // A retry goes on in the execution that is on screen.
    let made = move || made.get().filter(|made| arn.with(|arn| arn.as_ref() != Some(made)));
    view! {
        <div class="action-bar">
            <Outcome started=asking.started />
            {move || made().map(|arn| view! {
                <p class="made-link"><A href=address::pipeline_execution(&arn) attr:class="link">{format!("Open execution {}", id_of(&arn))}</A></p>
            })}
            <div class="causes">
                {move || said().map(|verdict| verdict.reasons.into_iter().map(|reason| view! { <p>{reason}</p> }).collect_view())}
                {move || asking.fault.get().filter(|_| !open.get()).map(|fault| view! { <FaultView fault /> })}
                {move || definition.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| definition.look()) /> })}
                <p class="why-not">{move || (desk.read_only() && arn.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                <Act word="Retry execution" verdict=retry go=true busy=asking.busy on_press=Callback::new(move |()| {
                    if let Some(execution) = arn.get_untracked() {
                        asking.ask(PlanPipelineRetry { execution }, || ());
                    }
                }) />
                <Act word="Stop execution" verdict=stop busy=asking.busy on_press=Callback::new(move |()| {
                    if let Some(execution) = arn.get_untracked() {
                        asking.ask(PlanPipelineStop { execution }, || ());
                    }
                }) />
                <Act word="Start execution again" verdict=again busy on_press=start_again />
            </div>
            <StartDialog open name=pipeline parameters given asking />
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </div>
    }
}

/// Another execution begins with what this one was given, if that is known.
fn may_start_again(detail: &PipelineExecutionDetail) -> Verdict {
    let ok = detail.parameters.is_some();
    let why = (!ok).then(|| "What it was given could not be read.".to_owned());
    Verdict { ok, reasons: why.into_iter().collect() }
}

/// What the form begins with. A value that is covered is not known here.
fn given(detail: &PipelineExecutionDetail) -> Vec<Begin> {
    let parameters = detail.parameters.iter().flatten();
    parameters.map(|one| (one.name.clone(), (!one.is_secret).then(|| one.value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_names_its_pipeline() {
        let arn = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn/execution/a1b2c3d4e5f6";
        assert_eq!(pipeline_of(arn).as_deref(), Some("train-churn"));
        assert_eq!(pipeline_of("run:train-churn/a1b2c3d4e5f6").as_deref(), Some("train-churn"));
        assert_eq!(pipeline_of("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn"), None);
        assert_eq!(pipeline_of("version:churn/7"), None);
    }

    #[test]
    fn what_has_no_default_is_not_the_same_as_one() {
        assert!(is_default(Some("6"), false) && !is_default(Some("6"), true));
        assert!(!is_default(None, false));
    }
}
