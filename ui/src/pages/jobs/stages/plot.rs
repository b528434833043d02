//! The worst stages as bars, and those that failed: the median task over the slowest one, below the stage's name. Widths are
//! shares of the picture, so that it fits any width and its letters stay as large as all others; the table below says the
//! same in numbers.

use crate::format;
use contract::jobs::stages::StageRow;
use leptos::prelude::*;

/// Stages that are drawn.
const MOST: usize = 8;
/// Pixels of a stage with its name and its two bars.
const STEP: usize = 56;
/// Percent of the width that the longest bar takes: the rest is for what the bars say.
const LONGEST: u64 = 55;

/// A stage as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bars {
    label: String,
    /// As Spark calls it: most often the line of the code. It may be empty.
    name: String,
    /// It ended so, whatever its tasks took.
    failed: bool,
    median: u64,
    /// Nothing where no task succeeded.
    max: u64,
    /// Percent, in hundredths.
    median_width: u64,
    max_width: u64,
}

/// The stages in which the slowest task outlasted the median one most, in the order of the rows; none where no stage had two
/// tasks to compare. None that failed gives way to one that did not.
fn bars(rows: &[StageRow]) -> Vec<Bars> {
    let is_timed = |row: &StageRow| row.tasks > 1 && row.max > 0;
    if !rows.iter().any(is_timed) {
        return Vec::new();
    }
    let mut others = MOST.saturating_sub(rows.iter().filter(|row| row.failure.is_some()).count());
    let mut is_drawn = |row: &StageRow| {
        if row.failure.is_some() {
            return true;
        }
        let fits = is_timed(row) && others > 0;
        others -= usize::from(fits);
        fits
    };
    let worst: Vec<&StageRow> = rows.iter().filter(|row| is_drawn(row)).take(MOST).collect();
    let longest = worst.iter().map(|row| row.max).max().unwrap_or_default().max(1);
    let width = |millis: u64| {
        let share = u128::from(millis) * u128::from(LONGEST) * 100 / u128::from(longest);
        // What took any time can be seen.
        u64::try_from(share).unwrap_or_default().max(20)
    };
    let draw = |row: &StageRow| Bars {
        label: format!("Stage {}", row.label()),
        name: format::one_line(&row.name),
        failed: row.failure.is_some(),
        median: row.median,
        max: row.max,
        median_width: width(row.median),
        max_width: width(row.max),
    };
    worst.into_iter().map(draw).collect()
}

/// The picture in a few sentences.
fn summary(bars: &[Bars]) -> String {
    if bars.is_empty() {
        return String::new();
    }
    let lost = bars.iter().find(|one| one.max > one.median).map_or_else(
        || "No stage lost time to a slow task.".to_owned(),
        |worst| {
            format!(
                "{} lost most time: its slowest task took {}, its median task {}.",
                worst.label,
                format::millis(worst.max),
                format::millis(worst.median),
            )
        },
    );
    let failed: Vec<&str> = bars.iter().filter(|one| one.failed).map(|one| one.label.as_str()).collect();
    let failed = if failed.is_empty() { String::new() } else { format!(" {} failed.", failed.join(", ")) };
    format!("{lost}{failed} {} drawn.", format::counted(bars.len() as u64, "stage is", "stages are"))
}

#[component]
pub fn StagePlot(rows: Vec<StageRow>) -> impl IntoView {
    let bars = bars(&rows);
    if bars.is_empty() {
        return ().into_any();
    }
    let told = summary(&bars);
    let height = bars.len() * STEP;
    let drawn = bars
        .into_iter()
        .enumerate()
        .map(|(at, one)| {
            let top = at * STEP;
            view! { <Stage one top /> }
        })
        .collect_view();
    let spoken = told.clone();
    view! {
        <figure class="stage-plot">
            <figcaption>
                <h3 class="part-title">"Task times of the worst stages"</h3>
                <p class="dim small">{told}</p>
            </figcaption>
            <svg role="img" aria-label=spoken width="100%" height=height.to_string()>{drawn}</svg>
        </figure>
    }
    .into_any()
}

