//! `fuzz`: libFuzzer against everything that reads bytes from outside. The targets are in `tests/fuzz`.
//!
//! On the pinned stable compiler: `cargo fuzz` asks for a nightly one only for its sanitizers, and safe Rust has little use
//! for those. What guides libFuzzer is LLVM's coverage pass, which is switched on by ordinary options of the code generator.

use crate::{args::Args, places, programs};
use anyhow::{Context as _, Result, bail};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

pub const USAGE: &str = "[TARGET] [--input FILE] [-- SECONDS]

All targets one after the other, or one of them; each for 60 seconds, or as many as stand behind `--`.
--input FILE   runs that input once, as after a failure
--list         tells the targets

Below target/fuzz: build/, seeds/ (made from the sources of the tests each time), corpus/ (what was found to reach further;
kept), crashes/, logs/. Runs on Linux and macOS with a C++ compiler.";

/// As `cargo fuzz --sanitizer none` passes them.
const COVERAGE: [&str; 9] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Clink-dead-code",
    "--cfg",
    "fuzzing",
    "-Ccodegen-units=1",
];

/// The longest input, in bytes: what is wrong in a long text is nearly always wrong in a short one, and that is sooner found.
const LONGEST: u32 = 4096;

/// Seconds that one input may take, and megabytes that all may use, before that is the failure.
const TIMEOUT: u32 = 10;
const MEMORY: u32 = 1500;

/// The names by which the program hears what to do; as in `tests/fuzz/src/main.rs`.
const TARGET: &str = "QUARTERDECK_FUZZ";
const SEEDS: &str = "QUARTERDECK_FUZZ_SEEDS";
const LAST: &str = "QUARTERDECK_FUZZ_LAST";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let (list, input, name) = (args.flag("--list"), args.option("--input")?, args.word());
    let seconds = match args.rest()?.as_slice() {
        [] => 60,
        [seconds] => {
            seconds.parse::<u32>().ok().filter(|seconds| *seconds > 0).context("`-- 60`: a number of seconds")?
        }
        _ => bail!("only the seconds stand behind `--`"),
    };
    if input.is_some() && name.is_none() {
        bail!("`--input` needs the target that reads it");
    }
    let program = build()?;
    let known = programs::output(&mut Command::new(&program))?;
    if list {
        print!("{known}");
        return Ok(ExitCode::SUCCESS);
    }
    let known: Vec<&str> = known.lines().filter_map(|line| line.split('\t').next()).collect();
    if let Some(name) = name.as_deref().filter(|name| !known.contains(name)) {
        bail!("there is no target `{name}`; there are {}", known.join(", "));
    }
    if let (Some(input), Some(name)) = (input, &name) {
        programs::must(Command::new(&program).env(TARGET, name).arg(input))?;
        println!("{name} holds on it.");
        return Ok(ExitCode::SUCCESS);
    }
    let chosen: Vec<&str> = name.as_deref().map_or(known, |name| vec![name]);
    let mut failed = 0_u32;
    for target in chosen {
        failed += u32::from(!holds(&program, target, seconds)?);
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Its own folder and a named target: build scripts and macros are built without coverage, and nothing else anew.
fn build() -> Result<PathBuf> {
    if programs::on_path("c++").is_none() {
        bail!("libFuzzer is C++: install a compiler for it (the package `g++`, or Xcode's command line tools)");
    }
    let facts = programs::output(Command::new("rustc").current_dir(places::root()).arg("-vV"))?;
    let host = facts.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not tell its host")?;
    let folder = folder("build");
    let mut cargo = programs::cargo();
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "fuzz",
        "--bin",
        "fuzz",
        "--features",
        "libfuzzer",
        "--profile",
        "fuzz",
    ]);
    cargo.args(["--target", host, "--target-dir"]).arg(&folder);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    programs::must(&mut cargo)?;
    Ok(folder.join(host).join("fuzz").join("fuzz"))
}

fn folder(what: &str) -> PathBuf {
    places::cargo_target().join("fuzz").join(what)
}

