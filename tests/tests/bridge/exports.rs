//! Exports: files that hold what the pages show, in each format.

use anyhow::{Context as _, Result, bail, ensure};
use contract::{
    Code,
    charts::Chart,
    drift::{
        DescribeMonitor, OpenMonitorRuns, ReadDrift, ReadEndpointHealth, ReadFeature, ReadMonitorMetrics, TryThreshold,
    },
    exports::{ExportReport, FileFormat, SaveChart, SaveConstraints, Subject},
    models::{
        Measured,
        requests::{CompareModels, DescribeModel, ModelComparison, OpenGroups},
    },
    sets::Rows,
};
use std::{fs, path::Path};
use tests::bridge::{Core, Touch, on_estate};

const MONITOR: &str = "dynamic-pricing-emea-live-data";

/// The newest version of a group against the approved one.
fn pair(core: &Core, group: &str) -> Result<CompareModels> {
    let state = core.open(&OpenGroups {})?;
    let rows = core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })?;
    let row = rows.into_iter().find(|row| row.name == group).with_context(|| format!("no group {group}"))?;
    let right = row.latest.context("a version")?.arn;
    let left = core.ask(&DescribeModel { arn: right.clone() })?.against.context("an approved version")?;
    Ok(CompareModels { left, right })
}

fn drift(days: u32) -> ReadDrift {
    ReadDrift { schedule: MONITOR.into(), days, offset_minutes: 0, width: 900 }
}

/// The path and the bytes of an export into a folder.
fn exported(core: &Core, subject: Subject, format: FileFormat, folder: &Path) -> Result<(String, Vec<u8>)> {
    let saved = core.ask(&ExportReport { subject, format, path: Some(folder.display().to_string()) })?;
    let path = saved.path.context("it was written")?;
    let bytes = fs::read(&path)?;
    ensure!(bytes.len() as u64 == saved.bytes, "{path}");
    Ok((path, bytes))
}

/// Fields of RFC 4180, row by row.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    for letter in csv.chars() {
        match letter {
            // A doubled quote opens again at once: what stands in names here holds none.
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    rows
}

fn of<'a>(rows: &'a [Vec<String>], section: &str, name: &str) -> Result<&'a [String]> {
    let found = rows.iter().find(|row| row[0] == section && row[1] == name);
    found.map(Vec::as_slice).with_context(|| format!("no row {section}, {name}"))
}

fn same(cell: &str, value: Option<f64>) -> bool {
    match value {
        Some(value) => cell.parse::<f64>().is_ok_and(|read| (read - value).abs() <= 1e-12 * value.abs().max(1.0)),
        None => cell.is_empty(),
    }
}

/// Width and height of a PNG, by its head.
fn size_of(png: &[u8]) -> Result<(u32, u32)> {
    ensure!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.get(12..16) == Some(b"IHDR".as_slice()), "no PNG");
    let at = |from: usize| u32::from_be_bytes([png[from], png[from + 1], png[from + 2], png[from + 3]]);
    Ok((at(16), at(20)))
}

fn self_contained(html: &str) {
    assert!(html.starts_with("<!doctype html>") && html.contains("default-src 'none'"));
    for word in ["<script", " href=", " src=", "url(", "@import", "<link", "<img"] {
        assert!(!html.contains(word), "{word}");
    }
}

