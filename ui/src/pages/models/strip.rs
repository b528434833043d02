//! The versions of a group as a row of cells: how the main metric went, what is approved, what serves.
//!
//! The height of a bar tells the metric between the least and the most of those that were measured on the test set of
//! most; the others are dashed, for their numbers are of another scale. Better is not always higher, so the words say it. State is a shape and a colour; each cell is also a row of the table below, with all of its words.

use super::cells::{compare_href, measured, of_approval};
use crate::parts::{segmented::focus_child, status::Shape};
use contract::models::{VersionCell, VersionStrip, facts::Approval, metric_title};
use leptos::{ev, prelude::*};
use leptos_router::components::A;

/// Pixels of the lowest and of the highest bar.
const LEAST: f64 = 6.0;
const MOST: f64 = 30.0;

/// See the module. Arrows go from version to version and choose; a link compares the chosen one with its left neighbour.
#[component]
pub fn Strip(
    strip: VersionStrip,
    #[prop(into)] chosen: Signal<Option<String>>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let arns: Vec<String> = strip.cells.iter().map(|cell| cell.mark.arn.clone()).collect();
    let marks: StoredValue<Vec<(u32, String)>> =
        StoredValue::new(strip.cells.iter().map(|cell| (cell.mark.version, cell.mark.arn.clone())).collect());
    let last = arns.len().saturating_sub(1);
    let arns = StoredValue::new(arns);
    // The tab stop: the chosen version, else the newest.
    let at = Memo::new(move |_| {
        let chosen = chosen.read();
        arns.with_value(|arns| arns.iter().position(|arn| Some(arn) == chosen.as_ref())).unwrap_or(last)
    });
    let before = move || marks.with_value(|marks| neighbours(marks, at.get()));
    crate::keys::hold(&crate::keys::held::STRIP);
    let on_key = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1).min(last),
            "ArrowLeft" => now.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        if let Some(arn) = arns.with_value(|arns| arns.get(next).cloned()) {
            on_choose.run(arn);
            focus_child(&event, next);
        }
    };
    let set = common_set(&strip.cells);
    let range = range(&strip.cells, set);
    let others = strip.cells.iter().any(|cell| is_apart(cell, set));
    let metric = strip.metric.clone();
    let told = match (&strip.metric, strip.better) {
        (Some(metric), Some(better)) => format!("Bars tell {}, {}.", metric_title(metric), better.word()),
        (Some(metric), None) => format!("Bars tell {}.", metric_title(metric)),
        (None, _) => "No metric of these versions was read.".to_owned(),
    };
    let told = if others { format!("{told} Dashed ones were measured on another test set.") } else { told };
    view! {
        <div class="versions-strip" role="group" aria-label="Versions, oldest first" on:keydown=on_key>
            {strip.cells.into_iter().enumerate().map(|(index, cell)| {
                let name = title(&cell, metric.as_deref(), set);
                let arn = cell.mark.arn.clone();
                let pressed = arn.clone();
                let is_on = move || chosen.read().as_ref() == Some(&pressed);
                let on = is_on.clone();
                let is_live = !cell.live.is_empty();
                let apart = is_apart(&cell, set);
                let bar = height(&cell, range).map(|height| view! { <i class:apart=apart style:height=format!("{height:.1}px")></i> });
                view! {
                    <button
                        type="button"
                        class=format!("version-cell {}", class(cell.mark.approval))
                        class:on=on
                        class:live=is_live
                        data-id=cell.mark.arn
                        title=name.clone()
                        aria-label=name
                        aria-pressed=move || is_on().to_string()
                        tabindex=move || if at.get() == index { "0" } else { "-1" }
                        on:click=move |_| on_choose.run(arn.clone())
                    >
                        <span class="version-bar">{bar}</span>
                        <span class="version-number">{cell.mark.version} <b aria-hidden="true">{sign(cell.mark.approval)}</b></span>
                    </button>
                }
            }).collect_view()}
        </div>
        <div class="row">
            <p class="dim small">{told}</p>
            {move || before().map(|(words, href)| view! { <A href attr:class="link">{words}</A> })}
        </div>
    }
}

/// What compares a version with the one on its left.
fn neighbours(marks: &[(u32, String)], at: usize) -> Option<(String, String)> {
    let (own, left) = (marks.get(at)?, marks.get(at.checked_sub(1)?)?);
    let href = compare_href((left.0, &left.1), (own.0, &own.1));
    Some((format!("Compare with version {}", left.0), href))
}

fn class(approval: Approval) -> &'static str {
    match of_approval(approval) {
        Shape::Good => "good",
        Shape::Bad => "bad",
        Shape::Waiting => "wait",
        _ => "dim",
    }
}

/// Beside the number, so that colour is never alone.
fn sign(approval: Approval) -> &'static str {
    match approval {
        Approval::Approved => "✓",
        Approval::Rejected => "✕",
        Approval::Pending => "…",
        Approval::Unknown => "?",
    }
}

/// The test set that most of the versions were measured on; of two as common, that of the newest.
fn common_set(cells: &[VersionCell]) -> Option<u32> {
    let sets = || cells.iter().filter(|cell| cell.metric.is_some()).filter_map(|cell| cell.set);
    sets().max_by_key(|set| sets().filter(|other| other == set).count())
}

