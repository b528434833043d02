//! The report of an incident in both ways, and texts that try to get out of their place.

use super::{
    Said,
    html::{escape, html},
    markdown::markdown,
    of,
};
use contract::{
    Notice, Timestamp,
    ends::{EndId, LoadErrorRow, LoadErrors},
    executions::{Difference, ExecutionRow, Status},
    incident::{
        BetterVersion, ChainKind, ChainLink, EndEvidence, Incident, IncidentAction, IncidentCause, IncidentStep,
        IncidentTarget, InputObject, Moment, MoreChanges, Quote, QuotePlace, UploadDay, UploadSize,
    },
    jobs::{
        JobId,
        diagnosis::{EvidenceLine, NewTemplate, RetryAdvice, SettingKind, Severity, Suggestion},
        facts::ObjectFact,
    },
    settings::Place,
};
use proptest::prelude::*;

fn at(minute: u8) -> Timestamp {
    format!("2026-11-21T06:{minute:02}:00Z").parse().unwrap()
}

fn place() -> Place {
    Place { profile: "practice".into(), region: "eu-west-1".into() }
}

/// An incident in which every text is this one.
fn incident(text: &str) -> Incident {
    let said = || text.to_owned();
    let object = ObjectFact {
        uri: said(),
        version_id: Some(said()),
        etag: None,
        size: Some(3_174),
        modified: Some(at(1)),
        exists: true,
    };
    Incident {
        execution: ExecutionRow {
            arn: said(),
            machine: said(),
            machine_arn: said(),
            name: said(),
            status: Status::CaughtFailure,
            started: at(4),
            stopped: Some(at(20)),
            redrives: 0,
            state: Some(said()),
            error: Some(said()),
            cause: Some(said()),
            version: None,
            looked: true,
        },
        chain: vec![ChainLink {
            kind: ChainKind::Exception,
            name: said(),
            text: Some(said()),
            at: Some(at(5)),
            target: None,
        }],
        ends: vec![EndEvidence {
            id: EndId::Task(said()),
            title: said(),
            text: said(),
            confidence: 85,
            at: Some(at(3)),
            evidence: vec![Quote {
                line: EvidenceLine { at: None, fact: None, time: None, text: said(), count: 1 },
                place: None,
            }],
            errors: Some(LoadErrors {
                rows: vec![LoadErrorRow {
                    file: said(),
                    line: 7,
                    column: Some(said()),
                    kind: None,
                    position: None,
                    code: None,
                    reason: said(),
                    object: None,
                }],
                more: false,
                findings: Vec::new(),
                notices: Vec::new(),
            }),
            asks: None,
        }],
        cause: Some(IncidentCause {
            title: said(),
            text: said(),
            confidence: Some(90),
            severity: Some(Severity::Fatal),
            retry: Some(RetryAdvice::AfterFix),
            evidence: vec![Quote {
                line: EvidenceLine { at: None, fact: None, time: Some(at(6)), text: said(), count: 1 },
                place: Some(QuotePlace {
                    job: Some(JobId::Glue { job: said(), run: said() }),
                    file: said(),
                    address: said(),
                    line: Some(1_203),
                    at: None,
                }),
            }],
            settings: vec![Suggestion {
                key: said(),
                kind: SettingKind::Cluster,
                value: Some(said()),
                current: Some(said()),
                why: said(),
            }],
        }),
        said_now: vec![NewTemplate { text: said(), count: 3 }],
        more_changes: vec![
            MoreChanges { count: 8, of: IncidentTarget::Job(JobId::Glue { job: said(), run: said() }) },
            MoreChanges { count: 5, of: IncidentTarget::Execution(said()) },
        ],
        changes: vec![Difference { what: said(), place: said(), then: Some(said()), now: Some(said()), at: None }],
        inputs: vec![InputObject {
            bucket: said(),
            key: said(),
            read: object,
            content: None,
            before: None,
            verdicts: vec![Notice::warning(said())],
            better: Some(BetterVersion {
                version_id: said(),
                stored: at(0),
                size: 1_300_000,
                day: UploadDay::Same,
                by_size: false,
                current: false,
            }),
            uploads: vec![UploadSize { stored: at(1), size: 3_174 }, UploadSize { stored: at(0), size: 1_300_000 }],
        }],
        actions: vec![IncidentAction {
            title: said(),
            why: said(),
            warning: Some(said()),
            withheld: Some(said()),
            starts: None,
            does: IncidentStep::ByHand,
        }],
        timeline: vec![
            Moment { at: at(4), source: said(), text: said(), failure: false, target: None },
            Moment { at: at(9), source: said(), text: said(), failure: true, target: None },
        ],
        looking: vec![said()],
        as_of: at(30),
        notices: vec![Notice::warning(said())],
    }
}

