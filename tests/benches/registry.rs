//! The registry and a monitor's history, through the bridge on the practice estate: 72 groups with
//! their versions in 2 s and 12 calls, and reports that are fetched once.
//!
//! Beside it, in the same run and on the same servers, what a person does without us: a script with boto3 that lists the
//! groups, lists the versions of each and describes every one (`registry_boto3.py`). The estate counts the calls, of both,
//! whatever their service. Its servers are Python: they answer in milliseconds and one after the other, so calls say more
//! of a real account than seconds do. Argument: times (3).
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod results;

use anyhow::{Context as _, Result, ensure};
use contract::{
    drift::{DriftView, ReadDrift},
    models::{GroupRow, requests::OpenGroups},
    sets::{CloseSet, Rows},
};
use results::{Results, median, seconds};
use std::{
    env, fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tests::{bridge::Core, computer::Computer, estate::Estate, places};

/// Set in the process that measures: the core reads its surroundings from the environment.
const INSIDE: &str = "QUARTERDECK_BENCH_INSIDE";
/// Groups of the account itself; one more is shared with it.
const GROUPS: usize = 72;
const SECONDS: f64 = 2.0;
const CALLS: u64 = 12;
/// Lists that open within 3 s of each other show one reading: this is later.
const LATER: Duration = Duration::from_secs(4);
/// Runs every hour.
const SCHEDULE: &str = "demand-forecast-emea-live-data";
const DAYS: u32 = 90;
/// Hours without a report are part of the story, and few.
const FEWEST_REPORTS: u32 = 2_000;

fn main() -> Result<()> {
    let estate = Estate::shared()?;
    if env::var_os(INSIDE).is_some() {
        let times = env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(3);
        return measure(estate, times);
    }
    let computer = Computer::on(estate)?;
    let mut again = Command::new(env::current_exe()?);
    again.args(env::args_os().skip(1));
    computer.host(&mut again);
    estate.hand_down(&mut again);
    let status = again.env(INSIDE, "1").stdin(Stdio::null()).status()?;
    ensure!(status.success(), "the measurement failed ({status}); its words stand above");
    Ok(())
}

fn measure(estate: &Estate, times: usize) -> Result<()> {
    let mut results = Results::new("Registry");
    registry(&mut results, estate, times)?;
    history(&mut results, estate)?;
    let folder = places::out().join("bench");
    fs::create_dir_all(&folder)?;
    results.keep(&folder, "registry")
}

/// What was done in how long, and with how many calls.
struct Took<T> {
    value: T,
    seconds: f64,
    calls: u64,
}

fn took<T>(estate: &Estate, what: impl FnOnce() -> Result<T>) -> Result<Took<T>> {
    let before = estate.mark()?;
    let begun = Instant::now();
    let value = what()?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Took { value, seconds, calls: estate.mark()? - before })
}

/// Seconds of several times, and the most calls of one.
#[derive(Default)]
struct Times {
    seconds: Vec<f64>,
    calls: u64,
}

impl Times {
    fn note<T>(&mut self, took: &Took<T>) {
        self.seconds.push(took.seconds);
        self.calls = self.calls.max(took.calls);
    }
}

fn registry(results: &mut Results, estate: &Estate, times: usize) -> Result<()> {
    let [mut cold, mut at_once, mut later, mut theirs] = [(); 4].map(|()| Times::default());
    let mut versions = 0;
    for _ in 0..times {
        let core = Core::start()?;
        let first = took(estate, || opened(&core))?;
        versions = counted(&first.value)?;
        cold.note(&first);
        at_once.note(&took(estate, || opened(&core))?);
        thread::sleep(LATER);
        let again = took(estate, || opened(&core))?;
        ensure!(counted(&again.value)? == versions, "the list has the same versions again");
        later.note(&again);
        drop(core);
        let beside = took(estate, listed_by_boto3)?;
        ensure!(beside.value.groups == GROUPS, "boto3 lists {} groups", beside.value.groups);
        ensure!(beside.value.versions == versions, "boto3 describes {} of {versions} versions", beside.value.versions);
        // Without the start of Python and the reading of the service's model.
        theirs.note(&Took { value: (), seconds: beside.value.seconds, calls: beside.calls });
    }
    let [first, known, again, script] =
        [&mut cold, &mut at_once, &mut later, &mut theirs].map(|times| median(&mut times.seconds));
    results.note(format!(
        "{GROUPS} groups with {versions} versions on the practice estate, through the bridge, until every row was handed to \
         the window. Medians of {times} with a new core each; calls are the most of one time, of every service. boto3 lists \
         the groups, lists the versions of each and describes every one, without its start."
    ));
    let ratio = |ours: f64| if ours > 0.0 { script / ours } else { f64::INFINITY };
    let beside = format!("boto3 {}, ratio {:.0}", seconds(script), ratio(first));
    results.row("the list opened for the first time", &seconds(first), &beside, &seconds(SECONDS), first <= SECONDS);
    let beside = format!("boto3 {}, ratio {}", theirs.calls, theirs.calls / cold.calls.max(1));
    results.row("its calls", &cold.calls.to_string(), &beside, &format!("fewer than {CALLS}"), cold.calls < CALLS);
    let shown = format!("{}, {} calls", seconds(known), at_once.calls);
    results.row("opened again at once", &shown, "", "0 calls", at_once.calls == 0);
    let shown = format!("{}, {} calls", seconds(again), later.calls);
    let aim = format!("{}, fewer than {CALLS} calls", seconds(SECONDS));
    results.row("opened again, read anew", &shown, "", &aim, again <= SECONDS && later.calls < CALLS);
    Ok(())
}

