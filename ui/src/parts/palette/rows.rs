//! Which rows the palette shows for a text: what the text itself names, then recents, places and deeds that fit.

use crate::{
    address, format,
    keys::{self, Action},
    parts::fuzzy,
};
use contract::{
    palette::{Recent, Resolved, Target, TargetPlace},
    session::SessionInfo,
    settings::{Theme, Zone},
};

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub group: &'static str,
    pub icon: &'static str,
    pub title: String,
    pub detail: String,
    /// The shortcut that does the same.
    pub keys: Option<&'static str>,
    pub does: Does,
}

/// What choosing a row does.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    Go(String),
    /// Moves the session to another region, then goes.
    SwitchRegion(String, String),
    Theme(Theme),
    Zone(Zone),
    Key(Action),
    Guard,
    SignIn,
    CopyAccount,
}

/// The rows for a text, best first within each group.
pub fn rows(
    typed: &str,
    recents: &[Recent],
    resolved: Option<&Resolved>,
    session: Option<&SessionInfo>,
    account: Option<&str>,
) -> Vec<Row> {
    let typed = typed.trim();
    let mut rows: Vec<Row> = resolved
        .map(|resolved| resolved.targets.iter().flat_map(|target| of_target(target, session, account)).collect())
        .unwrap_or_default();
    let recents = recents.iter().map(|recent| Row {
        group: "Recent",
        icon: "history",
        title: format::visible(&recent.title),
        detail: String::new(),
        keys: None,
        does: Does::Go(recent.address.clone()),
    });
    rows.extend(fitting(typed, recents.collect()));
    rows.extend(fitting(typed, places()));
    rows.extend(fitting(typed, deeds(&|action| keys::valid().iter().any(|key| key.action == action))));
    rows
}

fn fitting(typed: &str, rows: Vec<Row>) -> Vec<Row> {
    if typed.is_empty() {
        return rows;
    }
    let mut scored: Vec<(i32, Row)> =
        rows.into_iter().filter_map(|row| fuzzy::score(typed, &row.title).map(|score| (score, row))).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, row)| row).collect()
}

fn places() -> Vec<Row> {
    [
        ("Go to Now", "now", address::NOW, Action::GoNow),
        ("Go to Executions", "executions", address::EXECUTIONS, Action::GoExecutions),
        ("Go to Objects", "objects", address::OBJECTS, Action::GoObjects),
        ("Go to Models", "models", address::MODELS, Action::GoModels),
        ("Go to Pipelines", "git-branch", address::PIPELINES, Action::GoPipelines),
        ("Go to Drift", "drift", address::DRIFT, Action::GoDrift),
        ("Go to Activity", "activity", address::ACTIVITY, Action::GoActivity),
        ("Go to Settings", "settings", address::SETTINGS, Action::GoSettings),
    ]
    .into_iter()
    .map(|(title, icon, page, action)| Row {
        group: "Go to",
        icon,
        title: title.into(),
        detail: String::new(),
        keys: keys::shown(action),
        does: Does::Go(page.into()),
    })
    .collect()
}

/// What can be done; `valid` says whether a page has an action now.
fn deeds(valid: &dyn Fn(Action) -> bool) -> Vec<Row> {
    let row = |title: &str, icon: &'static str, keys: Option<&'static str>, does: Does| Row {
        group: "Do",
        icon,
        title: title.into(),
        detail: String::new(),
        keys,
        does,
    };
    let by_key =
        |title: &str, icon: &'static str, action: Action| row(title, icon, keys::shown(action), Does::Key(action));
    let here = [
        ("Run this job again", "play", Action::Again),
        ("Write the comment of the decision", "tag", Action::Comment),
        ("Refresh this page", "refresh-cw", Action::Refresh),
        ("Filter this list", "list-filter", Action::Filter),
    ];
    let mut rows: Vec<Row> = here
        .into_iter()
        .filter(|(.., action)| valid(*action))
        .map(|(title, icon, action)| by_key(title, icon, action))
        .collect();
    rows.extend([
        by_key("Show keys", "keyboard", Action::Help),
        row("Change mode, lock or unlock", "shield", None, Does::Guard),
        row("Copy the account id", "copy", None, Does::CopyAccount),
        row("Ask again who I am", "user", None, Does::SignIn),
    ]);
    rows.extend(Does::settings().into_iter().map(|(title, does)| {
        let icon = if matches!(does, Does::Zone(_)) { "clock" } else { "contrast" };
        row(title, icon, None, does)
    }));
    rows
}

