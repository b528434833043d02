//! One schedule: whether it measures, what its reports say feature by feature, its violations, its runs, its settings.

use super::{
    AREA,
    agreement::Agreement,
    cells::{health_chip, kind_word, run_cell, spaced},
    feature::FeaturePane,
    features::Features,
    measure::use_width,
    metrics::{MetricPane, Metrics},
    reports::{Reports, use_reports, words},
    run::RunPane,
    runs::Runs,
    setup::{Setup, Surroundings},
    switch::Switch,
    violations::Violations,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        acts::{Asking, when_done},
        answer::{Refreshes, use_answer},
        chart::ChartView,
        confirm::ConfirmPlan,
        export::Export,
        fault::FaultView,
        head::Head,
        icon::Icon,
        list::use_change,
        segmented::Segmented,
        split::Split,
        states::{Empty, Partial, Skeleton},
        tabs::{Tab, Tabs, panel},
    },
};
use contract::{
    Timestamp,
    drift::{DescribeMonitor, MonitorDetail, MonitorRow, MonitorRunRow, ReadDrift},
    exports::Subject,
    models::{HealthState, Silence, facts::MonitorKind},
};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

/// Of a monitor of data, which compares columns.
const OF_DATA: [Tab; 6] = [
    ("features", "Features"),
    ("violations", "Violations"),
    ("metrics", "Metrics"),
    ("agreement", "Agreement"),
    ("runs", "Runs"),
    ("settings", "Settings"),
];
/// Of quality, bias and attributions.
const OF_METRICS: [Tab; 4] =
    [("metrics", "Metrics"), ("violations", "Violations"), ("runs", "Runs"), ("settings", "Settings")];
/// Days of reports and runs that can be looked back, the first where the address says nothing.
const DAYS: [(u32, &str); 3] = [(7, "7 days"), (30, "30 days"), (90, "90 days")];

/// The tabs of a kind, the one that is shown where the address names none first.
fn tabs_of(is_of_metrics: bool) -> Vec<Tab> {
    if is_of_metrics { OF_METRICS.to_vec() } else { OF_DATA.to_vec() }
}

fn first_of(is_of_metrics: bool) -> &'static str {
    if is_of_metrics { "metrics" } else { "features" }
}

#[component]
pub fn OneMonitor() -> impl IntoView {
    let query = address::use_query();
    let schedule = Memo::new(move |_| query.read().get("schedule").map(str::to_owned).filter(|name| !name.is_empty()));
    view! {
        {move || match schedule.get() {
            Some(schedule) => view! { <Monitor schedule /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such schedule".to_owned() />
                <Empty title="This address names no monitoring schedule" text="Choose one in the list of monitors, or paste its ARN with Ctrl K." icon="drift" />
            }.into_any(),
        }}
    }
}

