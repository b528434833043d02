use super::*;
use crate::definition::tests::daily;
use contract::executions::EdgeKind;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn draw(value: &Value) -> Graph {
    graph(&Definition::read(&value.to_string()).unwrap())
}

fn node<'a>(graph: &'a Graph, name: &str) -> &'a GraphNode {
    graph.nodes.iter().find(|node| node.name == name).unwrap()
}

fn edge<'a>(graph: &'a Graph, from: &str, to: &str, kind: EdgeKind) -> &'a GraphEdge {
    let (from, to) = (node(graph, from).id, node(graph, to).id);
    graph.edges.iter().find(|edge| edge.from == from && edge.to == to && edge.kind == kind).unwrap()
}

fn middle(node: &GraphNode) -> f32 {
    node.x + node.width / 2.0
}

fn same(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.01
}

#[derive(Debug, Clone, Copy)]
struct Rect {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Rect {
    fn of(node: &GraphNode) -> Self {
        Self { left: node.x, top: node.y, right: node.x + node.width, bottom: node.y + node.height }
    }

    /// Where a label stands, a little smaller than the room that is kept for it.
    fn label(edge: &GraphEdge) -> Self {
        let half = labels::width(&edge.label) / 2.0 - 1.0;
        Self {
            left: edge.label_x - half,
            top: edge.label_y - 5.0,
            right: edge.label_x + half,
            bottom: edge.label_y + 5.0,
        }
    }

