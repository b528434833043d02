//! The range of time that a page shows. It lives in the address (`range`), is chosen in the top bar, and `[` and `]` move it.
//!
//! A page that has one calls [`use_range`] with what it shows when the address says nothing; only then does the top bar
//! have a range to choose. What the address says crosses the bridge as it was meant: `24h` goes on with the clock.

use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::list::use_change,
};
use contract::{
    Timestamp,
    range::{self, Edge, Range, Shift, Within},
    settings::Zone,
};
use leptos::prelude::*;

/// The page on screen has a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRange {
    id: u64,
    /// What it shows without one in the address; `None` is all that is kept.
    pub default: Option<Range>,
}

/// The range of this page; `None` is all that is kept.
pub fn use_range(default: Option<Range>) -> Memo<Option<Within>> {
    let desk = Desk::get();
    let id = desk.page_range.with_untracked(|page| page.map_or(0, |page| page.id)) + 1;
    desk.page_range.set(Some(PageRange { id, default }));
    on_cleanup(move || {
        // The next page may have come before this one has gone.
        desk.page_range.update(|page| {
            if page.is_some_and(|page| page.id == id) {
                *page = None;
            }
        });
    });
    let shown = shown();
    let move_to = mover();
    for (action, by) in [(Action::RangeEarlier, Shift::Earlier), (Action::RangeLater, Shift::Later)] {
        let move_to = move_to.clone();
        keys::on(action, move || move_to(by));
    }
    Memo::new(move |_| {
        let range = shown.get()?;
        let rounds = [range.from, range.until].iter().any(|edge| matches!(edge, Edge::Back { round: Some(_), .. }));
        // Without days of a zone in it, the range is the same in all of them.
        Some(Within { range, offset_minutes: if rounds { desk.offset_minutes() } else { 0 } })
    })
}

/// What the page on screen shows.
pub fn shown() -> Memo<Option<Range>> {
    let desk = Desk::get();
    let query = address::use_query();
    Memo::new(move |_| {
        let default = desk.page_range.read().and_then(|page| page.default);
        let query = query.read();
        let Some(text) = query.get("range") else { return default };
        range::parse(text, format::now(), untrack(|| desk.offset_minutes())).ok().or(default)
    })
}

/// Moves the range of the page by its own length, and says where it is then.
pub fn mover() -> impl Fn(Shift) + Clone + 'static {
    let desk = Desk::get();
    let change = use_change();
    let shown = shown();
    move |by| {
        // All that is kept has no length to move by.
        let Some(range) = shown.get_untracked() else {
            desk.say("All that is kept is shown: choose a range to move it");
            return;
        };
        let (now, offset) = untrack(|| (format::now(), desk.offset_minutes()));
        let next = range.shift(by, now, offset);
        if next == range {
            desk.say("Nothing lies beyond now");
            return;
        }
        change("range", address_of(Some(next), desk));
        desk.say(words(Some(next), untrack(|| desk.zone())));
    }
}

/// For the address: nothing for what the page shows anyway.
pub fn address_of(range: Option<Range>, desk: Desk) -> Option<String> {
    let default = desk.page_range.with_untracked(|page| page.and_then(|page| page.default));
    range.filter(|range| Some(*range) != default).map(|range| range.to_string())
}

/// `last 24 h`, `since 20 Nov 00:00 UTC`, `20 Nov 06:00 – 12:00 UTC`.
pub fn words(range: Option<Range>, zone: Zone) -> String {
    let Some(range) = range else { return "all that is kept".to_owned() };
    let now = format::now();
    if let (Edge::Back { seconds, round: None }, true) = (range.from, range.is_live()) {
        return last_words(seconds);
    }
    let (from, until) = range.resolve(now, format::offset(now, zone));
    if range.is_live() { format!("since {}", format::minute(from, zone)) } else { between(from, until, zone) }
}

/// Start and end, whatever the range was typed as.
pub fn bounds(range: Range, zone: Zone) -> String {
    let now = format::now();
    let (from, until) = range.resolve(now, format::offset(now, zone));
    between(from, until, zone)
}

fn between(from: Timestamp, until: Timestamp, zone: Zone) -> String {
    pair(&format::minute(from, zone), &format::minute(until, zone))
}

/// Two times as they are written, without what the second repeats of the first.
fn pair(from: &str, until: &str) -> String {
    let parts = |text: &str| {
        let (rest, zone) = text.rsplit_once(' ')?;
        let (day, time) = rest.rsplit_once(' ')?;
        Some((day.to_owned(), time.to_owned(), zone.to_owned()))
    };
    match (parts(from), parts(until)) {
        (Some((day, time, zone)), Some((last_day, last, last_zone))) if zone == last_zone => {
            if day == last_day {
                format!("{day} {time} – {last} {zone}")
            } else {
                format!("{day} {time} – {last_day} {last} {zone}")
            }
        }
        _ => format!("{from} – {until}"),
    }
}

/// `last 24 h`.
fn last_words(seconds: i64) -> String {
    let text = range::span_text(seconds);
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(at).unwrap_or((text.as_str(), ""));
    format!("last {number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_says_nothing_twice() {
        assert_eq!(pair("20 Nov 06:00 UTC", "20 Nov 12:00 UTC"), "20 Nov 06:00 – 12:00 UTC");
        assert_eq!(pair("20 Nov 06:00 UTC", "21 Nov 06:00 UTC"), "20 Nov 06:00 – 21 Nov 06:00 UTC");
        assert_eq!(
            pair("25 Oct 01:00 UTC+2", "25 Oct 04:00 UTC+1"),
            "25 Oct 01:00 UTC+2 – 25 Oct 04:00 UTC+1",
            "over a clock change both zones stand"
        );
        assert_eq!(last_words(86_400), "last 24 h");
        assert_eq!(last_words(7 * 86_400), "last 7 d");
        assert_eq!(last_words(5_400), "last 90 m");
    }
}
