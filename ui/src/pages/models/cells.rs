//! Cells and words that more than one view of models shows.

use crate::{
    address, format,
    parts::{
        cells::dash,
        status::{Shape, Status},
    },
};
use contract::{
    Timestamp,
    models::{
        Better, DeployedAt, GateSummary, GateVerdict, Glance, GlanceState, Judged, Measured, ModelTarget,
        facts::Approval, metric_title,
    },
};
use leptos::prelude::*;

/// Digits behind the point until one is not 0; at most six.
fn leading(of: f64) -> usize {
    let (mut of, mut digits) = (of.abs(), 0);
    while of > 0.0 && of < 1.0 && digits < 6 {
        of *= 10.0;
        digits += 1;
    }
    digits
}

/// `0.118`, `18.20`, `1204.5`: three digits that say something, or two behind the point.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        large if large >= 1_000.0 => 1,
        small if small > 0.0 && small < 1.0 => (leading(value) + 2).min(6),
        _ => 2,
    };
    format!("{value:.digits$}")
}

/// `0.118 ± 0.004`: as many digits as the deviation has.
pub fn measured(told: Measured) -> String {
    match told.deviation.filter(|deviation| *deviation > 0.0) {
        Some(deviation) => {
            let digits = leading(deviation).max(1);
            format!("{:.digits$} ± {deviation:.digits$}", told.value)
        }
        None => number(told.value),
    }
}

pub fn measured_or_dash(told: Option<Measured>) -> String {
    told.map_or_else(|| "—".to_owned(), measured)
}

/// `MAPE ↓ 0.118`: the arrow says where better is.
pub fn metric_words(name: &str, told: Measured, better: Option<Better>) -> String {
    let arrow = match better {
        Some(Better::Lower) => " ↓",
        Some(Better::Higher) => " ↑",
        None => "",
    };
    format!("{}{arrow} {}", metric_title(name), number(told.value))
}

pub fn of_approval(approval: Approval) -> Shape {
    match approval {
        Approval::Pending => Shape::Waiting,
        Approval::Approved => Shape::Good,
        Approval::Rejected => Shape::Bad,
        Approval::Unknown => Shape::Unknown,
    }
}

pub fn of_verdict(verdict: GateVerdict) -> Shape {
    match verdict {
        GateVerdict::Fail => Shape::Bad,
        GateVerdict::Unknown => Shape::Unknown,
        GateVerdict::Warn => Shape::Warn,
        GateVerdict::Pass => Shape::Good,
    }
}

pub fn of_judged(judged: Judged) -> Shape {
    match judged {
        Judged::BelowFloor | Judged::Worse => Shape::Bad,
        Judged::NotComparable => Shape::Unknown,
        Judged::Within => Shape::Stopped,
        Judged::Better => Shape::Good,
    }
}

/// The worst verdict of all gates; `None` if there is none.
fn worst(summary: &GateSummary) -> Option<GateVerdict> {
    [
        (summary.failed, GateVerdict::Fail),
        (summary.unknown, GateVerdict::Unknown),
        (summary.warned, GateVerdict::Warn),
        (summary.passed, GateVerdict::Pass),
    ]
    .into_iter()
    .find_map(|(count, verdict)| (count > 0).then_some(verdict))
}

/// Gates in few words; bars until they were looked at.
pub fn gates_cell(summary: Option<&GateSummary>) -> AnyView {
    match summary {
        None => view! { <span class="dim" title="Its files are being read">"reading…"</span> }.into_any(),
        Some(summary) => {
            let title = format!(
                "{} green, {} to look at, {} not known, {} red; {} hold the approval",
                summary.passed, summary.warned, summary.unknown, summary.failed, summary.holding
            );
            let shape = worst(summary).map_or(Shape::Unknown, of_verdict);
            view! { <span class="cut" title=title><Status shape word=summary.words.clone() /></span> }.into_any()
        }
    }
}

/// Nothing to be known is a dash, and never good.
pub fn glance_cell(glance: &Glance) -> AnyView {
    let shape = match glance.state {
        GlanceState::Wrong => Shape::Bad,
        GlanceState::Warning => Shape::Warn,
        GlanceState::Unknown => Shape::Unknown,
        GlanceState::Good => Shape::Good,
        GlanceState::Nothing => return dash(),
    };
    let words = glance.words.clone();
    view! { <span class="cut" title=words.clone()><Status shape word=words.clone() /></span> }.into_any()
}

