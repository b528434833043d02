//! Log files beside what a person has without us: a first search of gzip files against `zgrep`, `rg -z` and `lnav`, a
//! repeated one, the first lines, memory, and fifty executors' logs on one clock.
//!
//! Everything runs alternately in one run and on the same files, so what else the machine does meets all alike. The
//! ratios are the claim. Arguments: megabytes after inflating (1,000), times (3). `lnav` is asked once, because it takes a
//! minute for a gigabyte; a program that is not installed is left out, and the table says so. Memory is that of a process
//! which does nothing else, on the file and on four times as much.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod lines;
mod results;

use anyhow::{Context as _, Result, anyhow, ensure};
use lines::Lines;
use logs::{
    Cancel, Limits, Log, Reader, Records,
    merge::{Merged, Source},
    search::{Bounds, Case, Place, Query, search},
    spool::{Threads, spool},
    time::Zone,
};
use results::{Results, median, seconds};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

const NEEDLE: &str = "needle_in_haystack";
const EXECUTORS: usize = 50;
/// How often memory is measured on the file after itself.
const LARGE: u64 = 4;
/// Asked of this program by itself: memory is that of one process.
const ALONE: &str = "alone";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, packed, copies] = words.as_slice()
        && first == ALONE
    {
        return alone(Path::new(packed), copies.parse()?);
    }
    let mut numbers = words.iter().filter_map(|word| word.parse::<u64>().ok());
    let (megabytes, times) = (numbers.next().unwrap_or(1_000), numbers.next().unwrap_or(3));
    let folder = benches::folder();
    fs::create_dir_all(&folder)?;
    let packed = folder.join(format!("log-{megabytes}.gz"));
    if !packed.exists() {
        generate(&packed, 7, megabytes * 1_000_000, true)?;
    }
    let of_many = megabytes.min(400);
    let many = generate_many(&folder, of_many)?;

    let mut results = Results::new("Logs");
    let length = fs::metadata(&packed)?.len() / 1_000_000;
    results.note(format!(
        "{megabytes} MB of log in {length} MB of gzip, and {of_many} MB in {EXECUTORS} files of gzip, one for each executor. \
         Medians of {times}, all programs in turn, their files in the page cache."
    ));
    one_file(&mut results, &packed, times)?;
    many_files(&mut results, &many, &folder, times)?;
    for copies in [1, LARGE] {
        let memory = memory_alone(&packed, copies)?;
        let what = format!("peak memory of the process, {} MB of log", megabytes * copies);
        results.row(&what, &format!("{memory:.0} MB"), "", "300 MB", memory <= 300.0);
    }
    let (records, merge) = merging(of_many, &folder)?;
    let aim = "100 MB/s";
    results.row("times and levels of fifty logs, one thread", &format!("{records:.0} MB/s"), "", aim, records >= 100.0);
    results.row("merging fifty logs", &format!("{merge:.0} MB/s"), "", aim, merge >= 100.0);
    results.keep(&folder, "logs")
}

/// A first search, its first lines, and searches after it.
fn one_file(results: &mut Results, packed: &Path, times: u64) -> Result<()> {
    let folder = packed.parent().context("a folder")?;
    let (mut first, mut lines, mut again, mut any_case, mut expression) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut others, mut decoded) = (Others::default(), vec![]);
    let file = [packed.to_path_buf()];
    for time in 0..times {
        let (log, took, shown) = first_search(File::open(packed)?, tempfile::tempfile_in(folder)?, 1)?;
        first.push(took);
        lines.push(shown);
        others.ask(&file, time == 0)?;
        decoded.extend(theirs("gzip", &["-dc"], &file, None)?);
        again.push(search_again(&log, &Query::plain("Exception needle"), 1)?);
        any_case.push(search_again(&log, &Query { case: Case::Ignored, ..Query::plain("exception NEEDLE") }, 1)?);
        expression.push(search_again(&log, &Query::regex("Exc[a-z]+ needle_\\w+"), 1)?);
    }
    let all = [&mut first, &mut lines, &mut again, &mut any_case, &mut expression, &mut decoded];
    let [first, lines, again, any_case, expression, decoded] = all.map(|times| median(times));
    let (best, said) = others.best()?;
    results.row("first lines of a gzip", &seconds(lines), "", "100 ms", lines <= 0.1);
    let what = "first search of one file: inflate, index, search";
    let beside = format!("{said}; gzip -dc alone {}", seconds(decoded));
    results.row(what, &seconds(first), &beside, "the best of them", first <= best);
    let ratio = format!("{:.0} x faster than the best of them", best / again);
    results.row("repeated search", &seconds(again), &ratio, "20 x", again * 20.0 <= best);
    results.row("repeated search in any case", &seconds(any_case), "", "", true);
    results.row("repeated search for an expression", &seconds(expression), "", "", true);
    Ok(())
}

