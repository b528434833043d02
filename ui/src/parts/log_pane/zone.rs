//! In which zone times are read that tell none.

use super::open::LogHandle;
use crate::{bridge, desk::Desk, parts::icon::Icon};
use contract::logs::{LogZone, SetLogZone};
use leptos::{prelude::*, task::spawn_local};

/// The offsets that are somewhere in use, in minutes.
const OFFSETS: [i32; 37] = [
    -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -120, -60, 60, 120, 180, 210, 240, 270,
    300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 720, 765, 780, 840,
];

fn choices() -> Vec<LogZone> {
    [LogZone::Utc, LogZone::Local].into_iter().chain(OFFSETS.map(LogZone::Fixed)).collect()
}

/// With the reason of what nobody chose.
fn words(zone: LogZone) -> String {
    match zone {
        LogZone::Utc => "No zone told: UTC, as Amazon's machines".to_owned(),
        LogZone::Local => "No zone told: this computer's".to_owned(),
        LogZone::Fixed(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let all = minutes.unsigned_abs();
            format!("No zone told: UTC{sign}{:02}:{:02}", all / 60, all % 60)
        }
    }
}

#[component]
pub fn ZoneSelect(log: LogHandle) -> impl IntoView {
    let desk = Desk::get();
    let choices = StoredValue::new(choices());
    let chosen = Memo::new(move |_| log.state.with(|state| state.as_ref().map(|state| state.zone).unwrap_or_default()));
    // A zone that was refused leaves the other one chosen, though nothing has changed here.
    let turn = RwSignal::new(0_u64);
    let index = move || {
        turn.track();
        choices.with_value(|all| all.iter().position(|zone| *zone == chosen.get()).unwrap_or_default())
    };
    let choose = move |zone: LogZone| {
        let Some(log) = log.id() else { return };
        spawn_local(async move {
            if let Err(fault) = bridge::call(SetLogZone { log, zone }).await {
                desk.say(format!("{}: {}", fault.title, fault.detail));
                turn.try_update(|turn| *turn += 1);
            }
        });
    };
    view! {
        <span class="select">
            <select
                aria-label="Zone of times that tell none"
                title="The text stays; its times are read anew"
                prop:value=move || index().to_string()
                on:change=move |event| {
                    let at = event_target_value(&event).parse::<usize>().unwrap_or_default();
                    if let Some(zone) = choices.with_value(|all| all.get(at).copied()) {
                        choose(zone);
                    }
                }
            >
                {choices.with_value(|all| all.iter().enumerate().map(|(at, zone)| view! { <option value=at.to_string()>{words(*zone)}</option> }).collect_view())}
            </select>
            <Icon name="chevron-down" />
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_its_own_words() {
        let all: std::collections::BTreeSet<_> = choices().into_iter().map(words).collect();
        assert_eq!(all.len(), 39);
        assert_eq!(words(LogZone::Fixed(345)), "No zone told: UTC+05:45");
        assert_eq!(words(LogZone::Fixed(-210)), "No zone told: UTC-03:30");
    }
}
