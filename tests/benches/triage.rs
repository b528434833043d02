//! Triage of a large job's logs in one pass, beside mrjob's interpretation of the same lines.
//!
//! A driver, fifty executors, a step and three nodes with noise among the lines, made the same every time. Both start
//! from inflated files and run in turn. mrjob is driven through the functions that its own runner calls
//! (`mrjob_interpret.py`), over all files, because ours reads all; what it takes if it may stop at the first trace, as
//! its runner does, is told too. Arguments: megabytes (200), times (3).
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod job;
mod lines;
mod results;

use anyhow::{Context as _, Result, anyhow, ensure};
use job::{CAUSE, LogFile};
use logs::{
    Cancel, Level, Limits, Log, Reader, Records,
    record::Texts,
    spool::{Threads, spool},
    time::Zone,
};
use results::{Results, median, seconds};
use std::{
    env,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};
use triage::{Catalogue, Facts, FileId, Report, Scan, Scanner, Verdict};

/// Says where the Python with mrjob is; `cargo xtask` made it.
const PYTHON: &str = "QUARTERDECK_BENCH_PYTHON";

fn main() -> Result<()> {
    let mut numbers = env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (megabytes, times) = (numbers.next().unwrap_or(200), numbers.next().unwrap_or(3));
    let folder = benches::folder();
    fs::create_dir_all(&folder)?;
    let root = folder.join(format!("job-{megabytes}"));
    let files = job::made(&root, megabytes * 1_000_000)?;
    let mut results = Results::new("Triage");
    let begun = Instant::now();
    let catalogue = Catalogue::builtin();
    let known = begun.elapsed().as_secs_f64();

    let (mut indexed, mut pass, mut alone) = (vec![], vec![], vec![]);
    let (mut theirs, mut stopped, mut told) = (vec![], vec![], String::new());
    let (mut bytes, mut named) = (0_u64, String::new());
    for _ in 0..times {
        let inflated = files.iter().map(|file| inflated(file, &folder)).collect::<Result<Vec<_>>>()?;
        let begun = Instant::now();
        side_by_side(2, &inflated, |file| Ok(file.records.extend(&Cancel::default())?))?;
        indexed.push(begun.elapsed().as_secs_f64());
        let (took, report) = triaged(catalogue, 2, &inflated)?;
        pass.push(took);
        alone.push(triaged(catalogue, 1, &inflated)?.0);
        bytes = inflated.iter().map(|file| file.records.log().extent().length).sum();
        named = cause(&report);
        if let Some(said) = interpretation(&root)? {
            ensure!(said.bytes == bytes, "mrjob read {} bytes of {bytes}", said.bytes);
            theirs.push(said.seconds);
            stopped.push(said.stopped);
            told = said.told;
        }
    }
    let [indexed, pass, alone] = [&mut indexed, &mut pass, &mut alone].map(|times| median(times));
    results.note(format!(
        "{} MB of logs, inflated: a driver, {} executors, a step and {} nodes. Medians of {times}. The index of records is \
         made while a file inflates; the pass reads every record once, on two threads, and ends with the report.",
        bytes / 1_000_000,
        job::EXECUTORS,
        job::NODES
    ));
    results.row("triage of all files in one pass", &seconds(pass), "", "1 s", pass <= 1.0);
    results.row("the same on one thread", &seconds(alone), "", "", true);
    results.row("the index of records by itself", &seconds(indexed), "", "", true);
    results.row("reading the signatures, once", &seconds(known), "", "", true);
    let what = "index and pass beside mrjob's interpretation";
    if theirs.is_empty() {
        results.row(
            what,
            &seconds(indexed + pass),
            "mrjob needs Python 3.10 or 3.11, and there is none",
            "20 x",
            false,
        );
    } else {
        let (theirs, stopped) = (median(&mut theirs), median(&mut stopped));
        let ratio = theirs / (indexed + pass);
        let beside = format!(
            "mrjob {}, ratio {ratio:.0}; stopping at the first trace it takes {}",
            seconds(theirs),
            seconds(stopped)
        );
        results.row(what, &seconds(indexed + pass), &beside, "20 x", ratio >= 20.0);
    }
    let beside = if told.is_empty() { told } else { format!("mrjob: {told}") };
    results.row("the cause", &named, &beside, CAUSE, named == CAUSE);
    results.keep(&folder, "triage")
}

