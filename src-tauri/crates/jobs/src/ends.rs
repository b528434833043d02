//! The pipeline's two ends: what a replication task's state, stop reason and latency mean, which places of a bucket it
//! feeds, and what a statement of Redshift loads.

pub mod statement;
pub mod task;

use crate::{address::Place, wording::duration};
use contract::{
    Timestamp,
    ends::{EndId, is_serverless},
};

/// `3 h 12 m ago`; empty when the time is not known.
fn ago(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map(|at| format!(" {} ago", duration(crate::wording::millis(at, now)))).unwrap_or_default()
}

/// The page of the console. The query editor has none for a statement of the Data API, so that is the list of queries.
pub fn console(id: &EndId, name: &str, place: &Place<'_>) -> String {
    let region = place.region;
    let host = contract::arn::console_host(place.partition);
    match id {
        // The address of a replication's own page is not documented: the console's list of them is one step away.
        EndId::Task(arn) if is_serverless(arn) => format!("https://{region}.{host}/dms/v2/home?region={region}"),
        EndId::Task(_) => {
            format!("https://{region}.{host}/dms/v2/home?region={region}#taskDetails/{}", crate::address::encode(name))
        }
        EndId::Statement(_) => {
            format!("https://{region}.{host}/redshiftv2/home?region={region}#queries-and-loads")
        }
    }
}

/// What the `aws` command line says of it: what it does, and the command.
pub fn commands(id: &EndId, region: &str, profile: &str) -> Vec<(String, String)> {
    let scope = format!("--region {} --profile {}", contract::shell::quote(region), contract::shell::quote(profile));
    match id {
        EndId::Task(arn) if is_serverless(arn) => {
            let arn = contract::shell::quote(arn);
            vec![
                (
                    "Describe it".to_owned(),
                    format!("aws dms describe-replications --filters Name=replication-config-arn,Values={arn} {scope}"),
                ),
                (
                    "List its tables".to_owned(),
                    format!("aws dms describe-replication-table-statistics --replication-config-arn {arn} {scope}"),
                ),
            ]
        }
        EndId::Task(arn) => {
            let arn = contract::shell::quote(arn);
            vec![
                (
                    "Describe it".to_owned(),
                    format!(
                        "aws dms describe-replication-tasks --filters Name=replication-task-arn,Values={arn} --without-settings {scope}"
                    ),
                ),
                (
                    "List its tables".to_owned(),
                    format!("aws dms describe-table-statistics --replication-task-arn {arn} {scope}"),
                ),
            ]
        }
        EndId::Statement(id) => vec![(
            "Describe it".to_owned(),
            format!("aws redshift-data describe-statement --id {} {scope}", contract::shell::quote(id)),
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_commands_keep_names_in_their_place() {
        let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
        let task = EndId::Task("arn:aws:dms:eu-west-1:123456789012:task:ABC".into());
        assert_eq!(
            console(&task, "orders cdc", &place),
            "https://eu-west-1.console.aws.amazon.com/dms/v2/home?region=eu-west-1#taskDetails/orders%20cdc"
        );
        let serverless = EndId::Task("arn:aws:dms:eu-west-1:123456789012:replication-config:DEF".into());
        assert_eq!(
            console(&serverless, "suppliers", &place),
            "https://eu-west-1.console.aws.amazon.com/dms/v2/home?region=eu-west-1"
        );
        let told = commands(&serverless, "eu-west-1", "prod");
        assert!(
            told[0].1.starts_with("aws dms describe-replications --filters Name=replication-config-arn,"),
            "{told:?}"
        );
        assert!(told[1].1.contains("--replication-config-arn arn:aws:dms:"), "{told:?}");
        let commands = commands(&EndId::Statement("x; rm -rf /".into()), "eu-west-1", "prod");
        assert!(commands[0].1.contains("--id 'x; rm -rf /' --region eu-west-1 --profile prod"), "{commands:?}");
    }
}
