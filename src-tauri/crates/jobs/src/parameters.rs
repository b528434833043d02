//! What a run was asked to do, as tables: program, arguments, Spark configuration, code objects, paths.

mod glue;
mod paths;
mod spark;

use contract::jobs::{
    CodeObject, Parameters, Setting,
    facts::{Driver, LambdaDriver, Request, SageMakerDriver},
};
pub(crate) use glue::line as spark_line_of_glue;
pub use glue::merged;
pub use paths::{Named, paths, uris};

/// Reads a request. Nothing is left out: what has no column of its own is in `arguments` or `other`.
pub fn parameters(request: &Request) -> Parameters {
    let mut told = match &request.driver {
        Driver::Jar { jar, main_class, arguments, properties, .. } => {
            spark::step(jar, main_class.as_deref(), arguments, properties)
        }
        Driver::SparkSubmit { entry_point, arguments, parameters } => {
            spark::submitted(entry_point, arguments, parameters.as_deref())
        }
        Driver::SparkSql { entry_point, parameters } => spark::submitted(entry_point, &[], parameters.as_deref()),
        Driver::Hive { query, init, parameters } => spark::hive(query, init.as_deref(), parameters.as_deref()),
        Driver::Glue(glue) => glue::read(glue),
        Driver::Lambda(lambda) => function(lambda),
        Driver::SageMaker(sage) => sage_maker(sage),
    };
    spark::configurations(&mut told, &request.configurations);
    if let Some(minutes) = request.timeout_minutes {
        told.other.push(setting("timeout", &format!("{minutes} min"), "request"));
    }
    told
}

/// Whether the driver runs in a container of the cluster and not where `spark-submit` does: then the step's own log holds
/// the client's report alone. Engines without steps always run it in a container of its own.
pub fn in_cluster_mode(request: &Request) -> bool {
    let told = parameters(request);
    let mode = told.settings.iter().rev().find(|row| row.effective && row.key == "spark.submit.deployMode");
    mode.is_some_and(|row| row.value == "cluster")
}

/// A setting that counts until something else is found to count.
pub(crate) fn setting(key: &str, value: &str, from: &str) -> Setting {
    Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        from: from.to_owned(),
        effective: true,
        secret: is_secret(key, value),
    }
}

/// By the pattern that Spark itself redacts by (`spark.redaction.regex`), and passwords inside of addresses.
pub fn is_secret(key: &str, value: &str) -> bool {
    let (key, value) = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
    let plain: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    ["secret", "password", "passwd", "token", "accesskey", "credential", "privatekey", "apikey", "symmetrickey"]
        .iter()
        .any(|word| plain.contains(word))
        || ["password=", "passwd=", "pwd=", "secret=", "secretkey=", "token="].iter().any(|word| value.contains(word))
}

pub(crate) fn code(uri: &str, role: &str) -> CodeObject {
    CodeObject { uri: uri.to_owned(), role: role.to_owned() }
}

/// Objects of a list with commas between; of anything else than objects nothing.
pub(crate) fn code_list(text: &str, role: &str) -> Vec<CodeObject> {
    // Of an archive, `#name` is the folder that it is unpacked to.
    let plain = |part: &str| part.trim().split('#').next().map(str::to_owned);
    let parts = text.split(',').filter_map(plain).filter(|uri| uri.contains("://"));
    parts.map(|uri| code(&uri, role)).collect()
}

fn function(lambda: &LambdaDriver) -> Parameters {
    let mut told = Parameters { arguments: lambda.payload.iter().cloned().collect(), ..Parameters::default() };
    let rows = [
        ("qualifier", lambda.qualifier.clone()),
        ("memory", lambda.memory_mb.map(|mb| format!("{mb} MB"))),
        ("timeout", lambda.timeout_seconds.map(|seconds| format!("{seconds} s"))),
        ("code SHA-256", lambda.code_sha256.clone()),
    ];
    let rows = rows.into_iter().filter_map(|(key, value)| Some(setting(key, &value?, "function")));
    told.other.extend(rows);
    told.other.extend(lambda.environment.iter().map(|(key, value)| setting(key, value, "environment")));
    let payload = lambda.payload.iter().map(|text| Named { name: None, value: text });
    let environment = lambda.environment.iter().map(|(key, value)| Named { name: Some(key), value });
    told.paths = paths(payload.chain(environment));
    told
}

fn sage_maker(sage: &SageMakerDriver) -> Parameters {
    // The SDK for Python writes each value as JSON, so a text stands in quotes once more.
    let plain = |value: &str| serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned());
    let given = |key: &str| {
        let found = sage.hyperparameters.iter().chain(&sage.environment).find(|(name, _)| name == key);
        found.map(|(_, value)| plain(value))
    };
    let program = given("sagemaker_program").or_else(|| given("SAGEMAKER_PROGRAM"));
    let source = given("sagemaker_submit_directory").or_else(|| given("SAGEMAKER_SUBMIT_DIRECTORY"));
    let entry = (!sage.entry_point.is_empty()).then(|| sage.entry_point.join(" "));
    let mut told = Parameters {
        entry_point: entry.or(program).or_else(|| sage.model.clone()).or_else(|| sage.image.clone()),
        arguments: sage.arguments.clone(),
        ..Parameters::default()
    };
    told.code.extend(source.filter(|uri| uri.contains("://")).map(|uri| code(&uri, "archive")));
    told.code.extend(sage.image.iter().map(|image| code(image, "image")));
    let rows = [
        ("instance type", sage.instance_type.clone()),
        ("instances", sage.instances.map(|number| number.to_string())),
        ("volume", sage.volume_gb.map(|gb| format!("{gb} GB"))),
        ("model", sage.model.clone()),
    ];
    told.other.extend(rows.into_iter().filter_map(|(key, value)| Some(setting(key, &value?, "resources"))));
    told.other.extend(sage.hyperparameters.iter().map(|(key, value)| setting(key, &plain(value), "hyperparameter")));
    told.other.extend(sage.environment.iter().map(|(key, value)| setting(key, value, "environment")));
    told.paths = paths::channels(&sage.inputs, &sage.outputs);
    let values: Vec<(&str, String)> =
        sage.hyperparameters.iter().map(|(key, value)| (key.as_str(), plain(value))).collect();
    let named = values.iter().filter(|(key, _)| !key.starts_with("sagemaker_"));
    let named = named.map(|(key, value)| Named { name: Some(key), value });
    let more = paths(named.chain(paths::arguments(&sage.arguments)));
    paths::extend(&mut told.paths, more);
    told
}

#[cfg(test)]
mod tests;
