//! What a confusion matrix says of each class. Model Monitor writes the matrix of a classification with weighted averages
//! beside it, and nothing by class: a class that went bad hides in an average of many.

use super::Metric;
use crate::monitor::evaluation::Confusion;
use contract::models::ConfusionMatrix;

/// Of two classes the metrics of the file are those of the positive one.
const FEWEST: usize = 3;

pub(super) fn matrix(read: Confusion) -> ConfusionMatrix {
    ConfusionMatrix { classes: read.classes, counts: read.counts }
}

/// Precision, recall and F1 of each class, with what is noise of so many rows. A class of which a cell is not there has none
/// that needs it.
pub(super) fn by_class(matrix: &ConfusionMatrix) -> Vec<(String, Metric)> {
    if matrix.classes.len() < FEWEST {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (at, class) in matrix.classes.iter().enumerate() {
        let hits = matrix.counts.get(at).and_then(|row| row.get(at).copied().flatten());
        let Some(hits) = hits.filter(|hits| *hits >= 0.0) else { continue };
        let predicted = total(matrix.counts.iter().map(|row| row.get(at).copied().flatten()));
        let actual = total(matrix.counts.get(at).into_iter().flatten().copied());
        let found = [
            predicted.and_then(|predicted| share("precision", hits, predicted)),
            actual.and_then(|actual| share("recall", hits, actual)),
            predicted.zip(actual).and_then(|(predicted, actual)| f1(hits, predicted, actual)),
        ];
        all.extend(found.into_iter().flatten().map(|metric| (class.clone(), metric)));
    }
    all
}

/// `None`: one of them is not there, or is no count.
fn total(counts: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    counts.map(|count| count.filter(|count| *count >= 0.0)).sum()
}

fn share(name: &str, hits: f64, of: f64) -> Option<Metric> {
    (of > 0.0).then(|| Metric { name: name.to_owned(), value: hits / of, deviation: Some(deviation(hits, of)) })
}

/// F1 is `2j / (1 + j)` of the share `j` of hits among all rows that are, or are called, of the class; its deviation follows
/// from that of `j` by the derivative.
fn f1(hits: f64, predicted: f64, actual: f64) -> Option<Metric> {
    let either = predicted + actual - hits;
    let share = (hits + 1.0) / (either + 2.0);
    let slope = 2.0 / ((1.0 + share) * (1.0 + share));
    (either > 0.0).then(|| Metric {
        name: "f1".to_owned(),
        value: 2.0 * hits / (predicted + actual),
        deviation: Some(slope * deviation(hits, either)),
    })
}

/// Standard deviation of a share of so many rows. One row of each kind is added (Laplace), for all of five rows is not
/// known as surely as all of five thousand.
fn deviation(hits: f64, of: f64) -> f64 {
    let share = (hits + 1.0) / (of + 2.0);
    (share * (1.0 - share) / (of + 2.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: Vec<Vec<Option<f64>>>) -> ConfusionMatrix {
        let classes = ["bronze", "gold", "silver"].into_iter().take(counts.len()).map(str::to_owned).collect();
        ConfusionMatrix { classes, counts }
    }

    fn value(all: &[(String, Metric)], class: &str, name: &str) -> Option<f64> {
        all.iter().find(|(of, metric)| of == class && metric.name == name).map(|(_, metric)| metric.value)
    }

    #[test]
    fn every_class_has_its_own_numbers() {
        let told = by_class(&of(vec![
            vec![Some(80.0), Some(10.0), Some(10.0)],
            vec![Some(20.0), Some(30.0), Some(0.0)],
            vec![Some(0.0), Some(0.0), Some(50.0)],
        ]));
        assert_eq!(told.len(), 9);
        let near = |class: &str, name: &str, wanted: f64| {
            let found = value(&told, class, name).unwrap();
            assert!((found - wanted).abs() < 1e-12, "{name} of {class}: {found}");
        };
        near("bronze", "precision", 0.8);
        near("bronze", "recall", 0.8);
        near("gold", "precision", 0.75);
        near("gold", "recall", 0.6);
        // 2pr / (p + r).
        near("gold", "f1", 2.0 * 0.75 * 0.6 / 1.35);
        near("silver", "recall", 1.0);
        let deviation = |class: &str| {
            told.iter().find(|(of, one)| of == class && one.name == "recall").and_then(|(_, one)| one.deviation)
        };
        assert!(deviation("silver").unwrap() > 0.0, "all of fifty rows is not sure");
        assert!(deviation("gold") > deviation("bronze"), "fewer rows, more noise");
    }

    #[test]
    fn what_is_not_there_is_not_counted() {
        let told = by_class(&of(vec![
            vec![Some(8.0), None, Some(1.0)],
            vec![Some(2.0), Some(3.0), Some(0.0)],
            vec![Some(0.0), Some(0.0), Some(0.0)],
        ]));
        assert_eq!(value(&told, "bronze", "precision"), Some(0.8));
        assert_eq!(value(&told, "bronze", "recall"), None, "a cell of its row is not there");
        assert_eq!(value(&told, "bronze", "f1"), None);
        assert_eq!(value(&told, "gold", "precision"), None, "a cell of its column is not there");
        assert_eq!(value(&told, "gold", "recall"), Some(0.6));
        assert_eq!(value(&told, "silver", "recall"), None, "no row is of this class");
        assert_eq!(value(&told, "silver", "precision"), Some(0.0));
        let odd = by_class(&of(vec![
            vec![Some(-1.0), Some(1.0), Some(1.0)],
            vec![Some(1.0), Some(1.0), Some(1.0)],
            vec![Some(1.0), Some(1.0), Some(1.0)],
        ]));
        assert_eq!(value(&odd, "bronze", "recall"), None, "no count");
        assert!(by_class(&of(vec![vec![Some(5.0), Some(1.0)], vec![Some(1.0), Some(3.0)]])).is_empty());
    }
}
