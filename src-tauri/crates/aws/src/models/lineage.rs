//! Lineage: what led to a thing, and what came of it.

use super::{PAGE, client, state, word};
use crate::{
    AwsError, Call, Session,
    jobs::{pairs, text},
    pace::Api,
};
use aws_sdk_sagemaker::types::{ArtifactSource, ArtifactSourceIdType, Direction, Edge, Vertex};
use contract::models::facts::{ArtifactFact, LineageEdge, LineageFact, LineageVertex};
use std::collections::HashSet;

const QUERY: Call = Call::new("QueryLineage", "sagemaker:QueryLineage");
const LIST_ARTIFACTS: Call = Call::new("ListArtifacts", "sagemaker:ListArtifacts");
const DESCRIBE_ARTIFACT: Call = Call::new("DescribeArtifact", "sagemaker:DescribeArtifact");

/// Vertices of a page, the service's limit.
const VERTICES: i32 = 50;
/// Levels of a query, the service's limit.
pub const DEEPEST: u8 = 10;

/// Which way a query goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// To what led here.
    Ascendants,
    /// To what came of it.
    Descendants,
    Both,
}

/// ARNs of the artifacts that stand for a thing in lineage: a query begins at one of them. `uri` is the ARN of a
/// version or of a model, or the S3 URI of a file.
pub async fn artifacts(session: &Session, uri: &str) -> Result<Vec<String>, AwsError> {
    session.pace(Api::SageMaker(LIST_ARTIFACTS.name)).await;
    let reply = client(session)
        .list_artifacts()
        .source_uri(uri)
        .max_results(PAGE)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_ARTIFACTS, error).or_absent())?;
    Ok(reply.artifact_summaries().iter().filter_map(|item| text(item.artifact_arn())).collect())
}

/// What an artifact stands for, by its ARN.
pub async fn describe_artifact(session: &Session, arn: &str) -> Result<ArtifactFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_ARTIFACT.name)).await;
    let found = client(session)
        .describe_artifact()
        .artifact_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_ARTIFACT, error).or_absent())?;
    let source = found.source();
    let recorded = |kind: &ArtifactSourceIdType| {
        let all = source.map(ArtifactSource::source_types).unwrap_or_default();
        all.iter().find(|one| one.source_id_type() == Some(kind)).and_then(|one| text(one.value()))
    };
    Ok(ArtifactFact {
        arn: arn.to_owned(),
        source: text(source.and_then(ArtifactSource::source_uri)),
        version_id: recorded(&ArtifactSourceIdType::S3Version),
        etag: recorded(&ArtifactSourceIdType::S3Etag),
        properties: pairs(found.properties()),
    })
}

/// What is `depth` levels or fewer away from the lineage entity `start`. Reading ends with the page on which `most`
/// vertices are there.
pub async fn query(
    session: &Session,
    start: &str,
    towards: Towards,
    depth: u8,
    most: usize,
) -> Result<LineageFact, AwsError> {
    let direction = match towards {
        Towards::Ascendants => Direction::Ascendants,
        Towards::Descendants => Direction::Descendants,
        Towards::Both => Direction::Both,
    };
    let mut found = Found::default();
    let mut token = None;
    loop {
        session.pace(Api::SageMaker(QUERY.name)).await;
        let reply = client(session)
            .query_lineage()
            .start_arns(start)
            .direction(direction.clone())
            .include_edges(true)
            .max_depth(i32::from(depth.clamp(1, DEEPEST)))
            .max_results(VERTICES)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(QUERY, error).or_absent())?;
        found.add(reply.vertices(), reply.edges());
        token = text(reply.next_token());
        found.fact.is_cut = token.is_some();
        if token.is_none() || found.fact.vertices.len() >= most {
            return Ok(found.fact);
        }
    }
}

/// What the pages say together: a vertex or an edge may stand on several.
#[derive(Debug, Default)]
struct Found {
    fact: LineageFact,
    vertices: HashSet<String>,
    edges: HashSet<(String, String, Option<String>)>,
}

