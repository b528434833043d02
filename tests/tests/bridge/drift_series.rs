//! Metrics of monitors over time: from CloudWatch or from reports, with limits, verdicts and what happened meanwhile.

use anyhow::{Context as _, Result};
use contract::{
    Code, Notice, Timestamp,
    drift::{
        LimitSide, MetricSource, MonitorMetric, MonitorMetricRow, MonitorMetrics, ReadMonitorMetric, ReadMonitorMetrics,
    },
    models::facts::MonitorKind,
};
use serde_json::json;
use tests::{
    bridge::{Core, Touch, on_computer, on_estate},
    computer::Computer,
};

fn metrics(core: &Core, schedule: &str, days: u32) -> Result<MonitorMetrics> {
    core.ask(&ReadMonitorMetrics { schedule: schedule.into(), days })
}

fn row(told: &MonitorMetrics, id: &str) -> Result<MonitorMetricRow> {
    told.metrics.iter().find(|row| row.id == id).cloned().with_context(|| {
        format!("no metric {id} among {:?}", told.metrics.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())
    })
}

fn drawn(core: &Core, schedule: &str, metric: &str, days: u32) -> Result<MonitorMetric> {
    core.ask(&ReadMonitorMetric {
        schedule: schedule.into(),
        metric: metric.into(),
        days,
        offset_minutes: 0,
        width: 900,
    })
}

