//! Targets of the crate `executions` that read one text: definitions, causes, ids, addresses, schedules, inputs.

use crate::{halves, lines, now, shell, some, text};
use contract::executions::{ContainerFact, ExecutionRow, Graph, GraphNode, Status, TaskEnd, facts::EventDetail};
use executions::{
    Definition,
    address::{Found, FoundKind, resolve},
    cause::{one_line, unfold},
    compare::{Side, diff_lines},
    graph::graph,
    jobs::{is_job, job_link, words},
    preflight,
    schedule::Schedule,
    tasks,
};
use jiff::SignedDuration;

/// States that are drawn: the drawing of more is the same and takes the time of other inputs.
const DRAWN: usize = 120;

pub(crate) fn definition(bytes: &[u8]) {
    let text = text(bytes);
    match Definition::read(text) {
        Err(problem) => {
            let line = usize::try_from(problem.line).ok().and_then(|line| text.split('\n').nth(line.checked_sub(1)?));
            let width = line.map(|line| line.chars().count() + 1);
            let column = usize::try_from(problem.column).unwrap_or(usize::MAX);
            assert!(width.is_some_and(|width| (1..=width).contains(&column)), "{problem:?} lies outside of the text");
        }
        Ok(definition) => {
            assert!(!definition.states.is_empty(), "a definition without states is refused");
            assert_eq!(definition.handlers().len(), definition.states.len());
            // How it was laid out by hand changes nothing.
            let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            let again = Definition::read(&format!("{value:#}"));
            assert_eq!(again.as_ref().map(skeleton), Ok(skeleton(&definition)));
            if definition.states.len() <= DRAWN {
                let drawn = graph(&definition);
                sound(&definition, &drawn);
                assert_eq!(drawn, graph(&definition), "drawn twice");
            }
        }
    }
}

/// Without numbers: `serde_json` may read the digits of a fraction that it wrote as its neighbour.
fn skeleton(definition: &Definition) -> Vec<String> {
    let state = |state: &executions::State| {
        let to: Vec<&str> =
            state.plain_targets().chain(state.catches.iter().map(|catch| catch.next.as_str())).collect();
        format!("{:?} {:?} {} {:?} {to:?}", state.name, state.parent, state.branch, state.starts)
    };
    std::iter::once(definition.start.clone()).chain(definition.states.iter().map(state)).collect()
}

/// Every state once, inside of what holds it and over no other; every line between two of them.
fn sound(definition: &Definition, graph: &Graph) {
    assert_eq!(graph.nodes.len(), definition.states.len());
    let touch = |a: &GraphNode, b: &GraphNode| {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    };
    for (place, node) in graph.nodes.iter().enumerate() {
        assert_eq!(usize::try_from(node.id), Ok(place));
        let parent = node.parent.and_then(|parent| graph.nodes.get(usize::try_from(parent).ok()?));
        let (left, top, right, bottom) = parent.map_or((0.0, 0.0, graph.width, graph.height), |parent| {
            assert!(parent.id < node.id, "{} stands before what holds it", node.name);
            (parent.x, parent.y, parent.x + parent.width, parent.y + parent.height)
        });
        let inside = node.x >= left && node.y >= top && node.x + node.width <= right && node.y + node.height <= bottom;
        assert!(inside, "{} leaves what holds it", node.name);
        for other in graph.nodes.iter().take(place).filter(|other| other.parent == node.parent) {
            assert!(!touch(node, other), "{} lies over {}", node.name, other.name);
        }
    }
    for edge in &graph.edges {
        let node = |id: u32| usize::try_from(id).ok().and_then(|id| graph.nodes.get(id));
        let scopes = [edge.from, edge.to].map(|id| node(id).map(|node| (node.parent, node.branch)));
        assert!(matches!(scopes, [Some(from), Some(to)] if from == to), "{edge:?} leaves its scope");
        let inside = |(x, y): (f32, f32)| (0.0..=graph.width).contains(&x) && (0.0..=graph.height).contains(&y);
        assert!(edge.points.len() % 3 == 1 && edge.points.len() > 1 && edge.points.iter().copied().all(inside));
        assert!(inside((edge.label_x, edge.label_y)));
    }
}

pub(crate) fn cause(bytes: &[u8]) {
    let [service, error, cause] = lines(bytes);
    let (service, error, cause) = (some(service), some(error), some(cause));
    let levels = unfold(service, error, cause);
    let says = error.is_some() || cause.is_some_and(|cause| !cause.trim().is_empty());
    assert_eq!(levels.is_empty(), !says, "what was said is shown");
    assert!(levels.len() <= 16);
    let line = one_line(&levels);
    assert!(line.chars().count() <= 241 && !line.contains(['\n', '\r']), "{line:?} is no line");
    // The service cuts anywhere.
    if let Some(cause) = cause {
        let half = cause.char_indices().nth(cause.chars().count() / 2).map_or(0, |(at, _)| at);
        let _ = unfold(service, error, cause.get(..half));
    }
}