/// The rows for a place that the text names, first of all. Another region is offered as a switch; another account can
/// only be said, because no profile is known to lead there.
fn of_target(target: &Target, session: Option<&SessionInfo>, account: Option<&str>) -> Vec<Row> {
    let address = match &target.place {
        TargetPlace::Bucket { bucket } => address::bucket(bucket),
        TargetPlace::Folder { bucket, prefix } => address::folder(bucket, prefix, false),
        TargetPlace::Object { bucket, key, version_id } => address::versions(bucket, key, version_id.as_deref()),
        TargetPlace::Execution(arn) => address::execution(arn),
        TargetPlace::Machine(arn) => address::machine(arn),
        TargetPlace::MapRun(arn) => address::map_run(arn),
        TargetPlace::Job(target) => address::job_target(target),
        TargetPlace::Model(target) => address::model_target(target),
        TargetPlace::Address(address) => address.clone(),
    };
    let title = format!("Go to {}", format::visible(&target.title));
    let elsewhere = target.account.as_deref().filter(|named| account.is_some_and(|account| account != *named));
    let row = |title: String, detail: String, does: Does| Row {
        group: "What you pasted",
        icon: "arrow-right",
        title,
        detail,
        keys: None,
        does,
    };
    let mut rows = Vec::new();
    let other_region = target.region.as_ref().filter(|named| session.is_some_and(|session| session.region != **named));
    if let (Some(region), Some(session)) = (other_region, session) {
        rows.push(row(
            format!("Switch to {region} and go to {}", format::visible(&target.title)),
            format!("The session works in {}.", session.region),
            Does::SwitchRegion(region.clone(), address.clone()),
        ));
    }
    let detail = elsewhere.map_or_else(String::new, |named| {
        format!(
            "It names account {}; this session is on {}. Choose another profile if it is not found.",
            format::account(named),
            format::account(account.unwrap_or_default())
        )
    });
    rows.push(row(title, detail, Does::Go(address)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::session::{Environment, Mode};

    fn session() -> SessionInfo {
        SessionInfo {
            profile: "prod-data".into(),
            region: "eu-west-1".into(),
            environment: Environment::Production,
            mode: Mode::ReadOnly,
            unlocked_until: None,
            endpoint: None,
        }
    }

    fn target(region: Option<&str>) -> Resolved {
        let place =
            TargetPlace::Object { bucket: "lake-raw".into(), key: "a b".into(), version_id: Some("v+1".into()) };
        let target =
            Target { place, title: "version v+1 of a b".into(), account: None, region: region.map(Into::into) };
        Resolved { targets: vec![target], problem: None }
    }

    #[test]
    fn recents_come_first_when_nothing_is_typed() {
        let recents = [Recent { title: "daily_sales.csv".into(), address: "/objects/lake-raw?key=x".into() }];
        let rows = rows("", &recents, None, Some(&session()), None);
        assert_eq!(rows[0].group, "Recent");
        assert!(rows.iter().any(|row| row.keys == Some("g a")));
    }

    #[test]
    fn a_pasted_place_is_the_first_row() {
        let rows = rows("s3://lake-raw/a b", &[], Some(&target(None)), Some(&session()), None);
        assert_eq!(rows[0].does, Does::Go("/objects/lake-raw?key=a%20b&version=v%2B1".into()));
    }

    #[test]
    fn another_region_offers_the_switch() {
        let rows = rows("x", &[], Some(&target(Some("us-east-1"))), Some(&session()), None);
        assert!(matches!(&rows[0].does, Does::SwitchRegion(region, _) if region == "us-east-1"));
        assert!(matches!(&rows[1].does, Does::Go(_)));
    }

    #[test]
    fn another_account_is_said() {
        let mut resolved = target(None);
        for target in &mut resolved.targets {
            target.account = Some("111122223333".into());
        }
        let rows = rows("x", &[], Some(&resolved), Some(&session()), Some("441109237716"));
        assert!(rows[0].detail.contains("1111-2222-3333"));
    }
}
