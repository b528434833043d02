//! Several profiles on one page, and what is told on the desktop.
#![cfg(target_os = "linux")]

use crate::executions::{executions, until};
use anyhow::{Context as _, Result, ensure};
use contract::{
    SetId,
    drift::OpenMonitors,
    executions::{PlanStart, Status},
    models::HealthState,
    now::{
        AlertEvent, FollowAlerts, MarkIncident, MarkKind, NowKind, NowModels, NowRow, OpenNow, ReadNowModels,
        TroubleAbout, WindowVisible,
    },
    operations::{ReadReceipt, RunOperation},
    session::Hello,
    sets::{ReadRows, Rows, SetState, ViewSet},
    settings::{ModelNews, Notify, Place, QuietHours, SaveSettings, Settings, Watching, WindowReady, Zone},
};
use engine::{Options, WatchPace};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::{
    bridge::{Core, Touch, on_computer},
    computer::Computer,
    estate::Estate,
    notifications::Notifications,
};

/// Started live, it fails; its failures of the past were there before.
const FAILS: &str = "loyalty-merge";

fn place(profile: &str) -> Place {
    Place { profile: profile.into(), region: "eu-west-1".into() }
}

fn furnish(estate: &Estate) -> Result<Computer> {
    let computer = Computer::on(estate)?;
    let address = Notifications::address(computer.home());
    Ok(computer.with("DBUS_SESSION_BUS_ADDRESS", &address))
}

fn home() -> Result<std::path::PathBuf> {
    Ok(std::env::var_os("HOME").context("the test's home")?.into())
}

/// A core that looks often, with these settings, whose window is ready.
fn start(watching: Watching) -> Result<Core> {
    let pace = WatchPace {
        seen: Duration::from_secs(1),
        unseen: Duration::from_secs(1),
        gather: Duration::from_millis(300),
        ..WatchPace::default()
    };
    let core = Core::with(Options { pace, ..Options::new("1") })?;
    save(&core, watching)?;
    core.ask(&WindowReady {})?;
    Ok(core)
}

fn save(core: &Core, watching: Watching) -> Result<()> {
    core.ask(&SaveSettings { settings: Settings { watching, ..Settings::default() } }).map(drop)
}

fn rows(core: &Core, set: SetId) -> Result<Vec<NowRow>> {
    match core.ask(&ReadRows { set, from: 0, to: 512 })?.rows {
        // One by one, whatever has failed for the same cause.
        Rows::Now(rows) => Ok(rows.into_iter().flat_map(singles).collect()),
        _ => anyhow::bail!("other rows"),
    }
}

fn singles(row: NowRow) -> Vec<NowRow> {
    if row.members.is_empty() { vec![row] } else { row.members }
}

fn view(core: &Core, set: SetId, filter: &str) -> Result<SetState> {
    core.ask(&ViewSet { set, filter: filter.into(), sort: None, offset_minutes: 0 })
}

