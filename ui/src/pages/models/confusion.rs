//! The confusion matrix of an evaluation: a row for each true class, a column for each predicted one.
//!
//! A cell says which part of its row it is, so that classes of few rows can be read beside those of many, and how many rows
//! that are. What was hit stands on the diagonal, in bold: colour says nothing here.

use super::cells::number;
use crate::pages::jobs::capital;
use contract::models::{ConfusionMatrix, version_words};
use leptos::prelude::*;

/// The matrices of one version, or of two; `of` are their numbers. Nothing where no file has one.
#[component]
pub fn Confusions(all: Vec<(u32, Option<ConfusionMatrix>)>) -> impl IntoView {
    let there = all.iter().any(|(_, matrix)| matrix.is_some());
    there.then(|| {
        view! {
            <section aria-label="Confusion">
                <h3 class="part-title">"Confusion: a row for each true class, a column for each predicted one"</h3>
                {all.into_iter().map(|(version, matrix)| match matrix {
                    Some(matrix) => view! { <Matrix version matrix /> }.into_any(),
                    None => view! { <p class="soft">{format!("The evaluation of {} has no confusion matrix.", version_words(version))}</p> }.into_any(),
                }).collect_view()}
            </section>
        }
    })
}

#[component]
fn Matrix(version: u32, matrix: ConfusionMatrix) -> impl IntoView {
    let ConfusionMatrix { classes, counts } = matrix;
    let heads = classes.clone();
    view! {
        <table class="table numbers confusion" aria-label=format!("Confusion matrix of {}", version_words(version))>
            <thead>
                <tr>
                    <th scope="col">{capital(&version_words(version))}</th>
                    {heads.into_iter().map(|class| view! { <th scope="col" class="num mono">{class}</th> }).collect_view()}
                    <th scope="col" class="num" title="Rows of this true class">"Support"</th>
                </tr>
            </thead>
            <tbody>
                {classes.into_iter().zip(counts).enumerate().map(|(at, (class, row))| {
                    let support = support(&row);
                    view! {
                        <tr>
                            <th scope="row" class="mono">{class}</th>
                            {row.into_iter().enumerate().map(|(place, count)| {
                                let is_hit = place == at;
                                view! { <td class="num mono" class:hit=is_hit>{cell(count, support)}</td> }
                            }).collect_view()}
                            <td class="num mono">{support.map_or_else(|| "—".to_owned(), counted)}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// Rows of a true class; `None`: a cell is not there.
fn support(row: &[Option<f64>]) -> Option<f64> {
    row.iter().copied().sum()
}

/// Rows are whole, unless they are weighted.
fn counted(rows: f64) -> String {
    if rows.fract() == 0.0 { format!("{rows:.0}") } else { number(rows) }
}

/// `91.0 % (364)`.
fn cell(count: Option<f64>, support: Option<f64>) -> String {
    let Some(count) = count else { return "—".to_owned() };
    match support.filter(|support| *support > 0.0) {
        Some(support) => format!("{:.1} % ({})", count / support * 100.0, counted(count)),
        None => counted(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_share_of_its_row() {
        let row = [Some(364.0), Some(36.0), Some(0.0)];
        assert_eq!(support(&row), Some(400.0));
        assert_eq!(cell(row[0], support(&row)), "91.0 % (364)");
        assert_eq!(cell(row[2], support(&row)), "0.0 % (0)");
        let unknown = [Some(5.0), None];
        assert_eq!(support(&unknown), None);
        assert_eq!((cell(unknown[0], None), cell(unknown[1], None)), ("5".to_owned(), "—".to_owned()));
        assert_eq!(cell(Some(0.0), Some(0.0)), "0", "no row is of this class");
    }
}
