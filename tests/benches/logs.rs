//! Log files beside what a person has without us: a first search of a gzip file against `zgrep` and `rg -z`, a repeated
//! one, the first lines, memory, and fifty executors' logs on one clock (DESIGN.md, "Speed").
//!
//! Everything runs alternately in one run and on the same file, so what else the machine does meets all alike. The
//! ratios are the claim. Arguments: megabytes after inflating (1,000), times (3).
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::many_single_char_names, reason = "numbers of a made line, each used once")]

use anyhow::{Context as _, Result, ensure};
use logs::{
    Cancel, Limits, Log, Reader, Records,
    merge::{Merged, Source},
    search::{Bounds, Case, Place, Query, search},
    spool::{Threads, spool},
    time::Zone,
};
use serde_json::json;
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tests::places;

const NEEDLE: &str = "needle_in_haystack";
const EXECUTORS: usize = 50;

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (megabytes, times) = (numbers.next().unwrap_or(1_000), numbers.next().unwrap_or(3));
    let folder = places::out().join("bench");
    fs::create_dir_all(&folder)?;
    let packed = folder.join(format!("log-{megabytes}.gz"));
    if !packed.exists() {
        generate(&packed, megabytes * 1_000_000)?;
    }
    let length = megabytes * 1_000_000;

    let (mut first, mut lines, mut again, mut any_case, mut expression) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut zgrep, mut rg, mut decoded) = (vec![], vec![], vec![]);
    for _ in 0..times {
        let file = tempfile::tempfile_in(&folder)?;
        let (log, took, shown) = first_search(&packed, file)?;
        first.push(took);
        lines.push(shown);
        zgrep.push(theirs("zgrep", &["-c", NEEDLE], &packed)?);
        rg.push(theirs("rg", &["-z", "-c", NEEDLE], &packed)?);
        decoded.push(theirs("gzip", &["-dc"], &packed)?);
        again.push(search_again(&log, &Query::plain("Exception needle"), 1)?);
        any_case.push(search_again(&log, &Query { case: Case::Ignored, ..Query::plain("exception NEEDLE") }, 1)?);
        expression.push(search_again(&log, &Query::regex("Exc[a-z]+ needle_\\w+"), 1)?);
    }
    let memory = peak_memory()?;
    let rates = merging(megabytes.min(400), &folder)?;

    let all = [&mut first, &mut lines, &mut again, &mut any_case, &mut expression, &mut zgrep, &mut rg, &mut decoded];
    let [first, lines, again, any_case, expression, zgrep, rg, decoded] = all.map(|times| median(times));
    let best = zgrep.min(rg);
    println!("{megabytes} MB of log in {} MB of gzip; medians of {times}", fs::metadata(&packed)?.len() / 1_000_000);
    say("first lines", lines * 1e3, "ms", lines <= 0.1);
    say("first search (inflate, index, search)", first, "s", first <= best);
    println!(
        "  zgrep -c {zgrep:.2} s, rg -z -c {rg:.2} s, gzip -dc alone {decoded:.2} s; ratio to the best {:.2}",
        best / first
    );
    #[allow(clippy::cast_precision_loss, reason = "megabytes")]
    let speed = length as f64 / 1e6 / first;
    println!("  {speed:.0} MB/s");
    say("repeated search", again * 1e3, "ms", again * 20.0 <= best);
    println!(
        "  ratio to the best {:.0}; any case {:.0} ms, expression {:.0} ms",
        best / again,
        any_case * 1e3,
        expression * 1e3
    );
    say("peak memory", memory, "MB", memory <= 300.0);
    say("records of fifty logs, one thread", rates.0, "MB/s", rates.0 >= 100.0);
    say("merging them", rates.1, "MB/s", rates.1 >= 100.0);
    let kept = json!({
        "megabytes": megabytes, "first_lines": lines, "first_search": first, "zgrep": zgrep, "rg": rg, "gzip": decoded,
        "repeated": again, "any_case": any_case, "expression": expression, "memory_mb": memory,
        "records_mb_s": rates.0, "merge_mb_s": rates.1,
    });
    fs::write(folder.join("logs.json"), serde_json::to_string_pretty(&kept)?)?;
    Ok(())
}

fn say(what: &str, value: f64, unit: &str, held: bool) {
    println!("{what}: {value:.2} {unit}: {}", if held { "held" } else { "MISSED" });
}

/// Inflates, indexes and searches at once; the log, seconds to the last hit, and to the first lines.
fn first_search(packed: &Path, cache: File) -> Result<(Arc<Log>, f64, f64)> {
    let begun = Instant::now();
    let (log, writer) = Log::create(cache);
    let cancel = Cancel::default();
    let source = File::open(packed)?;
    let (found, shown) = thread::scope(|scope| {
        let spooling = scope.spawn(|| spool(source, writer, Limits::default(), Threads::Two, &cancel, &mut |_| {}));
        log.wait(0, Duration::from_secs(10));
        let first = log.lines(0..100, 4_096);
        let shown = begun.elapsed().as_secs_f64();
        let places = [Place::Log(Arc::clone(&log))];
        let found = search(&places, &Query::plain(NEEDLE), Bounds::default(), &cancel, &mut |_| {});
        let inflated = spooling.join().map_err(|_| anyhow::anyhow!("the spooling thread ended"))??;
        ensure!(inflated.end == logs::End::Whole && first?.len() == 100);
        Ok::<_, anyhow::Error>((found?, shown))
    })?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(found.first().context("one file")?.total == 1);
    Ok((log, took, shown))
}