    fn touches(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn holds(self, (x, y): (f32, f32), inset: f32) -> bool {
        x > self.left + inset && x < self.right - inset && y > self.top + inset && y < self.bottom - inset
    }

    fn inside(self, outer: Self) -> bool {
        self.left >= outer.left && self.top >= outer.top && self.right <= outer.right && self.bottom <= outer.bottom
    }
}

/// Points along an edge.
fn along(edge: &GraphEdge) -> Vec<(f32, f32)> {
    let mut from = edge.points[0];
    let mut found = vec![from];
    for piece in edge.points[1..].chunks(3) {
        for step in 1..=12 {
            let there = px(step) / 12.0;
            let here = 1.0 - there;
            let shares = [here.powi(3), 3.0 * there * here.powi(2), 3.0 * there.powi(2) * here, there.powi(3)];
            let mix = |of: fn(&(f32, f32)) -> f32| {
                let points = [from, piece[0], piece[1], piece[2]];
                shares.iter().zip(&points).map(|(share, point)| share * of(point)).sum::<f32>()
            };
            found.push((mix(|point| point.0), mix(|point| point.1)));
        }
        from = piece[2];
    }
    found
}

/// What holds of every drawing; the first thing that does not.
fn flaw(definition: &Definition, graph: &Graph) -> Option<String> {
    let names: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
    let states: Vec<&str> = definition.states.iter().map(|state| state.name.as_str()).collect();
    if names != states {
        return Some(format!("drawn {names:?}, but there are {states:?}"));
    }
    let page = Rect { left: 0.0, top: 0.0, right: graph.width, bottom: graph.height };
    for (place, node) in graph.nodes.iter().enumerate() {
        let rect = Rect::of(node);
        if node.id as usize != place || node.parent.is_some_and(|parent| parent >= node.id) {
            return Some(format!("{} is out of order", node.name));
        }
        let outer = node.parent.map_or(page, |parent| Rect::of(&graph.nodes[parent as usize]));
        if !same(node.x.fract() + node.y.fract(), 0.0) {
            return Some(format!("{} {rect:?} is not on whole pixels", node.name));
        }
        if !rect.inside(outer) || !rect.left.is_finite() || node.width < WIDTH || node.height < HEIGHT {
            return Some(format!("{} {rect:?} is not inside {outer:?}", node.name));
        }
        let siblings = graph.nodes[..place].iter().filter(|other| other.parent == node.parent);
        if let Some(other) = siblings.into_iter().find(|other| rect.touches(Rect::of(other))) {
            return Some(format!("{} lies over {}", node.name, other.name));
        }
    }
    for (place, edge) in graph.edges.iter().enumerate() {
        let (Some(from), Some(to)) = (graph.nodes.get(edge.from as usize), graph.nodes.get(edge.to as usize)) else {
            return Some(format!("{edge:?} leads nowhere"));
        };
        let what = format!("{:?} from {} to {}", edge.kind, from.name, to.name);
        if (from.parent, from.branch) != (to.parent, to.branch) || edge.points.len() < 4 || edge.points.len() % 3 != 1 {
            return Some(format!("{what} is no line of one scope"));
        }
        let (start, end) = (edge.points[0], edge.points[edge.points.len() - 1]);
        for (node, point) in [(from, start), (to, end)] {
            let rect = Rect::of(node);
            let near =
                Rect { left: rect.left - 0.5, top: rect.top - 0.5, right: rect.right + 0.5, bottom: rect.bottom + 0.5 };
            if !near.holds(point, 0.0) || rect.holds(point, 0.5) {
                return Some(format!("{what} does not touch {} at {point:?}", node.name));
            }
        }
        let beside = graph.nodes.iter().filter(|node| (node.parent, node.branch) == (from.parent, from.branch));
        for node in beside {
            if let Some(point) = along(edge).into_iter().find(|point| Rect::of(node).holds(*point, 1.5)) {
                return Some(format!("{what} runs through {} at {point:?}", node.name));
            }
            if !edge.label.is_empty() && Rect::label(edge).touches(Rect::of(node)) {
                return Some(format!("the label of {what} covers {}", node.name));
            }
        }
        let outer = from.parent.map_or(page, |parent| Rect::of(&graph.nodes[parent as usize]));
        if along(edge).into_iter().any(|point| !outer.holds(point, 0.0)) {
            return Some(format!("{what} leaves its group"));
        }
        if !edge.label.is_empty() && !Rect::label(edge).inside(outer) {
            return Some(format!("the label of {what} leaves its group"));
        }
        for other in &graph.edges[..place] {
            let place = same(edge.label_x, other.label_x) && same(edge.label_y, other.label_y);
            let once = place && edge.label == other.label;
            let both = !edge.label.is_empty() && !other.label.is_empty();
            if both && !once && Rect::label(edge).touches(Rect::label(other)) {
                return Some(format!("the label {} covers {}", edge.label, other.label));
            }
        }
    }
    None
}

fn sound(value: &Value) -> Graph {
    let definition = Definition::read(&value.to_string()).unwrap();
    let graph = graph(&definition);
    assert_eq!(flaw(&definition, &graph), None);
    graph
}

#[test]
fn the_daily_pipeline_is_one_column_with_its_handler_at_the_right() {
    let graph = sound(&daily());
    let column: Vec<&GraphNode> = graph.nodes.iter().filter(|node| !node.handler).collect();
    assert_eq!(column.len(), 5);
    assert!(column.iter().all(|node| same(middle(node), middle(column[0]))));
    assert!(column.windows(2).all(|pair| same(pair[1].y, pair[0].y + HEIGHT + GAP_Y)));
    let handler = node(&graph, "SendFailureNotification");
    assert!(handler.handler && handler.end);
    assert!(column.iter().all(|node| handler.x >= node.x + node.width + GAP_X));
    assert!(handler.y > node(&graph, "LoadDataToRedshift").y);
    assert_eq!(graph.nodes.iter().filter(|node| node.end).count(), 2);

    let catch = edge(&graph, "SubmitEMRServerlessJob", "SendFailureNotification", EdgeKind::Catch);
    assert_eq!(catch.label, "Catch States.TaskFailed");
    let submit = node(&graph, "SubmitEMRServerlessJob");
    // It leaves at the right side and arrives at the top.
    assert!(same(catch.points[0].0, submit.x + submit.width));
    assert_eq!(catch.points[catch.points.len() - 1], (middle(handler), handler.y));
    let retry = edge(&graph, "SubmitEMRServerlessJob", "SubmitEMRServerlessJob", EdgeKind::Retry);
    assert_eq!(retry.label, "Retry 2 times after 30 s, ×2");
    let next = edge(&graph, "CheckInput", "SubmitEMRServerlessJob", EdgeKind::Next);
    assert_eq!((next.points[0].0, next.points.len(), next.label.as_str()), (middle(submit), 4, ""));
    assert_eq!(graph.edges.len(), 8);
    assert_eq!(submit.text, "EMR Serverless startJobRun");
}

fn passes(names: &[&str]) -> Value {
    let mut states = Map::new();
    for (place, name) in names.iter().enumerate() {
        let state = match names.get(place + 1) {
            Some(next) => json!({ "Type": "Pass", "Next": next }),
            None => json!({ "Type": "Pass", "End": true }),
        };
        states.insert((*name).to_owned(), state);
    }
    json!({ "StartAt": names[0], "States": states })
}

#[test]
fn branches_stand_side_by_side_in_their_group() {
    let mut middle_branch = passes(&["List", "Load", "Merge"]);
    middle_branch["States"]["Load"] =
        json!({ "Type": "Map", "ItemProcessor": passes(&["Copy", "Analyze"]), "Next": "Merge" });
    let graph = sound(&json!({ "StartAt": "Checks", "States": {
        "Checks": { "Type": "Parallel", "Branches": [passes(&["A", "B"]), middle_branch, passes(&["C"])], "Next": "Publish" },
        "Publish": { "Type": "Succeed" } } }));
    let (a, list, c, checks) = (node(&graph, "A"), node(&graph, "List"), node(&graph, "C"), node(&graph, "Checks"));
    assert!(checks.group && !a.group && node(&graph, "Load").group);
    assert_eq!((a.branch, list.branch, c.branch), (0, 1, 2));
    assert!(a.x + a.width < list.x && list.x + list.width < c.x);
    assert_eq!((a.y, list.y, c.y), (checks.y + HEADER, checks.y + HEADER, checks.y + HEADER));
    assert_eq!(node(&graph, "Copy").parent, Some(node(&graph, "Load").id));
    // The end of a branch is not the end of the execution.
    assert!(!node(&graph, "C").end && node(&graph, "Publish").end);
    assert!(same(middle(node(&graph, "Publish")), middle(checks)));
}

#[test]
fn a_loop_runs_back_at_the_side() {
    let graph = sound(&json!({ "StartAt": "Wait", "States": {
        "Wait": { "Type": "Wait", "Seconds": 60, "Next": "Status" },
        "Status": { "Type": "Task", "Resource": "arn:aws:states:::glue:getJobRun", "Next": "Done?" },
        "Done?": { "Type": "Choice", "Default": "Wait", "Choices": [
            { "Variable": "$.status", "StringEquals": "SUCCEEDED", "Next": "Good" },
            { "Variable": "$.status", "StringEquals": "FAILED", "Next": "Bad" },
            { "Variable": "$.status", "StringEquals": "STOPPED", "Next": "Bad" } ] },
        "Good": { "Type": "Succeed" }, "Bad": { "Type": "Fail", "Error": "Bad" } } }));
    let back = edge(&graph, "Done?", "Wait", EdgeKind::Choice);
    assert_eq!(back.label, "Default");
    let least = back.points.iter().map(|point| point.0).fold(f32::MAX, f32::min);
    assert!(graph.nodes.iter().all(|node| least < node.x));
    assert!(same(back.points[0].0, node(&graph, "Done?").x));
    // The happy end is in the column, and two conditions for one target are one edge.
    assert!(same(middle(node(&graph, "Good")), middle(node(&graph, "Wait"))));
    assert_eq!(edge(&graph, "Done?", "Bad", EdgeKind::Choice).label, "status = FAILED or status = STOPPED");
    assert_eq!(graph.edges.len(), 5);
}

#[test]
fn a_state_that_chooses_itself_and_one_that_nothing_leads_to() {
    let graph = sound(&json!({ "StartAt": "Again?", "States": {
        "Again?": { "Type": "Choice", "Default": "Again?", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "Out" }] },
        "Out": { "Type": "Odd", "End": true, "Catch": [{ "ErrorEquals": ["A", "B", "C"], "Next": "Again?" }] },
        "Nobody": { "Type": "Pass", "Next": "Out" } } }));
    assert_eq!(edge(&graph, "Out", "Again?", EdgeKind::Catch).label, "Catch A, B and 1 more");
    assert_eq!(edge(&graph, "Again?", "Again?", EdgeKind::Choice).label, "Default");
    assert_eq!(node(&graph, "Out").kind, StateKind::Unknown);
    assert!(node(&graph, "Nobody").x > node(&graph, "Again?").x && !node(&graph, "Nobody").handler);
}

