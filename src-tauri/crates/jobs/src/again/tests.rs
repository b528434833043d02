//! Edits that keep secrets covered and still send them, and what each engine and state allows.

use super::*;
use crate::sample::{self, owned};
use contract::jobs::State;
use proptest::prelude::*;

const MASK: fn(&str) -> String = |text| text.replace("maria@example.com", COVER);

fn set(key: &str, value: &str) -> JobChange {
    JobChange::Setting { key: key.into(), value: Some(value.into()) }
}

fn with(mut run: RunFact, more: &[&str]) -> RunFact {
    match &mut run.request.driver {
        Driver::Jar { arguments, .. } | Driver::SparkSubmit { arguments, .. } => arguments.extend(owned(more)),
        _ => {}
    }
    run
}

fn ask(run: &RunFact, changes: &[JobChange]) -> Result<Edited, EditError> {
    edited(run, &run.id, changes, &MASK, Scope::default())
}

#[test]
fn a_secret_goes_along_unseen() {
    for run in [sample::step(), sample::serverless(), sample::eks()] {
        let run = with(run, &["--db-password", "hunter2", "--day", "1"]);
        let all = ask(&run, &[set("spark.executor.memoryOverhead", "2g")]).unwrap();
        assert!(format!("{:?}", all.request).contains("hunter2"));
        assert!(!format!("{:?}", all.shown).contains("hunter2"));
        let mut arguments = form(run.id.engine(), &secrets::cover(&run, &MASK).request).arguments.unwrap();
        *arguments.last_mut().unwrap() = "2".into();
        let all = ask(&run, &[JobChange::Arguments(arguments)]).unwrap();
        let sent = parameters(&all.request).arguments;
        assert!(sent.ends_with(&owned(&["--db-password", "hunter2", "--day", "2"])), "{sent:?}");
        assert!(!format!("{:?}", all.shown).contains("hunter2"));
    }
}

#[test]
fn a_covered_word_is_put_back_for_each_place_once() {
    let (was, seen) = (owned(&["a", "one", "two"]), owned(&["a", COVER, COVER]));
    assert_eq!(put_back(&was, &seen, &owned(&[COVER, "b", COVER])), Ok(owned(&["one", "b", "two"])));
    assert_eq!(put_back(&was, &seen, &owned(&[COVER, COVER, COVER])), Err(EditError::Covered(COVER.into())));
}

#[test]
fn a_secret_stays_behind_its_own_name() {
    let was = owned(&["--db-password", "hunter2", "--day", "1", "--api-token", "t0k"]);
    let seen = owned(&["--db-password", COVER, "--day", "1", "--api-token", COVER]);
    let left = put_back(&was, &seen, &owned(&["--day", "2", "--api-token", COVER]));
    assert_eq!(left, Ok(owned(&["--day", "2", "--api-token", "t0k"])), "the first was taken out");
    let turned = put_back(&was, &seen, &owned(&["--api-token", COVER, "--db-password", COVER]));
    assert_eq!(turned, Ok(owned(&["--api-token", "t0k", "--db-password", "hunter2"])));
    let other = put_back(&was, &seen, &owned(&["--other-token", COVER]));
    assert_eq!(other, Err(EditError::Covered(COVER.into())), "nobody knows which");
}

#[test]
fn what_is_covered_is_not_moved_and_no_secret_is_typed() {
    let run = with(sample::serverless(), &["--db-password", "hunter2"]);
    assert!(matches!(ask(&run, &[set("spark.a", COVER)]), Err(EditError::Covered(_))));
    let typed = ["--db-password", "other"].map(str::to_owned).to_vec();
    assert_eq!(ask(&run, &[JobChange::Arguments(typed)]), Err(EditError::Secret));
    assert_eq!(ask(&run, &[set("spark.a.password", "x")]), Err(EditError::Secret));
    assert_eq!(ask(&run, &[set("spark.a", "maria@example.com")]), Err(EditError::Secret));
    assert!(ask(&run, &[JobChange::Arguments(owned(&["--day", "2"]))]).is_ok(), "a secret may be left out");
}

#[test]
fn each_engine_shows_what_it_can_change() {
    let step = form(Engine::Emr, &sample::step().request);
    assert_eq!(step.arguments, Some(owned(&["--input", "s3a://lake/in/", "--output=s3://lake/out/"])));
    assert!(step.settings.unwrap().contains(&("spark.executor.memory".into(), "4g".into())));
    let glue = form(Engine::Glue, &sample::glue().request);
    let names: Vec<String> = glue.named.unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["--TempDir", "--extra-py-files", "--source_path", "--date"]);
    assert_eq!((glue.workers, glue.arguments), (Some(("G.1X".into(), 10)), None));
    assert_eq!(glue.settings.unwrap().len(), 2);
    assert_eq!(form(Engine::EmrEks, &sample::eks().request).release.as_deref(), Some("emr-7.1.0"));
    assert_eq!(form(Engine::SageMaker, &sample::training().request), JobForm::default());
}

