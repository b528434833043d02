//! Addresses come back as what they were made of, whatever keys and names hold.

use super::*;

const ODD: &[&str] = &[
    "data/in/daily_sales.csv",
    "a+b c%41&x=y?z#h",
    "100%",
    "%zz",
    "line\nbreak",
    "../up/../../down",
    "größe/数据/🍔.json",
    " lead and trail ",
    "folder/",
    "\u{0}\u{7f}",
];

fn query_of(address: &str) -> Query {
    Query::parse(address.split_once('?').map(|(_, search)| search).unwrap_or_default())
}

#[test]
fn odd_keys_come_back_as_they_were() {
    for key in ODD {
        assert_eq!(decode(&encode(key)), *key);
        let query = query_of(&versions("lake-raw", key, Some(key)));
        assert_eq!(query.get("key"), Some(*key));
        assert_eq!(query.get("version"), Some(*key));
        assert_eq!(query_of(&folder("lake-raw", key, true)).get("prefix"), Some(*key));
    }
}

#[test]
fn what_a_source_follows_has_its_own_page() {
    let place = "s3://drift/evidently/rates/";
    assert_eq!(monitor(place), followed(place));
    let found = feature(place, "weather", None);
    assert!(found.starts_with("/drift/followed?"), "{found}");
    let query = query_of(&found);
    assert_eq!((query.get("place"), query.get("feature")), (Some(place), Some("weather")));
    assert!(monitor("rates-data").starts_with("/drift/monitor?"));
    let windows = r"C:\Users\ana\mlruns\3";
    assert_eq!(monitor(windows), followed(windows));
    assert!(feature(windows, "weather", None).starts_with("/drift/followed?"));
}

#[test]
fn an_address_holds_only_what_a_url_may_hold() {
    for key in ODD {
        let address = versions("lake-raw", key, None);
        assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
        assert_eq!(address.matches('?').count(), 1);
        assert!(!address.contains('#'));
    }
}

#[test]
fn a_job_has_its_id_in_the_address() {
    let id = "glue:clean%2Fup/jr_1".parse().unwrap();
    let address = job_target(&JobTarget::Job(id));
    assert_eq!(query_of(&address).get("job"), Some("glue:clean%2Fup/jr_1"), "{address}");
    let step = job_target(&JobTarget::Step("s-3QM0XXXXXM1W".into()));
    assert_eq!(query_of(&step).get("find"), Some("emr:s-3QM0XXXXXM1W"), "{step}");
    let yarn = job_target(&JobTarget::YarnApplication("application_1700000000000_0001".into()));
    assert_eq!(query_of(&yarn).get("find"), Some("emr:application_1700000000000_0001"), "{yarn}");
    let request = job_target(&JobTarget::RequestId("8b1f0d0a-1111-2222-3333-444455556666".into()));
    assert_eq!(query_of(&request).get("find"), Some("lambda:8b1f0d0a-1111-2222-3333-444455556666"), "{request}");
    let cluster = job_target(&JobTarget::Cluster("j-1K48XXXXXXHCB".into()));
    assert_eq!(query_of(&cluster).get("home"), Some("emr:j-1K48XXXXXXHCB"));
}

#[test]
fn changes_come_back_from_the_address() {
    let id = "glue:clean%2Fup/jr_1".parse().unwrap();
    let all = [JobChange::Setting { key: "spark.a".into(), value: Some("x=1&y #%41".into()) }];
    let address = job_again(&id, &all);
    let query = query_of(&address);
    assert_eq!(query.get("again").and_then(changes_of).as_deref(), Some(&all[..]));
    assert_eq!(query.get("job"), Some("glue:clean%2Fup/jr_1"));
    assert_eq!(changes_of("x"), None);
}

#[test]
fn an_end_has_its_id_in_the_address() {
    let id = EndId::Task("arn:aws:dms:eu-west-1:123456789012:task:ABC".into());
    let address = job_target(&JobTarget::End(id.clone()));
    assert_eq!(query_of(&address).get("end").and_then(EndId::parse), Some(id), "{address}");
}