/// The tags of a document, without what stands between them.
fn tags(document: &str) -> Vec<&str> {
    let behind = document.split('<').skip(1);
    behind.map(|piece| piece.split_once('>').map_or(piece, |(tag, _)| tag)).collect()
}

/// What a renderer of Markdown would act on: signs that are not escaped, outside of code and of quotes.
fn signs(document: &str) -> String {
    let mut found = String::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        found.push('\n');
        // With a backtick behind it, it is no fence but a span.
        if line.starts_with("```") && !line.trim_start_matches('`').contains('`') {
            found.push_str("quote");
            let _ = lines.by_ref().find(|inside| *inside == line);
            continue;
        }
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest != line && rest.starts_with(['.', ')']) {
            found.push('1');
        }
        found.extend(line.chars().next().filter(|c| "-+=>#".contains(*c)));
        let letters: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < letters.len() {
            let run = letters[at..].iter().take_while(|c| **c == '`').count();
            if run > 0 {
                let ends = |from: &usize| {
                    letters[*from..].iter().take_while(|c| **c == '`').count() == run && letters[*from - 1] != '`'
                };
                if let Some(end) = (at + run..letters.len()).find(ends) {
                    at = end + run;
                } else {
                    found.push('`');
                    at += run;
                }
                continue;
            }
            match letters[at] {
                '\\' => at += 1,
                '&' => at += letters[at..].iter().position(|c| *c == ';').unwrap_or_default(),
                c if "*_[]<>#|~$!".contains(c) => found.push(c),
                ':' if letters[at..].starts_with(&[':', '/', '/']) => found.push_str("link"),
                '@' => found.push('@'),
                _ => {}
            }
            at += 1;
        }
    }
    found
}

const EVIL: &[&str] = &[
    "</td></tr></table><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "--></style><svg onload=alert(1)>",
    "&lt;b&gt; &#60;",
    "# heading\n\n## another\n---\n===",
    "- item\n1. item\n> quote",
    "1) one",
    "[link](https://evil.example) ![picture](http://evil.example/x.png)",
    "https://evil.example/?a=b|c www.evil.example someone@evil.example",
    "```\n</pre>\n````\n# out",
    "`a` ``b`` `",
    "a | b \\| c \\\\| d |",
    "*bold* _it_ ~~gone~~ $x$ <!-- x -->",
    "\u{202e}txt.exe\u{200b}\u{7}\u{1b}[2J",
    "    code",
    "",
    " ",
];

fn holds(text: &str) {
    let (plain, evil) = (of(&incident("plain"), &place()), of(&incident(text), &place()));
    let document = html(&evil);
    assert_eq!(tags(&document), tags(&html(&plain)), "{text:?}");
    for (at, _) in document.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        assert!(known.iter().any(|entity| document[at..].starts_with(entity)), "{text:?}");
    }
    assert_eq!(signs(&markdown(&evil)), signs(&markdown(&plain)), "{text:?}\n{}", markdown(&evil));
}

#[test]
fn what_is_written_to_break_out_does_not() {
    for text in EVIL {
        holds(text);
    }
}

proptest! {
    #[test]
    fn no_text_gets_out_of_its_place(text in "[ -~\n\tä\u{202e}`|\\\\<>&#*_\\[\\]-]{0,60}") {
        holds(&text);
    }

    #[test]
    fn escaped_text_reads_back(text in "\\PC{0,40}") {
        let back = escape(&text)
            .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        prop_assert_eq!(back, text);
    }
}

#[test]
fn a_file_needs_nothing_else() {
    let document = html(&of(&incident("plain"), &place()));
    for word in ["<script", "http-equiv=\"refresh", "<link", "<img", "@import", "url(", " href=", " src="] {
        assert!(!document.contains(word), "{word}");
    }
    assert!(document.contains("default-src 'none'") && document.contains("<svg "));
    assert!(document.contains("prefers-color-scheme: dark") && document.contains("@media print"));
}

