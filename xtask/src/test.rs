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
use anyhow::{Result, bail};
pub use built::Built;
use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};
pub use tally::Tally;

pub const USAGE: &str = "[--only PHASE]

Phases: setup, ui, check, build, unit, bridge, window. With --only one of them, and what it stands on. The last line is
`N passed, N failed`; the command fails if anything failed or did not run.";

/// What a phase may use and leaves behind.
#[derive(Debug, Default)]
struct Run {
    built: Option<Built>,
}

struct Phase {
    name: &'static str,
    /// Phases that `--only` runs before this one.
    stands_on: &'static [&'static str],
    run: fn(&mut Run) -> Result<Tally>,
}

const PHASES: &[Phase] = &[
    Phase { name: "setup", stands_on: &[], run: |_| setup::ensure(Need::Tests).map(|()| Tally::default()) },
    Phase { name: "ui", stands_on: &[], run: |_| ui::build(false).map(|_| Tally::default()) },
    Phase { name: "check", stands_on: &["ui"], run: |_| check::sources().map(|()| Tally::default()) },
    Phase { name: "build", stands_on: &["ui"], run: build },
    Phase { name: "unit", stands_on: &["ui", "build"], run: unit },
    Phase { name: "bridge", stands_on: &["ui", "build"], run: bridge },
    Phase { name: "window", stands_on: &["ui", "build"], run: window },
];

pub fn run(mut args: Args) -> Result<ExitCode> {
    let only = args.option("--only")?;
    args.end()?;
    let chosen: Vec<&Phase> = match &only {
        None => PHASES.iter().collect(),
        Some(name) => {
            let Some(asked) = PHASES.iter().find(|phase| phase.name == name) else {
                bail!("there is no phase `{name}`; there are setup, ui, check, build, unit, bridge and window");
            };
            PHASES.iter().filter(|phase| phase.name == asked.name || asked.stands_on.contains(&phase.name)).collect()
        }
    };
    let started = Instant::now();
    let mut state = Run::default();
    let mut sum = Tally::default();
    let mut report = Vec::new();
    let mut broken: Vec<&str> = Vec::new();
    for phase in chosen {
        let missing = phase.stands_on.iter().find(|name| broken.contains(name));
        let begun = Instant::now();
        println!("\n== {}", phase.name);
        let outcome = match missing {
            Some(name) => Err(anyhow::anyhow!("did not run, because {name} failed")),
            None => (phase.run)(&mut state),
        };
        // A phase that counts nothing of its own shows in the sum only by failing.
        let tally = outcome.unwrap_or_else(|error| {
            eprintln!("{error:#}");
            Tally { passed: 0, failed: 1 }
        });
        if tally.failed > 0 {
            broken.push(phase.name);
        }
        report.push((phase.name, begun.elapsed(), tally));
        sum += tally;
    }
    println!("\n== times");
    for (name, time, tally) in report {
        let counted = if tally == Tally::default() { "ok".to_owned() } else { tally.to_string() };
        println!("{name:<8}{:>10}   {counted}", minutes(time));
    }
    println!("{:<8}{:>10}\n", "all", minutes(started.elapsed()));
    println!("{sum}");
    Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} m {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

fn build(run: &mut Run) -> Result<Tally> {
    run.built = Some(Built::all()?);
    Ok(Tally::default())
}

/// What needs neither servers nor display: the tests inside the crates, the house, the examples in the documentation.
fn unit(run: &mut Run) -> Result<Tally> {
    let built = run.built()?;
    let mut tally = Tally::default();
    for test in built.tests().filter(|test| !test.needs_estate()) {
        tally += test.run(&mut test.command())?;
    }
    tally.must_have_run("tests")?;
    // The same compiler as in the build, or cargo would build our crates a second time.
    let mut doc = programs::linting_cargo();
    doc.args(["test", "--quiet", "--workspace", "--doc"]);
    Ok(tally + Tally::of_runner(&mut doc)?)
}

/// The estate's own check, then the core through the bridge, on the estate.
fn bridge(run: &mut Run) -> Result<Tally> {
    let mut estate = Command::new(places::venv_python());
    estate.args(["-m", "estate.check"]).current_dir(places::root().join("tests"));
    let estate = Tally::of_runner(&mut estate)?;
    estate.must_have_run("checks of the estate")?;
    let test = run.built()?.test("bridge")?;
    let tally = test.run(test.command().arg("--include-ignored"))?;
    tally.must_have_run("tests through the bridge")?;
    Ok(estate + tally)
}

fn window(run: &mut Run) -> Result<Tally> {
    in_window(run.built()?, &[])
}

/// The tests in the real window: one after the other, because there is one WebDriver session at a time.
pub fn in_window(built: &Built, more: &[String]) -> Result<Tally> {
    let desktop = Desktop::new()?;
    let test = built.test("window")?;
    let mut command = desktop.command(test.path());
    test.furnish(&mut command);
    command.args(["--include-ignored", "--test-threads=1"]).args(more);
    let tally = test.run(&mut command)?;
    tally.must_have_run("tests in the window")?;
    Ok(tally)
}

impl Run {
    fn built(&self) -> Result<&Built> {
        match &self.built {
            Some(built) => Ok(built),
            None => bail!("nothing was built"),
        }
    }
}
