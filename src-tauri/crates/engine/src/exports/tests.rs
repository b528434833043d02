//! Documents, sheets and pictures of what strangers wrote, and files that are whole or not there.

use super::{Body, Export, Stamp, Told, document, drift, exact, figure, file_name, metrics, sheet::Sheet, write_whole};
use charts::{Curve, CurveKind, Dependence, Frame, curves, dependence, importances};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{
        EndpointHealth, FeatureDetail, FeatureRow, FollowedFeature, FollowedReport, FollowedView, LimitSide,
        MetricSource, MonitorMetricRow, MonitorMetrics, MonitorRow, Origin, StatisticRow, TestSide,
    },
    executions::Difference,
    exports::FileFormat,
    models::{
        Basis, Better, ClassRow, ColumnChange, ColumnRow, ConfusionMatrix, ContainerRow, FacetRow, HealthState, Judged,
        Measured, MetricRow, PinState, RankRow, VersionComparison, VersionDetail, VersionMark, VersionNumbers,
        facts::{AlarmFact, Approval, EndpointFact, MonitorKind, VariantFact},
        requests::{ModelComparison, ModelNumbers, ModelReply},
    },
};

fn at() -> Timestamp {
    "2026-11-22T08:30:00Z".parse().unwrap()
}

fn stamp() -> Stamp {
    Stamp {
        profile: "practice".into(),
        region: "eu-west-1".into(),
        account: Some("123456789012".into()),
        by: Some("arn:aws:iam::123456789012:user/watch".into()),
        at: at(),
    }
}

fn mark(version: u32) -> VersionMark {
    VersionMark {
        arn: format!("arn:aws:sagemaker:eu-west-1:123456789012:model-package/cancellation/{version}"),
        version,
        approval: Approval::Pending,
        created: Some(at()),
    }
}

fn chart(text: &str) -> Chart {
    let frame = Frame { width: 480, height: 240, offset_minutes: 0, caption: text.into() };
    let curve = |name: &str| Curve { name: name.into(), points: vec![(0.0, 0.0), (0.3, 0.8), (1.0, 1.0)], area: None };
    curves(&frame, CurveKind::Roc, &[curve(text), curve("other")]).unwrap()
}

/// What two versions predict as this feature changes.
fn depends(feature: &str) -> Chart {
    let frame =
        Frame { width: 480, height: 240, offset_minutes: 0, caption: format!("Partial dependence on {feature}") };
    let of = |version: u32, top: f64| Dependence {
        name: format!("version {version}"),
        points: vec![(1.0, 0.2), (2.5, top)],
    };
    dependence(&frame, feature, &[of(12, 0.5), of(14, 0.625)]).unwrap()
}

fn confusion(class: &str, hits: f64) -> ConfusionMatrix {
    ConfusionMatrix {
        classes: vec![class.into(), "other".into()],
        counts: vec![vec![Some(hits), Some(2.0)], vec![None, Some(5.0)]],
    }
}

fn metric(name: &str, words: &str) -> MetricRow {
    MetricRow {
        name: name.into(),
        better: Some(Better::Lower),
        left: Some(Measured { value: 0.1, deviation: Some(0.004) }),
        right: Some(Measured { value: 0.3, deviation: None }),
        difference: Some(0.3 - 0.1),
        tolerance: Some(0.008),
        floor: None,
        judged: Judged::Worse,
        words: words.into(),
    }
}

/// A comparison in which every text is this one.
fn compared(said: &str) -> ModelComparison {
    let text = || said.to_owned();
    let comparison = VersionComparison {
        left: mark(12),
        right: mark(14),
        words: text(),
        basis: Basis::Different(text()),
        metrics: vec![metric(said, said)],
        classes: vec![ClassRow { class: text(), row: metric(said, said) }],
        confusions: [None, Some(confusion(said, 8.0))],
        facets: vec![FacetRow {
            facet: text(),
            facet_value: text(),
            metric: text(),
            is_after: true,
            left: Some(0.25),
            right: None,
            judged: Judged::NotComparable,
            note: Some(text()),
        }],
        ranks: vec![RankRow {
            feature: text(),
            left: Some(3),
            right: Some(1),
            left_value: Some(0.2),
            right_value: Some(0.4),
        }],
        columns: vec![ColumnRow { name: text(), change: ColumnChange::Moved, left: Some(text()), right: None }],
        differences: vec![Difference {
            what: "Parameter".into(),
            place: text(),
            then: Some(text()),
            now: None,
            at: None,
        }],
        has_parameters: true,
        notices: vec![Notice::warning(text())],
    };
    ModelComparison { comparison, charts: vec![chart(said)], dependence: vec![depends(said)] }
}

