//! One run of each engine, for tests.

use contract::jobs::{
    JobId, SageMakerKind,
    facts::{
        CloudWatchSettings, Driver, GlueDriver, LambdaDriver, LogSettings, Request, RunFact, SageMakerDriver, Usage,
    },
};

fn run(id: JobId, status: &str, driver: Driver, logs: LogSettings) -> RunFact {
    let at = |text: &str| Some(text.parse().unwrap());
    RunFact {
        id,
        arn: None,
        name: Some("daily".into()),
        status: status.into(),
        secondary: None,
        reason: None,
        log_file: None,
        created: at("2026-11-21T05:00:00Z"),
        started: at("2026-11-21T05:01:00Z"),
        ended: at("2026-11-21T05:11:00Z"),
        queued_millis: None,
        run_seconds: None,
        transitions: Vec::new(),
        attempt: None,
        attempts: None,
        by: None,
        request: Request {
            name: Some("daily".into()),
            role: Some("arn:aws:iam::123456789012:role/jobs".into()),
            release: Some("emr-7.1.0".into()),
            driver,
            configurations: Vec::new(),
            logs,
            timeout_minutes: None,
        },
        usage: Usage::default(),
    }
}

pub fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub fn s3(uri: &str) -> LogSettings {
    LogSettings { s3: Some(uri.into()), ..LogSettings::default() }
}

pub fn step() -> RunFact {
    let arguments = [
        "spark-submit",
        "--deploy-mode",
        "cluster",
        "--executor-memory",
        "4g",
        "--conf",
        "spark.sql.shuffle.partitions=200",
        "s3://code/etl.py",
        "--input",
        "s3a://lake/in/",
        "--output=s3://lake/out/",
    ];
    let driver = Driver::Jar {
        jar: "command-runner.jar".into(),
        main_class: None,
        arguments: owned(&arguments),
        properties: Vec::new(),
        on_failure: None,
    };
    let id = JobId::Step { cluster: "j-1K48XXXXXXHCB".into(), step: "s-3QM0XXXXXM1W".into() };
    run(id, "FAILED", driver, s3("s3n://logs/emr/"))
}

pub fn serverless() -> RunFact {
    let driver = Driver::SparkSubmit {
        entry_point: "s3://code/etl.py".into(),
        arguments: owned(&["s3://lake/in/daily_sales.csv", "s3://lake/out/"]),
        parameters: Some("--conf spark.executor.memory=4g --conf 'spark.x.extraJavaOptions=-Da=1 -Db=2'".into()),
    };
    let id =
        JobId::Serverless { application: "00f4k2m8p1q3r509".into(), run: "00f4k2m8p1q3r5ab".into(), attempt: None };
    run(id, "SUCCESS", driver, s3("s3://logs/spark"))
}

pub fn eks() -> RunFact {
    let driver = Driver::SparkSubmit {
        entry_point: "local:///usr/lib/spark/examples/src/main/python/pi.py".into(),
        arguments: Vec::new(),
        parameters: Some("--conf spark.executor.instances=2".into()),
    };
    let mut logs = s3("s3://logs/eks/");
    logs.cloud_watch =
        Some(CloudWatchSettings { group: Some("/emr/eks".into()), stream_prefix: Some("nightly".into()) });
    let id = JobId::Eks { virtual_cluster: "1f3k5m7p9r1t3v5x7z9b1d3f5".into(), run: "000000030ur9k8pf9eo".into() };
    run(id, "FAILED", driver, logs)
}

pub fn glue() -> RunFact {
    let driver = Driver::Glue(Box::new(GlueDriver {
        command: "glueetl".into(),
        script: Some("s3://code/clean.py".into()),
        defaults: pairs(&[
            ("--TempDir", "s3://tmp/"),
            ("--extra-py-files", "s3://code/a.zip,s3://code/b.zip"),
            ("--conf", "spark.executor.memory=5g --conf spark.sql.shuffle.partitions=100"),
            ("--source_path", "s3://lake/in/"),
            ("--date", "2026-11-20"),
        ]),
        arguments: pairs(&[("--date", "2026-11-21")]),
        worker_type: Some("G.1X".into()),
        workers: Some(10),
        ..GlueDriver::default()
    }));
    let id = JobId::Glue { job: "clean".into(), run: "jr_c7279ffd".into() };
    let mut run = run(id, "FAILED", driver, LogSettings::default());
    run.request.release = Some("4.0".into());
    run
}

pub fn lambda() -> RunFact {
    let driver = Driver::Lambda(LambdaDriver {
        memory_mb: Some(512),
        timeout_seconds: Some(60),
        payload: Some(r#"{"bucket":"lake","source":"s3://lake/in/x.csv"}"#.into()),
        ..LambdaDriver::default()
    });
    let id = JobId::Lambda { function: "load-redshift".into(), request: "8b1f0d0a-1111-2222-3333-444455556666".into() };
    run(id, "timeout", driver, LogSettings::default())
}

pub fn training() -> RunFact {
    let driver = Driver::SageMaker(Box::new(SageMakerDriver {
        image: Some("123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:3".into()),
        hyperparameters: pairs(&[
            ("sagemaker_program", r#""train.py""#),
            ("sagemaker_submit_directory", r#""s3://code/source.tar.gz""#),
            ("epochs", "10"),
        ]),
        inputs: pairs(&[("train", "s3://lake/train/")]),
        outputs: pairs(&[("model", "s3://models/")]),
        instance_type: Some("ml.m5.xlarge".into()),
        instances: Some(2),
        ..SageMakerDriver::default()
    }));
    let id = JobId::SageMaker { kind: SageMakerKind::Training, name: "churn-1".into() };
    run(id, "Failed", driver, LogSettings::default())
}

pub fn all() -> Vec<RunFact> {
    vec![step(), serverless(), eks(), glue(), lambda(), training()]
}
