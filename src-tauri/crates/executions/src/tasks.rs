//! How a task of ECS ended, and where its containers log.
//!
//! The driver `awslogs` calls a stream `prefix/container/task` where its options have a prefix, which Fargate asks for, and
//! after Docker's id of the container where they have none ("Amazon ECS Developer Guide, Send Amazon ECS logs to
//! CloudWatch"). All other drivers send their lines elsewhere.

use contract::executions::{ContainerEnd, ContainerFact, ContainerLog, TaskEnd};

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

/// The containers of a definition with their logs: what failed first, then what the task ends with. `task` is its id,
/// `region` the one in which logs can be opened.
pub fn logs(task: &str, containers: &[ContainerFact], end: &TaskEnd, region: &str) -> Vec<ContainerLog> {
    let log = |fact: &ContainerFact| {
        let ended = end.containers.iter().find(|one| one.name == fact.name);
        let (log, missing) = match place(task, fact, ended, region) {
            Ok(log) => (Some(log), None),
            Err(why) => (None, Some(why)),
        };
        let words = ended.and_then(ContainerEnd::words);
        let failed = ended.is_some_and(ContainerEnd::failed);
        (fact.essential, ContainerLog { name: fact.name.clone(), ended: words, failed, log, missing })
    };
    let mut found: Vec<(bool, ContainerLog)> = containers.iter().map(log).collect();
    found.sort_by_key(|(essential, log)| (!log.failed, !essential));
    found.into_iter().map(|(_, log)| log).collect()
}

/// Group and stream, or why there are none.
fn place(task: &str, fact: &ContainerFact, ended: Option<&ContainerEnd>, region: &str) -> Result<String, String> {
    let name = &fact.name;
    match fact.driver.as_deref() {
        Some("awslogs") => {}
        None => {
            return Err(format!(
                "{name} has no log configuration: what it writes stays on its instance, and on Fargate nowhere."
            ));
        }
        Some("awsfirelens") => {
            return Err(format!("{name} logs through FireLens, whose destination is not looked into."));
        }
        Some(driver) => return Err(format!("{name} logs by the driver {driver}, not to CloudWatch Logs.")),
    }
    let Some(group) = &fact.group else { return Err(format!("The options of {name} name no awslogs-group.")) };
    let stream = match (&fact.prefix, ended.and_then(|ended| ended.runtime_id.as_ref())) {
        (Some(prefix), _) => format!("{prefix}/{name}/{task}"),
        (None, Some(id)) => id.clone(),
        (None, None) => {
            return Err(format!(
                "{name} logs to {group} without awslogs-stream-prefix: its stream is called after Docker's id of the \
                 container, which is not known any more."
            ));
        }
    };
    match &fact.region {
        Some(other) if other != region => {
            Err(format!("{name} logs in {other}, to {group}, stream {stream}. Open that region to read it."))
        }
        _ => Ok(format!("{group}:{stream}")),
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
