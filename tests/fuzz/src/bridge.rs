//! Targets at the border of the window: its requests, the filter line, and what is masked before it is shown.

use crate::{
    borrowed::{
        preview,
        sets::{FieldSpec, Filter, Moment, Value},
    },
    lines, now, text,
};
use contract::{Command, sets::FieldKind};

macro_rules! requests {
    ($($kind:ident $area:ident::$name:ident($request:ident $(, $event:ident)?) -> $reply:ty;)*) => {
        /// Reads the request of a command. A name that is no command is none.
        fn read(name: &str, json: &str) {
            match name {
                $(stringify!($name) => kept::<contract::$area::$request>(json),)*
                _ => {}
            }
        }
    };
}

contract::with_commands!(requests);

/// What was read is written, and read as the same.
fn kept<T: Command>(json: &str) {
    let Ok(request) = serde_json::from_str::<T>(json) else { return };
    let written = serde_json::to_value(&request).unwrap_or_default();
    let again = serde_json::from_value::<T>(written.clone());
    assert!(again.is_ok(), "{}: {written} is not read again", T::NAME);
    let again = again.ok().and_then(|again| serde_json::to_value(&again).ok());
    assert_eq!(again, Some(written), "{}", T::NAME);
}

pub(crate) fn request(bytes: &[u8]) {
    let [name, json] = lines(bytes);
    read(name, json);
}

pub(crate) fn request_seed(text: &str) -> Vec<String> {
    if text.contains('\n') {
        return vec![text.to_owned()];
    }
    contract::COMMANDS.iter().map(|command| format!("{}\n{{}}", command.name)).collect()
}

const FIELDS: &[FieldSpec] = &[
    FieldSpec::text("name").searched(),
    FieldSpec::of("size", FieldKind::Size),
    FieldSpec::of("stored", FieldKind::Time),
    FieldSpec::text("class").values(&["STANDARD", "GLACIER", "GLACIER_IR"]),
    FieldSpec::of("took", FieldKind::Duration),
    FieldSpec::of("rows", FieldKind::Number),
];

pub(crate) fn filter(bytes: &[u8]) {
    let line = text(bytes);
    let length = line.chars().count();
    let moment = Moment { now: now(), offset_minutes: 60 };
    let (filter, errors) = Filter::read(line, FIELDS, &moment);
    for error in &errors {
        let (from, to) = (usize::try_from(error.from), usize::try_from(error.to));
        assert!(from.is_ok_and(|from| to.is_ok_and(|to| from < to && to <= length)), "{error:?} lies outside");
        assert!(!error.message.is_empty());
    }
    let row = |field: usize| match field {
        0 => Value::text(line),
        1 => Value::size(Some(1_258_291)),
        2 => Value::time(Some(now())),
        3 => Value::text("GLACIER"),
        4 => Value::Number(90),
        _ => Value::Missing,
    };
    let passes = filter.passes(FIELDS, row);
    // One term that is not turned round yet.
    let one = errors.is_empty() && !line.is_empty() && !line.contains(|sign: char| sign.is_whitespace() || sign == '"');
    if one && !line.starts_with('-') {
        let (turned, errors) = Filter::read(&format!("-{line}"), FIELDS, &moment);
        assert!(errors.is_empty(), "{errors:?}");
        assert_ne!(turned.passes(FIELDS, row), passes, "a term and its negation split the rows");
    }
    let values: Vec<Value<'_>> = (0..FIELDS.len()).map(row).chain(line.split(' ').map(Value::text)).collect();
    for one in values.iter().take(12) {
        for other in values.iter().take(12) {
            assert_eq!(one.order(other, false), other.order(one, false).reverse(), "{one:?} beside {other:?}");
        }
    }
}

pub(crate) fn mask(bytes: &[u8]) {
    let masked = preview::mask(bytes.to_vec());
    assert_eq!(masked.len(), bytes.len());
    assert!(
        masked.iter().zip(bytes).all(|(shown, byte)| shown == byte || *shown == b'*' && !byte.is_ascii_whitespace())
    );
}