#[component]
fn Monitor(schedule: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let name = StoredValue::new(schedule);
    let days = Memo::new(move |_| {
        let asked = query.read().get("days").and_then(|days| days.parse::<u32>().ok());
        asked.filter(|asked| DAYS.iter().any(|(days, _)| days == asked)).unwrap_or(7)
    });
    let feature = Memo::new(move |_| query.read().get("feature").map(str::to_owned));
    let report = Memo::new(move |_| query.read().get("run").and_then(|run| run.parse::<Timestamp>().ok()));
    let metric = Memo::new(move |_| query.read().get("metric").map(str::to_owned));
    Refreshes::provide();
    let described = use_answer(move || Some(DescribeMonitor { schedule: name.get_value() }));
    let (detail, fault) = (described.told, described.fault);
    let is_of_metrics = Memo::new(move |_| {
        let kind = detail.with(|detail| detail.as_ref().and_then(|detail| detail.row.kind));
        kind.is_some_and(|kind| kind != MonitorKind::DataQuality)
    });
    let tab = Memo::new(move |_| {
        let asked = query.read().get("tab").map(str::to_owned).unwrap_or_default();
        let is_of_metrics = is_of_metrics.get();
        let named = tabs_of(is_of_metrics).into_iter().map(|(id, _)| id).find(|id| *id == asked);
        named.unwrap_or(first_of(is_of_metrics)).to_owned()
    });
    Effect::new(move |_| {
        if detail.with(Option::is_some) {
            name.with_value(|name| desk.remember(format!("Monitor {name}"), address::monitor(name)));
        }
    });

    let ground = NodeRef::<html::Div>::new();
    let width = use_width(ground);
    // Reports are many files: they are read once somebody looks at what they say.
    let wanted = Memo::new(move |before: Option<&bool>| {
        // Which tab is shown is known once the kind is.
        let known = detail.with(Option::is_some) || fault.with(Option::is_some);
        before.copied().unwrap_or_default() || known && matches!(tab.read().as_str(), "features" | "violations")
    });
    let asked = move || {
        Some(ReadDrift {
            schedule: name.get_value(),
            days: days.get(),
            offset_minutes: desk.offset_minutes(),
            width: width.get()?,
        })
    };
    let reports = use_reports(move || {
        wanted.get().then_some(())?;
        asked()
    });
    // What is exported is read to its end, whatever is on screen.
    let subject = Signal::derive(move || detail.with(Option::is_some).then(asked).flatten().map(Subject::Drift));
    let current = RwSignal::new(None::<MonitorRunRow>);
    let navigate = use_navigate();
    // Another feature is looked at in the newest report.
    let choose = Callback::new(move |feature: String| {
        let to = query.get_untracked().with("feature", Some(&feature)).with("run", None).after(address::MONITOR);
        navigate(&to, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });

    let status = Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.row.status.clone())));
    let choose_metric = Callback::new(move |metric: String| change.with_value(|change| change("metric", Some(metric))));
    let shown_metric = RwSignal::new(None::<String>);

    // Its plan outlives the answer that the fields were made of.
    let changing = Asking::new();
    when_done(changing.started, move || described.look());

    let list = move || {
        let title = format::visible(&name.get_value());
        view! {
            <Head area=AREA way=vec![("Monitors".to_owned(), address::DRIFT.to_owned())] title>
                <div class="row">
                    {move || detail.with(|detail| detail.as_ref().map(|detail| health_chip(detail.health.state)))}
                    <Export name="Export drift" subject />
                </div>
            </Head>
            <div class="drift-head">
                <div node_ref=ground>
                    {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| described.look()) /> })}
                    {move || detail.get().map(|detail| view! { <Standing detail /> })}
                    <Switch schedule=name status on_done=Callback::new(move |()| described.look()) />
                    <ConfirmPlan plan=changing.plan on_started=changing.on_started() />
                </div>
            </div>
            {move || {
                let is_of_metrics = is_of_metrics.get();
                let choose = move |chosen: String| {
                    change.with_value(|change| change("tab", (chosen != first_of(is_of_metrics)).then_some(chosen)));
                };
                view! { <Tabs name="Monitor" tabs=tabs_of(is_of_metrics) chosen=tab on_choose=Callback::new(choose) /> }
            }}
            {move || {
                let shown = tab.get();
                let flush = shown == "runs";
                let days_shown = shown != "settings";
                view! {
                    {days_shown.then(|| view! {
                        <div class="drift-tools">
                            <Segmented
                                name="Look back"
                                choices=DAYS.to_vec()
                                chosen=days
                                on_choose=Callback::new(move |days: u32| change.with_value(|change| change("days", (days != 7).then(|| days.to_string()))))
                            />
                            {matches!(shown.as_str(), "features" | "violations").then(|| view! { <Progress reports /> })}
                        </div>
                    })}
                    <div class="body" class:flush=flush role="tabpanel" id=panel(&shown) aria-labelledby=format!("tab-{shown}")>
                        {match shown.as_str() {
                            "runs" => view! { <Runs schedule=name days current /> }.into_any(),
                            "settings" => view! {
                                {move || match detail.get() {
                                    Some(detail) => view! { <Setup detail /> }.into_any(),
                                    None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=10 /> }).into_any(),
                                }}
                            }.into_any(),
                            "violations" => view! { <Found reports days /> }.into_any(),
                            "metrics" => view! { <Metrics schedule=name days chosen=metric on_choose=choose_metric shown=shown_metric /> }.into_any(),
                            "agreement" => view! { <Agreement schedule=name days feature width choose /> }.into_any(),
                            _ => view! { <Measured schedule=name reports days feature choose /> }.into_any(),
                        }}
                    </div>
                }
            }}
        }
    };
    let side = move || {
        view! {
            {move || match tab.get().as_str() {
                "runs" => match current.get() {
                    Some(row) => view! { <RunPane row /> }.into_any(),
                    None => view! { <Empty title="No run is selected" text="Choose one with the arrow keys to see what it found, or why it failed." icon="history" /> }.into_any(),
                },
                "settings" => view! {
                    {move || detail.get().map(|detail| view! { <Surroundings detail changing /> })}
                }.into_any(),
                "metrics" => match shown_metric.get() {
                    Some(metric) => view! { <MetricPane schedule=name.get_value() metric days /> }.into_any(),
                    None => view! { <Empty title="No metric is selected" text="Choose one with the arrow keys to see how it went." icon="drift" /> }.into_any(),
                },
                _ => match feature.get() {
                    Some(feature) => view! { <FeaturePane schedule=name.get_value() feature run=report.get() days finished=reports.finished /> }.into_any(),
                    None => view! { <Empty title="No feature is selected" text="Choose one with the arrow keys to see how far it is from its baseline." icon="drift" /> }.into_any(),
                },
            }}
        }
    };
    view! { <Split list detail=side /> }
}

