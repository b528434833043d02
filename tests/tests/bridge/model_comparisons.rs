//! A group, a version and what it is compared with: numbers, parameters, classes and curves.

use super::models::newest;
use anyhow::{Context as _, Result, bail};
use contract::{
    Code,
    models::{
        Basis, ModelTarget,
        requests::{CompareModels, DescribeGroup, DescribeModel, ReadTrend},
    },
    palette::{ResolveTarget, TargetPlace},
};
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_a_version_and_a_comparison_say_what_they_stand_on() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let group = core.ask(&DescribeGroup { group: "food-waste-emea".into() })?;
        assert_eq!(group.strip.cells.len(), usize::try_from(group.row.versions)?);
        assert!(group.strip.metric.is_some() && !group.metrics.is_empty());
        let trend = core.ask(&ReadTrend { group: "food-waste-emea".into(), metric: None, offset_minutes: 0 })?;
        assert!(trend.trend.points.iter().all(|point| point.measured.is_some()), "{:?}", trend.trend);
        assert!(trend.chart.is_some());
        let arn = group.row.latest.context("a version")?.arn;
        let reply = core.ask(&DescribeModel { arn: arn.clone() })?;
        assert!(!reply.detail.evidence.is_empty() && reply.detail.lineage.is_some(), "{:?}", reply.detail.notices);
        let against = reply.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left: against, right: arn })?;
        assert!(matches!(told.comparison.basis, Basis::Different(_)), "{:?}", told.comparison.basis);
        assert!(told.comparison.words.contains("not comparable"), "{}", told.comparison.words);
        let short = core.ask(&DescribeModel { arn: "version:food-waste-emea/1".into() })?;
        assert_eq!(short.detail.mark.version, 1);
        assert_eq!(core.fault(&DescribeModel { arn: "no version".into() })?.code, Code::BadInput);
        let pasted = core.ask(&ResolveTarget { text: short.detail.mark.arn })?;
        let target = ModelTarget::Version { group: "food-waste-emea".into(), version: 1 };
        assert_eq!(pasted.targets.first().map(|one| &one.place), Some(&TargetPlace::Model(target)));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn classes_and_partial_dependence_of_two_versions_are_told() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let [left, right] = ["version:loyalty-tier-emea/1", "version:loyalty-tier-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?;
        let [Some(before), Some(after)] = &told.comparison.confusions else {
            bail!("{:?}", told.comparison.confusions)
        };
        assert_eq!(before.classes, ["bronze", "gold", "silver"]);
        assert_eq!(before.classes, after.classes);
        let silver: Vec<&str> = told
            .comparison
            .classes
            .iter()
            .filter(|class| class.class == "silver" && class.row.left.is_some() && class.row.right.is_some())
            .map(|class| class.row.name.as_str())
            .collect();
        for name in ["precision", "recall", "f1"] {
            assert!(silver.contains(&name), "{name}: {silver:?}");
        }
        let [drawn] = told.dependence.as_slice() else { bail!("{:?}", told.dependence) };
        assert!(drawn.caption.starts_with("Partial dependence on "), "{}", drawn.caption);
        let names: Vec<&str> = drawn.key.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["version 1", "version 2"]);
        // A regression has neither classes nor a matrix.
        let [left, right] = ["version:demand-forecast-emea/1", "version:demand-forecast-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert_eq!(told.confusions, [None, None]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn parameters_of_two_trainings_are_compared() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let [left, right] = ["version:demand-forecast-emea/1", "version:demand-forecast-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert_eq!(estate.calls("DescribeTrainingJob", mark)?.len(), 2);
        assert!(told.has_parameters, "{:?}", told.notices);
        let parameters: Vec<_> = told.differences.iter().filter(|one| one.what == "Parameter").collect();
        let [rounds] = parameters.as_slice() else { bail!("{parameters:?}") };
        let sides = (rounds.place.as_str(), rounds.then.as_deref(), rounds.now.as_deref());
        assert_eq!(sides, ("num_round", Some("320"), Some("340")), "what is the same is no difference");
        // Nothing names the training of this one: its parameters are not said to be the same.
        let right = newest(core, "staffing-need-dach")?;
        let left = "version:staffing-need-dach/1".to_owned();
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert!(!told.has_parameters && told.differences.iter().all(|one| one.what != "Parameter"));
        let said = told.notices.iter().any(|notice| notice.text.starts_with("Training parameters of version"));
        assert!(said, "{:?}", told.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_without_another_one_shows_its_own_numbers() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let first = core.ask(&DescribeModel { arn: "version:loyalty-tier-apac/1".into() })?;
        assert_eq!(first.against, None, "nothing is approved, and nothing was before it");
        let told = first.numbers.context("its own numbers")?;
        let numbers = &told.numbers;
        assert_eq!(numbers.mark.version, 1);
        assert!(!numbers.metrics.is_empty() && !numbers.facets.is_empty() && !numbers.ranks.is_empty(), "{numbers:?}");
        assert!(numbers.metrics.iter().all(|row| row.left.is_none() && row.right.is_some()), "{numbers:?}");
        assert!(told.charts.iter().any(|chart| chart.caption == "What explains the predictions"));
        let newest = core.ask(&DescribeModel { arn: newest(core, "loyalty-tier-apac")? })?;
        let before = newest.against.context("the version before")?;
        assert!(newest.numbers.is_none() && before.ends_with("/2"), "{before}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn curves_of_two_versions_lie_over_each_other() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let right = newest(core, "booking-cancellation-emea")?;
        let left = core.ask(&DescribeModel { arn: right.clone() })?.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left, right })?;
        assert!(matches!(told.comparison.basis, Basis::Same(_)), "{:?}", told.comparison.basis);
        for (caption, across, up) in
            [("ROC", "False positive rate", "True positive rate"), ("Precision against recall", "Recall", "Precision")]
        {
            let chart = told.charts.iter().find(|chart| chart.caption == caption).context(caption)?;
            assert_eq!((chart.x.label.as_str(), chart.y.label.as_str()), (across, up));
            let points: Vec<usize> = chart.series.iter().map(|series| series.points.len()).take(2).collect();
            assert!(points.len() == 2 && points.iter().all(|points| *points >= 5), "{caption}: {points:?}");
            let key: Vec<&str> = chart.key.iter().map(|entry| entry.name.as_str()).collect();
            assert!(key.contains(&"Guessing"), "{caption}: {key:?}");
        }
        // A regression has none: nothing is drawn in their place.
        let right = newest(core, "food-waste-emea")?;
        let left = core.ask(&DescribeModel { arn: right.clone() })?.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left, right })?;
        assert!(told.charts.iter().all(|chart| !chart.caption.starts_with("ROC")));
        Ok(())
    })
}
