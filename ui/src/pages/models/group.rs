//! One group: its versions as a strip and a table, a metric over them, what is stale; beside it one version.

use super::{
    AREA,
    cells::{compare_href, group_name, group_of, measured_or_dash, named, of_approval, package_name},
    package::Package,
    stale::Stale,
    strip::Strip,
    version::VersionPane,
};
use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::jobs::capital,
    parts::{
        acts::{Asking, when_done},
        answer::{Refreshes, use_answer},
        cells::time_cell,
        chart::ChartView,
        head::Head,
        icon::Icon,
        list::use_change,
        outcome::Outcome,
        split::Split,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status},
    },
};
use contract::models::{
    DeployedAt, VersionStrip,
    facts::{AlertFact, Approval},
    metric_title,
    requests::{DescribeGroup, GroupDetail, ReadTrend},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

/// A group, with the version that the address selects.
#[component]
pub fn OneGroup() -> impl IntoView {
    let query = address::use_query();
    let group = Memo::new(move |_| query.read().get("name").map(str::to_owned));
    let chosen = Memo::new(move |_| query.read().get("sel").map(str::to_owned));
    view! {
        {move || match group.get() {
            Some(group) => view! { <Group group chosen by="sel" /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such group".to_owned() />
                <Empty title="This address names no group" text="Choose a group in the list, or paste its ARN with Ctrl K." icon="models" />
            }.into_any(),
        }}
    }
}

/// A version beside its group, or a package that has none.
#[component]
pub fn OneVersion() -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let arn = Memo::new(move |_| query.read().get("arn").map(str::to_owned));
    // Of which account the session is decides how the group is asked for.
    let known = Memo::new(move |_| desk.identity.with(Option::is_some));
    let group = Memo::new(move |_| arn.get().and_then(|arn| group_of(&arn, desk.account().as_deref())));
    let lone = Memo::new(move |_| arn.get().filter(|arn| package_name(arn).is_some()));
    view! {
        {move || match (known.get(), group.get()) {
            _ if lone.read().is_some() => lone.get().map(|arn| view! { <Package arn /> }).into_any(),
            (false, Some(_)) => view! { <Skeleton rows=12 /> }.into_any(),
            (true, Some(group)) => view! { <Group group chosen=arn by="arn" /> }.into_any(),
            (_, None) => view! {
                <Head area=AREA title="No such version".to_owned() />
                <Empty title="This address names no version" text="Choose a version in the list, or paste its ARN with Ctrl K." icon="models" />
            }.into_any(),
        }}
    }
}