/// A version without another one, in which every text is this one.
fn alone(said: &str) -> Told {
    let text = || said.to_owned();
    let VersionComparison { mut metrics, classes, facets, ranks, right, .. } = compared(said).comparison;
    for row in &mut metrics {
        row.left = None;
    }
    let container = ContainerRow {
        image: text(),
        image_digest: Some(text()),
        image_state: PinState::NotPinned,
        model_data: Some(text()),
        model_data_state: PinState::NotPinned,
        size: None,
        framework: None,
        environment: vec![(text(), text())],
    };
    let detail = VersionDetail {
        mark: right.clone(),
        group: text(),
        description: Some(text()),
        status: text(),
        lifecycle: None,
        comment: None,
        created_by: Some(text()),
        modified: None,
        modified_by: None,
        origin: Vec::new(),
        containers: vec![container],
        checks: Vec::new(),
        evidence: Vec::new(),
        card: None,
        deployed: Vec::new(),
        history: Vec::new(),
        lineage: None,
        metadata: Vec::new(),
        tags: Vec::new(),
        notices: vec![Notice::warning(text())],
        as_of: at(),
    };
    let confusion = Some(confusion(said, 8.0));
    let notices = vec![Notice::info(text())];
    let numbers = VersionNumbers { mark: right, metrics, classes, confusion, facets, ranks, notices };
    let own = ModelNumbers { numbers, charts: vec![chart(said)], dependence: vec![depends(said)] };
    Told::Version(Box::new((ModelReply { detail, against: None, numbers: None, notices: Vec::new() }, own)))
}

fn feature(said: &str) -> FeatureDetail {
    let text = || said.to_owned();
    FeatureDetail {
        row: FeatureRow {
            name: text(),
            kind: "Fractional".into(),
            distance: Some(0.31),
            error: Some(0.003),
            threshold: Some(0.1),
            told: Some(0.3),
            method: "L∞ robust".into(),
            drifted: Some(true),
            drifted_runs: 4,
            natural: None,
            importance: Some(0.2),
            note: Some(text()),
        },
        read: 168,
        run: at(),
        charts: vec![chart(said)],
        statistics: vec![StatisticRow {
            name: "Population stability index".into(),
            value: Some(0.123_456_789_012),
            error: None,
            threshold: None,
            rule: None,
            drifted: None,
            note: Some(text()),
        }],
        notices: vec![Notice::info(text())],
    }
}

fn both(said: &str) -> [Told; 2] {
    let feature = Told::Feature { schedule: said.to_owned(), detail: Box::new(feature(said)) };
    [Told::Comparison(Box::new(compared(said))), feature]
}

/// Each kind of document.
fn each(said: &str) -> [Told; 5] {
    let [compared, feature] = both(said);
    let endpoint = Told::Endpoint { hours: 24, health: Box::new(endpoint(said)) };
    [compared, feature, endpoint, Told::Followed { days: 30, view: Box::new(followed(said)) }, alone(said)]
}

fn monitor(said: &str) -> MonitorRow {
    MonitorRow {
        schedule: said.into(),
        source: Origin::Evidently,
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some(said.into()),
        group: None,
        status: said.into(),
        last_run: Some(at()),
        last: None,
        violations: None,
        alert: None,
        health: HealthState::Measured,
        words: said.into(),
        as_of: at(),
    }
}

/// An endpoint with two alarms that it rolls back on, one of which nobody made.
fn endpoint(said: &str) -> EndpointHealth {
    let variant = VariantFact { name: said.into(), package: Some(said.into()), ..VariantFact::default() };
    let alarm = AlarmFact {
        name: said.into(),
        state: "ALARM".into(),
        reason: Some(said.into()),
        since: Some(at()),
        acts: true,
        ..AlarmFact::default()
    };
    EndpointHealth {
        endpoint: EndpointFact {
            name: said.into(),
            arn: said.into(),
            status: "InService".into(),
            reason: Some(said.into()),
            config: Some(said.into()),
            config_created: None,
            created: None,
            modified: None,
            variants: vec![variant],
            capture: None,
            rollback_alarms: vec![said.into(), "nobody made it".into()],
            is_async: false,
            pending_config: None,
        },
        schedules: Some(vec![monitor(said)]),
        rollback: Some(vec![alarm]),
        charts: vec![chart(said)],
        unpublished: vec!["Invocations".into()],
        notices: vec![Notice::info(said)],
    }
}

