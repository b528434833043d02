//! What led to a version, laid out in columns: causes before it, results behind it.

use crate::{
    evidence::Part,
    wording::{last, small},
};
use contract::{
    jobs::{JobId, SageMakerKind},
    models::{
        LineageGraph, LineageNode, Made,
        facts::{LineageEdge, LineageFact, VersionFact},
    },
};
use std::collections::{BTreeMap, VecDeque};

/// Lays out a lineage around `start`, the ARN of its vertex. `sources` are the URIs of artifacts, by their ARN, as far
/// as they were read.
pub fn layout(fact: &LineageFact, start: &str, sources: &[(String, String)]) -> LineageGraph {
    let columns = columns(&fact.edges, start);
    let mut nodes: Vec<LineageNode> = Vec::new();
    for vertex in &fact.vertices {
        // Pages overlap: a vertex may come twice.
        if nodes.iter().any(|node| node.arn == vertex.arn) {
            continue;
        }
        let source = sources.iter().find(|(arn, _)| *arn == vertex.arn).map(|(_, source)| source.as_str());
        nodes.push(LineageNode {
            arn: vertex.arn.clone(),
            title: title(&vertex.arn, source),
            kind: vertex.kind.clone(),
            column: columns.get(vertex.arn.as_str()).copied().unwrap_or(0),
            row: 0,
            made: source.and_then(made).or_else(|| made(&vertex.arn)),
        });
    }
    nodes.sort_by_key(|node| node.column);
    let mut taken: BTreeMap<i32, u32> = BTreeMap::new();
    for node in &mut nodes {
        let next = taken.entry(node.column).or_insert(0);
        node.row = *next;
        *next = next.saturating_add(1);
    }
    let place = |arn: &str| nodes.iter().position(|node| node.arn == arn).map(small);
    let mut edges: Vec<(u32, u32, Option<String>)> = Vec::new();
    for edge in &fact.edges {
        let (Some(from), Some(to)) = (place(&edge.from), place(&edge.to)) else { continue };
        let known = (from, to, edge.association.clone());
        if !edges.contains(&known) {
            edges.push(known);
        }
    }
    LineageGraph { nodes, edges, is_cut: fact.is_cut, unnamed: None }
}

/// The column of each vertex: the fewest steps from the start, against or along the edges. What hangs on in another way
/// stands beside what it hangs on.
fn columns<'a>(edges: &'a [LineageEdge], start: &'a str) -> BTreeMap<&'a str, i32> {
    let mut columns = BTreeMap::from([(start, 0_i32)]);
    for step in [-1, 1] {
        let mut open = VecDeque::from([(start, 0)]);
        while let Some((at, column)) = open.pop_front() {
            for edge in edges {
                let (from, to) = (edge.from.as_str(), edge.to.as_str());
                let (here, there) = if step < 0 { (to, from) } else { (from, to) };
                if here == at && !columns.contains_key(there) {
                    columns.insert(there, column + step);
                    open.push_back((there, column + step));
                }
            }
        }
    }
    // Each round places at least one more, or is the last.
    for _ in 0..edges.len() {
        let before = columns.len();
        for edge in edges {
            let (from, to) = (columns.get(edge.from.as_str()).copied(), columns.get(edge.to.as_str()).copied());
            match (from, to) {
                (Some(column), None) => columns.insert(edge.to.as_str(), column.saturating_add(1)),
                (None, Some(column)) => columns.insert(edge.from.as_str(), column.saturating_sub(1)),
                _ => None,
            };
        }
        if columns.len() == before {
            break;
        }
    }
    columns
}

fn title(arn: &str, source: Option<&str>) -> String {
    last(source.unwrap_or(arn)).to_owned()
}

/// Endings of the names that SageMaker gives to the trial components of jobs.
const TRIALS: [(&str, SageMakerKind); 3] = [
    ("-aws-training-job", SageMakerKind::Training),
    ("-aws-processing-job", SageMakerKind::Processing),
    ("-aws-transform-job", SageMakerKind::Transform),
];

