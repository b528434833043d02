use super::*;
use proptest::prelude::*;

#[test]
fn what_is_secret_is_covered() {
    for (line, wanted) in [
        ("key AKIAIOSFODNN7EXAMPLE.", "key ••••••."),
        ("spark-submit --password hunter2 --name x", "spark-submit --password •••••• --name x"),
        ("args: [\"--db-password\", \"hunter2\", \"x\"]", "args: [\"--db-password\", \"••••••\", \"x\"]"),
        ("user=a password=p@ss,w0rd; x", "user=a password=••••••; x"),
        ("spark.hadoop.fs.s3a.secret.key=abc/def+1=", "spark.hadoop.fs.s3a.secret.key=••••••"),
        ("(spark.foo.password,hunter2)", "(spark.foo.password,••••••)"),
        ("{\"token\": \"a b\\\"c\", \"n\": 1}", "{\"token\": \"••••••\", \"n\": 1}"),
        ("--password *)^A00 x", "--password •••••• x"),
        ("'password': 'x y'", "'password': '••••••'"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: ••••••"),
        ("sent Bearer abcdef ok", "sent Bearer •••••• ok"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY=••••••"),
        ("jdbc:postgresql://user:pass@host:5432/db", "jdbc:postgresql://user:••••••@host:5432/db"),
        ("jdbc:oracle:thin:scott/tiger@//host:1521/x", "jdbc:oracle:thin:scott/••••••@//host:1521/x"),
        (
            "jdbc:redshift://h:5439/d?user=u&password=p&ssl=true",
            "jdbc:redshift://h:5439/d?user=u&password=••••••&ssl=true",
        ),
        (
            "https://b/k?X-Amz-Credential=AK/x&X-Amz-Signature=abc",
            "https://b/k?X-Amz-Credential=••••••&X-Amz-Signature=••••••",
        ),
        ("card 4111 1111 1111 1111 and 4111-1111-1111-1111", "card •••••• and ••••••"),
        ("card 378282246310005", "card ••••••"),
        ("ssn 123-45-6789,", "ssn ••••••,"),
        ("to jane.doe+x@example.co.uk.", "to ••••••."),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln x", "jwt •••••• x"),
        ("ghp_0123456789abcdefghij0123", "••••••"),
        (
            "COPY t FROM 's3://b/k' ACCESS_KEY_ID 'AK' SECRET_ACCESS_KEY 's/3' SESSION_TOKEN 'st' CSV",
            "COPY t FROM 's3://b/k' ACCESS_KEY_ID '••••••' SECRET_ACCESS_KEY '••••••' SESSION_TOKEN '••••••' CSV",
        ),
        ("unload to 's3://b' master_symmetric_key 'a''b' csv", "unload to 's3://b' master_symmetric_key '••••••' csv"),
        ("copy t from 's3://b' credentials as 'x=1;y=2'", "copy t from 's3://b' credentials as '••••••'"),
        ("execute 'copy t session_token ''st'''", "execute 'copy t session_token ''••••••'"),
        (
            "credentials 'aws_iam_role=arn:r;master_symmetric_key=abc'",
            "credentials 'aws_iam_role=arn:r;master_symmetric_key=••••••'",
        ),
    ] {
        assert_eq!(masked(line), wanted);
    }
}

#[test]
fn what_is_none_stays() {
    for line in [
        "24/05/01 12:00:00 INFO HadoopDelegationTokenManager: Updating delegation tokens",
        "24/05/01 12:00:00 INFO SecretManager started",
        "Executor@1a2b3c4d spark://CoarseGrainedScheduler@ip-10-0-1-2.ec2.internal:44444",
        "container_1700000000000_0001_01_000002 took 1714564800123 ms",
        "4111111111111112 and 1234567890123456 and 2024-05-01",
        "PWD=/home/hadoop",
        "password=null password=****",
        "666-12-3456 000-12-3456 123-00-4567 1123-45-6789",
        "version 4.5.6-123-45-6789",
        "s3://bucket/key:1@2",
        "the password was wrong",
        "tokens: 5",
        "mismatched input, unexpected token 'FROM'",
        "copy t from 's3://b/k' credentials 'aws_iam_role=arn:aws:iam::1:role/r'",
        "http://host:8088/cluster",
        "",
    ] {
        assert_eq!(masked(line), line);
    }
}

#[test]
fn kinds() {
    let kinds: Vec<_> =
        masks(b"AKIAIOSFODNN7EXAMPLE pwd=x 123-45-6789 a@b.com x://u:p@h").iter().map(|mask| mask.kind).collect();
    assert_eq!(kinds, [Kind::AccessKey, Kind::Secret, Kind::SocialSecurity, Kind::Email, Kind::Password]);
}

#[test]
fn a_name_covers_all_of_its_value() {
    for name in ["password", "db.password", "apiKey", "detail.master_symmetric_key", "secretName"] {
        assert!(names_a_secret(name), "{name}");
    }
    for name in ["@message", "tokens", "requestId", "key", "passed"] {
        assert!(!names_a_secret(name), "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_comes(line in "\\PC{0,60}", words in "(password|secret|token|[=:, \"'@/.-]|ä|[0-9]{1,5}|://|--|AKIA){0,30}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for line in [line.as_bytes(), words.as_bytes(), &bytes[..]] {
            let mut end = 0;
            for mask in masks(line) {
                prop_assert!(mask.range.start >= end && mask.range.start < mask.range.end && mask.range.end <= line.len());
                end = mask.range.end;
                if let Ok(text) = std::str::from_utf8(line) {
                    prop_assert!(text.get(mask.range.clone()).is_some(), "{} {:?}", text, mask);
                }
            }
        }
        let _ = masked(&words);
    }

    #[test]
    fn a_password_never_shows(password in "[A-Za-z0-9!#$%^*()_+/.:]{8,20}", key in prop_oneof!["--password ", "password=", "DB_PASSWORD: ", "spark\\.x\\.secret="]) {
        let line = format!("run {key}{password} --next 1");
        let shown = masked(&line);
        prop_assert!(!shown.contains(&password) || password.chars().all(|c| c == '*'), "{}", shown);
    }
}
