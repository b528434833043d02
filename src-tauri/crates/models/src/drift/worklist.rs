//! What to look at first: columns that have drifted and that matter to a model, over all models. Many models read the same
//! columns, so one broken source is one line here, not seventy.

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
    /// The sum of severity times importance; features of unknown importance count nothing.
    pub score: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub model: String,
    /// 1 at the threshold; see [`FeatureDrift::severity`](super::FeatureDrift::severity).
    pub severity: Option<f64>,
    /// Part of all that the model's features are worth, 0 to 1. None where it is not known.
    pub importance: Option<f64>,
}

impl Place {
    fn score(&self) -> f64 {
        self.severity.zip(self.importance).map_or(0.0, |(severity, importance)| severity * importance)
    }
}

/// Columns that have drifted somewhere: by score, then by the number of models, then by name.
pub fn worklist(watched: &[Watched<'_>]) -> Vec<Column> {
    let mut columns: BTreeMap<&str, Column> = BTreeMap::new();
    for model in watched {
        let parts = importance(model.importance);
        for feature in &model.run.features {
            let name = feature.name.as_str();
            let column = columns.entry(name).or_insert_with(|| Column {
                name: name.to_owned(),
                places: Vec::new(),
                models: 0,
                score: 0.0,
            });
            column.models += 1;
            if feature.drifted == Some(true) {
                let importance = parts.get(name).copied();
                let place = Place { model: model.model.to_owned(), severity: feature.severity(), importance };
                column.score += place.score();
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
