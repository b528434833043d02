use super::*;
use proptest::prelude::*;

fn target(text: &str) -> Target {
    let resolved = resolve(text);
    assert_eq!(resolved.problem, None, "{text}");
    resolved.targets.into_iter().next().unwrap_or_else(|| panic!("no target: {text}"))
}

fn object(bucket: &str, key: &str, version_id: Option<&str>) -> TargetPlace {
    TargetPlace::Object { bucket: bucket.into(), key: key.into(), version_id: version_id.map(str::to_owned) }
}

fn folder(bucket: &str, prefix: &str) -> TargetPlace {
    TargetPlace::Folder { bucket: bucket.into(), prefix: prefix.into() }
}

fn bucket(bucket: &str) -> TargetPlace {
    TargetPlace::Bucket { bucket: bucket.into() }
}

#[test]
fn s3_uris_hold_the_key_as_it_is() {
    for (text, place) in [
        ("s3://lake-raw", bucket("lake-raw")),
        ("  s3://lake-raw/\n", bucket("lake-raw")),
        ("S3://lake-raw/data/in/", folder("lake-raw", "data/in/")),
        ("s3://lake-raw/data/in/daily_sales.csv", object("lake-raw", "data/in/daily_sales.csv", None)),
        ("s3a://lake-raw/a%20b+c d", object("lake-raw", "a%20b+c d", None)),
        ("s3://lake-raw/x.csv?versionId=3HL4kqtJ", object("lake-raw", "x.csv", Some("3HL4kqtJ"))),
        ("s3://lake-raw/x.csv?versionId=null", object("lake-raw", "x.csv", Some("null"))),
        ("s3://lake-raw/folder/?versionId=v", object("lake-raw", "folder/", Some("v"))),
        ("s3://lake-raw/what?.csv", object("lake-raw", "what?.csv", None)),
        ("s3://lake-raw/a?versionId=b/c", object("lake-raw", "a?versionId=b/c", None)),
        ("s3://lake-raw/a?versionId=b?versionId=c", object("lake-raw", "a?versionId=b", Some("c"))),
        ("s3://lake-raw/x?versionId=", object("lake-raw", "x", None)),
        ("s3://lake-raw//a//", folder("lake-raw", "/a//")),
    ] {
        assert_eq!(target(text).place, place, "{text}");
    }
    assert_eq!(
        target("s3://lake-raw/data/x.csv?versionId=3HL4kqtJvjVBH40Nrjfkd").title,
        "version 3HL4kqtJ… of data/x.csv in lake-raw"
    );
    assert_eq!(target("s3://lake-raw/a\u{202e}b").title, "a\\u{202e}b in lake-raw");
}

#[test]
fn arns_of_every_partition() {
    assert_eq!(target("arn:aws:s3:::lake-raw").place, bucket("lake-raw"));
    assert_eq!(target("arn:aws-cn:s3:::lake-raw/a b%20").place, object("lake-raw", "a b%20", None));
    assert_eq!(target("arn:aws-us-gov:s3:::lake-raw/data/*").place, folder("lake-raw", "data/"));
    assert_eq!(target("arn:aws-iso-b:s3:::lake-raw/*").place, bucket("lake-raw"));
    assert_eq!(target("arn:aws:s3:::lake-raw/a:b").place, object("lake-raw", "a:b", None));
    let full = target("arn:aws:s3:eu-west-1:123456789012:lake-raw");
    assert_eq!((full.account.as_deref(), full.region.as_deref()), (Some("123456789012"), Some("eu-west-1")));
}

#[test]
fn console_addresses_are_percent_encoded() {
    let old = target(
        "https://s3.console.aws.amazon.com/s3/buckets/lake-raw?region=eu-west-1&prefix=data/in/&showversions=true",
    );
    assert_eq!((old.place, old.region.as_deref()), (folder("lake-raw", "data/in/"), Some("eu-west-1")));
    let new = target(
        "https://eu-west-1.console.aws.amazon.com/s3/object/lake-raw?prefix=data%2Fa+b%2Bc%25.csv&versionId=v.1_x&bucketType=general",
    );
    assert_eq!(
        (new.place, new.region.as_deref()),
        (object("lake-raw", "data/a b+c%.csv", Some("v.1_x")), Some("eu-west-1"))
    );
    let account =
        target("https://123456789012-abcdefgh.eu-central-1.console.aws.amazon.com/s3/buckets/lake-raw?tab=objects#x");
    assert_eq!(account.place, bucket("lake-raw"));
    assert_eq!((account.account.as_deref(), account.region.as_deref()), (Some("123456789012"), Some("eu-central-1")));
    assert_eq!(
        target("https://console.aws.amazon.com/s3/buckets/lake-raw?prefix=data/in/dai").place,
        folder("lake-raw", "data/in/")
    );
    assert_eq!(
        target("https://console.amazonaws.cn/s3/buckets/lake-raw/data/in/?region=cn-north-1").place,
        folder("lake-raw", "data/in/")
    );
}

