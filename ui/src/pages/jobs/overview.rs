//! What a run was asked to do, when it did what, and the commands that act on it.

use crate::{address, desk::Desk, format, parts::states::Partial};
use contract::jobs::{CodeObject, DataPath, Direction, JobDetail, JobMoment, JobRow, Parameters, Setting};
use leptos::prelude::*;
use leptos_router::components::A;

/// When it was created, how long it waited and ran, which attempt it is.
#[component]
pub fn Times(row: JobRow) -> impl IntoView {
    let desk = Desk::get();
    let timing = row.timing;
    let began = row.started.or(row.created);
    let over = row.state.is_over();
    view! {
        <p class="soft facts-line">
            {began.map(|at| view! { <time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time> })}
            {timing.queued.filter(|queued| *queued >= 1_000).map(|queued| view! { <span>{format!("waited {}", format::millis(queued))}</span> })}
            {timing.run.map(|run| view! { <span>{format!("{} {}", if over { "ran" } else { "running for" }, format::millis(run))}</span> })}
            {row.ended.filter(|_| over).map(|at| view! { <span>"ended " <time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></span> })}
            {timing.attempt.map(|attempt| view! { <span>{match timing.attempts {
                Some(most) if most > 1 => format!("attempt {attempt} of {most}"),
                _ if attempt > 1 => format!("attempt {attempt}"),
                _ => String::new(),
            }}</span> })}
        </p>
    }
}

/// Why it is in its state, in the engine's words.
#[component]
pub fn Reason(row: Memo<Option<JobRow>>) -> impl IntoView {
    move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let reason = row.reason.clone()?;
            let class = if row.state.is_failure() { "verdict bad" } else { "verdict" };
            Some(view! {
                <div class=class>
                    <p class="dim small">{format!("{} says", row.id.engine().word())}</p>
                    <p class="selectable wrap">{reason}</p>
                </div>
            })
        })
    }
}

/// What happened to a run and to its other attempts, in order.
fn timeline(own: &[JobMoment], attempts: &[JobRow]) -> Vec<JobMoment> {
    let mut all = own.to_vec();
    // A run that was tried once tells it all itself.
    if attempts.len() > 1 {
        let new = attempts.iter().flat_map(JobMoment::of_attempt);
        let known = |one: &JobMoment| own.iter().any(|own| own.at == one.at && own.what == one.what);
        all.extend(new.filter(|one| !known(one)));
    }
    all.sort_by_key(|moment| moment.at);
    all
}