pub(crate) fn cause_seed(text: &str) -> Vec<String> {
    ["", "emr-serverless", "lambda", "states"].iter().map(|from| format!("{from}\nStates.TaskFailed\n{text}")).collect()
}

pub(crate) fn job(bytes: &[u8]) {
    let [service, action, parameters, answer, cause] = lines(bytes);
    let own = |text: &str| some(text).map(str::to_owned);
    let scheduled = EventDetail {
        resource_type: own(service),
        resource: own(action),
        parameters: own(parameters),
        region: Some("eu-west-1".to_owned()),
        ..EventDetail::default()
    };
    let submitted = EventDetail { output: own(answer), ..EventDetail::default() };
    let ended = EventDetail { error: own("States.TaskFailed"), cause: own(cause), ..EventDetail::default() };
    let Some(link) = job_link(&scheduled, Some(&submitted), Some(&ended)) else { return };
    assert!(!link.noun.is_empty());
    assert!(is_job(&link) || link.command.is_none(), "{link:?}: a call has nothing to be shown");
    assert!(words(&link).starts_with(&link.service));
    assert!(link.ids.iter().all(|(name, _)| !name.is_empty()));
    if let Some(command) = &link.command {
        let words = shell::words(command);
        assert_eq!(words.as_deref().and_then(<[String]>::first).map(String::as_str), Some("aws"), "{command:?}");
    }
}

pub(crate) fn job_seed(text: &str) -> Vec<String> {
    const CALLS: [&str; 13] = [
        "glue\nstartJobRun.sync",
        "emr-serverless\nstartJobRun.sync",
        "emr-containers\nstartJobRun.sync",
        "elasticmapreduce\naddStep.sync",
        "elasticmapreduce\ncreateCluster.sync",
        "sagemaker\ncreateTrainingJob.sync",
        "batch\nsubmitJob.sync",
        "ecs\nrunTask.sync",
        "athena\nstartQueryExecution.sync",
        "lambda\ninvoke",
        "states\nstartExecution.sync:2",
        "codebuild\nstartBuild.sync",
        "\narn:aws:lambda:eu-west-1:1:function:load:live",
    ];
    let text = text.replace('\n', " ");
    if !text.starts_with('{') {
        return Vec::new();
    }
    CALLS.iter().map(|call| format!("{call}\n{text}\n{text}\n{text}")).collect()
}

pub(crate) fn paste(bytes: &[u8]) {
    let text = text(bytes);
    let length = text.chars().count();
    let found = resolve(text);
    assert!(found.is_sorted_by_key(|one| one.from), "in the order of the text");
    for one in &found {
        assert!(one.from < one.to && one.to <= length, "{one:?} lies outside of the text");
        assert!(!one.title.is_empty());
        // What was found is found again when it stands alone.
        let Some(arn) = arn(one) else { continue };
        // Where the name of an alarm ends is told by what stands around it.
        let quote = if matches!(one.kind, FoundKind::Alarm { .. }) { "\"" } else { "" };
        if !arn.contains('"') {
            let again = resolve(&format!("{quote}{arn}{quote}"));
            let found = again.first().map(|one| (one.from, one.to, self::arn(one)));
            let whole = (quote.len(), quote.len() + arn.chars().count(), Some(arn));
            assert_eq!((again.len(), found), (1, Some(whole)), "{one:?}");
        }
    }
}

fn arn(found: &Found) -> Option<&str> {
    match &found.kind {
        FoundKind::Execution { arn }
        | FoundKind::Machine { arn }
        | FoundKind::MapRun { arn }
        | FoundKind::Activity { arn } => Some(arn),
        FoundKind::Alarm { arn, .. } => arn.as_deref(),
    }
}

pub(crate) fn schedule(bytes: &[u8]) {
    let [expression, zone, second] = lines(bytes);
    let Ok(schedule) = Schedule::read(expression, Some(zone)) else { return };
    let at = second.trim().parse().ok().and_then(|second| contract::Timestamp::from_second(second).ok());
    let at = at.unwrap_or_else(now);
    if let Some(before) = schedule.previous(at) {
        assert!(before < at, "{before} is not before {at}");
        if schedule.period().is_none() {
            assert!(schedule.next(before).is_none_or(|next| next >= at), "one between {before} and {at}");
        }
    }
    if let Some(next) = schedule.next(at) {
        assert!(next > at, "{next} is not after {at}");
        match (schedule.period(), next.checked_add(SignedDuration::from_secs(1))) {
            (Some(period), _) => assert_eq!(next.duration_since(at), period),
            (None, Ok(later)) => assert_eq!(schedule.previous(later), Some(next)),
            (None, Err(_)) => {}
        }
    }
}

