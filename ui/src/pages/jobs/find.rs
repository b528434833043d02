//! A pasted id that does not say what it belongs to: looked for place by place, and never by many calls unasked.

use crate::{address, bridge, format, parts::fault::FaultView};
use contract::{
    Fault,
    jobs::{Engine, FIND_DAYS, FindEvent, FindRun, FoundRun, REQUEST_HOURS, StopFind, Unlogged, find::places_word},
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
    move || what.get().map(|(engine, run)| view! { <Find engine run /> })
}

#[component]
fn Find(engine: Engine, run: String) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let run = StoredValue::new(run);
    let answer = RwSignal::new(None::<Result<FoundRun, Fault>>);
    let progress = RwSignal::new(None::<FindEvent>);
    let hours = RwSignal::new(REQUEST_HOURS);
    let ask = Callback::new(move |confirmed: bool| {
        answer.set(None);
        progress.set(None);
        spawn_local(async move {
            let Some(run) = run.try_get_value() else { return };
            let tell = move |event: FindEvent| {
                progress.try_set(Some(event));
            };
            let hours = hours.try_get_untracked();
            let request = FindRun { engine, run, confirmed, hours };
            let found = bridge::listen(request, tell).await.map(|(found, _)| found);
            let there = match &found {
                Ok(FoundRun::There(target)) => Some(address::job_target(target)),
                Ok(FoundRun::Logged(place)) => Some(address::log_at(&place.log, Some(place.at))),
                _ => None,
            };
            if let Some(there) = there {
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate.try_with_value(|navigate| navigate(&there, options));
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
        Some(Ok(FoundRun::There(_) | FoundRun::Logged(_))) => ().into_any(),
        Some(Ok(FoundRun::Ask { places })) if engine == Engine::Lambda => {
            let button = act(format!("Look in {}", words(places)), move || ask.run(true));
            said(offered(&name(), &words(places), hours.get_untracked()).into_any(), Some(by_hand(button)))
        }
        Some(Ok(FoundRun::Unlogged(told))) => {
            let mention = told.mention.as_ref().map(|place| address::log_at(&place.log, Some(place.at)));
            let mention = mention.map(|href| view! { " " <A href=href attr:class="link">"Open where it is named"</A> });
            let text = view! { {unlogged(&name(), &words(told.groups), &told)} {mention} }.into_any();
            let further = further(told.hours).map(|next| {
                act(format!("Look in the last {}", span(next)), move || {
                    hours.set(next);
                    ask.run(true);
                })
            });
            said(text, Some(by_hand(further.into_any())))
        }
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
            // Who stopped a search of logs wanted it before.
            let confirmed = engine == Engine::Lambda;
            said(text.into_any(), Some(act("Look again".to_owned(), move || ask.run(confirmed))))
        }
    }
}

/// What a person may do instead.
fn by_hand(first: AnyView) -> AnyView {
    view! {
        {first}
        " "
        <A href="/jobs/homes?q=engine:lambda" attr:class="link">"Show functions"</A>
        " "
        <A href=address::insights(None, "", None) attr:class="link">"Search log groups"</A>
    }
    .into_any()
}

/// How long logs are looked back over: the next longer one, if there is one.
fn further(hours: u32) -> Option<u32> {
    [REQUEST_HOURS, 7 * 24, 30 * 24].into_iter().find(|next| *next > hours)
}

/// `24 hours`, `7 days`.
fn span(hours: u32) -> String {
    if hours > 24 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}

fn offered(request: &str, groups: &str, hours: u32) -> String {
    format!(
        "{request} does not say whose request it is, and no call of Lambda does. Looking for it reads the last {} of \
         {groups}, a few calls a second.",
        span(hours)
    )
}

/// Where a request was looked for, and where not.
fn unlogged(request: &str, groups: &str, told: &Unlogged) -> String {
    let mention = if told.mention.is_some() { " A line of something else names it." } else { "" };
    let partly = if told.partly > 0 {
        format!(" Of {} only the first part was read.", format::counted(told.partly, "group", "groups"))
    } else {
        String::new()
    };
    let missed = missed(told.unread, told.why.as_deref(), told.more);
    format!(
        "{request} is no request of the last {} in {groups} of this region.{mention}{partly}{missed}",
        span(told.hours)
    )
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
    fn of_a_request_it_is_said_what_is_looked_at() {
        assert_eq!(wanted("lambda:8b1f"), Some((Engine::Lambda, "8b1f".into())));
        let said = offered("8b1f", "37 log groups of functions", REQUEST_HOURS);
        assert!(said.starts_with("8b1f does not say") && said.contains("the last 24 hours of 37 log groups"), "{said}");
        let told = Unlogged { groups: 37, hours: 168, partly: 0, unread: 0, why: None, more: false, mention: None };
        let whole = unlogged("8b1f", "37 log groups of functions", &told);
        assert_eq!(whole, "8b1f is no request of the last 7 days in 37 log groups of functions of this region.");
        let part = Unlogged { partly: 2, unread: 1, why: Some("access denied".into()), more: true, ..told };
        let said = unlogged("8b1f", "37 log groups of functions", &part);
        assert!(said.contains("Of 2 groups only the first part") && said.contains("1 could not be asked"), "{said}");
        assert!(said.ends_with("There are more, which were not looked through."), "{said}");
    }

    #[test]
    fn logs_are_looked_back_over_further_each_time() {
        assert_eq!((further(REQUEST_HOURS), further(168), further(720)), (Some(168), Some(720), None));
        assert_eq!((span(24), span(720)), ("24 hours".to_owned(), "30 days".to_owned()));
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
