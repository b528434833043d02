//! The time axis: where an instant stands, and the round numbers beside it. Relative to the start of the execution.

use contract::{
    Timestamp,
    executions::{Span, SpanKind, StateRow, StateStatus},
};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Distances between two ticks that a person counts in.
const STEPS: [u64; 34] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
];

/// From the start to the end of what is shown, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    from: i64,
    span: u64,
}

impl Scale {
    /// `until` is the end of the execution or now; what reaches further stretches the scale.
    pub fn new(started: Timestamp, until: Timestamp, rows: &[StateRow]) -> Self {
        let from = started.as_millisecond();
        let last = rows
            .iter()
            .flat_map(|row| {
                let spans = row.spans.iter().map(|span| span.to.unwrap_or(span.from));
                spans.chain(row.exited).chain([row.entered])
            })
            .map(Timestamp::as_millisecond)
            .max()
            .unwrap_or(from);
        let until = until.as_millisecond().max(last);
        Self { from, span: u64::try_from(until - from).unwrap_or_default().max(1) }
    }

    pub fn span(self) -> u64 {
        self.span
    }

    /// Milliseconds after the start.
    pub fn offset(self, at: Timestamp) -> u64 {
        u64::try_from(at.as_millisecond() - self.from).unwrap_or_default()
    }

    /// The instant so many milliseconds after the start.
    pub fn at(self, offset: u64) -> Timestamp {
        let at = self.from.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX));
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
    }

    /// Where a distance from the start stands, from 0 to 100.
    pub fn percent(self, offset: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a year fit into 53 bits")]
        let share = offset.min(self.span) as f64 / self.span as f64;
        share * 100.0
    }

    /// Ticks at round distances, at most so many and the start.
    pub fn ticks(self, most: u64) -> Vec<u64> {
        let most = most.max(1);
        let last = STEPS.last().copied().unwrap_or(DAY);
        let step = STEPS.iter().copied().find(|step| self.span / step <= most).unwrap_or(last);
        (0..=self.span / step).map(|tick| tick * step).collect()
    }
}