/// What is watched, how the last run ended, and every reason why a quiet monitor is no good sign.
#[component]
fn Standing(detail: MonitorDetail) -> impl IntoView {
    let desk = Desk::get();
    let MonitorDetail { row, health, notices, .. } = detail;
    let MonitorRow { kind, endpoint, status, last_run, last, alert, .. } = row;
    let problems = health.problems;
    // That it measures stands in the head already.
    let words = (problems.is_empty() && health.state != HealthState::Measured).then_some(health.words);
    view! {
        <p class="facts-line soft">
            <span>{kind_word(kind)}</span>
            {endpoint.map(|endpoint| {
                let (href, shown) = (address::endpoint(&endpoint), format::visible(&endpoint));
                view! { <span>"of "<A href=href attr:class="link">{shown}</A></span> }
            })}
            <span>{spaced(&status)}</span>
            {last_run.map(|at| view! { <time title=format::hover_time(at)>{move || format!("last run {}", format::minute(at, desk.zone()))}</time> })}
            {last.map(|last| run_cell(&last))}
            {(alert == Some(true)).then(|| view! { <span class="chip bad">"in alert"</span> })}
        </p>
        {words.map(|words| view! { <p class="soft">{words}</p> })}
        {(!problems.is_empty()).then(|| view! { <Silences problems /> })}
        <Partial notices=Signal::stored(notices) />
    }
}

#[component]
fn Silences(problems: Vec<Silence>) -> impl IntoView {
    let line = |silence: Silence| {
        view! {
            <li>
                <Icon name="triangle-alert" />
                <span><strong>{silence.words}</strong>" "<span class="soft">{silence.remedy}</span></span>
            </li>
        }
    };
    view! { <ul class="silences" role="list" aria-label="What is wrong with the monitor">{problems.into_iter().map(line).collect_view()}</ul> }
}

/// `41 of 90 reports read`, and of when the newest is.
#[component]
fn Progress(reports: Reports) -> impl IntoView {
    let desk = Desk::get();
    let newest = Memo::new(move |_| reports.view.with(|view| view.as_ref().and_then(|view| view.newest)));
    view! {
        <span class="dim num-text">
            {move || reports.progress().map(|(read, of)| words(read, of))}
        </span>
        {move || newest.get().map(|at| view! {
            <time class="dim" title=format::hover_time(at)>{move || format!("newest of {}", format::minute(at, desk.zone()))}</time>
        })}
    }
}

