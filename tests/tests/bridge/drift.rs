//! Monitors: whether they measure, and what their reports say when they are reckoned again.

use anyhow::{Context as _, Result};
use contract::{
    Code, Notice,
    drift::{
        DescribeMonitor, DriftView, FeatureDetail, FeatureRow, MonitorRow, MonitorRunRow, OpenMonitorRuns,
        OpenMonitors, OpenWorklist, ReadDrift, ReadFeature, TryThreshold, WorkRow,
    },
    logs::{ClearLogCache, ReadLogCache},
    models::{HealthState, SilenceKind},
    sets::{Rows, SetState, ViewSet},
};
use tests::{
    bridge::{Core, Touch, on_computer, on_estate},
    computer::Computer,
    estate::Estate,
};

/// Pixels of the pictures.
pub const WIDTH: u32 = 900;

/// All monitors, and the state of their list.
pub fn monitors(core: &Core) -> Result<(SetState, Vec<MonitorRow>)> {
    let state = core.open(&OpenMonitors {})?;
    let rows = core.rows(state.set, |rows| if let Rows::Monitors(rows) = rows { Some(rows) } else { None })?;
    Ok((state, rows))
}

/// The runs of a monitor in so many days, as its page lists them.
pub fn runs(core: &Core, schedule: &str, days: u32) -> Result<Vec<MonitorRunRow>> {
    let state = core.open(&OpenMonitorRuns { schedule: schedule.into(), days })?;
    core.rows(state.set, |rows| if let Rows::MonitorRuns(rows) = rows { Some(rows) } else { None })
}

/// What the reports of so many days come to.
pub fn drift(core: &Core, schedule: &str, days: u32) -> Result<DriftView> {
    let (reply, _) = core.stream(&ReadDrift { schedule: schedule.into(), days, offset_minutes: 0, width: WIDTH })?;
    reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))
}

fn feature(view: &DriftView, name: &str) -> Result<FeatureRow> {
    view.features.iter().find(|row| row.name == name).cloned().with_context(|| format!("no feature {name}"))
}