/// Measured, and not known to be measured on this test set. Where nothing is known of sets, none stands apart.
fn is_apart(cell: &VersionCell, set: Option<u32>) -> bool {
    cell.metric.is_some() && set.is_some() && cell.set != set
}

/// The least and the most of the metric on one test set.
fn range(cells: &[VersionCell], set: Option<u32>) -> Option<(f64, f64)> {
    let alike = cells.iter().filter(|cell| !is_apart(cell, set));
    let values = alike.filter_map(|cell| cell.metric).map(|told| told.value);
    values.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((least, most)) => Some((f64::min(least, value), f64::max(most, value))),
    })
}

fn height(cell: &VersionCell, range: Option<(f64, f64)>) -> Option<f64> {
    let (least, most) = range?;
    let value = cell.metric?.value;
    let length = most - least;
    // A number of another test set may lie outside.
    let share = if length > 0.0 { ((value - least) / length).clamp(0.0, 1.0) } else { 0.5 };
    Some(LEAST + share * (MOST - LEAST))
}

/// `Version 14: pending, MAPE 0.118 ± 0.004, serves at demand-forecast-live`.
fn title(cell: &VersionCell, metric: Option<&str>, set: Option<u32>) -> String {
    let mut words = vec![format!("Version {}: {}", cell.mark.version, cell.mark.approval.word())];
    words.extend(metric.zip(cell.metric).map(|(metric, told)| format!("{} {}", metric_title(metric), measured(told))));
    if is_apart(cell, set) {
        let known = if cell.set.is_some() { "on another test set" } else { "on a test set that is not known" };
        words.push(known.to_owned());
    }
    words.extend(cell.stage.as_ref().map(|stage| format!("stage {stage}")));
    if !cell.live.is_empty() {
        words.push(format!("serves at {}", cell.live.join(" and ")));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::{Measured, VersionMark};

    fn cell(version: u32, value: Option<f64>) -> VersionCell {
        VersionCell {
            mark: VersionMark { arn: format!("arn:{version}"), version, approval: Approval::Pending, created: None },
            status: "Completed".into(),
            stage: None,
            metric: value.map(|value| Measured { value, deviation: None }),
            set: None,
            live: vec!["churn-live".into()],
            comment: None,
        }
    }

    #[test]
    fn bars_lie_between_the_least_and_the_most() {
        let cells = [cell(1, Some(0.1)), cell(2, Some(0.3)), cell(3, None), cell(4, Some(0.2))];
        let range = range(&cells, None);
        assert_eq!(range, Some((0.1, 0.3)));
        let heights: Vec<_> = cells.iter().map(|cell| height(cell, range)).collect();
        assert_eq!(heights[0], Some(LEAST));
        assert_eq!(heights[1], Some(MOST));
        assert_eq!(heights[2], None);
        assert!(heights[3].is_some_and(|height| (height - 18.0).abs() < 1e-9));
        assert!(
            height(&cells[0], super::range(&cells[..1], None)).is_some_and(|height| height > LEAST && height < MOST)
        );
        assert_eq!(super::range(&[], None), None);
    }

    #[test]
    fn a_number_of_another_test_set_stands_apart() {
        let on = |version: u32, value: f64, set: Option<u32>| VersionCell { set, ..cell(version, Some(value)) };
        let cells = [on(1, 0.9, Some(0)), on(2, 0.1, Some(1)), on(3, 0.5, None), on(4, 0.3, Some(1)), cell(5, None)];
        let set = common_set(&cells);
        assert_eq!(set, Some(1));
        let apart: Vec<bool> = cells.iter().map(|cell| is_apart(cell, set)).collect();
        assert_eq!(apart, [true, false, true, false, false]);
        let range = range(&cells, set);
        assert_eq!(range, Some((0.1, 0.3)), "the scale is that of one test set");
        assert_eq!(height(&cells[0], range), Some(MOST), "and no bar leaves it");
        assert!(title(&cells[0], Some("mape"), set).contains("MAPE 0.900, on another test set,"));
        assert!(title(&cells[2], Some("mape"), set).contains("on a test set that is not known"));
        assert!(!title(&cells[1], Some("mape"), set).contains("test set"));
        let even = [on(1, 0.9, Some(0)), on(2, 0.1, Some(1))];
        assert_eq!(common_set(&even), Some(1), "of two as common, the newer");
        assert!(!is_apart(&cells[0], common_set(&[cell(1, Some(0.2))])), "nothing is known of sets");
    }

    #[test]
    fn the_left_neighbour_is_the_version_before() {
        let marks: Vec<(u32, String)> = [3, 5, 6].map(|version| (version, format!("arn:{version}"))).into();
        let (words, href) = neighbours(&marks, 1).unwrap();
        assert_eq!(words, "Compare with version 3");
        assert_eq!(href, crate::address::model_compare("arn:3", "arn:5"));
        assert_eq!(neighbours(&marks, 0), None, "the first has none");
        assert_eq!(neighbours(&[], 0), None);
    }

    #[test]
    fn a_cell_says_all_that_it_shows() {
        assert_eq!(
            title(&cell(14, Some(0.118)), Some("mape"), None),
            "Version 14: pending, MAPE 0.118, serves at churn-live"
        );
        assert_eq!(title(&cell(14, None), Some("mape"), None), "Version 14: pending, serves at churn-live");
    }
}
