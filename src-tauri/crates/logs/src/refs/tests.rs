use super::*;
use proptest::prelude::*;

fn found(line: &str) -> Vec<(Kind, String)> {
    refs(line.as_bytes())
        .into_iter()
        .map(|one| {
            assert_eq!(&line[one.range.clone()], one.value, "{line}");
            (one.kind, one.value)
        })
        .collect()
}

#[test]
fn every_kind() {
    for (line, wanted) in [
        (
            "Container container_e12_1700000000000_0001_01_000002 on host: ip-10-0-1-2.ec2.internal (state: COMPLETE)",
            vec![
                (Kind::Container, "container_e12_1700000000000_0001_01_000002"),
                (Kind::Host, "ip-10-0-1-2.ec2.internal"),
            ],
        ),
        (
            "container_1700000000000_0001_01_000002/stderr.gz",
            vec![(Kind::Container, "container_1700000000000_0001_01_000002")],
        ),
        (
            "Lost task 1.0 in stage 3.1 (TID 77) (ip-10-0-1-2 executor 7): x",
            vec![(Kind::Stage, "3.1"), (Kind::Task, "77"), (Kind::Host, "ip-10-0-1-2"), (Kind::Executor, "7")],
        ),
        (
            "Submitted application application_1700000000000_0001.",
            vec![(Kind::Application, "application_1700000000000_0001")],
        ),
        (
            "appattempt_1_2_000001 attempt_1_2_m_3_0 job_1_2",
            vec![
                (Kind::AppAttempt, "appattempt_1_2_000001"),
                (Kind::TaskAttempt, "attempt_1_2_m_3_0"),
                (Kind::HadoopJob, "job_1_2"),
            ],
        ),
        (
            "on i-0123456789abcdef0 of j-2AXXXXXXGAPLF step s-1A2B3C4D5E6F7",
            vec![
                (Kind::Instance, "i-0123456789abcdef0"),
                (Kind::Cluster, "j-2AXXXXXXGAPLF"),
                (Kind::Step, "s-1A2B3C4D5E6F7"),
            ],
        ),
        (
            "read s3a://bucket/a/b.csv. And 's3://c/d'",
            vec![(Kind::Object, "s3a://bucket/a/b.csv"), (Kind::Object, "s3://c/d")],
        ),
        ("jr_c7279ffd00112233445566778899aabb", vec![(Kind::JobRun, "jr_c7279ffd00112233445566778899aabb")]),
        (
            "JobRun jr_c7279ffd00112233445566778899aabb_attempt_2, after jr_c7279ffd00112233445566778899aabb",
            vec![
                (Kind::JobRun, "jr_c7279ffd00112233445566778899aabb_attempt_2"),
                (Kind::JobRun, "jr_c7279ffd00112233445566778899aabb"),
            ],
        ),
        ("jr_c7279ffd00112233445566778899aabb_attempt_x jr_c7279ffd00112233445566778899aabb_attempts_2", vec![]),
        ("--executor-id 7 --hostname x", vec![(Kind::Executor, "7")]),
        ("Executor: Running, executorId=12, Executor ID 3", vec![(Kind::Executor, "12"), (Kind::Executor, "3")]),
        ("my_container_1_2_3_4 container_1_2_3 xip-1-2-3-4 i-am s-ABCDEFGHI executors 7 executor 7x s3://", vec![]),
    ] {
        assert_eq!(
            found(line),
            wanted.into_iter().map(|(kind, value)| (kind, value.to_owned())).collect::<Vec<_>>(),
            "{line}"
        );
    }
}

#[test]
fn executors_lead_to_containers_and_hosts() {
    let mut links = Links::default();
    for line in [
        "24/05/01 12:00:00 INFO YarnAllocator: Launching container container_1700000000000_0001_01_000008 on host ip-10-0-1-2.ec2.internal for executor with ID 7 for ResourceProfile Id 0",
        "24/05/01 12:00:00 INFO X: Registered executor NettyRpcEndpointRef(spark-client://Executor) (10.0.1.9:44444) with ID 8,  ResourceProfileId 0",
        "24/05/01 12:00:00 INFO TaskSetManager: executor 9 lost",
    ] {
        links.feed(line.as_bytes());
    }
    assert_eq!(links.executor(7).unwrap().container.as_deref(), Some("container_1700000000000_0001_01_000008"));
    assert_eq!(links.executor(7).unwrap().host.as_deref(), Some("ip-10-0-1-2.ec2.internal"));
    assert_eq!(links.executor(8).unwrap().host.as_deref(), Some("ip-10-0-1-9"));
    assert_eq!(links.executor(9), None);
    let mut others = Links::default();
    others.feed(b"Starting executor ID 7 on host ip-10-0-1-3.ec2.internal");
    links.merge(others);
    assert_eq!(links.executor(7).unwrap().host.as_deref(), Some("ip-10-0-1-3.ec2.internal"));
    assert!(links.executor(7).unwrap().container.is_some(), "what was known stays");
    assert_eq!(links.in_container("container_1700000000000_0001_01_000008"), Some(7));
    let name = ContainerName::of("container_e12_1700000000000_0001_02_000001").unwrap();
    assert_eq!((name.application.as_str(), name.attempt, name.sequence), ("application_1700000000000_0001", 2, 1));
    assert_eq!(ContainerName::of("container_1_2"), None);
}

#[test]
fn each_attempt_counts_its_executors_anew() {
    let launched = |attempt: u32, host: &str| {
        format!("Launching container container_1_2_0{attempt}_000002 on host {host} for executor with ID 1")
    };
    let mut attempts = Attempts::default();
    attempts.of(Some(1)).feed(launched(1, "ip-10-0-1-1").as_bytes());
    attempts.of(Some(2)).feed(launched(2, "ip-10-0-1-2").as_bytes());
    for (container, host) in [("container_1_2_01_000002", "ip-10-0-1-1"), ("container_1_2_02_000002", "ip-10-0-1-2")] {
        let (number, executor) = attempts.in_container(container).unwrap();
        assert_eq!((number, executor.host.as_deref()), (1, Some(host)), "{container}");
    }
    let order: Vec<_> = attempts.newest_first().map(|(attempt, _)| attempt).collect();
    assert_eq!(order, [Some(2), Some(1)]);
}

proptest! {
    #[test]
    fn whatever_comes(line in proptest::collection::vec(any::<u8>(), 0..300), words in "(container_|executor |ip-|s3://|i-|[0-9_-]{1,4}|with ID |TID |stage ){0,12}") {
        for line in [line.as_slice(), words.as_bytes()] {
            let mut end = 0;
            for one in refs(line) {
                prop_assert!(one.range.start >= end && one.range.start < one.range.end && one.range.end <= line.len());
                end = one.range.end;
            }
            Links::default().feed(line);
        }
    }
}
