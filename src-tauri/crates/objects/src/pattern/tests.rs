use super::*;
use proptest::prelude::*;
use serde_json::json;

fn event() -> Node {
    let text = |text: &str| Node::Value(Value::from(text));
    Node::Fields(vec![
        ("source", text("aws.s3")),
        ("detail-type", text("Object Created")),
        ("time", Node::Unknown),
        ("resources", Node::Any(vec![json!("arn:aws:s3:::lake-raw"), json!("arn:aws:s3:::other")])),
        (
            "detail",
            Node::Fields(vec![
                ("bucket", Node::Fields(vec![("name", text("lake-raw"))])),
                (
                    "object",
                    Node::Fields(vec![
                        ("key", text("data/in/Daily_Sales.csv")),
                        ("size", Node::Value(json!(300))),
                        ("etag", Node::Unknown),
                    ]),
                ),
                ("reason", text("CopyObject")),
                ("none", Node::Value(Value::Null)),
                ("empty", text("")),
                ("flag", Node::Value(json!(true))),
            ]),
        ),
    ])
}

fn on(pattern: Value) -> Match {
    matches(&pattern.to_string(), &event())
}

fn key(condition: Value) -> Match {
    on(json!({"detail": {"object": {"key": [condition]}}}))
}

#[test]
fn exact_values_and_siblings() {
    let yes = json!({"source": ["aws.s3"], "detail-type": ["Object Created", "Object Deleted"], "detail": {"bucket": {"name": ["lake-raw"]}}});
    assert_eq!(on(yes), Match::Yes);
    assert_eq!(on(json!({"source": ["aws.s3"], "detail": {"bucket": {"name": ["x"]}}})), Match::No);
    assert_eq!(on(json!({"source": []})), Match::No);
    assert_eq!(on(json!({"resources": ["arn:aws:s3:::other"]})), Match::Yes);
    assert_eq!(on(json!({"detail": {"none": [null]}})), Match::Yes);
    assert_eq!(on(json!({"detail": {"reason": [null]}})), Match::No);
    assert_eq!(on(json!({"detail": {"empty": [""]}})), Match::Yes);
    assert_eq!(on(json!({"detail": {"flag": [true]}})), Match::Yes);
    assert_eq!(on(json!({"detail": {"object": {"size": [300.0]}}})), Match::Yes);
    assert_eq!(on(json!({"detail": {"object": {"size": ["300"]}}})), Match::No);
    assert_eq!(on(json!({"detail": ["x"]})), Match::No);
    assert_eq!(on(json!({"missing": {"deep": ["x"]}})), Match::No);
}

#[test]
fn strings() {
    for (condition, answer) in [
        (json!({"prefix": "data/"}), Match::Yes),
        (json!({"prefix": "logs/"}), Match::No),
        (json!({"prefix": {"equals-ignore-case": "DATA/"}}), Match::Yes),
        (json!({"suffix": ".csv"}), Match::Yes),
        (json!({"suffix": ".CSV"}), Match::No),
        (json!({"suffix": {"equals-ignore-case": ".CSV"}}), Match::Yes),
        (json!({"equals-ignore-case": "DATA/IN/daily_sales.CSV"}), Match::Yes),
        (json!({"equals-ignore-case": "data"}), Match::No),
        (json!({"wildcard": "data/*/D*.csv"}), Match::Yes),
        (json!({"wildcard": "*.parquet"}), Match::No),
        (json!({"wildcard": "data/in/Daily_Sales.csv"}), Match::Yes),
        (json!({"wildcard": "data"}), Match::No),
        (json!({"anything-but": "x"}), Match::Yes),
        (json!({"anything-but": ["x", "data/in/Daily_Sales.csv"]}), Match::No),
        (json!({"anything-but": {"prefix": "data/"}}), Match::No),
        (json!({"anything-but": {"prefix": ["a", "b"]}}), Match::Yes),
        (json!({"anything-but": {"suffix": ".csv"}}), Match::No),
        (json!({"anything-but": {"equals-ignore-case": ["DATA/IN/DAILY_SALES.CSV"]}}), Match::No),
        (json!({"anything-but": {"wildcard": "*/in/*"}}), Match::No),
        (json!({"anything-but": {"future": "x"}}), Match::Maybe),
        (json!({"anything-but": {"prefix": 3}}), Match::Maybe),
        (json!({"anything-but": {"prefix": [3, "b"]}}), Match::Maybe),
        (json!({"contains": "x"}), Match::Maybe),
        (json!({"cidr": "10.0.0.0/8"}), Match::Maybe),
        (json!({"prefix": 3}), Match::Maybe),
        (json!({"prefix": "data/", "suffix": ".csv"}), Match::Maybe),
    ] {
        assert_eq!(key(condition.clone()), answer, "{condition}");
    }
    assert_eq!(on(json!({"detail": {"object": {"key": [{"prefix": "x"}, {"suffix": ".csv"}]}}})), Match::Yes);
    assert_eq!(on(json!({"detail": {"missing": [{"anything-but": "x"}]}})), Match::No);
}