#[test]
fn a_line_over_rows_passes_beside_what_stands_there() {
    let graph = sound(&json!({ "StartAt": "Old?", "States": {
        "Old?": { "Type": "Choice", "Default": "End", "Choices": [{ "Variable": "$.old", "IsPresent": true, "Next": "One" }] },
        "One": { "Type": "Pass", "Next": "Two" }, "Two": { "Type": "Pass", "Next": "End" }, "End": { "Type": "Succeed" } } }));
    let x = middle(node(&graph, "Old?"));
    assert!(["One", "Two", "End"].iter().all(|name| same(middle(node(&graph, name)), x)));
    let beside = edge(&graph, "Old?", "End", EdgeKind::Choice);
    let two = node(&graph, "Two");
    let passing = along(beside).into_iter().filter(|point| point.1 > two.y && point.1 < two.y + two.height);
    assert!(passing.clone().count() > 0 && passing.clone().all(|point| point.0 < two.x - 10.0));
}

fn chain(count: usize) -> Value {
    let mut states = Map::new();
    for at in 0..count {
        let name = |to: usize| format!("State number {}", to.min(count - 1));
        let state = match at {
            at if at == count - 1 => json!({ "Type": "Succeed" }),
            at if at % 7 == 3 => json!({ "Type": "Choice", "Default": name(at + 1), "Choices": [
                { "Variable": "$.n", "NumericGreaterThan": at, "Next": name(at + 5) },
                { "Variable": "$.again", "BooleanEquals": true, "Next": name(at - 3) } ] }),
            at => json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": name(at + 1),
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": name(count - 1 - at % 2) }] }),
        };
        states.insert(name(at), state);
    }
    json!({ "StartAt": "State number 0", "States": states })
}

