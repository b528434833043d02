//! Two `statistics.json` of 500 features, and lists of raw values, from a fixed seed: the same files every time.

use anyhow::Result;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::Path};

pub const FEATURES: u32 = 500;
/// Features of which raw values are kept.
pub const RAW: u32 = 500;
const BASELINE_ROWS: u32 = 20_000;
/// Of an hour.
const CURRENT_ROWS: u32 = 5_000;
/// By what every third feature of these has moved.
const MOVED: f64 = 0.3;
/// Of a level of a sketch, and by what the next one is smaller.
const K: f64 = 2_048.0;
const C: f64 = 0.64;

/// Written unless an earlier run did.
pub fn made(folder: &Path) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    let unfinished = folder.with_extension("part");
    fs::create_dir_all(&unfinished)?;
    for (name, rows, moved) in [("baseline.json", BASELINE_ROWS, 0.0), ("current.json", CURRENT_ROWS, MOVED)] {
        let features: Vec<Value> = (0..FEATURES).map(|number| feature(number, rows, moved)).collect();
        let file = json!({ "version": 0.0, "dataset": { "item_count": rows }, "features": features });
        fs::write(unfinished.join(name), file.to_string())?;
    }
    let raw = (0..RAW).map(|number| {
        let one: Vec<f64> = column(number, 1_000, 0.0);
        (format!("raw_{number}"), json!([one, column(number, 800, 0.1)]))
    });
    fs::write(unfinished.join("raw.json"), Value::Object(raw.collect::<Map<String, Value>>()).to_string())?;
    fs::rename(unfinished, folder)?;
    Ok(())
}

fn feature(number: u32, rows: u32, moved: f64) -> Value {
    let name = format!("feature_{number}");
    let common = json!({ "num_present": rows, "num_missing": 0 });
    match number % 10 {
        // One in ten holds words, two hold small whole numbers.
        0 => {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for value in column(number, rows, moved) {
                *counts.entry(format!("{:.0}", value.clamp(-2.0, 2.0))).or_default() += 1;
            }
            let buckets: Vec<Value> =
                counts.iter().map(|(value, count)| json!({ "value": value, "count": count })).collect();
            json!({ "name": name, "inferred_type": "String", "string_statistics": { "common": common,
                "distinct_count": counts.len(), "distribution": { "categorical": { "buckets": buckets } } } })
        }
        kind => {
            let values = numbers(number, kind, rows, moved);
            let mean = values.iter().sum::<f64>() / f64::from(rows);
            let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(rows);
            json!({ "name": name, "inferred_type": "Fractional", "numerical_statistics": { "common": common, "mean": mean,
                "std_dev": square.sqrt(), "distribution": { "kll": { "buckets": [],
                "sketch": { "parameters": { "c": C, "k": K }, "data": sketch(&values) } } } } })
        }
    }
}

/// The rows that the sketches of a feature were made of, of the baseline and of now. None for words.
pub fn rows(number: u32) -> Option<[Vec<f64>; 2]> {
    let kind = number % 10;
    let both = [(BASELINE_ROWS, 0.0), (CURRENT_ROWS, MOVED)];
    (kind > 0).then(|| both.map(|(rows, moved)| numbers(number, kind, rows, moved)))
}

fn numbers(number: u32, kind: u32, rows: u32, moved: f64) -> Vec<f64> {
    let mut values = column(number, rows, moved);
    if kind < 3 {
        for value in &mut values {
            *value = value.round() + 0.0;
        }
    }
    values
}

/// Values around 0, four decimals each; every third feature has moved.
fn column(number: u32, rows: u32, moved: f64) -> Vec<f64> {
    let mut random = Random(u64::from(number) * 77 + u64::from(rows));
    let moved = if number.is_multiple_of(3) { moved } else { 0.0 };
    let four = |random: &mut Random| (0..4).map(|_| random.part()).sum::<f64>() - 2.0;
    (0..rows).map(|_| ((four(&mut random) * 1.7 + moved) * 1e4).round() / 1e4).collect()
}

/// As deequ compacts: the first level that is full gives every other of its items, in order, to the next.
fn sketch(values: &[f64]) -> Vec<Vec<f64>> {
    let capacity = |height: i32| 2.0 * ((K * C.powi(height) / 2.0).ceil() + 1.0);
    let mut levels: Vec<Vec<f64>> = vec![Vec::new()];
    let (mut items, mut room) = (0.0, capacity(0));
    for value in values {
        if let Some(first) = levels.first_mut() {
            first.push(*value);
        }
        items += 1.0;
        if items <= room {
            continue;
        }
        let full = levels.iter().zip(0..).find(|(level, height)| length(level) >= capacity(*height));
        let Some(height) = full.and_then(|(_, height)| usize::try_from(height).ok()) else { continue };
        if height + 1 == levels.len() {
            levels.push(Vec::new());
            room = (0..).zip(&levels).map(|(height, _)| capacity(height)).sum();
        }
        let mut compacted = levels.get_mut(height).map(std::mem::take).unwrap_or_default();
        compacted.sort_by(f64::total_cmp);
        if let Some(next) = levels.get_mut(height + 1) {
            next.extend(compacted.iter().step_by(2));
        }
        items = levels.iter().map(|level| length(level)).sum();
    }
    levels
}

fn length(level: &[f64]) -> f64 {
    f64::from(u32::try_from(level.len()).unwrap_or(u32::MAX))
}

/// Knuth's constants; the low bits are poor.
struct Random(u64);

impl Random {
    /// 0 to 1.
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }
}
