//! A report of triage as the window gets it. Quoted lines come without secrets.

use super::catalogue::Known;
use ::jobs::again::takes;
use ::logs::{Level, mask};
use ::triage::{
    self, Layer, Report, Retry, Severity, Trace, Verdict,
    compute::{Kind, Suggestion},
    report::{Consequence, Finding, Unknown},
    scan::Evidence,
};
use contract::{
    Timestamp,
    jobs::{
        Diagnosis, JobId,
        diagnosis::{self as told, NewTemplate, Noise, RetryAdvice, SettingKind, UnknownCause},
        facts::Request,
    },
    logs::LineAt,
};

/// Without files, notices and time.
pub(super) fn diagnosis(job: &JobId, catalogue: &Known, report: Report) -> Diagnosis {
    Diagnosis {
        job: job.clone(),
        verdict: verdict(report.verdict),
        findings: findings(catalogue, report.findings),
        unknown: report.unknown.map(unknown),
        noise: report.noise.into_iter().map(|noise| Noise { title: noise.title, count: noise.count }).collect(),
        files: Vec::new(),
        records: report.records,
        bytes: report.bytes,
        complete: false,
        as_of: Timestamp::UNIX_EPOCH,
        notices: Vec::new(),
    }
}

pub(super) fn verdict(verdict: Verdict) -> told::Verdict {
    match verdict {
        Verdict::Cause => told::Verdict::Cause,
        Verdict::Unknown => told::Verdict::Unknown,
        Verdict::Nothing => told::Verdict::Nothing,
    }
}

pub(super) fn unknown(unknown: Unknown) -> UnknownCause {
    UnknownCause {
        reason: unknown.reason,
        best: unknown.best.into_iter().map(evidence).collect(),
        new_templates: unknown
            .new_templates
            .into_iter()
            .map(|template| NewTemplate { text: masked(&template.sample), count: template.count })
            .collect(),
    }
}

/// As triage calls levels.
pub(super) fn level(level: Level) -> triage::Level {
    match level {
        Level::Trace => triage::Level::Trace,
        Level::Debug => triage::Level::Debug,
        Level::Info => triage::Level::Info,
        Level::Warn => triage::Level::Warn,
        Level::Error => triage::Level::Error,
        Level::Fatal => triage::Level::Fatal,
    }
}

/// The findings, each naming the others by their titles.
pub(super) fn findings(catalogue: &Known, findings: Vec<Finding>) -> Vec<told::Finding> {
    let titles: Vec<(String, String)> = findings
        .iter()
        .flat_map(|finding| {
            let followed = finding.consequences.iter().map(|one| (one.signature.clone(), one.title.clone()));
            std::iter::once((finding.signature.clone(), finding.title.clone())).chain(followed)
        })
        .collect();
    let title = |id: &str| {
        let known = titles.iter().find(|(known, _)| known == id).map(|(_, title)| title.clone());
        known.or_else(|| catalogue.get(id).map(|signature| signature.title.clone())).unwrap_or_else(|| id.to_owned())
    };
    findings.into_iter().map(|one| finding(one, &title)).collect()
}

fn finding(finding: Finding, title: &impl Fn(&str) -> String) -> told::Finding {
    let places = finding.places.iter().map(|place| place.words()).collect();
    told::Finding {
        signature: finding.signature,
        title: finding.title,
        severity: match finding.severity {
            Severity::Info => told::Severity::Info,
            Severity::Warning => told::Severity::Warning,
            Severity::Error => told::Severity::Error,
            Severity::Fatal => told::Severity::Fatal,
        },
        layer: match finding.layer {
            Layer::Platform => "platform",
            Layer::Code => "code",
            Layer::Data => "data",
            Layer::Permission => "permission",
            Layer::Resource => "resource",
            Layer::Capacity => "capacity",
            Layer::Consequence => "consequence",
        }
        .to_owned(),
        retry: match finding.retry {
            Retry::Same => RetryAdvice::Same,
            Retry::Bigger => RetryAdvice::Bigger,
            Retry::AfterFix => RetryAdvice::AfterFix,
            Retry::Never => RetryAdvice::Never,
        },
        confidence: finding.confidence.percent,
        reasons: finding.confidence.why,
        evidence: finding.evidence.into_iter().map(evidence).collect(),
        count: finding.count,
        first: finding.first,
        last: finding.last,
        places,
        consequences: finding.consequences.into_iter().map(|one| consequence(one, title)).collect(),
        remedy: finding.remedy,
        settings: finding.settings.into_iter().map(suggestion).collect(),
        doc: finding.doc,
        frames: finding.exception.as_ref().map(|trace| trace.frames.clone()).unwrap_or_default(),
        exception: finding.exception.as_ref().map(thrown),
    }
}

fn consequence(one: Consequence, title: &impl Fn(&str) -> String) -> told::Consequence {
    told::Consequence {
        title: one.title,
        count: one.count,
        follows: title(&one.follows),
        evidence: one.evidence.map(evidence),
    }
}

fn evidence(line: Evidence) -> told::EvidenceLine {
    let at = line.fact.is_none().then(|| LineAt { file: line.file.0, line: line.line.saturating_sub(1) });
    told::EvidenceLine { at, fact: line.fact, time: line.at, text: masked(&line.text), count: line.count }
}

pub(in crate::jobs) fn suggestion(one: Suggestion) -> told::Suggestion {
    told::Suggestion {
        key: one.key,
        kind: match one.kind {
            Kind::Spark | Kind::Hadoop => SettingKind::Spark,
            Kind::Glue => SettingKind::Glue,
            Kind::Cluster => SettingKind::Cluster,
            Kind::Table => SettingKind::Table,
            Kind::Api => SettingKind::Api,
        },
        value: one.value,
        current: one.current,
        why: one.from,
    }
}

/// What a run does not take is said and not offered.
pub(super) fn offer(request: &Request, findings: &mut [told::Finding]) {
    for setting in findings.iter_mut().flat_map(|finding| &mut finding.settings) {
        if !takes(request, setting) {
            setting.kind = SettingKind::Untaken;
        }
    }
}

fn thrown(trace: &Trace) -> String {
    let text =
        if trace.message.is_empty() { trace.class.clone() } else { format!("{}: {}", trace.class, trace.message) };
    masked(&text)
}

/// What triage covers, and personal data besides.
fn masked(text: &str) -> String {
    mask::masked(&::triage::redact(text)).into_owned()
}
