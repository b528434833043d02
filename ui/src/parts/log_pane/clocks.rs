//! The clocks of merged files: what is added to the times of each, what they themselves say should be, and the way back.

use super::open::LogHandle;
use crate::{bridge, desk::Desk, format, parts::icon::Icon};
use contract::logs::SetLogClock;
use leptos::{prelude::*, task::spawn_local};

/// Added milliseconds in words: `+ 5 m 2 s`, `- 1.5 s`.
pub fn words(offset: i64) -> String {
    let sign = if offset < 0 { "-" } else { "+" };
    let all = offset.unsigned_abs();
    let (hours, minutes, millis) = (all / 3_600_000, all / 60_000 % 60, all % 60_000);
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push(format!("{hours} h"));
    }
    if minutes > 0 {
        parts.push(format!("{minutes} m"));
    }
    if all < 1_000 {
        parts.push(format!("{millis} ms"));
    } else if millis > 0 {
        let exact = format!("{}.{:03}", millis / 1_000, millis % 1_000);
        parts.push(format!("{} s", exact.trim_end_matches('0').trim_end_matches('.')));
    }
    format!("{sign} {}", parts.join(" "))
}

/// Milliseconds as they are typed: `5m 2s`, `-1.5s`, `+1 h`, `0`. A number without a unit is seconds.
fn read(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (sign, mut rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    if rest.is_empty() {
        return None;
    }
    let mut all = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(letters)?;
        let unit: i64 = match unit {
            "ms" => 1,
            "" | "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let part = format!("{part:0<3}");
        let thousandths: i64 = part.get(..3)?.parse().ok()?;
        let value = whole.parse::<i64>().ok()?.checked_mul(unit)?.checked_add(thousandths * unit / 1_000)?;
        all = all.checked_add(value)?;
        rest = behind;
    }
    Some(sign * all)
}

/// A file as it is shown here.
#[derive(Clone, PartialEq, Eq)]
struct Clock {
    number: u32,
    name: String,
    offset: i64,
    /// What should be added, and how many tasks say so.
    should: Option<(i64, u64)>,
}

/// Stands below the tools of a merged log while it is open, and whenever a file's clock is off.
#[component]
pub fn Clocks(log: LogHandle, open: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::get();
    let before = RwSignal::new(None::<Clock>);
    let clocks = Memo::new(move |_| {
        log.state.with(|state| {
            let files = state.as_ref().map(|state| state.files.as_slice()).unwrap_or_default();
            let clocks = (0_u32..).zip(files).map(|(number, file)| Clock {
                number,
                name: file.row.words(),
                offset: file.offset,
                should: file.skew.map(|skew| (skew.offset, skew.tasks)),
            });
            if files.len() > 1 { clocks.collect::<Vec<_>>() } else { Vec::new() }
        })
    });
    // What was set back is not offered to be set back again.
    let set = move |clock: Clock, offset: i64, undoable: bool| {
        let Some(log) = log.id() else { return };
        spawn_local(async move {
            match bridge::call(SetLogClock { log, file: clock.number, offset }).await {
                Ok(()) => {
                    before.try_set(undoable.then_some(clock));
                }
                Err(fault) => desk.say(format!("{}: {}", fault.title, fault.detail)),
            }
        });
    };
    let shown = move || {
        let all = clocks.get().into_iter();
        let off = |clock: &Clock| clock.should.is_some_and(|(offset, _)| offset != clock.offset) || clock.offset != 0;
        all.filter(|clock| open.get() || off(clock)).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || !shown().is_empty() || before.with(Option::is_some)>
            <div class="log-clocks" role="group" aria-label="Clocks of the files">
                {move || before.get().map(|clock| {
                    let name = clock.name.clone();
                    view! {
                        <p>
                            {format!("The clock of {name} was set. ")}
                            <button type="button" class="link" on:click=move |_| {
                                set(clock.clone(), clock.offset, false);
                            }>"Undo"</button>
                        </p>
                    }
                })}
                <ul role="list">
                    {move || shown().into_iter().map(|clock| view! { <OneClock clock on_set=Callback::new(move |(clock, offset)| set(clock, offset, true)) /> }).collect_view()}
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn OneClock(clock: Clock, #[prop(into)] on_set: Callback<(Clock, i64)>) -> impl IntoView {
    let typed = RwSignal::new(if clock.offset == 0 { String::new() } else { words(clock.offset) });
    let wrong = RwSignal::new(false);
    let label = format!("Added to the times of {}", clock.name);
    let take = {
        let clock = clock.clone();
        move || match read(&typed.get_untracked()) {
            Some(offset) => {
                wrong.set(false);
                on_set.run((clock.clone(), offset));
            }
            None => wrong.set(true),
        }
    };
    let offer = clock.should.filter(|(offset, _)| *offset != clock.offset).map(|(offset, tasks)| {
        let clock = clock.clone();
        view! {
            <span class="warn"><Icon name="triangle-alert" />{evidence(tasks)}</span>
            <button type="button" class="btn" on:click=move |_| on_set.run((clock.clone(), offset))>{format!("Set {}", words(offset))}</button>
        }
    });
    let told = (clock.offset != 0).then(|| {
        let clock = clock.clone();
        view! { <button type="button" class="btn" on:click=move |_| on_set.run((clock.clone(), 0))>"As told"</button> }
    });
    view! {
        <li>
            <span class="cut">{clock.name}</span>
            <input
                type="text"
                aria-label=label
                placeholder="as told; 5m, -1.5s"
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                        take();
                    }
                }
            />
            {offer}
            {told}
            <Show when=move || wrong.get()>
                <span class="field-error" role="alert">"Write it like 5m 2s or -1.5s."</span>
            </Show>
        </li>
    }
}

fn evidence(tasks: u64) -> String {
    format!("{} that the driver tells of too say that its clock is off.", format::counted(tasks, "task", "tasks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_no_amount() {
        assert_eq!(evidence(4), "4 tasks that the driver tells of too say that its clock is off.");
    }

    #[test]
    fn what_is_typed_is_milliseconds() {
        for (text, millis) in [
            ("5m 2s", 302_000),
            ("-1.5s", -1_500),
            ("+ 1 h", 3_600_000),
            ("1h1m1s", 3_661_000),
            ("0", 0),
            ("90", 90_000),
            ("250ms", 250),
            ("1.25 m", 75_000),
        ] {
            assert_eq!(read(text), Some(millis), "{text}");
        }
        for text in ["", "-", "abc", "5x", "1.2.3s", "9999999999999999h", "s"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for (offset, text) in [
            (302_000, "+ 5 m 2 s"),
            (-1_500, "- 1.5 s"),
            (3_600_000, "+ 1 h"),
            (-60_000, "- 1 m"),
            (12, "+ 12 ms"),
            (10_000, "+ 10 s"),
            (-3_661_010, "- 1 h 1 m 1.01 s"),
            (60_012, "+ 1 m 0.012 s"),
        ] {
            assert_eq!(words(offset), text);
            assert_eq!(read(text), Some(offset), "{text}");
        }
    }
}
