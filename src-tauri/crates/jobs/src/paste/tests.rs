//! Everything that people paste.

use super::*;
use crate::{
    address::{self, Place},
    sample,
};
use contract::jobs::SageMakerKind;
use proptest::prelude::*;

fn titles(text: &str) -> Vec<String> {
    resolve(text).into_iter().map(|one| one.title).collect()
}

/// The page of a stream. The console encodes names twice and writes `$` for the outer `%`.
fn log_page(group: &str, stream: &str) -> String {
    let twice = |name: &str| address::encode(&address::encode(name)).replace('%', "$");
    format!(
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/{}/log-events/{}",
        twice(group),
        twice(stream)
    )
}

#[test]
fn bare_ids() {
    let jr = format!("jr_{}", "0a1b2c3d".repeat(8));
    let cases = [
        ("j-1K48XXXXXXHCB", "EMR cluster j-1K48XXXXXXHCB"),
        ("s-3QM0XXXXXM1W", "EMR step s-3QM0XXXXXM1W"),
        ("step s-3QM0XXXXXM1W of cluster j-1K48XXXXXXHCB failed.", "EMR step s-3QM0XXXXXM1W of j-1K48XXXXXXHCB"),
        ("00f4k2m8p1q3r509", "EMR Serverless application or job run 00f4k2m8p1q3r509"),
        ("00f4k2m8p1q3r509 00f4k2m8p1q3r5ab", "EMR Serverless job run 00f4k2m8p1q3r5ab of 00f4k2m8p1q3r509"),
        ("000000030ur9k8pf9eo", "EMR on EKS job run 000000030ur9k8pf9eo"),
        ("container_e17_1700000000000_0042_01_000007", "YARN application_1700000000000_0042"),
        ("RequestId: 8b1f0d0a-1111-2222-3333-444455556666", "request 8b1f0d0a-1111-2222-3333-444455556666"),
        ("/aws-glue/jobs/error", "log group /aws-glue/jobs/error"),
        ("/aws-glue/jobs/error:jr_1", "log stream jr_1 of /aws-glue/jobs/error"),
        ("glue:clean/jr_1", "Glue job run jr_1 of clean"),
        ("redshift:8b1f0d0a-1111-2222-3333-444455556666", "Redshift statement 8b1f0d0a-1111-2222-3333-444455556666"),
        (
            "aws redshift-data describe-statement --id 8b1f0d0a-1111-2222-3333-444455556666",
            "Redshift statement 8b1f0d0a-1111-2222-3333-444455556666",
        ),
    ];
    for (text, title) in cases {
        assert_eq!(titles(text), [title], "{text}");
    }
    assert_eq!(titles(&format!("run {jr}-driver")), [format!("Glue job run {jr}")]);
    assert_eq!(titles(&format!("{jr}_attempt_2")), [format!("Glue job run {jr}_attempt_2")]);
    assert!(
        titles("nothing here: j-abc s-1 00f jr_x s3://lake/in/x.csv https://example.com/j-1K48XXXXXXHCB").is_empty()
    );
}

