//! How a task of ECS ended, and where its containers log.
//!
//! The driver `awslogs` calls a stream `prefix/container/task` where its options have a prefix, which Fargate asks for, and
//! after Docker's id of the container where they have none ("Amazon ECS Developer Guide, Send Amazon ECS logs to
//! CloudWatch"). [`firelens`] sends on by options of its own. All other drivers send their lines elsewhere.

mod firelens;

use contract::executions::{ContainerEnd, ContainerFact, ContainerLog, TaskEnd};

/// Exit codes of a container that ECS ended with the task: SIGTERM, and SIGKILL after it.
const STOPPED: [i32; 2] = [143, 137];

/// As ECS describes it, with what only the events tell: a stopped task is described for an hour, and its containers may
/// be described before their end is known.
pub fn end(described: Option<TaskEnd>, told: Option<&TaskEnd>) -> TaskEnd {
    let mut end = described.unwrap_or_default();
    let Some(told) = told else { return end };
    end.code = end.code.or_else(|| told.code.clone());
    end.reason = end.reason.or_else(|| told.reason.clone());
    for one in &told.containers {
        if let Some(known) = end.containers.iter_mut().find(|known| known.name == one.name) {
            known.exit_code = known.exit_code.or(one.exit_code);
            known.reason = known.reason.take().or_else(|| one.reason.clone());
            known.runtime_id = known.runtime_id.take().or_else(|| one.runtime_id.clone());
        } else {
            end.containers.push(one.clone());
        }
    }
    end
}

/// The containers of a definition with their logs: what failed first, before those what the task ends with, and before
/// those what ended by itself. `task` is its id, `region` the one in which logs can be opened.
pub fn logs(task: &str, containers: &[ContainerFact], end: &TaskEnd, region: &str) -> Vec<ContainerLog> {
    let log = |fact: &ContainerFact| {
        let ended = end.containers.iter().find(|one| one.name == fact.name);
        let (log, missing) = match place(task, fact, ended, region) {
            Ok(log) => (Some(log), None),
            Err(why) => (None, Some(why)),
        };
        let by_router = log.is_some() && fact.driver.as_deref() == Some("awsfirelens");
        let note =
            by_router.then(|| "Sent by FireLens; a configuration of the log router may send it elsewhere.".to_owned());
        let log = ContainerLog { log, missing, note, ..without_log(&fact.name, ended) };
        ((!log.failed, !fact.essential, ended.is_some_and(was_stopped)), log)
    };
    let mut found: Vec<((bool, bool, bool), ContainerLog)> = containers.iter().map(log).collect();
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, log)| log).collect()
}

/// How the containers ended, where the definition, which tells where they log, cannot be read: what failed first.
pub fn ends(end: &TaskEnd) -> Vec<ContainerLog> {
    let mut found: Vec<(bool, ContainerLog)> =
        end.containers.iter().map(|one| (was_stopped(one), without_log(&one.name, Some(one)))).collect();
    found.sort_by_key(|(was_stopped, log)| (!log.failed, *was_stopped));
    found.into_iter().map(|(_, log)| log).collect()
}

fn without_log(name: &str, ended: Option<&ContainerEnd>) -> ContainerLog {
    ContainerLog {
        name: name.to_owned(),
        ended: ended.and_then(ContainerEnd::words),
        failed: ended.is_some_and(ContainerEnd::failed),
        log: None,
        missing: None,
        note: None,
    }
}

/// The task was over, and this container with it. One that ran out of memory says so.
fn was_stopped(one: &ContainerEnd) -> bool {
    one.reason.is_none() && one.exit_code.is_some_and(|code| STOPPED.contains(&code))
}