/// What the notices say, in one line.
pub fn texts(notices: &[Notice]) -> String {
    notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_quiet_monitor_is_good_only_if_it_measures() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (state, rows) = monitors(core)?;
        assert_eq!((rows.len(), texts(&state.notices).as_str()), (30, ""));
        let one = |name: &str| {
            let found = rows.iter().find(|row| row.schedule == format!("{name}-live-data")).cloned();
            found.with_context(|| format!("{name} is not in the list"))
        };
        let quiet = one("demand-forecast-emea")?;
        assert_eq!(
            (quiet.health, quiet.violations, quiet.alert),
            (HealthState::Measured, Some(0), Some(false)),
            "{quiet:?}"
        );
        assert_eq!(quiet.group.as_deref(), Some("demand-forecast-emea"));
        let silent = one("staffing-need-dach")?;
        assert_eq!(silent.health, HealthState::Silent);
        assert!(silent.words.contains("has not run for"), "{silent:?}");
        let failed = one("food-waste-uk")?;
        assert_eq!((failed.health, failed.last.as_deref()), (HealthState::Silent, Some("Failed")));
        assert!(failed.words.contains("failed"), "{failed:?}");
        let unchecked = one("guest-churn-uk")?;
        assert_eq!(unchecked.health, HealthState::Silent);
        assert!(unchecked.words.contains("check nothing"), "{unchecked:?}");
        let other = one("loyalty-tier-emea")?;
        assert_eq!(other.health, HealthState::Doubtful);
        assert!(other.words.contains("which is no baseline of version"), "{other:?}");
        let unlabelled = rows.iter().find(|row| row.schedule == "review-sentiment-emea-live-quality");
        let unlabelled = unlabelled.context("the monitor of quality is not in the list")?;
        assert!(unlabelled.words.starts_with("the last run failed"), "{unlabelled:?}");
        assert!(unlabelled.words.ends_with(" more"), "no labels are written either: {unlabelled:?}");
        let labelled = rows.iter().find(|row| row.schedule == "demand-forecast-emea-live-quality");
        assert!(labelled.is_some_and(|row| row.health != HealthState::Unknown), "labels are looked for: {labelled:?}");
        let slow = one("demand-forecast-dach")?;
        assert!(slow.violations > Some(0) && slow.alert == Some(true), "{slow:?}");
        assert!(slow.words.contains("violation"), "{slow:?}");
        assert_eq!(rows.first().map(|row| row.health), Some(HealthState::Silent), "what measures nothing stands first");

        let detail = core.ask(&DescribeMonitor { schedule: "food-waste-uk-live-data".into() })?;
        let kinds: Vec<SilenceKind> = detail.health.problems.iter().map(|problem| problem.kind).collect();
        assert!(kinds.contains(&SilenceKind::CaptureOff) && kinds.contains(&SilenceKind::Failing), "{kinds:?}");
        assert_eq!((detail.expression.as_deref(), detail.alerts.len()), (Some("cron(0 4 ? * * *)"), 1));
        assert!(detail.definition.is_some_and(|definition| definition.baseline.statistics.is_some()));
        let gone = core.fault(&DescribeMonitor { schedule: "nobody".into() })?;
        assert_eq!(gone.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn monitors_are_listed_without_a_call_for_each() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        monitors(core)?;
        let calls = |action: &str| -> Result<usize> { Ok(estate.calls(action, mark)?.len()) };
        // Only that of two models is described: a search does not say which variant serves which.
        assert!(calls("DescribeEndpoint")? <= 1, "{} endpoints were described", calls("DescribeEndpoint")?);
        assert_eq!((calls("DescribeMonitoringSchedule")?, calls("ListMonitoringExecutions")?), (0, 0));
        let again = estate.mark()?;
        let (state, rows) = monitors(core)?;
        assert_eq!((rows.len(), state.total), (30, 30));
        assert_eq!(estate.calls("DescribeDataQualityJobDefinition", again)?.len(), 0, "what does not change is kept");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn reports_are_reckoned_again_and_what_ties_hide_is_seen() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let sudden = drift(core, "dynamic-pricing-emea-live-data", 2)?;
        assert!(sudden.read == sudden.of && sudden.read >= 47, "{} of {}", sudden.read, sudden.of);
        let rate = feature(&sudden, "competitor_rate")?;
        assert_eq!(rate.drifted, Some(true));
        let (distance, told) = (rate.distance.context("ours")?, rate.told.context("the monitor's")?);
        assert!(distance > 0.1 && (distance - told).abs() < 0.05, "{distance} and {told}");
        assert!(rate.error.is_some_and(|error| error < 0.01) && rate.importance.is_some(), "{rate:?}");
        assert_eq!(rate.drifted_runs, sudden.read);
        assert_eq!(sudden.violations.first().map(|group| group.check.as_str()), Some("baseline_drift_check"));
        let matters = sudden.matters.as_ref().context("drift against importance")?;
        assert_eq!(matters.table.rows.first().and_then(|row| row.first()).map(String::as_str), Some("competitor_rate"));
        assert!(sudden.map.is_some_and(|map| map.table.rows.len() == sudden.features.len()));

        let mark = estate.mark()?;
        drift(core, "dynamic-pricing-emea-live-data", 2)?;
        let reads = estate.calls("GetObject", mark)?.len();
        assert!(reads < 8, "reports are read once, and {reads} files were");

        let quiet = drift(core, "demand-forecast-emea-live-data", 1)?;
        assert!(quiet.features.iter().all(|row| row.drifted == Some(false)), "{:?}", quiet.features);
        assert!(quiet.violations.is_empty());

        let blind = drift(core, "upsell-offer-emea-live-data", 1)?;
        let party = feature(&blind, "party_size")?;
        assert_eq!((party.told, party.drifted), (None, Some(true)), "{party:?}");
        assert!(party.distance > party.threshold);
        let note = party.note.context("why the monitor says nothing")?;
        assert!(note.contains("cannot see this drift") && note.contains("deequ"), "{note}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn rows_without_a_value_are_drift_where_the_values_are_as_before() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let schedule = "guest-churn-emea-live-data";
        let view = drift(core, schedule, 7)?;
        let points = feature(&view, "loyalty_points")?;
        assert_eq!((points.drifted, points.method.as_str()), (Some(true), "missing share"), "{points:?}");
        let missing = points.distance.context("the part of the rows")?;
        assert!((0.15..0.21).contains(&missing) && points.threshold == Some(0.0), "by completeness: {points:?}");
        assert!((118..=121).contains(&points.drifted_runs), "for five days, hour by hour: {points:?}");
        let note = points.note.context("why")?;
        assert!(note.contains("all that completeness in its constraints allows"), "{note}");
        assert!(note.contains("L-infinity, robust"), "what the values say: {note}");
        let said = view.violations.iter().find(|group| group.check == "completeness_check");
        let said = said.is_some_and(|group| group.lines.iter().any(|(feature, _)| feature == "loyalty_points"));
        assert!(said, "Model Monitor itself says so too: {:?}", view.violations);
        let others = view.features.iter().filter(|row| row.name != "loyalty_points");
        assert!(others.clone().count() > 3 && others.clone().all(|row| row.drifted != Some(true)), "{view:?}");
        let map = view.map.context("the map")?;
        assert_eq!(map.table.rows.first().and_then(|row| row.first()).map(String::as_str), Some("loyalty_points"));

        let request = ReadFeature {
            schedule: schedule.into(),
            feature: "loyalty_points".into(),
            run: None,
            days: 7,
            offset_minutes: 0,
            width: WIDTH,
        };
        let detail = core.ask(&request)?;
        let first = detail.statistics.first().context("what it is judged by")?;
        assert_eq!((first.name.as_str(), first.threshold, first.drifted), ("missing share", Some(0.0), Some(true)));
        assert_eq!(first.rule.as_deref(), Some("completeness in constraints.json"));
        let own = detail.statistics.iter().find(|row| row.name == "missing values").context("the difference")?;
        assert!(own.note.as_ref().is_some_and(|note| note.contains("% missing, 0 % in the baseline")), "{own:?}");
        let robust = detail.statistics.iter().find(|row| row.name == "L-infinity, robust");
        assert_eq!(robust.and_then(|row| row.drifted), Some(false), "{:?}", detail.statistics);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn one_bad_file_of_ninety_is_a_notice() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let schedule = "booking-cancellation-iberia-live-data";
        let (reply, channel) =
            core.stream(&ReadDrift { schedule: schedule.into(), days: 92, offset_minutes: 60, width: WIDTH })?;
        let view = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        assert_eq!((view.read, view.of), (89, 90));
        assert!(texts(&view.notices).contains("1 report left out"), "{:?}", view.notices);
        let first = channel.wait("the newest report", |event| Some(event.view.clone()))?;
        assert!(first.newest == view.newest && first.read < view.read, "the newest comes first");

        let name = view.features.first().context("features")?.name.clone();
        let mut last = u32::MAX;
        for threshold in [0.01, 0.05, 0.1, 0.2, 0.5] {
            let one = core.ask(&TryThreshold { schedule: schedule.into(), feature: Some(name.clone()), threshold })?;
            assert!(one.then <= last && (88..=89).contains(&one.runs), "{one:?}");
            last = one.then;
        }
        let all = core.ask(&TryThreshold { schedule: schedule.into(), feature: None, threshold: 0.25 })?;
        assert!(all.difference.iter().any(|line| line.starts_with('+') && line.contains("0.25")), "{all:?}");
        assert!(all.alerts_now.is_some() && all.alerts_then <= all.alerts_now, "{all:?}");
        assert!(all.words.contains("; by distances alone the alert (each run) would be raised"), "{all:?}");
        // One that no page has read: all of its past is.
        let unread =
            TryThreshold { schedule: "review-sentiment-emea-live-data".into(), feature: None, threshold: 0.25 };
        let (reply, channel) = core.stream(&unread)?;
        let past = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        assert!(past.runs > 80 && (85..=90).contains(&past.days), "{past:?}");
        let first = channel.wait("the newest report", |event| Some(event.trial.clone()))?;
        assert!(first.runs < past.runs && first.words.contains(". Read so far: "), "{first:?}");
        let odd = core.fault(&TryThreshold { schedule: schedule.into(), feature: None, threshold: -1.0 })?;
        assert_eq!(odd.code, Code::BadInput);
        Ok(())
    })
}

