//! What stands in documents and sheets.

use super::{
    csv, page, read,
    samples::{alone, at, both, chart, compared, each},
    written,
};
use crate::exports::{Body, Export, Told, drift, metrics, sheet::Sheet};
use charts::{Frame, importances};
use contract::{
    drift::{LimitSide, MetricSource, MonitorMetricRow, MonitorMetrics},
    exports::FileFormat,
    models::facts::MonitorKind,
};

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
