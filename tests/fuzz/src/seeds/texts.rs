//! Texts that no test of a reader holds as a whole.

/// A machine with a Parallel, Maps, a Choice, Retry and Catch: the names are those of the recorded histories.
pub const NIGHTLY: &str = r#"{"StartAt":"Select","TimeoutSeconds":7200,"States":{
 "Select":{"Type":"Choice","Default":"Checks","Choices":[{"Variable":"$.rows","NumericLessThan":10,"Next":"Skip"},
   {"And":[{"Variable":"$.a","IsPresent":true},{"Not":{"Variable":"$.b","StringMatches":"x*"}}],"Next":"Each"}]},
 "Skip":{"Type":"Succeed"},
 "Checks":{"Type":"Parallel","Branches":[
   {"StartAt":"One","States":{"One":{"Type":"Task","Resource":"arn:aws:states:::glue:startJobRun.sync","End":true}}},
   {"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":5,"Next":"Two"},"Two":{"Type":"Pass","End":true}}}],
   "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Notify"}],"Next":"Each"},
 "Each":{"Type":"Map","MaxConcurrency":4,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},
   "StartAt":"Load","States":{"Load":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
   "Retry":[{"ErrorEquals":["A"],"IntervalSeconds":3,"MaxAttempts":2,"BackoffRate":1.5}],"End":true}}},"Next":"Select"},
 "Notify":{"Type":"Fail","Error":"Broken","Cause":"see above"}}}"#;

/// The same in JSONata, with the older name of an item processor.
pub const JSONATA: &str = r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Choice","Choices":[
 {"Condition":"{% $states.input.rows > 3 %}","Next":"B"}],"Default":"B"},
 "B":{"Type":"Map","Iterator":{"StartAt":"C","States":{"C":{"Type":"Pass","End":true}}},"End":true}}}"#;

/// Two events of an Express execution, as its log group has them.
pub const LOGGED: &str = r#"{"id":"1","type":"ExecutionStarted","details":{"input":"{}","roleArn":"arn:aws:iam::1:role/r"},"previous_event_id":"0","event_timestamp":"1795248862000","execution_arn":"arn:aws:states:eu-central-1:123456789012:express:m:n:u"}
2026-11-21 {"id":"2","type":"TaskStateEntered","details":{"name":"Load","input":"{}","inputDetails":{"truncated":true}},"previous_event_id":"0","event_timestamp":"1795248862001","execution_arn":"arn:aws:states:eu-central-1:123456789012:express:m:n:u"}"#;

/// Requests with their commands.
pub const REQUESTS: [&str; 14] = [
    "view_set\n{\"set\":3,\"filter\":\"size>1MB\",\"sort\":{\"by\":\"size\",\"descending\":true},\"offset_minutes\":60}",
    "read_rows\n{\"set\":3,\"from\":0,\"to\":50}",
    "open_entries\n{\"bucket\":\"lake-raw\",\"prefix\":\"data/in/\",\"deleted\":true}",
    "open_versions\n{\"bucket\":\"lake-raw\",\"key\":\"data/in/x.csv\"}",
    "open_executions\n{\"of\":{\"Machine\":\"arn:aws:states:eu-central-1:123456789012:stateMachine:m\"}}",
    "open_executions\n{\"of\":{\"All\":{\"hours\":24}}}",
    "read_payload\n{\"arn\":\"arn\",\"what\":\"Input\"}",
    "compare_execution\n{\"arn\":\"arn\",\"with\":null}",
    "plan_start\n{\"executions\":[\"arn\"],\"target\":null,\"input\":\"{}\",\"name\":\"n\"}",
    "mark_incident\n{\"id\":\"x\",\"mark\":\"Seen\",\"minutes\":30}",
    "plan_restore\n{\"bucket\":\"b\",\"items\":[{\"key\":\"k\",\"folder\":false,\"pick\":{\"At\":\"2026-11-21T05:52:04Z\"}},{\"key\":\"k\",\"folder\":true,\"pick\":\"Previous\"}],\"destination\":{\"Template\":\"{key}\"},\"method\":\"Auto\"}",
    "plan_undo\n{\"operation\":\"0a1b\"}",
    "resolve_target\n{\"text\":\"s3://lake-raw/x\"}",
    "remember_recent\n{\"recent\":{\"title\":\"t\",\"address\":\"/now\"}}",
];

/// A file with one signature.
pub const SIGNATURE: &str = r#"[[signature]]
id = "shop.till"
title = "The till {till} is closed"
severity = "error"
class = "cause"
retry = "after-fix"
layer = "data"
patterns = ['TillClosedException: (?<till>store-\d+)']
remedy = "Open the till {till}."
settings = [{ key = "shop.till.retries", value = "3" }]
[signature.examples]
match = ["TillClosedException: store-0217"]
miss = ["nothing"]
"#;