#[test]
fn addresses_of_s3_itself() {
    for (text, place, region) in [
        (
            "https://lake-raw.s3.amazonaws.com/data/a+b%2Bc.csv?versionId=v1",
            object("lake-raw", "data/a b+c.csv", Some("v1")),
            None,
        ),
        ("https://lake-raw.s3.eu-west-1.amazonaws.com/x", object("lake-raw", "x", None), Some("eu-west-1")),
        (
            "https://my.s3.bucket.s3.dualstack.eu-west-1.amazonaws.com/x",
            object("my.s3.bucket", "x", None),
            Some("eu-west-1"),
        ),
        ("https://s3.eu-west-1.amazonaws.com/lake-raw/x/", folder("lake-raw", "x/"), Some("eu-west-1")),
        ("https://s3-eu-west-1.amazonaws.com/lake-raw", bucket("lake-raw"), Some("eu-west-1")),
        ("https://lake-raw.s3-us-west-2.amazonaws.com/", bucket("lake-raw"), Some("us-west-2")),
        (
            "http://lake-raw.s3-website-eu-west-1.amazonaws.com/index.html",
            object("lake-raw", "index.html", None),
            Some("eu-west-1"),
        ),
        ("https://lake-raw.s3.cn-north-1.amazonaws.com.cn/x", object("lake-raw", "x", None), Some("cn-north-1")),
        ("https://lake-raw.s3.us-gov-west-1.amazonaws.com/x", object("lake-raw", "x", None), Some("us-gov-west-1")),
    ] {
        let found = target(text);
        assert_eq!((found.place, found.region.as_deref()), (place, region), "{text}");
    }
    let signed = target(
        "https://lake-raw.s3.eu-west-1.amazonaws.com/x?X-Amz-Signature=SECRET&versionId=v1&X-Amz-Security-Token=SECRET",
    );
    assert_eq!(signed.place, object("lake-raw", "x", Some("v1")));
    assert!(!format!("{signed:?}").contains("SECRET"));
}

#[test]
fn our_own_links() {
    let found = target("quarterdeck://objects/lake-raw?prefix=data%2Fin%2F");
    assert_eq!(found.place, TargetPlace::Address("/objects/lake-raw?prefix=data%2Fin%2F".into()));
    assert_eq!(target("quarterdeck:///activity").place, TargetPlace::Address("/activity".into()));
    for text in
        ["quarterdeck://", "quarterdeck://evil.example", "quarterdeck://objects/../../x", "quarterdeck://objects/a\\b"]
    {
        assert!(resolve(text).problem.is_some(), "{text}");
    }
}

#[test]
fn what_looks_like_an_address_but_is_none_says_why() {
    for (text, part) in [
        ("s3://", "names no bucket"),
        ("s3://My Bucket/x", "`My Bucket` is not a bucket name"),
        ("s3://ab/x", "not a bucket name"),
        ("s3://arn:aws:s3:eu-west-1:1:accesspoint/a/x", "access points"),
        ("s3://lake-raw/?versionId=v", "no key"),
        ("arn:aws:s3", "not complete"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/my-ap/object/x", "access points"),
        ("arn:aws:s3express:eu-west-1:1:bucket/x", "s3express is not supported"),
        ("arn:aws:glue:eu-west-1:1:job/x", "an ARN of glue"),
        ("https://eu-west-1.console.aws.amazon.com/s3/home", "neither a bucket nor an object"),
        ("https://eu-west-1.console.aws.amazon.com/glue/home", "neither a bucket nor an object"),
        ("https://my-ap-1.s3-accesspoint.eu-west-1.amazonaws.com/x", "access points"),
        ("https://ec2.eu-west-1.amazonaws.com/", "not an address of S3"),
        ("https://example.com/s3/buckets/x", "not an address of S3"),
        ("https://evilconsole.aws.amazon.com/s3/buckets/lake-raw", "not an address of S3"),
        ("https://lake-raw.s3.amazonaws.com/%ff", "not UTF-8"),
    ] {
        let resolved = resolve(text);
        assert_eq!(resolved.targets, [], "{text}");
        assert!(
            resolved.problem.as_deref().is_some_and(|problem| problem.contains(part)),
            "{text}: {:?}",
            resolved.problem
        );
    }
    for text in ["", "lake-raw/data/x.csv", "daily_sales", "C:\\x", "s3:/x"] {
        assert_eq!(resolve(text), Resolved { targets: Vec::new(), problem: None }, "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in "(s3://|arn:aws:s3:|https://|quarterdeck://|ü)?[a-z0-9:/?&=%.#@+ é]{0,40}|\\PC{0,40}") {
        let resolved = resolve(&text);
        prop_assert!(resolved.targets.is_empty() || resolved.problem.is_none());
        let _ = resolve(&format!("https://eu-west-1.console.aws.amazon.com/s3/{text}"));
        let _ = resolve(&format!("https://{text}.amazonaws.com"));
    }

    #[test]
    fn a_key_survives_every_notation(key in "[a-zü%+?& #/]{0,20}[a-z]") {
        prop_assume!(!key.contains("?versionId="));
        let encoded = key::copy_source("lake-raw", &key, None);
        let path = encoded.strip_prefix("lake-raw/").unwrap();
        for text in [
            format!("s3://lake-raw/{key}"),
            format!("arn:aws:s3:::lake-raw/{key}"),
            format!("https://lake-raw.s3.eu-west-1.amazonaws.com/{path}"),
            format!("https://s3.amazonaws.com/lake-raw/{path}"),
            format!("https://eu-west-1.console.aws.amazon.com/s3/object/lake-raw?prefix={path}"),
        ] {
            prop_assert_eq!(target(&text).place, object("lake-raw", &key, None), "{}", text);
        }
    }
}
