//! Numbers of two versions beside each other. What is not comparable gets no verdict.

use super::{
    cells::{measured, measured_or_dash, number, of_judged},
    confusion::Confusions,
};
use crate::{
    pages::jobs::capital,
    parts::{
        states::Partial,
        status::{Shape, Status},
    },
};
use contract::models::{
    Basis, ClassRow, ColumnChange, ColumnRow, FacetRow, Judged, Measured, MetricRow, RankRow, VersionComparison,
    VersionNumbers, metric_title, version_words,
};
use leptos::prelude::*;

/// Whether both were measured on the same data, as a heading.
pub fn basis_words(basis: &Basis) -> String {
    match basis {
        Basis::Same(words) | Basis::Different(words) | Basis::Unknown(words) => capital(words),
    }
}

/// `0.011 better`, `within noise`.
fn difference_words(difference: Option<f64>, judged: Judged) -> String {
    match (difference, judged) {
        (Some(difference), Judged::Better | Judged::Worse) => format!("{} {}", number(difference.abs()), judged.word()),
        _ => judged.word().to_owned(),
    }
}

/// Metrics, then bias by facet value; `left` and `right` are version numbers.
#[component]
pub fn MetricTable(
    rows: Vec<MetricRow>,
    #[prop(optional)] facets: Vec<FacetRow>,
    left: u32,
    right: u32,
    /// Says of each metric why it is judged as it is, unless that is what this says of them all.
    #[prop(optional)]
    reasons: Option<String>,
    /// Which numbers, if not all: `by class`.
    #[prop(optional)]
    of: &'static str,
) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label=part_of(format!("Version {right} beside version {left}"), of)>
            <thead>
                <tr>
                    <th scope="col">"Metric"</th>
                    <th scope="col" class="num">{left}</th>
                    <th scope="col" class="num">{right}</th>
                    <th scope="col" class="num">"Difference"</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| metric_line(row, reasons.as_deref())).collect_view()}
                {facets.into_iter().map(|facet| {
                    let (name, when) = facet_name(&facet);
                    let difference = facet.left.zip(facet.right).map(|(left, right)| right - left);
                    let value = |told: Option<f64>| told.map_or_else(|| "—".to_owned(), number);
                    let words = difference_words(difference, facet.judged);
                    view! {
                        <tr>
                            <th scope="row">{name} <span class="dim">{format!(", {when}")}</span> {facet.note.map(|note| view! { <p class="dim small">{note}</p> })}</th>
                            <td class="num mono">{value(facet.left)}</td>
                            <td class="num mono">{value(facet.right)}</td>
                            <td class="num"><Status shape=of_judged(facet.judged) word=words /></td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// Tables of a page are told apart by their names.
fn part_of(name: String, of: &str) -> String {
    if of.is_empty() { name } else { format!("{name}, {of}") }
}

fn metric_line(row: MetricRow, reasons: Option<&str>) -> impl IntoView + use<> {
    let better = row.better.map(|better| format!(", {}", better.word()));
    let title = metric_title(&row.name).into_owned();
    let words = difference_words(row.difference, row.judged);
    let floor = row
        .floor
        .filter(|_| reasons.is_some())
        .map(|floor| format!("A constant answer would reach {}.", number(floor)));
    let reason = Some(row.words.clone()).filter(|words| !words.is_empty() && reasons.is_some_and(|said| said != words));
    view! {
        <tr>
            <th scope="row">
                <span title=row.name>{title}</span>
                <span class="dim">{better}</span>
                {reason.map(|reason| view! { <p class="dim small">{reason}</p> })}
                {floor.map(|floor| view! { <p class="dim small">{floor}</p> })}
            </th>
            <td class="num mono">{measured_or_dash(row.left)}</td>
            <td class="num mono">{measured_or_dash(row.right)}</td>
            <td class="num" title=row.words><Status shape=of_judged(row.judged) word=words /></td>
        </tr>
    }
}

/// All numbers: metrics with their reasons, classes, bias.
#[component]
pub fn Numbers(comparison: VersionComparison) -> impl IntoView {
    let VersionComparison { left, right, basis, metrics, classes, confusions, facets, notices, .. } = comparison;
    let (left, right) = (left.version, right.version);
    let [confusion_left, confusion_right] = confusions;
    let nothing = metrics.is_empty() && classes.is_empty() && facets.is_empty();
    let classes = by_class(classes);
    let (Basis::Same(said) | Basis::Different(said) | Basis::Unknown(said)) = basis.clone();
    view! {
        <Partial notices=Signal::stored(notices) />
        <h3 class="part-title">{basis_words(&basis)}</h3>
        {nothing.then(|| view! { <p class="soft">"Neither version has numbers that could be read: they were registered without an evaluation, or a notice above says why not."</p> })}
        {(!metrics.is_empty()).then(|| view! { <MetricTable rows=metrics left right reasons=said /> })}
        {(!classes.is_empty()).then(|| view! {
            <h3 class="part-title">"By class"</h3>
            <MetricTable rows=classes left right of="by class" />
        })}
        <Confusions all=vec![(left, confusion_left), (right, confusion_right)] />
        {(!facets.is_empty()).then(|| view! {
            <h3 class="part-title">"Bias"</h3>
            <MetricTable rows=Vec::new() facets left right of="bias" />
        })}
    }
}

fn by_class(classes: Vec<ClassRow>) -> Vec<MetricRow> {
    let named = |ClassRow { class, row }| MetricRow { name: format!("{} of {class}", metric_title(&row.name)), ..row };
    classes.into_iter().map(named).collect()
}

fn facet_name(facet: &FacetRow) -> (String, &'static str) {
    let when = if facet.is_after { "bias after training" } else { "bias before training" };
    (format!("{}, {}={}", facet.metric, facet.facet, facet.facet_value), when)
}

/// All numbers of one version, where there is no other to stand beside it.
#[component]
pub fn OwnNumbers(numbers: VersionNumbers) -> impl IntoView {
    let VersionNumbers { mark, metrics, classes, confusion, facets, notices, .. } = numbers;
    let nothing = metrics.is_empty() && classes.is_empty() && facets.is_empty();
    let title = if mark.version == 0 {
        "Its own numbers: a package without a group has no other version beside it".to_owned()
    } else {
        format!("Version {} alone: there is no version before it, and no other one is approved", mark.version)
    };
    view! {
        <Partial notices=Signal::stored(notices) />
        <h3 class="part-title">{title}</h3>
        {nothing.then(|| view! { <p class="soft">"It has no numbers that could be read: it was registered without an evaluation, or a notice above says why not."</p> })}
        {(!metrics.is_empty()).then(|| view! { <OwnTable rows=metrics version=mark.version /> })}
        {(!classes.is_empty()).then(|| view! {
            <h3 class="part-title">"By class"</h3>
            <OwnTable rows=by_class(classes) version=mark.version of="by class" />
        })}
        <Confusions all=vec![(mark.version, confusion)] />
        {(!facets.is_empty()).then(|| view! {
            <h3 class="part-title">"Bias"</h3>
            <OwnTable rows=Vec::new() facets version=mark.version of="bias" />
        })}
    }
}

/// `version 14`, `the model package`.
fn own_words(version: u32) -> String {
    if version == 0 { format!("the {}", version_words(version)) } else { version_words(version) }
}

/// The number of a version; a package without a group has none.
fn own_head(version: u32) -> String {
    if version == 0 { "Value".to_owned() } else { version.to_string() }
}

#[component]
fn OwnTable(
    rows: Vec<MetricRow>,
    #[prop(optional)] facets: Vec<FacetRow>,
    version: u32,
    /// As of [`MetricTable`].
    #[prop(optional)]
    of: &'static str,
) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label=part_of(format!("Numbers of {}", own_words(version)), of)>
            <thead>
                <tr>
                    <th scope="col">"Metric"</th>
                    <th scope="col" class="num">{own_head(version)}</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| {
                    let title = metric_title(&row.name).into_owned();
                    let better = row.better.map(|better| format!(", {}", better.word()));
                    let floor = (row.judged == Judged::BelowFloor).then(|| view! {
                        <p class="small"><Status shape=of_judged(row.judged) word=row.judged.word() /> " " <span class="dim">{row.words}</span></p>
                    });
                    view! {
                        <tr>
                            <th scope="row"><span title=row.name>{title}</span> <span class="dim">{better}</span> {floor}</th>
                            <td class="num mono">{measured_or_dash(row.right)}</td>
                        </tr>
                    }
                }).collect_view()}
                {facets.into_iter().map(|facet| {
                    let (name, when) = facet_name(&facet);
                    view! {
                        <tr>
                            <th scope="row">{name} <span class="dim">{format!(", {when}")}</span> {facet.note.map(|note| view! { <p class="dim small">{note}</p> })}</th>
                            <td class="num mono">{facet.right.map_or_else(|| "—".to_owned(), number)}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// What one version makes of its features.
#[component]
pub fn OwnFeatures(numbers: VersionNumbers) -> impl IntoView {
    let VersionNumbers { mark, ranks, .. } = numbers;
    if ranks.is_empty() {
        return view! { <p class="soft">"It has no explainability report that could be read: register a version with the report of SageMaker Clarify, and its features stand here."</p> }.into_any();
    }
    view! {
        <section aria-label="Features">
            <h3 class="part-title">"By importance"</h3>
            <table class="table numbers" aria-label="Features by importance">
                <thead>
                    <tr>
                        <th scope="col">"Feature"</th>
                        <th scope="col" class="num">{if mark.version == 0 { "Place".to_owned() } else { format!("Place in {}", mark.version) }}</th>
                    </tr>
                </thead>
                <tbody>
                    {ranks.into_iter().map(|row| view! {
                        <tr>
                            <th scope="row" class="mono">{row.feature}</th>
                            <td class="num mono">{place_words(row.right, row.right_value)}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
    .into_any()
}

/// What the versions make of their features: places by importance, and columns of the data that differ.
#[component]
pub fn FeatureNumbers(comparison: VersionComparison) -> impl IntoView {
    let VersionComparison { left, right, ranks, columns, .. } = comparison;
    let (left, right) = (left.version, right.version);
    let nothing = ranks.is_empty() && columns.is_empty();
    view! {
        {nothing.then(|| view! { <p class="soft">"No explainability report of both versions could be read, and the columns of their data are the same as far as they are known."</p> })}
        {(!ranks.is_empty()).then(|| view! {
            <section aria-label="Features">
                <h3 class="part-title">"By importance"</h3>
                <RankTable ranks left right />
            </section>
        })}
        {(!columns.is_empty()).then(|| view! {
            <section aria-label="Columns">
                <h3 class="part-title">"Columns of the data that differ"</h3>
                <ColumnTable columns left right />
            </section>
        })}
    }
}

/// `2 (0.310)`: the place of a feature, and what it weighs.
fn place_words(place: Option<u32>, value: Option<f64>) -> String {
    let value = value.map(|value| measured(Measured { value, deviation: None }));
    match (place, value) {
        (None, _) => "—".to_owned(),
        (Some(place), None) => place.to_string(),
        (Some(place), Some(value)) => format!("{place} ({value})"),
    }
}

#[component]
fn RankTable(ranks: Vec<RankRow>, left: u32, right: u32) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label="Features by importance">
            <thead>
                <tr>
                    <th scope="col">"Feature"</th>
                    <th scope="col" class="num">{format!("Place in {left}")}</th>
                    <th scope="col" class="num">{format!("Place in {right}")}</th>
                    <th scope="col" class="num">"Moved"</th>
                </tr>
            </thead>
            <tbody>
                {ranks.into_iter().map(|row| view! {
                    <tr>
                        <th scope="row" class="mono">{row.feature}</th>
                        <td class="num mono">{place_words(row.left, row.left_value)}</td>
                        <td class="num mono">{place_words(row.right, row.right_value)}</td>
                        <td class="num">{moved(row.left, row.right)}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// `3 up`, `2 down`: a feature that leads now has gone up.
fn moved(left: Option<u32>, right: Option<u32>) -> String {
    match (left, right) {
        (Some(left), Some(right)) if right < left => format!("{} up", left - right),
        (Some(left), Some(right)) if right > left => format!("{} down", right - left),
        (Some(_), Some(_)) => "same".to_owned(),
        (None, Some(_)) => "new".to_owned(),
        (Some(_), None) => "gone".to_owned(),
        (None, None) => "—".to_owned(),
    }
}

#[component]
fn ColumnTable(columns: Vec<ColumnRow>, left: u32, right: u32) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label="Columns that differ">
            <thead>
                <tr>
                    <th scope="col">"Column"</th>
                    <th scope="col">"Change"</th>
                    <th scope="col">{left}</th>
                    <th scope="col">{right}</th>
                </tr>
            </thead>
            <tbody>
                {columns.into_iter().map(|row| {
                    let shape = match row.change {
                        ColumnChange::Missing | ColumnChange::Kind => Shape::Bad,
                        ColumnChange::Added | ColumnChange::Moved => Shape::Warn,
                    };
                    view! {
                        <tr>
                            <th scope="row" class="mono">{row.name}</th>
                            <td><Status shape word=row.change.word() /></td>
                            <td class="mono">{row.left.unwrap_or_else(|| "—".to_owned())}</td>
                            <td class="mono">{row.right.unwrap_or_else(|| "—".to_owned())}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_counts_only_where_it_is_judged() {
        assert_eq!(difference_words(Some(-2.1), Judged::Better), "2.10 better");
        assert_eq!(difference_words(Some(0.004), Judged::Within), "within noise");
        assert_eq!(difference_words(Some(0.2), Judged::NotComparable), "not comparable");
        assert_eq!(difference_words(None, Judged::Worse), "worse");
    }

    #[test]
    fn classes_are_named_with_their_metric_and_features_with_their_place() {
        let row = MetricRow {
            name: "rmse".into(),
            better: None,
            left: None,
            right: Some(Measured { value: 3.5, deviation: None }),
            difference: None,
            tolerance: None,
            floor: None,
            judged: Judged::NotComparable,
            words: String::new(),
        };
        let rows = by_class(vec![ClassRow { class: "region=city".into(), row }]);
        assert_eq!(rows[0].name, "RMSE of region=city");
        assert_eq!(place_words(Some(2), Some(0.31)), "2 (0.310)");
        assert_eq!(place_words(None, None), "—");
    }

    #[test]
    fn a_feature_that_leads_now_went_up() {
        assert_eq!(moved(Some(5), Some(1)), "4 up");
        assert_eq!(moved(Some(1), Some(2)), "1 down");
        assert_eq!(moved(None, Some(1)), "new");
    }
}