/// Runs one target for so long. Says what was found, and how to see it again.
fn holds(program: &Path, target: &str, seconds: u32) -> Result<bool> {
    let (corpus, crashes, seeds) = (folder("corpus").join(target), folder("crashes"), folder("seeds").join(target));
    let log = folder("logs").join(format!("{target}.log"));
    for folder in [&corpus, &crashes, &folder("logs")] {
        fs::create_dir_all(folder)?;
    }
    // Of a test that is gone, too.
    if seeds.is_dir() {
        fs::remove_dir_all(&seeds)?;
    }
    programs::output(Command::new(program).env(TARGET, target).env(SEEDS, &seeds))?;
    println!("{target:<12}{seconds:>4} s ...");
    let mut fuzzer = Command::new(program);
    let last = crashes.join(format!("{target}-last"));
    fuzzer.env(TARGET, target).env(LAST, &last).stderr(File::create(&log)?);
    fuzzer.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={LONGEST}"));
    fuzzer.arg(format!("-timeout={TIMEOUT}")).arg(format!("-rss_limit_mb={MEMORY}")).arg("-print_final_stats=1");
    fuzzer.arg(format!("-dict={}", seeds.with_extension("dict").display()));
    fuzzer.arg(format!("-artifact_prefix={}/{target}-", crashes.display())).arg(&corpus).arg(&seeds);
    let status = fuzzer.status()?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let summary = Summary::read(&said);
    println!(
        "{:<12}{} inputs, {} a second, {} edges reached, {} inputs kept",
        "",
        summary.executed,
        summary.each_second,
        summary.edges,
        fs::read_dir(&corpus)?.count()
    );
    if status.success() {
        return Ok(true);
    }
    println!("{:<12}FAILED: {}", "", summary.failure.unwrap_or_else(|| format!("it ended with {status}")));
    // A stack that overflowed left libFuzzer no time to keep it.
    let input = summary.input.or_else(|| last.is_file().then(|| last.display().to_string()));
    if let Some(input) = input {
        println!("{:<12}kept:   {input}", "");
        println!("{:<12}again:  cargo xtask fuzz {target} --input {input}", "");
    }
    println!("{:<12}log:    {}", "", log.display());
    Ok(false)
}

/// What libFuzzer wrote, as far as a person wants it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Summary {
    executed: u64,
    each_second: u64,
    /// Of the program's control flow.
    edges: u64,
    failure: Option<String>,
    /// Where the input is kept that failed.
    input: Option<String>,
}

impl Summary {
    fn read(log: &str) -> Self {
        let mut read = Self::default();
        let mut lines = log.lines();
        while let Some(line) = lines.next() {
            let number = |text: &str| text.split_whitespace().next().and_then(|word| word.parse().ok());
            let after = |what: &str| line.split_once(what).map(|(_, rest)| rest);
            if let Some(count) = after("stat::number_of_executed_units:").and_then(number) {
                read.executed = count;
            } else if let Some(count) = after("stat::average_exec_per_sec:").and_then(number) {
                read.each_second = count;
            } else if let Some(count) = after(" cov: ").and_then(number) {
                read.edges = count;
            } else if let Some(path) = after("Test unit written to ") {
                read.input = Some(path.trim().to_owned());
            } else if let Some(place) = after(" panicked at ").filter(|_| read.failure.is_none()) {
                read.failure = Some(format!("{place} {}", lines.next().unwrap_or_default()));
            } else if let Some(what) = after("SUMMARY: libFuzzer: ").filter(|_| read.failure.is_none()) {
                read.failure = Some(what.to_owned());
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Running with entropic power schedule (0xFF, 100).
#2	INITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 40Mb
#9	NEW    cov: 211 ft: 300 corp: 7/1023b lim: 4096 exec/s: 0 rss: 41Mb L: 9/20 MS: 1 ChangeBit-

thread '<unnamed>' (23008) panicked at tests/fuzz/src/workflows.rs:162:13:
drawn twice
SUMMARY: libFuzzer: deadly signal
artifact_prefix='crashes/job-'; Test unit written to /t/crashes/job-crash-4b57
stat::number_of_executed_units: 2735
stat::average_exec_per_sec:     911
";

    #[test]
    fn the_log_of_a_failure_says_what_and_where() {
        let read = Summary::read(LOG);
        assert_eq!((read.executed, read.each_second, read.edges), (2735, 911, 211));
        assert_eq!(read.failure.as_deref(), Some("tests/fuzz/src/workflows.rs:162:13: drawn twice"));
        assert_eq!(read.input.as_deref(), Some("/t/crashes/job-crash-4b57"));
        let slow = Summary::read("SUMMARY: libFuzzer: timeout\n");
        assert_eq!(slow.failure.as_deref(), Some("timeout"));
        assert_eq!(Summary::read(""), Summary::default());
    }
}