#[test]
fn versions_of_models_have_their_arns_in_the_address() {
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/7";
    assert_eq!(query_of(&model_version(arn)).get("arn"), Some(arn));
    let both = model_compare(arn, "arn:other");
    assert_eq!((query_of(&both).get("left"), query_of(&both).get("right")), (Some(arn), Some("arn:other")));
    assert_eq!(query_of(&model_groups()).get("show"), Some("all"));
    assert_eq!(query_of(&model_group("churn")).get("name"), Some("churn"));
}

#[test]
fn executions_of_pipelines_have_their_arns_in_the_address() {
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train-churn/execution/a1b2c3d4e5f6";
    assert_eq!(query_of(&pipeline_execution(arn)).get("arn"), Some(arn));
    assert_eq!(model_target(&ModelTarget::Pipeline("train-churn".into())), "/models/pipeline?name=train-churn");
    let pasted = ModelTarget::PipelineExecution { pipeline: "train-churn".into(), execution: "a1b2c3d4e5f6".into() };
    assert_eq!(query_of(&model_target(&pasted)).get("arn"), Some("run:train-churn/a1b2c3d4e5f6"));
    let without_page = ModelTarget::Model("churn-7".into());
    assert_eq!(model_target(&without_page), model_groups(), "what waits for a decision does not hold it");
    let alone = model_target(&ModelTarget::Package("sold".into()));
    assert!(alone.starts_with("/models/version?"), "{alone}");
    assert_eq!(query_of(&alone).get("arn"), Some("package:sold"));
}

#[test]
fn a_feature_has_its_odd_name_and_its_report_in_the_address() {
    let run = "2026-11-21T06:00:00Z".parse().unwrap();
    let address = feature("churn-live-data", "größe %41&x", Some(run));
    let query = query_of(&address);
    assert_eq!(query.get("feature"), Some("größe %41&x"), "{address}");
    assert_eq!(query.get("run").and_then(|run| run.parse().ok()), Some(run));
    assert_eq!(monitor("churn-live-data"), "/drift/monitor?schedule=churn-live-data");
}

#[test]
fn a_bucket_has_the_short_address() {
    assert_eq!(bucket("lake-raw"), "/objects/lake-raw");
    assert_eq!(folder("lake-raw", "data/in/", true), "/objects/lake-raw?prefix=data/in/&deleted=1");
}

#[test]
fn setting_a_value_keeps_the_others() {
    let query = Query::parse("?a=1&b=2").with("a", Some("3")).with("b", None).with("c", Some(""));
    assert_eq!(query.after("/x"), "/x?a=3&c=");
}

#[test]
fn a_visit_to_a_state_is_open_in_its_execution() {
    let arn = "arn:aws:states:eu-west-1:123456789012:execution:daily-sales-pipeline:2026-11-21T06-04";
    let query = query_of(&execution_state(arn, "7"));
    assert_eq!((query.get("execution"), query.get("state")), (Some(arn), Some("7")));
    let query = query_of(&execution_compared(arn));
    assert_eq!((query.get("execution"), query.get("tab")), (Some(arn), Some("compare")));
}

#[test]
fn runs_after_a_moment_are_a_range_until_now() {
    let after: Timestamp = "2026-11-21T08:14:00.52Z".parse().unwrap();
    let query =
        query_of(&machine_after("arn:aws:states:eu-west-1:123456789012:stateMachine:daily-sales-pipeline", after));
    let text = query.get("range").unwrap();
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let range = contract::range::parse(text, now, 0).unwrap();
    assert!(range.is_live(), "{text}");
    assert_eq!(range.resolve(now, 0).0, "2026-11-21T08:13:00Z".parse::<Timestamp>().unwrap());
}

#[test]
fn a_log_keeps_the_execution_that_it_was_opened_from() {
    let arn = "arn:aws:states:eu-west-1:123456789012:execution:menu-labels:2026-11-15T03-20";
    let query = query_of(&log_within("/ecs/menu-labels:nightly/render/9c1d", Some(arn)));
    assert_eq!((query.get("log"), query.get("execution")), (Some("/ecs/menu-labels:nightly/render/9c1d"), Some(arn)));
    assert_eq!(log_within("/a:b", None), log_at("/a:b", None));
}