#[test]
fn numbers() {
    let size = |list: Value| on(json!({"detail": {"object": {"size": [{"numeric": list}]}}}));
    assert_eq!(size(json!([">", 0, "<=", 300])), Match::Yes);
    assert_eq!(size(json!([">", 0, "<", 300])), Match::No);
    assert_eq!(size(json!(["=", 300])), Match::Yes);
    assert_eq!(size(json!([">=", 301])), Match::No);
    assert_eq!(size(json!(["!", 1])), Match::Maybe);
    assert_eq!(size(json!([">"])), Match::Maybe);
    assert_eq!(size(json!([])), Match::Maybe);
    assert_eq!(key(json!({"numeric": [">", 0]})), Match::No);
}

#[test]
fn existence_is_of_leaves() {
    let detail = |field: &str, wanted: bool| on(json!({"detail": {field: [{"exists": wanted}]}}));
    assert_eq!((detail("reason", true), detail("reason", false)), (Match::Yes, Match::No));
    assert_eq!((detail("x", true), detail("x", false)), (Match::No, Match::Yes));
    assert_eq!((detail("bucket", true), detail("bucket", false)), (Match::No, Match::Yes));
    assert_eq!(on(json!({"time": [{"exists": true}]})), Match::Yes);
}

#[test]
fn or_joins_patterns_beside_its_siblings() {
    let either = json!({"source": ["aws.s3"], "$or": [{"detail": {"reason": ["PutObject"]}}, {"detail": {"object": {"size": [{"numeric": [">", 100]}]}}}]});
    assert_eq!(on(either), Match::Yes);
    let wrong_sibling = json!({"source": ["x"], "$or": [{"source": ["aws.s3"]}, {"source": ["y"]}]});
    assert_eq!(on(wrong_sibling), Match::No);
    assert_eq!(on(json!({"detail": {"$or": [{"reason": ["a"]}, {"flag": [false]}]}})), Match::No);
}

#[test]
fn what_is_not_known_may_match_but_a_known_mismatch_decides() {
    assert_eq!(on(json!({"time": [{"prefix": "2026"}]})), Match::Maybe);
    assert_eq!(on(json!({"source": ["x"], "time": ["y"]})), Match::No);
    assert_eq!(on(json!({"detail": {"object": {"etag": ["abc"]}}})), Match::Maybe);
    assert_eq!(matches("not json", &event()), Match::Maybe);
    assert_eq!(matches("{}", &event()), Match::Maybe);
    assert_eq!(matches("[]", &event()), Match::Maybe);
    assert_eq!(on(json!({"source": "aws.s3"})), Match::Maybe);
}