/// `by` is the value of the address that says which version is shown.
#[component]
fn Group(group: String, chosen: Memo<Option<String>>, by: &'static str) -> impl IntoView {
    let desk = Desk::get();
    let change = StoredValue::new_local(use_change());
    let on_choose = Callback::new(move |arn: String| change.with_value(|change| change(by, Some(arn))));
    let title = group_name(&group);
    let href = address::model_group(&group);
    desk.remember(title.clone(), href.clone());
    let group = StoredValue::new(group);
    // What a decision stands on is looked at again with its group.
    Refreshes::provide();
    let told = use_answer(move || Some(DescribeGroup { group: group.get_value() }));
    let asking = Asking::new();
    when_done(asking.started, move || told.look());
    let navigate = use_navigate();
    let list = if by == "arn" { address::MODELS.to_owned() } else { address::model_groups() };
    keys::on(Action::Back, move || navigate(&list, NavigateOptions::default()));
    // A version that waits is why somebody comes here, else the newest.
    let shown = Memo::new(move |before: Option<&Option<String>>| {
        // Once decided, the version that was shown stays.
        chosen.get().or_else(|| before.cloned().flatten()).or_else(|| {
            let told = told.told.read();
            let cells = &told.as_ref()?.strip.cells;
            let pending = cells.iter().rev().find(|cell| cell.mark.approval == Approval::Pending);
            pending.or(cells.last()).map(|cell| cell.mark.arn.clone())
        })
    });
    // A pasted version may come by its short form.
    let marked = Memo::new(move |_| {
        let wanted = named(&shown.get()?)?;
        let told = told.told.read();
        let mut cells = told.as_ref()?.strip.cells.iter();
        cells.find(|cell| named(&cell.mark.arn).as_ref() == Some(&wanted)).map(|cell| cell.mark.arn.clone())
    });
    let crumb = StoredValue::new((title.clone(), href));
    let list = move || {
        let way = crumb.get_value();
        let title = way.0.clone();
        view! {
            <Head area=AREA way=vec![way] title />
            <div class="body">
                <Outcome started=asking.started />
                {told.waiting(12)}
                {move || told.told.get().map(|detail| view! { <Sides group detail asking shown=marked on_choose /> })}
            </div>
        }
    };
    let on_decided = Callback::new(move |()| told.look());
    let detail = move || {
        view! {
            {move || match shown.get() {
                Some(arn) => view! { <VersionPane arn on_decided /> }.into_any(),
                None if told.told.read().is_some() => view! { <Empty title="No versions" text="Nothing was registered in this group yet." icon="models" /> }.into_any(),
                None => ().into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn Sides(
    group: StoredValue<String>,
    detail: GroupDetail,
    asking: Asking,
    shown: Memo<Option<String>>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let GroupDetail { row, description, tags, strip, metrics, stale, alerts, notices } = detail;
    let table = strip.clone();
    let none = strip.cells.is_empty();
    view! {
        <Partial notices=Signal::stored(notices) />
        {description.map(|text| view! { <p class="soft wrap">{format::visible(&text)}</p> })}
        {(!none).then(|| view! { <Strip strip chosen=shown on_choose /> })}
        {(!metrics.is_empty()).then(|| view! { <Trend group metrics /> })}
        {none.then(|| view! { <Empty title="No versions" text="Nothing was registered in this group yet, or its versions could not be read." icon="models" /> })}
        {(!none).then(|| view! { <VersionTable strip=table shown on_choose /> })}
        {(!stale.is_empty()).then(|| view! { <Stale group=group.get_value() rows=stale asking /> })}
        <Served deployed=row.deployed alerts />
        {(!tags.is_empty()).then(|| view! {
            <section aria-label="Tags">
                <h3 class="part-title">"Tags"</h3>
                <dl class="kv">
                    {tags.into_iter().map(|(key, value)| view! { <dt class="mono">{key}</dt><dd class="mono wrap selectable">{value}</dd> }).collect_view()}
                </dl>
            </section>
        })}
    }
}

/// One metric over the versions.
#[component]
fn Trend(group: StoredValue<String>, metrics: Vec<String>) -> impl IntoView {
    let desk = Desk::get();
    let metric = RwSignal::new(metrics.first().cloned());
    let told = use_answer(move || {
        Some(ReadTrend { group: group.get_value(), metric: metric.get(), offset_minutes: desk.offset_minutes() })
    });
    view! {
        <section aria-label="Metric over versions">
            <div class="row">
                <h3 class="part-title">"Metric over versions"</h3>
                <span class="select">
                    <select aria-label="Metric" on:change:target=move |event| metric.set(Some(event.target().value()))>
                        {metrics.into_iter().map(|name| {
                            let value = name.clone();
                            let title = metric_title(&name).into_owned();
                            view! { <option value=value title=name>{title}</option> }
                        }).collect_view()}
                    </select>
                    <Icon name="chevron-down" />
                </span>
            </div>
            {told.waiting(4)}
            {move || told.told.get().map(|reply| {
                let none = reply.chart.is_none();
                view! {
                    <p class="soft">{reply.trend.words}</p>
                    {reply.chart.map(|chart| view! { <ChartView chart /> })}
                    {none.then(|| view! { <p class="dim">"Too few versions have this metric for a picture."</p> })}
                }
            })}
        </section>
    }
}

/// Newest first; any other version is a link away from standing beside the shown one.
#[component]
fn VersionTable(strip: VersionStrip, shown: Memo<Option<String>>, on_choose: Callback<String>) -> impl IntoView {
    let metric = strip.metric.as_deref().map_or_else(|| "Metric".to_owned(), |name| capital(&metric_title(name)));
    let of_file = strip.metric.clone();
    let numbers: StoredValue<Vec<(String, u32)>> =
        StoredValue::new(strip.cells.iter().map(|cell| (cell.mark.arn.clone(), cell.mark.version)).collect());
    let chosen = Memo::new(move |_| {
        let shown = shown.get()?;
        numbers.with_value(|all| all.iter().find(|(arn, _)| *arn == shown).cloned())
    });
    view! {
        <section aria-label="Versions">
            <h3 class="part-title">"Versions"</h3>
            <table class="table numbers" aria-label="Model versions">
                <thead>
                    <tr>
                        <th scope="col">"Version"</th>
                        <th scope="col">"Approval"</th>
                        <th scope="col">"Stage"</th>
                        <th scope="col" class="num" title=of_file>{metric}</th>
                        <th scope="col">"Serves at"</th>
                        <th scope="col">"Registered"</th>
                    </tr>
                </thead>
                <tbody>
                    {strip.cells.into_iter().rev().map(|cell| {
                        let arn = cell.mark.arn.clone();
                        let pressed = arn.clone();
                        let is_on = move || shown.read().as_ref() == Some(&pressed);
                        let failed = (cell.status != "Completed").then(|| cell.status.clone());
                        let comment = cell.comment.map(|comment| format::visible(&comment));
                        let (version, own) = (cell.mark.version, cell.mark.arn.clone());
                        let compare = move || {
                            let (other, number) = chosen.get().filter(|(other, _)| *other != own)?;
                            let href = compare_href((version, &own), (number, &other));
                            let name = format!("Compare version {number} with {version}");
                            Some(view! { <A href attr:class="link" attr:aria-label=name>{format!("Compare with {number}")}</A> })
                        };
                        view! {
                            <tr class:on=is_on data-id=cell.mark.arn>
                                <th scope="row"><button type="button" class="link num" on:click=move |_| on_choose.run(arn.clone())>{format!("Version {}", cell.mark.version)}</button>
                                    <p>{compare}</p>
                                </th>
                                <td class="tight" title=comment>
                                    <Status shape=of_approval(cell.mark.approval) word=cell.mark.approval.word() />
                                    {failed.map(|status| view! { " " <span class="chip warn">{status}</span> })}
                                </td>
                                <td class="tight">{cell.stage}</td>
                                <td class="num mono">{measured_or_dash(cell.metric)}</td>
                                <td>{cell.live.join(", ")}</td>
                                <td>{time_cell(cell.mark.created)}</td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

/// Endpoints that serve a version, and the alerts of their monitors.
#[component]
fn Served(deployed: Vec<DeployedAt>, alerts: Vec<AlertFact>) -> impl IntoView {
    let none = deployed.is_empty();
    view! {
        <section aria-label="Endpoints">
            <h3 class="part-title">"Endpoints"</h3>
            {none.then(|| view! { <p class="soft">"No endpoint serves a version of this group."</p> })}
            <ul class="plain-list" role="list">
                {deployed.into_iter().map(|at| {
                    let version = at.version.map_or_else(|| "a model made from no known version".to_owned(), |version| format!("version {version}"));
                    view! {
                        <li>
                            <A href=address::endpoint(&at.endpoint) attr:class="link">{at.endpoint}</A>
                            {format!(" serves {version}, {}", at.status)}
                        </li>
                    }
                }).collect_view()}
                {alerts.into_iter().map(|alert| {
                    let (shape, word) = if alert.is_raised { (Shape::Bad, "raised") } else { (Shape::Good, "quiet") };
                    view! { <li>"Alert " <span class="mono">{alert.name}</span> ", " {alert.failing} " of " {alert.of} " runs: " <Status shape word /></li> }
                }).collect_view()}
            </ul>
        </section>
    }
}
