//! A pasted id that does not say what it belongs to: looked for place by place, and never by many calls unasked.

use crate::{address, bridge, format, parts::fault::FaultView};
use contract::{
    Fault,
    jobs::{Engine, FIND_DAYS, FindEvent, FindRun, FoundRun, StopFind, find::places_word},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

/// From the address: `emr:s-3QM0`.
fn wanted(text: &str) -> Option<(Engine, String)> {
    let (code, run) = text.split_once(':')?;
    let engine = Engine::ALL.into_iter().find(|engine| engine.code() == code)?;
    (!run.is_empty()).then(|| (engine, run.to_owned()))
}

/// Looks for what the address names; nothing where it names nothing.
#[component]
pub fn Finder() -> impl IntoView {
    let query = address::use_query();
    let what = Memo::new(move |_| query.read().get("find").and_then(wanted));
    move || {
        what.get().map(|(engine, run)| match engine {
            Engine::Lambda => view! { <Request request=run /> }.into_any(),
            engine => view! { <Find engine run /> }.into_any(),
        })
    }
}

/// A request names no function, and no call of Lambda finds one by it: only the log of its function knows it.
#[component]
fn Request(request: String) -> impl IntoView {
    let text = no_function(&request);
    view! {
        <div class="verdict" role="group" aria-label="Looking for the run">
            <p role="status" class="selectable">{text}</p>
            <A href="/jobs/homes?q=engine:lambda" attr:class="link">"Show functions"</A>
            " "
            <A href=address::insights(None, "", None) attr:class="link">"Search log groups"</A>
        </div>
    }
}

fn no_function(request: &str) -> String {
    format!(
        "{request} does not say whose request it is. If no row has it, search for it in the log group of its function: \
         /aws/lambda/ and the function's name, unless the function is told to log elsewhere."
    )
}

#[component]
fn Find(engine: Engine, run: String) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let run = StoredValue::new(run);
    let answer = RwSignal::new(None::<Result<FoundRun, Fault>>);
    let progress = RwSignal::new(None::<FindEvent>);
    let ask = Callback::new(move |confirmed: bool| {
        answer.set(None);
        progress.set(None);
        spawn_local(async move {
            let Some(run) = run.try_get_value() else { return };
            let tell = move |event: FindEvent| {
                progress.try_set(Some(event));
            };
            let found = bridge::listen(FindRun { engine, run, confirmed }, tell).await.map(|(found, _)| found);
            if let Ok(FoundRun::There(target)) = &found {
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate.try_with_value(|navigate| navigate(&address::job_target(target), options));
            }
            answer.try_set(Some(found));
        });
    });
    ask.run(false);
    on_cleanup(move || stop(run.try_get_value()));
    let words = move |places: u64| format!("{} {}", format::count(places), places_word(engine, places));
    let name = move || run.get_value();
    let going = move || match progress.get() {
        Some(FindEvent { tried, places }) => {
            format!("Looking for {}: {} of {} asked.", name(), format::count(tried), words(places))
        }
        None => format!("Looking for {}.", name()),
    };
    let again = Callback::new(move |()| ask.run(false));
    move || match answer.get() {
        None => {
            let button = act("Stop".to_owned(), move || stop(run.try_get_value()));
            said(going.into_any(), Some(button))
        }
        Some(Err(fault)) => view! { <FaultView fault retry=again /> }.into_any(),
        Some(Ok(FoundRun::There(_))) => ().into_any(),
        Some(Ok(FoundRun::Ask { places })) => {
            let (name, words) = (name(), words(places));
            let text =
                format!("{name} does not say what it belongs to. Looking for it takes a call for each of {words}.");
            said(text.into_any(), Some(act(format!("Look in {words}"), move || ask.run(true))))
        }
        Some(Ok(FoundRun::Nowhere { places, unread, why, more })) => {
            let missed = missed(unread, why.as_deref(), more);
            said(nowhere(&name(), engine, &words(places), &missed).into_any(), None)
        }
        Some(Ok(FoundRun::Stopped)) => {
            let text = format!("The search for {} was stopped.", name());
            said(text.into_any(), Some(act("Look again".to_owned(), move || ask.run(false))))
        }
    }
}

fn said(text: AnyView, button: Option<AnyView>) -> AnyView {
    view! {
        <div class="verdict" role="group" aria-label="Looking for the run">
            <p role="status">{text}</p>
            {button}
        </div>
    }
    .into_any()
}

fn act(text: String, press: impl Fn() + Send + 'static) -> AnyView {
    view! { <button type="button" class="link" on:click=move |_| press()>{text}</button> }.into_any()
}

fn stop(run: Option<String>) {
    let Some(run) = run else { return };
    spawn_local(async move {
        // A search that is over is ended.
        let _ = bridge::call(StopFind { run }).await;
    });
}

fn nowhere(run: &str, engine: Engine, places: &str, missed: &str) -> String {
    // Clusters come and go; the others stay until somebody deletes them.
    let when = if engine == Engine::Emr { format!(" of the last {FIND_DAYS} days") } else { String::new() };
    format!("{run} was not found in {places}{when} of this region.{missed}")
}

/// Where it was not looked for.
fn missed(unread: u64, why: Option<&str>, more: bool) -> String {
    let mut text = String::new();
    if unread > 0 {
        let why = why.map(|why| format!(": {}", format::one_line(why))).unwrap_or_default();
        text = format!(" {} could not be asked{why}.", format::count(unread));
    }
    if more {
        text.push_str(" There are more, which were not looked through.");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_engine_and_id() {
        assert_eq!(wanted("emr:s-1"), Some((Engine::Emr, "s-1".into())));
        assert_eq!(wanted("glue:jr_1"), Some((Engine::Glue, "jr_1".into())));
        assert_eq!((wanted("emr:"), wanted("oozie:1"), wanted("s-1")), (None, None, None));
    }

    #[test]
    fn of_a_request_the_log_group_is_named() {
        assert_eq!(wanted("lambda:8b1f"), Some((Engine::Lambda, "8b1f".into())));
        let said = no_function("8b1f");
        assert!(said.starts_with("8b1f does not say") && said.contains("/aws/lambda/"), "{said}");
    }

    #[test]
    fn what_was_looked_through_is_said() {
        let said = nowhere("s-1", Engine::Emr, "12 clusters", &missed(0, None, false));
        assert_eq!(said, "s-1 was not found in 12 clusters of the last 7 days of this region.");
        let said = nowhere("jr_1", Engine::Glue, "3 Glue jobs", &missed(1, Some("access denied"), false));
        assert_eq!(said, "jr_1 was not found in 3 Glue jobs of this region. 1 could not be asked: access denied.");
        assert_eq!(missed(0, None, true), " There are more, which were not looked through.");
    }
}
