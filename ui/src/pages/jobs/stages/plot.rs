//! The worst stages as bars: the median task over the slowest one. Widths are shares of the picture, so that it fits any
//! width and its letters stay as large as all others; the table below says the same in numbers.

use crate::format;
use contract::jobs::stages::StageRow;
use leptos::prelude::*;

/// Stages that are drawn.
const MOST: usize = 8;
/// Pixels of a stage with its two bars.
const STEP: usize = 40;
/// Percent of the width that the longest bar takes: the rest is for the names and for what the bars say.
const LONGEST: u64 = 55;

/// A stage as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bars {
    label: String,
    median: u64,
    max: u64,
    /// Percent, in hundredths.
    median_width: u64,
    max_width: u64,
}

/// The stages in which the slowest task outlasted the median one most, in the order of the rows.
fn bars(rows: &[StageRow]) -> Vec<Bars> {
    let worst: Vec<&StageRow> = rows.iter().filter(|row| row.tasks > 1 && row.max > 0).take(MOST).collect();
    let longest = worst.iter().map(|row| row.max).max().unwrap_or_default().max(1);
    let width = |millis: u64| {
        let share = u128::from(millis) * u128::from(LONGEST) * 100 / u128::from(longest);
        // What took any time can be seen.
        u64::try_from(share).unwrap_or_default().max(20)
    };
    let draw = |row: &StageRow| Bars {
        label: format!("Stage {}", row.label()),
        median: row.median,
        max: row.max,
        median_width: width(row.median),
        max_width: width(row.max),
    };
    worst.into_iter().map(draw).collect()
}

/// The picture in a sentence.
fn summary(bars: &[Bars]) -> String {
    bars.first().map_or_else(String::new, |worst| {
        format!(
            "{} lost most time: its slowest task took {}, its median task {}. {} drawn.",
            worst.label,
            format::millis(worst.max),
            format::millis(worst.median),
            format::counted(bars.len() as u64, "stage is", "stages are"),
        )
    })
}

#[component]
pub fn StagePlot(rows: Vec<StageRow>) -> impl IntoView {
    let bars = bars(&rows);
    if bars.is_empty() {
        return ().into_any();
    }
    let told = summary(&bars);
    let height = bars.len() * STEP;
    let percent = |hundredths: u64| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
    let drawn = bars
        .into_iter()
        .enumerate()
        .map(|(at, one)| {
            let top = at * STEP;
            let y = move |by: usize| (top + by).to_string();
            let (median, max) = (percent(one.median_width), percent(one.max_width));
            view! {
                <text class="stage-label" x="0" y=y(22)>{one.label}</text>
                <g transform="translate(84 0)">
                    <rect class="stage-median" x="0" y=y(5) width=median.clone() height="10" rx="2"></rect>
                    <text class="stage-took" x=median y=y(14) dx="6">{format!("median {}", format::millis(one.median))}</text>
                    <rect class="stage-max" x="0" y=y(19) width=max.clone() height="10" rx="2"></rect>
                    <text class="stage-took" x=max y=y(28) dx="6">{format!("slowest {}", format::millis(one.max))}</text>
                </g>
            }
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
        assert!(summary(&bars(&[])).is_empty());
    }

    #[test]
    fn the_shortest_bar_is_seen_and_no_time_is_too_long() {
        let drawn = bars(&[row(1, 1, u64::MAX)]);
        assert_eq!((drawn[0].median_width, drawn[0].max_width), (20, 5_500));
    }
}
