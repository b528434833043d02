//! Command lines of every engine.

use super::*;
use crate::sample;
use contract::jobs::facts::Driver;
use proptest::prelude::*;

const SCOPE: Scope<'_> = Scope { profile: None, region: Some("eu-west-1") };

#[test]
fn every_run_can_be_shown_and_most_cancelled() {
    let said: Vec<(String, Option<String>)> =
        sample::all().iter().map(|run| (describe(&run.id, SCOPE), cancel(&run.id, SCOPE))).collect();
    let shown = [
        "aws emr describe-step --cluster-id j-1K48XXXXXXHCB --step-id s-3QM0XXXXXM1W --region eu-west-1",
        "aws emr-serverless get-job-run --application-id 00f4k2m8p1q3r509 --job-run-id 00f4k2m8p1q3r5ab --region eu-west-1",
        "aws emr-containers describe-job-run --virtual-cluster-id 1f3k5m7p9r1t3v5x7z9b1d3f5 --id 000000030ur9k8pf9eo --region eu-west-1",
        "aws glue get-job-run --job-name clean --run-id jr_c7279ffd --region eu-west-1",
        "aws logs filter-log-events --log-group-name /aws/lambda/load-redshift --filter-pattern '\"8b1f0d0a-1111-2222-3333-444455556666\"' --region eu-west-1",
        "aws sagemaker describe-training-job --training-job-name churn-1 --region eu-west-1",
    ];
    assert_eq!(said.iter().map(|(shown, _)| shown.as_str()).collect::<Vec<_>>(), shown);
    assert_eq!(
        said[0].1.as_deref(),
        Some(
            "aws emr cancel-steps --cluster-id j-1K48XXXXXXHCB --step-ids s-3QM0XXXXXM1W --step-cancellation-option SEND_INTERRUPT --region eu-west-1"
        )
    );
    assert_eq!(said[4].1, None);
    let second = JobId::Serverless { application: "a".into(), run: "b".into(), attempt: Some(2) };
    assert_eq!(
        describe(&second, Scope::default()),
        "aws emr-serverless get-job-run --application-id a --job-run-id b --attempt 2"
    );
}

#[test]
fn the_same_can_be_started_again() {
    let run = sample::serverless();
    assert_eq!(
        start(&run.id, &run.request, SCOPE).unwrap(),
        r#"aws emr-serverless start-job-run --application-id 00f4k2m8p1q3r509 --execution-role-arn arn:aws:iam::123456789012:role/jobs --name daily --job-driver '{"sparkSubmit":{"entryPoint":"s3://code/etl.py","sparkSubmitParameters":"--conf spark.executor.memory=4g --conf '\''spark.x.extraJavaOptions=-Da=1 -Db=2'\''","entryPointArguments":["s3://lake/in/daily_sales.csv","s3://lake/out/"]}}' --configuration-overrides '{"monitoringConfiguration":{"s3MonitoringConfiguration":{"logUri":"s3://logs/spark"}}}' --region eu-west-1"#
    );
    let run = sample::glue();
    assert_eq!(
        start(&run.id, &run.request, SCOPE).unwrap(),
        r#"aws glue start-job-run --job-name clean --arguments '{"--date":"2026-11-21"}' --worker-type G.1X --number-of-workers 10 --region eu-west-1"#
    );
    for run in [sample::step(), sample::eks(), sample::lambda()] {
        assert!(start(&run.id, &run.request, SCOPE).unwrap().starts_with("aws "));
    }
    assert_eq!(start(&sample::training().id, &sample::training().request, SCOPE), None);
}

#[test]
fn a_property_with_a_comma_is_said_by_no_command() {
    let mut run = sample::step();
    let mut said = |value: &str| {
        if let Driver::Jar { properties, .. } = &mut run.request.driver {
            *properties = vec![("mapreduce.job.queuename".into(), "etl".into()), ("hosts".into(), value.into())];
        }
        start(&run.id, &run.request, SCOPE)
    };
    let whole = said("a=1").unwrap();
    assert!(whole.contains(r#""Properties":"mapreduce.job.queuename=etl,hosts=a=1""#), "{whole}");
    assert_eq!(said("a,b"), None, "the CLI would make two of it");
}

#[test]
fn an_argument_with_a_comma_stays_one() {
    let mut run = sample::step();
    if let Driver::Jar { arguments, .. } = &mut run.request.driver {
        *arguments = ["spark-submit", "--conf", "spark.jars=s3://a/x.jar,s3://a/y.jar"].map(str::to_owned).into();
    }
    let said = start(&run.id, &run.request, SCOPE).unwrap();
    assert!(said.contains(r#""Args":["spark-submit","--conf","spark.jars=s3://a/x.jar,s3://a/y.jar"]"#), "{said}");
}

#[test]
fn a_command_asks_for_what_the_program_asks_for() {
    let run = sample::step();
    let said = start(&run.id, &run.request, SCOPE).unwrap();
    assert!(said.ends_with(" --execution-role-arn arn:aws:iam::123456789012:role/jobs --region eu-west-1"), "{said}");
    let mut run = sample::glue();
    let Driver::Glue(glue) = &mut run.request.driver else { panic!("{run:?}") };
    (glue.worker_type, glue.workers, glue.max_capacity) = (None, None, Some(0.0625));
    (glue.command, glue.execution_class) = ("pythonshell".into(), Some("STANDARD".into()));
    let said = start(&run.id, &run.request, SCOPE).unwrap();
    assert!(said.ends_with(" --max-capacity 0.0625 --region eu-west-1"), "{said}");
}

#[test]
fn logs_are_copied_or_filtered() {
    assert_eq!(
        logs(&sample::serverless(), SCOPE).first().map(String::as_str),
        Some(
            "aws s3 cp s3://logs/spark/applications/00f4k2m8p1q3r509/jobs/00f4k2m8p1q3r5ab/ logs --region eu-west-1 --recursive"
        )
    );
    assert!(
        logs(&sample::lambda(), SCOPE)[0]
            .starts_with("aws logs filter-log-events --log-group-name /aws/lambda/load-redshift")
    );
}

proptest! {
    #[test]
    fn what_a_stranger_named_stays_one_word(name in "[ -~]{1,20}") {
        let id = JobId::Glue { job: name.clone(), run: "--all".into() };
        let said = describe(&id, Scope::default());
        let words = crate::words::Words::parse(&said).to_list();
        // The shell's words of the line: the name is one of them, whatever it holds.
        let joined = format!("--job-name={name}");
        prop_assert!(words.contains(&name) || words.contains(&joined), "{said}");
        prop_assert!(words.contains(&"--run-id=--all".to_owned()));
    }
}
