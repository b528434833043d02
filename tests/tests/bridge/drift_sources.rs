//! Evidently's snapshots and MLflow's runs beside Model Monitor: where they are told of, what they follow, and what a source
//! that is wrong, broken or hostile costs.

use anyhow::{Context as _, Result};
use contract::{
    Code,
    drift::{
        Agreed, DriftSources, FollowedView, MonitorRow, OpenMonitors, OpenWorklist, Origin, ReadAgreement,
        ReadDriftSources, ReadFollowed, RemoveDriftSource, SaveDriftSource, SourceDraft, SourceName, TryDriftSource,
        WorkRow,
    },
    exports::{ExportReport, FileFormat, Subject},
    logs::{ClearLogCache, ReadLogCache},
    models::HealthState,
    sets::{Rows, SetState},
};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use tests::{
    bridge::{Core, Touch, on_computer, on_estate},
    computer::Computer,
    estate::{self, Estate},
};

const SNAPSHOTS: &str = "s3://ml-monitoring/evidently/{endpoint}/";
/// Jumped nine days ago, for Model Monitor and for Evidently.
const JUMPED: &str = "dynamic-pricing-emea-live";
/// Evidently told p-values of it: its reference is small.
const SMALL: &str = "booking-cancellation-iberia-live";

fn draft(address: &str) -> SourceDraft {
    SourceDraft { address: address.to_owned(), ..SourceDraft::default() }
}

fn add(core: &Core, address: &str) -> Result<DriftSources> {
    core.ask(&SaveDriftSource { draft: draft(address) })
}

fn server(estate: &Estate) -> Result<String> {
    Ok(format!("{}/mlflow", estate.endpoint("aws")?))
}

/// The list of monitors, when it was read whole.
fn monitors(core: &Core) -> Result<(SetState, Vec<MonitorRow>)> {
    let state = core.open(&OpenMonitors {})?;
    let rows = core.rows(state.set, |rows| if let Rows::Monitors(rows) = rows { Some(rows) } else { None })?;
    Ok((state, rows))
}

fn of(rows: &[MonitorRow], origin: Origin, endpoint: &str) -> Result<MonitorRow> {
    let found = rows.iter().find(|row| row.source == origin && row.endpoint.as_deref() == Some(endpoint)).cloned();
    found.with_context(|| format!("{} follows no {endpoint}", origin.word()))
}