/// Opens the list and closes it again, as its page does, with every row in between.
fn opened(core: &Core) -> Result<Vec<GroupRow>> {
    let state = core.open(&OpenGroups {})?;
    let rows = core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })?;
    core.ask(&CloseSet { set: state.set })?;
    Ok(rows)
}

/// Versions of the account's own groups, each of which must be there with some.
fn counted(rows: &[GroupRow]) -> Result<u32> {
    // What another account shares is called by its ARN.
    let own: Vec<&GroupRow> = rows.iter().filter(|row| row.id == row.name).collect();
    ensure!(own.len() == GROUPS, "{} groups are listed", own.len());
    let empty = own.iter().find(|row| row.versions == 0 || row.latest.is_none());
    ensure!(empty.is_none(), "{empty:?} has no versions");
    Ok(own.iter().map(|row| row.versions).sum())
}

/// What the script read.
struct Listed {
    groups: usize,
    versions: u32,
    seconds: f64,
}

fn listed_by_boto3() -> Result<Listed> {
    let script = places::root().join("tests").join("benches").join("registry_boto3.py");
    let mut python = Command::new(places::python());
    let output = python.arg(script).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "registry_boto3.py failed ({})", output.status);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| said.get(name).and_then(serde_json::Value::as_u64).context(name.to_owned());
    Ok(Listed {
        groups: usize::try_from(number("groups")?)?,
        versions: u32::try_from(number("versions")?)?,
        seconds: said.get("seconds").and_then(serde_json::Value::as_f64).context("seconds")?,
    })
}

fn history(results: &mut Results, estate: &Estate) -> Result<()> {
    let core = Core::start()?;
    let first = drift(&core, estate)?;
    let again = drift(&core, estate)?;
    drop(core);
    let core = Core::start()?;
    let restarted = drift(&core, estate)?;
    let view = &first.took.value;
    ensure!(view.read >= FEWEST_REPORTS, "{} of {} reports were read", view.read, view.of);
    ensure!(
        again.took.value.read == view.read && restarted.took.value.read == view.read,
        "the same reports are told again"
    );
    let rows = [
        (format!("{} hourly reports of {DAYS} days, for the first time", view.read), &first, ""),
        ("the same again".to_owned(), &again, "0 reports"),
        ("the same after a restart".to_owned(), &restarted, "0 reports"),
    ];
    for (what, read, aim) in rows {
        let shown =
            format!("{}, {} calls, {} reports fetched", seconds(read.took.seconds), read.took.calls, read.fetched);
        results.row(&what, &shown, "", aim, read.fetched == 0);
    }
    Ok(())
}

struct Drifted {
    took: Took<DriftView>,
    /// Files of reports; the newest list of folders is another matter.
    fetched: usize,
}

fn drift(core: &Core, estate: &Estate) -> Result<Drifted> {
    let request = ReadDrift { schedule: SCHEDULE.into(), days: DAYS, offset_minutes: 0, width: 900 };
    let before = estate.mark()?;
    let took = took(estate, || {
        let (reply, _) = core.stream(&request)?;
        reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))
    })?;
    let calls = estate.calls("GetObject", before)?;
    let is_report = |key: &str| key.starts_with("reports/") && key.ends_with("/statistics.json");
    let fetched = calls.iter().filter(|seen| is_report(seen.text("key"))).count();
    Ok(Drifted { took, fetched })
}