/// Reports that were fetched since a mark.
fn fetched(estate: &Estate, mark: u64) -> Result<usize> {
    let calls = estate.calls("GetObject", mark)?;
    let keys = calls.iter().map(|seen| seen.text("key"));
    Ok(keys.filter(|key| key.starts_with("reports/") && key.ends_with("/statistics.json")).count())
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn reports_that_were_read_outlive_the_program() -> Result<()> {
    on_computer(Touch::Reads, Computer::on, |estate| {
        let (schedule, days) = ("booking-cancellation-iberia-live-data", 92);
        let detail = |core: &Core, feature: &str| -> Result<FeatureDetail> {
            core.ask(&ReadFeature {
                schedule: schedule.into(),
                feature: feature.into(),
                run: None,
                days,
                offset_minutes: 0,
                width: WIDTH,
            })
        };
        let mark = estate.mark()?;
        let (view, feature) = {
            let core = Core::start()?;
            assert_eq!(core.ask(&ReadLogCache {})?.reports.bytes, 0, "nothing was read yet");
            let view = drift(&core, schedule, days)?;
            let name = view.features.first().context("features")?.name.clone();
            (view, detail(&core, &name)?)
        };
        assert!(fetched(estate, mark)? >= 90 && view.read == 89, "{} of {}", view.read, view.of);

        let core = Core::start()?;
        let mark = estate.mark()?;
        let again = drift(&core, schedule, days)?;
        assert_eq!(fetched(estate, mark)?, 1, "the one that could not be read is tried again");
        assert_eq!((again.read, again.of, &again.features), (view.read, view.of, &view.features));
        assert!(again == view, "maps and violations are the same too");
        let mark = estate.mark()?;
        assert!(detail(&core, &feature.row.name)? == feature, "distributions are read when they are looked at");
        assert_eq!(fetched(estate, mark)?, 1);

        let kept = core.ask(&ReadLogCache {})?.reports;
        assert!(kept.bytes > 0 && kept.bytes < kept.most, "{kept:?}");
        assert_eq!(core.ask(&ClearLogCache {})?.reports.bytes, 0);
        drop(core);
        let core = Core::start()?;
        let mark = estate.mark()?;
        assert!(drift(&core, schedule, days)? == view);
        assert_eq!(fetched(estate, mark)?, 90, "what was removed is fetched again");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_feature_has_its_pictures_and_every_honest_statistic() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let ask = |schedule: &str, feature: &str| -> Result<FeatureDetail> {
            drift(core, schedule, 1)?;
            let request = ReadFeature {
                schedule: schedule.into(),
                feature: feature.into(),
                run: None,
                days: 1,
                offset_minutes: 0,
                width: WIDTH,
            };
            core.ask(&request)
        };
        let ties = ask("upsell-offer-emea-live-data", "visits_30d")?;
        // Reports of more days than are looked back at may have been read before: they are not counted.
        drift(core, "upsell-offer-emea-live-data", 3)?;
        let again = ask("upsell-offer-emea-live-data", "visits_30d")?;
        assert!((23..=25).contains(&again.read) && again.row.drifted_runs <= again.read, "{:?}", again.row);
        assert_eq!(ties.charts.len(), 3, "over time, bins, cumulative");
        let of = |name: &str| ties.statistics.iter().find(|row| row.name == name).with_context(|| name.to_owned());
        assert_eq!(of("Model Monitor's own")?.drifted, Some(false));
        assert_eq!(of("L-infinity, robust")?.drifted, Some(true));
        assert_eq!(of("PSI")?.rule.as_deref(), Some("Evidently's default"));
        assert_eq!(of("Kolmogorov-Smirnov p-value")?.value, None, "sketches give none");
        let channel = ask("booking-cancellation-emea-live-data", "booking_channel")?;
        assert_eq!((channel.charts.len(), channel.row.kind.as_str()), (2, "String"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn one_broken_source_is_one_line_of_the_worklist() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open(&OpenWorklist {})?;
        let rows: Vec<WorkRow> =
            core.rows(state.set, |rows| if let Rows::Worklist(rows) = rows { Some(rows) } else { None })?;
        let view =
            |filter: &str| core.ask(&ViewSet { set: state.set, filter: filter.into(), sort: None, offset_minutes: 0 });
        let narrow = view("distance:>0.1 -distance>=9")?;
        assert!(narrow.filter_errors.is_empty() && narrow.shown > 0, "{narrow:?}");
        assert_eq!(view("distance:>9")?.shown, 0);
        let weather = rows.iter().find(|row| row.feature == "weather_temp").context("weather_temp")?;
        for group in ["food-waste-dach", "staffing-need-nordics", "no-show-emea"] {
            assert!(weather.schedules.contains(&format!("{group}-live-data")), "{weather:?}");
        }
        assert!(weather.words.contains("schedules that watch it"), "{weather:?}");
        let points = rows.iter().find(|row| row.feature == "loyalty_points").context("what is missing")?;
        assert!(points.schedules.iter().any(|name| name == "guest-churn-emea-live-data"), "{points:?}");
        assert!(rows.is_sorted_by(|one, next| one.weight >= next.weight));

        // Read again, it stands at once, and reports that were compared are not read once more.
        let mark = estate.mark()?;
        let again = core.open(&OpenWorklist {})?;
        assert_eq!(again.total, state.total);
        let calls = estate.calls("GetObject", mark)?;
        let reports = calls.iter().filter(|seen| seen.text("key").ends_with("/statistics.json"));
        let reports = reports.filter(|seen| seen.text("key").starts_with("reports/")).count();
        assert!(reports < 3, "{reports} reports were read again");
        Ok(())
    })
}