fn followed(core: &Core, place: &str, feature: Option<&str>) -> Result<FollowedView> {
    let feature = feature.map(str::to_owned);
    core.ask(&ReadFollowed { place: place.to_owned(), days: 30, feature, offset_minutes: 0, width: 900 })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn evidently_and_mlflow_stand_among_the_monitors() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let before = monitors(core)?.1;
        assert!(before.iter().all(|row| row.source == Origin::ModelMonitor));
        let kept = add(core, SNAPSHOTS)?;
        assert_eq!(kept.sources.len(), 1);
        assert_eq!(kept.sources[0].address, "s3://ml-monitoring/evidently/");
        add(core, &server(estate)?)?;
        let (state, rows) = monitors(core)?;
        assert!(state.notices.is_empty(), "{:?}", state.notices);
        assert_eq!(rows.len(), before.len() + 10, "five endpoints, told of twice");

        let jumped = of(&rows, Origin::Evidently, JUMPED)?;
        assert_eq!(
            (jumped.health, jumped.group.as_deref()),
            (HealthState::Measured, Some("dynamic-pricing-emea")),
            "{jumped:?}"
        );
        assert!(jumped.violations > Some(0) && jumped.words.contains("drifted at"), "{jumped:?}");
        assert_eq!(jumped.schedule, format!("s3://ml-monitoring/evidently/{JUMPED}/"));

        let view = followed(core, &jumped.schedule, Some("competitor_rate"))?;
        let rate = view.features.iter().find(|row| row.name == "competitor_rate").context("the feature that jumped")?;
        assert_eq!(rate.test.drifted, Some(true));
        assert_eq!(rate.test.rule.as_deref(), Some("drift at or above 0.1"));
        assert!(view.map.is_some() && view.over_time.is_some() && view.reports.len() >= 29, "{}", view.reports.len());
        assert!(
            view.reports.iter().all(|report| report.place.strip_suffix(".json").is_some() && report.trouble.is_none())
        );
        assert_eq!(view.schedules, [format!("{JUMPED}-data")]);
        let folder = tempfile::tempdir()?;
        let export = |format| -> Result<(String, String)> {
            let asked = ReadFollowed {
                place: jumped.schedule.clone(),
                days: 30,
                feature: Some("competitor_rate".to_owned()),
                offset_minutes: 0,
                width: 900,
            };
            let path = Some(folder.path().display().to_string());
            let saved = core.ask(&ExportReport { subject: Subject::Followed(asked), format, path })?;
            let path = saved.path.context("it was written")?;
            let text = fs::read_to_string(&path)?;
            Ok((path, text))
        };
        let (path, html) = export(FileFormat::Html)?;
        assert!(path.contains(&format!("/{JUMPED}-Evidently-30-days-20")), "{path}");
        assert!(html.contains("drift at or above 0.1") && html.matches("<figure class=\"chart\">").count() == 2);
        let (_, csv) = export(FileFormat::Csv)?;
        assert!(
            csv.lines().any(|line| line.starts_with("feature,competitor_rate,") && line.contains(",drifted,")),
            "{csv}"
        );
        assert_eq!(csv.lines().filter(|line| line.starts_with("report,")).count(), view.reports.len());

        let small = of(&rows, Origin::Evidently, SMALL)?;
        let view = followed(core, &small.schedule, None)?;
        assert!(view.features.iter().all(|row| row.test.method.contains("p-value")), "{:?}", view.features);
        for row in &view.features {
            let (value, threshold) = (row.test.value.context("a value")?, row.test.threshold.context("a threshold")?);
            let is_small = value < threshold || (row.test.method.starts_with("Kolm") && value <= threshold);
            assert_eq!(row.test.drifted, Some(is_small), "a p-value is drift when it is small: {row:?}");
        }

        let told = of(&rows, Origin::Mlflow, JUMPED)?;
        assert_eq!(told.violations, jumped.violations, "the snapshot of the day lends MLflow its tests");
        let view = followed(core, &told.schedule, Some("competitor_rate"))?;
        assert!(view.reports.len() >= 29 && view.over_time.is_some(), "{:?}", view.notices);
        assert!(view.features.iter().all(|row| row.reason.contains("snapshot with this value")), "{:?}", view.features);

        core.ask(&RemoveDriftSource { address: kept.sources[0].address.clone() })?;
        let rows = monitors(core)?.1;
        let alone = of(&rows, Origin::Mlflow, JUMPED)?;
        assert_eq!((alone.health, alone.violations), (HealthState::Unknown, None), "values without tests say nothing");
        assert!(of(&rows, Origin::Evidently, JUMPED).is_err());
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn who_moves_sees_on_which_features_the_tools_agree() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let ask = |feature: Option<&str>| {
            let (schedule, feature) = (format!("{JUMPED}-data"), feature.map(str::to_owned));
            core.ask(&ReadAgreement { schedule, days: 2, feature, offset_minutes: 0, width: 900 })
        };
        let alone = ask(None)?;
        assert!(alone.others.is_empty() && alone.rows.is_empty() && alone.words.contains("No source"), "{alone:?}");
        add(core, SNAPSHOTS)?;
        let view = ask(Some("competitor_rate"))?;
        assert_eq!(view.others.first().map(|(_, origin)| *origin), Some(Origin::Evidently));
        let rate = view.rows.iter().find(|row| row.feature == "competitor_rate").context("the feature that jumped")?;
        assert_eq!(rate.agreed, Agreed::Both, "{rate:?}");
        assert!(rate.days >= 1 && rate.same == rate.days, "{rate:?}");
        assert!(rate.monitor.rule.as_deref().is_some_and(|rule| rule.starts_with("drift above")), "{rate:?}");
        assert!(rate.other.rule.as_deref().is_some_and(|rule| rule.starts_with("drift at or above")), "{rate:?}");
        let chart = view.chart.context("both distances in one picture")?;
        assert_eq!(chart.series.len(), 2, "{:?}", chart.key);
        assert!(chart.key.iter().any(|entry| entry.name.contains("Evidently")), "{:?}", chart.key);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_evidently_alone_watches_is_in_the_worklist() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let worklist = || -> Result<Vec<WorkRow>> {
            let state = core.open(&OpenWorklist {})?;
            core.rows(state.set, |rows| if let Rows::Worklist(rows) = rows { Some(rows) } else { None })
        };
        // Model Monitor watches the same endpoints: each counts once.
        add(core, SNAPSHOTS)?;
        let is_place = |name: &String| name.contains('/');
        let rows = worklist()?;
        assert!(!rows.is_empty() && !rows.iter().any(|row| row.schedules.iter().any(is_place)), "{rows:?}");
        // The folder is of an endpoint that no schedule watches.
        let names = vec![SourceName { name: JUMPED.into(), endpoint: "rates-elsewhere".into() }];
        core.ask(&SaveDriftSource { draft: SourceDraft { names, ..draft(SNAPSHOTS) } })?;
        let rows = worklist()?;
        let rate = rows.iter().find(|row| row.feature == "competitor_rate").context("the feature that jumped")?;
        let place = format!("s3://ml-monitoring/evidently/{JUMPED}/");
        assert!(rate.schedules.contains(&place), "{rate:?}");
        assert!(rate.endpoints.iter().any(|endpoint| endpoint == "rates-elsewhere"), "{rate:?}");
        let others = |row: &WorkRow| row.schedules.iter().any(|name| is_place(name) && *name != place);
        assert!(!rows.iter().any(others), "{rows:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn one_broken_snapshot_costs_itself_only() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = format!("evidently/{JUMPED}/latest.json");
        let headers = [("content-type", "application/json")];
        estate::send(estate.endpoint("s3")?, "PUT", "ml-monitoring", &key, "", &headers, b"{\"metrics\": [")?;
        add(core, SNAPSHOTS)?;
        let (state, rows) = monitors(core)?;
        let row = of(&rows, Origin::Evidently, JUMPED)?;
        assert_eq!(row.health, HealthState::Doubtful, "the newest says nothing: {row:?}");
        assert!(row.violations > Some(0), "the one before does");
        let notices: Vec<&str> = state.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(notices.iter().any(|text| text.contains("latest.json") && text.contains("JSON")), "{notices:?}");
        let view = followed(core, &row.schedule, None)?;
        assert!(!view.features.is_empty() && view.reports.len() >= 30);
        let broken: Vec<_> = view.reports.iter().filter(|report| report.trouble.is_some()).collect();
        assert!(broken.len() == 1 && broken[0].place.ends_with("latest.json"), "{broken:?}");
        assert!(view.notices.iter().any(|notice| notice.text.contains("latest.json")), "{:?}", view.notices);
        Ok(())
    })
}

fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let whole = root.join(path);
    fs::create_dir_all(whole.parent().context("a folder")?)?;
    fs::write(whole, text)?;
    Ok(())
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_exported_folder_is_a_source_too() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        let now = contract::Timestamp::now().as_millisecond();
        for (run, days, value) in [("a1", 2_i64, 0.05), ("b2", 1, 0.42)] {
            let at = now - days * 86_400_000;
            let earlier = at - 3_600_000;
            let meta = format!("run_id: {run}\nexperiment_id: '7'\nstatus: 3\nstart_time: {at}\nend_time: {at}\n");
            write(root, &format!("7/{run}/meta.yaml"), &meta)?;
            write(root, &format!("7/{run}/metrics/DriftedColumnsCount.share"), &format!("{at} 0.5 0\n"))?;
            write(root, &format!("7/{run}/metrics/ValueDrift:guests"), &format!("{earlier} 0.3 0\n{at} {value} 1\n"))?;
        }
        write(root, "7/meta.yaml", "experiment_id: '7'\nname: nightly drift\n")?;
        let address = root.display().to_string();
        let names = vec![SourceName { name: "nightly drift".into(), endpoint: JUMPED.into() }];
        let named = SourceDraft { names, ..draft(&address) };
        let trial = core.ask(&TryDriftSource { draft: named.clone() })?;
        assert_eq!((trial.found.len(), trial.found[0].endpoint.as_str()), (1, JUMPED), "{trial:?}");
        assert!(core.ask(&ReadDriftSources {})?.sources.is_empty(), "a trial keeps nothing");
        core.ask(&SaveDriftSource { draft: named })?;
        let row = of(&monitors(core)?.1, Origin::Mlflow, JUMPED)?;
        let view = followed(core, &row.schedule, Some("guests"))?;
        assert_eq!((view.reports.len(), view.features[0].test.value), (2, Some(0.42)));
        let chart = view.over_time.context("the values over time")?;
        assert!(chart.table.rows.len() >= 3, "steps of a run are values of their own: {:?}", chart.table.rows);

        let empty = tempfile::tempdir()?;
        let wrong = core.fault(&TryDriftSource { draft: draft(&empty.path().display().to_string()) })?;
        assert!(wrong.detail.contains("choose the folder mlruns"), "{wrong:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn snapshots_that_were_read_outlive_the_program() -> Result<()> {
    on_computer(Touch::Reads, Computer::on, |estate| {
        let place = SNAPSHOTS.replace("{endpoint}", JUMPED);
        let fetched = |mark: u64| -> Result<usize> {
            let calls = estate.calls("GetObject", mark)?;
            Ok(calls.iter().filter(|seen| seen.text("key").starts_with("evidently/")).count())
        };
        let mark = estate.mark()?;
        let view = {
            let core = Core::start()?;
            add(&core, SNAPSHOTS)?;
            followed(&core, &place, None)?
        };
        assert!(fetched(mark)? >= 29 && view.reports.len() >= 29, "{}", view.reports.len());

        let core = Core::start()?;
        let mark = estate.mark()?;
        let again = followed(&core, &place, None)?;
        assert_eq!(fetched(mark)?, 0, "what was read is kept on this computer");
        assert_eq!((&again.features, &again.reports, &again.dataset), (&view.features, &view.reports, &view.dataset));
        assert!(again.map == view.map, "the map is the same too");
        assert!(core.ask(&ReadLogCache {})?.reports.bytes > 0, "Settings say how much it is");
        assert_eq!(core.ask(&ClearLogCache {})?.reports.bytes, 0);
        drop(core);
        let core = Core::start()?;
        let mark = estate.mark()?;
        assert_eq!(followed(&core, &place, None)?.features, view.features);
        assert!(fetched(mark)? >= 29, "what was removed is fetched again");
        Ok(())
    })
}