fn many_files(results: &mut Results, packed: &[PathBuf], folder: &Path, times: u64) -> Result<()> {
    let (mut ours, mut others) = (vec![], Others::default());
    for time in 0..times {
        ours.push(first_search_of_many(packed, folder)?);
        others.ask(packed, time == 0)?;
    }
    let (best, said) = others.best()?;
    let ours = median(&mut ours);
    results.row("first search of fifty files", &seconds(ours), &said, "the best of them", ours <= best);
    Ok(())
}

/// What a person has without us, and the seconds that each took.
#[derive(Debug, Default)]
struct Others {
    zgrep: Vec<f64>,
    rg: Vec<f64>,
    lnav: Vec<f64>,
    /// Of several gzip files lnav 0.11 shows no line when it runs without a screen.
    lnav_missed: bool,
}

impl Others {
    fn ask(&mut self, files: &[PathBuf], lnav: bool) -> Result<()> {
        self.zgrep.extend(theirs("zgrep", &["-c", NEEDLE], files, Some(counted))?);
        self.rg.extend(theirs("rg", &["-z", "-c", NEEDLE], files, Some(counted))?);
        if lnav {
            let only = format!(":filter-in {NEEDLE}");
            match theirs("lnav", &["-n", "-c", &only], files, Some(shown)) {
                Ok(took) => self.lnav.extend(took),
                Err(_) => self.lnav_missed = true,
            }
        }
        Ok(())
    }

    /// Seconds of the fastest, and all of them in words.
    fn best(self) -> Result<(f64, String)> {
        let (mut best, mut said) = (f64::INFINITY, Vec::new());
        for (name, mut times) in [("zgrep", self.zgrep), ("rg -z", self.rg), ("lnav", self.lnav)] {
            if times.is_empty() {
                let missed = name == "lnav" && self.lnav_missed;
                said.push(format!("{name} {}", if missed { "did not find it" } else { "is not installed" }));
                continue;
            }
            let took = median(&mut times);
            best = best.min(took);
            said.push(format!("{name} {}", seconds(took)));
        }
        ensure!(best.is_finite(), "neither zgrep nor rg nor lnav is installed (Debian: gzip, ripgrep, lnav)");
        Ok((best, said.join(", ")))
    }
}

/// `1`, or `FILE:1` for each file.
fn counted(printed: &str) -> bool {
    let counts = printed.lines().filter_map(|line| line.rsplit(':').next()?.trim().parse::<u64>().ok());
    counts.sum::<u64>() == 1
}

fn shown(printed: &str) -> bool {
    printed.contains(NEEDLE)
}

/// Seconds that a program took; none if it is not installed.
fn theirs(
    program: &str,
    arguments: &[&str],
    files: &[PathBuf],
    found: Option<fn(&str) -> bool>,
) -> Result<Option<f64>> {
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).args(files).stdin(Stdio::null()).stderr(Stdio::null());
    command.stdout(if found.is_some() { Stdio::piped() } else { Stdio::null() });
    let output = match command.spawn().and_then(std::process::Child::wait_with_output) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output.with_context(|| program.to_owned())?,
    };
    let took = begun.elapsed().as_secs_f64();
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(found.is_none_or(|found| found(&printed)), "{program} found something else");
    Ok(Some(took))
}

/// Inflates, indexes and searches at once; the log, seconds to the last hit, and to the first lines.
fn first_search(source: impl Read + Send, cache: File, wanted: u64) -> Result<(Arc<Log>, f64, f64)> {
    let begun = Instant::now();
    let (log, writer) = Log::create(cache);
    let cancel = Cancel::default();
    let (found, shown) = thread::scope(|scope| {
        let spooling = scope.spawn(|| spool(source, writer, Limits::default(), Threads::Two, &cancel, &mut |_| {}));
        log.wait(0, Duration::from_secs(10));
        let first = log.lines(0..100, 4_096);
        let shown = begun.elapsed().as_secs_f64();
        let places = [Place::Log(Arc::clone(&log))];
        let found = search(&places, &Query::plain(NEEDLE), Bounds::default(), &cancel, &mut |_| {});
        let inflated = spooling.join().map_err(|_| anyhow!("the spooling thread ended"))??;
        ensure!(inflated.end == logs::End::Whole && first?.len() == 100);
        Ok::<_, anyhow::Error>((found?, shown))
    })?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(found.first().context("one file")?.total == wanted);
    Ok((log, took, shown))
}

/// The same for many files, two at a time; seconds to the last hit.
fn first_search_of_many(packed: &[PathBuf], folder: &Path) -> Result<f64> {
    let begun = Instant::now();
    let cancel = Cancel::default();
    let (mut places, mut waiting) = (Vec::new(), Vec::new());
    for path in packed {
        let (log, writer) = Log::create(tempfile::tempfile_in(folder)?);
        places.push(Place::Log(log));
        waiting.push((File::open(path)?, writer));
    }
    let waiting = Mutex::new(waiting);
    let spool_some = || -> Result<()> {
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((source, writer)) = next else { return Ok(()) };
            spool(source, writer, Limits::default(), Threads::One, &cancel, &mut |_| {})?;
        }
    };
    let found = thread::scope(|scope| {
        let spooling = [scope.spawn(spool_some), scope.spawn(spool_some)];
        let found = search(&places, &Query::plain(NEEDLE), Bounds::default(), &cancel, &mut |_| {});
        for one in spooling {
            one.join().map_err(|_| anyhow!("a spooling thread ended"))??;
        }
        Ok::<_, anyhow::Error>(found?)
    })?;
    ensure!(found.iter().map(|file| file.total).sum::<u64>() == 1);
    Ok(begun.elapsed().as_secs_f64())
}

