//! The bodies of the fuzz targets: one for each reader of bytes that come from outside.
//!
//! A body takes any bytes and asserts what must hold of what was read, beyond not panicking: what was written is read as it
//! was, places lie inside the text, no drawing covers another, no text of a stranger becomes a command. `cargo xtask fuzz`
//! gives them to libFuzzer (`main.rs`); `tests/seeds.rs` runs each on its seeds with every other test, so that none rots.
//!
//! Bodies know the pure crates alone. Pure modules of crates that are not pure stand in `borrowed`.

mod borrowed;
mod bridge;
mod engines;
mod histories;
mod log_files;
mod monitors;
pub mod seeds;
mod shell;
mod storage;
mod workflows;

/// One reader, by its name on the command line.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// What it reads.
    pub about: &'static str,
    /// Asserts; a failed assertion is the finding.
    pub run: fn(&[u8]),
    /// Source files, from the root of the workspace, whose texts are its seeds.
    pub sources: &'static [&'static str],
    /// Makes an input of one of those texts; inputs have several parts for some.
    pub wrap: fn(&str) -> Vec<String>,
}

/// All of them, in the order in which they are run.
pub const TARGETS: &[Target] = &[
    Target {
        name: "definition",
        about: "definitions of state machines: reader and graph",
        run: workflows::definition,
        sources: &["tests/fuzz/src/seeds/texts.rs", "@executions/definition/tests.rs", "@executions/history/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "history",
        about: "answers of GetExecutionHistory: reader, rows, reason; behind an empty line the definition",
        run: histories::history,
        sources: &["@executions/wire.rs", "@executions/history/tests/recorded.rs"],
        wrap: histories::seed,
    },
    Target {
        name: "log_lines",
        about: "log lines of Express executions",
        run: histories::log_lines,
        sources: &["tests/fuzz/src/seeds/texts.rs", "@executions/express/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "cause",
        about: "causes of failures: service, error, then the text",
        run: workflows::cause,
        sources: &["@executions/cause/tests.rs", "@executions/cause/cut.rs", "@executions/why/tests.rs"],
        wrap: workflows::cause_seed,
    },
    Target {
        name: "job",
        about: "ids of jobs in the events of an attempt: service, action, parameters, answer, cause",
        run: workflows::job,
        sources: &["@executions/jobs/tests.rs", "@executions/cause/tests.rs"],
        wrap: workflows::job_seed,
    },
    Target {
        name: "paste",
        about: "ARNs of executions and alarms, addresses of the console and alert mails",
        run: workflows::paste,
        sources: &["@executions/address/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "schedule",
        about: "cron, rate and at; then a zone and a second",
        run: workflows::schedule,
        sources: &["@executions/schedule/tests.rs"],
        wrap: workflows::schedule_seed,
    },
    Target {
        name: "input",
        about: "inputs of executions, and names for reruns",
        run: workflows::input,
        sources: &["@executions/preflight/tests/inputs.rs", "@executions/preflight/tests/commands.rs"],
        wrap: alone,
    },
    Target {
        name: "compare",
        about: "two inputs or definitions, with an empty line between them",
        run: workflows::compare,
        sources: &["@executions/compare/tests.rs", "@executions/history/tests.rs"],
        wrap: workflows::compare_seed,
    },
    Target {
        name: "pipeline",
        about: "definitions of SageMaker pipelines: reader, graph and parameters",
        run: monitors::pipeline,
        sources: &["@models/sample.rs", "@models/pipelines/definition.rs"],
        wrap: alone,
    },
    Target {
        name: "listing",
        about: "XML of ListObjectVersions",
        run: storage::listing,
        sources: &["@aws/objects/versions_xml.rs"],
        wrap: alone,
    },
    Target {
        name: "s3_address",
        about: "s3:// URIs, ARNs, addresses of the console and of S3, links of our own",
        run: storage::address,
        sources: &["@objects/address/tests.rs", "@objects/arn.rs"],
        wrap: alone,
    },
    Target {
        name: "template",
        about: "key templates; then the key",
        run: storage::template,
        sources: &["@objects/template/tests.rs"],
        wrap: storage::template_seed,
    },
    Target {
        name: "moment",
        about: "typed times; then the minutes of the zone",
        run: storage::moment,
        sources: &["@contract/time/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "file_names",
        about: "keys as names of files and as words of a shell",
        run: storage::file_names,
        sources: &["@objects/download.rs", "@contract/shell.rs", "@objects/key.rs"],
        wrap: alone,
    },
    Target {
        name: "pattern",
        about: "event patterns of EventBridge rules",
        run: storage::pattern,
        sources: &["@objects/pattern/tests.rs", "@objects/effects/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "glob",
        about: "patterns of paths, as Hadoop reads them; then the key",
        run: storage::glob,
        sources: &["@objects/glob.rs"],
        wrap: storage::glob_seed,
    },
    Target {
        name: "mask",
        about: "bodies of objects, in which secrets are masked",
        run: bridge::mask,
        sources: &["@engine/objects/mask.rs"],
        wrap: alone,
    },
    Target {
        name: "filter",
        about: "the filter line",
        run: bridge::filter,
        sources: &["@engine/sets/filter.rs"],
        wrap: alone,
    },
    Target {
        name: "statistics",
        about: "statistics.json of a monitor, compared with what stands behind an empty line",
        run: monitors::statistics,
        sources: &["@models/monitor/statistics/tests.rs"],
        wrap: monitors::statistics_seed,
    },
    Target {
        name: "constraints",
        about: "constraints.json of data and of model quality",
        run: monitors::constraints,
        sources: &["@models/monitor/constraints/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "violations",
        about: "constraint_violations.json",
        run: monitors::violations,
        sources: &["@models/monitor/violations/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "evaluation",
        about: "metrics of model quality",
        run: monitors::evaluation,
        sources: &["@models/monitor/evaluation/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "clarify",
        about: "analyses of bias and of explainability",
        run: monitors::clarify,
        sources: &["@models/monitor/clarify/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "capture",
        about: "lines of captured data and of ground truth",
        run: monitors::capture,
        sources: &["@models/monitor/capture/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "evidently",
        about: "snapshots of Evidently",
        run: monitors::evidently,
        sources: &["@models/monitor/evidently/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "mlflow",
        about: "answers of MLflow, and the files of its runs",
        run: monitors::mlflow,
        sources: &["@models/monitor/mlflow/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "experiments",
        about: "the experiments of an MLflow server",
        run: monitors::experiments,
        sources: &["@models/monitor/mlflow/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "evidence",
        about: "the files of a version, each read as every part of its evidence",
        run: monitors::version_files,
        sources: &[
            "@models/evidence/read.rs",
            "@models/monitor/evaluation/tests.rs",
            "@models/monitor/clarify/tests.rs",
        ],
        wrap: alone,
    },
    Target {
        name: "series",
        about: "what monitors of each kind compare with, and the numbers of their reports",
        run: monitors::monitored,
        sources: &["@models/series/tests.rs", "@models/monitor/clarify/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "model_paste",
        about: "ARNs and pages of models, endpoints, schedules and pipelines",
        run: monitors::model_paste,
        sources: &["@models/paste.rs"],
        wrap: alone,
    },
    Target {
        name: "inflate",
        about: "compressed files: what comes out, and the index of its lines",
        run: log_files::inflated,
        sources: &["@logs/record/tests.rs", "@logs/head/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "records",
        about: "lines of logs: their times and levels, and which belong together",
        run: log_files::records,
        sources: &["@logs/record/tests.rs", "@logs/head/tests.rs", "@logs/time/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "event_log",
        about: "event logs of Spark",
        run: log_files::event_log,
        sources: &["@triage/event_log/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "signatures",
        about: "files of signatures",
        run: log_files::signatures,
        sources: &["tests/fuzz/src/seeds/texts.rs", "@triage/catalogue/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "trail",
        about: "records of CloudTrail",
        run: monitors::trail,
        sources: &["@models/trail.rs"],
        wrap: alone,
    },
    Target {
        name: "alarm_history",
        about: "items of an alarm's history: HistoryData; behind an empty line the summary",
        run: monitors::alarm_history,
        sources: &["@models/alarms.rs"],
        wrap: monitors::alarm_history_seed,
    },
    Target {
        name: "mlruns",
        about: "files of an exported MLflow folder: experiments and runs",
        run: monitors::mlruns,
        sources: &["@models/monitor/mlruns/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "job_paste",
        about: "ids, ARNs, pages and paths of jobs and their logs, and the YARN applications in a text",
        run: engines::pasted,
        sources: &["@jobs/paste/tests.rs", "@jobs/layout/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "ids",
        about: "ids of runs, of what they belong to and of models, and places of drift reports, as addresses hold them",
        run: engines::ids,
        sources: &["@contract/jobs/id.rs", "@contract/models/target.rs", "@contract/drift/sources.rs"],
        wrap: alone,
    },
    Target {
        name: "spark_line",
        about: "options of Spark in one line",
        run: engines::spark_line,
        sources: &["@jobs/spark/tests.rs", "@jobs/words.rs"],
        wrap: alone,
    },
    Target {
        name: "function_log",
        about: "logs of functions",
        run: engines::function_log,
        sources: &["@jobs/invocation.rs"],
        wrap: alone,
    },
    Target {
        name: "containers",
        about: "options of containers that log through FireLens",
        run: workflows::containers,
        sources: &["@executions/tasks/firelens.rs"],
        wrap: workflows::containers_seed,
    },
    Target {
        name: "span",
        about: "typed ranges of time; then the minutes of the zone",
        run: storage::span,
        sources: &["@contract/range/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "content",
        about: "objects that are looked into: tables, JSON, Parquet, text",
        run: storage::content,
        sources: &["@objects/content/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "image",
        about: "names of images of containers",
        run: monitors::image,
        sources: &["@models/images.rs"],
        wrap: alone,
    },
    Target {
        name: "marks",
        about: "lines of logs: names of other files, secrets, templates",
        run: log_files::marks,
        sources: &["@logs/refs/tests.rs", "@logs/mask/tests.rs", "@logs/template/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "diagnosis",
        about: "logs of a failed job: what they are recognised by, traces, and signatures made of a line",
        run: log_files::diagnosis,
        sources: &["@triage/trace.rs", "@triage/redact.rs", "@triage/catalogue/tests.rs"],
        wrap: alone,
    },
    Target {
        name: "request",
        about: "requests of the window: a command, then its JSON",
        run: bridge::request,
        sources: &["tests/fuzz/src/seeds/texts.rs"],
        wrap: bridge::request_seed,
    },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// An input that is the text itself.
fn alone(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// Bytes as text, as far as they are.
fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            bytes.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default()
        }
    }
}

/// The parts of an input, one on each line, and all that is left in the last.
fn lines<const N: usize>(bytes: &[u8]) -> [&str; N] {
    let mut parts = text(bytes).splitn(N, '\n');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The two parts of an input with an empty line between them.
fn halves(bytes: &[u8]) -> (&str, &str) {
    let text = text(bytes);
    text.split_once("\n\n").unwrap_or((text, ""))
}

/// No text at all is none.
fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// 21 November 2026, 08:14:22 UTC: a `now` for what wants one.
fn now() -> contract::Timestamp {
    contract::Timestamp::from_second(1_795_248_862).unwrap_or_default()
}
