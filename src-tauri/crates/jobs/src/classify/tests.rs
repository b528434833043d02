//! The documented names, and that none is too strange.

use super::*;
use proptest::prelude::*;

/// Role, executor, container or node, attempt, stream, part, compressed: as one line.
fn line(row: &LogFileRow) -> String {
    let of =
        |name: &str, value: &Option<String>| value.as_ref().map_or(String::new(), |value| format!(" {name}={value}"));
    format!(
        "{}{}{}{}{} {}{}{}",
        row.role.word(),
        of("executor", &row.executor),
        of("container", &row.container),
        of("node", &row.node),
        row.attempt.map_or(String::new(), |attempt| format!(" attempt={attempt}")),
        row.stream.word(),
        of("part", &row.part),
        if row.compressed { " packed" } else { "" },
    )
}

#[test]
fn keys_of_emr() {
    let cases = [
        ("logs/j-1/steps/s-3QM0XXXXXM1W/controller.gz", "step controller packed"),
        ("logs/j-1/steps/s-3QM0XXXXXM1W/stderr.gz", "step stderr packed"),
        ("j-1/steps/s-3QM0XXXXXM1W/syslog.2016-02-26-23.gz", "step syslog part=2016-02-26-23 packed"),
        ("own/s-3QM0XXXXXM1W/stdout", "step stdout"),
        (
            "j-1/containers/application_1700000000000_0001/container_1700000000000_0001_01_000001/stderr.gz",
            "driver container=container_1700000000000_0001_01_000001 attempt=1 stderr packed",
        ),
        (
            "j-1/containers/application_1700000000000_0001/container_e17_1700000000000_0001_02_000007/prelaunch.err.gz",
            "executor container=container_e17_1700000000000_0001_02_000007 attempt=2 prelaunch.err packed",
        ),
        (
            "j-1/node/i-0abc/applications/hadoop-yarn/hadoop-yarn-nodemanager-ip-10-0-0-1.log.gz",
            "node node=i-0abc hadoop-yarn-nodemanager-ip-10-0-0-1.log packed",
        ),
        ("j-1/node/i-0abc/bootstrap-actions/1/stderr.gz", "bootstrap container=action 1 node=i-0abc stderr packed"),
        ("j-1/node/i-0abc/bootstrap-actions/master.log.gz", "bootstrap node=i-0abc master.log packed"),
        (
            "j-1/node/i-0abc/daemons/instance-state/console.log-2026-11-21-05-30.gz",
            "node node=i-0abc console.log part=2026-11-21-05-30 packed",
        ),
        ("j-1/hadoop-mapreduce/history/2026/11/21/job_1-2.jhist.gz", "event log job_1-2.jhist packed"),
    ];
    for (name, expected) in cases {
        assert_eq!(line(&key(name)), expected, "{name}");
    }
}

#[test]
fn keys_of_emr_serverless_and_emr_on_eks() {
    let run = "spark/applications/00f/jobs/00g";
    let pods = "eks/vc1/jobs/000000030/containers";
    let cases = [
        (format!("{run}/SPARK_DRIVER/stderr.gz"), "driver stderr packed"),
        (format!("{run}/SPARK_DRIVER/archived/stderr_12.gz"), "driver stderr part=12 packed"),
        (format!("{run}/SPARK_EXECUTOR/7/stdout.gz"), "executor executor=7 stdout packed"),
        (
            format!("{run}/attempts/2/SPARK_EXECUTOR/7/archived/stdout_0.gz"),
            "executor executor=7 attempt=2 stdout part=0 packed",
        ),
        (format!("{run}/HIVE_DRIVER/stdout.gz"), "driver stdout packed"),
        (format!("{run}/TEZ_TASK/3/stderr.gz"), "executor executor=3 stderr packed"),
        (format!("{run}/sparklogs/eventlog_v2_00g/events_1_00g.zstd"), "event log events_1_00g packed"),
        (format!("{run}/job-metadata.log"), "metadata job-metadata.log"),
        (format!("{pods}/000000030-abcde/stderr.gz"), "submitter container=000000030-abcde stderr packed"),
        (
            format!("{pods}/spark-000000030/spark-000000030-driver/stdout.gz"),
            "driver container=spark-000000030-driver stdout packed",
        ),
        (
            format!("{pods}/spark-000000030/etl-0a1b2c-exec-7/stderr.gz"),
            "executor executor=7 container=etl-0a1b2c-exec-7 stderr packed",
        ),
        ("anything/else.txt".to_owned(), "other else.txt"),
    ];
    for (name, expected) in cases {
        assert_eq!(line(&key(&name)), expected, "{name}");
    }
}