/// What an ARN or URI opens.
pub fn made(text: &str) -> Option<Made> {
    if text.starts_with("s3://") {
        return Some(Made::S3(text.to_owned()));
    }
    let resource = text.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
    let (kind, name) = resource.split_once('/')?;
    if kind == "pipeline" && name.contains("/execution/") {
        return Some(Made::PipelineExecution(text.to_owned()));
    }
    let job = |kind: SageMakerKind, name: &str| Some(Made::Run(JobId::SageMaker { kind, name: name.to_owned() }));
    if kind == "experiment-trial-component" {
        return TRIALS.into_iter().find_map(|(ending, kind)| job(kind, name.strip_suffix(ending)?));
    }
    let kind = SageMakerKind::ALL.into_iter().find(|known| known.code() == kind)?;
    job(kind, name)
}

/// Causes of a version that are of this kind (`DataSet`, `TrainingJob`), whatever the case and the hyphens.
pub fn causes<'a>(graph: &'a LineageGraph, kind: &str) -> Vec<&'a LineageNode> {
    let wanted = plain(kind);
    let fits = |node: &&LineageNode| node.column < 0 && plain(&node.kind).contains(&wanted);
    graph.nodes.iter().filter(fits).collect()
}

/// Artifacts around `start`, by their ARN: data sets first, then in the order of the service.
pub fn artifacts<'a>(fact: &'a LineageFact, start: &str) -> Vec<&'a str> {
    let mut found: Vec<(bool, &str)> = Vec::new();
    for vertex in &fact.vertices {
        let is_new = vertex.arn != start && !found.iter().any(|(_, arn)| *arn == vertex.arn);
        if is_new && vertex.lineage == "Artifact" {
            found.push((!plain(&vertex.kind).contains("dataset"), vertex.arn.as_str()));
        }
    }
    found.sort_by_key(|(is_other, _)| *is_other);
    found.into_iter().map(|(_, arn)| arn).collect()
}

/// A word of SageMaker's or a team's own, whatever the case and the hyphens.
fn plain(text: &str) -> String {
    text.replace(['-', '_', ' '], "").to_ascii_lowercase()
}

/// The training job that read this vertex, by their places in the graph; otherwise the first of the graph.
pub fn reader<'a>(graph: &'a LineageGraph, node: &LineageNode) -> Option<&'a LineageNode> {
    let jobs = training(graph);
    let at = graph.nodes.iter().position(|one| one.arn == node.arn).map(small)?;
    let read = graph.edges.iter().filter(|(from, _, _)| *from == at).find_map(|(_, to, _)| {
        let to = graph.nodes.get(usize::try_from(*to).ok()?)?;
        jobs.iter().copied().find(|job| job.arn == to.arn)
    });
    read.or_else(|| jobs.first().copied())
}

/// Training jobs among the causes of a version: lineage calls them by their trial components, or by their kind.
pub fn training(graph: &LineageGraph) -> Vec<&LineageNode> {
    let trains = |node: &&LineageNode| {
        let job = matches!(&node.made, Some(Made::Run(JobId::SageMaker { kind: SageMakerKind::Training, .. })));
        node.column < 0 && (job || node.kind.to_ascii_lowercase().contains("training"))
    };
    graph.nodes.iter().filter(trains).collect()
}

/// A training job, and where it ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    pub job: JobId,
    pub account: String,
    pub region: String,
}

impl Trained {
    /// `arn` is of the job or of its trial component.
    fn of(arn: &str, made: Option<Made>) -> Option<Self> {
        let Some(Made::Run(job @ JobId::SageMaker { kind: SageMakerKind::Training, .. })) = made else { return None };
        let mut parts = arn.split(':').skip(3);
        let (region, account) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Self { job, account, region })
    }
}

