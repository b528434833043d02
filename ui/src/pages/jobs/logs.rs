//! The Logs tab: the files of the run, or the reader on one or several of them.

use super::{
    AREA,
    log_files::{BadgeLine, LogFiles, apart, joined, line_of},
};
use crate::{
    address::{self, Query},
    format,
    parts::{
        head::Head,
        icon::Icon,
        list::use_change,
        log_pane::{LogPane, offset_words, use_log},
        states::Empty,
    },
};
use contract::{Timestamp, jobs::JobId};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

/// Files named above the lines; the others are counted.
const NAMED: usize = 4;

/// `range` is when the run was, for what asks its log groups; `ended` when it was over.
#[component]
pub fn Logs(
    job: JobId,
    #[prop(into)] range: Signal<Option<String>>,
    #[prop(into)] ended: Signal<Option<Timestamp>>,
) -> impl IntoView {
    let query = address::use_query();
    let files = Memo::new(move |_| query.read().get("log").map(apart).unwrap_or_default());
    let job = StoredValue::new(job);
    let change = StoredValue::new_local(use_change());
    let navigate = use_navigate();
    let open = Callback::new(move |files: Vec<String>| {
        // A step in the history: back leads to the list.
        let to = address::log(&job.get_value(), &joined(&files), None);
        navigate(&to, NavigateOptions::default());
    });
    let close = Callback::new(move |()| {
        change.with_value(|change| {
            change("line", None);
            change("log", None);
        });
    });
    view! {
        {move || {
            let files = files.get();
            if files.is_empty() {
                let href = move || address::insights(Some(&job.get_value()), "", range.get().as_deref());
                view! {
                    <div class="stack-insights">
                        <p class="pad"><A href=href attr:class="link">"Query its log groups with Logs Insights"</A></p>
                        <LogFiles job=job.get_value() ended on_open=open />
                    </div>
                }
                    .into_any()
            } else {
                view! { <Reader job=Some(job.get_value()) files on_close=close /> }.into_any()
            }
        }}
    }
}

#[component]
fn Reader(job: Option<JobId>, files: Vec<String>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let query = address::use_query();
    let line = Memo::new(move |_| line_of(&query.read()));
    let at = Memo::new(move |_| query.read().get("at").and_then(|text| text.parse::<Timestamp>().ok()));
    let log = use_log(files.clone(), job.clone());
    let count = files.len();
    let back = if job.is_some() {
        "All files"
    } else if execution_of(&query.read_untracked()).is_some() {
        "Execution"
    } else {
        "Jobs"
    };
    let complete = Signal::derive(move || log.state.with(|state| state.as_ref().is_some_and(|state| state.complete)));
    let names = move || {
        log.state.with(|state| {
            let state = state.as_ref()?;
            Some(
                state
                    .files
                    .iter()
                    .take(NAMED)
                    .map(|file| {
                        let title = file.row.address.clone();
                        let class = if file.fault.is_some() { "chip bad" } else { "chip acc" };
                        let offset = (file.offset != 0).then(|| format!(" {}", offset_words(file.offset)));
                        view! { <span class=class title=title>{file.row.words()}{offset}</span> }
                    })
                    .collect_view(),
            )
        })
    };
    view! {
        <div class="stack reader">
            <div class="log-head">
                <button type="button" class="btn quiet" on:click=move |_| on_close.run(())><Icon name="chevron-left" />{back}</button>
                {names}
                {(count > NAMED).then(|| view! { <span class="chip">{format!("+ {}", format::counted((count - NAMED) as u64, "file", "files"))}</span> })}
                {(count > 1).then(|| view! { <span class="dim">"merged on one clock"</span> })}
                {job.map(|job| view! { <BadgeLine job complete /> })}
            </div>
            <LogPane log line at />
        </div>
    }
}

/// Files that belong to no run which is known: a pasted path, group or stream.
#[component]
pub fn OneLog() -> impl IntoView {
    let query = address::use_query();
    let files = Memo::new(move |_| query.read().get("log").map(apart).unwrap_or_default());
    let navigate = use_navigate();
    let close = Callback::new(move |()| {
        let to = way(&query.read_untracked()).pop().map_or_else(|| address::JOBS.to_owned(), |(_, href)| href);
        navigate(&to, NavigateOptions::default());
    });
    let groups = move || {
        let mut groups: Vec<String> = Vec::new();
        // Neither names of groups nor of streams may hold a colon.
        let streams = files.get().into_iter().filter(|file| !file.starts_with("s3://"));
        for group in streams.filter_map(|file| Some(file.split_once(':')?.0.to_owned())) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    };
    let way = Memo::new(move |_| way(&query.read()));
    let title = Signal::derive(move || files.read().first().cloned().unwrap_or_else(|| "No log".to_owned()));
    view! {
        <section class="pane">
            {move || view! { <Head area=AREA way=way.get() title /> }}
            {move || {
                let groups = groups();
                (!groups.is_empty()).then(|| view! {
                    <p class="pad"><A href=address::insights(None, &joined(&groups), None) attr:class="link">"Query the log group with Logs Insights"</A></p>
                })
            }}
            {move || match files.get() {
                files if files.is_empty() => view! { <Empty title="This address names no log" text="Paste the path of a log file, or the name of a log group, with Ctrl K." icon="file" /> }.into_any(),
                files => view! { <Reader job=None files on_close=close /> }.into_any(),
            }}
        </section>
    }
}

/// The execution that the log was opened from, else the list of runs.
fn way(query: &Query) -> Vec<(String, String)> {
    vec![match execution_of(query) {
        Some(arn) => {
            let name = arn.rsplit(':').next().unwrap_or(arn);
            (format!("Execution {}", format::visible(name)), address::execution(arn))
        }
        None => ("Job runs".to_owned(), address::JOBS.to_owned()),
    }]
}

fn execution_of(query: &Query) -> Option<&str> {
    query.get("execution").filter(|arn| arn.contains(":execution:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_leads_back_to_its_execution_or_to_the_runs() {
        let arn = "arn:aws:states:eu-west-1:123456789012:execution:menu-labels:2026-11-15T03-20";
        let of = |execution| way(&Query::default().with("log", Some("/ecs/a:b")).with("execution", execution));
        assert_eq!(of(Some(arn)), [("Execution 2026-11-15T03-20".to_owned(), address::execution(arn))]);
        let runs = [("Job runs".to_owned(), address::JOBS.to_owned())];
        assert_eq!(of(None), runs);
        assert_eq!(of(Some("https://elsewhere.example")), runs, "what is no execution is no way");
    }
}