#[test]
fn streams_of_every_engine() {
    let cases = [
        ("/aws-glue/jobs/error", "jr_c7279ffd", "driver stderr"),
        ("/aws-glue/jobs/output", "jr_c7279ffd_attempt_1", "driver attempt=2 stdout"),
        ("/aws-glue/jobs/error", "jr_c7279ffd_g-0a1b2c", "executor executor=g-0a1b2c stderr"),
        ("/aws-glue/jobs/logs-v2", "jr_c7279ffd-driver", "driver log"),
        ("/aws-glue/jobs/logs-v2", "jr_c7279ffd-7", "executor executor=7 log"),
        ("/aws-glue/jobs/logs-v2", "jr_c7279ffd-progress-bar", "metadata log"),
        ("/data/glue/error", "clean-driver", "driver stderr"),
        ("/aws/lambda/load", "2026/11/21/[$LATEST]a1b2", "function container=a1b2 log"),
        ("own-group", "2026/11/21/load[12]a1b2", "function container=a1b2 log"),
        ("/aws/sagemaker/TrainingJobs", "churn-1/algo-2-1763701234", "algorithm executor=algo-2 log"),
        ("/aws/sagemaker/TransformJobs", "score/i-0abc-1", "algorithm node=i-0abc log"),
        ("/aws/emr-serverless", "p/applications/00f/jobs/00g/SPARK_DRIVER/stdout", "driver stdout"),
        (
            "/aws/emr-serverless",
            "/applications/00f/jobs/00g/attempts/2/SPARK_EXECUTOR/7/stderr",
            "executor executor=7 attempt=2 stderr",
        ),
        ("/emr/eks", "p/vc1/jobs/0/containers/spark-0/spark-0-driver/stderr", "driver container=spark-0-driver stderr"),
        ("anything", "else", "other log"),
    ];
    for (group, stream, expected) in cases {
        assert_eq!(line(&streams::stream(group, stream)), expected, "{group}:{stream}");
    }
}

#[test]
fn what_tells_most_stands_first() {
    let names = [
        "j/node/i-1/daemons/apppusher.log.gz",
        "j/containers/application_1_1/container_1_1_01_000001/stderr.gz",
        "j/containers/application_1_1/container_1_1_02_000009/stderr.gz",
        "j/steps/s-3QM0XXXXXM1W/stderr.gz",
        "j/containers/application_1_1/container_1_1_02_000001/stdout.gz",
        "j/containers/application_1_1/container_1_1_02_000001/stderr.gz",
    ];
    let mut rows: Vec<(LogFileRow, &str)> = names.iter().map(|name| (key(name), *name)).collect();
    rows.sort_by_key(|(row, _)| order(row));
    let sorted: Vec<&str> = rows.iter().map(|(_, name)| *name).collect();
    assert_eq!(sorted, [names[5], names[4], names[1], names[3], names[2], names[0]]);
}

/// What names of logs are made of.
const PARTS: [&str; 24] = [
    "a",
    "ü",
    "steps",
    "containers",
    "node",
    "SPARK_EXECUTOR",
    "archived",
    "attempts",
    "/",
    "/",
    "/",
    "_",
    "-",
    "-exec-",
    "container_",
    "jr_",
    "_g-",
    "_attempt_",
    "algo-",
    "i-",
    "s-",
    "stderr",
    ".gz",
    "9",
];

proptest! {
    #[test]
    fn no_name_is_too_strange(name in any::<String>(), group in any::<String>()) {
        key(&name);
        streams::stream(&group, &name);
        let store = LogStore::Group(group);
        classify(&ListedLog { store, path: name.clone(), size: None, last_write: None });
    }

    #[test]
    fn no_order_of_known_parts_is_too_strange(
        parts in proptest::collection::vec(proptest::sample::select(&PARTS[..]), 0..12,
        ),
    ) {
        let name = parts.concat();
        let row = key(&name);
        is_readable(&row);
        let _ = order(&row);
        for group in ["/aws-glue/jobs/error", "/aws/lambda/x", "/aws/sagemaker/TrainingJobs", "/aws/emr-serverless", ""] {
            streams::stream(group, &name);
        }
    }
}
