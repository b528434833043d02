//! The suggested change, put into the right place of each engine.

use super::*;
use crate::sample;
use contract::jobs::facts::{Configuration, RunFact};
use proptest::prelude::*;

const OVERHEAD: &str = "spark.executor.memoryOverhead";

fn set(key: &str, value: &str) -> JobChange {
    JobChange::Setting { key: key.into(), value: Some(value.into()) }
}

fn edited(run: &RunFact, changes: &[JobChange]) -> Result<EditedJob, EditError> {
    edit(&run.id, &run.request, changes, Scope::default())
}

fn effective(request: &Request, key: &str) -> Option<String> {
    let told = parameters(request);
    told.settings.into_iter().rev().find(|row| row.effective && row.key == key).map(|row| row.value)
}

fn lines(edited: &EditedJob) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or("none".into());
    edited.differences.iter().map(|one| format!("{}: {} -> {}", one.place, text(&one.then), text(&one.now))).collect()
}

#[test]
fn memory_overhead_of_a_step_goes_before_the_program() {
    let run = sample::step();
    let all = edited(&run, &[set(OVERHEAD, "2g")]).unwrap();
    let Driver::Jar { arguments, .. } = &all.request.driver else { panic!() };
    assert_eq!(arguments[7..10], ["--conf", "spark.executor.memoryOverhead=2g", "s3://code/etl.py"]);
    assert_eq!(lines(&all), [format!("{OVERHEAD}: none -> 2g")]);
    assert!(all.command.unwrap().starts_with("aws emr add-steps --cluster-id j-1K48XXXXXXHCB --steps "));
    let all = edited(&run, &[set("spark.executor.memory", "8g")]).unwrap();
    let Driver::Jar { arguments, .. } = &all.request.driver else { panic!() };
    assert_eq!(arguments[3..5], ["--executor-memory", "8g"], "where it is set already");
}

#[test]
fn the_text_of_a_job_run_keeps_its_quoting() {
    for run in [sample::serverless(), sample::eks()] {
        let all = edited(&run, &[set(OVERHEAD, "2g")]).unwrap();
        let (Driver::SparkSubmit { parameters: old, .. }, Driver::SparkSubmit { parameters: new, .. }) =
            (&run.request.driver, &all.request.driver)
        else {
            panic!()
        };
        assert_eq!(*new, Some(format!("{} --conf {OVERHEAD}=2g", old.as_deref().unwrap())));
    }
}

#[test]
fn what_is_taken_away_does_not_come_back_from_the_defaults() {
    let mut run = sample::serverless();
    let properties = vec![("spark.executor.memory".into(), "2g".into())];
    run.request.configurations.push(Configuration { classification: "spark-defaults".into(), properties });
    let gone = JobChange::Setting { key: "spark.executor.memory".into(), value: None };
    let all = edited(&run, std::slice::from_ref(&gone)).unwrap();
    assert_eq!(effective(&all.request, "spark.executor.memory"), None);
    assert!(all.request.configurations.is_empty());
    let mut step = sample::step();
    step.request.configurations = run.request.configurations;
    assert_eq!(edited(&step, &[gone]).unwrap().notices.len(), 1);
}

#[test]
fn a_run_of_glue_takes_the_settings_of_its_job_along() {
    let run = sample::glue();
    let all = edited(&run, &[set("spark.sql.shuffle.partitions", "400")]).unwrap();
    let Driver::Glue(glue) = &all.request.driver else { panic!() };
    let conf = ("--conf".to_owned(), "spark.executor.memory=5g --conf spark.sql.shuffle.partitions=400".to_owned());
    assert_eq!(glue.arguments.last(), Some(&conf));
    assert_eq!(lines(&all), ["spark.sql.shuffle.partitions: 100 -> 400"]);
    let more = JobChange::Workers { kind: Some("G.2X".into()), number: None };
    assert_eq!(lines(&edited(&run, &[more]).unwrap()), ["worker type: G.1X -> G.2X"]);
    let date = JobChange::Argument { name: "date".into(), value: None };
    assert_eq!(edited(&run, &[date]), Err(EditError::OfTheJob("--date".into())));
    let mut by_capacity = sample::glue();
    if let Driver::Glue(glue) = &mut by_capacity.request.driver {
        (glue.worker_type, glue.workers, glue.max_capacity) = (None, None, Some(10.0));
    }
    let kind = JobChange::Workers { kind: Some("G.2X".into()), number: None };
    let number = JobChange::Workers { kind: None, number: Some(20) };
    for alone in [&kind, &number] {
        let said = edited(&by_capacity, std::slice::from_ref(alone));
        assert!(matches!(said, Err(EditError::NoPlace("Glue", _))), "it would be sent without them: {said:?}");
    }
    assert!(edited(&by_capacity, &[kind, number]).is_ok());
    assert_eq!(edited(&run, &[set(OVERHEAD, "2g")]).unwrap().notices.len(), 1);
    let mut fixed = sample::glue();
    if let Driver::Glue(glue) = &mut fixed.request.driver {
        glue.fixed.push(("--conf".into(), "spark.a=1".into()));
    }
    assert_eq!(edited(&fixed, &[set(OVERHEAD, "2g")]), Err(EditError::Fixed("--conf".into())));
}

