//! Where FireLens sends the lines of a container, by the options of its log driver.
//!
//! ECS makes an output of Fluent Bit or Fluentd of these options and tags the lines `container-firelens-task` ("Amazon ECS
//! Developer Guide, Custom log routing"). Both outputs of Fluent Bit to CloudWatch Logs append the tag to
//! `log_stream_prefix`; the older one, `cloudwatch`, fills in `$(…)` as well (its README names the variables).

use contract::executions::ContainerFact;

/// What an output calls its destination, and what a person looks for.
const PLACES: [(&str, &str); 5] = [
    ("delivery_stream", "delivery stream"),
    ("stream", "data stream"),
    ("bucket", "bucket"),
    ("host", "host"),
    ("index", "index"),
];

/// Group and stream of CloudWatch Logs, or in words where the lines are.
pub fn stream(task: &str, fact: &ContainerFact) -> Result<(String, String), String> {
    let name = &fact.name;
    // Fluentd calls it `@type`.
    let Some(output) = option(fact, "name").or_else(|| option(fact, "@type")) else {
        return Err(format!(
            "{name} logs through FireLens, and its options name no output: the configuration of the task's log router says \
             where its lines are."
        ));
    };
    let fills = output.eq_ignore_ascii_case("cloudwatch");
    if !fills && !output.eq_ignore_ascii_case("cloudwatch_logs") {
        return Err(elsewhere(fact, output));
    }
    let tag = format!("{name}-firelens-{task}");
    let filled = |text: &str| {
        if fills { text.replace("$(ecs_task_id)", task).replace("$(tag)", &tag) } else { text.to_owned() }
    };
    let Some(group) = option(fact, "log_group_name").map(filled) else {
        return Err(format!(
            "{name} logs through FireLens to CloudWatch Logs, and its options name no log_group_name: look among the log \
             groups for a stream with {tag} in its name."
        ));
    };
    let stream = match (option(fact, "log_stream_name"), option(fact, "log_stream_prefix")) {
        (Some(stream), _) => filled(stream),
        (None, Some(prefix)) => format!("{}{tag}", filled(prefix)),
        (None, None) => {
            return Err(format!(
                "{name} logs through FireLens to the log group {group}, and its options name no stream: look there for a \
                 stream with {tag} in its name."
            ));
        }
    };
    // A colon can be in neither name, so what holds one is not what it will be called.
    if [&group, &stream].into_iter().any(|name| name.contains("$(") || name.contains(':')) {
        return Err(format!(
            "{name} logs through FireLens to the log group {group}, stream {stream}, whose variables its log router fills in."
        ));
    }
    Ok((group, stream))
}

/// The region that the output sends to, where the options name one.
pub fn region(fact: &ContainerFact) -> Option<&str> {
    option(fact, "region")
}

fn option<'a>(fact: &'a ContainerFact, name: &str) -> Option<&'a str> {
    fact.firelens.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn elsewhere(fact: &ContainerFact, output: &str) -> String {
    let service = match output.to_ascii_lowercase().as_str() {
        "firehose" | "kinesis_firehose" => "Data Firehose".to_owned(),
        "kinesis" | "kinesis_streams" => "Kinesis Data Streams".to_owned(),
        "s3" => "S3".to_owned(),
        "es" | "opensearch" => "OpenSearch".to_owned(),
        _ => format!("the output {output}"),
    };
    let told: Vec<String> =
        PLACES.iter().filter_map(|(key, words)| Some(format!("{words} {}", option(fact, key)?))).collect();
    let place = if told.is_empty() { String::new() } else { format!(", {}", told.join(", ")) };
    format!("{} logs through FireLens to {service}{place}: its lines are there, not in CloudWatch Logs.", fact.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(options: &[(&str, &str)]) -> ContainerFact {
        let firelens = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        ContainerFact { name: "app".into(), driver: Some("awsfirelens".into()), firelens, ..ContainerFact::default() }
    }

    #[test]
    fn the_tag_follows_the_prefix() {
        let prefixed = [("name", "cloudwatch_logs"), ("log_group_name", "/ecs/app"), ("log_stream_prefix", "nightly-")];
        let expected = ("/ecs/app".to_owned(), "nightly-app-firelens-77ab".to_owned());
        assert_eq!(stream("77ab", &fact(&prefixed)), Ok(expected));
        let named = [("@type", "cloudwatch_logs"), ("log_group_name", "/ecs/app"), ("log_stream_name", "all")];
        assert_eq!(stream("77ab", &fact(&named)), Ok(("/ecs/app".to_owned(), "all".to_owned())));
    }

    #[test]
    fn only_the_older_output_fills_in_variables() {
        let options =
            |output| [("name", output), ("log_group_name", "/ecs/app"), ("log_stream_name", "$(ecs_task_id)")];
        let older = stream("77ab", &fact(&options("cloudwatch")));
        assert_eq!(older, Ok(("/ecs/app".to_owned(), "77ab".to_owned())));
        assert!(stream("77ab", &fact(&options("cloudwatch_logs"))).is_err());
        let cluster = [("name", "cloudwatch"), ("log_group_name", "/ecs/$(ecs_cluster)"), ("log_stream_name", "a")];
        let why = stream("77ab", &fact(&cluster)).unwrap_err();
        assert!(why.contains("/ecs/$(ecs_cluster)") && why.contains("fills in"), "{why}");
    }

    #[test]
    fn another_destination_is_told_in_words() {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[], "name no output"),
            (&[("name", "firehose"), ("delivery_stream", "app-logs")], "to Data Firehose, delivery stream app-logs:"),
            (&[("name", "s3"), ("bucket", "app-logs")], "to S3, bucket app-logs:"),
            (&[("name", "datadog"), ("host", "intake.example")], "to the output datadog, host intake.example:"),
            (&[("name", "cloudwatch_logs")], "name no log_group_name"),
            (&[("name", "cloudwatch_logs"), ("log_group_name", "/ecs/app")], "a stream with app-firelens-77ab"),
        ];
        for (options, words) in cases {
            let why = stream("77ab", &fact(options)).unwrap_err();
            assert!(why.contains(words) && why.starts_with("app logs through FireLens"), "{why}");
        }
    }
}
