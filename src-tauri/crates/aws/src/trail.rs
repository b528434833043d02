//! CloudTrail: who called what, when and from where, as the account itself records it.
//!
//! `LookupEvents` keeps 90 days of management events of one region and learns of a call within a quarter of an hour.

use crate::{
    AwsError, Call, Session,
    jobs::text,
    pace::Api,
    time::{date_time, timestamp},
};
use aws_sdk_cloudtrail::{
    Client,
    types::{Event, LookupAttribute, LookupAttributeKey},
};
use contract::{Timestamp, models::facts::TrailFact};

pub const LOOKUP_EVENTS: Call = Call::new("LookupEvents", "cloudtrail:LookupEvents");

/// Records of a page, the limit of the call.
const PAGE: i32 = 50;

/// The one thing that a lookup can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Records that name this resource: an ARN.
    Resource(&'a str),
    /// Records of this call: `UpdateModelPackage`.
    Event(&'a str),
}

/// One page of the records since a moment, newest first, and the token of the next.
pub async fn page(
    session: &Session,
    wanted: Wanted<'_>,
    since: Timestamp,
    token: Option<String>,
) -> Result<(Vec<TrailFact>, Option<String>), AwsError> {
    let (key, value) = match wanted {
        Wanted::Resource(arn) => (LookupAttributeKey::ResourceName, arn),
        Wanted::Event(name) => (LookupAttributeKey::EventName, name),
    };
    let attribute = LookupAttribute::builder()
        .attribute_key(key)
        .attribute_value(value)
        .build()
        .map_err(|error| AwsError::Configuration(error.to_string()))?;
    session.pace(Api::CloudTrail).await;
    let reply = Client::new(session.config())
        .lookup_events()
        .lookup_attributes(attribute)
        .start_time(date_time(since))
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LOOKUP_EVENTS, error))?;
    Ok((reply.events().iter().filter_map(record).collect(), text(reply.next_token())))
}

fn record(event: &Event) -> Option<TrailFact> {
    Some(TrailFact {
        at: event.event_time().map(timestamp)?,
        name: text(event.event_name())?,
        user: text(event.username()),
        record: text(event.cloud_trail_event()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const SINCE: &str = "2026-08-23T00:00:00Z";

    #[tokio::test]
    async fn records_of_a_resource_come_whole() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"Events": [
                  {"EventId": "e1", "EventName": "UpdateModelPackage", "EventTime": 1763510400, "Username": "maria",
                   "CloudTrailEvent": "{\"eventVersion\": \"1.11\"}"},
                  {"EventId": "timeless", "EventName": "UpdateModelPackage"}], "NextToken": "more"}"#,
            )
        });
        let since = SINCE.parse().unwrap();
        let (found, token) = page(&wire.session, Wanted::Resource("arn:package/14"), since, None).await.unwrap();
        let (call, asked) = wire.only();
        assert!(call.ends_with("LookupEvents"), "{call}");
        for part in [r#""AttributeKey":"ResourceName""#, r#""AttributeValue":"arn:package/14""#, r#""MaxResults":50"#] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.name.as_str(), one.user.as_deref()), ("UpdateModelPackage", Some("maria")));
        assert_eq!(one.record.as_deref(), Some(r#"{"eventVersion": "1.11"}"#));
        assert_eq!(token.as_deref(), Some("more"));
    }

    #[tokio::test]
    async fn a_refusal_names_its_permission() {
        let wire = Wire::start(|_, _| Reply::fault("AccessDeniedException", "no"));
        let refused =
            page(&wire.session, Wanted::Event("UpdateModelPackage"), SINCE.parse().unwrap(), None).await.unwrap_err();
        assert!(
            matches!(&refused, AwsError::Denied { call, .. } if call.action == "cloudtrail:LookupEvents"),
            "{refused:?}"
        );
    }
}