#[component]
fn Timeline(
    moments: Vec<JobMoment>,
    attempts: RwSignal<Vec<JobRow>>,
    /// Stands above already.
    reason: Option<String>,
) -> impl IntoView {
    let desk = Desk::get();
    move || {
        let all = attempts.with(|attempts| timeline(&moments, attempts));
        (!all.is_empty()).then(|| {
            view! {
                <section aria-label="Timeline">
                    <h3 class="part-title">"Timeline"</h3>
                    <ol class="moments of-run" role="list" aria-label="What happened">
                        {all
                            .into_iter()
                            .map(|moment| {
                                let at = moment.at;
                                view! {
                                    <li class:bad=moment.failure>
                                        <time class="mono dim" datetime=format::iso(at) title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time>
                                        <span>{super::list::capital(&moment.what)}</span>
                                        <span class="wrap selectable">{moment.text.filter(|text| reason.as_ref() != Some(text))}</span>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                </section>
            }
        })
    }
}

/// `attempts` are all of the run, where they were asked for.
#[component]
pub fn Overview(detail: JobDetail, attempts: RwSignal<Vec<JobRow>>) -> impl IntoView {
    let desk = Desk::get();
    let view = detail.view;
    let row = StoredValue::new(Some(view.row.clone()));
    let reason = Memo::new(move |_| row.get_value());
    let notices = view.notices.clone();
    let home = contract::jobs::HomeId::of(&view.row.id);
    view! {
        <Reason row=reason />
        <Partial notices=Signal::stored(notices) />
        <dl class="kv">
            {detail.execution.map(|arn| {
                let to = address::execution(&arn);
                let (name, machine) = (arn.split(':').nth(7).unwrap_or(&arn).to_owned(), arn.split(':').nth(6).unwrap_or_default().to_owned());
                view! { <dt>"Execution"</dt><dd><A href=to attr:class="link">{name}</A> " of " {machine}</dd> }
            })}
            {home.map(|home| view! {
                <dt>{super::list::capital(home.noun())}</dt>
                <dd><A href=address::home(&home) attr:class="link mono">{home.own().to_owned()}</A></dd>
            })}
            {view.row.by.clone().map(|by| view! { <dt>"Started by"</dt><dd class="selectable wrap">{by}</dd> })}
            {view.row.release.clone().map(|release| view! { <dt>"Release"</dt><dd>{release}</dd> })}
            {super::cells::used(&view.row.cost)}
            {view.arn.clone().map(|arn| {
                let copied = arn.clone();
                view! { <dt>"ARN"</dt><dd><button type="button" class="link mono wrap" title="Copy the ARN" on:click=move |_| desk.copy(copied.clone(), "the ARN")>{arn}</button></dd> }
            })}
        </dl>
        <Timeline moments=view.moments attempts reason=view.row.reason.clone() />
        <Program parameters=view.parameters.clone() />
        <Commands commands=view.commands console=view.console />
    }
}

#[component]
fn Program(parameters: Parameters) -> impl IntoView {
    let Parameters { entry_point, main_class, arguments, settings, other, code, paths } = parameters;
    let arguments = StoredValue::new(arguments);
    view! {
        {(entry_point.is_some() || main_class.is_some() || !arguments.read_value().is_empty()).then(|| view! {
            <section aria-label="Program">
                <h3 class="part-title">"Program"</h3>
                <dl class="kv">
                    {entry_point.map(|entry| view! { <dt>"Entry point"</dt><dd class="mono wrap selectable"><Object uri=entry /></dd> })}
                    {main_class.map(|class| view! { <dt>"Main class"</dt><dd class="mono wrap selectable">{class}</dd> })}
                </dl>
                {(!arguments.read_value().is_empty()).then(|| view! {
                    <ol class="arguments mono" role="list" aria-label="Arguments">
                        {arguments.get_value().into_iter().map(|argument| view! { <li class="wrap selectable">{format::lines(&argument)}</li> }).collect_view()}
                    </ol>
                })}
            </section>
        })}
        {(!paths.is_empty()).then(|| view! { <Paths paths /> })}
        {(!code.is_empty()).then(|| view! { <Code code /> })}
        {(!settings.is_empty()).then(|| view! { <SettingTable title="Configuration" settings /> })}
        {(!other.is_empty()).then(|| view! { <SettingTable title="Other settings" settings=other /> })}
    }
}

/// An S3 URI leads into Objects; anything else is text.
#[component]
fn Object(#[prop(into)] uri: String) -> impl IntoView {
    match object_address(&uri) {
        Some(href) => view! { <A href=href attr:class="link wrap">{uri}</A> }.into_any(),
        None => view! { {uri} }.into_any(),
    }
}

/// The Objects page of an S3 URI: the versions of a key, or a folder; of a pattern the folder that holds what it names.
pub fn object_address(uri: &str) -> Option<String> {
    let rest = ["s3://", "s3a://", "s3n://"].iter().find_map(|scheme| uri.strip_prefix(scheme))?;
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return None;
    }
    if let Some(at) = pattern_at(key) {
        let end = key.get(..at).and_then(|before| before.rfind('/')).map_or(0, |slash| slash + 1);
        return Some(address::folder(bucket, key.get(..end).unwrap_or_default(), false));
    }
    let name = key.rsplit('/').next().unwrap_or_default();
    Some(if key.is_empty() || !name.contains('.') {
        let folder = if key.is_empty() || key.ends_with('/') { key.to_owned() } else { format!("{key}/") };
        address::folder(bucket, &folder, false)
    } else {
        address::versions(bucket, key, None)
    })
}

/// Where a key begins to be a pattern of Hadoop: `*`, `?`, `[0-9]`, `{a,b}`.
fn pattern_at(key: &str) -> Option<usize> {
    let closes = |at: usize, end: char| key.get(at..).and_then(|rest| rest.split_once(end)).map(|(inside, _)| inside);
    let begins = |(at, c): &(usize, char)| match c {
        '*' | '?' => true,
        '[' => closes(*at, ']').is_some(),
        '{' => closes(*at, '}').is_some_and(|inside| inside.contains(',')),
        _ => false,
    };
    key.char_indices().find(begins).map(|(at, _)| at)
}

#[component]
fn Paths(paths: Vec<DataPath>) -> impl IntoView {
    view! {
        <section aria-label="Data">
            <h3 class="part-title">"Data"</h3>
            <dl class="kv">
                {paths.into_iter().map(|path| {
                    let direction = match path.direction {
                        Direction::Input => "Reads",
                        Direction::Output => "Writes",
                        Direction::Unknown => "Names",
                    };
                    view! {
                        <dt title=path.argument.clone().unwrap_or_default()>{direction}</dt>
                        <dd class="mono"><Object uri=path.uri /></dd>
                    }
                }).collect_view()}
            </dl>
        </section>
    }
}

#[component]
fn Code(code: Vec<CodeObject>) -> impl IntoView {
    view! {
        <section aria-label="Code">
            <h3 class="part-title">"Code"</h3>
            <dl class="kv">
                {code.into_iter().map(|object| view! { <dt>{super::list::capital(&object.role)}</dt><dd class="mono"><Object uri=object.uri /></dd> }).collect_view()}
            </dl>
        </section>
    }
}

/// Keys with their values; what was set again elsewhere is struck through and says so.
#[component]
fn SettingTable(title: &'static str, settings: Vec<Setting>) -> impl IntoView {
    view! {
        <section aria-label=title>
            <h3 class="part-title">{title}</h3>
            <table class="table settings-table">
                <thead>
                    <tr><th scope="col">"Key"</th><th scope="col">"Value"</th><th scope="col">"Set by"</th></tr>
                </thead>
                <tbody>
                    {settings.into_iter().map(|setting| {
                        let class = if setting.effective { "" } else { "unset" };
                        let from = if setting.effective { setting.from } else { format!("{}, set again elsewhere", setting.from) };
                        view! {
                            <tr class=class>
                                <th scope="row" class="mono">{setting.key}</th>
                                <td class="mono selectable">{if setting.secret { view! { <span class="dim">"hidden: the name is that of a secret"</span> }.into_any() } else { view! { {setting.value} }.into_any() }}</td>
                                <td class="dim">{from}</td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

#[component]
fn Commands(commands: Vec<(String, String)>, console: Option<String>) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <section aria-label="Commands">
            <h3 class="part-title">"Commands"</h3>
            <ul class="command-list" role="list">
                {commands.into_iter().map(|(what, line)| {
                    let copied = line.clone();
                    view! {
                        <li>
                            <span class="dim">{super::list::capital(&what)}</span>
                            <code class="code selectable">{line}</code>
                            <button type="button" class="link" on:click=move |_| desk.copy(copied.clone(), "the aws command")>"Copy"</button>
                        </li>
                    }
                }).collect_view()}
                {console.map(|console| {
                    let copied = console.clone();
                    view! {
                        <li>
                            <span class="dim">"Console"</span>
                            <code class="code selectable">{console}</code>
                            <button type="button" class="link" on:click=move |_| desk.copy(copied.clone(), "the console's address")>"Copy"</button>
                        </li>
                    }
                })}
            </ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        Timestamp,
        jobs::{JobId, State, Timing},
    };

    fn at(minute: u8) -> Timestamp {
        format!("2026-11-21T05:{minute:02}:00Z").parse().unwrap()
    }

    fn moment(minute: u8, what: &str) -> JobMoment {
        JobMoment { at: at(minute), what: what.into(), text: None, failure: false }
    }

    fn attempt(number: u32, from: u8, until: u8, state: State) -> JobRow {
        let id = JobId::Serverless { application: "00f".into(), run: "00g".into(), attempt: Some(number) };
        JobRow {
            id,
            name: "load".into(),
            state,
            word: String::new(),
            reason: Some("it broke".into()),
            created: None,
            started: Some(at(from)),
            ended: Some(at(until)),
            timing: Timing { attempt: Some(number), ..Timing::default() },
            by: None,
            release: None,
            cost: Vec::new(),
            as_of: at(59),
        }
    }

    #[test]
    fn the_attempts_stand_in_the_timeline_of_the_run() {
        let own = [moment(10, "attempt 2 started"), moment(20, "ended: succeeded")];
        let told = |attempts: &[JobRow]| -> Vec<String> {
            let line = |one: JobMoment| format!("{} {}", one.what, one.text.unwrap_or_default());
            timeline(&own, attempts).into_iter().map(line).map(|line| line.trim().to_owned()).collect()
        };
        let rows = [attempt(2, 10, 20, State::Succeeded), attempt(1, 1, 9, State::Failed)];
        assert_eq!(
            told(&rows),
            [
                "attempt 1 started",
                "attempt 1 ended: failed it broke",
                "attempt 2 started",
                "ended: succeeded",
                "attempt 2 ended: succeeded",
            ]
        );
        assert_eq!(told(&rows[..1]).len(), 2);
    }

    #[test]
    fn paths_of_hadoop_open_in_objects() {
        assert_eq!(object_address("s3a://lake-raw/data/in").as_deref(), Some("/objects/lake-raw?prefix=data/in/"));
        assert_eq!(
            object_address("s3://lake-raw/jobs/clean.py").as_deref(),
            Some("/objects/lake-raw?key=jobs/clean.py")
        );
        assert_eq!(object_address("s3://lake-raw").as_deref(), Some("/objects/lake-raw"));
        for pattern in ["raw/sales/*/part-*.csv", "raw/sales/day-[0-9].csv", "raw/sales/{a,b}/x.csv", "raw/sales/?.csv"]
        {
            let folder = object_address(&format!("s3://lake-raw/{pattern}"));
            assert_eq!(folder.as_deref(), Some("/objects/lake-raw?prefix=raw/sales/"), "{pattern}");
        }
        assert_eq!(object_address("s3://lake-raw/*.csv").as_deref(), Some("/objects/lake-raw"));
        assert_eq!(object_address("s3://lake-raw/a[1.csv").as_deref().map(|to| to.contains("key=")), Some(true));
        assert_eq!(object_address("command-runner.jar"), None);
        assert_eq!(object_address("s3:///x"), None);
    }
}
