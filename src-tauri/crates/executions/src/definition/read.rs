//! From text to states.
//!
//! Lenient: fields of the wrong type are as good as absent, and a `Type` that is not known is kept by its kind. What is
//! refused is what leaves nothing to draw or would draw a lie: no start, no states, a target that does not exist.

use super::spot::{self, Step};
use super::{Catch, Choice, Definition, Retry, State, rule};
use contract::executions::{DefinitionProblem, StateKind};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

pub(super) fn definition(text: &str) -> Result<Definition, DefinitionProblem> {
    let value = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    let Value::Object(mut root) = value else {
        return Err(Wrong::new("A definition is a JSON object", None).placed(text));
    };
    let mut states = Vec::new();
    let here = Here { scope: (None, 0), jsonata: jsonata(&root, false), way: None };
    let start = scope(&mut root, &here, &mut states).map_err(|wrong| wrong.placed(text))?;
    Ok(Definition {
        start,
        comment: string(&root, "Comment").filter(|comment| !comment.is_empty()),
        timeout_seconds: root.get("TimeoutSeconds").and_then(Value::as_f64),
        states,
    })
}

/// Where the walk is: what holds the scope, its inherited query language, and the way to it in the text.
struct Here<'a> {
    scope: super::Scope,
    jsonata: bool,
    way: Option<&'a Way<'a>>,
}

/// The way to a value, from the inside out: it is spelled only when something is wrong there.
struct Way<'a> {
    up: Option<&'a Way<'a>>,
    step: Step,
}

struct Wrong {
    message: String,
    steps: Vec<Step>,
}

impl Wrong {
    fn new(message: impl Into<String>, mut way: Option<&Way>) -> Self {
        let mut steps = Vec::new();
        while let Some(here) = way {
            steps.push(here.step.clone());
            way = here.up;
        }
        steps.reverse();
        Self { message: message.into(), steps }
    }

    fn at(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.steps.extend(steps);
        self
    }

    fn placed(self, text: &str) -> DefinitionProblem {
        let (line, column) = spot::of(text, &self.steps);
        DefinitionProblem { message: self.message, line, column }
    }
}

/// Reads the states of a machine, branch or item processor; the name of the first is the result.
fn scope(object: &mut Object, here: &Here, states: &mut Vec<State>) -> Result<String, Wrong> {
    let wrong = |message: String| Wrong::new(message, here.way);
    let start = string(object, "StartAt").ok_or_else(|| wrong("StartAt is missing".into()))?;
    let Some(Value::Object(inside)) = object.shift_remove("States") else {
        return Err(wrong("States is missing".into()));
    };
    if inside.is_empty() {
        return Err(wrong("There are no states".into()).at([Step::key("States")]));
    }
    if !inside.contains_key(&start) {
        return Err(wrong(nowhere("StartAt", &start)).at([Step::key("StartAt")]));
    }
    for (name, value) in &inside {
        dangling(name, value, &inside).map_err(|(message, steps)| wrong(message).at(steps))?;
    }
    let list = Way { up: here.way, step: Step::key("States") };
    for (name, value) in inside {
        let way = Way { up: Some(&list), step: Step::key(&name) };
        let Value::Object(value) = value else {
            return Err(Wrong::new(format!("{} is no JSON object", shown(&name)), Some(&way)));
        };
        state(name.clone(), value, &Here { way: Some(&way), ..*here }, states)?;
    }
    Ok(start)
}

/// The first target of a state that does not exist beside it, with the way to it from the scope.
fn dangling(name: &str, value: &Value, beside: &Object) -> Result<(), (String, Vec<Step>)> {
    let check = |holder: &Value, word: &str, way: &[Step]| match holder.get(word).and_then(Value::as_str) {
        Some(target) if !beside.contains_key(target) => {
            let steps = [Step::key("States"), Step::key(name)].into_iter().chain(way.iter().cloned());
            let message = nowhere(&format!("{word} of {}", shown(name)), target);
            Err((message, steps.chain([Step::key(word)]).collect()))
        }
        _ => Ok(()),
    };
    check(value, "Next", &[])?;
    check(value, "Default", &[])?;
    for list in ["Choices", "Catch"] {
        for (place, entry) in value.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            check(entry, "Next", &[Step::key(list), Step::At(place)])?;
        }
    }
    Ok(())
}

