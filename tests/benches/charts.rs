//! Each chart drawn within 10 ms: a page of several opens without a wait, and one is drawn anew while its pane is resized.
//!
//! Values are made the same every time, as many as the largest page has: a month of hours, and 500 features of 90 runs.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod results;

use anyhow::{Result, ensure};
use charts::{
    Category, CdfPair, Curve, CurveKind, Frame, HeatMap, HeatRow, Histogram, Line, Rank, ScatterPoint, Threshold,
    TimeSeries, Worse,
};
use contract::{Timestamp, charts::Chart};
use results::{Results, median, seconds};
use std::{fs, time::Instant};

const TIMES: usize = 15;
/// Seconds.
const AIM: f64 = 0.01;

type Drawn = Result<Chart, charts::ChartError>;

fn main() -> Result<()> {
    let mut results = Results::new("Charts");
    results.note(format!("The median of {TIMES} times, and the size of the picture."));
    let frame = Frame { width: 900, height: 360, offset_minutes: 60, caption: "bench".into() };
    let series = series();
    measure(&mut results, "3 lines of 720 values", || charts::time_series(&frame, &series))?;
    let bins = bins();
    measure(&mut results, "histogram of 60 bins", || charts::histogram(&frame, &bins))?;
    let pair = pair();
    measure(&mut results, "two CDFs of 2,048 steps", || charts::cdf_pair(&frame, &pair))?;
    let kinds: Vec<Category> = (0..200)
        .map(|at| Category { name: format!("category {at}"), baseline: noise(at), current: noise(at + 9) })
        .collect();
    measure(&mut results, "200 categories", || charts::categories(&frame, "country", &kinds))?;
    let tall = Frame { height: 640, ..frame.clone() };
    let cells = cells();
    measure(&mut results, "heat map of 500 features, 90 runs", || charts::heat_map(&tall, &cells))?;
    let curves: Vec<Curve> = (1..=4).map(curve).collect();
    measure(&mut results, "4 ROC curves of 500 points", || charts::curves(&frame, CurveKind::Roc, &curves))?;
    let weights: Vec<Rank> = (0..500)
        .map(|at| Rank { feature: format!("feature {at}"), before: Some(noise(at)), after: Some(noise(at + 3)) })
        .collect();
    measure(&mut results, "500 ranks", || charts::ranks(&frame, ["13", "14"], &weights))?;
    let spots: Vec<ScatterPoint> = (0..500)
        .map(|at| ScatterPoint {
            feature: format!("feature {at}"),
            drift: noise(at),
            importance: noise(at + 5),
            drifted: None,
        })
        .collect();
    measure(&mut results, "500 features, drift and importance", || charts::scatter(&frame, "PSI", Some(0.8), &spots))?;
    let values: Vec<Option<f64>> = (0..90).map(|at| Some(noise(at))).collect();
    measure(&mut results, "sparkline of 90 values", || charts::sparkline((90, 24), "PSI", "", &values))?;
    let folder = benches::folder();
    fs::create_dir_all(&folder)?;
    results.keep(&folder, "charts")
}

fn measure(results: &mut Results, what: &str, draw: impl Fn() -> Drawn) -> Result<()> {
    let mut took = Vec::with_capacity(TIMES);
    let mut size = 0;
    for _ in 0..TIMES {
        let begun = Instant::now();
        let chart = draw()?;
        took.push(begun.elapsed().as_secs_f64());
        size = chart.svg.len();
        ensure!(size > 100 && !chart.table.rows.is_empty(), "{what}: something is drawn");
    }
    let median = median(&mut took);
    let shown = format!("{}, {} KB", seconds(median), size.div_ceil(1024));
    results.row(what, &shown, "", &seconds(AIM), median <= AIM);
    Ok(())
}

/// Between 0 and 1, and of no shape.
fn noise(seed: u32) -> f64 {
    f64::from(seed.wrapping_mul(2_654_435_761).rotate_left(11) % 1_000) / 1_000.0
}

fn at(hour: u32) -> Timestamp {
    Timestamp::from_second(1_795_132_800 + i64::from(hour) * 3_600).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn series() -> TimeSeries {
    let line = |seed: u32| Line {
        name: format!("feature {seed}"),
        points: (0..720).map(|hour| (at(hour), (hour % 97 != 3).then(|| noise(hour + seed * 1_009)))).collect(),
        ..Line::default()
    };
    TimeSeries {
        name: "PSI".into(),
        unit: String::new(),
        lines: (0..3).map(line).collect(),
        thresholds: vec![Threshold { name: "Threshold".into(), value: 0.8, inclusive: false }],
        marks: Vec::new(),
        step: Some(3_600),
        worse: Worse::High,
        logarithmic: false,
    }
}

fn bins() -> Histogram {
    Histogram {
        feature: "amount".into(),
        unit: "EUR".into(),
        edges: (0..=60_u32).map(f64::from).collect(),
        baseline: (0..60).map(noise).collect(),
        current: (7..67).map(noise).collect(),
    }
}

fn pair() -> CdfPair {
    let side =
        |shift: u32| (0..2_048_u32).map(|rank| (f64::from(rank + shift), f64::from(rank + 1) / 2_048.0)).collect();
    CdfPair { feature: "amount".into(), unit: "EUR".into(), baseline: side(0), current: side(200) }
}

/// Neighbours differ, so that no strokes are joined.
fn cells() -> HeatMap {
    let row = |feature: u32| HeatRow {
        feature: format!("feature {feature}"),
        values: (0..90).map(|run| Some(noise(feature * 131 + run * 7))).collect(),
        drifted: Vec::new(),
    };
    HeatMap {
        measure: "PSI".into(),
        runs: (0..90).map(|run| at(run * 24)).collect(),
        features: (0..500).map(row).collect(),
        threshold: Some(0.5),
    }
}

fn curve(version: u32) -> Curve {
    let bend = 0.1 * f64::from(version);
    let point = |step: u32| (f64::from(step) / 500.0, (f64::from(step) / 500.0).powf(bend));
    Curve { name: format!("version {version}"), points: (0..=500).map(point).collect(), area: None }
}
