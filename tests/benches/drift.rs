//! Drift of 500 features from two `statistics.json`, beside SciPy on the same files, and from raw values, beside SciPy and
//! Evidently; a history from its reports to the picture; sketches beside the rows that they were made
//! of, and what deequ publishes.
//!
//! Their numbers are compared with ours one by one: what both compute exactly must agree to 1e-9. What a person would use
//! instead, a script, first reads the files, so reading is timed on both sides too. Argument: times (5).
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod monitored;
mod results;

use anyhow::{Context as _, Result, ensure};
use charts::{Frame, HeatMap, HeatRow, heat_map};
use contract::Timestamp;
use models::{
    drift::{
        Bins, Categories, Comparison, Distribution, FeatureDrift, Method, Run, Source, compare,
        compare::{robust_at, run as verdicts},
        history::Heat,
        significance::{KolmogorovSmirnov, kolmogorov_smirnov},
    },
    monitor::Statistics,
};
use results::{Results, median, seconds};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Says where the Python with SciPy is; `cargo xtask` made it.
const PYTHON: &str = "QUARTERDECK_BENCH_PYTHON";
/// Two exact computations may differ by what rounding leaves.
const AGREES: f64 = 1e-9;
const RUNS: u32 = 90;

fn main() -> Result<()> {
    let times = env::args().skip(1).find_map(|word| word.parse::<usize>().ok()).unwrap_or(5).max(1);
    let folder = benches::folder();
    let files = folder.join("drift");
    fs::create_dir_all(&folder)?;
    monitored::made(&files)?;
    let mut results = Results::new("Drift");

    let (mut reading, mut comparing, mut testing, mut matrix) = (vec![], vec![], vec![], vec![]);
    let mut drawing = vec![];
    let (before, now) = (fs::read(files.join("baseline.json"))?, fs::read(files.join("current.json"))?);
    let raw: BTreeMap<String, [Vec<f64>; 2]> = serde_json::from_slice(&fs::read(files.join("raw.json"))?)?;
    let runs: Vec<Run> = (0..RUNS).map(run).collect();
    let (mut told, mut values) = (Vec::new(), Numbers::new());
    for _ in 0..times {
        let begun = Instant::now();
        let (baseline, current) = (Statistics::read(&before)?, Statistics::read(&now)?);
        reading.push(begun.elapsed().as_secs_f64());
        ensure!(baseline.problems.is_empty() && current.problems.is_empty(), "{:?}", baseline.problems);
        let begun = Instant::now();
        told = compare(&baseline, &current);
        comparing.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        values = raw.iter().filter_map(|(name, pair)| Some((name.clone(), of_values(pair)?))).collect();
        testing.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let heat = Heat::of(&runs, FeatureDrift::severity);
        matrix.push(begun.elapsed().as_secs_f64());
        ensure!(heat.cells.len() == usize::try_from(monitored::FEATURES)?, "a row for each feature");
        let begun = Instant::now();
        ensure!(picture(&runs)?.len() > 10_000, "something is drawn");
        drawing.push(begun.elapsed().as_secs_f64());
    }
    ensure!(told.iter().all(|one| one.l_infinity.is_some()), "every feature is compared");
    let [reading, comparing, testing, matrix, drawing] =
        [&mut reading, &mut comparing, &mut testing, &mut matrix, &mut drawing].map(|times| median(times));
    let theirs = theirs(&files)?;
    let evidently = evidently(&files)?;
    let beside = |of: fn(&Theirs) -> f64, ours: f64| {
        theirs.as_ref().map_or_else(
            || "SciPy needs Python 3.10 or 3.11, and there is none".to_owned(),
            |theirs| format!("SciPy {}, ratio {:.1}", seconds(of(theirs)), of(theirs) / ours),
        )
    };
    results.note(format!(
        "Two statistics.json of {} features, {} MB: KLL sketches of 20,000 and of 5,000 rows, one feature in ten of words. \
         Medians of {times}; SciPy and Evidently once.",
        monitored::FEATURES,
        (before.len() + now.len()) / 1_000_000,
    ));
    let features = monitored::FEATURES;
    let what = format!("drift of {features} features, all statistics");
    results.row(&what, &seconds(comparing), &beside(|theirs| theirs.seconds, comparing), "50 ms", comparing <= 0.050);
    results.row("reading both files", &seconds(reading), &beside(|theirs| theirs.read, reading), "", true);
    let what = format!("raw values of {} features, with p-values", monitored::RAW);
    results.row(&what, &seconds(testing), &beside(|theirs| theirs.raw_seconds, testing), "", true);
    if let Some((took, _)) = &evidently {
        let ratio = took / testing;
        let beside = format!("Evidently {}, ratio {ratio:.0}", seconds(*took));
        results.row("the same beside Evidently's preset", &seconds(testing), &beside, "50 x", ratio >= 50.0);
    }
    let what = format!("a matrix of {features} features and {RUNS} runs");
    results.row(&what, &seconds(matrix), "", "50 ms", matrix <= 0.050);
    let what = format!("{features} features and {RUNS} reports that were read, to the picture of the heat map");
    results.row(&what, &seconds(drawing), "", "100 ms", drawing <= 0.100);
    let what = format!("{RUNS} reports of {features} features that were never read: parsed and compared, one by one");
    results.row(&what, &seconds(never_read(&files, &before)?), "", "", true);
    sketch_error(&mut results, &told)?;
    published(&mut results)?;
    if let Some(theirs) = theirs {
        let ours = told.iter().map(|one| (one.name.clone(), of_sketches(one))).collect();
        agreement(&mut results, "", "SciPy", &ours, &theirs.features)?;
        agreement(&mut results, " of raw values", "SciPy", &values, &theirs.raw)?;
    }
    if let Some((_, features)) = evidently {
        agreement(&mut results, " of raw values", "Evidently", &values, &features)?;
    }
    results.keep(&folder, "drift")
}