/// A server that gives every request the same answer: its head, then its body.
fn always(answer: String) -> Result<String> {
    Ok(counting(answer)?.0)
}

/// The same, and how often it was asked.
fn counting(answer: String) -> Result<(String, Arc<AtomicUsize>)> {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
            // Whole, so that nothing is left unread when the connection closes.
            let (mut asked, mut part) = (Vec::new(), [0_u8; 8_192]);
            while !asked.ends_with(b"}") {
                match stream.read(&mut part) {
                    Ok(read) if read > 0 => asked.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    Ok((address, asked))
}

fn answer(status: &str, headers: &str, body: &str) -> Result<String> {
    always(format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_source_that_fails_says_when_it_was_asked_and_a_list_that_is_opened_again_asks_at_once() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        let (address, asked) = counting(missing.to_owned())?;
        add(core, &address)?;
        let told = |state: &SetState| -> Result<String> {
            let found = state.notices.iter().find(|notice| notice.text.contains(&address));
            Ok(found.with_context(|| format!("nothing of {address}: {:?}", state.notices))?.text.clone())
        };
        let first = told(&monitors(core)?.0)?;
        assert!(first.contains(" is left out: ") && first.contains(". Last asked "), "{first}");
        assert!(first.ends_with(" UTC or when you refresh."), "{first}");
        let before = asked.load(Ordering::SeqCst);
        assert!(before > 0, "it was asked");
        told(&monitors(core)?.0)?;
        assert!(asked.load(Ordering::SeqCst) > before, "who opens the list again may have put it right");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_is_no_mlflow_says_so_and_shows_no_token() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let fault = |address: &str| {
            let draft = SourceDraft { token: Some("dapi-canary".into()), ..draft(address) };
            let fault = core.fault(&TryDriftSource { draft })?;
            assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
            anyhow::Ok(fault)
        };
        let unknown = fault(&answer("401 Unauthorized", "", "")?)?;
        assert_eq!(unknown.code, Code::Denied, "nobody is asked to sign in to AWS: {unknown:?}");
        assert!(unknown.hint.is_some_and(|hint| hint.contains("Drift sources")));
        let page = fault(&answer("200 OK", "content-type: text/html\r\n", "<!doctype html><title>Sign in</title>")?)?;
        assert!(page.detail.contains("a web page"), "{page:?}");
        let moved = fault(&answer("302 Found", "location: http://example.com/\r\n", "")?)?;
        assert!(moved.detail.contains("sends elsewhere"), "{moved:?}");
        let huge = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\n{";
        let huge = fault(&always(huge.to_owned())?)?;
        assert!(huge.detail.contains("more than 32 MB"), "{huge:?}");
        let other = fault(&format!("{}/elsewhere", estate.endpoint("aws")?))?;
        assert!(!matches!(other.code, Code::SignIn | Code::Unreachable), "{other:?}");
        let nobody = fault("http://127.0.0.1:9")?;
        assert_eq!(nobody.code, Code::Unreachable, "{nobody:?}");

        for (address, words) in [
            ("http://ml.example.com", "not encrypted"),
            ("https://me:secret@ml.example.com", "name and password"),
            ("s3://B", "bucket"),
            ("arn:aws:sagemaker:eu-west-1:1:endpoint/x", "not the ARN"),
            ("mlruns", "Give an address"),
        ] {
            let refused = core.fault(&SaveDriftSource { draft: draft(address) })?;
            assert_eq!(refused.code, Code::BadInput, "{address}");
            assert!(refused.detail.contains(words), "{address}: {refused:?}");
        }
        assert!(core.ask(&ReadDriftSources {})?.sources.is_empty());
        // A source that cannot be read leaves the others alone.
        add(core, &answer("500 Internal Server Error", "", "")?)?;
        add(core, SNAPSHOTS)?;
        let (state, rows) = monitors(core)?;
        assert!(of(&rows, Origin::Evidently, JUMPED).is_ok());
        assert!(state.notices.iter().any(|notice| notice.text.contains("status 500")), "{:?}", state.notices);
        Ok(())
    })
}
