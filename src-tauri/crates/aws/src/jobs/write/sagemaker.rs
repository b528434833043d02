//! The end of SageMaker's jobs.

use crate::{AwsError, Call, Session, pace::Api};
use aws_sdk_sagemaker::Client;
use aws_types::request_id::RequestId as _;
use contract::jobs::SageMakerKind;

const TRAINING: Call = Call::new("StopTrainingJob", "sagemaker:StopTrainingJob");
const PROCESSING: Call = Call::new("StopProcessingJob", "sagemaker:StopProcessingJob");
const TRANSFORM: Call = Call::new("StopTransformJob", "sagemaker:StopTransformJob");

pub(super) async fn stop(session: &Session, kind: SageMakerKind, name: &str) -> Result<Option<String>, AwsError> {
    let client = Client::new(session.config());
    // Three calls of one shape, each with types of its own.
    macro_rules! stop {
        ($stop:ident, $name:ident, $call:expr) => {{
            session.pace(Api::SageMaker($call.name)).await;
            let reply = client.$stop().$name(name).send().await.map_err(|error| AwsError::from_sdk($call, error))?;
            Ok(reply.request_id().map(str::to_owned))
        }};
    }
    match kind {
        SageMakerKind::Training => stop!(stop_training_job, training_job_name, TRAINING),
        SageMakerKind::Processing => stop!(stop_processing_job, processing_job_name, PROCESSING),
        SageMakerKind::Transform => stop!(stop_transform_job, transform_job_name, TRANSFORM),
        SageMakerKind::Tuning => Err(AwsError::Configuration("A tuning job is not stopped from here.".into())),
    }
}