fn value(told: Option<Measured>) -> Option<f64> {
    told.map(|told| told.value)
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_comparison_is_exported_with_the_numbers_of_its_page() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let asked = pair(core, "booking-cancellation-emea")?;
        let told: ModelComparison = core.ask(&asked)?;
        let (left, right) = (told.comparison.left.version, told.comparison.right.version);
        assert!(!told.comparison.metrics.is_empty() && !told.charts.is_empty(), "{:?}", told.comparison.notices);

        let (path, bytes) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Html, folder.path())?;
        assert!(path.contains(&format!("/booking-cancellation-emea-v{right}-against-v{left}-20")), "{path}");
        assert!(path.strip_suffix(".html").is_some(), "{path}");
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        for row in &told.comparison.metrics {
            assert!(html.contains(&format!("<td>{}</td>", row.name)) && html.contains(row.judged.word()), "{row:?}");
        }
        let pictures = html.matches("<figure class=\"chart\">").count();
        assert_eq!(pictures, told.charts.len() + told.dependence.len(), "each chart is there");
        for said in ["eu-west-1", "Exported by", &format!("Version {left}"), &format!("Version {right}"), " UTC"] {
            assert!(html.contains(said), "{said} is missing");
        }

        let (path, bytes) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Csv, folder.path())?;
        assert!(path.strip_suffix(".csv").is_some(), "{path}");
        let table = rows(&String::from_utf8(bytes)?);
        assert!(table.iter().all(|row| row.len() == table[0].len()), "each row has each column");
        for row in &told.comparison.metrics {
            let cells = of(&table, "metric", &row.name)?;
            assert!(same(&cells[2], value(row.left)) && same(&cells[3], value(row.right)), "{row:?}: {cells:?}");
            assert!(same(&cells[4], row.difference) && cells[5] == row.judged.word(), "{row:?}: {cells:?}");
        }
        for row in &told.comparison.ranks {
            assert!(same(&of(&table, "importance", &row.feature)?[3], row.right_value), "{row:?}");
        }
        // Each point of each curve.
        let is_curve =
            |chart: &&Chart| chart.caption.starts_with("ROC") || chart.caption.starts_with("Precision against");
        let mut curves = told.charts.iter().filter(is_curve).peekable();
        assert!(curves.peek().is_some(), "it is a classifier");
        for chart in curves {
            let points: Vec<Vec<String>> = table
                .iter()
                .filter(|row| row[0] == chart.caption)
                .map(|row| [&row[1], &row[11], &row[12]].map(String::clone).to_vec())
                .collect();
            assert_eq!(points, chart.table.rows, "{}", chart.caption);
        }

        let (path, bytes) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Png, folder.path())?;
        assert!(path.strip_suffix(".png").is_some(), "{path}");
        let (width, height) = size_of(&bytes)?;
        let drawn: f64 = told.charts.iter().chain(&told.dependence).map(|chart| chart.height).sum();
        assert!(width >= 1_280 && f64::from(height) > 2.0 * drawn, "{width} x {height}");

        // What is there is kept, and what cannot be written leaves nothing.
        let (again, _) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Png, folder.path())?;
        assert!(again.ends_with(" (2).png"), "{again}");
        let nowhere = folder.path().join("nowhere/a.html").display().to_string();
        let fault = core.fault(&ExportReport {
            subject: Subject::Comparison(asked),
            format: FileFormat::Html,
            path: Some(nowhere),
        })?;
        assert_eq!(fault.code, Code::BadInput, "{fault:?}");
        assert_eq!(fs::read_dir(folder.path())?.count(), 4);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn another_test_set_is_said_to_be_not_comparable() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let asked = pair(core, "food-waste-emea")?;
        let (_, bytes) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Html, folder.path())?;
        assert!(String::from_utf8(bytes)?.contains("⚠ Not comparable"));
        let (_, bytes) = exported(core, Subject::Comparison(asked), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        assert_eq!(of(&table, "about", "test set")?[5], "not comparable");
        let metrics: Vec<_> = table.iter().filter(|row| row[0] == "metric").collect();
        assert!(
            !metrics.is_empty() && metrics.iter().all(|row| row[5] != "better" && row[5] != "worse"),
            "{metrics:?}"
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn classes_confusion_and_dependence_go_into_the_files() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let [left, right] = ["version:loyalty-tier-emea/1", "version:loyalty-tier-emea/2"].map(str::to_owned);
        let asked = CompareModels { left, right };
        let told = core.ask(&asked)?;
        let [Some(before), Some(after)] = &told.comparison.confusions else {
            bail!("{:?}", told.comparison.confusions)
        };
        let drawn = told.dependence.first().context("partial dependence")?;
        let (_, bytes) = exported(core, Subject::Comparison(asked.clone()), FileFormat::Html, folder.path())?;
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        for said in ["<h2>By class</h2>", "<h2>Confusion</h2>", "<code>silver</code>", drawn.caption.as_str()] {
            assert!(html.contains(said), "{said} is missing");
        }
        let (_, bytes) = exported(core, Subject::Comparison(asked), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        for (at, class) in after.classes.iter().enumerate() {
            for (place, predicted) in after.classes.iter().enumerate() {
                let cells = of(&table, "confusion", &format!("{class} predicted as {predicted}"))?;
                assert!(same(&cells[2], before.counts[at][place]) && same(&cells[3], after.counts[at][place]));
            }
        }
        assert!(table.iter().any(|row| row[0] == "class" && row[1] == "precision of silver"));
        let points = table.iter().filter(|row| row[0] == drawn.caption && !row[11].is_empty() && !row[12].is_empty());
        assert_eq!(points.count(), drawn.table.rows.len());
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_version_is_exported_alone_or_beside_the_one_of_its_page() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let first = DescribeModel { arn: "version:loyalty-tier-apac/1".into() };
        let told = core.ask(&first)?.numbers.context("its own numbers")?;
        let matrix = told.numbers.confusion.context("a confusion matrix")?;
        let subject = || Subject::Version(first.clone());
        let (path, bytes) = exported(core, subject(), FileFormat::Html, folder.path())?;
        assert!(path.contains("/loyalty-tier-apac-v1-20"), "{path}");
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        assert!(html.contains("loyalty-tier-apac: version 1") && html.contains("<h2>Confusion</h2>"), "{html}");
        let pictures = html.matches("<figure class=\"chart\">").count();
        assert_eq!(pictures, told.charts.len() + told.dependence.len());
        let (_, bytes) = exported(core, subject(), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        for row in &told.numbers.metrics {
            assert!(same(&of(&table, "metric", &row.name)?[3], value(row.right)), "{row:?}");
        }
        let class = matrix.classes.first().context("a class")?;
        assert!(same(&of(&table, "confusion", &format!("{class} predicted as {class}"))?[3], matrix.counts[0][0]));
        let second = Subject::Version(DescribeModel { arn: "version:loyalty-tier-apac/2".into() });
        let (path, _) = exported(core, second, FileFormat::Csv, folder.path())?;
        assert!(path.contains("/loyalty-tier-apac-v2-against-v1-20"), "{path}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_drift_report_is_exported_with_features_violations_and_runs() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let (reply, _) = core.stream(&drift(2))?;
        let view = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let state = core.open(&OpenMonitorRuns { schedule: MONITOR.into(), days: 2 })?;
        let runs =
            core.rows(state.set, |rows| if let Rows::MonitorRuns(rows) = rows { Some(rows) } else { None })?.len();
        let detail = core.ask(&DescribeMonitor { schedule: MONITOR.into() })?;

        let (path, bytes) = exported(core, Subject::Drift(drift(2)), FileFormat::Html, folder.path())?;
        assert!(path.contains(&format!("/{MONITOR}-2-days-20")), "{path}");
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        let endpoint = detail.row.endpoint.context("an endpoint")?;
        for said in ["competitor_rate", "drifted", "drift from the baseline", "<svg xmlns", "Runs", endpoint.as_str()] {
            assert!(html.contains(said), "{said} is missing");
        }

        let (_, bytes) = exported(core, Subject::Drift(drift(2)), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        for row in &view.features {
            let cells = of(&table, "feature", &row.name)?;
            assert!(same(&cells[3], row.distance) && same(&cells[5], row.threshold), "{row:?}: {cells:?}");
        }
        let listed = table.iter().filter(|row| row[0] == "run").count();
        assert!(listed > 40 && listed.abs_diff(runs) <= 1, "{listed} of {runs} runs");
        let map = view.map.context("a map")?;
        assert!(table.iter().filter(|row| row[0] == map.caption).count() > view.features.len());
        if let Some(matters) = &view.matters {
            assert!(table.iter().any(|row| row[0] == matters.caption), "each chart of the page is there");
        }
        let pictures = html.matches("<figure class=\"chart\">").count();
        assert_eq!(pictures, 1 + usize::from(view.matters.is_some()));

        let (_, bytes) = exported(core, Subject::Drift(drift(2)), FileFormat::Png, folder.path())?;
        let (width, height) = size_of(&bytes)?;
        assert!(f64::from(width) > 2.0 * map.width && f64::from(height) > 2.0 * map.height, "{width} x {height}");
        let wrong = Subject::Drift(ReadDrift { schedule: "nobody".into(), ..drift(2) });
        let path = Some(folder.path().display().to_string());
        let fault = core.fault(&ExportReport { subject: wrong, format: FileFormat::Html, path })?;
        assert_eq!(fault.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_monitor_of_quality_is_exported_with_its_metrics() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let schedule = "guest-churn-emea-live-quality";
        let told = core.ask(&ReadMonitorMetrics { schedule: schedule.into(), days: 30 })?;
        let asked = || Subject::Drift(ReadDrift { schedule: schedule.into(), ..drift(30) });
        let (_, bytes) = exported(core, asked(), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        for row in &told.metrics {
            let cells = of(&table, "metric", &row.id)?;
            assert!(same(&cells[3], row.value) && same(&cells[5], row.limit), "{row:?}: {cells:?}");
        }
        let (_, bytes) = exported(core, asked(), FileFormat::Html, folder.path())?;
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        assert!(html.contains("violate their limits") && html.contains("<svg xmlns"), "{html}");
        let (_, bytes) = exported(core, asked(), FileFormat::Png, folder.path())?;
        assert!(size_of(&bytes)?.1 > 1_000);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_feature_and_any_chart_are_saved() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let asked = ReadFeature {
            schedule: MONITOR.into(),
            feature: "competitor_rate".into(),
            run: None,
            days: 7,
            offset_minutes: 60,
            width: 600,
        };
        let told = core.ask(&asked)?;
        let (path, bytes) = exported(core, Subject::Feature(asked.clone()), FileFormat::Csv, folder.path())?;
        assert!(path.contains(&format!("/{MONITOR}-competitor_rate-20")), "{path}");
        let table = rows(&String::from_utf8(bytes)?);
        for row in &told.statistics {
            assert!(same(&of(&table, "statistic", &row.name)?[3], row.value), "{row:?}");
        }
        let (_, bytes) = exported(core, Subject::Feature(asked), FileFormat::Html, folder.path())?;
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        assert_eq!(html.matches("<figure class=\"chart\">").count(), told.charts.len());

        let chart = told.charts.first().context("a chart")?.clone();
        assert!(
            chart.key.iter().any(|entry| entry.name == "May be off by"),
            "both sides are sketches: {:?}",
            chart.key
        );
        let save = |chart, path: &Path| SaveChart { chart: Box::new(chart), path: Some(path.display().to_string()) };
        let saved = core.ask(&save(chart.clone(), folder.path()))?;
        let (width, _) = size_of(&fs::read(saved.path.context("it was written")?)?)?;
        assert!(f64::from(width) >= 2.0 * chart.width, "{width}");
        // The window may send anything.
        let mut foreign = chart;
        foreign.svg = "<svg ><image href=\"file:///etc/passwd\"/></svg>".into();
        let fault = core.fault(&save(foreign, folder.path()))?;
        assert!(fault.detail.contains("what no chart holds"), "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_threshold_that_was_tried_is_saved_as_a_patch_or_as_the_whole_file() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let trial = TryThreshold { schedule: MONITOR.into(), feature: None, threshold: 0.27 };
        let told = core.ask(&trial)?;
        assert!(told.difference.first().is_some_and(|line| line.starts_with("--- a/")), "{told:?}");
        assert!(told.difference.iter().any(|line| line.starts_with("@@ -")), "{told:?}");
        let path = Some(folder.path().display().to_string());
        let save = |is_whole| SaveConstraints { trial: trial.clone(), is_whole, path: path.clone() };
        let patch = core.ask(&save(false))?.path.context("it was written")?;
        assert!(
            patch.contains(&format!("/{MONITOR}-constraints-20")) && patch.strip_suffix(".patch").is_some(),
            "{patch}"
        );
        let patch = fs::read_to_string(patch)?;
        assert!(patch.starts_with("--- a/constraints.json\n+++ b/constraints.json\n@@ -"), "{patch}");
        let whole = core.ask(&save(true))?.path.context("it was written")?;
        let whole: serde_json::Value = serde_json::from_slice(&fs::read(whole)?)?;
        let limits = &whole["monitoring_config"]["distribution_constraints"];
        assert_eq!(limits["comparison_threshold"].as_f64(), Some(0.27), "{limits}");
        assert!(whole["features"].as_array().is_some_and(|features| !features.is_empty()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_endpoint_is_exported_with_what_serves_and_what_watches_it() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let endpoint = "payment-fraud-uk-live";
        let asked = ReadEndpointHealth { endpoint: endpoint.into(), hours: 24, offset_minutes: 0, width: 900 };
        let told = core.ask(&asked)?;
        let subject = || Subject::Endpoint(asked.clone());
        let (path, bytes) = exported(core, subject(), FileFormat::Html, folder.path())?;
        assert!(path.contains(&format!("/{endpoint}-24-hours-20")), "{path}");
        let html = String::from_utf8(bytes)?;
        self_contained(&html);
        assert_eq!(html.matches("<figure class=\"chart\">").count(), told.charts.len());
        let (_, bytes) = exported(core, subject(), FileFormat::Csv, folder.path())?;
        let table = rows(&String::from_utf8(bytes)?);
        for row in told.schedules.context("schedules")? {
            assert_eq!(of(&table, "schedule", &row.schedule)?[6], row.status);
            assert!(html.contains(&row.schedule), "{row:?}");
        }
        assert_eq!(of(&table, "rollback alarm", "payments-in-trouble")?[6], "ALARM");
        for variant in &told.endpoint.variants {
            let package = variant.package.as_deref().context("a version")?;
            assert_eq!(of(&table, "variant", &variant.name)?[11], package);
        }
        let (_, bytes) = exported(core, subject(), FileFormat::Png, folder.path())?;
        assert!(size_of(&bytes)?.0 > 900);
        Ok(())
    })
}