#[test]
fn the_sizes_of_an_input_are_a_picture_and_a_sentence() {
    let mut told = incident("plain");
    told.inputs[0].key = "data/in/daily_sales.csv".into();
    let mut report = of(&told, &place());
    let text = markdown(&report);
    assert!(text.contains("**Sizes of daily\\_sales.csv as it was stored**"), "{text}");
    assert!(text.contains("The failed run read 3.1 KB; 1.2 MB is whole."), "{text}");
    assert_eq!(html(&report).matches("<figure class=\"chart\">").count(), 1);
    // What was stored once has no size beside it.
    told.inputs[0].uploads.truncate(1);
    told.inputs[0].better = None;
    report = of(&told, &place());
    assert!(!html(&report).contains("<figure class=\"chart\">"));
}

#[test]
fn secrets_stay_behind_whatever_the_way() {
    let mut told = incident("plain");
    told.changes[0].place = "$.db.password".into();
    told.changes[0].now = Some("hunter2-and-more".into());
    told.timeline[0].text = "connect --password hunter2-and-more".into();
    if let Some(cause) = &mut told.cause {
        cause.evidence[0].line.text = "first\npassword=hunter2-and-more".into();
    }
    let report = of(&told, &place());
    for document in [html(&report), markdown(&report)] {
        assert!(!document.contains("hunter2"), "{document}");
    }
}

#[test]
fn how_grave_the_cause_is_stands_with_how_sure_it_is() {
    let mut told = incident("plain");
    let text = markdown(&of(&told, &place()));
    assert!(text.contains("Severity: fatal. 90 % sure, from the logs."), "{text}");
    assert!(html(&of(&told, &place())).contains("Severity: fatal. 90 % sure, from the logs."));
    if let Some(cause) = &mut told.cause {
        (cause.severity, cause.confidence) = (None, None);
    }
    let text = markdown(&of(&told, &place()));
    assert!(text.contains("As the service says.") && !text.contains("Severity"), "{text}");
}

#[test]
fn a_quoted_line_says_where_it_stands() {
    let mut told = incident("plain");
    if let Some(place) = told.cause.as_mut().and_then(|cause| cause.evidence[0].place.as_mut()) {
        place.file = "executor 7 stderr".into();
        place.address = "s3://lake-logs/7/stderr.gz".into();
    }
    let text = markdown(&of(&told, &place()));
    assert!(text.contains("In executor 7 stderr, line 1,204: `s3://lake-logs/7/stderr.gz`"), "{text}");
}

#[test]
fn what_the_last_success_read_stands_beside_it() {
    let mut told = incident("plain");
    let input = &mut told.inputs[0];
    input.before = Some(ObjectFact { version_id: Some("older".into()), ..input.read.clone() });
    let text = markdown(&of(&told, &place()));
    assert!(text.contains("The last success read version older"), "{text}");
    told.inputs[0].before = Some(told.inputs[0].read.clone());
    let text = markdown(&of(&told, &place()));
    assert!(!text.contains("The last success read"), "the same version is no news: {text}");
}

#[test]
fn it_says_what_is_missing_and_what_stands() {
    let mut told = incident("plain");
    told.looking = vec!["the logs of the job".into()];
    let text = markdown(&of(&told, &place()));
    assert!(text.contains("Still being read, and missing here: the logs of the job."), "{text}");
    let parts = ["Chain", "Cause", "What it read", "What is different", "What can be done", "What happened"];
    for part in parts {
        assert!(text.contains(&format!("\n## {part}")), "{part}");
    }
    (told.looking, told.cause) = (Vec::new(), None);
    assert!(text.contains("And 8 more differences of the job") && text.contains("5 more of the execution"), "{text}");
    told.changes.clear();
    told.more_changes.clear();
    let text = markdown(&of(&told, &place()));
    assert!(text.starts_with("# Why plain failed\n") && text.contains("No cause was found."), "{text}");
    assert!(!text.contains("Still being read") && !text.contains("What is different"), "{text}");
}

#[test]
fn addresses_are_code_and_prose_is_escaped() {
    let report = |text: &str| markdown(&super::Report { title: Said::of(text), parts: Vec::new() });
    assert_eq!(report("read s3://lake/a_b.csv, twice"), "# read `s3://lake/a_b.csv,` twice\n");
    assert_eq!(report("1. a_b <c>"), "# 1\\. a\\_b &lt;c&gt;\n");
    assert_eq!(report("s3://a|b`c"), "# `s3://a`&#124;``b`c``\n");
}