/// One stage: what it is called and whether it failed, by a sign, a word and a colour; below that its bars.
#[component]
fn Stage(
    one: Bars,
    /// Pixels.
    top: usize,
) -> impl IntoView {
    let Bars { label, name, failed, median, max, median_width, max_width } = one;
    let y = move |by: usize| (top + by).to_string();
    let percent = |hundredths: u64| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
    let (median_end, max_end) = (percent(median_width), percent(max_width));
    let slowest = if failed { "stage-max failed" } else { "stage-max" };
    // What is too long for the picture is whole on hover, and in the table.
    let whole = if name.is_empty() { label.clone() } else { format!("{label}: {name}") };
    view! {
        <g>
            <title>{whole}</title>
            <text x="0" y=y(16)>
                <tspan class="stage-label">{label}</tspan>
                {failed.then(|| view! { <tspan class="stage-failed" dx="8">"✕ failed"</tspan> })}
                {(!name.is_empty()).then(|| view! { <tspan class="stage-called" dx="8">{name}</tspan> })}
            </text>
            {if max == 0 {
                view! { <text class="stage-took" x="0" y=y(34)>"no task succeeded"</text> }.into_any()
            } else {
                view! {
                    <rect class="stage-median" x="0" y=y(23) width=median_end.clone() height="10" rx="2"></rect>
                    <text class="stage-took" x=median_end y=y(32) dx="6">{format!("median {}", format::millis(median))}</text>
                    <rect class=slowest x="0" y=y(37) width=max_end.clone() height="10" rx="2"></rect>
                    <text class="stage-took" x=max_end y=y(46) dx="6">{format!("slowest {}", format::millis(max))}</text>
                }
                    .into_any()
            }}
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::row;
    use super::*;

    #[test]
    fn bars_are_shares_of_the_longest() {
        let drawn = bars(&[row(2, 20_000, 1_000_000), row(0, 10_000, 500_000), row(5, 0, 0)]);
        assert_eq!(drawn.len(), 2, "a stage without times is not drawn");
        assert_eq!((drawn[0].max_width, drawn[1].max_width), (5_500, 2_750));
        assert_eq!(drawn[0].median_width, 110);
        let told = summary(&drawn);
        assert!(told.starts_with("Stage 2 lost most time: its slowest task took 16 m 40 s"), "{told}");
        assert!(told.ends_with("its median task 20 s. 2 stages are drawn."), "none failed: {told}");
        assert!(summary(&bars(&[])).is_empty());
    }

    #[test]
    fn what_failed_is_told_and_named_however_little_time_it_took() {
        let mut rows: Vec<StageRow> = (0..12).map(|id| row(id, 10_000, 500_000)).collect();
        for (at, max) in [(10, 30), (11, 0)] {
            (rows[at].median, rows[at].max, rows[at].tasks) = (max, max, u64::from(max > 0));
            rows[at].failure = Some("Job aborted".into());
        }
        rows[10].name = "save at\u{202e} a.py:9\n".into();
        let drawn = bars(&rows);
        assert_eq!(drawn.len(), MOST);
        assert_eq!(drawn.iter().filter(|one| !one.failed).count(), 6, "two gave way");
        let failed: Vec<&Bars> = drawn.iter().filter(|one| one.failed).collect();
        assert_eq!(failed.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["Stage 10", "Stage 11"]);
        assert_eq!(failed[0].name, "save at\\u{202e} a.py:9");
        assert_eq!(drawn[0].name, "=save at \"a.py\":9");
        let told = summary(&drawn);
        assert!(told.contains("its median task 10 s. Stage 10, Stage 11 failed. 8 stages are drawn."), "{told}");
        // Of more than there is room for, the first.
        for row in &mut rows {
            row.failure = Some(String::new());
        }
        assert_eq!(bars(&rows).last().map(|one| one.label.clone()).as_deref(), Some("Stage 7"));
    }

    #[test]
    fn without_times_to_compare_there_is_no_picture() {
        let failed = StageRow { tasks: 0, failure: Some("Job aborted".into()), ..row(3, 0, 0) };
        assert!(bars(std::slice::from_ref(&failed)).is_empty());
        let even = bars(&[row(2, 3_000, 3_000), failed]);
        assert_eq!(summary(&even), "No stage lost time to a slow task. Stage 3 failed. 2 stages are drawn.");
    }

    #[test]
    fn the_shortest_bar_is_seen_and_no_time_is_too_long() {
        let drawn = bars(&[row(1, 1, u64::MAX)]);
        assert_eq!((drawn[0].median_width, drawn[0].max_width), (20, 5_500));
    }
}
