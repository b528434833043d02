//! The numbers and names of a policy as they are typed.

use contract::models::GatePolicy;

/// One value of a policy.
#[derive(Debug)]
pub struct Field {
    pub id: &'static str,
    pub name: &'static str,
    pub unit: &'static str,
    pub hint: &'static str,
    pub is_wide: bool,
    pub write: fn(&GatePolicy) -> String,
    /// Leaves the policy as it is where the text cannot be read.
    pub read: fn(&str, &mut GatePolicy) -> Result<(), String>,
}

pub const FIELDS: &[Field] = &[
    Field {
        id: "gates-comment",
        name: "Comment",
        unit: "characters at least",
        hint: "Why somebody decides, beside the text that stands there to begin with.",
        is_wide: false,
        write: |policy| policy.comment_least.to_string(),
        read: |text, policy| count(text, 1, 900).map(|count| policy.comment_least = count),
    },
    Field {
        id: "gates-deviations",
        name: "Noise",
        unit: "standard deviations",
        hint: "Metrics that differ by less than so many deviations of both versions together are no worse.",
        is_wide: false,
        write: |policy| policy.deviations.to_string(),
        read: |text, policy| number(text, 10.0).map(|value| policy.deviations = value),
    },
    Field {
        id: "gates-tolerance",
        name: "Noise without deviations",
        unit: "% of the approved version's value",
        hint: "Where an evaluation gives no deviations.",
        is_wide: false,
        write: |policy| percent(policy.tolerance),
        read: |text, policy| number(text, 100.0).map(|value| policy.tolerance = value / 100.0),
    },
    Field {
        id: "gates-ndcg",
        name: "Explainability",
        unit: "NDCG at least, 0 to 1",
        hint: "Of the candidate's attributions in the approved version's order. Clarify alerts below 0.9.",
        is_wide: false,
        write: |policy| policy.ndcg_least.to_string(),
        read: |text, policy| number(text, 1.0).map(|value| policy.ndcg_least = value),
    },
    Field {
        id: "gates-drifted",
        name: "Drift on day 0",
        unit: "% of the features",
        hint: "So many may differ from today's traffic before the gate is red.",
        is_wide: false,
        write: |policy| percent(policy.drifted_share),
        read: |text, policy| number(text, 100.0).map(|value| policy.drifted_share = value / 100.0),
    },
    Field {
        id: "gates-stale",
        name: "Stale after",
        unit: "days",
        hint: "Pending versions that wait longer, and were overtaken, are offered for rejection.",
        is_wide: false,
        write: |policy| policy.stale_days.to_string(),
        read: |text, policy| count(text, 1, 3_650).map(|count| policy.stale_days = count),
    },
    Field {
        id: "gates-bias",
        name: "Bias limits",
        unit: "",
        hint: "Metric and its largest distance from neutral, for those that no constraint limits: DPPL 0.1, DI 0.2.",
        is_wide: true,
        write: |policy| {
            let all = policy.bias_limits.iter().map(|(metric, limit)| format!("{metric} {limit}"));
            all.collect::<Vec<_>>().join(", ")
        },
        read: |text, policy| limits(text).map(|limits| policy.bias_limits = limits),
    },
    Field {
        id: "gates-stage",
        name: "Stage on approval",
        unit: "",
        hint: "Stage and status that are set before the approval: Production Approved. Empty sets none.",
        is_wide: true,
        write: |policy| {
            policy.stage_on_approval.as_ref().map(|(stage, status)| format!("{stage} {status}")).unwrap_or_default()
        },
        read: |text, policy| stage(text).map(|stage| policy.stage_on_approval = stage),
    },
];

/// `1` for 0.01, without what a division leaves behind.
fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn count(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let read = text.parse::<u32>().ok().filter(|count| (least..=most).contains(count));
    read.ok_or_else(|| format!("Type a whole number from {least} to {most}."))
}

fn number(text: &str, most: f64) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|value| (0.0..=most).contains(value));
    read.ok_or_else(|| format!("Type a number from 0 to {most}."))
}

fn limits(text: &str) -> Result<Vec<(String, f64)>, String> {
    let mut all: Vec<(String, f64)> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let read = part.split_once(' ').and_then(|(metric, limit)| Some((metric, limit.trim().parse::<f64>().ok()?)));
        let Some((metric, limit)) = read.filter(|(_, limit)| limit.is_finite() && *limit >= 0.0) else {
            return Err(format!("`{part}` is no metric with its limit, such as DPPL 0.1."));
        };
        if all.iter().any(|(known, _)| known == metric) {
            return Err(format!("{metric} stands there twice."));
        }
        all.push((metric.to_owned(), limit));
    }
    Ok(all)
}

fn stage(text: &str) -> Result<Option<(String, String)>, String> {
    let is_name = |text: &str| {
        text.len() <= 63
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [] => Ok(None),
        [stage, status] if is_name(stage) && is_name(status) => Ok(Some(((*stage).to_owned(), (*status).to_owned()))),
        _ => Err("Type a stage and its status, of letters, digits and hyphens: Production Approved.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, text: &str) -> Result<GatePolicy, String> {
        let mut policy = GatePolicy::default();
        let field = FIELDS.iter().find(|field| field.name == name).unwrap();
        (field.read)(text, &mut policy).map(|()| policy)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let own = GatePolicy {
            tolerance: 0.07,
            drifted_share: 0.125,
            bias_limits: vec![("DPPL".into(), 0.1), ("DI".into(), 0.2)],
            stage_on_approval: Some(("Production".into(), "Approved".into())),
            ..GatePolicy::default()
        };
        for policy in [GatePolicy::default(), own] {
            let mut read = GatePolicy { two_persons: policy.two_persons, ..GatePolicy::default() };
            for field in FIELDS {
                (field.read)(&(field.write)(&policy), &mut read).unwrap();
            }
            // A share passes through percent.
            assert!((read.tolerance - policy.tolerance).abs() < 1e-12);
            read.tolerance = policy.tolerance;
            assert_eq!(read, policy);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_and_changes_nothing() {
        for (name, text) in [
            ("Comment", "none"),
            ("Comment", "0"),
            ("Noise", "-1"),
            ("Noise", "NaN"),
            ("Explainability", "1.5"),
            ("Drift on day 0", "101"),
            ("Stale after", "1.5"),
            ("Bias limits", "DPPL"),
            ("Bias limits", "DPPL 0.1, DPPL 0.2"),
            ("Stage on approval", "Production"),
            ("Stage on approval", "Pro_duction Approved"),
        ] {
            assert!(typed(name, text).is_err(), "{name}: {text}");
        }
        assert_eq!(typed("Stage on approval", "").unwrap(), GatePolicy::default());
        assert_eq!(typed("Bias limits", "DI 0.2,").unwrap().bias_limits, [("DI".to_owned(), 0.2)]);
    }
}