fn search_again(log: &Arc<Log>, query: &Query, wanted: u64) -> Result<f64> {
    let begun = Instant::now();
    let places = [Place::Log(Arc::clone(log))];
    let found = search(&places, query, Bounds::default(), &Cancel::default(), &mut |_| {})?;
    ensure!(found.first().context("one file")?.total == wanted);
    Ok(begun.elapsed().as_secs_f64())
}

/// Megabytes at most of a process that searches the file, so many times after itself, and groups its records.
fn memory_alone(packed: &Path, copies: u64) -> Result<f64> {
    let mut again = Command::new(std::env::current_exe()?);
    let output = again.arg(ALONE).arg(packed).arg(copies.to_string()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the process that memory is measured of failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn alone(packed: &Path, copies: u64) -> Result<()> {
    let mut source: Box<dyn Read + Send> = Box::new(io::empty());
    for _ in 0..copies {
        source = Box::new(source.chain(File::open(packed)?));
    }
    let cache = tempfile::tempfile_in(packed.parent().context("a folder")?)?;
    let (log, ..) = first_search(source, cache, copies)?;
    let records = Records::new(Arc::clone(&log), Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse()?)));
    ensure!(records.extend(&Cancel::default())?.done);
    search_again(&log, &Query::plain("Exception needle"), copies)?;
    println!("{}", peak_memory()?);
    Ok(())
}

/// Megabytes of this process at its largest.
fn peak_memory() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("VmHWM")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kilobytes / 1_024.0)
}

/// MB/s of the records and of the merge of fifty logs.
fn merging(megabytes: u64, folder: &Path) -> Result<(f64, f64)> {
    let zone = Zone::utc("2024-06-01T00:00:00Z".parse()?);
    let cancel = Cancel::default();
    let mut sources = Vec::new();
    let mut bytes = 0_u64;
    for executor in 0..EXECUTORS {
        let (log, mut writer) = Log::create(tempfile::tempfile_in(folder)?);
        let mut lines = Lines::new(executor as u64 + 1);
        let length = megabytes * 1_000_000 / EXECUTORS as u64;
        let mut written = 0;
        while written < length {
            let text = lines.next_block();
            written += text.len() as u64;
            writer.append(text.as_bytes())?;
        }
        bytes += written;
        writer.finish(logs::End::Whole);
        sources.push(Source { records: Arc::new(Records::new(log, Reader::new(zone.clone()))), offset: 0 });
    }
    let begun = Instant::now();
    for source in &sources {
        ensure!(source.records.extend(&cancel)?.done);
    }
    let indexed = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let (mut rows, mut last) = (0_u64, None);
    let merged = Merged::new(sources, &cancel, &mut |row| {
        rows += u64::from(row.at >= last);
        last = row.at;
    })?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(rows == merged.rows(), "in order");
    #[allow(clippy::cast_precision_loss, reason = "megabytes")]
    let size = bytes as f64 / 1e6;
    Ok((size / indexed, size / took))
}

/// One file for each executor, the needle in the last.
fn generate_many(folder: &Path, megabytes: u64) -> Result<Vec<PathBuf>> {
    let folder = folder.join(format!("logs-{megabytes}"));
    fs::create_dir_all(&folder)?;
    let mut all = Vec::new();
    for executor in 1..=EXECUTORS as u64 {
        let packed = folder.join(format!("executor-{executor}.gz"));
        if !packed.exists() {
            generate(&packed, executor, megabytes * 1_000_000 / EXECUTORS as u64, executor == EXECUTORS as u64)?;
        }
        all.push(packed);
    }
    Ok(all)
}

/// Writes a log through `gzip`, as log agents do; the same every time.
fn generate(packed: &Path, seed: u64, length: u64, needle: bool) -> Result<()> {
    let unfinished = packed.with_extension("part");
    let mut gzip = Command::new("gzip")
        .args(["-6", "-c"])
        .stdin(Stdio::piped())
        .stdout(File::create(&unfinished)?)
        .spawn()
        .context("gzip is missing")?;
    let mut input = gzip.stdin.take().context("a pipe")?;
    let mut lines = Lines::new(seed);
    let mut written = 0;
    while written < length {
        let text = lines.next_block();
        written += text.len() as u64;
        input.write_all(text.as_bytes())?;
    }
    if needle {
        writeln!(input, "24/05/09 01:02:03 ERROR Executor: Exception {NEEDLE}")?;
    }
    drop(input);
    ensure!(gzip.wait()?.success());
    fs::rename(unfinished, packed)?;
    Ok(())
}