fn search_again(log: &Arc<Log>, query: &Query, wanted: u64) -> Result<f64> {
    let begun = Instant::now();
    let places = [Place::Log(Arc::clone(log))];
    let found = search(&places, query, Bounds::default(), &Cancel::default(), &mut |_| {})?;
    ensure!(found.first().context("one file")?.total == wanted);
    Ok(begun.elapsed().as_secs_f64())
}

fn theirs(program: &str, arguments: &[&str], file: &Path) -> Result<f64> {
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).arg(file).stdin(Stdio::null());
    if program == "gzip" {
        command.stdout(Stdio::null());
        ensure!(command.status().context(program.to_owned())?.success());
    } else {
        let output = command.output().with_context(|| format!("{program} is missing (Debian: ripgrep, gzip)"))?;
        ensure!(String::from_utf8_lossy(&output.stdout).trim() == "1", "{program} found something else");
    }
    Ok(begun.elapsed().as_secs_f64())
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

/// Megabytes of this process at its largest.
fn peak_memory() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("VmHWM")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kilobytes / 1_024.0)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Writes the log through `gzip`, as log agents do; the same every time.
fn generate(packed: &PathBuf, length: u64) -> Result<()> {
    let unfinished = packed.with_extension("part");
    let mut gzip = Command::new("gzip")
        .args(["-6", "-c"])
        .stdin(Stdio::piped())
        .stdout(File::create(&unfinished)?)
        .spawn()
        .context("gzip is missing")?;
    let mut input = gzip.stdin.take().context("a pipe")?;
    let mut lines = Lines::new(7);
    let mut written = 0;
    while written < length {
        let text = lines.next_block();
        written += text.len() as u64;
        input.write_all(text.as_bytes())?;
    }
    writeln!(input, "24/05/09 01:02:03 ERROR Executor: Exception {NEEDLE}")?;
    drop(input);
    ensure!(gzip.wait()?.success());
    fs::rename(unfinished, packed)?;
    Ok(())
}

/// Lines of a Spark driver, from a fixed seed.
struct Lines {
    state: u64,
    number: u64,
}

impl Lines {
    fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), number: 0 }
    }

    /// Knuth's constants; the low bits are poor.
    fn random(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    fn next_block(&mut self) -> String {
        let mut text = String::with_capacity(70_000);
        while text.len() < 65_536 {
            self.number += 1;
            let second = self.number / 40;
            let (a, b, c) = (self.random(5_000), self.random(99), self.random(99));
            let (d, e) = (self.random(100_000), self.random(9_999));
            let (day, hour, minute) = (1 + second / 86_400, second / 3_600 % 24, second / 60 % 60);
            let _ = write!(text, "24/05/{day:02} {hour:02}:{minute:02}:{:02} ", second % 60);
            let _ = match self.random(240) {
                0 => writeln!(
                    text,
                    "WARN  TaskSetManager: Lost task {a}.0 in stage {b}.0 (TID {d}) (ip-10-0-{b}-{c} executor {c}): java.io.IOException: Connection reset by peer\n\tat sun.nio.ch.FileDispatcherImpl.read0(Native Method)\n\tat sun.nio.ch.SocketDispatcher.read(SocketDispatcher.java:{e})\n\tat org.apache.spark.network.server.TransportChannelHandler.channelRead(TransportChannelHandler.java:{c})"
                ),
                1..=40 => writeln!(
                    text,
                    "INFO BlockManagerInfo: Added broadcast_{a}_piece0 in memory on ip-10-0-{b}-{c}.eu-west-1.compute.internal:{d} (size: {e}.{b} KiB, free: {d}.1 MiB)"
                ),
                41..=100 => writeln!(
                    text,
                    "INFO TaskSetManager: Starting task {a}.0 in stage {b}.0 (TID {d}) (ip-10-0-{b}-{c}.eu-west-1.compute.internal, executor {c}, partition {a}, PROCESS_LOCAL, {d} bytes) taskResourceAssignments Map()"
                ),
                101..=160 => writeln!(
                    text,
                    "INFO TaskSetManager: Finished task {a}.0 in stage {b}.0 (TID {d}) in {e} ms on ip-10-0-{b}-{c}.eu-west-1.compute.internal (executor {c}) ({a}/{d})"
                ),
                161..=210 => writeln!(
                    text,
                    "INFO MemoryStore: Block broadcast_{a} stored as values in memory (estimated size {e}.{b} KiB, free {d}.6 MiB)"
                ),
                _ => writeln!(
                    text,
                    "DEBUG S3NativeFileSystem: open s3://bucket-{b}/data/dt=2024-05-{c:02}/part-{d}-{a}.snappy.parquet for reading"
                ),
            };
        }
        text
    }
}
