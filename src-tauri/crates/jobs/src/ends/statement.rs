//! A statement of Redshift in words, and what a COPY loads from where.

use super::ago;
use crate::{secrets::COVER, wording::cut};
use contract::{
    Timestamp,
    ends::{
        EndId, EndRow, EndState, Reading,
        facts::{LoadErrorFact, StatementFact},
    },
};

/// Characters of a text that stands for a name.
const NAMED: usize = 60;
/// How much of an error is quoted in one line.
const QUOTED: usize = 160;

/// What a COPY loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// `public.orders`.
    pub table: String,
    /// `s3://bucket/prefix`, or a manifest, or another source.
    pub source: String,
}

/// The first COPY of a text; of a batch the first of its statements that is one.
pub fn copy_of(sql: &str) -> Option<Load> {
    let mut rest = sql;
    loop {
        let at = word(rest, "copy")?;
        let after = rest.get(at + 4..)?;
        if let Some(copy) = copied(after) {
            return Some(copy);
        }
        rest = after;
    }
}

/// What stands behind the word COPY.
fn copied(after: &str) -> Option<Load> {
    let name = after.trim_start();
    let end = name.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(name.len());
    let (table, rest) = name.split_at_checked(end)?;
    let from = word(rest, "from")?;
    let quoted = rest.get(from + 4..)?.trim_start().strip_prefix('\'')?;
    let (source, _) = quoted.split_once('\'')?;
    let fits = !table.is_empty() && !source.is_empty();
    fits.then(|| Load { table: table.replace('"', ""), source: source.to_owned() })
}

/// Words of SQL behind which a quoted secret stands ("COPY, Authorization parameters"; "CREATE USER").
const SECRETS: &[&str] =
    &["password", "credentials", "access_key_id", "secret_access_key", "session_token", "master_symmetric_key"];

/// The text without the secrets that SQL takes in quotes. What else looks like one is for the masks of logs.
pub fn covered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, from)) = rest.find(is_part).and_then(|at| rest.split_at_checked(at)) {
        let length = from.find(|c: char| !is_part(c)).unwrap_or(from.len());
        let (name, behind) = from.split_at_checked(length).unwrap_or((from, ""));
        out.push_str(before);
        out.push_str(name);
        rest = behind;
        if SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
            && let Some((gap, end)) = quoted(behind)
        {
            out.push_str(gap);
            out.push_str(COVER);
            rest = end;
        }
    }
    out.push_str(rest);
    out
}

/// Of a value in quotes what stands before it, and what follows, each with its quote. `None` for a value that is no secret.
fn quoted(behind: &str) -> Option<(&str, &str)> {
    let value = behind.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    if value.len() == behind.len() {
        return None;
    }
    let value = match value.split_at_checked(2) {
        Some((word, rest)) if word.eq_ignore_ascii_case("as") => rest.trim_start(),
        _ => value,
    };
    // In a text that stands in quotes itself each quote is written twice.
    let doubled = value.strip_prefix("''").filter(|inside| inside.starts_with(char::is_alphanumeric));
    let inside = doubled.or_else(|| value.strip_prefix('\''))?;
    // Without its end the quote is the rest of the text.
    let (text, end) = inside.split_at_checked(length_of_quoted(inside)).unwrap_or((inside, ""));
    (!is_role(text)).then_some((behind.strip_suffix(inside)?, end))
}

/// Credentials may name roles, which are no secret; a key may stand beside them.
fn is_role(credentials: &str) -> bool {
    let mut parts = credentials.split(';').map(|part| part.trim().to_ascii_lowercase()).filter(|part| !part.is_empty());
    parts.all(|part| part.starts_with("aws_iam_role="))
}

/// Up to the closing quote; two quotes are one inside.
fn length_of_quoted(inside: &str) -> usize {
    let mut chars = inside.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == '\'' && chars.next_if(|(_, next)| *next == '\'').is_none() {
            return at;
        }
    }
    inside.len()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a word stands by itself, whatever its case.
