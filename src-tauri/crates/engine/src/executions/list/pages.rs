//! What is read of a list of executions, page by page, and what it tells of those that ran when they were seen last.

use super::MOST_ROWS;
use crate::executions::machine_name;
use aws::{
    AwsError, Session,
    executions::runs::{self, ExecutionItem, Of},
};
use contract::{Notice, Timestamp, executions::ExecutionRow};
use std::collections::HashSet;

/// Executions of one machine that are listed since a moment.
const MOST_SINCE: usize = 2_000;

/// The latest start of what was listed.
pub(super) fn newest_of(newest: Option<Timestamp>, items: &[ExecutionItem]) -> Option<Timestamp> {
    newest.into_iter().chain(items.iter().map(|item| item.started)).max()
}

/// The newest page, and those behind it until one reaches back to what was listed before: while the window was hidden, or where
/// many start at once, one page would leave a gap.
pub(super) async fn since_newest<F, W>(newest: Option<Timestamp>, page: F) -> Result<Vec<ExecutionItem>, AwsError>
where
    F: Fn(Option<String>) -> W,
    W: Future<Output = Result<(Vec<ExecutionItem>, Option<String>), AwsError>>,
{
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let (items, next) = page(token).await?;
        let is_reached = items.iter().any(|item| newest.is_some_and(|newest| item.started <= newest));
        found.extend(items);
        if is_reached || next.is_none() || found.len() >= MOST_ROWS {
            return Ok(found);
        }
        token = next;
    }
}

/// Those that run no more, the oldest first. A list of what runs that is not whole tells nothing of what began before its last.
pub(super) fn ended(unseen: &[&ExecutionRow], running: &[ExecutionItem], is_whole: bool) -> Vec<String> {
    let runs: HashSet<&str> = running.iter().map(|item| item.arn.as_str()).collect();
    let reaches = running.iter().map(|item| item.started).min().filter(|_| !is_whole);
    let is_told = |row: &&&ExecutionRow| reaches.is_none_or(|reaches| row.started > reaches);
    let mut ended: Vec<&&ExecutionRow> =
        unseen.iter().filter(is_told).filter(|row| !runs.contains(row.arn.as_str())).collect();
    ended.sort_by_key(|row| row.started);
    ended.into_iter().map(|row| row.arn.clone()).collect()
}

/// Executions, and that of many some are left out.
pub(crate) type Listed = (Vec<ExecutionItem>, Option<Notice>);

/// Executions that started since then.
pub(crate) async fn since_then<'a>(
    session: &Session,
    arn: &'a str,
    since: Timestamp,
) -> (&'a str, Result<Listed, AwsError>) {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        match runs::page(session, Of::Machine(arn), None, 100, token).await {
            Ok((items, next)) => match take(&mut found, items, since, next.is_none()) {
                Reached::More => token = next,
                Reached::End => return (arn, Ok((found, None))),
                Reached::Most => return (arn, Ok((found, Some(left_out(arn))))),
            },
            Err(error) => return (arn, Err(error)),
        }
    }
}

/// How far a list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// There may be more that is wanted.
    More,
    End,
    /// There may be more, and that is enough.
    Most,
}

/// Takes of a page what ran since then.
fn take(found: &mut Vec<ExecutionItem>, items: Vec<ExecutionItem>, since: Timestamp, is_last: bool) -> Reached {
    let older = items.iter().any(|item| item.started < since);
    // One that was started before and still runs, or ended meanwhile, belongs to the range too.
    found.extend(items.into_iter().filter(|item| item.stopped.is_none_or(|stopped| stopped >= since)));
    if older || is_last {
        Reached::End
    } else if found.len() >= MOST_SINCE {
        Reached::Most
    } else {
        Reached::More
    }
}

fn left_out(arn: &str) -> Notice {
    let (machine, most) = (machine_name(arn), crate::logs::number(MOST_SINCE as u64));
    Notice::warning(format!("Executions of {machine} are missing: only the newest {most} were listed."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executions::{last_part, list::row};

    fn started(number: i64) -> ExecutionItem {
        ExecutionItem {
            arn: format!("arn:aws:states:eu-west-1:1:execution:daily:{number}"),
            machine: "arn:aws:states:eu-west-1:1:stateMachine:daily".into(),
            name: number.to_string(),
            status: "RUNNING".into(),
            started: Timestamp::from_second(number).unwrap(),
            stopped: None,
            redrives: 0,
            version: None,
            alias: None,
        }
    }

    #[tokio::test]
    async fn a_refresh_reaches_back_to_what_was_listed_before() {
        // Ten a page, newest first, down to the first second.
        let page = |token: Option<String>| async move {
            let newest: i64 = token.map_or(100, |token| token.parse().unwrap());
            let items: Vec<ExecutionItem> = (newest - 9..=newest).rev().map(started).collect();
            Ok::<_, AwsError>((items, (newest > 10).then(|| (newest - 10).to_string())))
        };
        let read = async |newest: Option<i64>| {
            let newest = newest.map(|second| Timestamp::from_second(second).unwrap());
            since_newest(newest, page).await.unwrap().len()
        };
        assert_eq!(read(Some(100)).await, 10, "nothing new is one page");
        assert_eq!(read(Some(95)).await, 10);
        assert_eq!(read(Some(65)).await, 40, "what began while nobody looked is not left out");
        assert_eq!(read(None).await, 100, "there was nothing before");
    }

    #[test]
    fn what_began_long_ago_and_ended_is_asked_for() {
        let rows: Vec<ExecutionRow> = [7, 3, 5].map(started).map(row).into();
        let unseen: Vec<&ExecutionRow> = rows.iter().collect();
        let names = |running: &[ExecutionItem], is_whole: bool| -> Vec<String> {
            let ended = ended(&unseen, running, is_whole);
            ended.iter().map(|arn| last_part(arn).to_owned()).collect()
        };
        assert_eq!(names(&[started(5)], true), ["3", "7"]);
        assert_eq!(names(&[], true), ["3", "5", "7"]);
        assert_eq!(names(&[started(9), started(5)], false), ["7"], "of what began before, the list tells nothing");
    }

    #[test]
    fn what_is_left_out_of_many_executions_is_said() {
        let since = Timestamp::from_second(50).unwrap();
        let page = |seconds: std::ops::Range<i64>| seconds.rev().map(started).collect::<Vec<_>>();
        let mut found = Vec::new();
        assert_eq!(take(&mut found, page(100..110), since, false), Reached::More);
        assert_eq!(take(&mut found, page(90..100), since, true), Reached::End);
        assert_eq!(take(&mut found, page(45..55), since, false), Reached::End, "it reaches back far enough");
        assert_eq!(found.len(), 30, "what runs still is of the range, whenever it began");
        let mut found = Vec::new();
        assert_eq!(take(&mut found, page(100..2_100), since, true), Reached::End, "there is no more");
        let mut found = Vec::new();
        assert_eq!(take(&mut found, page(100..2_100), since, false), Reached::Most);
        let said = left_out("arn:aws:states:eu-west-1:1:stateMachine:daily");
        assert_eq!(said.text, "Executions of daily are missing: only the newest 2,000 were listed.");
        assert_eq!(said.severity, contract::Severity::Warning);
    }
}