#[test]
fn arguments_are_changed_by_name_or_all() {
    let date = |value: Option<&str>| JobChange::Argument { name: "--input".into(), value: value.map(str::to_owned) };
    let all = edited(&sample::step(), &[date(Some("s3://lake/other/"))]).unwrap();
    assert_eq!(lines(&all), ["--input: s3a://lake/in/ -> s3://lake/other/"]);
    let all = edited(&sample::step(), &[date(None)]).unwrap();
    assert_eq!(parameters(&all.request).arguments, ["--output=s3://lake/out/"]);
    let all = edited(&sample::serverless(), &[JobChange::Arguments(vec!["x y".into()])]).unwrap();
    assert_eq!(parameters(&all.request).arguments, ["x y"]);
    let out = JobChange::Argument { name: "--output".into(), value: Some("s3://b/".into()) };
    assert_eq!(parameters(&edited(&sample::step(), &[out]).unwrap().request).arguments[2], "--output=s3://b/");
}

#[test]
fn what_has_no_place_is_refused() {
    let spark = set(OVERHEAD, "2g");
    assert!(matches!(edited(&sample::training(), std::slice::from_ref(&spark)), Err(EditError::NoPlace(_, _))));
    assert!(matches!(edited(&sample::lambda(), std::slice::from_ref(&spark)), Err(EditError::NoPlace(_, _))));
    assert!(matches!(edited(&sample::step(), &[JobChange::Release("x".into())]), Err(EditError::NoPlace(_, _))));
    let mut hive = sample::step();
    if let Driver::Jar { arguments, .. } = &mut hive.request.driver {
        *arguments = vec!["hive-script".into()];
    }
    assert_eq!(edited(&hive, &[spark]), Err(EditError::NoSparkLine(OVERHEAD.into())));
    assert!(matches!(edited(&sample::lambda(), &[JobChange::Payload("{".into())]), Err(EditError::BadPayload(_))));
    for key in ["", "--x", "a b", "a=b", "a'b"] {
        assert!(matches!(edited(&sample::step(), &[set(key, "1")]), Err(EditError::BadKey(_))), "{key}");
    }
}

fn new_step() -> contract::jobs::NewStep {
    contract::jobs::NewStep {
        name: " load ".into(),
        spark: true,
        program: "s3://code/load.jar".into(),
        main_class: Some("shop.Load".into()),
        settings: vec![("spark.submit.deployMode".into(), "cluster".into())],
        arguments: vec!["--day".into(), "2026-11-21".into()],
        on_failure: contract::jobs::facts::OnFailure::CancelAndWait,
    }
}

/// What stands for a cluster: a step without a program.
fn cluster() -> RunFact {
    let mut run = sample::step();
    if let Driver::Jar { jar, arguments, .. } = &mut run.request.driver {
        jar.clear();
        arguments.clear();
    }
    run
}

#[test]
fn a_new_step_calls_spark_submit_or_its_jar() {
    let all = edited(&cluster(), &[JobChange::Step(new_step())]).unwrap();
    let Driver::Jar { jar, main_class, arguments, .. } = &all.request.driver else { panic!() };
    assert_eq!((jar.as_str(), main_class.as_deref()), ("command-runner.jar", None));
    assert_eq!(
        arguments.join(" "),
        "spark-submit --class shop.Load --conf spark.submit.deployMode=cluster s3://code/load.jar --day 2026-11-21"
    );
    assert_eq!(all.request.name.as_deref(), Some("load"));
    let command = all.command.unwrap();
    assert!(command.contains("CANCEL_AND_WAIT") && command.contains("spark-submit"), "{command}");

    let plain = contract::jobs::NewStep { spark: false, settings: Vec::new(), ..new_step() };
    let all = edited(&cluster(), &[JobChange::Step(plain)]).unwrap();
    let Driver::Jar { jar, main_class, arguments, .. } = &all.request.driver else { panic!() };
    assert_eq!((jar.as_str(), main_class.as_deref()), ("s3://code/load.jar", Some("shop.Load")));
    assert_eq!(*arguments, ["--day", "2026-11-21"]);
}