/// The heat map of what is kept of reports: a number for each feature and report.
fn picture(runs: &[Run]) -> Result<String> {
    let heat = Heat::of(runs, FeatureDrift::severity);
    let rows = heat.features.into_iter().zip(heat.cells);
    let told = HeatMap {
        measure: "distance in thresholds".to_owned(),
        runs: heat.runs.into_iter().flatten().collect(),
        features: rows.map(|(feature, values)| HeatRow { feature, values, drifted: Vec::new() }).collect(),
        threshold: Some(1.0),
    };
    let frame = Frame { width: 900, height: 640, offset_minutes: 60, caption: "bench".to_owned() };
    Ok(heat_map(&frame, &told)?.svg)
}

/// Seconds from the files of reports to their verdicts. One file stands for all of them: it is read and parsed anew each time.
fn never_read(files: &Path, baseline: &[u8]) -> Result<f64> {
    let baseline = Statistics::read(baseline)?;
    let begun = Instant::now();
    let mut runs = Vec::new();
    for number in 0..RUNS {
        let current = Statistics::read(&fs::read(files.join("current.json"))?)?;
        runs.push(verdicts(&compare(&baseline, &current), None, hour(number)));
    }
    let took = begun.elapsed().as_secs_f64();
    let all = usize::try_from(monitored::FEATURES)?;
    ensure!(runs.iter().all(|run| run.features.len() == all), "a verdict for each feature");
    Ok(took)
}

