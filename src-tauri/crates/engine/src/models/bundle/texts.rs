//! What a bundle says of itself: its `README.txt`, gates and decision as JSON, and what the window is told.
//!
//! Texts of strangers go the way of the other exports, so no secret goes along; names of persons stay, because who decided
//! is what a bundle is kept for.

use super::{Kept, Member};
use crate::{
    incident::report::Said,
    models::{
        decide::Drafted,
        read::{LARGEST, sha256},
    },
};
use ::models::decide;
use ::objects::{key, size, words};
use contract::{
    Notice, Timestamp,
    models::{Found, Gate, HistoryRow, HistorySource, Look, Signature, Stands, requests::ModelReply},
};
use serde_json::{Value, json};

/// Who saves a bundle, from where, and when.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// ARN of the identity.
    pub by: String,
    pub account: String,
    pub profile: String,
    pub at: Timestamp,
}

/// The version beside the approved one, whose ARN is `left`.
#[derive(Debug, Clone)]
pub(super) enum Comparison {
    /// There is no other approved version.
    None,
    Made {
        left: String,
        html: Vec<u8>,
    },
    Failed {
        left: String,
        why: String,
    },
}

/// Verdicts, words and what they rest on, as they were shown.
pub(super) fn gates(shown: &Drafted) -> String {
    let gate = |gate: &Gate| {
        json!({
            "gate": gate.id.word(),
            "title": gate.title,
            "verdict": gate.verdict.word(),
            "words": gate.words,
            "findings": gate.findings,
            "holds_the_approval": gate.holds,
            "evidence": gate.evidence,
        })
    };
    let look = |look: &Look| match &look.found {
        Found::Known(found) => json!({ "what": look.what, "found": found }),
        Found::Unknown(why) => json!({ "what": look.what, "not_found_out": why }),
    };
    let all = json!({
        "arn": shown.version.arn,
        "looked_at": shown.at,
        "evidence_sha256": shown.seal.digest,
        "looks": shown.seal.looks.iter().map(look).collect::<Vec<Value>>(),
        "gates": shown.gates.iter().map(gate).collect::<Vec<Value>>(),
    });
    pretty(&masked(all))
}

/// The status with its comment, who signed, and what happened to the version by all who tell of it.
pub(super) fn decision(shown: &Drafted, told: &ModelReply) -> String {
    let detail = &told.detail;
    let comment = detail.comment.as_deref();
    let signature = |signature: &Signature| {
        json!({
            "key": signature.key,
            "user": key::shown(&signature.user),
            "at": signature.at,
            "evidence_sha256": signature.evidence,
            "saw_this_evidence": signature.stands.counts(),
            "not_compared": signature_unseen(&signature.stands),
        })
    };
    let row = |row: &HistoryRow| {
        json!({
            "at": row.at,
            "what": said(&row.what),
            "by": row.by.as_deref().map(key::shown),
            "from": row.from,
            "comment": row.comment.as_deref().map(said),
            "operation": row.operation,
            "told_by": row.sources.iter().copied().map(HistorySource::word).collect::<Vec<_>>(),
        })
    };
    let notices: Vec<String> = told.notices.iter().chain(&detail.notices).map(|notice| said(&notice.text)).collect();
    pretty(&json!({
        "arn": detail.mark.arn,
        "group": detail.group,
        "version": detail.mark.version,
        "status": detail.mark.approval.word(),
        "package_status": detail.status,
        "stage": detail.lifecycle,
        "comment": comment.map(said),
        "comment_names_sha256": comment.and_then(decide::decided_on),
        "evidence_sha256": shown.seal.digest,
        "created_by": detail.created_by.as_deref().map(key::shown),
        "modified": detail.modified,
        "modified_by": detail.modified_by.as_deref().map(key::shown),
        "signatures": shown.signatures.iter().map(signature).collect::<Vec<Value>>(),
        "history": detail.history.iter().map(row).collect::<Vec<Value>>(),
        "notices": notices,
    }))
}

/// What of a signature could not be compared; nothing where that is not the reason.
fn signature_unseen(stands: &Stands) -> Vec<String> {
    match stands {
        Stands::Partly(unseen) => unseen.iter().map(|words| said(words)).collect(),
        Stands::NotCompared | Stands::Same | Stands::Other(_) | Stands::Older => Vec::new(),
    }
}

/// Every text masked; numbers and names stay.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(said(&text)),
        Value::Array(all) => Value::Array(all.into_iter().map(masked).collect()),
        Value::Object(all) => Value::Object(all.into_iter().map(|(name, value)| (name, masked(value))).collect()),
        plain => plain,
    }
}