#[test]
fn arns() {
    let of = |rest: &str| format!("arn:aws:{rest}");
    let cases = [
        ("emr-serverless:eu-west-1:123456789012:/applications/00f/jobruns/00g", "EMR Serverless job run 00g of 00f"),
        ("emr-serverless:eu-west-1:123456789012:/applications/00f", "EMR Serverless application 00f"),
        ("emr-containers:eu-west-1:123456789012:/virtualclusters/vc/jobruns/00", "EMR on EKS job run 00 of vc"),
        ("elasticmapreduce:eu-west-1:123456789012:cluster/j-1K48XXXXXXHCB", "EMR cluster j-1K48XXXXXXHCB"),
        ("glue:eu-west-1:123456789012:job/clean", "Glue job clean"),
        ("lambda:eu-west-1:123456789012:function:load:live", "Lambda function load"),
        ("sagemaker:eu-west-1:123456789012:processing-job/prep", "SageMaker processing job prep"),
        ("dms:eu-west-1:123456789012:task:ABC7", "DMS task ABC7"),
        ("dms:eu-west-1:123456789012:replication-config:DEF7", "DMS serverless replication DEF7"),
        ("logs:eu-west-1:123456789012:log-group:/aws/lambda/load:*", "log group /aws/lambda/load"),
        ("logs:eu-west-1:123456789012:log-group:g:log-stream:a/b", "log stream a/b of g"),
    ];
    for (rest, title) in cases {
        let all = resolve(&of(rest));
        assert_eq!(all.len(), 1, "{rest}");
        assert_eq!(
            (all[0].title.as_str(), all[0].region.as_deref(), all[0].account.as_deref()),
            (title, Some("eu-west-1"), Some("123456789012"))
        );
    }
    let two = format!("{} and jr_0a1b2c3d", of("glue:eu-west-1:123456789012:job/clean"));
    assert_eq!(resolve(&two)[0].target, JobTarget::Job(JobId::Glue { job: "clean".into(), run: "jr_0a1b2c3d".into() }));
    assert_eq!(resolve(&two)[0].region.as_deref(), Some("eu-west-1"));
}