#[test]
fn two_hundred_states_with_choices_are_drawn_in_no_time() {
    let value = chain(200);
    let graph = sound(&value);
    assert_eq!(graph.nodes.len(), 200);
    let definition = Definition::read(&value.to_string()).unwrap();
    let quickest = (0..5).map(|_| {
        let start = std::time::Instant::now();
        assert!(super::graph(&definition).height > 0.0);
        start.elapsed()
    });
    // About 10 ms without optimisation; the bound is for a machine that does much else.
    assert!(quickest.min().unwrap().as_millis() < 100);
}

#[test]
fn thousands_of_states_survive() {
    let mut states = Map::new();
    for at in 0..3_000_usize {
        let to = |step: usize| format!("S{}", at.wrapping_mul(step).wrapping_add(step) % 3_000);
        states.insert(format!("S{at}"), json!({ "Type": "Choice", "Default": format!("S{}", (at + 1) % 3_000), "Choices": [
            { "Variable": "$.a", "IsPresent": true, "Next": to(7919) }, { "Variable": "$.b", "IsNull": true, "Next": to(104_729) } ] }));
    }
    let graph = draw(&json!({ "StartAt": "S0", "States": states }));
    assert_eq!(graph.nodes.len(), 3_000);
    let page = Rect { left: 0.0, top: 0.0, right: graph.width, bottom: graph.height };
    assert!(graph.nodes.iter().all(|node| Rect::of(node).inside(page)));
    assert!(graph.edges.iter().all(|edge| edge.points.len() % 3 == 1 && edge.points.len() > 1));
}

