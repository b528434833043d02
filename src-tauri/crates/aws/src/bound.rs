//! An answer that is too long is not read at all: the SDK holds the whole of it, and again what it makes of it.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses an answer whose head says that more bytes follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound(pub u64);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it has {length} bytes, and at most {most} are read")]
pub(crate) struct TooLong {
    length: u64,
    most: u64,
}

impl Bound {
    fn check(self, length: Option<&str>) -> Result<(), TooLong> {
        match length.and_then(|length| length.trim().parse().ok()) {
            Some(length) if length > self.0 => Err(TooLong { length, most: self.0 }),
            _ => Ok(()),
        }
    }
}

impl Intercept for Bound {
    fn name(&self) -> &'static str {
        "Bound"
    }

    // The body is read after this.
    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.check(context.response().headers().get("content-length")).map_err(BoxError::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_is_too_long_is_refused() {
        let bound = Bound(1_000);
        assert_eq!([bound.check(None), bound.check(Some("1000")), bound.check(Some("?"))], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(
            bound.check(Some("1001")).map_err(|error| error.to_string()),
            Err("it has 1001 bytes, and at most 1000 are read".to_owned())
        );
    }
}