#[test]
fn wildcards() {
    for (pattern, text, yes) in [
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("a*b*c", "axxbxxc", true),
        ("a*b*c", "axxbxx", false),
        ("*a*a*", "a", false),
        (r"a\*b", "a*b", true),
        (r"a\*b", "axb", false),
        (r"a\\", r"a\", true),
        ("**", "x", true),
    ] {
        assert_eq!(wildcard(pattern, text), yes, "{pattern} {text}");
    }
    assert!(!wildcard(&"*a".repeat(200), &"a".repeat(150)));
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("source".to_owned()),
        Just("detail".to_owned()),
        Just("$or".to_owned()),
        Just("anything-but".to_owned()),
        Just("numeric".to_owned()),
        Just("exists".to_owned()),
        Just("prefix".to_owned()),
        Just("wildcard".to_owned()),
        Just("object".to_owned()),
        Just("key".to_owned()),
        "[a*\\\\]{0,4}".prop_map(String::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 30, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((word.clone(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn never_panics(pattern in any_json(), text in "\\PC{0,30}|[{}\\[\\]\":,a]{0,20}") {
        let _ = on(pattern);
        let _ = matches(&text, &event());
    }

    #[test]
    fn a_wildcard_agrees_with_its_definition(pattern in "[ab*]{0,8}", text in "[ab]{0,8}") {
        fn slow(p: &[u8], t: &[u8]) -> bool {
            match p.split_first() {
                None => t.is_empty(),
                Some((b'*', rest)) => (0..=t.len()).any(|n| slow(rest, &t[n..])),
                Some((c, rest)) => t.split_first().is_some_and(|(d, t)| c == d && slow(rest, t)),
            }
        }
        prop_assert_eq!(wildcard(&pattern, &text), slow(pattern.as_bytes(), text.as_bytes()));
    }
}

#[test]
fn a_rule_waits_where_its_pattern_says() {
    let of = |keys: Value| {
        let pattern = json!({"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {
            "bucket": {"name": ["lake-raw"]}, "object": {"key": keys}}});
        watched(&pattern.to_string()).remove(0)
    };
    let told = |keys: Value| {
        let one = of(keys);
        (one.uri(), one.prefix().to_owned())
    };
    let is = |uri: &str, prefix: &str| (format!("s3://lake-raw/{uri}"), prefix.to_owned());
    assert_eq!(told(json!(["in/orders.csv"])), is("in/orders.csv", "in/orders.csv"));
    assert_eq!(told(json!([{"prefix": "in/"}])), is("in/", "in/"));
    assert_eq!(told(json!([{"prefix": "in/orders"}])), is("in/orders*", "in/orders"));
    assert_eq!(told(json!([{"wildcard": "in/*/orders.csv"}])), is("in/*/orders.csv", "in/"));
    assert_eq!(told(json!([{"suffix": ".csv"}])), is("*.csv", ""));
    assert_eq!(told(json!([{"anything-but": {"prefix": "tmp/"}}])), is("*", ""));
    assert_eq!(told(json!([{"prefix": "in/", "suffix": ".csv"}])), is("*", ""), "of two operators nothing is known");
    assert_eq!(of(json!(["in/orders.csv"])).key(), Some("in/orders.csv"));
    let wildcard = of(json!([{"wildcard": "in/*/orders.csv"}]));
    assert!(wildcard.hears("in/a/b/orders.csv") && !wildcard.hears("in/orders.json"));
    assert!(!of(json!([{"anything-but": {"prefix": "tmp/"}}])).hears("tmp/a"));
}

#[test]
fn only_what_waits_for_objects_of_a_named_bucket_waits_for_a_file() {
    let buckets =
        |pattern: Value| -> Vec<String> { watched(&pattern.to_string()).into_iter().map(|one| one.uri()).collect() };
    let bucket = json!({"bucket": {"name": ["a", "b"]}});
    assert_eq!(buckets(json!({"source": ["aws.s3"], "detail": bucket})), ["s3://a/", "s3://b/"]);
    assert!(buckets(json!({"source": ["aws.glue"], "detail": bucket})).is_empty());
    assert!(buckets(json!({"detail-type": ["Object Deleted"], "detail": bucket})).is_empty());
    assert!(buckets(json!({"source": ["aws.s3"], "detail": {"bucket": {"name": [{"prefix": "lake"}]}}})).is_empty());
    assert!(watched("no JSON").is_empty());
}