/// Group and stream, or why there are none that can be opened.
fn place(task: &str, fact: &ContainerFact, ended: Option<&ContainerEnd>, region: &str) -> Result<String, String> {
    let name = &fact.name;
    let (group, stream, own) = match fact.driver.as_deref() {
        Some("awslogs") => {
            let (group, stream) = by_awslogs(task, fact, ended)?;
            (group, stream, None)
        }
        Some("awsfirelens") => {
            let (group, stream) = firelens::stream(task, fact)?;
            (group, stream, firelens::region(fact))
        }
        None => {
            return Err(format!(
                "{name} has no log configuration: what it writes stays on its instance, and on Fargate nowhere."
            ));
        }
        Some(driver) => return Err(format!("{name} logs by the driver {driver}, not to CloudWatch Logs.")),
    };
    match own.or(fact.region.as_deref()) {
        Some(other) if other != region => {
            Err(format!("{name} logs in {other}, to {group}, stream {stream}. Open that region to read it."))
        }
        _ => Ok(format!("{group}:{stream}")),
    }
}

fn by_awslogs(task: &str, fact: &ContainerFact, ended: Option<&ContainerEnd>) -> Result<(String, String), String> {
    let name = &fact.name;
    let Some(group) = fact.group.clone() else { return Err(format!("The options of {name} name no awslogs-group.")) };
    match (&fact.prefix, ended.and_then(|ended| ended.runtime_id.clone())) {
        (Some(prefix), _) => Ok((group, format!("{prefix}/{name}/{task}"))),
        (None, Some(id)) => Ok((group, id)),
        (None, None) => Err(format!(
            "{name} logs to {group} without awslogs-stream-prefix: its stream is called after Docker's id of the \
             container, which is not known any more."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "4f6f1e0f3b5c4f1d";

    fn fact(name: &str, driver: Option<&str>) -> ContainerFact {
        ContainerFact {
            name: name.into(),
            essential: true,
            driver: driver.map(str::to_owned),
            group: Some("/ecs/prices".into()),
            prefix: Some("nightly".into()),
            region: Some("eu-west-1".into()),
            firelens: Vec::new(),
        }
    }

    fn ended(name: &str, exit_code: Option<i32>, runtime_id: Option<&str>) -> ContainerEnd {
        ContainerEnd { name: name.into(), exit_code, reason: None, runtime_id: runtime_id.map(str::to_owned) }
    }

    fn one(fact: ContainerFact, containers: Vec<ContainerEnd>) -> ContainerLog {
        let end = TaskEnd { containers, ..TaskEnd::default() };
        logs(TASK, &[fact], &end, "eu-west-1").remove(0)
    }

    #[test]
    fn a_stream_has_prefix_container_and_task() {
        let log = one(fact("app", Some("awslogs")), vec![ended("app", Some(1), None)]);
        assert_eq!(log.log.as_deref(), Some("/ecs/prices:nightly/app/4f6f1e0f3b5c4f1d"));
        assert_eq!((log.ended.as_deref(), log.failed, log.missing), (Some("exit code 1"), true, None));
        let anywhere = ContainerFact { region: None, ..fact("app", Some("awslogs")) };
        assert!(one(anywhere, Vec::new()).log.is_some(), "on EC2 the region may be left out");
    }

    #[test]
    fn a_stream_without_a_prefix_is_called_after_the_container() {
        let bare = || ContainerFact { prefix: None, ..fact("app", Some("awslogs")) };
        let known = one(bare(), vec![ended("app", None, Some("77ab"))]);
        assert_eq!(known.log.as_deref(), Some("/ecs/prices:77ab"));
        let unknown = one(bare(), Vec::new());
        assert_eq!(unknown.log, None);
        assert!(unknown.missing.unwrap().contains("awslogs-stream-prefix"));
    }

    #[test]
    fn another_driver_is_named() {
        let cases = [
            (fact("app", None), "no log configuration"),
            (fact("app", Some("splunk")), "driver splunk"),
            (fact("app", Some("awsfirelens")), "FireLens"),
            (ContainerFact { group: None, ..fact("app", Some("awslogs")) }, "no awslogs-group"),
            (ContainerFact { region: Some("eu-central-1".into()), ..fact("app", Some("awslogs")) }, "in eu-central-1"),
        ];
        for (fact, words) in cases {
            let log = one(fact, Vec::new());
            assert_eq!(log.log, None, "{words}");
            let missing = log.missing.unwrap();
            assert!(missing.contains(words) && missing.contains("app"), "{missing}");
        }
    }

    #[test]
    fn what_failed_comes_first_and_then_what_the_task_ends_with() {
        let side = ContainerFact { essential: false, ..fact("envoy", Some("awslogs")) };
        let facts = [side, fact("app", Some("awslogs")), fact("export", Some("awslogs"))];
        let names = |containers: Vec<ContainerEnd>| -> Vec<String> {
            let end = TaskEnd { containers, ..TaskEnd::default() };
            logs(TASK, &facts, &end, "eu-west-1").into_iter().map(|log| log.name).collect()
        };
        assert_eq!(
            names(vec![ended("app", Some(0), None), ended("export", Some(2), None)]),
            ["export", "app", "envoy"]
        );
        assert_eq!(names(Vec::new()), ["app", "export", "envoy"]);
    }

    #[test]
    fn one_that_was_stopped_with_the_task_comes_after_the_one_that_ended_it() {
        let facts = [fact("proxy", Some("awslogs")), fact("app", Some("awslogs"))];
        let names = |containers: Vec<ContainerEnd>| -> Vec<String> {
            let end = TaskEnd { containers, ..TaskEnd::default() };
            let by_end: Vec<String> = ends(&end).into_iter().map(|log| log.name).collect();
            let found: Vec<String> = logs(TASK, &facts, &end, "eu-west-1").into_iter().map(|log| log.name).collect();
            assert_eq!(found, by_end);
            found
        };
        assert_eq!(names(vec![ended("proxy", Some(143), None), ended("app", Some(1), None)]), ["app", "proxy"]);
        let killed = ContainerEnd { reason: Some("OutOfMemoryError".into()), ..ended("proxy", Some(137), None) };
        assert_eq!(names(vec![killed, ended("app", Some(1), None)]), ["proxy", "app"], "it says why");
    }

    #[test]
    fn without_a_definition_it_is_told_how_containers_ended() {
        let end = TaskEnd { containers: vec![ended("app", Some(1), None)], ..TaskEnd::default() };
        let told = ends(&end);
        let [app] = &told[..] else { panic!("{told:?}") };
        assert_eq!((app.ended.as_deref(), app.failed), (Some("exit code 1"), true));
        assert_eq!((&app.log, &app.missing), (&None, &None));
    }

    #[test]
    fn what_firelens_sends_to_cloudwatch_logs_is_led_to_and_says_what_is_uncertain() {
        let sent = |region: &str| {
            let option = |key: &str, value: &str| (key.to_owned(), value.to_owned());
            let firelens = vec![
                option("name", "cloudwatch_logs"),
                option("region", region),
                option("log_group_name", "/ecs/audit"),
                option("log_stream_prefix", "nightly-"),
            ];
            one(ContainerFact { firelens, ..fact("app", Some("awsfirelens")) }, Vec::new())
        };
        let here = sent("eu-west-1");
        assert_eq!(here.log.as_deref(), Some("/ecs/audit:nightly-app-firelens-4f6f1e0f3b5c4f1d"));
        assert!(here.note.is_some_and(|note| note.contains("log router")));
        let there = sent("us-east-1");
        assert_eq!((there.log, there.note), (None, None));
        assert!(there.missing.unwrap().contains("in us-east-1, to /ecs/audit"));
    }

    #[test]
    fn what_only_the_events_tell_is_added() {
        let told = TaskEnd {
            code: Some("EssentialContainerExited".into()),
            reason: Some("Essential container in task exited".into()),
            containers: vec![ended("app", Some(1), Some("77ab")), ended("side", Some(0), None)],
        };
        assert_eq!(end(None, Some(&told)), told);
        let described = TaskEnd {
            reason: Some("as ECS says".into()),
            containers: vec![ended("app", None, None)],
            ..TaskEnd::default()
        };
        let both = end(Some(described.clone()), Some(&told));
        assert_eq!(both.reason.as_deref(), Some("as ECS says"));
        assert_eq!((both.code, both.containers), (told.code.clone(), told.containers.clone()));
        assert_eq!(end(Some(described.clone()), None), described);
    }
}
