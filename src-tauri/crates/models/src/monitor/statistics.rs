//! `statistics.json`: what the data-quality monitor saw of each feature.
//!
//! The file of a wide data set is large, because each number has a sketch of thousands of items. Features are therefore cut
//! out as borrowed pieces first and read one by one, so that one that is broken costs itself only. Counts are floats to
//! their writer and stay floats here.

use super::{
    Problem, ReadError,
    json::{kind, parse, word},
    number::{Number, finite},
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// Levels of a sketch that can be: an item of the last weighs 2^62.
const LEVELS: usize = 63;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// As written: `0.0` and `1.0` are known.
    pub version: Option<String>,
    /// Rows.
    pub items: Option<f64>,
    pub features: Vec<Feature>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub name: String,
    /// `Fractional`, `Integral`, `String`, `Unknown`, or what a newer version writes.
    pub inferred_type: Option<String>,
    /// Rows with a value.
    pub present: Option<f64>,
    /// Rows without one.
    pub missing: Option<f64>,
    pub summary: Summary,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Summary {
    Numeric(Numeric),
    Text(Text),
    /// Neither is there: an empty column, or a container of somebody else.
    Absent,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Numeric {
    pub mean: Option<f64>,
    pub sum: Option<f64>,
    /// Of the population, as Spark computes it.
    pub std_dev: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Approximate, and in newer files only.
    pub distinct: Option<f64>,
    /// Ten of equal width, from the smallest to the largest value; each holds its lower bound, the last its upper one too.
    pub buckets: Vec<Bucket>,
    pub sketch: Option<Sketch>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    pub lower: f64,
    pub upper: f64,
    pub count: f64,
}

/// A KLL sketch: an item of level *h* stands for 2^h values (Karnin, Lang, Liberty, "Optimal Quantile Approximation in
/// Streams", 2016).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sketch {
    /// By what the capacity shrinks from level to level.
    pub c: Option<f64>,
    /// Capacity of the largest level.
    pub k: Option<f64>,
    pub levels: Vec<Vec<f64>>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// Approximate: it may be larger than the number of rows.
    pub distinct: Option<f64>,
    /// None for a column of many values: the monitor keeps no distribution of it.
    pub categories: Option<Vec<(String, f64)>>,
}

impl Statistics {
    /// # Errors
    /// What is no JSON, or has no list of features.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        parse(bytes, |text| Ok(serde_json::from_str::<File<'_>>(text)?.told()))?
            .ok_or(ReadError::OtherFile { expected: "a statistics.json", found: "it has no list of features" })
    }

    /// The first feature of that name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.name == name)
    }
}

impl Feature {
    /// Part of the rows without a value, 0 to 1.
    pub fn missing_share(&self) -> Option<f64> {
        let (present, missing) = (self.present?, self.missing?);
        (present + missing > 0.0).then(|| missing / (present + missing))
    }
}

impl Sketch {
    /// What all its items stand for.
    pub fn weight(&self) -> f64 {
        self.items().map(|(_, weight)| weight).sum()
    }

    /// Items with their weights, level by level.
    pub fn items(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let weights = std::iter::successors(Some(1.0), |weight| Some(weight * 2.0));
        self.levels.iter().zip(weights).flat_map(|(items, weight)| items.iter().map(move |item| (*item, weight)))
    }

    /// Nothing was left out yet: each value is an item of its own.
    pub fn is_exact(&self) -> bool {
        self.levels.iter().skip(1).all(Vec::is_empty)
    }
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    version: Value,
    #[serde(default)]
    dataset: Value,
    #[serde(borrow, default)]
    features: Option<&'a RawValue>,
}

impl File<'_> {
    fn told(&self) -> Option<Statistics> {
        let pieces: Vec<&RawValue> = serde_json::from_str(self.features?.get()).ok()?;
        let mut read = Statistics {
            version: word(&self.version),
            items: finite(self.dataset.get("item_count")),
            features: Vec::with_capacity(pieces.len()),
            problems: Vec::new(),
        };
        for (at, piece) in pieces.iter().enumerate() {
            match serde_json::from_str::<Wire<'_>>(piece.get()) {
                Ok(wire) => read.features.push(wire.told(at, &mut read.problems)),
                Err(error) => read.broken(at, piece, &error),
            }
        }
        Some(read)
    }
}