/// The training job that made a version: the one that it names itself, otherwise the nearest among its causes. Absent if
/// nothing names one.
pub fn trained_by(version: &VersionFact, lineage: &Part<LineageGraph>) -> Part<Trained> {
    if let Some(own) = version.origin.generated_by.as_deref().and_then(|arn| Trained::of(arn, made(arn))) {
        return Part::There(own);
    }
    let graph = match lineage {
        Part::There(graph) => graph,
        Part::Absent => return Part::Absent,
        Part::Unreadable(why) => return Part::Unreadable(format!("its lineage was not read: {why}")),
    };
    let mut nearest: Option<i32> = None;
    let mut jobs: Vec<Trained> = Vec::new();
    for node in training(graph) {
        let Some(job) = Trained::of(&node.arn, node.made.clone()) else { continue };
        if nearest.is_none_or(|column| node.column > column) {
            nearest = Some(node.column);
            jobs.clear();
        }
        // One job may be in the graph as itself and as its trial component.
        if nearest == Some(node.column) && jobs.iter().all(|known| known.job != job.job) {
            jobs.push(job);
        }
    }
    match (jobs.pop(), jobs.len()) {
        (Some(only), 0) => Part::There(only),
        (Some(_), others) => Part::Unreadable(format!("{} training jobs led to it", others + 1)),
        (None, _) if graph.is_cut => Part::Unreadable("its lineage is longer than was read".to_owned()),
        (None, _) => Part::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::LineageVertex;

    fn vertex(arn: &str, kind: &str) -> LineageVertex {
        LineageVertex { arn: arn.into(), kind: kind.into(), lineage: "Artifact".into() }
    }

    fn edge(from: &str, to: &str) -> LineageEdge {
        LineageEdge { from: from.into(), to: to.into(), association: Some("ContributedTo".into()) }
    }

    const TRIAL: &str = "arn:aws:sagemaker:eu-west-1:123456789012:experiment-trial-component/churn-1-aws-training-job";

    #[test]
    fn causes_before_and_results_behind() {
        let fact = LineageFact {
            vertices: vec![
                vertex("data", "DataSet"),
                vertex(TRIAL, "TrainingJob"),
                vertex("model", "Model"),
                vertex("package", "ModelPackage"),
                vertex("endpoint", "Endpoint"),
                vertex("data", "DataSet"),
                vertex("sister", "Model"),
            ],
            edges: vec![
                edge("data", TRIAL),
                edge(TRIAL, "model"),
                edge("model", "package"),
                edge("package", "endpoint"),
                edge(TRIAL, "sister"),
                edge("data", TRIAL),
                edge("data", "unknown"),
            ],
            is_cut: false,
        };
        let graph = layout(&fact, "package", &[("data".into(), "s3://lake/train.csv".into())]);
        let seen: Vec<(&str, i32, u32)> =
            graph.nodes.iter().map(|node| (node.title.as_str(), node.column, node.row)).collect();
        assert_eq!(
            seen,
            [
                ("train.csv", -3, 0),
                ("churn-1-aws-training-job", -2, 0),
                ("model", -1, 0),
                ("sister", -1, 1),
                ("package", 0, 0),
                ("endpoint", 1, 0),
            ]
        );
        assert_eq!(graph.edges.len(), 5, "each once, and none to what is not there");
        assert_eq!(causes(&graph, "DataSet").len(), 1);
        let jobs = training(&graph);
        assert_eq!(jobs.len(), 1);
        assert_eq!(
            jobs[0].made,
            Some(Made::Run(JobId::SageMaker { kind: SageMakerKind::Training, name: "churn-1".into() }))
        );
        assert_eq!(graph.nodes[0].made, Some(Made::S3("s3://lake/train.csv".into())));
    }

    #[test]
    fn a_version_is_trained_by_what_it_names_or_by_the_nearest_cause() {
        let trial = |name: &str| {
            format!("arn:aws:sagemaker:eu-west-1:123456789012:experiment-trial-component/{name}-aws-training-job")
        };
        let node = |name: &str, column: i32| LineageNode {
            arn: trial(name),
            title: name.into(),
            kind: "SageMakerTrainingJob".into(),
            column,
            row: 0,
            made: made(&trial(name)),
        };
        let graph = |nodes: Vec<LineageNode>| Part::There(LineageGraph { nodes, ..LineageGraph::default() });
        let job = |name: &str| Trained {
            job: JobId::SageMaker { kind: SageMakerKind::Training, name: name.into() },
            account: "123456789012".into(),
            region: "eu-west-1".into(),
        };
        let mut version = crate::sample::version(7);
        let causes = graph(vec![node("pretrained", -4), node("tuned", -2), node("tuned", -2), node("later", 1)]);
        assert_eq!(trained_by(&version, &causes), Part::There(job("tuned")), "a pipeline made it");
        let two = graph(vec![node("one", -2), node("other", -2)]);
        assert_eq!(trained_by(&version, &two), Part::Unreadable("2 training jobs led to it".into()));
        assert_eq!(trained_by(&version, &graph(Vec::new())), Part::Absent);
        let cut = Part::There(LineageGraph { is_cut: true, ..LineageGraph::default() });
        assert!(matches!(trained_by(&version, &cut), Part::Unreadable(_)));
        assert!(matches!(trained_by(&version, &Part::Unreadable("denied".into())), Part::Unreadable(_)));
        version.origin.generated_by = Some("arn:aws:sagemaker:us-east-1:210987654321:training-job/own-training".into());
        let own = Trained { account: "210987654321".into(), region: "us-east-1".into(), ..job("own-training") };
        assert_eq!(trained_by(&version, &causes), Part::There(own));
    }

    #[test]
    fn data_sets_are_asked_for_first_and_each_once() {
        let fact = LineageFact {
            vertices: vec![
                vertex("image", "Image"),
                LineageVertex { lineage: "TrialComponent".into(), ..vertex(TRIAL, "TrainingJob") },
                vertex("package", "ModelPackage"),
                vertex("data", "Data-Set"),
                vertex("data", "Data-Set"),
                vertex("model", "Model"),
            ],
            ..LineageFact::default()
        };
        assert_eq!(artifacts(&fact, "package"), ["data", "image", "model"]);
    }

    #[test]
    fn a_data_set_was_read_by_the_job_behind_it() {
        let other = TRIAL.replace("churn-1", "churn-2");
        let fact = LineageFact {
            vertices: vec![
                vertex("data", "DataSet"),
                vertex("loose", "DataSet"),
                vertex(TRIAL, "TrainingJob"),
                vertex(&other, "TrainingJob"),
                vertex("package", "ModelPackage"),
            ],
            edges: vec![
                edge("data", &other),
                edge(TRIAL, "package"),
                edge(&other, "package"),
                edge("loose", "package"),
            ],
            is_cut: false,
        };
        let graph = layout(&fact, "package", &[]);
        let node = |arn: &str| graph.nodes.iter().find(|node| node.arn == arn).unwrap();
        assert_eq!(reader(&graph, node("data")).map(|job| job.arn.as_str()), Some(other.as_str()));
        assert_eq!(reader(&graph, node("loose")).map(|job| job.arn.as_str()), Some(TRIAL));
        assert_eq!(reader(&LineageGraph::default(), node("data")), None);
    }

    #[test]
    fn circles_end() {
        let fact = LineageFact {
            vertices: vec![vertex("a", "Model"), vertex("b", "Model")],
            edges: vec![edge("a", "b"), edge("b", "a")],
            is_cut: true,
        };
        let graph = layout(&fact, "a", &[]);
        assert_eq!((graph.nodes.len(), graph.edges.len(), graph.is_cut), (2, 2, true));
    }

    #[test]
    fn what_arns_open() {
        let arn = |rest: &str| format!("arn:aws:sagemaker:eu-west-1:123456789012:{rest}");
        let execution = arn("pipeline/train/execution/abc");
        assert_eq!(made(&execution), Some(Made::PipelineExecution(execution.clone())));
        assert_eq!(
            made(&arn("processing-job/prep")),
            Some(Made::Run(JobId::SageMaker { kind: SageMakerKind::Processing, name: "prep".into() }))
        );
        for nothing in ["", "arn:aws", "churn", &arn("artifact/0a")] {
            assert_eq!(made(nothing), None, "{nothing}");
        }
    }
}
