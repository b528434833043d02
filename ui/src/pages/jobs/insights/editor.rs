//! The query as the person writes it, over which groups, at what cost.

use super::{Asked, cost::Estimate, groups::Groups, run::RunHandle};
use crate::{
    desk::Desk,
    parts::{fault::FaultView, icon::Icon, saved::SavedMenu},
    range,
};
use contract::{
    insights::{Malformed, ReadyQuery, StartInsights},
    range::Within,
    searches::Search,
};
use leptos::prelude::*;

#[component]
pub fn Editor(asked: Asked, within: Memo<Option<Within>>, run: RunHandle) -> impl IntoView {
    let desk = Desk::get();
    let start = move || {
        let within = within.get_untracked();
        let (groups, text) = (asked.groups.get_untracked(), asked.text.get_untracked());
        if let Some(within) = within.filter(|_| !groups.is_empty() && !text.trim().is_empty()) {
            run.start(StartInsights { groups, text, within });
        }
    };
    let command = Memo::new(move |_| run.state.with(|state| state.as_ref().map(|state| state.command.clone())));
    let busy = Memo::new(move |_| run.starting.get() || run.running());
    // Why it cannot run, or none.
    let lacks = Memo::new(move |_| {
        if asked.groups.read().is_empty() {
            Some("Choose a log group first.")
        } else if asked.text.read().trim().is_empty() {
            Some("Write a query first.")
        } else {
            None
        }
    });
    let current = Signal::derive(move || Search::Insights { text: asked.text.get(), groups: asked.groups.get() });
    let on_saved = Callback::new(move |saved: Search| {
        if let Search::Insights { text, groups } = saved {
            asked.text.set(text);
            if !groups.is_empty() {
                asked.groups.set(groups);
            }
        }
    });
    view! {
        <div class="insights">
            <Groups asked />
            <div class="row">
                <Ready asked />
                <SavedMenu insights=true current on_run=on_saved />
                <span class="dim num">{move || range::words(within.get().map(|within| within.range), desk.zone())}</span>
            </div>
            <textarea
                class="mono insights-query"
                rows="6"
                aria-label="Query"
                aria-invalid=move || run.wrong.read().is_some().to_string()
                aria-describedby="query-problem"
                spellcheck="false"
                prop:value=move || asked.text.get()
                on:input:target=move |event| asked.text.set(event.target().value())
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        if !busy.get_untracked() {
                            start();
                        }
                    }
                }
            ></textarea>
            <div class="field-error" id="query-problem" role="alert">
                {move || run.wrong.get().map(|wrong| view! { <Wrong wrong text=asked.text.get_untracked() /> })}
            </div>
            {move || run.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| start()) /> })}
            <Estimate asked within />
            <div class="row">
                <Show
                    when=move || busy.get()
                    fallback=move || view! {
                        <button
                            type="button"
                            class="btn go"
                            title=move || lacks.get().unwrap_or("Scans the groups in the range, at the cost told above (Ctrl Enter)")
                            prop:disabled=move || lacks.read().is_some()
                            on:click=move |_| start()
                        >
                            <Icon name="play" />
                            "Run query"
                        </button>
                    }
                >
                    <button
                        type="button"
                        class="btn"
                        title=move || run.starting.get().then_some("The query is on its way to the service")
                        prop:disabled=move || run.starting.get()
                        on:click=move |_| run.stop()
                    >
                        <Icon name="square" />
                        "Stop query"
                    </button>
                </Show>
                {move || command.get().map(|command| {
                    let title = command.clone();
                    view! {
                        <button type="button" class="btn" title=title on:click=move |_| desk.copy(command.clone(), "the aws command")>
                            <Icon name="copy" />
                            "Copy aws command"
                        </button>
                    }
                })}
            </div>
        </div>
    }
}

/// The queries that are ready to run. Choosing one puts it into the editor and runs nothing.
#[component]
fn Ready(asked: Asked) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let text = asked.text.read();
        asked.ready.with(|all| all.iter().position(|query| query.text == *text))
    });
    let options = move || {
        let option = |(at, query): (usize, ReadyQuery)| {
            let on = move || chosen.get() == Some(at);
            view! { <option value=at.to_string() prop:selected=on>{query.name}</option> }
        };
        asked.ready.get().into_iter().enumerate().map(option).collect_view()
    };
    view! {
        <span class="select">
            <select
                aria-label="Ready queries"
                on:change=move |event| {
                    let at = event_target_value(&event).parse::<usize>().ok();
                    let text = at.and_then(|at| asked.ready.with_untracked(|all| Some(all.get(at)?.text.clone())));
                    if let Some(text) = text {
                        asked.text.set(text);
                    }
                }
            >
                <option value="" prop:selected=move || chosen.get().is_none()>"Your own query"</option>
                {options}
            </select>
            <Icon name="chevron-down" />
        </span>
    }
}

/// What is wrong with the query, with the wrong part underlined where the service says where.
#[component]
fn Wrong(wrong: Malformed, text: String) -> impl IntoView {
    let parts = wrong.place.and_then(|place| around(&text, place));
    view! {
        {parts.map(|(before, part, after)| view! {
            <pre class="mono" aria-hidden="true">{before}<u class="wrong">{part}</u>{after}</pre>
        })}
        <p>{wrong.message}</p>
    }
}

/// The line that holds the place, in three parts.
fn around(text: &str, (from, to): (u32, u32)) -> Option<(String, String, String)> {
    let byte = |at: u32| {
        let at = usize::try_from(at).ok()?;
        text.char_indices().map(|(byte, _)| byte).chain([text.len()]).nth(at)
    };
    let (from, to) = (byte(from)?, byte(to)?);
    let begin = text.get(..from)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(to..)?.find('\n').map_or(text.len(), |at| to + at);
    let part = |from: usize, to: usize| text.get(from..to).map(str::to_owned);
    Some((part(begin, from)?, part(from, to)?, part(to, end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_wrong_word_is_shown() {
        let text = "fields @message\n| fäncy x\n| limit 1";
        let parts = |from, to| around(text, (from, to)).map(|(a, b, c)| [a, b, c].join("~"));
        assert_eq!(parts(18, 23).as_deref(), Some("| ~fäncy~ x"));
        assert_eq!(parts(0, 6).as_deref(), Some("~fields~ @message"));
        assert_eq!(parts(28, 35).as_deref(), Some("| ~limit 1~"));
        assert_eq!([parts(18, 99), parts(99, 99)], [None, None]);
        assert_eq!(parts(5, 2), None, "the wrong way round");
    }
}