pub(crate) fn schedule_seed(text: &str) -> Vec<String> {
    let fields = text.split_whitespace().count() == 6 && !text.contains('(');
    let text = if fields { format!("cron({text})") } else { text.to_owned() };
    vec![text.clone(), format!("{text}\nUTC+02:00\n1795248862"), format!("{text}\nEtc/GMT-5\n951782400")]
}

pub(crate) fn input(bytes: &[u8]) {
    let text = text(bytes);
    let taken = preflight::check_input(text);
    match &taken {
        Ok(()) => assert!(serde_json::from_str::<serde_json::Value>(text).is_ok()),
        Err(problem) => assert!(problem.line > 0 && problem.column > 0 && !problem.message.is_empty()),
    }
    let shape = preflight::input_shape(&[text, text, text]);
    assert_eq!(shape.is_empty(), serde_json::from_str::<serde_json::Value>(text).is_err());
    assert_eq!(preflight::check_against(&shape, text), Vec::new(), "an input as all before it were");
    let name = preflight::propose_name(text, now(), &|_| false);
    assert_eq!(preflight::check_name(&name), Ok(()), "{name:?}");
    let other = preflight::propose_name(&name, now(), &|taken| taken == name);
    assert!(other != name && preflight::check_name(&other).is_ok(), "{other:?} beside {name:?}");
    let command = preflight::start_command("arn:aws:states:eu-west-1:1:stateMachine:m", text, text, Some(text), None);
    assert!(shell::words(&command.line).is_some(), "{}", command.line);
    let command = preflight::stop_command("arn", text, text, None, Some(text));
    assert!(shell::words(&command).is_some(), "{command}");
}

pub(crate) fn compare(bytes: &[u8]) {
    let (then, now) = halves(bytes);
    for text in [then, now] {
        assert_eq!(diff_lines(text, text), Vec::new(), "no difference to itself");
        let same = executions::compare::compare(&side(&row(), text), &side(&row(), text));
        assert!(same.differences.is_empty(), "{:?}", same.differences);
    }
    let _ = diff_lines(then, now);
    let compared = executions::compare::compare(&side(&row(), then), &side(&row(), now));
    for difference in &compared.differences {
        // A line that stands for several says no values.
        let folded = difference.then.is_none() && difference.now.is_none();
        assert!(folded || difference.then != difference.now, "{difference:?} is no difference");
    }
}

pub(crate) fn compare_seed(text: &str) -> Vec<String> {
    vec![format!("{text}\n\n{}", text.replace('1', "2")), format!("{{\"a\":[1,2]}}\n\n{text}")]
}

fn side<'a>(execution: &'a ExecutionRow, text: &'a str) -> Side<'a> {
    Side { execution, input: Some(text), definition: Some(text), states: &[], jobs: &[], version: None }
}

fn row() -> ExecutionRow {
    ExecutionRow {
        arn: "arn:aws:states:eu-west-1:123456789012:execution:m:n".to_owned(),
        machine: "m".to_owned(),
        machine_arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:m".to_owned(),
        name: "n".to_owned(),
        status: Status::Succeeded,
        started: now(),
        stopped: None,
        redrives: 0,
        state: None,
        error: None,
        cause: None,
        version: None,
        looked: true,
    }
}

/// The options of a container that logs through FireLens: on each line a name, a space and the value.
pub(crate) fn containers(bytes: &[u8]) {
    let options = text(bytes).lines().filter_map(|line| line.split_once(' '));
    let fact = ContainerFact {
        name: "app".to_owned(),
        driver: Some("awsfirelens".to_owned()),
        firelens: options.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
        ..ContainerFact::default()
    };
    let told = tasks::logs("77ab", &[fact], &TaskEnd::default(), "eu-west-1");
    assert_eq!(told.len(), 1);
    for one in &told {
        assert!(one.log.is_some() != one.missing.is_some(), "{one:?} is there or says why not");
        assert!(
            one.log.as_ref().is_none_or(|log| log.matches(':').count() == 1),
            "{one:?} is one group and one stream"
        );
        assert!(one.missing.as_ref().is_none_or(|why| why.contains("app")), "{one:?} names the container");
    }
}

pub(crate) fn containers_seed(text: &str) -> Vec<String> {
    let whole =
        |output: &str, place: &str| format!("name {output}\nlog_group_name {text}\n{place} {text}\nregion eu-west-1");
    vec![
        format!("@type {text}\nbucket {text}"),
        whole("cloudwatch", "log_stream_name"),
        whole("cloudwatch_logs", "log_stream_prefix"),
    ]
}