fn followed(said: &str) -> FollowedView {
    let text = || said.to_owned();
    let judged = TestSide {
        method: text(),
        value: Some(0.123_456_789_012),
        threshold: Some(0.1),
        rule: Some(text()),
        drifted: Some(true),
    };
    let report = |trouble| FollowedReport { at: at(), place: text(), drifted: Some((1, 4)), trouble };
    FollowedView {
        row: monitor(said),
        source: text(),
        dataset: Some(text()),
        map: Some(chart(said)),
        features: vec![FollowedFeature { name: text(), test: judged, drifted_reports: 1, reason: text() }],
        over_time: None,
        reports: vec![report(None), report(Some(text()))],
        schedules: Vec::new(),
        notices: vec![Notice::warning(said)],
    }
}

/// The text of a file.
fn written(export: Export, format: FileFormat) -> String {
    String::from_utf8(export.document(format, &stamp()).unwrap().bytes).unwrap()
}

fn page(told: &Told) -> String {
    written(told.export(FileFormat::Html, &stamp()), FileFormat::Html)
}

fn csv(told: &Told) -> String {
    written(told.export(FileFormat::Csv, &stamp()), FileFormat::Csv)
}

const EVIL: [&str; 6] = [
    "</td></tr></table><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "--></style><svg onload=alert(1)>",
    "]]>&lt;b&gt;",
    "=HYPERLINK(\"http://evil.example\";\"a\")",
    "a,b\r\n\"c\"",
];

/// The tags of a document, but for those of its pictures, whose texts may be cut.
fn tags(document: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some((before, after)) = rest.split_once("<svg xmlns") {
        found.extend(before.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default().to_owned()));
        rest = after.split_once("</svg>").unwrap().1;
    }
    found.extend(rest.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default().to_owned()));
    found
}

#[test]
fn no_text_gets_out_of_its_place_in_a_document() {
    for evil in EVIL {
        for (told, plain) in each(evil).iter().zip(&each("plain")) {
            let (document, plain) = (page(told), page(plain));
            assert_eq!(tags(&document), tags(&plain), "{evil}");
            for word in ["<script", "<img", "<svg onload", "<b>", " href=", "url(", "@import"] {
                assert!(!document.contains(word), "{word} of {evil}");
            }
            assert!(document.contains("default-src 'none'") && document.contains("class=\"chart-"), "{document}");
        }
    }
}

/// Fields of RFC 4180, row by row.
fn read(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = csv.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
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
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line ends");
    rows
}

#[test]
fn a_sheet_reads_back_and_holds_no_formula() {
    for evil in EVIL.into_iter().chain(["+cmd|' /C calc'!A0", "-2+3", "@SUM(1)"]) {
        for told in &each(evil) {
            let rows = read(&csv(told));
            let width = rows[0].len();
            assert!(rows.len() > 8 && rows.iter().all(|row| row.len() == width), "{evil}");
            for cell in rows.iter().flatten().filter(|cell| cell.starts_with(['=', '+', '-', '@'])) {
                assert!(cell.parse::<f64>().is_ok(), "{cell}");
            }
        }
    }
}

#[test]
fn a_sheet_has_every_digit() {
    let [compared, feature] = both("rmse").map(|told| read(&csv(&told)));
    let metric = compared.iter().find(|row| row[0] == "metric").unwrap();
    let difference = (0.3_f64 - 0.1).to_string();
    assert_eq!(metric[1..6], ["rmse", "0.1", "0.3", difference.as_str(), "worse"].map(String::from));
    assert!(compared.iter().any(|row| row[1] == "test set" && row[5] == "not comparable"));
    assert!(compared.iter().any(|row| row[0] == "place" && row[5] == "2 up"));
    let psi = feature.iter().find(|row| row[0] == "statistic").unwrap();
    assert_eq!((psi[3].as_str(), psi[6].as_str()), ("0.123456789012", "no rule"));
}

#[test]
fn a_picture_of_bars_has_no_points() {
    let frame = Frame { width: 480, height: 240, offset_minutes: 0, caption: "Importance".into() };
    let bars = importances(&frame, "version 14", &[("price".to_owned(), 0.4)]).unwrap();
    let mut sheet = Sheet::new(&["section", "name", "at", "value"]);
    sheet.points(&bars);
    assert_eq!(read(&sheet.csv()).len(), 1, "its places are no values of a curve: {}", sheet.csv());
    sheet.points(&chart("ROC"));
    assert_eq!(read(&sheet.csv()).len(), 7);
}

