//! The queries that are asked again and again, as text that the person may change.
//!
//! Of a run whose streams carry its name, the queries begin with a line that leaves only these: log groups are shared by
//! many runs. "CloudWatch Logs Insights language query syntax", "Supported logs and discovered fields".

use contract::{
    insights::ReadyQuery,
    jobs::{Engine, JobId},
};

/// What an error looks like in logs of no known shape.
const ERRORS: &str = "filter @message like /(?i)error|exception|fatal|traceback/";
/// For a request id that is not known yet.
const ANY_REQUEST: &str = "paste-the-request-id";

/// All of them; those that fit the run stand first.
pub fn ready(job: Option<&JobId>) -> Vec<ReadyQuery> {
    let own = job.and_then(stream_of).map(|name| format!("filter @logStream like \"{}\"\n| ", escaped(name)));
    let own = own.unwrap_or_default();
    let request = match job {
        Some(JobId::Lambda { request, .. }) => request.as_str(),
        _ => ANY_REQUEST,
    };
    let lines = "fields @timestamp, @logStream, @message";
    let report = "fields @timestamp, @requestId, @duration, @billedDuration, @maxMemoryUsed / 1000000 as usedMB, \
                  @memorySize / 1000000 as sizeMB";
    let all = [
        ("Last 100 errors", None, format!("{own}{ERRORS}\n| {lines}\n| sort @timestamp desc\n| limit 100")),
        (
            "Errors by minute",
            None,
            format!("{own}{ERRORS}\n| stats count(*) as errors by bin(1m) as minute\n| sort minute asc"),
        ),
        ("Messages by template", None, format!("{own}{ERRORS}\n| pattern @message")),
        (
            "Lines of a request",
            Some(Engine::Lambda),
            format!("filter @message like \"{}\"\n| {lines}\n| sort @timestamp asc\n| limit 1000", escaped(request)),
        ),
        (
            "Lambda: slowest calls",
            Some(Engine::Lambda),
            format!("filter @type = \"REPORT\"\n| {report}\n| sort @duration desc\n| limit 100"),
        ),
        (
            "Lambda: most memory",
            Some(Engine::Lambda),
            format!("filter @type = \"REPORT\"\n| {report}\n| sort usedMB desc\n| limit 100"),
        ),
        (
            "Glue errors",
            Some(Engine::Glue),
            format!(
                "{own}filter @message like /ERROR|Exception|Traceback|Error:/\n| {lines}\n| sort @timestamp desc\n| limit 200"
            ),
        ),
        (
            "Streams by lines",
            None,
            format!(
                "{own}stats count(*) as lines, max(@timestamp) as last by @logStream\n| sort lines desc\n| limit 100"
            ),
        ),
    ];
    let engine = job.map(JobId::engine);
    let (mut fitting, mut rest) = (Vec::new(), Vec::new());
    for (name, of, text) in all {
        let place = if of.is_some() && of == engine { &mut fitting } else { &mut rest };
        place.push(ReadyQuery { name: name.to_owned(), text });
    }
    fitting.append(&mut rest);
    fitting
}

/// What the names of a run's streams hold and those of other runs do not.
fn stream_of(job: &JobId) -> Option<&str> {
    match job {
        JobId::Serverless { run, .. } | JobId::Eks { run, .. } | JobId::Glue { run, .. } => Some(run),
        JobId::SageMaker { name, .. } => Some(name),
        _ => None,
    }
}

/// For a string of the query language.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::insights::MOST_TEXT;

    #[test]
    fn a_run_has_its_own_lines_and_what_fits_it_stands_first() {
        let lambda = JobId::Lambda { function: "load".into(), request: "8b\"1f".into() };
        let queries = ready(Some(&lambda));
        assert_eq!(queries[0].name, "Lines of a request");
        assert!(queries[0].text.starts_with("filter @message like \"8b\\\"1f\"\n"), "{}", queries[0].text);
        let glue = JobId::Glue { job: "price-list".into(), run: "jr_1".into() };
        let queries = ready(Some(&glue));
        assert_eq!(queries[0].name, "Glue errors");
        assert!(queries[0].text.starts_with("filter @logStream like \"jr_1\"\n| filter"), "{}", queries[0].text);
        assert_eq!(queries.len(), ready(None).len());
        assert!(ready(None).iter().all(|query| !query.text.contains("@logStream like")));
    }

    #[test]
    fn names_are_told_apart_and_texts_fit() {
        let queries = ready(None);
        let mut names: Vec<_> = queries.iter().map(|query| query.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), queries.len());
        assert!(queries.iter().all(|query| query.text.len() < MOST_TEXT));
    }
}