/// Where something is served: `demand-forecast-live (InService)`.
pub fn served(deployed: &[DeployedAt]) -> Option<String> {
    let one = |at: &DeployedAt| {
        if at.status == "InService" { at.endpoint.clone() } else { format!("{} ({})", at.endpoint, at.status) }
    };
    (!deployed.is_empty()).then(|| deployed.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// `2 d 1 h`: since when something waits.
pub fn waited(since: Timestamp, now: Timestamp) -> String {
    format::duration(now.duration_since(since).as_secs().try_into().unwrap_or_default())
}

/// Group and version that the ARN of a versioned package names, or its short form (`version:churn/7`).
pub fn named(arn: &str) -> Option<(String, String)> {
    if let Ok(ModelTarget::Version { group, version }) = arn.parse() {
        return Some((group, version.to_string()));
    }
    let (_, path) = arn.split_once(":model-package/")?;
    let (group, version) = path.rsplit_once('/')?;
    (!group.is_empty() && !version.is_empty()).then(|| (group.to_owned(), version.to_owned()))
}

/// The name of a model package without a group, by its ARN or its short form.
pub fn package_name(arn: &str) -> Option<String> {
    if let Ok(ModelTarget::Package(name)) = arn.parse() {
        return Some(name);
    }
    let (_, name) = arn.split_once(":model-package/")?;
    (!name.is_empty() && !name.contains('/')).then(|| name.to_owned())
}

/// Two versions of a group beside each other: the older one on the left.
pub fn compare_href(one: (u32, &str), other: (u32, &str)) -> String {
    let (older, newer) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    address::model_compare(older.1, newer.1)
}

/// How the group of a version is asked for: by its name, or by its ARN if it is of another account.
pub fn group_of(arn: &str, account: Option<&str>) -> Option<String> {
    let (group, _) = named(arn)?;
    let shared = arn.split_once(":model-package/").filter(|_| {
        let owner = arn.split(':').nth(4);
        account.is_some_and(|account| owner.is_some_and(|owner| owner != account))
    });
    Some(match shared {
        Some((before, _)) => format!("{before}:model-package-group/{group}"),
        None => group,
    })
}

/// A group's name, however it is asked for.
pub fn group_name(group: &str) -> String {
    group.rsplit('/').next().unwrap_or(group).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/demand-forecast-emea/14";

    #[test]
    fn a_number_has_the_digits_of_its_deviation() {
        let told = |value, deviation| measured(Measured { value, deviation });
        assert_eq!(told(0.1184, Some(0.0041)), "0.118 ± 0.004");
        assert_eq!(told(18.24, Some(0.6)), "18.2 ± 0.6");
        assert_eq!(told(180.26, Some(12.0)), "180.3 ± 12.0");
        assert_eq!(told(0.7412, None), "0.741");
        assert_eq!(told(0.5, Some(0.0)), "0.500");
        assert_eq!(told(0.0, None), "0.00");
        assert_eq!(number(0.000_000_01), "0.000000");
        assert_eq!(number(-1204.55), "-1204.5");
    }

    #[test]
    fn the_arrow_says_where_better_is() {
        let told = Measured { value: 0.118, deviation: Some(0.004) };
        assert_eq!(metric_words("mape", told, Some(Better::Lower)), "MAPE ↓ 0.118");
        assert_eq!(metric_words("auc", told, None), "AUC 0.118");
    }

    #[test]
    fn an_arn_names_group_and_version() {
        assert_eq!(named(ARN), Some(("demand-forecast-emea".into(), "14".into())));
        assert_eq!(named("version:churn/7"), Some(("churn".into(), "7".into())));
        assert_eq!(group_of("version:churn/7", Some("210987654321")).as_deref(), Some("churn"));
        let alone = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/sold";
        assert_eq!(named(alone), None);
        for one in [alone, "package:sold"] {
            assert_eq!(package_name(one).as_deref(), Some("sold"), "{one}");
        }
        assert_eq!((package_name(ARN), package_name("version:churn/7")), (None, None));
        assert_eq!(group_of(ARN, Some("123456789012")).as_deref(), Some("demand-forecast-emea"));
        assert_eq!(group_of(ARN, None).as_deref(), Some("demand-forecast-emea"));
        let shared = group_of(ARN, Some("210987654321")).unwrap();
        assert_eq!(shared, "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/demand-forecast-emea");
        assert_eq!(group_name(&shared), "demand-forecast-emea");
        assert_eq!(group_name("churn"), "churn");
    }

    #[test]
    fn the_older_version_stands_on_the_left() {
        let wanted = address::model_compare("arn:7", "arn:9");
        assert_eq!(compare_href((9, "arn:9"), (7, "arn:7")), wanted);
        assert_eq!(compare_href((7, "arn:7"), (9, "arn:9")), wanted);
    }

    #[test]
    fn one_red_gate_is_what_is_shown() {
        let summary = |passed, warned, unknown, failed| GateSummary {
            passed,
            warned,
            unknown,
            failed,
            holding: 0,
            words: String::new(),
        };
        assert_eq!(worst(&summary(8, 0, 0, 1)), Some(GateVerdict::Fail));
        assert_eq!(worst(&summary(8, 1, 1, 0)), Some(GateVerdict::Unknown));
        assert_eq!(worst(&summary(9, 0, 0, 0)), Some(GateVerdict::Pass));
        assert_eq!(worst(&summary(0, 0, 0, 0)), None);
    }
}
