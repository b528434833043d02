//! Where every model of the region serves and what watches it: the call that the service's own model dashboard makes.

use super::{Accounts, monitors, package, search, state};
use crate::{AwsError, Session, jobs::text, time::timestamp};
use aws_sdk_sagemaker::types::{ModelDashboardModel, ModelDashboardMonitoringSchedule, ResourceType};
use contract::models::facts::{DeployedModel, MonitorKind, ScheduleSummary};

/// One page of the models and the token of the next.
pub async fn page(session: &Session, token: Option<String>) -> Result<(Vec<DeployedModel>, Option<String>), AwsError> {
    let reply = search(session, ResourceType::Model, Accounts::Own, None, token).await?;
    let models = reply.results().iter().filter_map(|record| record.model()).filter_map(model).collect();
    Ok((models, text(reply.next_token())))
}

fn model(item: &ModelDashboardModel) -> Option<DeployedModel> {
    let model = item.model()?;
    let endpoints = item.endpoints().iter();
    let alerts = item.monitoring_schedules().iter().flat_map(|schedule| {
        let name = schedule.monitoring_schedule_name().unwrap_or_default();
        let kind = kind(schedule);
        let alerts = schedule.monitoring_alert_summaries().iter().filter_map(monitors::alert);
        alerts.map(move |alert| (name.to_owned(), kind, alert))
    });
    Some(DeployedModel {
        name: text(model.model_name())?,
        arn: text(model.model_arn()),
        created: model.creation_time().map(timestamp),
        package: package(model.primary_container(), model.containers()),
        endpoints: endpoints
            .filter_map(|endpoint| Some((text(endpoint.endpoint_name())?, state(endpoint.endpoint_status()))))
            .collect(),
        schedules: item.monitoring_schedules().iter().filter_map(schedule).collect(),
        alerts: alerts.collect(),
        risk: text(item.model_card().and_then(|card| card.risk_rating())),
        last_transform: item
            .last_batch_transform_job()
            .and_then(|job| Some((text(job.transform_job_name())?, state(job.transform_job_status())))),
    })
}

fn kind(item: &ModelDashboardMonitoringSchedule) -> Option<MonitorKind> {
    item.monitoring_type().and_then(|kind| MonitorKind::of(kind.as_str()))
}

fn schedule(item: &ModelDashboardMonitoringSchedule) -> Option<ScheduleSummary> {
    let config = item.monitoring_schedule_config();
    Some(ScheduleSummary {
        name: text(item.monitoring_schedule_name())?,
        arn: item.monitoring_schedule_arn().unwrap_or_default().to_owned(),
        status: state(item.monitoring_schedule_status()),
        kind: kind(item),
        endpoint: text(item.endpoint_name()),
        definition: text(config.and_then(|config| config.monitoring_job_definition_name())),
        expression: monitors::expression(config),
        created: item.creation_time().map(timestamp),
        modified: item.last_modified_time().map(timestamp),
        last: item.last_monitoring_execution_summary().and_then(monitors::run),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};
    use contract::models::facts::{AlertFact, MonitorRunFact};

    #[tokio::test]
    async fn a_model_comes_with_where_it_serves_and_what_watches_it() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{
                  "Results": [
                    {"Model": {
                      "Model": {
                        "ModelName": "churn-14", "ModelArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/churn-14",
                        "CreationTime": 1763510400,
                        "Containers": [
                          {"Image": "scaler"},
                          {"Image": "xgb", "ModelPackageName": "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/14"}
                        ]
                      },
                      "Endpoints": [{
                        "EndpointName": "churn", "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn",
                        "CreationTime": 1763510400, "LastModifiedTime": 1763510400, "EndpointStatus": "SleepingSoundly"
                      }],
                      "LastBatchTransformJob": {"TransformJobName": "churn-nightly", "TransformJobStatus": "Completed"},
                      "MonitoringSchedules": [{
                        "MonitoringScheduleName": "churn-data", "MonitoringScheduleArn": "arn:s", "EndpointName": "churn",
                        "MonitoringScheduleStatus": "Scheduled", "MonitoringType": "DataQuality",
                        "CreationTime": 1763510400, "LastModifiedTime": 1763514000,
                        "MonitoringScheduleConfig": {
                          "MonitoringJobDefinitionName": "churn-data-1", "MonitoringType": "DataQuality",
                          "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}
                        },
                        "MonitoringAlertSummaries": [{
                          "MonitoringAlertName": "churn-data-alert", "CreationTime": 1763510400, "LastModifiedTime": 1763517600,
                          "AlertStatus": "InAlert", "DatapointsToAlert": 2, "EvaluationPeriod": 3,
                          "Actions": {"ModelDashboardIndicator": {"Enabled": true}}
                        }],
                        "LastMonitoringExecutionSummary": {
                          "MonitoringScheduleName": "churn-data", "ScheduledTime": 1763517600, "CreationTime": 1763518000,
                          "LastModifiedTime": 1763518300, "MonitoringExecutionStatus": "CompletedWithViolations",
                          "ProcessingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:processing-job/model-monitoring-1"
                        }
                      }],
                      "ModelCard": {"ModelCardName": "churn", "RiskRating": "High"}
                    }},
                    {"Model": {"Endpoints": []}}
                  ],
                  "NextToken": "more"
                }"#,
            )
        });
        let (models, token) = page(&wire.session, Some("begin".into())).await.unwrap();
        let (call, body) = wire.only();
        assert_eq!(call, "SageMaker.Search");
        assert!(body.contains(r#""Resource":"Model""#) && body.contains(r#""NextToken":"begin""#), "{body}");
        assert_eq!(token.as_deref(), Some("more"));
        let [model] = models.as_slice() else { panic!("{models:?}") };
        assert_eq!(model.package.as_deref(), Some("arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/14"));
        assert_eq!(model.endpoints, [("churn".to_owned(), "SleepingSoundly".to_owned())], "a word that is new is kept");
        assert_eq!(
            (model.risk.as_deref(), model.last_transform.as_ref().unwrap().1.as_str()),
            (Some("High"), "Completed")
        );
        let schedule = &model.schedules[0];
        assert_eq!(
            (schedule.kind, schedule.definition.as_deref()),
            (Some(MonitorKind::DataQuality), Some("churn-data-1"))
        );
        assert_eq!(schedule.expression.as_deref(), Some("cron(0 * ? * * *)"));
        let at = |second| contract::Timestamp::from_second(second).unwrap();
        let last = MonitorRunFact {
            schedule: "churn-data".into(),
            scheduled: at(1_763_517_600),
            created: Some(at(1_763_518_000)),
            modified: Some(at(1_763_518_300)),
            status: "CompletedWithViolations".into(),
            job: Some("arn:aws:sagemaker:eu-west-1:123456789012:processing-job/model-monitoring-1".into()),
            reason: None,
            kind: None,
            endpoint: None,
        };
        assert_eq!(schedule.last, Some(last));
        let alert = AlertFact {
            name: "churn-data-alert".into(),
            is_raised: true,
            failing: 2,
            of: 3,
            modified: Some(at(1_763_517_600)),
            is_shown: true,
        };
        assert_eq!(model.alerts, [("churn-data".to_owned(), Some(MonitorKind::DataQuality), alert)]);
    }
}
