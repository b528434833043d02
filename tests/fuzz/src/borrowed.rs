//! Pure modules of `engine` and `aws`, compiled here as they stand there: those crates bring the AWS SDK and SQLite along,
//! and to build them for a fuzzer takes a quarter of an hour.

#[allow(unreachable_pub, dead_code, reason = "the rest of the module serves `aws`")]
pub(crate) mod listing;
pub(crate) mod preview;
#[allow(dead_code, reason = "the rest of the module serves `engine`")]
pub(crate) mod sets;
