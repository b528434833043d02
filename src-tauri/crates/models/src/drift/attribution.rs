//! Has the order in which features matter changed?

use std::{cmp::Ordering, collections::BTreeMap};

/// Normalised discounted cumulative gain of the live order of features: what each was worth in training, discounted by its
/// live rank, over the same by its rank in training. 1 is the same order; Clarify alerts below 0.90. Features that the
/// baseline does not know are worth nothing; those that are not live come last. None without a baseline worth anything.
///
/// Source: the developer guide, "Feature attribution drift for models in production".
pub fn ndcg(baseline: &[(String, f64)], live: &[(String, f64)]) -> Option<f64> {
    let worth: BTreeMap<&str, f64> = named(baseline).collect();
    let now: BTreeMap<&str, f64> = named(live).collect();
    let mut order: Vec<&str> = worth.keys().chain(now.keys()).copied().collect();
    order.sort_unstable();
    order.dedup();
    let of = |map: &BTreeMap<&str, f64>, name: &str| map.get(name).copied().unwrap_or(f64::NEG_INFINITY);
    let gain = |order: &[&str]| -> f64 {
        let worth = order.iter().map(|name| worth.get(*name).copied().unwrap_or_default());
        worth.zip(2_u32..).map(|(worth, rank)| worth / f64::from(rank).log2()).sum()
    };
    // Ties by name, on both sides.
    let falling = |map: &BTreeMap<&str, f64>, one: &str, other: &str| -> Ordering {
        of(map, other).total_cmp(&of(map, one)).then_with(|| one.cmp(other))
    };
    order.sort_by(|one, other| falling(&worth, one, other));
    let ideal = gain(&order);
    order.sort_by(|one, other| falling(&now, one, other));
    let score = gain(&order) / ideal;
    (ideal > 0.0 && score.is_finite()).then_some(score)
}

/// What each feature weighs, in the order of the first label that names it: as the file has it, or over several labels the
/// mean of the sizes, where a label without the feature counts as 0.
pub fn importances<'a>(labels: &[Vec<(&'a str, f64)>]) -> Vec<(&'a str, f64)> {
    let known = |(_, value): &&(&'a str, f64)| value.is_finite();
    if let [only] = labels {
        return only.iter().filter(known).copied().collect();
    }
    let mut sums: Vec<(&str, f64)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (feature, value) in labels.iter().flatten().filter(known) {
        let place = *places.entry(*feature).or_insert(sums.len());
        match sums.get_mut(place) {
            Some((_, sum)) => *sum += value.abs(),
            None => sums.push((*feature, value.abs())),
        }
    }
    let count = f64::from(u32::try_from(labels.len()).unwrap_or(u32::MAX));
    sums.into_iter().map(|(feature, sum)| (feature, sum / count)).collect()
}

/// SHAP values by size: a negative one matters as much.
fn named(features: &[(String, f64)]) -> impl Iterator<Item = (&str, f64)> {
    features.iter().filter(|(_, value)| value.is_finite()).map(|(name, value)| (name.as_str(), value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: [f64; 3]) -> Vec<(String, f64)> {
        ["SAT score", "GPA", "Class rank"].iter().zip(values).map(|(name, value)| ((*name).to_owned(), value)).collect()
    }

    #[test]
    fn the_example_of_the_guide() {
        let score = ndcg(&of([0.70, 0.50, 0.05]), &of([0.10, 0.20, 0.70])).unwrap();
        assert!((score - 0.6876).abs() < 5e-5, "{score}");
        let same = ndcg(&of([0.7, 0.5, 0.05]), &of([0.9, 0.6, 0.1])).unwrap();
        assert!((same - 1.0).abs() < 1e-12);
    }

    #[test]
    fn all_labels_weigh_the_same() {
        let one = vec![("stays", -0.4), ("age", 0.1), ("lost", f64::NAN)];
        assert_eq!(importances(std::slice::from_ref(&one)), [("stays", -0.4), ("age", 0.1)], "of one label as it is");
        let told = importances(&[one, vec![("age", 0.3), ("stays", 0.2), ("new", 0.5)]]);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["stays", "age", "new"]);
        for ((_, value), wanted) in told.iter().zip([0.3, 0.2, 0.25]) {
            assert!((value - wanted).abs() < 1e-12, "{told:?}");
        }
        assert_eq!(importances(&[]), []);
    }

    #[test]
    fn features_that_are_on_one_side_only() {
        let live = [of([0.7, 0.5, 0.05]), vec![("new".to_owned(), 0.9)]].concat();
        let score = ndcg(&of([0.7, 0.5, 0.05]), &live).unwrap();
        assert!(score > 0.5 && score < 0.9, "what nobody knew came first: {score}");
        assert_eq!(ndcg(&[], &live), None);
        assert_eq!(ndcg(&of([0.0, 0.0, f64::NAN]), &live), None);
    }
}
