//! Reasons that stand within, beside or above what is said in general of the same failure.

use crate::jobs::Job;
use triage::Verdict;

fn cause(job: &Job) -> String {
    let report = job.report();
    match report.verdict {
        Verdict::Cause => report.findings[0].signature.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_nearer_reason_wins_over_the_general_one() {
    let import = "Traceback (most recent call last):\n  File \"/tmp/job.py\", line 1, in <module>\n    import pandas\n";
    let traces = [
        ("ImportError: /lib64/libm.so.6: version `GLIBC_2.29' not found (required by pandas.so)", "packaging.glibc"),
        ("ImportError: /tmp/env/_lib.so: invalid ELF header", "packaging.architecture"),
        (
            "ImportError: libgomp.so.1: cannot open shared object file: No such file or directory",
            "packaging.native-library",
        ),
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96", "packaging.numpy"),
        ("ModuleNotFoundError: No module named 'pandas'", "python.module-missing"),
        ("botocore.exceptions.NoCredentialsError: Unable to locate credentials", "permission.no-credentials"),
    ];
    for (last, wanted) in traces {
        assert_eq!(cause(&Job::new().driver(&format!("{import}{last}\n")).state("FAILED")), wanted, "{last}");
    }
    let records = [
        (
            "com.amazonaws.services.s3.model.AmazonS3Exception: The operation is not valid for the object's storage class (Service: Amazon S3; Status Code: 403; Error Code: InvalidObjectState)",
            "s3.storage-class",
        ),
        (
            "com.amazonaws.services.s3.model.AmazonS3Exception: arn:aws:kms:eu-west-1:111122223333:key/0f1e is disabled. (Service: Amazon S3; Status Code: 400; Error Code: KMS.DisabledException)",
            "permission.kms-key",
        ),
        (
            "org.apache.hudi.exception.HoodieIOException: Failed to create file\nCaused by: org.apache.hadoop.fs.FileAlreadyExistsException: File already exists: s3://lake/t/.hoodie/20210921151138.commit.requested",
            "hudi.conflict",
        ),
        (
            "org.apache.iceberg.exceptions.CommitFailedException: Timed out after 181204 ms waiting for lock on sales.orders",
            "iceberg.lock",
        ),
    ];
    for (text, wanted) in records {
        let driver = format!("26/01/01 10:00:00 ERROR Main: failed\n{text}\n");
        assert_eq!(cause(&Job::new().driver(&driver).state("FAILED")), wanted, "{text}");
    }
}

#[test]
fn a_script_that_python_cannot_read_is_named_with_its_line() {
    let text = "26/01/01 10:00:00 INFO SparkSubmit: started\n  File \"/tmp/job.py\", line 7\n    rows = read()\nIndentationError: unexpected indent\n";
    let report = Job::new().driver(text).state("FAILED").report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.signature, "python.exception");
    assert_eq!(finding.title, "The Python code raised IndentationError: unexpected indent");
    assert_eq!(finding.remedy, "The line of the code: /tmp/job.py, line 7.");
}

#[test]
fn a_write_that_was_rolled_back_follows_from_the_conflict() {
    let text = "26/01/01 10:00:00 ERROR Main: failed\norg.apache.hudi.exception.HoodieUpsertException: Failed to upsert for commit time 20260101\n\tat com.acme.Load.run(Load.scala:3)\nCaused by: org.apache.hudi.exception.HoodieWriteConflictException: java.util.ConcurrentModificationException: Cannot resolve conflicts for overlapping writes\n";
    let report = Job::new().driver(text).state("FAILED").report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.signature, "hudi.conflict");
    assert!(finding.consequences.iter().any(|link| link.signature == "hudi.write-failed"), "{finding:?}");
}

#[test]
fn what_a_cluster_says_of_a_pod_is_read() {
    let says = |text: &str| cause(&Job::new().state("FAILED").fact("stateDetails", text));
    let events = [
        ("FailedScheduling, message: 0/6 nodes are available: 6 Insufficient memory.", "kubernetes.no-room"),
        ("0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector.", "kubernetes.no-node"),
        ("Evicted: The node was low on resource: ephemeral-storage.", "disk.full"),
        ("Evicted: The node was low on resource: memory.", "memory.evicted"),
        ("Error: configmap \"settings\" not found", "kubernetes.config-missing"),
        (
            "pods is forbidden: User \"system:serviceaccount:jobs:spark\" cannot create resource \"pods\" in API group \"\"",
            "permission.not-authorized",
        ),
        // Every driver's pod says so once, also of runs that succeed.
        (
            "MountVolume.SetUp failed for volume \"spark-conf-volume-driver\" : configmap \"spark-drv-90a8-conf-map\" not found",
            "Unknown",
        ),
        // Something restarts it again and again: why is not said.
        ("Back-off restarting failed container driver in pod etl-driver: CrashLoopBackOff", "Unknown"),
    ];
    for (text, wanted) in events {
        assert_eq!(says(text), wanted, "{text}");
    }
}

#[test]
fn a_library_that_is_only_tried_is_no_cause() {
    let text = "W tensorflow/dso_loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory\n";
    assert!(Job::new().driver(text).report().findings.is_empty());
}