#[test]
fn a_run_of_glue_is_known_again_whatever_the_job_adds() {
    let wanted = sample::glue().request;
    let mut found = wanted.clone();
    if let Driver::Glue(glue) = &mut found.driver {
        let defaults = glue.defaults.clone();
        glue.arguments.extend(defaults);
    }
    assert!(same(&found, &wanted));
    if let Driver::Glue(glue) = &mut found.driver {
        glue.workers = Some(20);
    }
    assert!(!same(&found, &wanted));
    let step = sample::step().request;
    assert!(same(&step, &step));
    assert!(!same(&Request { name: Some("other".into()), ..step.clone() }, &step));
}

#[test]
fn only_what_is_on_its_way_can_be_ended() {
    for mut run in sample::all() {
        let engine = run.id.engine();
        assert!(!offers(&run).stop.ok, "{engine:?} is over");
        run.status = match engine {
            Engine::SageMaker => "InProgress".into(),
            _ => "RUNNING".into(),
        };
        let offered = offers(&run);
        assert_eq!(offered.stop.ok, engine != Engine::Lambda, "{engine:?}");
        assert_eq!(offered.again.ok, !matches!(engine, Engine::Lambda | Engine::SageMaker), "{engine:?}");
        assert_eq!(offered.can_force, engine == Engine::Emr);
        assert!(offered.stop_title.starts_with("Cancel ") || offered.stop_title.starts_with("Stop "));
    }
    let mut step = sample::step();
    step.status = "PENDING".into();
    assert!(offers(&step).stop.ok && !offers(&step).can_force);
    step.status = "CANCEL_PENDING".into();
    assert_eq!(crate::state::state_of(&step), State::Cancelling);
    assert!(!offers(&step).stop.ok);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_edited_no_secret_is_shown_and_all_are_sent(
        words in proptest::collection::vec("[a-z]{1,8}|--[a-z]{1,6}", 0..4), value in "[0-9]{1,3}g",
    ) {
        for run in [sample::step(), sample::serverless()] {
            let run = with(run, &["--api-key=h4ckm3", "--db-password", "hunter2"]);
            let mut arguments = words.clone();
            arguments.extend([format!("--api-key={COVER}"), "--db-password".into(), COVER.into()]);
            let all = ask(&run, &[JobChange::Arguments(arguments), set("spark.executor.memory", &value)]);
            // A name before a word may make a secret of it: then it is refused.
            if let Ok(all) = all {
                let (sent, shown) = (format!("{:?}", all.request), format!("{:?}", all.shown));
                prop_assert!(sent.contains("hunter2") && sent.contains("h4ckm3"));
                prop_assert!(!shown.contains("hunter2") && !shown.contains("h4ckm3"));
            }
        }
    }
}

#[test]
fn settings_of_spark_are_for_runs_that_start_it() {
    let setting = |key: &str, kind: SettingKind| Suggestion {
        key: key.into(),
        kind,
        value: Some("2g".into()),
        current: None,
        why: String::new(),
    };
    let overhead = setting("spark.executor.memoryOverhead", SettingKind::Spark);
    for run in [sample::step(), sample::serverless(), sample::eks(), sample::glue()] {
        assert!(takes(&run.request, &overhead), "{}", run.id);
        assert!(form(run.id.engine(), &run.request).settings.is_some(), "{}", run.id);
    }
    let calls = |jar: &str, arguments: &[&str]| {
        let mut run = sample::step();
        run.request.driver = Driver::Jar {
            jar: jar.into(),
            main_class: None,
            arguments: owned(arguments),
            properties: Vec::new(),
            on_failure: None,
        };
        run
    };
    let glue = |command: &str| {
        let mut run = sample::glue();
        if let Driver::Glue(glue) = &mut run.request.driver {
            glue.command = command.into();
        }
        run
    };
    let mut hive = sample::serverless();
    hive.request.driver = Driver::Hive { query: "s3://b/q.hql".into(), init: None, parameters: None };
    for run in [
        calls("command-runner.jar", &["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q.hql"]),
        calls("command-runner.jar", &["pig-script", "--run-pig-script", "--args", "-f", "s3://b/q.pig"]),
        calls("command-runner.jar", &["bash", "-c", "aws s3 sync s3://b/in s3://b/out"]),
        calls(
            "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar",
            &["s3://b/load.sh", "--day", "1"],
        ),
        glue("pythonshell"),
        glue("glueray"),
        hive,
        sample::lambda(),
        sample::training(),
    ] {
        assert!(!takes(&run.request, &overhead), "{}: {:?}", run.id, run.request.driver);
    }
    assert!(form(Engine::Glue, &glue("glueray").request).settings.is_none());

    let (workers, timeout) = (setting("NumberOfWorkers", SettingKind::Glue), setting("Timeout", SettingKind::Glue));
    let shell = glue("pythonshell").request;
    assert!(takes(&shell, &timeout) && !takes(&shell, &workers), "it has no workers");
    assert!(takes(&sample::glue().request, &workers) && !takes(&sample::step().request, &timeout));
    assert!(takes(&sample::lambda().request, &setting("MemorySize", SettingKind::Api)), "told as what it is");
}