impl Found {
    fn add(&mut self, vertices: &[Vertex], edges: &[Edge]) {
        for item in vertices {
            let Some(arn) = text(item.arn()) else { continue };
            if self.vertices.insert(arn.clone()) {
                let kind = text(item.r#type()).unwrap_or_default();
                self.fact.vertices.push(LineageVertex { arn, kind, lineage: state(item.lineage_type()) });
            }
        }
        for item in edges {
            let (Some(from), Some(to)) = (text(item.source_arn()), text(item.destination_arn())) else { continue };
            let association = word(item.association_type());
            if self.edges.insert((from.clone(), to.clone(), association.clone())) {
                self.fact.edges.push(LineageEdge { from, to, association });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    #[tokio::test]
    async fn pages_are_joined_and_nothing_stands_twice() {
        let wire = Wire::start(|_, body| {
            let first = r#"{
              "Vertices": [{"Arn": "arn:model", "Type": "Model", "LineageType": "Artifact"}, {"Arn": "arn:data", "Type": "DataSet", "LineageType": "Artifact"}],
              "Edges": [{"SourceArn": "arn:data", "DestinationArn": "arn:model", "AssociationType": "ContributedTo"}],
              "NextToken": "2"}"#;
            let second = r#"{
              "Vertices": [{"Arn": "arn:model", "Type": "Model", "LineageType": "Artifact"}, {"Arn": "arn:job", "LineageType": "Footprint"}],
              "Edges": [{"SourceArn": "arn:data", "DestinationArn": "arn:model", "AssociationType": "ContributedTo"},
                {"SourceArn": "arn:job", "DestinationArn": "arn:model"}]}"#;
            Reply::json(if body.contains("NextToken") { second } else { first })
        });
        let fact = query(&wire.session, "arn:model", Towards::Both, 99, 1_000).await.unwrap();
        let arns: Vec<_> = fact.vertices.iter().map(|vertex| vertex.arn.as_str()).collect();
        assert_eq!(arns, ["arn:model", "arn:data", "arn:job"]);
        assert_eq!(fact.vertices[2].lineage, "Footprint", "a word that is new is kept");
        assert_eq!((fact.edges.len(), fact.edges[1].association.as_deref(), fact.is_cut), (2, None, false));
        let (_, asked) = wire.seen().swap_remove(0);
        for part in
            [r#""StartArns":["arn:model"]"#, r#""Direction":"Both""#, r#""MaxDepth":10"#, r#""IncludeEdges":true"#]
        {
            assert!(asked.contains(part), "{part} in {asked}");
        }
        let cut = query(&wire.session, "arn:model", Towards::Ascendants, 1, 2).await.unwrap();
        assert!(cut.is_cut && cut.vertices.len() == 2, "{cut:?}");
    }

    #[tokio::test]
    async fn an_artifact_says_what_it_stands_for_and_which_version() {
        let wire = Wire::start(|_, body| {
            Reply::json(if body.contains("artifact/1") {
                r#"{"ArtifactArn": "arn:artifact/1", "ArtifactType": "DataSet", "Properties": {"rows": "184230"},
                  "Source": {"SourceUri": "s3://lake/train.csv", "SourceTypes": [
                    {"SourceIdType": "MD5Hash", "Value": "aa"}, {"SourceIdType": "S3ETag", "Value": "9001"},
                    {"SourceIdType": "S3Version", "Value": "v7"}]}}"#
            } else {
                r#"{"ArtifactArn": "arn:artifact/2", "Source": {"SourceUri": "xgb:1"}}"#
            })
        });
        let fact = describe_artifact(&wire.session, "arn:artifact/1").await.unwrap();
        let (call, asked) = wire.seen().swap_remove(0);
        assert_eq!(call, "SageMaker.DescribeArtifact");
        assert!(asked.contains(r#""ArtifactArn":"arn:artifact/1""#), "{asked}");
        assert_eq!(fact.source.as_deref(), Some("s3://lake/train.csv"));
        assert_eq!((fact.version_id.as_deref(), fact.etag.as_deref()), (Some("v7"), Some("9001")));
        assert_eq!(fact.properties, [("rows".to_owned(), "184230".to_owned())]);
        let bare = describe_artifact(&wire.session, "arn:artifact/2").await.unwrap();
        assert_eq!((bare.source.as_deref(), bare.version_id, bare.etag), (Some("xgb:1"), None, None));
    }

    #[tokio::test]
    async fn a_thing_is_found_by_its_source() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"ArtifactSummaries": [{"ArtifactArn": "arn:aws:sagemaker:eu-west-1:123456789012:artifact/1",
                  "Source": {"SourceUri": "arn:package/14"}, "ArtifactType": "Model"}, {"ArtifactName": "x"}]}"#,
            )
        });
        let found = artifacts(&wire.session, "arn:package/14").await.unwrap();
        assert!(wire.only().1.contains(r#""SourceUri":"arn:package/14""#), "{:?}", wire.seen());
        assert_eq!(found, ["arn:aws:sagemaker:eu-west-1:123456789012:artifact/1"]);
    }
}
