//! ARNs of what the area Models shows, and the pages of the console that show it.

use contract::{arn::console_host, models::ModelTarget};

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    pub region: &'a str,
    /// Twelve digits. Of a shared group that of its owner.
    pub account: &'a str,
}

/// "Actions, resources, and condition keys for Amazon SageMaker".
pub fn arn(target: &ModelTarget, place: &Place<'_>) -> String {
    let resource = match target {
        ModelTarget::Group(name) => format!("model-package-group/{name}"),
        ModelTarget::Version { group, version } => format!("model-package/{group}/{version}"),
        ModelTarget::Package(name) => format!("model-package/{name}"),
        ModelTarget::Model(name) => format!("model/{name}"),
        ModelTarget::Endpoint(name) => format!("endpoint/{name}"),
        ModelTarget::Schedule(name) => format!("monitoring-schedule/{name}"),
        ModelTarget::Pipeline(name) => format!("pipeline/{name}"),
        ModelTarget::PipelineExecution { pipeline, execution } => format!("pipeline/{pipeline}/execution/{execution}"),
    };
    let Place { partition, region, account } = place;
    format!("arn:{partition}:sagemaker:{region}:{account}:{resource}")
}

/// The name of a package that is in no group, by its ARN.
pub fn lone_package(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":model-package/")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The page of the console. The registry and pipelines are in Studio, whose address holds the id of a domain that
/// nothing here knows; schedules have no page of their own.
pub fn console(target: &ModelTarget, place: &Place<'_>) -> Option<String> {
    let page = match target {
        ModelTarget::Endpoint(name) => format!("endpoints/{name}"),
        ModelTarget::Model(name) => format!("models/{name}"),
        ModelTarget::Group(_)
        | ModelTarget::Version { .. }
        | ModelTarget::Package(_)
        | ModelTarget::Schedule(_)
        | ModelTarget::Pipeline(_)
        | ModelTarget::PipelineExecution { .. } => return None,
    };
    let host = console_host(place.partition);
    let region = place.region;
    Some(format!("https://{region}.{host}/sagemaker/home?region={region}#/{page}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_group_is_told_from_a_version() {
        let of = |rest: &str| format!("arn:aws:sagemaker:eu-west-1:123456789012:{rest}");
        assert_eq!(lone_package(&of("model-package/sold")), Some("sold"));
        for other in ["model-package/churn/7", "model-package/", "model-package-group/churn", "model/sold"] {
            assert_eq!(lone_package(&of(other)), None, "{other}");
        }
    }
}
