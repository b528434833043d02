//! The documented layouts, one table for each engine.

use super::*;
use crate::sample;
use contract::jobs::facts::GlueDriver;
use proptest::prelude::*;

/// `s3://bucket/prefix`, `group:prefix`, or the call.
fn shown(places: &[LogPlace]) -> Vec<String> {
    let one = |place: &LogPlace| match place {
        LogPlace::S3 { bucket, prefix, .. } => format!("s3://{bucket}/{prefix}"),
        LogPlace::CloudWatch { group, stream_prefix, filter, .. } => match filter {
            None => format!("{group}:{stream_prefix}"),
            Some(filter) => format!("{group}:{stream_prefix}?{filter}"),
        },
        LogPlace::Managed { call, .. } => call.clone(),
    };
    places.iter().map(one).collect()
}

#[test]
fn a_step_of_a_cluster() {
    let mut run = sample::step();
    let cluster = "s3://logs/emr/j-1K48XXXXXXHCB";
    assert_eq!(
        shown(&places(&run, &[])),
        [
            format!("{cluster}/steps/s-3QM0XXXXXM1W/"),
            format!("{cluster}/containers/"),
            format!("{cluster}/node/"),
            format!("{cluster}/hadoop-mapreduce/history/"),
        ]
    );
    let one = "application_1700000000000_0001".to_owned();
    assert_eq!(shown(&places(&run, std::slice::from_ref(&one)))[1], format!("{cluster}/containers/{one}/"));
    run.request.logs.step_s3 = Some("s3://own/".into());
    assert_eq!(shown(&places(&run, &[]))[0], "s3://own/j-1K48XXXXXXHCB/steps/s-3QM0XXXXXM1W/");
    run.request.logs = LogSettings::default();
    assert!(places(&run, &[one]).is_empty(), "a cluster without LogUri keeps nothing");
}

#[test]
fn a_cluster_keeps_the_logs_of_its_machines() {
    let mut run = sample::step();
    run.id = JobId::Cluster { cluster: "j-1K48XXXXXXHCB".into() };
    assert_eq!(shown(&places(&run, &[])), ["s3://logs/emr/j-1K48XXXXXXHCB/node/"]);
    run.request.logs = LogSettings::default();
    assert!(places(&run, &[]).is_empty());
}

#[test]
fn applications_are_named_by_the_log_of_the_step() {
    let log = "INFO Client: Submitted application application_1700000000000_0001\n\
        tracking URL: http://x/proxy/application_1700000000000_0001/\napplication_17_1 application_1700000000000_0002";
    assert_eq!(yarn_applications(log), ["application_1700000000000_0001", "application_1700000000000_0002"]);
}

#[test]
fn a_job_run_of_emr_serverless() {
    let mut run = sample::serverless();
    let below = "applications/00f4k2m8p1q3r509/jobs/00f4k2m8p1q3r5ab/";
    assert_eq!(shown(&places(&run, &[])), [format!("s3://logs/spark/{below}"), "GetDashboardForJobRun".into()]);
    run.id =
        JobId::Serverless { application: "00f4k2m8p1q3r509".into(), run: "00f4k2m8p1q3r5ab".into(), attempt: Some(2) };
    run.request.logs.managed = Some(false);
    assert_eq!(
        shown(&places(&run, &[])),
        [format!("s3://logs/spark/{below}attempts/2/"), format!("s3://logs/spark/{below}")]
    );
    run.request.logs.s3 = None;
    run.request.logs.cloud_watch = Some(CloudWatchSettings { group: None, stream_prefix: Some("nightly/".into()) });
    assert_eq!(shown(&places(&run, &[])), [format!("/aws/emr-serverless:nightly/{below}")]);
}

#[test]
fn a_job_run_of_emr_on_eks() {
    let below = "1f3k5m7p9r1t3v5x7z9b1d3f5/jobs/000000030ur9k8pf9eo/";
    assert_eq!(
        shown(&places(&sample::eks(), &[])),
        [format!("s3://logs/eks/{below}"), format!("/emr/eks:nightly/{below}")]
    );
}

#[test]
fn a_job_run_of_glue() {
    let with = |arguments: &[(&str, &str)], command: &str| {
        let mut run = sample::glue();
        run.request.driver = Driver::Glue(Box::new(GlueDriver {
            command: command.into(),
            arguments: arguments.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
            ..GlueDriver::default()
        }));
        shown(&places(&run, &[]))
    };
    let usual = ["/aws-glue/jobs/error:jr_c7279ffd", "/aws-glue/jobs/output:jr_c7279ffd"];
    assert_eq!(with(&[], "glueetl"), usual);
    let continuous = [("--enable-continuous-cloudwatch-log", "true"), ("--spark-event-logs-path", "s3://ui/events/")];
    assert_eq!(
        with(&continuous, "glueetl"),
        [usual[0], usual[1], "/aws-glue/jobs/logs-v2:jr_c7279ffd", "s3://ui/events/"]
    );
    let own = [
        ("--enable-continuous-cloudwatch-log", "true"),
        ("--continuous-log-logGroup", "glue-logs"),
        ("--continuous-log-logStreamPrefix", "clean"),
    ];
    assert_eq!(with(&own, "glueetl").last().map(String::as_str), Some("glue-logs:clean"));
    let five = [("--custom-logGroup-prefix", "/data/glue"), ("--custom-logStream-prefix", "clean")];
    assert_eq!(with(&five, "glueetl")[..2], ["/data/glue/error:clean", "/data/glue/output:clean"]);
    assert_eq!(with(&[], "pythonshell")[0], "/aws-glue/python-jobs/error:jr_c7279ffd");
}

#[test]
fn functions_and_jobs_of_sagemaker() {
    let lambda = "/aws/lambda/load-redshift:?\"8b1f0d0a-1111-2222-3333-444455556666\"";
    assert_eq!(shown(&places(&sample::lambda(), &[])), [lambda]);
    let mut run = sample::training();
    let groups = [
        (SageMakerKind::Training, "/aws/sagemaker/TrainingJobs:churn-1/"),
        (SageMakerKind::Processing, "/aws/sagemaker/ProcessingJobs:churn-1/"),
        (SageMakerKind::Transform, "/aws/sagemaker/TransformJobs:churn-1/"),
        (SageMakerKind::Tuning, "/aws/sagemaker/TrainingJobs:churn-1-"),
    ];
    for (kind, place) in groups {
        run.id = JobId::SageMaker { kind, name: "churn-1".into() };
        assert_eq!(shown(&places(&run, &[])), [place]);
    }
}

proptest! {
    #[test]
    fn no_log_uri_is_too_strange(uri in any::<String>(), text in any::<String>()) {
        let mut run = sample::step();
        run.request.logs = LogSettings { s3: Some(uri.clone()), step_s3: Some(format!("s3://{uri}")), ..LogSettings::default() };
        places(&run, &yarn_applications(&text));
        yarn_applications(&format!("application_{text}"));
    }
}
