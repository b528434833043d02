//! Job runs of Glue: special parameters, arguments of the script, and Spark's settings inside of `--conf`.
//!
//! "Using job parameters in AWS Glue jobs": arguments of the run replace defaults of the job by name, and what the job
//! calls not overridable stands before both. `--conf` is one argument: more settings are written behind the first, as
//! `spark.a=1 --conf spark.b=2`.

use super::{Named, code, code_list, paths, setting};
use crate::spark::SparkLine;
use contract::jobs::{Parameters, Setting, facts::GlueDriver};

/// Parameters that Glue reads itself; all others are for the script.
const SPECIAL: [&str; 44] = [
    "--additional-python-modules",
    "--auto-scale-within-microbatch",
    "--class",
    "--conf",
    "--continuous-log-conversionPattern",
    "--continuous-log-logGroup",
    "--continuous-log-logStreamPrefix",
    "--custom-logGroup-prefix",
    "--custom-logStream-prefix",
    "--customer-driver-env-vars",
    "--customer-executor-env-vars",
    "--datalake-formats",
    "--disable-proxy-v2",
    "--enable-auto-scaling",
    "--enable-continuous-cloudwatch-log",
    "--enable-continuous-log-filter",
    "--enable-glue-datacatalog",
    "--enable-job-insights",
    "--enable-lakeformation-fine-grained-access",
    "--enable-metrics",
    "--enable-observability-metrics",
    "--enable-rename-algorithm-v2",
    "--enable-s3-parquet-optimized-committer",
    "--enable-spark-ui",
    "--execution-class",
    "--extra-files",
    "--extra-jars",
    "--extra-py-files",
    "--job-bookmark-from",
    "--job-bookmark-option",
    "--job-bookmark-to",
    "--job-language",
    "--library-set",
    "--number-of-workers",
    "--pip-install",
    "--python-modules-installer-option",
    "--scriptLocation",
    "--spark-event-logs-path",
    "--spark-ui-max-local-event-logs",
    "--TempDir",
    "--use-postgres-driver",
    "--user-jars-first",
    "--worker-type",
    "--write-shuffle-files-to-s3",
];

/// The arguments that count, in the order of the API: those of the job first.
pub fn merged(glue: &GlueDriver) -> Vec<(&str, &str, &'static str)> {
    let mut all: Vec<(&str, &str, &'static str)> = Vec::new();
    let places = [("job argument", &glue.defaults), ("run argument", &glue.arguments), ("fixed argument", &glue.fixed)];
    for (from, pairs) in places {
        for (key, value) in pairs {
            match all.iter_mut().find(|(known, _, _)| *known == key.as_str()) {
                Some(known) => *known = (key, value, from),
                None => all.push((key, value, from)),
            }
        }
    }
    all
}

/// The line that Glue makes of the value of `--conf`. Some write the option itself into its value.
pub(crate) fn line(value: &str) -> SparkLine {
    let whole = value.trim().is_empty() || value.trim_start().starts_with("--");
    if whole { SparkLine::parse(value) } else { SparkLine::parse(&format!("--conf {value}")) }
}

pub(super) fn read(glue: &GlueDriver) -> Parameters {
    let all = merged(glue);
    let get = |name: &str| all.iter().find(|(key, _, _)| *key == name).map(|(_, value, _)| *value);
    let mut told = Parameters {
        entry_point: glue.script.clone(),
        main_class: get("--class").map(str::to_owned),
        code: glue.script.iter().map(|uri| code(uri, "script")).collect(),
        ..Parameters::default()
    };
    let lists = [("--extra-py-files", "py-files"), ("--extra-jars", "jar"), ("--extra-files", "file")];
    for (name, role) in lists {
        told.code.extend(get(name).into_iter().flat_map(|list| code_list(list, role)));
    }
    if let Some(value) = get("--conf") {
        let line = line(value);
        told.settings.extend(line.settings().into_iter().filter_map(|(option, counts)| {
            let (key, value) = option.setting()?;
            Some(Setting { effective: counts, ..setting(key, value, "--conf") })
        }));
    }
    let rows = [
        ("command", Some(glue.command.clone()).filter(|command| !command.is_empty())),
        ("worker type", glue.worker_type.clone()),
        ("workers", glue.workers.map(|number| number.to_string())),
        ("maximum capacity", glue.max_capacity.map(|dpus| format!("{dpus} DPU"))),
        ("execution class", glue.execution_class.clone()),
    ];
    told.other.extend(rows.into_iter().filter_map(|(key, value)| Some(setting(key, &value?, "job"))));
    let (special, own): (Vec<_>, Vec<_>) = all.iter().partition(|(key, _, _)| SPECIAL.contains(key));
    let special = special.into_iter().filter(|(key, _, _)| *key != "--conf");
    told.other.extend(special.map(|(key, value, from)| setting(key, value, from)));
    told.arguments.extend(own.iter().flat_map(|(key, value, _)| [(*key).to_owned(), (*value).to_owned()]));
    told.paths = paths::paths(own.iter().map(|(key, value, _)| Named { name: Some(key), value }));
    told
}