/// What sketches say of a distance beside what the rows themselves say, which they were made of.
fn sketch_error(results: &mut Results, told: &[Comparison]) -> Result<()> {
    let by_name: BTreeMap<&str, &Comparison> = told.iter().map(|one| (one.name.as_str(), one)).collect();
    let (mut largest, mut stated, mut features) = (0.0_f64, f64::INFINITY, 0_u32);
    let mut is_within = true;
    for number in 0..monitored::FEATURES {
        let Some([one, other]) = monitored::rows(number) else { continue };
        let rows = Distribution::of_values(&one).zip(Distribution::of_values(&other)).context("rows")?;
        let told = by_name.get(format!("feature_{number}").as_str()).and_then(|told| told.l_infinity.as_ref());
        let told = told.with_context(|| format!("feature_{number} is not compared"))?;
        let error = told.error.context("the error of a sketch")?;
        let difference = (told.simple - rows.0.apart(&rows.1).largest).abs();
        is_within = is_within && difference <= error;
        (largest, stated) = (largest.max(difference), stated.min(error));
        features += 1;
    }
    ensure!(features > 0 && stated > 0.0, "sketches that keep less than all rows");
    let beside = format!("{features} features of 20,000 and 5,000 rows");
    let what = "l_infinity of sketches: largest difference from that of the raw rows";
    results.row(what, &format!("{largest:.1e}"), &beside, &format!("{stated:.1e}, as stated"), is_within);
    Ok(())
}

/// The samples and values of deequ's own tests: `KLLDistanceTest`, and that of its stability index.
#[allow(clippy::unreadable_literal, reason = "reference values are copied whole")]
fn published(results: &mut Results) -> Result<()> {
    let counted =
        |counts: &[(&str, f64)]| Categories::of(counts.iter().map(|(name, count)| ((*name).to_owned(), *count)));
    let share =
        |counts: [f64; 10]| -> Vec<f64> { counts.iter().map(|count| count / counts.iter().sum::<f64>()).collect() };
    let one = counted(&[("a", 10.0), ("b", 20.0), ("c", 25.0), ("d", 10.0), ("e", 5.0)]);
    let other = counted(&[("a", 11.0), ("b", 20.0), ("c", 25.0), ("d", 10.0), ("e", 10.0)]);
    let (simple, _) = one.largest_difference(&other).context("a distance")?;
    let one = counted(&[("a", 207.0), ("b", 20.0), ("c", 25.0), ("d", 14.0), ("e", 25.0), ("g", 13.0)]);
    let other = counted(&[("a", 22.0), ("b", 20.0), ("c", 25.0), ("d", 12.0), ("e", 13.0), ("f", 15.0)]);
    let (distance, _) = one.largest_difference(&other).context("a distance")?;
    let robust = robust_at(distance, one.total(), other.total(), 0.003);
    let baseline = counted(&[("a", 223.0), ("b", 20.0), ("c", 25.0), ("d", 12.0), ("e", 13.0), ("f", 15.0)]);
    let chi_square = baseline.chi_square(&one).context("a test")?;
    let bins = Bins {
        edges: Vec::new(),
        baseline: share([428.0, 425.0, 414.0, 427.0, 440.0, 447.0, 380.0, 386.0, 444.0, 386.0]),
        current: share([426.0, 437.0, 429.0, 391.0, 469.0, 433.0, 360.0, 443.0, 371.0, 418.0]),
    };
    let pairs = [
        (simple, 0.06015037593984962),
        (robust, 0.2726338046550349),
        (chi_square.statistic, 28.175042782458068),
        (chi_square.p, 3.3640191298478506e-5),
        (bins.psi(), 0.007406694184014186),
    ];
    // A number that is none would not be larger than any.
    ensure!(pairs.iter().all(|(ours, _)| ours.is_finite()), "{pairs:?}");
    let largest = pairs.iter().map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
    let what = "values that deequ publishes: largest difference";
    let beside = "l_infinity, robust, chi_square and its p, psi";
    results.row(what, &format!("{largest:.1e}"), beside, "1e-9", largest <= AGREES);
    Ok(())
}

/// Statistics by their names, by feature.
type Numbers = BTreeMap<String, BTreeMap<String, f64>>;