fn said(text: &str) -> String {
    Said::of(text).text().to_owned()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// `README.txt`, in plain words.
pub(super) fn readme(
    about: &About,
    shown: &Drafted,
    told: &ModelReply,
    comparison: &Comparison,
    members: &[Member],
) -> String {
    let detail = &told.detail;
    let mut parts = detail.mark.arn.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or("not known"), parts.next().unwrap_or("not known"));
    let mut lines = vec!["Evidence of a version of a model".to_owned(), String::new()];
    let version = detail.mark.version.to_string();
    let facts: [(&str, &str); 10] = [
        ("Group", detail.group.as_str()),
        ("Version", &version),
        ("ARN", &detail.mark.arn),
        ("Account", account),
        ("Region", region),
        ("Status", detail.mark.approval.word()),
        ("Looked at", &words::instant(shown.at)),
        ("Saved", &words::instant(about.at)),
        ("Saved by", &format!("{} (account {}, profile {})", about.by, about.account, about.profile)),
        ("Evidence", &format!("sha256:{}", shown.seal.digest)),
    ];
    lines.extend(facts.map(|(name, value)| {
        let name = format!("{name}:");
        format!("{name:11}{}", key::shown(value))
    }));
    lines.extend([String::new(), decided(shown, told)]);
    lines.push(String::new());
    lines.push("How to check it".to_owned());
    lines.push("  sha256sum -c SHA256SUMS    every entry is as it was saved".to_owned());
    lines.push(if sha256(shown.ledger.as_bytes()) == shown.seal.digest {
        "  sha256sum ledger.txt       is the evidence digest above".to_owned()
    } else {
        "  sha256sum ledger.txt       is not the evidence digest: that is of the covered secrets too".to_owned()
    });
    lines.extend(
        [
            "",
            "The evidence digest is the SHA-256 of ledger.txt: the ARN of the version, then a line for each file with",
            "the SHA-256 of its bytes, for each image and artefact with what was registered and what it is now, and for",
            "each variable of the environment, sorted. Secrets of the environment are covered in it; where there are",
            "any, their values were hashed behind it and stand nowhere. What could not be read or asked for counts as",
            "registered: gates.json says what that was. The comment of a decision ends with this digest, and a",
            "signature holds it.",
            "To see whether S3 still holds the same: open the version in Quarterdeck. Decide says whether its evidence is",
            "that of the last decision; where it is not, the lines of ledger.txt say what it was.",
            "",
            "What is in it",
            "  ledger.txt       what the evidence digest is of",
            "  gates.json       each check: verdict, words, what it rests on",
            "  decision.json    status, comment, signatures and history",
        ]
        .map(str::to_owned),
    );
    lines.push(match comparison {
        Comparison::Made { left, .. } => format!("  comparison.html  against {}, approved", key::shown(left)),
        Comparison::Failed { left, why } => {
            format!("  No comparison with {}, approved: {}", key::shown(left), Said::of(why).line())
        }
        Comparison::None => "  No comparison: no other version of the group is approved.".to_owned(),
    });
    lines.push("  files/           the files of the evidence, byte for byte: nothing is covered in them".to_owned());
    lines.push("  changed/         files that are not what was shown, as they are now".to_owned());
    lines.extend([String::new(), format!("Files ({})", summary(members))]);
    for member in members {
        lines.extend(member_lines(member));
    }
    lines.push(format!("Files larger than {} are not read, and are named alone.", size::words(LARGEST)));
    lines.join("\n") + "\n"
}

/// The last decision, and whether it was on this evidence.
fn decided(shown: &Drafted, told: &ModelReply) -> String {
    let detail = &told.detail;
    let Some(comment) = detail.comment.as_deref() else {
        return "No decision has left a comment.".to_owned();
    };
    let on = match decide::decided_on(comment) {
        Some(digest) if digest.eq_ignore_ascii_case(&shown.seal.digest) => "it was on this evidence".to_owned(),
        Some(digest) => format!("it was on OTHER evidence, sha256:{digest}"),
        None if decide::decided_before(comment) => {
            "an older version of Quarterdeck wrote it, whose digest covered other things".to_owned()
        }
        None => "it names no evidence".to_owned(),
    };
    format!("Comment of the last decision ({on}):\n  {}", Said::of(comment).line())
}

fn member_lines(member: &Member) -> Vec<String> {
    let shown = member.shown.as_deref().map(|digest| format!("       shown sha256 {digest}"));
    let uri = key::shown(&member.uri);
    let told = match &member.kept {
        Kept::Same(name) => return vec![format!("  same     {uri}"), format!("       {name}")],
        Kept::Changed { name, sha256 } => {
            vec![format!("  CHANGED  {uri}"), format!("       {name}"), format!("       now   sha256 {sha256}")]
        }
        Kept::Gone => vec![format!("  GONE     {uri}")],
        Kept::Left(why) => vec![format!("  NOT READ {uri}"), format!("       {}", Said::of(why).line())],
    };
    told.into_iter().chain(shown).collect()
}

/// `9 as they were shown, 2 changed or gone since, 1 not read`.
fn summary(members: &[Member]) -> String {
    let (changed, left) = (changed(members), left(members));
    format!("{} as they were shown, {changed} changed or gone since, {left} not read", members.len() - changed - left)
}

fn changed(members: &[Member]) -> usize {
    members.iter().filter(|member| matches!(member.kept, Kept::Changed { .. } | Kept::Gone)).count()
}

fn left(members: &[Member]) -> usize {
    members.iter().filter(|member| matches!(member.kept, Kept::Left(_))).count()
}

/// What is not as it was shown, for the window.
pub(super) fn notices(comparison: &Comparison, members: &[Member]) -> Vec<Notice> {
    let of = |count: usize| {
        let all = words::count_of(members.len() as u64, "file");
        (count > 0).then(|| format!("{count} of {all}"))
    };
    let changed = of(changed(members)).map(|of| {
        Notice::warning(format!("{of} changed or went since the version was opened; README.txt marks which."))
    });
    let left =
        of(left(members)).map(|of| Notice::warning(format!("{of} could not be read: README.txt says which, and why.")));
    let comparison = match comparison {
        Comparison::Failed { why, .. } => Some(Notice::warning(format!("The comparison is not in it: {why}"))),
        Comparison::None | Comparison::Made { .. } => None,
    };
    [changed, left, comparison].into_iter().flatten().collect()
}