impl Statistics {
    /// A feature whose parts are of other kinds than they should be: its name may still be there.
    fn broken(&mut self, at: usize, piece: &RawValue, error: &serde_json::Error) {
        let value: Value = serde_json::from_str(piece.get()).unwrap_or_default();
        let name = value.get("name").and_then(word);
        let place = name.clone().unwrap_or_else(|| unnamed(at));
        if value.is_object() {
            self.problems.push(Problem::new(place, format!("its statistics cannot be read: {error}")));
        } else {
            self.problems.push(Problem::new(place, kind(&value)));
        }
        if let Some(name) = name {
            let inferred_type = value.get("inferred_type").and_then(word);
            self.features.push(Feature { name, inferred_type, present: None, missing: None, summary: Summary::Absent });
        }
    }
}

fn unnamed(at: usize) -> String {
    format!("feature {}", at + 1)
}

#[derive(Deserialize)]
struct Wire<'a> {
    name: Option<String>,
    inferred_type: Option<String>,
    #[serde(borrow, default)]
    numerical_statistics: Option<NumericWire<'a>>,
    #[serde(borrow, default)]
    string_statistics: Option<TextWire<'a>>,
}

#[derive(Deserialize)]
struct NumericWire<'a> {
    #[serde(default)]
    common: Option<Common>,
    mean: Option<Number>,
    sum: Option<Number>,
    std_dev: Option<Number>,
    min: Option<Number>,
    max: Option<Number>,
    approximate_num_distinct_values: Option<Number>,
    #[serde(borrow, default)]
    distribution: Option<NumericDistribution<'a>>,
}

#[derive(Deserialize)]
struct Common {
    num_present: Option<Number>,
    num_missing: Option<Number>,
}

#[derive(Deserialize)]
struct NumericDistribution<'a> {
    #[serde(borrow, default)]
    kll: Option<Kll<'a>>,
}

#[derive(Deserialize)]
struct Kll<'a> {
    #[serde(default)]
    buckets: Option<Vec<BucketWire>>,
    #[serde(borrow, default)]
    sketch: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct BucketWire {
    lower_bound: Option<Number>,
    upper_bound: Option<Number>,
    count: Option<Number>,
}

#[derive(Deserialize)]
struct SketchWire {
    #[serde(default)]
    parameters: Option<Parameters>,
    #[serde(default)]
    data: Vec<Vec<Number>>,
}

#[derive(Deserialize)]
struct Parameters {
    c: Option<Number>,
    k: Option<Number>,
}

#[derive(Deserialize)]
struct TextWire<'a> {
    #[serde(default)]
    common: Option<Common>,
    distinct_count: Option<Number>,
    #[serde(borrow, default)]
    distribution: Option<TextDistribution<'a>>,
}

#[derive(Deserialize)]
struct TextDistribution<'a> {
    #[serde(borrow, default)]
    categorical: Option<Categorical<'a>>,
}

#[derive(Deserialize)]
struct Categorical<'a> {
    #[serde(borrow, default)]
    buckets: Option<Vec<CategoryWire<'a>>>,
}

#[derive(Deserialize)]
struct CategoryWire<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    count: Option<Number>,
}