/// `0`, `500 ms`, `1.5 s`, `2 m 30 s`, `1 h`, `2 d 12 h`.
pub fn tick_label(millis: u64) -> String {
    match millis {
        0 => return "0".into(),
        1..SECOND => return format!("{millis} ms"),
        SECOND..MINUTE if !millis.is_multiple_of(SECOND) => {
            let text = format!("{}.{:03}", millis / SECOND, millis % SECOND);
            return format!("{} s", text.trim_end_matches('0'));
        }
        _ => {}
    }
    let parts = [(DAY, "d", u64::MAX), (HOUR, "h", 24), (MINUTE, "m", 60), (SECOND, "s", 60)];
    let words: Vec<String> = parts
        .into_iter()
        .map(|(unit, word, of)| (millis / unit % of, word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    words.join(" ")
}

/// One bar of a row. `left` and `width` are percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub left: f64,
    pub width: f64,
    pub class: &'static str,
    /// `work`, `failed attempt`.
    pub word: &'static str,
    /// Milliseconds after the start of the execution.
    pub from: u64,
    pub millis: u64,
    /// Still lasts.
    pub open: bool,
}

/// The bars of a visit. One without spans is drawn from its entry to its exit.
pub fn bars(row: &StateRow, scale: Scale) -> Vec<Bar> {
    let whole = Span { kind: SpanKind::Work, from: row.entered, to: row.exited };
    let spans = if row.spans.is_empty() { std::slice::from_ref(&whole) } else { &row.spans };
    let mut bars: Vec<Bar> = spans
        .iter()
        .map(|span| {
            let from = scale.offset(span.from);
            // What has no end lasts until it is left, else until now.
            let to = span.to.or(row.exited).map_or(scale.span(), |to| scale.offset(to));
            let open = span.to.is_none() && row.exited.is_none();
            let (class, word) = look(span.kind, row.status, open);
            let (left, right) = (scale.percent(from), scale.percent(to));
            Bar { left, width: (right - left).max(0.0), class, word, from, millis: to.saturating_sub(from), open }
        })
        .collect();
    // Thin things first, so that a short attempt is not hidden under the pause beside it.
    bars.sort_by_key(|bar| bar.class != "rest");
    bars
}

fn look(kind: SpanKind, status: StateStatus, open: bool) -> (&'static str, &'static str) {
    match (kind, status) {
        (SpanKind::FailedAttempt, _) => ("fail", "failed attempt"),
        (SpanKind::Backoff, _) => ("rest", "pause before a retry"),
        (SpanKind::Wait, _) => ("wait", "wait"),
        (SpanKind::Work, _) if open => ("busy", "work"),
        (SpanKind::Work, StateStatus::Aborted) => ("stop", "work, aborted"),
        (SpanKind::Work, StateStatus::Failed | StateStatus::Caught) => ("fail", "work, failed"),
        (SpanKind::Work, _) => ("work", "work"),
    }
}

/// How long a visit took, or lasts.
pub fn took(row: &StateRow, scale: Scale) -> u64 {
    row.exited.map_or(scale.span(), |exited| scale.offset(exited)).saturating_sub(scale.offset(row.entered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::executions::StateKind;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
    }

    fn row(status: StateStatus, exited: Option<i64>, spans: Vec<Span>) -> StateRow {
        StateRow {
            id: "2".into(),
            name: "Submit".into(),
            kind: StateKind::Task,
            status,
            within: Vec::new(),
            depth: 0,
            entered: at(0),
            exited: exited.map(at),
            attempts: 1,
            error: None,
            job: None,
            spans,
            redrive: 0,
        }
    }

    fn scale(span: i64) -> Scale {
        Scale::new(at(0), at(span), &[])
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(scale(47_000).ticks(6), [0, 10_000, 20_000, 30_000, 40_000]);
        assert_eq!(scale(7).ticks(5), [0, 2, 4, 6]);
        assert_eq!(scale(4_560_000).ticks(6), [0, 900_000, 1_800_000, 2_700_000, 3_600_000, 4_500_000]);
        assert_eq!(scale(0).ticks(6), [0, 1]);
        for span in [1, 999, 60_000, 86_400_000, 31_536_000_000_i64] {
            for most in [1, 3, 8] {
                let ticks = scale(span).ticks(most);
                assert!((1..=most + 1).contains(&(ticks.len() as u64)), "{span} {most}: {ticks:?}");
            }
        }
    }

    #[test]
    fn tick_labels() {
        let labels = [0, 500, 1_000, 1_500, 90_000, 3_600_000, 5_400_000, 216_000_000].map(tick_label);
        assert_eq!(labels, ["0", "500 ms", "1 s", "1.5 s", "1 m 30 s", "1 h", "1 h 30 m", "2 d 12 h"]);
    }

    #[test]
    fn the_scale_holds_every_row_and_never_divides_by_nothing() {
        let late = row(StateStatus::Succeeded, Some(90), Vec::new());
        assert_eq!(Scale::new(at(0), at(50), &[late]).span(), 90);
        let instant = Scale::new(at(0), at(0), &[]);
        assert!(instant.percent(0).abs() < 1e-9 && (instant.percent(10) - 100.0).abs() < 1e-9);
        assert_eq!(Scale::new(at(0), at(-5), &[]).span(), 1, "a clock that is behind");
        assert_eq!(scale(10).offset(at(-3)), 0);
    }

    #[test]
    fn attempts_pauses_and_work() {
        let span = |kind, from, to: Option<i64>| Span { kind, from: at(from), to: to.map(at) };
        let spans = vec![
            span(SpanKind::FailedAttempt, 0, Some(10)),
            span(SpanKind::Backoff, 10, Some(20)),
            span(SpanKind::Work, 20, None),
        ];
        let running = row(StateStatus::Running, None, spans.clone());
        let drawn = bars(&running, scale(100));
        assert_eq!(drawn.iter().map(|bar| bar.class).collect::<Vec<_>>(), ["rest", "fail", "busy"]);
        let work = drawn.last().unwrap();
        assert!((work.left - 20.0).abs() < 1e-9 && (work.width - 80.0).abs() < 1e-9 && work.open);
        assert_eq!(took(&running, scale(100)), 100);

        let left = row(StateStatus::Aborted, Some(40), spans);
        let stopped = bars(&left, scale(100)).pop().unwrap();
        assert_eq!((stopped.class, stopped.millis, stopped.open), ("stop", 20, false));

        let bare = bars(&row(StateStatus::Succeeded, Some(40), Vec::new()), scale(100));
        assert_eq!(bare.len(), 1);
        assert!((bare[0].width - 40.0).abs() < 1e-9);
    }
}
