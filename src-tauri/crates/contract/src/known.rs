//! What is not read yet beside what was read to be none. JSON has one `null` for both: a field of the first is left out, so
//! one that is there is known.

use serde::{Deserialize, Deserializer};

/// Beside `default` and `skip_serializing_if = "Option::is_none"`.
#[expect(clippy::option_option, reason = "not read, and read to be none")]
pub(crate) fn known<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
