//! `test`: everything, phase by phase, each with its time; the last line counts.
//!
//! The workspace is built by one call of cargo, and the phases run what that call made: asking cargo again with another
//! choice of packages would build the shell again with other features. A phase that ran no test has failed.

mod built;
mod tally;

use crate::{
    args::Args,
    check,
    desktop::Desktop,
    places, programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result, bail};
pub use built::Built;
use std::{
    process::{Command, ExitCode},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
pub use tally::{Out, Tally};

pub const USAGE: &str = "[--only PHASE]

Phases: setup, ui, tools, check, build, unit, bridge, estate, window. With --only one of them, and what it stands on.
The last line is `N passed, N failed`; the command fails if anything failed or did not run.";

/// What phases leave behind for those that stand on them.
#[derive(Debug, Default)]
struct Run {
    built: OnceLock<Built>,
}

struct Phase {
    name: &'static str,
    /// Phases that `--only` runs before this one.
    stands_on: &'static [&'static str],
    /// It runs beside the one before it, which leaves a core idle.
    beside: bool,
    run: fn(&Run, &Out) -> Result<Tally>,
}

const fn phase(name: &'static str, stands_on: &'static [&'static str], run: fn(&Run, &Out) -> Result<Tally>) -> Phase {
    Phase { name, stands_on, beside: false, run }
}

const PHASES: &[Phase] = &[
    phase("setup", &[], |_, _| setup::ensure_machine(Need::Tests).map(|()| Tally::default())),
    phase("ui", &[], |_, _| ui::build(false).map(|_| Tally::default())),
    // The last crate of the window is one that the compiler works on for minutes, on one core.
    Phase { beside: true, ..phase("tools", &[], |_, _| setup::ensure_tools().map(|()| Tally::default())) },
    phase("check", &["ui", "tools"], |_, _| check::sources().map(|()| Tally::default())),
    phase("build", &["ui"], build),
    phase("unit", &["ui", "build"], unit),
    phase("bridge", &["ui", "tools", "build"], bridge),
    Phase { beside: true, ..phase("estate", &["tools"], estate) },
    phase("window", &["ui", "tools", "build"], window),
];

/// How a phase ended.
struct Ended {
    name: &'static str,
    took: Duration,
    tally: Tally,
}

pub fn run(mut args: Args) -> Result<ExitCode> {
    let only = args.option("--only")?;
    args.end()?;
    let chosen: Vec<&Phase> = match &only {
        None => PHASES.iter().collect(),
        Some(name) => {
            let Some(asked) = PHASES.iter().find(|phase| phase.name == name) else {
                let names: Vec<&str> = PHASES.iter().map(|phase| phase.name).collect();
                bail!("there is no phase `{name}`; there are {}", names.join(", "));
            };
            PHASES.iter().filter(|phase| phase.name == asked.name || asked.stands_on.contains(&phase.name)).collect()
        }
    };
    let started = Instant::now();
    let state = Run::default();
    let mut report: Vec<Ended> = Vec::new();
    for group in chosen.chunk_by(|_, next| next.beside) {
        let broken: Vec<&str> = report.iter().filter(|phase| phase.tally.failed > 0).map(|phase| phase.name).collect();
        let (first, others) = group.split_first().context("a group of phases is never empty")?;
        report.extend(thread::scope(|scope| {
            let others: Vec<_> = others
                .iter()
                .map(|phase| {
                    let (state, broken, out) = (&state, &broken, Out::kept());
                    scope.spawn(move || (phase.perform(state, broken, &out), out))
                })
                .collect();
            println!("\n== {}", first.name);
            let mut ended = vec![first.perform(&state, &broken, &Out::Screen)];
            for other in others {
                let Ok((phase, out)) = other.join() else { continue };
                println!("\n== {}", phase.name);
                out.show();
                ended.push(phase);
            }
            ended
        }));
    }
    let sum = report.iter().fold(Tally::default(), |sum, phase| sum + phase.tally);
    println!("\n== times");
    for Ended { name, took, tally } in &report {
        let counted = if *tally == Tally::default() { "ok".to_owned() } else { tally.to_string() };
        println!("{name:<8}{:>10}   {counted}", minutes(*took));
    }
    println!("{:<8}{:>10}\n", "all", minutes(started.elapsed()));
    println!("{sum}");
    let whole = report.len() == chosen.len();
    Ok(if whole && sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Phase {
    /// A phase that counts nothing of its own shows in the sum only by failing.
    fn perform(&self, state: &Run, broken: &[&str], out: &Out) -> Ended {
        let begun = Instant::now();
        let outcome = match self.stands_on.iter().find(|name| broken.contains(name)) {
            Some(name) => Err(anyhow::anyhow!("{} did not run, because {name} failed", self.name)),
            None => (self.run)(state, out),
        };
        let tally = outcome.unwrap_or_else(|error| {
            eprintln!("{error:#}");
            Tally { passed: 0, failed: 1 }
        });
        Ended { name: self.name, took: begun.elapsed(), tally }
    }
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} m {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

fn build(run: &Run, _: &Out) -> Result<Tally> {
    let built = Built::all()?;
    // Nobody else sets it.
    let _ = run.built.set(built);
    Ok(Tally::default())
}

/// What needs neither servers nor display: the tests inside the crates, the house, the examples in the documentation.
fn unit(run: &Run, out: &Out) -> Result<Tally> {
    let built = run.built()?;
    let mut tally = Tally::default();
    for test in built.tests().filter(|test| !test.needs_estate()) {
        tally += test.run(&mut test.command(), out)?;
    }
    tally.must_have_run("tests")?;
    // The same compiler as in the build, or cargo would build our crates a second time.
    let mut doc = programs::linting_cargo();
    doc.args(["test", "--quiet"]).args(programs::MEMBERS).arg("--doc");
    Ok(tally + Tally::of_runner(&mut doc, out)?)
}

/// The estate's own check.
fn estate(_: &Run, out: &Out) -> Result<Tally> {
    let mut estate = Command::new(places::venv_python());
    estate.args(["-m", "estate.check"]).current_dir(places::root().join("tests"));
    let tally = Tally::of_runner(&mut estate, out)?;
    tally.must_have_run("checks of the estate")?;
    Ok(tally)
}

/// The core through the bridge, on the estate.
fn bridge(run: &Run, out: &Out) -> Result<Tally> {
    let test = run.built()?.test("bridge")?;
    let tally = test.run(test.command().arg("--include-ignored"), out)?;
    tally.must_have_run("tests through the bridge")?;
    Ok(tally)
}

fn window(run: &Run, out: &Out) -> Result<Tally> {
    in_window(run.built()?, &[], out)
}

/// The tests in the real window: one after the other, because there is one WebDriver session at a time.
pub fn in_window(built: &Built, more: &[String], out: &Out) -> Result<Tally> {
    let desktop = Desktop::new()?;
    let test = built.test("window")?;
    let mut command = desktop.command(test.path());
    test.furnish(&mut command);
    command.args(["--include-ignored", "--test-threads=1"]).args(more);
    let tally = test.run(&mut command, out)?;
    tally.must_have_run("tests in the window")?;
    Ok(tally)
}

impl Run {
    fn built(&self) -> Result<&Built> {
        self.built.get().context("nothing was built")
    }
}
