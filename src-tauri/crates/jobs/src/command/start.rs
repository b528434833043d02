//! The command that starts the same again, from the request.
//!
//! What is nested goes as JSON with the names of the API. SageMaker is left out: its requests hold networks, stopping
//! conditions and more that a listing does not read, and half a request is none.

use super::{Scope, line};
use contract::jobs::{
    JobId,
    facts::{Configuration, Driver, GlueDriver, LogSettings, Request},
};
use serde_json::{Map, Value, json};

/// `None` where the request cannot be said whole: SageMaker, a function whose payload is not known, and a step with a
/// property that holds a comma.
pub fn start(id: &JobId, request: &Request, scope: Scope<'_>) -> Option<String> {
    let name = request.name.as_deref().unwrap_or_default();
    match (id, &request.driver) {
        (JobId::Step { cluster, .. }, Driver::Jar { jar, main_class, arguments, properties, on_failure }) => {
            let mut step = Map::new();
            step.insert("Name".into(), json!(if name.is_empty() { "step" } else { name }));
            step.insert("ActionOnFailure".into(), json!(on_failure.unwrap_or_default().code()));
            step.insert("Jar".into(), json!(jar));
            if let Some(class) = main_class {
                step.insert("MainClass".into(), json!(class));
            }
            step.insert("Args".into(), json!(arguments));
            if !properties.is_empty() {
                // The command takes properties as one text, unlike the API, parts it at every comma, and has no way to say
                // that one is of a value (`parse_key_value_string` of the AWS CLI).
                if properties.iter().any(|(key, value)| key.contains([',', '=']) || value.contains(',')) {
                    return None;
                }
                let pairs: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
                step.insert("Properties".into(), json!(pairs.join(",")));
            }
            step.insert("Type".into(), json!("CUSTOM_JAR"));
            let steps = Value::Array(vec![Value::Object(step)]).to_string();
            let mut options = vec![("cluster-id", cluster.as_str()), ("steps", &steps)];
            options.extend(request.role.iter().map(|role| ("execution-role-arn", role.as_str())));
            Some(line("emr add-steps", &options, scope))
        }
        (JobId::Serverless { application, .. }, driver) => {
            let driver = serverless(driver)?.to_string();
            let overrides = overrides(&request.configurations, serverless_logs(&request.logs));
            let timeout = request.timeout_minutes.map(|minutes| minutes.to_string());
            let mut options = vec![("application-id", application.as_str())];
            options.push(("execution-role-arn", request.role.as_deref()?));
            if !name.is_empty() {
                options.push(("name", name));
            }
            options.push(("job-driver", &driver));
            options.extend(overrides.iter().map(|text| ("configuration-overrides", text.as_str())));
            options.extend(timeout.iter().map(|minutes| ("execution-timeout-minutes", minutes.as_str())));
            Some(line("emr-serverless start-job-run", &options, scope))
        }
        (JobId::Eks { virtual_cluster, .. }, driver) => {
            let driver = eks(driver)?.to_string();
            let overrides = overrides(&request.configurations, eks_logs(&request.logs));
            let mut options = vec![("virtual-cluster-id", virtual_cluster.as_str())];
            if !name.is_empty() {
                options.push(("name", name));
            }
            options.push(("execution-role-arn", request.role.as_deref()?));
            options.push(("release-label", request.release.as_deref()?));
            options.push(("job-driver", &driver));
            options.extend(overrides.iter().map(|text| ("configuration-overrides", text.as_str())));
            Some(line("emr-containers start-job-run", &options, scope))
        }
        (JobId::Glue { job, .. }, Driver::Glue(glue)) => Some(glue_run(job, glue, request.timeout_minutes, scope)),
        (JobId::Lambda { function, .. }, Driver::Lambda(lambda)) => {
            let mut options = vec![("function-name", function.as_str())];
            options.extend(lambda.qualifier.iter().map(|qualifier| ("qualifier", qualifier.as_str())));
            options.push(("cli-binary-format", "raw-in-base64-out"));
            options.push(("payload", lambda.payload.as_deref()?));
            Some(format!("{} /dev/stdout", line("lambda invoke", &options, scope)))
        }
        _ => None,
    }
}