#[test]
fn paths_of_logs_lead_to_their_runs() {
    let job = |text: &str| match resolve(text).pop().map(|one| one.target) {
        Some(JobTarget::LogPath { job, .. }) => job.map(|id| id.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        job("s3n://logs/emr/j-1K48XXXXXXHCB/steps/s-3QM0XXXXXM1W/stderr.gz").as_deref(),
        Some("emr:j-1K48XXXXXXHCB/s-3QM0XXXXXM1W")
    );
    assert_eq!(
        job("s3://b/applications/00f4k2m8p1q3r509/jobs/00f4k2m8p1q3r5ab/attempts/2/SPARK_DRIVER/stderr.gz").as_deref(),
        Some("emr-serverless:00f4k2m8p1q3r509/00f4k2m8p1q3r5ab/2")
    );
    assert_eq!(
        job("(s3://b/e/1f3k5m7p9r1t3v5x7z9b1d3f5/jobs/000000030ur9k8pf9eo/containers/p/stderr.gz).").as_deref(),
        Some("emr-containers:1f3k5m7p9r1t3v5x7z9b1d3f5/000000030ur9k8pf9eo")
    );
    assert_eq!(job("s3://b/j-1K48XXXXXXHCB/node/i-0abc/daemons/x.log.gz"), None);
}

#[test]
fn addresses_of_the_console() {
    let console = "https://eu-west-1.console.aws.amazon.com";
    let cases = [
        ("/emr/home?region=eu-west-1#/clusterDetails/j-1K48XXXXXXHCB", "EMR cluster j-1K48XXXXXXHCB"),
        ("/elasticmapreduce/home?region=eu-west-1#cluster-details:j-1K48XXXXXXHCB", "EMR cluster j-1K48XXXXXXHCB"),
        ("/gluestudio/home?region=eu-west-1#/job/a%2Fb%20c/run/jr_0a1b2c3d", "Glue job run jr_0a1b2c3d"),
        ("/glue/home?region=eu-west-1#jobRun:jobName=clean;jobRunId=jr_0a1b2c3d", "Glue job run jr_0a1b2c3d of clean"),
        ("/dms/v2/home?region=eu-west-1#taskDetails/orders-cdc", "DMS task orders-cdc"),
        (
            "/redshiftv2/home?region=eu-west-1#queries/8b1f0d0a-1111-2222-3333-444455556666",
            "Redshift statement 8b1f0d0a-1111-2222-3333-444455556666",
        ),
        ("/lambda/home?region=eu-west-1#/functions/load?tab=monitoring", "Lambda function load"),
        ("/sagemaker/home?region=eu-west-1#/jobs/churn-1", "SageMaker training job churn-1"),
        ("/sagemaker/home?region=eu-west-1#/hyper-tuning-jobs/tune", "SageMaker tuning job tune"),
        (
            "/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fload/log-events/2026$252F11$252F21$252F$255B$2524LATEST$255Dab$3Fstart$3D1",
            "log stream 2026/11/21/[$LATEST]ab of /aws/lambda/load",
        ),
        (
            "/cloudwatch/home?region=eu-west-1#logEventViewer:group=/aws-glue/jobs/error;stream=jr_1",
            "log stream jr_1 of /aws-glue/jobs/error",
        ),
        (
            "/s3/object/logs?region=eu-west-1&prefix=j-1K48XXXXXXHCB/steps/s-3QM0XXXXXM1W/stderr.gz",
            "logs at s3://logs/j-1K48XXXXXXHCB/steps/s-3QM0XXXXXM1W/stderr.gz",
        ),
    ];
    for (rest, title) in cases {
        let all = resolve(&format!("see {console}{rest}, please"));
        assert_eq!(all.len(), 1, "{rest}");
        assert!(all[0].title.starts_with(title), "{rest}: {}", all[0].title);
        assert_eq!(all[0].region.as_deref(), Some("eu-west-1"));
    }
    let studio = "https://es-ABC.emrstudio-prod.eu-west-1.amazonaws.com/#/serverless-applications/00f4k2m8p1q3r509/00f4k2m8p1q3r5ab";
    assert_eq!(titles(studio), ["EMR Serverless job run 00f4k2m8p1q3r5ab of 00f4k2m8p1q3r509"]);
}

#[test]
fn what_is_printed_is_read_back() {
    let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
    for run in sample::all() {
        let printed = resolve(&run.id.to_string());
        assert_eq!(printed.first().map(|one| &one.target), Some(&JobTarget::Job(run.id.clone())));
        assert_eq!(resolve(&address::arn(&run.id, &place)).len(), 1, "{:?}", run.id);
        assert_eq!(resolve(&address::console(&run.id, &place)).len(), 1, "{:?}", run.id);
    }
}

fn ids() -> impl Strategy<Value = JobId> {
    let text = || any::<String>().prop_filter("not empty", |text| !text.is_empty());
    prop_oneof![
        (text(), text()).prop_map(|(cluster, step)| JobId::Step { cluster, step }),
        (text(), text(), any::<Option<u32>>()).prop_map(|(application, run, attempt)| JobId::Serverless {
            application,
            run,
            attempt
        }),
        (text(), text()).prop_map(|(virtual_cluster, run)| JobId::Eks { virtual_cluster, run }),
        (text(), text()).prop_map(|(job, run)| JobId::Glue { job, run }),
        (text(), text()).prop_map(|(function, request)| JobId::Lambda { function, request }),
        (proptest::sample::select(&SageMakerKind::ALL[..]), text())
            .prop_map(|(kind, name)| JobId::SageMaker { kind, name }),
    ]
}

proptest! {
    #[test]
    fn every_id_reads_back(id in ids()) {
        prop_assert_eq!(id.to_string().parse(), Ok(id.clone()));
        // A point at the end belongs to the sentence around it.
        prop_assume!(trimmed(&id.to_string()) == id.to_string());
        let resolved = resolve(&id.to_string());
        prop_assert_eq!(resolved.first().map(|one| &one.target), Some(&JobTarget::Job(id)));
    }

    #[test]
    fn every_group_and_stream_survives_its_address(group in "[a-zA-Z0-9_./#-]{1,30}", stream in "[ -9;-~]{1,30}") {
        prop_assume!(!group.ends_with('/'));
        let page = log_page(&group, &stream);
        prop_assume!(trimmed(&page) == page);
        let all = resolve(&page);
        prop_assert_eq!(all.first().map(|one| one.target.clone()), Some(JobTarget::LogStream { group, stream }));
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        for before in ["", "arn:aws:logs:", "arn:aws:emr-serverless:r:a:", "https://x.console.aws.amazon.com/", "s3://", "/aws/", "j-", "jr_", "container_e"] {
            resolve(&format!("{before}{text}"));
        }
    }
}
