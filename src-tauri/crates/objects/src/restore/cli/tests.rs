use super::*;
use crate::facts::{KEY, copy_step, data, detail, marker_step};
use contract::session::Environment;

const PARTS: Parts = Parts { threshold: 100, size: 40 };

fn place_() -> Place {
    Place {
        account: "123456789012".into(),
        profile: "practice".into(),
        region: "eu-west-1".into(),
        environment: Environment::Other,
        scope: contract::plan::Scope::Bucket("lake-raw".into()),
    }
}

fn lines(step: Step, details: &[VersionDetail]) -> Vec<String> {
    cli(&place_(), &[step], details, PARTS)
}

fn object() -> Seen {
    Seen::Object { version_id: "v2".into(), etag: "\"bbb\"".into(), size: 2 }
}

#[test]
fn a_copy_carries_its_conditions() {
    let head = detail(&data("v1", 0, 1, "aaa"));
    insta::assert_snapshot!(lines(copy_step(KEY, KEY, 1, object()), &[head])[0], @r#"aws s3api copy-object --profile practice --region eu-west-1 --bucket lake-raw --key data/in/daily_sales.csv --copy-source 'lake-raw/data/in/daily_sales.csv?versionId=v1' --copy-source-if-match '"aaa"' --if-match '"bbb"' --storage-class STANDARD"#);
    for seen in [Seen::Nothing, Seen::Marker { version_id: "d".into() }] {
        assert!(lines(copy_step(KEY, "x", 1, seen), &[])[0].ends_with(" --if-none-match '*'"));
    }
}

#[test]
fn kms_keys_are_set_again() {
    let head = VersionDetail { encryption: Some("SSE-KMS alias/lake key".into()), ..detail(&data("v1", 0, 1, "aaa")) };
    let line = &lines(copy_step(KEY, KEY, 1, object()), &[head])[0];
    assert!(line.ends_with("--server-side-encryption aws:kms --ssekms-key-id 'alias/lake key'"), "{line}");
}

#[test]
fn a_website_redirect_is_set_again() {
    let headers = vec![("website-redirect-location".to_owned(), "https://shop.example/menu".to_owned())];
    let head = VersionDetail { headers, ..detail(&data("v1", 0, 1, "aaa")) };
    for size in [1, 101] {
        let line = &lines(copy_step(KEY, KEY, size, object()), std::slice::from_ref(&head))[0];
        // An address as a plain argument would be fetched by the CLI.
        assert!(line.contains(r#"{"WebsiteRedirectLocation":"https://shop.example/menu"}"#), "{line}");
    }
}

#[test]
fn deletes() {
    assert_eq!(
        lines(marker_step("a b", "m1"), &[]),
        ["aws s3api delete-object --profile practice --region eu-west-1 --bucket lake-raw --key 'a b' --version-id m1"]
    );
    let hide = Step { action: Action::AddMarker, ..copy_step(KEY, KEY, 1, object()) };
    let line = &lines(hide, &[])[0];
    assert!(
        line.ends_with(r#"--key data/in/daily_sales.csv --if-match '"bbb"'"#) && !line.contains("--version-id"),
        "{line}"
    );
}

#[test]
fn hostile_keys_stay_arguments() {
    let key = |key: &str| lines(marker_step(key, "m"), &[]).remove(0);
    assert!(key("$(reboot)").contains(" --key '$(reboot)' "));
    assert!(key("a\nb").contains(r" --key $'a\nb' "));
    assert!(key("-x").contains(" --key=-x "));
    let from_file = key("file:///etc/passwd");
    assert!(
        !from_file.contains("--key ") && from_file.ends_with(r#"--cli-input-json '{"Key":"file:///etc/passwd"}'"#),
        "{from_file}"
    );
    assert_eq!(json_name("--content-type"), "ContentType");
}

#[test]
fn parts_set_everything_again() {
    let head = VersionDetail {
        tags: Some(vec![("a b".into(), "c".into())]),
        headers: vec![("Cache-Control".into(), "no-cache".into())],
        ..detail(&data("v1", 0, 101, "aaa"))
    };
    let lines = lines(copy_step(KEY, KEY, 101, object()), &[head]);
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(
        lines[0].starts_with("upload=$(aws s3api create-multipart-upload ")
            && lines[0].ends_with(" --query UploadId --output text)")
    );
    for part in [
        "--content-type text/csv",
        "--cache-control no-cache",
        r#"--metadata '{"batch":"0441"}'"#,
        "--tagging a%20b=c",
        "--storage-class STANDARD",
    ] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(
        lines[1].contains("--copy-source-range bytes=0-39 --part-number 1 --upload-id \"$upload\""),
        "{}",
        lines[1]
    );
    assert!(lines[2].contains("--copy-source-range bytes=40-79 --part-number 2"), "{}", lines[2]);
    assert!(lines[3].contains("--copy-source-range bytes=80-100 --part-number 3"), "{}", lines[3]);
    assert!(lines[4].contains("complete-multipart-upload") && lines[4].contains(r#"--if-match '"bbb"'"#));
    let two = cli(&place_(), &[copy_step(KEY, KEY, 101, object())], &[], Parts { threshold: 100, size: 60 });
    assert_eq!(two.len(), 4);
    assert!(two[2].contains("bytes=60-100"));
    let many = cli(&place_(), &[copy_step(KEY, KEY, 1_001, object())], &[], PARTS);
    assert_eq!((many.len(), many[2].as_str()), (5, "# parts 2 to 25 likewise, 40 B each"));
    assert!(many[3].contains("--copy-source-range bytes=1000-1000 --part-number 26"), "{}", many[3]);
}