#[test]
fn classes_and_dependence_go_along() {
    let [told, _] = both("price");
    for told in [told, alone("price")] {
        let document = page(&told);
        for said in [
            "<h2>Confusion</h2>",
            "<strong>80.0 % (8)</strong>",
            "<td>20.0 % (2)</td>",
            "<h2>By class</h2>",
            "Partial dependence on price",
            "version 14 predicts between 0.2 and 0.625",
        ] {
            assert!(document.contains(said), "{said} is missing in {document}");
        }
        assert_eq!(document.matches("<figure class=\"chart\">").count(), 2);
        let rows = read(&csv(&told));
        let cells = |section: &str, name: &str| -> Vec<[String; 4]> {
            let found = rows.iter().filter(|row| row[0] == section && row[1] == name);
            found.map(|row| [row[2].clone(), row[3].clone(), row[11].clone(), row[12].clone()]).collect()
        };
        assert_eq!(cells("confusion", "price predicted as other"), [["", "2", "", ""].map(String::from)]);
        assert_eq!(cells("confusion", "other predicted as price"), [["", "", "", ""].map(String::from)]);
        let points = cells("Partial dependence on price", "version 14");
        assert_eq!(points, [["", "", "1", "0.2"], ["", "", "2.5", "0.625"]].map(|row| row.map(String::from)));
        // The curve that the picture draws, point by point.
        let curve = [["", "", "0", "0"], ["", "", "0.3", "0.8"], ["", "", "1", "1"]];
        assert_eq!(cells("price", "other"), curve.map(|row| row.map(String::from)));
    }
    let rows = read(&csv(&alone("price")));
    let metric = rows.iter().find(|row| row[0] == "metric").unwrap();
    assert_eq!(metric[1..4], ["price", "", "0.3"].map(String::from));
}

#[test]
fn an_endpoint_and_what_other_tools_tell_have_their_own_rows() {
    let [_, _, endpoint, followed, _] = each("churn-live");
    let table = read(&csv(&endpoint));
    let of = |table: &[Vec<String>], section: &str| -> Vec<[String; 3]> {
        let rows = table.iter().filter(|row| row[0] == section);
        rows.map(|row| [row[1].clone(), row[6].clone(), row[11].clone()]).collect()
    };
    assert_eq!(
        of(&table, "rollback alarm"),
        [["churn-live", "ALARM", "2026-11-22T08:30:00Z"], ["nobody made it", "there is no such alarm", ""]]
    );
    assert_eq!(of(&table, "schedule"), [["churn-live", "churn-live", "churn-live"]]);
    assert_eq!(of(&table, "metric"), [["Invocations", "not published", ""]]);
    let document = page(&endpoint);
    for said in
        ["Endpoint churn-live, 24 hours", "<strong>ALARM</strong>", "A deployment rolls back on", "Not published"]
    {
        assert!(document.contains(said), "{said} is missing");
    }
    let table = read(&csv(&followed));
    let feature = table.iter().find(|row| row[0] == "feature").unwrap();
    assert_eq!(feature[3..7], ["0.123456789012", "", "0.1", "drifted"].map(String::from));
    assert_eq!(
        of(&table, "report"),
        [
            ["2026-11-22T08:30:00Z", "1 of 4 features drifted", "churn-live"],
            ["2026-11-22T08:30:00Z", "churn-live", "churn-live"]
        ]
    );
    let document = page(&followed);
    for said in ["Drift of churn-live by Evidently, 30 days", "1 of 1 reports", "1 of 2", "Tests of the newest report"]
    {
        assert!(document.contains(said), "{said} is missing");
    }
}

#[test]
fn a_document_says_what_was_compared_by_whom_and_when() {
    let [told, _] = both("rmse");
    let document = page(&told);
    for said in [
        "cancellation: version 14 against version 12",
        "Not comparable: rmse.",
        "<strong>worse</strong>",
        "lower is better",
        "0.1 ± 0.004",
        "22 Nov 2026 08:30:00 UTC",
        "123456789012",
        "user/watch",
        "eu-west-1",
        "another place",
        "Bias by facet",
        "Parameters, environment and artefact",
        "prefers-color-scheme: dark",
    ] {
        assert!(document.contains(said), "{said} is missing");
    }
    let mut unread = compared("rmse");
    unread.comparison.has_parameters = false;
    let document = page(&Told::Comparison(Box::new(unread)));
    assert!(document.contains("Environment and artefact") && !document.contains("Parameters, environment"));
}

#[test]
fn secrets_stay_behind() {
    let mut told = compared("plain");
    told.comparison.differences = vec![Difference {
        what: "Environment".into(),
        place: "DB_PASSWORD".into(),
        then: Some("hunter2-and-more".into()),
        now: Some("hunter2-and-others".into()),
        at: None,
    }];
    told.comparison.metrics[0].words = "connect --password hunter2-and-more".into();
    let told = Told::Comparison(Box::new(told));
    let (csv, document) = (csv(&told), page(&told));
    assert!(document.contains("DB_PASSWORD") && csv.contains("DB_PASSWORD"));
    assert!(!document.contains("hunter2") && !csv.contains("hunter2"), "{csv}");
}

