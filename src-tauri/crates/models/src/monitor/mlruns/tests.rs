use super::*;

const EXPERIMENT: &str = "artifact_location: file:///data/mlruns/3\nexperiment_id: '3'\nlifecycle_stage: active\n\
                          name: 'monitoring/hotel''s demand'\n";

const RUN: &str = "artifact_uri: file:///data/mlruns/3/ab12/artifacts\nend_time: 1795248892000\nentry_point_name: ''\n\
                   experiment_id: '3'\nlifecycle_stage: active\nrun_id: ab12\nrun_name: drift of the night before the\n  \
                   long weekend\nstart_time: 1795248862000\nstatus: 3\ntags: []\nuser_id: ops\n";

fn files(all: &[(&str, &str)]) -> Vec<RunFile> {
    all.iter().map(|(path, text)| RunFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() }).collect()
}

#[test]
fn an_experiment_is_named_by_its_meta() {
    let read = experiment("3", EXPERIMENT.as_bytes()).unwrap().unwrap();
    assert_eq!((read.id.as_str(), read.name.as_str()), ("3", "monitoring/hotel's demand"));
    assert_eq!(experiment("4", b"lifecycle_stage: deleted\nname: x\n"), Ok(None));
    assert_eq!(experiment("0", b"creation_time: 1\n").unwrap().unwrap().name, "0");
    assert!(experiment("0", b"\n# nothing\n").is_err());
    assert!(experiment("0", b"name: \xff").is_err());
}

#[test]
fn a_run_is_read_of_its_files() {
    let all = files(&[
        ("meta.yaml", RUN),
        ("metrics/ValueDrift:guests", "1795248890000 0.2 0\n1795248891000 0.32 1\nwhat\n"),
        ("metrics/test/auc", "1795248890000 0.9 0\n"),
        ("params/reference_rows", "500\n"),
        ("tags/endpoint", "demand-live"),
        ("artifacts/report.json", "{}"),
    ]);
    let (run, problems) = run("cd34", &all);
    let run = run.unwrap();
    assert_eq!(
        (run.id.as_deref(), run.experiment.as_deref(), run.status.as_deref()),
        (Some("cd34"), Some("3"), Some("FINISHED")),
        "it is known by its folder, whatever the file says"
    );
    assert_eq!(run.name.as_deref(), Some("drift of the night before the long weekend"));
    assert_eq!((run.tag("endpoint"), run.param("reference_rows")), (Some("demand-live"), Some("500")));
    assert_eq!(run.end.unwrap().as_millisecond(), 1_795_248_892_000);
    assert!(run.metrics.iter().any(|point| point.key == "test/auc"), "a name may have a slash");
    assert_eq!(run.drift().features[0].value, Some(0.32), "the last step");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place, "metrics/ValueDrift:guests, line 3");
}

#[test]
fn a_run_without_its_meta_is_known_by_its_folder_and_its_metrics() {
    let (read, problems) =
        run("cd34", &files(&[("metrics/ValueDrift:a", "1795248890000 0.5 0\n"), ("meta.yaml", "???")]));
    let read = read.unwrap();
    assert_eq!((read.id.as_deref(), read.end.unwrap().as_millisecond()), (Some("cd34"), 1_795_248_890_000));
    assert_eq!(problems[0].place, "meta.yaml");
    let (gone, _) = run("x", &files(&[("meta.yaml", "lifecycle_stage: deleted\n")]));
    assert_eq!(gone, None);
}