/// What stands around everything that reports say: fault, notices, bars, and why there is nothing.
#[component]
fn OfReports(
    reports: Reports,
    #[prop(into)] days: Signal<u32>,
    /// Reports were read and say nothing of what is shown here.
    #[prop(into)]
    nothing: Signal<bool>,
    #[prop(into)] empty: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let (empty, children) = (StoredValue::new(empty), StoredValue::new(children));
    let notices = Memo::new(move |_| {
        reports.view.with(|view| view.as_ref().map(|view| view.notices.clone()).unwrap_or_default())
    });
    let what = Memo::new(move |_| {
        let failed = reports.fault.with(Option::is_some);
        match reports.progress() {
            Some(_) if !nothing.get() => "there",
            _ if failed => "fault",
            _ if reports.reading.get() => "loading",
            Some((_, 0)) => "none",
            None | Some(_) => "nothing",
        }
    });
    view! {
        {move || reports.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| reports.again()) /> })}
        <Partial notices />
        {move || match what.get() {
            "loading" => view! { <Skeleton rows=10 /> }.into_any(),
            "none" => {
                let text = format!("No run of the last {} made a report. Look back further, or see in Runs how they ended.", format::counted(days.get().into(), "day", "days"));
                view! { <Empty title="No reports" text icon="drift" /> }.into_any()
            }
            "nothing" => empty.with_value(ViewFn::run).into_any(),
            "there" => children.with_value(|children| children()).into_any(),
            _ => ().into_any(),
        }}
    }
}

#[component]
fn Measured(
    schedule: StoredValue<String>,
    reports: Reports,
    #[prop(into)] days: Signal<u32>,
    #[prop(into)] feature: Signal<Option<String>>,
    choose: Callback<String>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        reports.view.with(|view| view.as_ref().map(|view| view.features.clone()).unwrap_or_default())
    });
    let map = Memo::new(move |_| reports.view.with(|view| view.as_ref().and_then(|view| view.map.clone())));
    let matters = Memo::new(move |_| reports.view.with(|view| view.as_ref().and_then(|view| view.matters.clone())));
    let read = Signal::derive(move || reports.progress().map(|(read, _)| read));
    let nothing = Signal::derive(move || rows.with(Vec::is_empty));
    view! {
        <OfReports
            reports
            days
            nothing
            empty=|| view! { <Empty title="No features" text="The reports that were read hold no statistics of features: this kind of monitor checks metrics. What it found is under Violations." icon="drift" /> }.into_any()
        >
            {move || map.get().map(|chart| view! { <ChartView chart /> })}
            {move || matters.get().map(|chart| view! { <ChartView chart /> })}
            <Features schedule rows read chosen=feature on_choose=choose />
        </OfReports>
    }
}

#[component]
fn Found(reports: Reports, #[prop(into)] days: Signal<u32>) -> impl IntoView {
    let groups = Memo::new(move |_| {
        reports.view.with(|view| view.as_ref().map(|view| view.violations.clone()).unwrap_or_default())
    });
    let nothing = Signal::derive(move || groups.with(Vec::is_empty));
    let query = address::use_query();
    // A line may name a metric, or a column that only one side has.
    let link = Callback::new(move |name: String| {
        let known = reports.view.with_untracked(|view| {
            view.as_ref().is_some_and(|view| view.features.iter().any(|feature| feature.name == name))
        });
        known.then(|| query.get_untracked().with("feature", Some(&name)).with("run", None).after(address::MONITOR))
    });
    view! {
        <OfReports
            reports
            days
            nothing
            empty=|| view! { <Empty title="No violations" text="The newest report found none. Whether that is a good sign, the head of the page says." icon="check" /> }.into_any()
        >
            {move || {
                // The links keep how far is looked back.
                days.track();
                view! { <Violations groups=groups.get() link /> }
            }}
        </OfReports>
    }
}