#[tokio::test]
async fn each_format_has_its_name_and_its_bytes() {
    let of = |told: ModelComparison, format| document(Told::Comparison(Box::new(told)), format, stamp());
    let made = |format| of(compared("plain"), format);
    let (page, table, picture) = (made(FileFormat::Html), made(FileFormat::Csv), made(FileFormat::Png));
    let (page, table, picture) = (page.await.unwrap(), table.await.unwrap(), picture.await.unwrap());
    assert_eq!(page.name, "cancellation-v14-against-v12-2026-11-22.html");
    assert_eq!(table.name, "cancellation-v14-against-v12-2026-11-22.csv");
    assert_eq!(picture.name, "cancellation-v14-against-v12-2026-11-22.png");
    assert!(page.bytes.starts_with(b"<!doctype html>") && table.bytes.starts_with(b"section,name,left,right,"));
    assert!(picture.bytes.starts_with(b"\x89PNG\r\n") && picture.bytes.len() > 5_000, "{}", picture.bytes.len());
    let mut bare = compared("plain");
    (bare.charts, bare.dependence) = (Vec::new(), Vec::new());
    let none = of(bare, FileFormat::Png).await;
    assert!(none.unwrap_err().to_string().contains("no chart"));
}

#[test]
fn names_are_safe_wherever_they_are_stored() {
    assert_eq!(file_name("Values of a/b", None, "png"), "Values-of-a-b.png");
    assert_eq!(file_name("../../x", Some("2026-11-22"), "csv"), "..-..-x-2026-11-22.csv");
    assert_eq!((figure(None), figure(Some(0.5)), exact(Some(f64::NAN))), ("–".into(), "0.5".into(), String::new()));
}

#[tokio::test]
async fn a_file_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    write_whole(&path, b"first").await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    // Somebody else's file, which came to be after the place was looked for.
    let taken = write_whole(&path, b"another").await.unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    let long = folder.path().join("x".repeat(300));
    write_whole(&long, b"second").await.unwrap_err();
    write_whole(&folder.path().join("nowhere/a.csv"), b"third").await.unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no half of a file is left");
}

#[test]
fn a_monitor_of_metrics_has_its_numbers_in_each_format() {
    let row = |id: &str, value, violated| MonitorMetricRow {
        id: id.into(),
        metric: id.into(),
        title: id.into(),
        of: None,
        value,
        at: at(),
        deviation: Some(0.01),
        limit: Some(0.8),
        side: Some(LimitSide::Below),
        neutral: None,
        violated,
        violations: Some(3),
        values: 90,
        judged: 90,
        note: None,
    };
    let told = MonitorMetrics {
        schedule: "churn-quality".into(),
        kind: MonitorKind::ModelQuality,
        source: MetricSource::CloudWatch,
        metrics: vec![
            row("f1", Some(0.700_000_000_1), Some(true)),
            MonitorMetricRow { limit: None, side: None, violations: None, ..row("auc", None, None) },
            MonitorMetricRow { judged: 88, violations: Some(4), ..row("recall", Some(0.9), None) },
        ],
        unpublished: vec![("recall".into(), Some("no ground truth".into()))],
        notices: Vec::new(),
    };
    let export = |body| Export { name: "churn".into(), title: "churn".into(), charts: Vec::new(), body };
    let document = written(export(Body::Page(vec![metrics::part(&told)])), FileFormat::Html);
    for said in [
        "0.7 ± 0.01",
        "below 0.8",
        "<strong>violated</strong>",
        "3 of 90 times",
        "4 of 88 times, 2 not known",
        "no limit",
        "not published",
    ] {
        assert!(document.contains(said), "{said} is missing in {document}");
    }
    let mut sheet = Sheet::new(&drift::HEAD);
    metrics::of_rows(&mut sheet, &told);
    let rows = read(&written(export(Body::Table(sheet)), FileFormat::Csv));
    let cells = ["metric", "f1", "below", "0.7000000001", "0.01", "0.8", "violated"].map(String::from);
    assert_eq!(rows[1][..7], cells);
    assert_eq!((rows[2][3].as_str(), rows[2][6].as_str()), ("", "no limit"));
    assert_eq!((rows[4][6].as_str(), rows[4][11].as_str()), ("not published", "no ground truth"));
}