fn state(name: String, mut object: Object, here: &Here, states: &mut Vec<State>) -> Result<(), Wrong> {
    let place = states.len();
    let jsonata = jsonata(&object, here.jsonata);
    let kind = kind(&object);
    let holder = Holder::of(kind, &object);
    let mut inner = holder.map(|holder| holder.take(&mut object)).unwrap_or_default();
    states.push(State {
        name,
        kind,
        parent: here.scope.0,
        branch: here.scope.1,
        starts: Vec::new(),
        next: string(&object, "Next"),
        end: object.get("End").and_then(Value::as_bool).unwrap_or_default(),
        choices: entries(&object, "Choices", |rule| {
            Some(Choice { label: rule::label(rule), next: string(rule, "Next")? })
        }),
        default: string(&object, "Default"),
        catches: entries(&object, "Catch", |catch| Some(Catch { errors: errors(catch), next: string(catch, "Next")? })),
        retries: entries(&object, "Retry", |retry| {
            // The language's own defaults ("Retrying after error").
            Some(Retry {
                errors: errors(retry),
                max_attempts: retry.get("MaxAttempts").and_then(Value::as_u64).unwrap_or(3),
                interval_seconds: retry.get("IntervalSeconds").and_then(Value::as_f64).unwrap_or(1.0),
                backoff_rate: retry.get("BackoffRate").and_then(Value::as_f64).unwrap_or(2.0),
            })
        }),
        resource: string(&object, "Resource"),
        jsonata,
        text: Value::Null,
    });
    let mut starts = Vec::with_capacity(inner.len());
    if let Some(holder) = holder {
        let list = Way { up: here.way, step: Step::key(holder.key) };
        for (branch, value) in inner.iter_mut().enumerate() {
            let entry = Way { up: Some(&list), step: Step::At(branch) };
            let way = Some(if holder.list { &entry } else { &list });
            let Value::Object(value) = value else {
                return Err(Wrong::new("A JSON object with StartAt and States belongs here", way));
            };
            starts.push(scope(value, &Here { scope: (Some(place), branch), jsonata, way }, states)?);
        }
        holder.put_back(inner, &mut object);
    }
    if let Some(state) = states.get_mut(place) {
        state.starts = starts;
        state.text = Value::Object(object);
    }
    Ok(())
}

/// The field of a state that holds other states.
#[derive(Clone, Copy)]
struct Holder {
    key: &'static str,
    list: bool,
}

impl Holder {
    fn of(kind: StateKind, object: &Object) -> Option<Self> {
        let key = match kind {
            StateKind::Parallel => "Branches",
            StateKind::Map | StateKind::DistributedMap => processor(object)?,
            _ => return None,
        };
        let list = object.get(key)?.is_array();
        (list == (key == "Branches")).then_some(Self { key, list })
    }

    fn take(self, object: &mut Object) -> Vec<Value> {
        match object.get_mut(self.key).map(Value::take) {
            Some(Value::Array(branches)) => branches,
            Some(one) => vec![one],
            None => Vec::new(),
        }
    }

    /// What is left of it beside the states: `ProcessorConfig`, comments.
    fn put_back(self, mut inner: Vec<Value>, object: &mut Object) {
        let rest = if self.list { Some(Value::Array(inner)) } else { inner.pop() };
        object.insert(self.key.into(), rest.unwrap_or_default());
    }
}

/// `Iterator` is the older name ("Map (Map state in Inline mode)", deprecated fields).
fn processor(object: &Object) -> Option<&'static str> {
    ["ItemProcessor", "Iterator"].into_iter().find(|key| object.contains_key(*key))
}

fn kind(object: &Object) -> StateKind {
    match object.get("Type").and_then(Value::as_str).unwrap_or_default() {
        "Task" => StateKind::Task,
        "Pass" => StateKind::Pass,
        "Choice" => StateKind::Choice,
        "Wait" => StateKind::Wait,
        "Succeed" => StateKind::Succeed,
        "Fail" => StateKind::Fail,
        "Parallel" => StateKind::Parallel,
        "Map" => {
            let config = processor(object).and_then(|key| object.get(key)?.get("ProcessorConfig")?.get("Mode"));
            let distributed = config.and_then(Value::as_str) == Some("DISTRIBUTED");
            if distributed { StateKind::DistributedMap } else { StateKind::Map }
        }
        _ => StateKind::Unknown,
    }
}

fn jsonata(object: &Object, inherited: bool) -> bool {
    object.get("QueryLanguage").and_then(Value::as_str).map_or(inherited, |language| language == "JSONata")
}

fn string(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn entries<T>(object: &Object, key: &str, read: impl Fn(&Object) -> Option<T>) -> Vec<T> {
    let list = object.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_object).filter_map(read).collect()
}

fn errors(object: &Object) -> Vec<String> {
    let list = object.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn nowhere(what: &str, target: &str) -> String {
    format!("{what} leads to {}, and there is no such state beside it", shown(target))
}

/// A name for a sentence: the service allows 80 characters, a stranger's text any number.
fn shown(name: &str) -> String {
    rule::cut(name, 80)
}

fn syntax(text: &str, error: &serde_json::Error) -> DefinitionProblem {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let message = match error.classify() {
        serde_json::error::Category::Eof => format!("The text ends too early: {said}"),
        _ if said.starts_with("recursion limit") => "Nested too deeply to be read".to_owned(),
        _ => format!("Not JSON: {said}"),
    };
    let (line, column) = spot::of_bytes(text, error.line(), error.column());
    DefinitionProblem { message, line, column }
}