fn texts(notices: &[Notice]) -> String {
    notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn quality_falls_below_its_limit_on_the_side_that_the_operator_says() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let schedule = "guest-churn-emea-live-quality";
        let mark = estate.mark()?;
        let told = metrics(core, schedule, 30)?;
        assert_eq!((told.kind, told.source), (MonitorKind::ModelQuality, MetricSource::CloudWatch));
        assert!(estate.calls("GetMetricData", mark)?.len() <= 2, "all metrics are asked for together");
        let f1 = row(&told, "f1")?;
        assert_eq!((f1.side, f1.violated), (Some(LimitSide::Below), Some(true)), "{f1:?}");
        assert!((29..=31).contains(&f1.values) && f1.violations >= Some(4), "{f1:?}");
        assert!(f1.value < f1.limit && f1.deviation.is_some(), "{f1:?}");
        let falls = row(&told, "false_positive_rate")?;
        assert_eq!((falls.side, falls.violated), (Some(LimitSide::Above), Some(true)), "{falls:?}");
        let constant = row(&told, "f1 of the best constant classifier")?;
        assert_eq!((constant.limit, constant.violated), (None, None), "nothing limits it");
        assert_eq!(told.metrics.first().and_then(|row| row.violated), Some(true), "what is violated stands first");

        let picture = drawn(core, schedule, "f1", 30)?;
        let chart = picture.chart.context("a chart")?;
        assert!(chart.svg.contains("Violation below") && chart.svg.contains("Alarm guest-churn-emea-f1"));
        assert!(chart.table.rows.iter().flatten().any(|cell| cell.contains("alarm")), "{:?}", chart.table);
        assert!(picture.events.iter().any(|event| event.words.ends_with("-alert raised")), "{:?}", picture.events);
        let raised: Vec<_> =
            picture.events.iter().filter(|event| event.words == "alarm guest-churn-emea-f1 raised").collect();
        let [raised] = raised.as_slice() else { panic!("{:?}", picture.events) };
        let age = Timestamp::now().duration_since(raised.at).as_hours();
        assert!((48..144).contains(&age), "two days after F1 fell, {age} hours ago");
        let unknown = core.fault(&ReadMonitorMetric {
            schedule: schedule.into(),
            metric: "nobody".into(),
            days: 30,
            offset_minutes: 0,
            width: 900,
        })?;
        assert_eq!(unknown.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn of_bias_the_run_decides_and_what_cannot_be_computed_is_named() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let told = metrics(core, "payment-fraud-emea-live-bias", 30)?;
        assert_eq!((told.kind, told.source), (MonitorKind::Bias, MetricSource::CloudWatch));
        let tilted = row(&told, "AD of card_country foreign")?;
        assert_eq!(
            (tilted.side, tilted.neutral, tilted.violated),
            (Some(LimitSide::Apart), Some(0.0), Some(true)),
            "{tilted:?}"
        );
        assert_eq!(tilted.judged, tilted.values, "each run said it of its own time: {tilted:?}");
        assert!((18..=21).contains(&tilted.violations.unwrap_or_default()), "it turned 20 days ago: {tilted:?}");
        let other = row(&told, "DI of card_country domestic")?;
        assert_eq!((other.violated, other.neutral), (Some(false), Some(1.0)), "{other:?}");
        assert_eq!((other.violations, other.judged), (Some(0), other.values), "{other:?}");
        let silent = told.unpublished.iter().find(|(name, _)| name == "RD of card_country foreign");
        let (_, why) = silent.with_context(|| format!("{:?}", told.unpublished))?;
        assert!(why.as_deref().is_some_and(|why| why.contains("cannot be computed")), "{why:?}");
        assert!(row(&told, "RD of card_country foreign").is_err(), "it is no zero");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn attributions_have_a_score_of_their_order() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let turned = metrics(core, "dynamic-pricing-emea-live-attribution", 30)?;
        let score = row(&turned, "NDCG of label0")?;
        assert_eq!(
            (score.limit, score.side, score.violated),
            (Some(0.9), Some(LimitSide::Below), Some(true)),
            "{score:?}"
        );
        assert!(score.violations >= Some(8) && score.violations < Some(12), "it turned nine days ago: {score:?}");
        let feature = row(&turned, "occupancy_rate of label0")?;
        assert!(feature.limit.is_none() && feature.value > Some(0.0), "{feature:?}");
        let quiet = metrics(core, "demand-forecast-emea-live-attribution", 30)?;
        let score = row(&quiet, "NDCG of label0")?;
        assert_eq!((score.violated, score.violations), (Some(false), Some(0)), "{score:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn reports_are_read_where_cloudwatch_has_nothing() -> Result<()> {
    on_computer(Touch::Reads, Computer::on, |estate| {
        let core = Core::start()?;
        let schedule = "no-show-uk-live-quality";
        let told = metrics(&core, schedule, 14)?;
        assert_eq!(told.source, MetricSource::Reports);
        assert!(texts(&told.notices).contains("publish_cloudwatch_metrics"), "{:?}", told.notices);
        let f1 = row(&told, "f1")?;
        assert!((13..=15).contains(&f1.values) && f1.limit.is_some() && f1.violated.is_some(), "{f1:?}");
        let mark = estate.mark()?;
        metrics(&core, schedule, 14)?;
        let reads = estate.calls("GetObject", mark)?.len();
        assert!(reads < 5, "reports are read once, and {reads} files were");

        drop(core);
        let mark = estate.mark()?;
        let again = metrics(&Core::start()?, schedule, 14)?;
        let calls = estate.calls("GetObject", mark)?;
        let reports = calls.iter().filter(|seen| seen.text("key").starts_with("reports/"));
        let reports = reports.filter(|seen| seen.text("key").ends_with("/statistics.json")).count();
        assert_eq!((reports, again), (0, told), "what was read outlives the program");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn distances_are_published_too_and_a_refusal_is_said() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let schedule = "dynamic-pricing-emea-live-data";
        let told = metrics(core, schedule, 2)?;
        let rate = row(&told, "competitor_rate")?;
        assert_eq!((rate.side, rate.violated), (Some(LimitSide::Above), Some(true)), "{rate:?}");
        let values = row(&told, "average value of competitor_rate")?;
        let present = row(&told, "non-null values of competitor_rate")?;
        assert!(values.limit.is_none() && values.violated.is_none() && values.value.is_some(), "{values:?}");
        assert!(present.limit.is_none() && present.value > Some(1.0), "a count, and no average of one: {present:?}");
        // One that publishes as the developer guide spells it.
        let spelled = metrics(core, "no-show-emea-live-data", 7)?;
        let weather = row(&spelled, "weather_temp")?;
        assert!(weather.limit.is_some() && weather.values >= 5, "{weather:?}");
        assert!(row(&spelled, "non-null values of weather_temp").is_ok(), "{:?}", spelled.unpublished);
        // Its alarm spells the metric in the same way, and the one on quality as monitors publish it.
        let chart = drawn(core, "no-show-emea-live-data", "party_size", 7)?.chart.context("a chart")?;
        assert!(chart.svg.contains("Alarm no-show-emea-party-size"), "{}", chart.svg);
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListMonitoringAlertHistory" }), 10, denied)?;
        let told = metrics(core, schedule, 2)?;
        let said = texts(&told.notices);
        assert!(said.contains("the permission sagemaker:ListMonitoringAlertHistory is missing"), "{said}");
        assert!(!told.metrics.is_empty(), "the rest shows");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn without_the_history_of_alarms_the_last_change_is_marked() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let schedule = "guest-churn-emea-live-quality";
        let whole = metrics(core, schedule, 30)?;
        assert!(!texts(&whole.notices).contains("alarms"), "{:?}", whole.notices);
        let older = metrics(core, schedule, 90)?;
        assert!(texts(&older.notices).contains("the history of alarms for 30 days"), "{:?}", older.notices);
        let denied = json!({ "status": 400, "code": "AccessDenied" });
        estate.fault(json!({ "action": "DescribeAlarmHistory" }), 50, denied)?;
        let told = texts(&metrics(core, schedule, 30)?.notices);
        let said = "only the last change is marked: the permission cloudwatch:DescribeAlarmHistory is missing.";
        assert!(told.contains(said), "{told}");
        let picture = drawn(core, schedule, "f1", 30)?;
        let raised = picture.events.iter().find(|event| event.words == "alarm guest-churn-emea-f1 raised");
        let age = Timestamp::now().duration_since(raised.context("the last change")?.at).as_hours();
        assert!(age < 24, "as the alarm itself says: {age} hours ago");
        Ok(())
    })
}