fn of_sketches(one: &Comparison) -> BTreeMap<String, f64> {
    let numbers = [
        ("l_infinity", one.value(&Method::LInfinitySimple)),
        ("wasserstein", one.wasserstein),
        ("wasserstein_normed", one.wasserstein_normed),
        ("chi_square", one.value(&Method::ChiSquareStatistic)),
        ("chi_square_p", one.value(&Method::ChiSquare)),
        ("psi", one.psi),
        ("jensen_shannon", one.jensen_shannon),
        ("hellinger", one.hellinger),
    ];
    numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn of_values([one, other]: &[Vec<f64>; 2]) -> Option<BTreeMap<String, f64>> {
    let KolmogorovSmirnov { statistic, p, .. } = kolmogorov_smirnov(one, other)?;
    let bins = Bins::evidently(one, other)?;
    let baseline = Distribution::of_values(one)?;
    let area = baseline.apart(&Distribution::of_values(other)?).area;
    let numbers = [
        ("l_infinity", statistic),
        ("ks_p", p),
        ("wasserstein", area),
        ("wasserstein_normed", area / baseline.deviation().max(0.001)),
        ("psi", bins.filled().psi()),
        ("jensen_shannon", bins.jensen_shannon()),
        ("hellinger", bins.hellinger()),
    ];
    Some(numbers.map(|(name, value)| (name.to_owned(), value)).into())
}

/// One row for each statistic: the largest difference over all features.
fn agreement(results: &mut Results, of: &str, whose: &str, ours: &Numbers, theirs: &Numbers) -> Result<()> {
    ensure!(ours.keys().eq(theirs.keys()), "the same features");
    let mut largest: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for (feature, numbers) in theirs {
        for (name, theirs) in numbers {
            let ours = ours.get(feature).and_then(|numbers| numbers.get(name));
            let ours = ours.with_context(|| format!("we have no {name} of {feature}"))?;
            let (difference, times) = largest.entry(name).or_default();
            *difference = difference.max((ours - theirs).abs());
            *times += 1;
        }
    }
    for (name, (difference, times)) in largest {
        let what = format!("{name}{of}: largest difference from {whose}");
        results.row(&what, &format!("{difference:.1e}"), &format!("{times} features"), "1e-9", difference <= AGREES);
    }
    Ok(())
}

/// A run of a monitor, as a history has them.
fn run(number: u32) -> Run {
    let features = (0..monitored::FEATURES).map(|feature| {
        let value = f64::from((feature * 31 + number * 17) % 101) / 200.0;
        FeatureDrift::judged(format!("feature_{feature}"), Some(value), Some(0.1), Method::LInfinityRobust)
    });
    Run { source: Source::ModelMonitor, when: hour(number), features: features.collect() }
}

/// Reports of every hour from 2026-11-20T00:00:00Z on.
fn hour(number: u32) -> Option<Timestamp> {
    Timestamp::from_second(1_795_132_800 + i64::from(number) * 3_600).ok()
}

/// What SciPy said.
struct Theirs {
    read: f64,
    seconds: f64,
    raw_seconds: f64,
    features: Numbers,
    raw: Numbers,
}

/// None where there is no Python for it.
fn theirs(files: &Path) -> Result<Option<Theirs>> {
    let Some(said) = python("drift_scipy.py", files)? else { return Ok(None) };
    let number = |name: &str| said.get(name).and_then(Value::as_f64).context(name.to_owned());
    let numbers = |name: &str| -> Result<Numbers> {
        Ok(serde_json::from_value(said.get(name).cloned().context(name.to_owned())?)?)
    };
    Ok(Some(Theirs {
        read: number("read")?,
        seconds: number("seconds")?,
        raw_seconds: number("raw_seconds")?,
        features: numbers("features")?,
        raw: numbers("raw")?,
    }))
}

/// Seconds, and its numbers.
fn evidently(files: &Path) -> Result<Option<(f64, Numbers)>> {
    let Some(said) = python("drift_evidently.py", files)? else { return Ok(None) };
    let seconds = said.get("seconds").and_then(Value::as_f64).context("seconds")?;
    Ok(Some((seconds, serde_json::from_value(said.get("features").cloned().context("features")?)?)))
}

fn python(script: &str, files: &Path) -> Result<Option<Value>> {
    let Some(python) = env::var_os(PYTHON) else { return Ok(None) };
    let mut command = Command::new(python);
    command.arg(benches::scripts().join(script)).arg(files).env("DO_NOT_TRACK", "1");
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{script} failed");
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}