fn word(text: &str, wanted: &str) -> Option<usize> {
    // ASCII alone changes its case, so places stay the same.
    let lower = text.to_ascii_lowercase();
    lower.match_indices(wanted).map(|(at, _)| at).find(|at| {
        let before = lower.get(..*at).and_then(|text| text.chars().next_back());
        let behind = lower.get(at + wanted.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

/// Bucket and key of a file that a load names. Redshift pads names with spaces.
pub fn object(file: &str) -> Option<(&str, &str)> {
    let (bucket, key) = file.trim().strip_prefix("s3://")?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

/// The name that a person gave, or the beginning of the text.
pub fn name(statement: &StatementFact) -> String {
    match statement.name.as_deref().filter(|name| !name.trim().is_empty()) {
        Some(name) => name.to_owned(),
        None => cut(statement.sql.trim(), NAMED),
    }
}

/// A statement in the list. `why` says in one line what is wrong with one that failed; without it the error's first line
/// does. Name and error are masked by whoever shows them.
pub fn row(statement: &StatementFact, why: Option<&str>, now: Timestamp) -> EndRow {
    let state = match statement.status.as_str() {
        "FINISHED" => EndState::Finished,
        "FAILED" => EndState::Failed,
        "ABORTED" => EndState::Stopped,
        _ => EndState::Running,
    };
    let name = name(statement);
    let when = ago(statement.updated, now);
    let finding = match state {
        EndState::Failed => {
            let why = why.map(str::to_owned).or_else(|| statement.error.as_deref().and_then(first_line));
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            Some(format!("Redshift statement {name} failed{when}{why}"))
        }
        EndState::Stopped => Some(format!("Redshift statement {name} was cancelled{when}")),
        _ => None,
    };
    EndRow {
        id: EndId::Statement(statement.id.clone()),
        name,
        state,
        word: statement.status.clone(),
        finding,
        started: statement.created,
        since: statement.updated,
        as_of: now,
    }
}

/// The first line of an error that says something, without the word ERROR.
pub fn first_line(error: &str) -> Option<String> {
    let line = error.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(cut(line.trim_start_matches("ERROR:").trim(), QUOTED))
}

/// `workgroup warehouse`, `cluster finance`.
pub fn place(statement: &StatementFact) -> Option<String> {
    let workgroup = statement.workgroup.as_deref().map(|name| format!("workgroup {name}"));
    workgroup.or_else(|| statement.cluster.as_deref().map(|name| format!("cluster {name}")))
}

/// What reading the load errors of a statement sets off. `None` when there can be none: it is no load, it did not fail, or
/// it failed before Redshift gave it a number.
pub fn reading(statement: &StatementFact) -> Option<Reading> {
    let known = statement.database.is_some() && statement.queries.iter().any(|query| *query > 0);
    if statement.status != "FAILED" || !known || copy_of(&statement.sql).is_none() {
        return None;
    }
    let place = place(statement)?;
    // A paused cluster refuses a query and stays paused; a workgroup that sleeps is woken by it.
    let free = statement.workgroup.is_none();
    let sets_off = if free {
        format!(
            "Sends one SELECT on sys_load_error_detail to {place}. It changes nothing, and a paused cluster stays paused."
        )
    } else {
        format!(
            "Sends one SELECT on sys_load_error_detail to {place}. It changes nothing; a workgroup that sleeps is woken by it, which is billed for a minute at least."
        )
    };
    Some(Reading { free, sets_off })
}

/// The query for the load errors of a statement: its text holds nothing but numbers of ours. One row more than is shown
/// tells that there are more.
pub fn load_errors_sql(queries: &[i64], most: usize) -> String {
    let queries: Vec<String> = queries.iter().filter(|query| **query > 0).map(i64::to_string).collect();
    let which = match queries.as_slice() {
        [one] => format!("query_id = {one}"),
        several => format!("query_id IN ({})", several.join(", ")),
    };
    format!(
        "SELECT trim(file_name) AS file_name, line_number, trim(column_name) AS column_name, trim(column_type) AS \
         column_type, position, error_code, trim(error_message) AS error_message FROM sys_load_error_detail WHERE {which} \
         ORDER BY start_time LIMIT {}",
        most + 1
    )
}

/// A load error as one line, as triage reads it: `s3://lake/orders.csv line 350 column amount: Delimiter not found`.
pub fn line(error: &LoadErrorFact) -> String {
    let column = error.column.as_deref().map(|column| format!(" column {column}")).unwrap_or_default();
    format!("{} line {}{column}: {}", error.file.trim(), error.line, error.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statement(sql: &str, status: &str) -> StatementFact {
        StatementFact {
            id: "5b1c0d8e-1111-2222-3333-444455556666".into(),
            status: status.into(),
            sql: sql.into(),
            database: Some("sales".into()),
            queries: vec![700_111],
            updated: "2026-11-21T06:31:00Z".parse().ok(),
            ..StatementFact::default()
        }
    }

    #[test]
    fn a_copy_says_its_table_and_source() {
        let cases = [
            (
                "COPY public.orders FROM 's3://lake/orders/' IAM_ROLE default",
                Some(("public.orders", "s3://lake/orders/")),
            ),
            ("copy orders(a, b)\n from 's3://lake/x.csv'", Some(("orders", "s3://lake/x.csv"))),
            ("BEGIN; TRUNCATE t; COPY \"s\".\"t\" FROM 's3://b/k'", Some(("s.t", "s3://b/k"))),
            ("SELECT copy FROM t", None),
            ("create table copy_of_orders as select 1", None),
            ("COPY t FROM ''", None),
            ("COPY", None),
        ];
        for (sql, expected) in cases {
            let found = copy_of(sql);
            let told = found.as_ref().map(|copy| (copy.table.as_str(), copy.source.as_str()));
            assert_eq!(told, expected, "{sql}");
        }
    }

    #[test]
    fn a_load_errors_file_is_an_object() {
        assert_eq!(object("s3://lake-raw/data/in/returns.csv   "), Some(("lake-raw", "data/in/returns.csv")));
        for other in ["", "s3://", "s3://lake-raw", "s3://lake-raw/", "dynamodb://orders", "s3:///key"] {
            assert_eq!(object(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_load_that_failed_has_load_errors_and_only_a_workgroup_is_woken() {
        let mut load = statement("COPY t FROM 's3://b/k'", "FAILED");
        assert_eq!(reading(&load), None, "no place is known");
        load.cluster = Some("finance".into());
        assert!(reading(&load).unwrap().free);
        (load.cluster, load.workgroup) = (None, Some("warehouse".into()));
        let asked = reading(&load).unwrap();
        assert!(!asked.free && asked.sets_off.contains("workgroup warehouse"), "{asked:?}");
        load.queries = vec![-1];
        assert_eq!(reading(&load), None, "Redshift never saw it");
        let mut other = statement("SELECT 1", "FAILED");
        other.workgroup = Some("warehouse".into());
        assert_eq!(reading(&other), None);
    }

    #[test]
    fn secrets_of_a_statement_are_covered() {
        let cases = [
            (
                "COPY t FROM 's3://b/k' CREDENTIALS 'aws_access_key_id=AK;aws_secret_access_key=s3cr3t' CSV",
                "COPY t FROM 's3://b/k' CREDENTIALS '••••••' CSV",
            ),
            ("create user a password 'x''y' in group g", "create user a password '••••••' in group g"),
            ("copy t from 's3://b/k' secret_access_key 'a'", "copy t from 's3://b/k' secret_access_key '••••••'"),
            ("COPY t FROM 's3://b/k' CREDENTIALS 'aws_iam_role=arn:aws:iam::1:role/r'", "same"),
            ("alter user a password disable", "same"),
            ("select password from users", "same"),
            ("create user a password 'open", "create user a password '••••••"),
            (
                "copy t from 's3://b' credentials as 'a=1;token=2' csv",
                "copy t from 's3://b' credentials as '••••••' csv",
            ),
            (
                "unload ('q') to 's3://b' credentials 'aws_iam_role=arn:r;master_symmetric_key=k' encrypted",
                "unload ('q') to 's3://b' credentials '••••••' encrypted",
            ),
            (
                "copy t from 's3://b' access_key_id 'AK' secret_access_key 'SK' session_token 'ST' master_symmetric_key 'MK'",
                "copy t from 's3://b' access_key_id '••••••' secret_access_key '••••••' session_token '••••••' master_symmetric_key '••••••'",
            ),
            ("execute 'copy t session_token ''st'''", "execute 'copy t session_token ''••••••'"),
            ("{'password': 'x'}", "same"),
        ];
        for (sql, expected) in cases {
            let expected = if expected == "same" { sql } else { expected };
            assert_eq!(covered(sql), expected);
        }
    }

    #[test]
    fn the_query_holds_numbers_alone() {
        let sql = load_errors_sql(&[700_111], 100);
        assert!(sql.contains("WHERE query_id = 700111 ") && sql.ends_with("LIMIT 101"), "{sql}");
        assert!(load_errors_sql(&[1, 2, -1], 5).contains("query_id IN (1, 2) "));
    }

    #[test]
    fn a_statement_that_failed_says_why() {
        let mut failed = statement("COPY t FROM 's3://b/k'", "FAILED");
        failed.name = Some("load-returns".into());
        failed.error = Some("ERROR: Load into table 't' failed.\n more".into());
        let now = "2026-11-21T09:31:00Z".parse().unwrap();
        let told = row(&failed, None, now);
        assert_eq!(
            (told.state, told.finding.as_deref()),
            (EndState::Failed, Some("Redshift statement load-returns failed 3 h ago: Load into table 't' failed."))
        );
        assert_eq!(row(&statement("SELECT 1", "FINISHED"), None, now).finding, None);
        assert_eq!(row(&statement("SELECT 1", "PICKED"), None, now).name, "SELECT 1");
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_makes_it_panic(sql in "(copy|COPY|from|'|\"|[a-zß(. ]){0,40}", file in "\\PC{0,60}") {
            let _ = copy_of(&sql);
            let _ = covered(&sql.replace("from", "password '"));
            let _ = object(&file);
        }
    }
}
