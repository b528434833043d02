//! `bench`: measures what the program promises. The measurements themselves are in `tests/benches`; the counts of `accuracy`
//! come from the tests of triage.

mod results;

use crate::{
    args::Args,
    desktop::Desktop,
    places, programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result, bail};
use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

pub const USAGE: &str = "NAME [--write] [-- ARGUMENTS]

startup   from starting the debug program to a usable window, several times; `-- 10` says how often.
history   a history of 25,000 events to graph, table and reason, beside a script; the layout of 200 states.
logs      a gzip log of 1 GB searched first and again, beside zgrep, rg -z and lnav; fifty logs searched and merged; memory;
          `-- 300` for fewer megabytes.
triage    a failed job's 200 MB of logs to its cause, beside mrjob's interpretation of the same lines; `-- 50` for fewer.
drift     500 features compared, beside SciPy and Evidently on the same data and number by number; a matrix of 90 runs.
charts    each kind of chart drawn once, with the values of a large page.
registry  72 groups with their versions through the bridge on the practice estate, in seconds and calls, beside boto3; a
          monitor's 90 days of hourly reports first and again; `-- 5` says how often. Its first build takes long: the whole
          core in release.
accuracy  how many failures of each corpus are found, unknown and wrong.
What was measured is printed and kept in target/bench/NAME.json; --write puts the tables of logs, triage, drift,
charts, registry and accuracy into tests/benches/RESULTS.md.";

/// Which Python has mrjob and SciPy, for the benches of triage and drift.
const PYTHON: &str = "QUARTERDECK_BENCH_PYTHON";
/// Where the tests of triage write their counts.
const FOLDER: &str = "QUARTERDECK_BENCH_FOLDER";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let writes = args.flag("--write");
    let Some(name) = args.word() else {
        bail!("which one? There are: startup, history, logs, triage, drift, charts, registry, accuracy");
    };
    let passed_on = args.rest()?;
    match name.as_str() {
        "accuracy" => count()?,
        "startup" => start(&passed_on)?,
        "registry" => on_estate(&name, &passed_on)?,
        _ => measure(&name, &passed_on)?,
    }
    if writes {
        results::write(&name, &passed_on)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The start of the whole program.
fn start(passed_on: &[String]) -> Result<()> {
    setup::ensure(Need::Tests)?;
    ui::build(false)?;
    // In the development profile: the promise is about a debug build, and the dependencies are built already.
    let mut cargo = programs::cargo();
    cargo.args(["bench", "--profile", "dev"]).args(programs::MEMBERS);
    let program = built(&mut cargo, "startup")?;
    crate::demo::build_program(false)?;
    programs::must(Desktop::new()?.command(program).args(passed_on))
}

/// The core without a window, in a release build, on the practice estate that the bench starts itself.
fn on_estate(name: &str, passed_on: &[String]) -> Result<()> {
    setup::ensure(Need::Demo)?;
    // The shell does not compile without a bundle to embed; which one does not matter here.
    if !places::bundle().join("index.html").is_file() {
        ui::build(false)?;
    }
    let mut cargo = programs::cargo();
    let program = built(cargo.args(["bench", "--package", "tests"]), name)?;
    programs::must(Command::new(program).args(passed_on))
}

/// The pure crates, in a release build of them alone.
fn measure(name: &str, passed_on: &[String]) -> Result<()> {
    setup::ensure_machine(Need::Demo)?;
    let mut cargo = programs::cargo();
    let mut command = Command::new(built(cargo.args(["bench", "--package", "benches"]), name)?);
    if matches!(name, "triage" | "drift") {
        match setup::ensure_bench() {
            Ok(()) => {
                command.env(PYTHON, places::python_in(&places::bench_venv()));
            }
            Err(error) => println!("Without Python beside it: {error:#}"),
        }
    }
    programs::must(command.args(passed_on))
}

fn built(cargo: &mut Command, name: &str) -> Result<PathBuf> {
    cargo.args(["--bench", name, "--no-run", "--message-format=json-render-diagnostics"]);
    let mut program = None;
    let status = programs::listen(cargo, |line| {
        program = executable(line, name).or(program.take());
        Ok(())
    })?;
    if !status.success() {
        bail!("the bench `{name}` does not build ({status})");
    }
    program.map(PathBuf::from).context("cargo named no program")
}

/// Needs no window, and nothing to run beside.
fn count() -> Result<()> {
    setup::ensure_machine(Need::Demo)?;
    std::fs::create_dir_all(places::bench())?;
    let mut cargo = programs::cargo();
    cargo.arg("test").args(programs::MEMBERS).args(["--test", "triage", "--"]);
    cargo.args(["--ignored", "--exact", "tables::tables", "--nocapture"]);
    programs::must(cargo.env(FOLDER, places::bench()))
}

/// The program of the bench, from one of cargo's messages.
fn executable(line: &str, name: &str) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let target = message.get("target")?;
    // A library may have the name of a bench.
    let is_bench = target.get("kind")?.as_array()?.iter().any(|kind| kind == "bench");
    let is_it = is_bench && target.get("name")?.as_str()? == name;
    is_it.then(|| message.get("executable")?.as_str().map(str::to_owned)).flatten()
}
