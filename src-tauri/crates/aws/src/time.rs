//! SDK times are converted here and nowhere else.

use aws_smithy_types::DateTime;
use contract::Timestamp;

pub(crate) fn timestamp(time: &DateTime) -> Timestamp {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}