impl Wire<'_> {
    fn told(self, at: usize, problems: &mut Vec<Problem>) -> Feature {
        let name = self.name.unwrap_or_else(|| unnamed(at));
        let common = self.numerical_statistics.as_ref().and_then(|numeric| numeric.common.as_ref());
        let common = common.or(self.string_statistics.as_ref().and_then(|text| text.common.as_ref()));
        let of = |number: Option<Number>| number.and_then(Number::finite).filter(|rows| *rows >= 0.0);
        let present = common.and_then(|common| of(common.num_present));
        let missing = common.and_then(|common| of(common.num_missing));
        let summary = match (self.numerical_statistics, self.string_statistics) {
            (Some(numeric), _) => Summary::Numeric(numeric.told(&name, problems)),
            (None, Some(text)) => Summary::Text(text.told(&name, problems)),
            (None, None) => {
                problems.push(Problem::new(name.clone(), "it has neither numerical nor string statistics"));
                Summary::Absent
            }
        };
        Feature { name, inferred_type: self.inferred_type, present, missing, summary }
    }
}

impl NumericWire<'_> {
    fn told(self, name: &str, problems: &mut Vec<Problem>) -> Numeric {
        let of = |number: Option<Number>| number.and_then(Number::finite);
        let kll = self.distribution.and_then(|distribution| distribution.kll);
        let (buckets, sketch) = kll.map_or((None, None), |kll| (kll.buckets, kll.sketch));
        let written = buckets.unwrap_or_default();
        let buckets: Vec<Bucket> = written
            .iter()
            .filter_map(|wire| {
                let bucket =
                    Bucket { lower: of(wire.lower_bound)?, upper: of(wire.upper_bound)?, count: of(wire.count)? };
                (bucket.lower <= bucket.upper && bucket.count >= 0.0).then_some(bucket)
            })
            .collect();
        if buckets.len() < written.len() {
            problems.push(Problem::new(name, "buckets without bounds or a count are left out"));
        }
        Numeric {
            mean: of(self.mean),
            sum: of(self.sum),
            std_dev: of(self.std_dev),
            min: of(self.min),
            max: of(self.max),
            distinct: of(self.approximate_num_distinct_values),
            buckets,
            sketch: sketch.and_then(|sketch| told_sketch(sketch, name, problems)),
        }
    }
}

/// None for a sketch without items: the buckets will have to do.
fn told_sketch(piece: &RawValue, name: &str, problems: &mut Vec<Problem>) -> Option<Sketch> {
    let wire: SketchWire = match serde_json::from_str(piece.get()) {
        Ok(wire) => wire,
        Err(error) => {
            problems.push(Problem::new(name, format!("its sketch cannot be read: {error}")));
            return None;
        }
    };
    if wire.data.len() > LEVELS {
        problems.push(Problem::new(
            name,
            format!("its sketch has {} levels; more than {LEVELS} cannot be", wire.data.len()),
        ));
        return None;
    }
    let written: usize = wire.data.iter().map(Vec::len).sum();
    let numbers = |items: Vec<Number>| -> Vec<f64> { items.into_iter().filter_map(Number::finite).collect() };
    let levels: Vec<Vec<f64>> = wire.data.into_iter().map(numbers).collect();
    let read: usize = levels.iter().map(Vec::len).sum();
    if read < written {
        problems.push(Problem::new(name, format!("{} items of its sketch are no numbers", written - read)));
    }
    let of = |number: Option<Number>| number.and_then(Number::finite);
    let (c, k) = wire.parameters.map_or((None, None), |parameters| (of(parameters.c), of(parameters.k)));
    (read > 0).then_some(Sketch { c, k, levels })
}

impl TextWire<'_> {
    fn told(self, name: &str, problems: &mut Vec<Problem>) -> Text {
        let buckets = self.distribution.and_then(|distribution| distribution.categorical?.buckets);
        let categories = buckets.map(|buckets| {
            let written = buckets.len();
            let read: Vec<(String, f64)> = buckets
                .into_iter()
                .filter_map(|bucket| {
                    let value: Value = serde_json::from_str(bucket.value?.get()).ok()?;
                    let count = bucket.count?.finite().filter(|count| *count >= 0.0)?;
                    Some((word(&value)?, count))
                })
                .collect();
            if read.len() < written {
                problems.push(Problem::new(name, "categories without a value or a count are left out"));
            }
            read
        });
        Text { distinct: self.distinct_count.and_then(Number::finite), categories }
    }
}

#[cfg(test)]
mod tests;
