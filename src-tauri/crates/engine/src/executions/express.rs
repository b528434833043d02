//! The executions of an Express machine, from its log group: the service lists none.

use super::list::{DAY, leave_out};
use crate::{Desk, EngineError, sets::SetWriter};
use ::executions::{
    Definition,
    express::{self, Listing},
};
use aws::{
    Session,
    executions::{
        logs::{self, Which},
        region_of,
    },
};
use contract::{
    Notice, Timestamp,
    executions::{ExecutionRow, facts::MachineFact},
    range::Within,
};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};

/// Executions of one list at most, and pages of the log: a page is a megabyte, and the account shares five calls a second.
const MOST_ROWS: usize = 20_000;
const MOST_PAGES: usize = 100;
/// How often the log is asked for what is new.
const AGAIN: Duration = Duration::from_secs(15);
/// Events arrive late and in any order; what runs ends within five minutes.
const LATE: SignedDuration = SignedDuration::from_mins(7);

impl Desk {
    pub(super) async fn load_express(
        &self,
        session: &Session,
        machine: &MachineFact,
        chosen: Option<Within>,
        writer: &Arc<SetWriter<ExecutionRow>>,
    ) -> Result<Timestamp, EngineError> {
        let Some(group) = machine.log_group.clone() else {
            for notice in missing(session, machine) {
                writer.notice(notice);
            }
            return Ok(session.now());
        };
        let name = group.split_once("log-group:").map_or(group.as_str(), |(_, name)| name);
        let within = chosen.unwrap_or(DAY);
        let span = if chosen.is_some() { "" } else { "The last 24 hours, " };
        let read = if chosen.is_some() { "Read" } else { "read" };
        writer.notice(Notice::info(format!(
            "{span}{read} from the log group {name}: Step Functions lists no executions of Express machines."
        )));
        for notice in missing(session, machine) {
            writer.notice(notice);
        }
        if Definition::read(&machine.definition).is_ok_and(|definition| definition.handlers().contains(&true)) {
            writer.notice(Notice::info(
                "A success that a Catch led to is told from a real one only when the execution is opened.",
            ));
        }
        let mut listing = Listing::default();
        let mut known_until = None;
        loop {
            let bounds = within.resolve(session.now());
            let from = known_until
                .map_or(bounds.0, |until: Timestamp| until.checked_sub(LATE).unwrap_or(bounds.0).max(bounds.0));
            self.read_ends(session, machine, &group, (from, bounds.1), &mut listing, writer).await?;
            known_until = Some(bounds.1);
            leave_out(writer, Some(bounds));
            writer.finish(session.now());
            if !within.range.is_live() {
                return Ok(session.now());
            }
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// Reads starts and ends between two times, page by page, and shows each page as it arrives.
    async fn read_ends(
        &self,
        session: &Session,
        machine: &MachineFact,
        group: &str,
        (from, until): (Timestamp, Timestamp),
        listing: &mut Listing,
        writer: &Arc<SetWriter<ExecutionRow>>,
    ) -> Result<(), EngineError> {
        let mut token = None;
        let mut pages = 0;
        loop {
            let (lines, next) = logs::page(session, group, Which::Ends, from, Some(until), token.clone())
                .await
                .map_err(Self::failed(session))?;
            pages += 1;
            let changed = listing.add(lines.iter().map(String::as_str));
            let now = session.now();
            writer.append(changed.iter().filter_map(|arn| listing.row(arn, &machine.arn, now)).collect());
            if next.is_none() || next == token || writer.cancelled() {
                return Ok(());
            }
            if pages >= MOST_PAGES || listing.len() >= MOST_ROWS {
                writer.notice(Notice::warning(format!(
                    "Only the first {} executions of the range are shown; choose a shorter one to see later ones.",
                    listing.len()
                )));
                return Ok(());
            }
            token = next;
        }
    }
}

/// Why the log tells nothing or not all, and how to switch it on.
fn missing(session: &Session, machine: &MachineFact) -> Vec<Notice> {
    let Some(why) = express::why_not(machine) else { return Vec::new() };
    let command = express::log_command(machine, Some(session.profile()), region_of(&machine.arn));
    let way = command.map(|command| Notice::info(format!("To log everything from now on: {command}")));
    std::iter::once(Notice::warning(why)).chain(way).collect()
}