#[test]
fn a_new_step_that_is_not_whole_is_refused() {
    let ask = |step| edited(&cluster(), &[JobChange::Step(step)]);
    let none = contract::jobs::NewStep { name: " ".into(), ..new_step() };
    assert_eq!(ask(none), Err(EditError::NewStep("the step needs a name")));
    for program in ["", "--class"] {
        let none = contract::jobs::NewStep { program: program.into(), ..new_step() };
        assert!(matches!(ask(none), Err(EditError::NewStep(_))), "{program:?}");
    }
    let plain = contract::jobs::NewStep { spark: false, ..new_step() };
    assert_eq!(ask(plain), Err(EditError::NoSparkLine("spark.submit.deployMode".into())));
    let bad = contract::jobs::NewStep { settings: vec![("a b".into(), "1".into())], ..new_step() };
    assert_eq!(ask(bad), Err(EditError::BadKey("a b".into())));
    let run = edited(&sample::step(), &[JobChange::Step(new_step())]);
    assert!(matches!(run, Err(EditError::NoPlace(_, _))), "a run is no place for it");
}

#[test]
fn program_and_main_class_are_changed_where_they_stand() {
    let other = [JobChange::Program("s3://code/b.jar".into()), JobChange::MainClass(Some("shop.B".into()))];
    for run in [sample::step(), sample::serverless(), sample::eks()] {
        let all = edited(&run, &other).unwrap();
        let (was, now) = (parameters(&run.request), parameters(&all.request));
        assert_eq!((now.entry_point.as_deref(), now.main_class.as_deref()), (Some("s3://code/b.jar"), Some("shop.B")));
        assert_eq!((was.arguments, was.settings), (now.arguments, now.settings));
        let words: Vec<&str> = all.differences.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(words, ["Program", "Main class"]);
        let gone = edited(&RunFact { request: all.request, ..run }, &[JobChange::MainClass(None)]).unwrap();
        assert_eq!(parameters(&gone.request).main_class, None);
    }
    let class = [JobChange::MainClass(Some("shop.B".into()))];
    assert!(matches!(edited(&sample::glue(), &class), Err(EditError::NoPlace(_, _))));
    let forms = [sample::step(), sample::glue()].map(|run| (program(&run.request.driver), class_of(&run)));
    assert_eq!(forms, [(Some("s3://code/etl.py".into()), Some(String::new())), (None, None)]);
}

fn class_of(run: &RunFact) -> Option<String> {
    super::class(&run.request.driver)
}

proptest! {
    // Each case edits four engines twice.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_edit_is_read_back(key in "spark\\.[a-z.]{1,12}|spark\\.executor\\.memory", value in any::<String>(), other in any::<String>()) {
        for run in [sample::step(), sample::serverless(), sample::eks(), sample::glue()] {
            let first = edited(&run, &[set("spark.other.key", &other)]).unwrap();
            let run = RunFact { request: first.request, ..run };
            let all = edited(&run, &[set(&key, &value)]).unwrap();
            prop_assert_eq!(effective(&all.request, &key), Some(value.clone()));
            prop_assert_eq!(effective(&all.request, "spark.other.key"), Some(other.clone()));
            let (before, after) = (parameters(&run.request), parameters(&all.request));
            prop_assert_eq!(before.arguments, after.arguments);
            prop_assert_eq!(before.entry_point, after.entry_point);
            prop_assert!(all.differences.iter().all(|one| one.place.contains(&key)));
        }
    }

    #[test]
    fn arguments_read_back(name in "--[a-z]{1,6}", value in "[^-].{0,10}|", rest in proptest::collection::vec(any::<String>(), 0..4)) {
        for run in [sample::step(), sample::serverless()] {
            let all = edited(&run, &[JobChange::Arguments(rest.clone())]).unwrap();
            prop_assert_eq!(&parameters(&all.request).arguments, &rest);
            let run = RunFact { request: all.request, ..run };
            let all = edited(&run, &[JobChange::Argument { name: name.clone(), value: Some(value.clone()) }]).unwrap();
            let arguments = parameters(&all.request).arguments;
            let joined = format!("{name}={value}");
            prop_assert!(arguments.contains(&joined) || arguments.windows(2).any(|two| two[0] == name && two[1] == value));
        }
    }
}