fn glue_run(job: &str, glue: &GlueDriver, timeout: Option<u64>, scope: Scope<'_>) -> String {
    let arguments: Map<String, Value> = glue.arguments.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let (arguments, empty) = (Value::Object(arguments.clone()).to_string(), arguments.is_empty());
    let workers = glue.workers.map(|workers| workers.to_string());
    let timeout = timeout.map(|minutes| minutes.to_string());
    let capacity = glue.max_capacity.map(|dpus| dpus.to_string());
    let mut options = vec![("job-name", job)];
    if !empty {
        options.push(("arguments", &arguments));
    }
    if let (Some(worker_type), Some(workers)) = (glue.worker_type.as_deref(), workers.as_deref()) {
        options.extend([("worker-type", worker_type), ("number-of-workers", workers)]);
    } else if let Some(capacity) = &capacity {
        // The API takes either the one or the other.
        options.push(("max-capacity", capacity));
    }
    // Jobs of other kinds have no class.
    let class = glue.execution_class.as_deref().filter(|_| glue.command == "glueetl");
    options.extend(class.map(|class| ("execution-class", class)));
    options.extend(timeout.iter().map(|minutes| ("timeout", minutes.as_str())));
    line("glue start-job-run", &options, scope)
}

fn serverless(driver: &Driver) -> Option<Value> {
    Some(match driver {
        Driver::SparkSubmit { entry_point, arguments, parameters } => {
            let mut submit = spark("entryPoint", entry_point, "sparkSubmitParameters", parameters.as_ref());
            if !arguments.is_empty() {
                submit.insert("entryPointArguments".into(), json!(arguments));
            }
            json!({ "sparkSubmit": submit })
        }
        Driver::Hive { query, init, parameters } => {
            let mut hive = spark("query", query, "parameters", parameters.as_ref());
            if let Some(init) = init {
                hive.insert("initQueryFile".into(), json!(init));
            }
            json!({ "hive": hive })
        }
        _ => return None,
    })
}

fn eks(driver: &Driver) -> Option<Value> {
    Some(match driver {
        Driver::SparkSubmit { entry_point, arguments, parameters } => {
            let mut submit = spark("entryPoint", entry_point, "sparkSubmitParameters", parameters.as_ref());
            if !arguments.is_empty() {
                submit.insert("entryPointArguments".into(), json!(arguments));
            }
            json!({ "sparkSubmitJobDriver": submit })
        }
        Driver::SparkSql { entry_point, parameters } => {
            json!({ "sparkSqlJobDriver": spark("entryPoint", entry_point, "sparkSqlParameters", parameters.as_ref()) })
        }
        _ => return None,
    })
}

fn spark(key: &str, value: &str, more: &str, parameters: Option<&String>) -> Map<String, Value> {
    let mut driver = Map::new();
    driver.insert(key.into(), json!(value));
    if let Some(parameters) = parameters {
        driver.insert(more.into(), json!(parameters));
    }
    driver
}

fn overrides(configurations: &[Configuration], logs: Value) -> Option<String> {
    let application: Vec<Value> = configurations
        .iter()
        .map(|one| {
            let properties: Map<String, Value> =
                one.properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
            json!({ "classification": one.classification, "properties": properties })
        })
        .collect();
    let mut all = Map::new();
    if !application.is_empty() {
        all.insert("applicationConfiguration".into(), Value::Array(application));
    }
    if logs.as_object().is_some_and(|logs| !logs.is_empty()) {
        all.insert("monitoringConfiguration".into(), logs);
    }
    (!all.is_empty()).then(|| Value::Object(all).to_string())
}

fn serverless_logs(logs: &LogSettings) -> Value {
    let mut all = Map::new();
    if let Some(uri) = &logs.s3 {
        all.insert("s3MonitoringConfiguration".into(), json!({ "logUri": uri }));
    }
    if let Some(settings) = &logs.cloud_watch {
        let mut cloud_watch = Map::new();
        cloud_watch.insert("enabled".into(), json!(true));
        cloud_watch.extend(settings.group.iter().map(|group| ("logGroupName".into(), json!(group))));
        cloud_watch.extend(settings.stream_prefix.iter().map(|prefix| ("logStreamNamePrefix".into(), json!(prefix))));
        all.insert("cloudWatchLoggingConfiguration".into(), Value::Object(cloud_watch));
    }
    if let Some(managed) = logs.managed {
        all.insert("managedPersistenceMonitoringConfiguration".into(), json!({ "enabled": managed }));
    }
    Value::Object(all)
}

fn eks_logs(logs: &LogSettings) -> Value {
    let mut all = Map::new();
    if let Some(uri) = &logs.s3 {
        all.insert("s3MonitoringConfiguration".into(), json!({ "logUri": uri }));
    }
    if let Some((group, settings)) = logs.cloud_watch.as_ref().and_then(|all| Some((all.group.as_ref()?, all))) {
        let mut cloud_watch = Map::new();
        cloud_watch.insert("logGroupName".into(), json!(group));
        cloud_watch.extend(settings.stream_prefix.iter().map(|prefix| ("logStreamNamePrefix".into(), json!(prefix))));
        all.insert("cloudWatchMonitoringConfiguration".into(), Value::Object(cloud_watch));
    }
    Value::Object(all)
}
