//! What to look at first: columns that have drifted and that matter to a model, over all models. Many models read the same
//! columns, so one broken source is one line here, not seventy.
//!
//! Where nothing says what a feature is worth to a model, it counts as if all features of the model were worth the same: to count
//! it as nothing would put it below what is known to matter little. How often that was so is told.

use super::Run;
use std::collections::BTreeMap;

/// One model, with the latest of its runs and what its features are worth to it.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    pub model: &'a str,
    pub run: &'a Run,
    /// Global SHAP values. Empty where there is no report: importance is then not known, not nothing.
    pub importance: &'a [(String, f64)],
}

/// A column, and the models in which it has drifted.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    /// The most pressing first.
    pub places: Vec<Place>,
    /// Models that have the column, drifted or not.
    pub models: usize,
    /// The sum of severity times importance, or times what counts in its place.
    pub score: f64,
    /// Places at which its importance is not known.
    pub unknown: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub model: String,
    /// 1 at the threshold; see [`FeatureDrift::severity`](super::FeatureDrift::severity).
    pub severity: Option<f64>,
    /// Part of all that the model's features are worth, 0 to 1. None where it is not known.
    pub importance: Option<f64>,
    /// The part that counts: the importance, else that of each feature if all were worth the same.
    pub counted: f64,
}

impl Place {
    fn score(&self) -> f64 {
        self.severity.map_or(0.0, |severity| severity * self.counted)
    }
}

/// Columns that have drifted somewhere: by score, then by the number of models, then by name.
pub fn worklist(watched: &[Watched<'_>]) -> Vec<Column> {
    let mut columns: BTreeMap<&str, Column> = BTreeMap::new();
    for model in watched {
        let parts = importance(model.importance);
        let even = even(model.run.features.len());
        for feature in &model.run.features {
            let name = feature.name.as_str();
            let column = columns.entry(name).or_insert_with(|| Column {
                name: name.to_owned(),
                places: Vec::new(),
                models: 0,
                score: 0.0,
                unknown: 0,
            });
            column.models += 1;
            if feature.drifted == Some(true) {
                let importance = parts.get(name).copied();
                let counted = importance.unwrap_or(even);
                let place = Place { model: model.model.to_owned(), severity: feature.severity(), importance, counted };
                column.score += place.score();
                column.unknown += usize::from(importance.is_none());
                column.places.push(place);
            }
        }
    }
    let mut columns: Vec<Column> = columns.into_values().filter(|column| !column.places.is_empty()).collect();
    for column in &mut columns {
        column
            .places
            .sort_by(|one, other| other.score().total_cmp(&one.score()).then_with(|| one.model.cmp(&other.model)));
    }
    columns.sort_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score).then(other.places.len().cmp(&one.places.len()));
        by_score.then_with(|| one.name.cmp(&other.name))
    });
    columns
}

/// The part of each of so many features that are worth the same.
fn even(features: usize) -> f64 {
    let features = u32::try_from(features).unwrap_or(u32::MAX).max(1);
    1.0 / f64::from(features)
}

/// Parts of the sum of all sizes.
fn importance(features: &[(String, f64)]) -> BTreeMap<&str, f64> {
    let known = || features.iter().filter(|(_, value)| value.is_finite());
    let sum: f64 = known().map(|(_, value)| value.abs()).sum();
    if sum <= 0.0 {
        return BTreeMap::new();
    }
    known().map(|(name, value)| (name.as_str(), value.abs() / sum)).collect()
}

#[cfg(test)]
mod tests;