/// A file as the program has it once it is fetched.
struct Inflated<'a> {
    id: FileId,
    made: &'a LogFile,
    records: Records,
}

fn inflated<'a>(made: &'a LogFile, folder: &Path) -> Result<Inflated<'a>> {
    let (log, writer) = Log::create(tempfile::tempfile_in(folder)?);
    let source = File::open(&made.path).with_context(|| made.path.display().to_string())?;
    spool(source, writer, Limits::default(), Threads::One, &Cancel::default(), &mut |_| {})?;
    let records = Records::new(Arc::clone(&log), Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse()?)));
    Ok(Inflated { id: FileId(made.number), made, records })
}

/// Does the same for all files, the first ones first.
fn side_by_side<'a, T: Send>(
    threads: usize,
    files: &[Inflated<'a>],
    work: impl Fn(&Inflated<'a>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(work(file)?);
        }
        Ok::<_, anyhow::Error>(done)
    };
    thread::scope(|scope| {
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        let mut all = Vec::new();
        for one in working {
            all.extend(one.join().map_err(|_| anyhow!("a thread ended"))??);
        }
        Ok(all)
    })
}

/// Seconds from the first record to the report.
fn triaged(catalogue: &Catalogue, threads: usize, files: &[Inflated<'_>]) -> Result<(f64, Report)> {
    let begun = Instant::now();
    let mut all = Scan::default();
    for scan in side_by_side(threads, files, |file| scanned(catalogue, file))? {
        all.merge(scan);
    }
    let facts = Facts { state: Some("FAILED".to_owned()), ..Facts::default() };
    let report = catalogue.report(&all, &facts, None);
    Ok((begun.elapsed().as_secs_f64(), report))
}

fn scanned(catalogue: &Catalogue, file: &Inflated<'_>) -> Result<Scan> {
    let mut scanner = Scanner::new(catalogue, file.id, file.made.source.clone());
    let mut texts = Texts::new(&file.records, 0)?;
    while let Some((record, text)) = texts.advance()? {
        scanner.offer(&triage::Record {
            file: file.id,
            line: record.line + 1,
            lines: u32::try_from(record.lines).unwrap_or(u32::MAX),
            at: record.time.or(record.clock).and_then(|time| time.timestamp()),
            level: record.level.map(level),
            text,
        });
    }
    Ok(scanner.finish())
}

fn level(level: Level) -> triage::Level {
    match level {
        Level::Trace => triage::Level::Trace,
        Level::Debug => triage::Level::Debug,
        Level::Info => triage::Level::Info,
        Level::Warn => triage::Level::Warn,
        Level::Error => triage::Level::Error,
        Level::Fatal => triage::Level::Fatal,
    }
}

fn cause(report: &Report) -> String {
    match (report.verdict, report.findings.first()) {
        (Verdict::Cause, Some(finding)) => finding.signature.clone(),
        (verdict, _) => format!("{verdict:?}").to_lowercase(),
    }
}

/// What mrjob did.
struct Interpretation {
    bytes: u64,
    /// Over all files.
    seconds: f64,
    /// Until the first trace.
    stopped: f64,
    /// The first line of what it takes for the cause.
    told: String,
}

/// None where there is no Python for it.
fn interpretation(root: &Path) -> Result<Option<Interpretation>> {
    let Some(python) = env::var_os(PYTHON) else { return Ok(None) };
    let script = benches::scripts().join("mrjob_interpret.py");
    let output = Command::new(python).arg(script).arg(root).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "mrjob_interpret.py failed");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| said.get(name).and_then(serde_json::Value::as_f64).context(name.to_owned());
    Ok(Some(Interpretation {
        bytes: said.get("bytes").and_then(serde_json::Value::as_u64).context("bytes")?,
        seconds: number("seconds")?,
        stopped: number("stopped")?,
        told: said.get("told").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned(),
    }))
}
