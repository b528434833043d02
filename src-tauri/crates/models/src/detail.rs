//! One version in a shape for the window.

use crate::{
    data::DataSet,
    evidence::{Evidence, Part, lines},
    lineage, people, rows,
};
use contract::{
    Notice, Timestamp,
    models::{
        ContainerRow, DigestState, HistoryRow, LineageGraph, Made, OriginLine, PinState, VersionDetail,
        facts::{DeployedModel, VersionFact},
    },
};

/// What was read around a version.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub evidence: &'a Evidence,
    pub models: &'a [DeployedModel],
    pub history: &'a [HistoryRow],
    /// Bytes of the artefacts, one for each container.
    pub sizes: &'a [Option<u64>],
    /// As far as its data sets were looked at.
    pub data: &'a [DataSet],
}

/// All that one page shows of a version.
pub fn detail(version: &VersionFact, around: &Around<'_>, now: Timestamp) -> VersionDetail {
    let evidence = lines(version, &around.evidence.files);
    let graph = around.evidence.lineage.there();
    let unread = |what: &[PinState], at: usize| {
        what.get(at).cloned().unwrap_or_else(|| PinState::Unknown("not looked at".to_owned()))
    };
    let containers: Vec<ContainerRow> = version
        .containers
        .iter()
        .enumerate()
        .map(|(at, container)| {
            let version = container.framework_version.as_deref().unwrap_or_default();
            ContainerRow {
                image: container.image.clone(),
                image_digest: container.image_digest.clone(),
                image_state: unread(&around.evidence.images, at),
                model_data: container.model_data.clone(),
                model_data_state: unread(&around.evidence.artefacts, at),
                size: around.sizes.get(at).copied().flatten(),
                framework: container.framework.as_ref().map(|name| format!("{name} {version}").trim_end().to_owned()),
                environment: container.environment.clone(),
            }
        })
        .collect();
    let mut notices = Vec::new();
    for line in &evidence {
        let what = format!("The file of {} ({})", line.part.word(), line.uri);
        let notice = match &line.state {
            DigestState::Changed => Notice::warning(format!("{what} changed since registration.")),
            DigestState::Gone => Notice::warning(format!("{what} is gone.")),
            DigestState::Unreadable(why) => Notice::info(format!("{what} was not read: {why}.")),
            DigestState::Unchanged | DigestState::NotPinned => continue,
        };
        // The same file may be registered as metrics and as baseline.
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    // That there is none is told where it would stand.
    if let Part::Unreadable(why) = &around.evidence.lineage {
        notices.push(Notice::info(format!("Lineage was not read: {why}.")));
    }
    VersionDetail {
        mark: rows::mark(version),
        group: version.group.clone(),
        description: version.description.clone(),
        status: version.status.clone(),
        lifecycle: version.lifecycle.clone(),
        comment: version.comment.clone(),
        created_by: version.created_by.as_ref().and_then(people::name),
        modified: version.modified,
        modified_by: version.modified_by.as_ref().and_then(people::name),
        origin: origin(version, graph, around.data),
        containers,
        checks: version.checks.clone(),
        evidence,
        card: version.card.clone(),
        deployed: rows::deployed(version, around.models),
        history: around.history.to_vec(),
        lineage: graph.cloned(),
        metadata: version.metadata.clone(),
        tags: version.tags.clone().unwrap_or_default(),
        notices,
        as_of: now,
    }
}

/// From what a version was made, as its metadata and its lineage say; `data` is what is known of its data sets.
pub fn origin(version: &VersionFact, graph: Option<&LineageGraph>, data: &[DataSet]) -> Vec<OriginLine> {
    let line = |what: &str, value: Option<&str>, made: Option<Made>| OriginLine {
        what: what.to_owned(),
        value: value.map(str::to_owned),
        made,
        note: None,
    };
    let origin = &version.origin;
    let generated = origin.generated_by.as_deref();
    let opens = generated.and_then(lineage::made);
    let what = match &opens {
        Some(Made::PipelineExecution(_)) => "pipeline execution",
        Some(Made::Run(id)) => id.noun(),
        _ => "made by",
    };
    let mut lines = vec![
        line("commit", origin.commit.as_deref(), None),
        line("repository", origin.repository.as_deref(), None),
        line(what, generated, opens.clone()),
    ];
    if origin.project.is_some() {
        lines.push(line("project", origin.project.as_deref(), None));
    }
    if let Some(graph) = graph {
        let jobs = lineage::training(graph);
        let jobs = jobs.into_iter().filter(|node| node.made.is_none() || node.made != opens);
        lines.extend(jobs.map(|node| line("training job", Some(node.title.as_str()), node.made.clone())));
        let sets = lineage::causes(graph, "DataSet");
        lines.extend(sets.into_iter().map(|node| {
            let value = match &node.made {
                Some(Made::S3(uri)) => uri.as_str(),
                _ => node.title.as_str(),
            };
            let known = data.iter().find(|known| known.arn == node.arn);
            let made = match (&node.made, known.and_then(|known| known.version_id.clone())) {
                (Some(Made::S3(uri)), Some(version_id)) => Some(Made::S3Version { uri: uri.clone(), version_id }),
                _ => node.made.clone(),
            };
            OriginLine { note: known.map(|known| known.note.clone()), ..line("data set", Some(value), made) }
        }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::{FileRead, ReadOutcome},
        sample::{now, served, version},
    };
    use contract::models::{LineageNode, SeenFile};

    #[test]
    fn a_page_says_what_changed_and_what_was_not_read() {
        let version = version(7);
        let seen = |sha256: String| SeenFile { sha256, etag: None, version_id: None, size: 1, modified: None };
        let file = |at: usize, outcome: ReadOutcome| FileRead {
            part: version.metrics[at].part,
            is_baseline: false,
            uri: version.metrics[at].uri.clone(),
            outcome,
        };
        let node = |arn: &str, kind: &str, column: i32, uri: Option<&str>| LineageNode {
            arn: arn.into(),
            title: arn.into(),
            kind: kind.into(),
            column,
            row: 0,
            made: uri.and_then(lineage::made),
        };
        let nodes = vec![
            node("d", "DataSet", -2, Some("s3://lake/train.csv")),
            node("t", "TrainingJob", -1, None),
            node("p", "ModelPackage", 0, None),
        ];
        let evidence = Evidence {
            files: vec![
                file(0, ReadOutcome::Read(seen("a".repeat(64)))),
                file(1, ReadOutcome::Read(seen("b".repeat(64)))),
                file(2, ReadOutcome::Gone),
            ],
            artefacts: vec![PinState::Changed("e9".into())],
            lineage: Part::There(LineageGraph { nodes, ..LineageGraph::default() }),
            ..Evidence::default()
        };
        let models = [served(7)];
        let data =
            [DataSet { arn: "d".into(), version_id: Some("v7".into()), note: "version v7, still current".into() }];
        let around = Around { evidence: &evidence, models: &models, history: &[], sizes: &[Some(12)], data: &data };
        let page = detail(&version, &around, now());
        let states: Vec<&str> = page.evidence.iter().map(|line| line.state.word()).collect();
        assert_eq!(states, ["unchanged", "changed since registration", "gone", "not readable", "not readable"]);
        assert_eq!(page.notices.len(), 4);
        let twice = VersionFact { baselines: vec![version.metrics[2].clone()], ..version.clone() };
        let gone = FileRead { is_baseline: true, ..evidence.files[2].clone() };
        let both = Evidence { files: [evidence.files.clone(), vec![gone]].concat(), ..evidence.clone() };
        let told = detail(&twice, &Around { evidence: &both, ..around }, now());
        assert_eq!(told.evidence.iter().filter(|line| line.state == DigestState::Gone).count(), 2);
        let gone = |notice: &&Notice| notice.text.ends_with("is gone.");
        assert_eq!(told.notices.iter().filter(gone).count(), 1, "one file, said once: {:?}", told.notices);
        assert_eq!(page.containers[0].model_data_state, PinState::Changed("e9".into()));
        assert_eq!(page.containers[0].image_state, PinState::Unknown("not looked at".into()));
        assert_eq!(page.deployed.len(), 1);
        let origin: Vec<(&str, Option<&str>)> =
            page.origin.iter().map(|line| (line.what.as_str(), line.value.as_deref())).collect();
        assert_eq!(origin[2].0, "pipeline execution");
        assert_eq!(origin[3..], [("training job", Some("t")), ("data set", Some("s3://lake/train.csv"))]);
        let set = page.origin.last().unwrap();
        assert_eq!(set.note.as_deref(), Some("version v7, still current"));
        let (uri, version_id) = ("s3://lake/train.csv".to_owned(), "v7".to_owned());
        assert_eq!(set.made, Some(Made::S3Version { uri, version_id }), "it leads to the version that was read");
    }
}