/// Opens Now and waits until all places were read.
fn open(core: &Core) -> Result<SetState> {
    let (state, _growth) = core.stream(&OpenNow { hours: 24 })?;
    let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
    let start = Instant::now();
    loop {
        let state = view(core, set, "")?;
        if state.complete {
            return Ok(state);
        }
        ensure!(start.elapsed() < Duration::from_mins(2), "Now was not read within two minutes");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Starts an execution that fails soon.
fn fail(core: &Core, estate: &Estate) -> Result<()> {
    estate.post("pace", &json!({ "seconds": 0.02 }))?;
    let past = executions(core, FAILS)?;
    let one = past.iter().find(|row| row.status == Status::Failed).context("one that failed")?.arn.clone();
    // Names that the program makes up hold for a minute.
    let name = Some(format!("fails-again-{}", past.len()));
    let plan = core.ask(&PlanStart { executions: vec![one], target: None, input: None, name })?;
    let operation = core.ask(&RunOperation { plan: plan.id, typed: None })?;
    let before = past.len();
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        let now = executions(core, FAILS)?;
        if now.len() > before && now.iter().all(|row| row.status != Status::Running) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(200));
    }
    let receipt = core.ask(&ReadReceipt { operation })?;
    let now = executions(core, FAILS)?;
    let newest: Vec<_> = now.iter().take(3).map(|row| (&row.name, row.status)).collect();
    anyhow::bail!("{FAILS} did not fail within a minute: {before} before, {} now, {newest:?}, {receipt:?}", now.len())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn watched_places_show_together_and_one_that_cannot_be_read_is_a_notice() -> Result<()> {
    on_computer(Touch::Reads, furnish, |_| {
        let places = ["practice-prod", "practice-denied", "practice-expired"].map(place).to_vec();
        let core = start(Watching { places, notify: Notify::Never, ..Watching::default() })?;
        let state = open(&core)?;
        let all = rows(&core, state.set)?;
        for profile in ["practice", "practice-prod", "practice-denied"] {
            let failed = all.iter().any(|row| row.profile == profile && row.kind == NowKind::Failed);
            ensure!(failed, "{profile} shows its failures");
        }
        ensure!(all.iter().all(|row| row.profile != "practice-expired"));
        let told = |place: &str, words: &str| {
            let found =
                state.notices.iter().any(|notice| notice.text.starts_with(place) && notice.text.contains(words));
            ensure!(found, "{place} {words}: {:?}", state.notices);
            Ok(())
        };
        told("practice-expired eu-west-1", "cannot be read")?;
        told("practice-denied eu-west-1", "GetExecutionHistory")?;
        let of_machines = |text: &str| text.contains("cannot be read") || text.contains("GetExecutionHistory");
        let troubled = |text: &str| text.starts_with("practice eu-west-1") && of_machines(text);
        ensure!(!state.notices.iter().any(|notice| troubled(&notice.text)));
        let one = view(&core, state.set, "profile:=practice-prod region:eu-west-1")?;
        ensure!(one.shown > 0 && one.shown < one.total, "{} of {}", one.shown, one.total);
        // The settings are there after a restart.
        let kept = core.ask(&Hello {})?.settings.watching;
        assert_eq!(kept.places.len(), 3);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_new_failure_is_told_once_and_leads_to_its_incident() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        let desktop = Notifications::start(&home()?)?;
        let watching =
            Watching { places: vec![place("practice-prod")], notify: Notify::Everywhere, ..Watching::default() };
        let core = start(watching)?;
        let (followed, alerts) = core.stream(&FollowAlerts {})?;
        followed.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let page = open(&core)?;
        fail(&core, estate)?;
        let told = desktop.wait(FAILS)?;
        ensure!(told.title.starts_with("loyalty-merge failed: "), "it says of which error: {told:?}");
        ensure!(told.body.contains("1 new failure") && told.body.contains("eu-west-1"), "{told:?}");
        ensure!(told.actions.iter().any(|action| action == "default"), "{told:?}");
        // Two profiles see the execution, several looks go by, and what failed before the start was there already.
        thread::sleep(Duration::from_secs(5));
        assert_eq!(desktop.shown(), std::slice::from_ref(&told));
        desktop.press(told.id)?;
        let incident = alerts.wait("what was pressed", |event| match event {
            AlertEvent::Open { incident } => incident.clone(),
            _ => None,
        })?;
        let row = rows(&core, page.set)?.into_iter().find(|row| row.id == incident).context("it is on the page")?;
        assert_eq!((row.what.as_str(), row.kind), (FAILS, NowKind::Failed));
        // What a person took over is not told again.
        let of_profile = |profile: &str| -> Result<Option<NowRow>> {
            let same = row.id.strip_prefix(&row.profile);
            let is_it = |other: &NowRow| other.profile == profile && other.id.strip_prefix(profile) == same;
            Ok(rows(&core, page.set)?.into_iter().find(is_it))
        };
        for profile in ["practice", "practice-prod"] {
            // Each profile looks in its own time.
            let id = until("the same incident in both", || of_profile(profile))?.id;
            core.ask(&MarkIncident { id, mark: Some(MarkKind::Mine), minutes: None })?;
        }
        fail(&core, estate)?;
        for profile in ["practice", "practice-prod"] {
            let is_newer = |found: &NowRow| found.newest > row.newest;
            until("the second failure in both", || Ok(of_profile(profile)?.filter(is_newer)))?;
        }
        thread::sleep(Duration::from_secs(3));
        assert_eq!(desktop.shown(), [told]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn histories_that_cannot_be_read_once_are_read_at_the_next_look() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        // A call is tried again by itself a few times.
        estate.fault(json!({ "action": "GetExecutionHistory" }), 30, json!({ "status": 500 }))?;
        let core = start(Watching::default())?;
        let page = open(&core)?;
        until("an error of each failure", || {
            let failed: Vec<_> = rows(&core, page.set)?.into_iter().filter(|row| row.kind == NowKind::Failed).collect();
            let named = |row: &NowRow| row.error.as_deref().is_some_and(|error| error != "failed");
            Ok((!failed.is_empty() && failed.iter().all(named)).then_some(()))
        })
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn quiet_hours_hold_back_and_end_with_a_summary() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        let desktop = Notifications::start(&home()?)?;
        let all_day = QuietHours { on: true, from: "08:00".parse()?, to: "08:00".parse()?, zone: Zone::Utc };
        let core = start(Watching { quiet: all_day, ..Watching::default() })?;
        let page = open(&core)?;
        let runs = |core: &Core| -> Result<u64> {
            let rows = rows(core, page.set)?;
            Ok(rows.iter().filter(|row| row.what == FAILS && row.kind == NowKind::Failed).map(|row| row.runs).sum())
        };
        let before = runs(&core)?;
        fail(&core, estate)?;
        let start = Instant::now();
        while runs(&core)? == before {
            ensure!(start.elapsed() < Duration::from_mins(1), "it shows on the page all the same");
            thread::sleep(Duration::from_millis(100));
        }
        thread::sleep(Duration::from_secs(3));
        assert_eq!(desktop.shown(), []);
        save(&core, Watching { quiet: QuietHours { on: false, ..all_day }, ..Watching::default() })?;
        let told = desktop.wait("In the quiet hours")?;
        ensure!(told.title.contains(FAILS), "{told:?}");
        thread::sleep(Duration::from_secs(3));
        assert_eq!(desktop.shown().len(), 1);
        Ok(())
    })
}

/// Waits until what is known of models is so.
fn models(core: &Core, what: &str, so: impl Fn(&NowModels) -> bool) -> Result<NowModels> {
    let start = Instant::now();
    loop {
        let models = core.ask(&ReadNowModels {})?;
        if so(&models) {
            return Ok(models);
        }
        ensure!(start.elapsed() < Duration::from_mins(2), "waited for {what}: {models:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_monitor_that_falls_silent_is_told_once_if_the_person_wants_it() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        let desktop = Notifications::start(&home()?)?;
        let watching = Watching { notify: Notify::Everywhere, ..Watching::default() };
        let core = start(watching.clone())?;
        let (followed, alerts) = core.stream(&FollowAlerts {})?;
        followed.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        open(&core)?;
        // Each has had its turn of a closer look when nothing is said of that any more.
        let looked = |models: &NowModels| models.silent.complete && models.silent.notices.is_empty();
        let known = models(&core, "the looks", |models| looked(models) && models.endpoints.complete)?;
        ensure!(known.silent.total > 0 && known.endpoints.total > 0, "some were so before: {known:?}");
        estate.stop_monitor("demand-forecast-emea-live-data")?;
        let told = desktop.wait("is silent")?;
        assert_eq!(told.title, "demand-forecast-emea-live-data is silent");
        ensure!(told.body.starts_with("the schedule is stopped\npractice eu-west-1"), "{told:?}");
        // What was silent, failed or waited before is not told.
        thread::sleep(Duration::from_secs(8));
        assert_eq!(desktop.shown(), std::slice::from_ref(&told));
        desktop.press(told.id)?;
        let schedule = alerts.wait("what was pressed", |event| match event {
            AlertEvent::Monitor { schedule, .. } => Some(schedule.clone()),
            _ => None,
        })?;
        assert_eq!(schedule, "demand-forecast-emea-live-data");

        let news = ModelNews { silent: false, ..ModelNews::default() };
        save(&core, Watching { models: news, ..watching })?;
        estate.stop_monitor("no-show-uk-live-data")?;
        let before = known.silent.total + 1;
        models(&core, "the second on the page", |models| models.silent.total > before)?;
        thread::sleep(Duration::from_secs(3));
        assert_eq!(desktop.shown().len(), 1, "it shows on the page alone");
        // The settings are there after a restart.
        assert_eq!(core.ask(&Hello {})?.settings.watching.models, news);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_takes_a_closer_look_is_known_without_the_page_of_monitors() -> Result<()> {
    on_computer(Touch::Reads, furnish, |estate| {
        let desktop = Notifications::start(&home()?)?;
        let core = start(Watching { notify: Notify::Everywhere, ..Watching::default() })?;
        let mark = estate.mark()?;
        open(&core)?;
        let first = models(&core, "the first look", |models| models.silent.complete)?;
        let texts: Vec<&str> = first.silent.notices.iter().map(|notice| notice.text.as_str()).collect();
        ensure!(texts.iter().any(|text| text.ends_with(" of 30 monitors looked at so far.")), "{texts:?}");
        let whole = |models: &NowModels| models.silent.complete && models.silent.notices.is_empty();
        let all = models(&core, "a look at each monitor", whole)?;
        ensure!(all.silent.total >= first.silent.total, "{first:?} and {all:?}");
        assert_eq!(estate.calls("ListMonitoringAlerts", mark)?.len(), 0, "none is looked at deeply");
        // They were so before anybody looked.
        thread::sleep(Duration::from_secs(3));
        assert_eq!(desktop.shown(), []);

        let state = core.open(&OpenMonitors {})?;
        let rows = core.rows(state.set, |rows| if let Rows::Monitors(rows) = rows { Some(rows) } else { None })?;
        let silent: Vec<&str> =
            rows.iter().filter(|row| row.health == HealthState::Silent).map(|row| row.schedule.as_str()).collect();
        ensure!(silent.contains(&"guest-churn-uk-live-data"), "its checks are disabled: {silent:?}");
        assert_eq!(silent.len(), usize::try_from(all.silent.total)?, "the page knows of the same: {silent:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn drift_is_told_by_its_features_without_its_pages() -> Result<()> {
    on_computer(Touch::Reads, furnish, |_| {
        let core = start(Watching { notify: Notify::Never, ..Watching::default() })?;
        open(&core)?;
        models(&core, "the first look", |models| models.drift.complete)?;
        let of_feature = |models: &NowModels| {
            let known = |about: &TroubleAbout| matches!(about, TroubleAbout::Drift { feature: Some(_), .. });
            models.drift.rows.first().is_some_and(|row| known(&row.about))
        };
        let models = models(&core, "a feature that drifted", of_feature)?;
        let first = models.drift.rows.first().context("what matters most")?;
        let TroubleAbout::Drift { schedule, endpoints, distance, importance, .. } = &first.about else {
            anyhow::bail!("{first:?}")
        };
        ensure!(distance.is_some_and(|distance| distance > 0.0) && importance.is_some(), "{first:?}");
        ensure!(schedule.ends_with("-live-data") && !endpoints.is_empty() && first.since.is_some(), "{first:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_hidden_window_asks_nothing_unless_it_keeps_watching() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        let core = start(Watching::default())?;
        open(&core)?;
        core.ask(&WindowVisible { visible: false })?;
        // A look that was under way ends.
        let mut before = estate.mark()?;
        let mark = until("the end of a look", || {
            thread::sleep(Duration::from_secs(2));
            let now = estate.mark()?;
            Ok((std::mem::replace(&mut before, now) == now).then_some(now))
        })?;
        thread::sleep(Duration::from_secs(4));
        assert_eq!(estate.mark()?, mark, "nobody looks");
        save(&core, Watching { hidden: true, ..Watching::default() })?;
        let start = Instant::now();
        while estate.mark()? == mark {
            ensure!(start.elapsed() < Duration::from_secs(20), "it keeps watching");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_read_only_profile_tells_nothing() -> Result<()> {
    let furnish = |estate: &Estate| Ok(furnish(estate)?.with("AWS_PROFILE", "practice-prod"));
    on_computer(Touch::Changes, furnish, |estate| {
        let desktop = Notifications::start(&home()?)?;
        let core = start(Watching::default())?;
        open(&core)?;
        let before = executions(&core, FAILS)?.len();
        estate.post("pace", &json!({ "seconds": 0.02 }))?;
        // Somebody else starts it.
        let other = Core::start()?;
        other.ask(&contract::session::OpenProfile { name: "practice".into() })?;
        fail(&other, estate)?;
        ensure!(executions(&core, FAILS)?.len() > before, "it is seen");
        thread::sleep(Duration::from_secs(4));
        assert_eq!(desktop.shown(), []);
        Ok(())
    })
}