/// A scope of a definition, with targets as numbers of its states.
#[derive(Debug, Clone)]
struct Branch(Vec<Part>);

#[derive(Debug, Clone)]
struct Part {
    kind: u8,
    next: Option<usize>,
    choices: Vec<usize>,
    catches: Vec<usize>,
    retry: bool,
    long: usize,
    inner: Vec<Branch>,
}

fn branch() -> impl Strategy<Value = Branch> {
    let part = |inner: BoxedStrategy<Vec<Branch>>| {
        let targets = |most| prop::collection::vec(0..40_usize, 0..most);
        (0..4_u8, prop::option::weighted(0.8, 0..3_usize), targets(4), targets(3), any::<bool>(), 0..40_usize, inner)
            .prop_map(|(kind, next, choices, catches, retry, long, inner)| Part {
                kind,
                next,
                choices,
                catches,
                retry,
                long,
                inner,
            })
    };
    let leaf = prop::collection::vec(part(Just(Vec::new()).boxed()), 1..9).prop_map(Branch);
    leaf.prop_recursive(3, 40, 3, move |inner| {
        let inner = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(inner, 1..4)].boxed();
        prop::collection::vec(part(inner), 1..8).prop_map(Branch)
    })
}

fn written(branch: &Branch, count: &mut usize) -> Value {
    let first = *count;
    let parts = &branch.0;
    *count += parts.len();
    let long = |at: usize| "x".repeat(parts[at].long);
    let name = |at: usize| format!("S{}{}", first + at % parts.len(), long(at % parts.len()));
    let mut states = Map::new();
    for (at, part) in parts.iter().enumerate() {
        let mut state = json!({ "Type": "Task", "Resource": "arn:aws:states:::sns:publish" });
        match part.next {
            Some(step) => state["Next"] = json!(name(at + 1 + step)),
            None => state["End"] = json!(true),
        }
        if part.kind == 0 {
            let rules = part
                .choices
                .iter()
                .map(|to| json!({ "Variable": "$.rows", "NumericLessThan": to * 10_000, "Next": name(*to) }));
            state = json!({ "Type": "Choice", "Choices": rules.collect::<Vec<_>>(), "Default": name(at + 1) });
        }
        if part.kind == 1 && !part.inner.is_empty() {
            let inner: Vec<Value> = part.inner.iter().map(|inner| written(inner, count)).collect();
            state["Type"] = json!("Parallel");
            state["Branches"] = json!(inner);
        } else if let Some(inner) = part.inner.first() {
            state["Type"] = json!("Map");
            state["ItemProcessor"] = written(inner, count);
        }
        if part.kind > 0 {
            let catches = part.catches.iter().map(|to| json!({ "ErrorEquals": [format!("E{to}")], "Next": name(*to) }));
            state["Catch"] = json!(catches.collect::<Vec<_>>());
            if part.retry {
                state["Retry"] = json!([{ "ErrorEquals": ["States.ALL"], "MaxAttempts": part.long }]);
            }
        }
        states.insert(name(at), state);
    }
    json!({ "StartAt": name(0), "States": states })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn any_definition_is_drawn_soundly(branch in branch()) {
        let text = written(&branch, &mut 0).to_string();
        let definition = Definition::read(&text).unwrap();
        let first = graph(&definition);
        prop_assert_eq!(flaw(&definition, &first), None);
        prop_assert_eq!(&first, &graph(&Definition::read(&text).unwrap()));
        let states = first.nodes.len();
        prop_assert!(states >= branch.0.len());
    }
}
