//! Spark programs: steps of EMR, EMR Serverless, EMR on EKS.

use super::{code, code_list, paths, setting};
use crate::{spark::SparkLine, step};
use contract::jobs::{CodeObject, Parameters, Setting, facts::Configuration};

/// A step: any jar, of which `command-runner.jar` with `spark-submit` and `script-runner.jar` are understood.
pub(super) fn step(
    jar: &str,
    main_class: Option<&str>,
    arguments: &[String],
    properties: &[(String, String)],
) -> Parameters {
    let mut told = if let Some(found) = step::submit(arguments) {
        let program = found.line.program().unwrap_or_default().to_owned();
        line(&found.line, &program, &found.line.arguments())
    } else {
        let script = jar.ends_with("script-runner.jar") || jar.ends_with("command-runner.jar");
        let (entry, rest) = match arguments.split_first() {
            Some((first, rest)) if script => (first.as_str(), rest),
            _ => (jar, arguments),
        };
        Parameters {
            entry_point: Some(entry.to_owned()).filter(|entry| !entry.is_empty()),
            main_class: main_class.map(str::to_owned),
            arguments: rest.to_vec(),
            code: if entry.contains("://") { vec![code(entry, role(entry))] } else { Vec::new() },
            paths: paths::paths(paths::arguments(rest)),
            ..Parameters::default()
        }
    };
    told.other.extend(properties.iter().map(|(key, value)| setting(key, value, "step property")));
    told
}

/// `sparkSubmit` and `sparkSqlJobDriver`: the program is named beside the options.
pub(super) fn submitted(entry: &str, arguments: &[String], parameters: Option<&str>) -> Parameters {
    line(&SparkLine::parse(parameters.unwrap_or_default()), entry, arguments)
}

pub(super) fn hive(query: &str, init: Option<&str>, parameters: Option<&str>) -> Parameters {
    let mut told = submitted(query, &[], None);
    told.code.extend(init.filter(|uri| uri.contains("://")).map(|uri| code(uri, "init query")));
    let words = crate::words::Words::parse(parameters.unwrap_or_default());
    let mut words = words.values();
    while let Some(word) = words.next() {
        let given = match word {
            "--hiveconf" | "--hivevar" => words.next().map(|value| (word, value)),
            _ => word.split_once('=').filter(|(name, _)| matches!(*name, "--hiveconf" | "--hivevar")),
        };
        match given.and_then(|(name, value)| Some((name, value.split_once('=')?))) {
            Some((name, (key, value))) => told.other.push(setting(key, value, name)),
            None => told.arguments.push(word.to_owned()),
        }
    }
    told
}

fn line(line: &SparkLine, program: &str, arguments: &[String]) -> Parameters {
    let settings = line.settings().into_iter().filter_map(|(option, counts)| {
        let (key, value) = option.setting()?;
        let from = if option.is_conf() { "--conf" } else { &option.name };
        Some(Setting { effective: counts, ..setting(key, value, from) })
    });
    let other = line.options().iter().filter(|option| option.setting().is_none() && option.name != "--class");
    let other = other.map(|option| setting(&option.name, option.value.as_deref().unwrap_or_default(), "option"));
    Parameters {
        entry_point: (!program.is_empty()).then(|| program.to_owned()),
        main_class: line.option("--class").map(str::to_owned),
        arguments: arguments.to_vec(),
        settings: settings.collect(),
        other: other.collect(),
        code: objects(line, program),
        paths: paths::paths(paths::arguments(arguments)),
    }
}

fn objects(line: &SparkLine, program: &str) -> Vec<CodeObject> {
    let mut all = Vec::new();
    if program.contains("://") {
        all.push(code(program, role(program)));
    }
    let keys = [
        ("spark.submit.pyFiles", "py-files"),
        ("spark.jars", "jar"),
        ("spark.files", "file"),
        ("spark.archives", "archive"),
        ("spark.yarn.dist.archives", "archive"),
    ];
    for (key, role) in keys {
        all.extend(line.get(key).into_iter().flat_map(|list| code_list(list, role)));
    }
    all
}

fn role(uri: &str) -> &'static str {
    if uri.to_ascii_lowercase().ends_with(".jar") { "jar" } else { "script" }
}

/// Classifications of the request or of the cluster. What the line itself sets counts before `spark-defaults`.
pub(super) fn configurations(told: &mut Parameters, all: &[Configuration]) {
    for configuration in all {
        let name = configuration.classification.as_str();
        for (key, value) in &configuration.properties {
            let mut row = setting(key, value, name);
            if name == "spark-defaults" {
                row.effective = !told.settings.iter().any(|set| set.effective && set.key == *key);
                told.settings.push(row);
            } else {
                row.key = format!("{name}: {key}");
                told.other.push(row);
            }
        }
    }
}
