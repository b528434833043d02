//! What an endpoint captured of its requests: in which hours, and which columns.

use super::files::{below, file, place, why};
use ::models::{
    evidence::Column,
    monitor::{
        CaptureReader, Statistics,
        capture::{self, Schema},
        statistics::Feature,
    },
    runs::hours,
};
use aws::{AwsError, Session, objects::listing::entries_page};
use contract::{
    Timestamp,
    models::facts::{CaptureFact, EndpointFact, JobDefinitionFact},
    objects::EntryKind,
};

/// Where the captures of an endpoint lie, variant by variant, without the hour.
pub(super) fn variants(endpoint: &EndpointFact, capture: &CaptureFact) -> Vec<String> {
    let base = capture.destination.trim_end_matches('/');
    endpoint.variants.iter().map(|variant| format!("{base}/{}/{}", endpoint.name, variant.name)).collect()
}

/// Hours of a window in which something was captured, each with the place that it lies below.
pub(super) async fn captured(
    session: &Session,
    folders: &[String],
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<(String, String)>, AwsError> {
    let wanted = hours(from, until);
    let mut days: Vec<&str> = wanted.iter().filter_map(|hour| hour.get(..10)).collect();
    days.dedup();
    let mut found = Vec::new();
    for uri in folders {
        let Some((bucket, prefix)) = place(uri) else { continue };
        for day in &days {
            let names = below(session, bucket, &format!("{prefix}/{day}/")).await?;
            let hours = names.into_iter().map(|name| format!("{day}/{name}")).filter(|hour| wanted.contains(hour));
            found.extend(hours.map(|hour| (uri.clone(), hour)));
        }
    }
    Ok(found)
}

/// Columns of the baseline, and of the first file of captured data in a folder.
pub(super) type Sides = (Option<Vec<Column>>, Option<Vec<Column>>);

pub(super) async fn columns(
    session: &Session,
    folder: &str,
    definition: Option<&JobDefinitionFact>,
) -> Result<Sides, String> {
    let Some(uri) = definition.and_then(|definition| definition.baseline.statistics.as_deref()) else {
        return Ok((None, None));
    };
    let Some((bucket, prefix)) = place(folder) else { return Ok((None, None)) };
    let (entries, _) = entries_page(session, bucket, prefix, None).await.map_err(|error| why(&error))?;
    let Some(first) = entries.into_iter().find(|entry| entry.kind == EntryKind::Object) else {
        return Ok((None, None));
    };
    let read = file(session, uri).await?;
    let statistics = Statistics::read(&read.bytes).map_err(|error| format!("{uri}: {error}"))?;
    let kind = |feature: &Feature| feature.inferred_type.clone().unwrap_or_else(|| "Unknown".to_owned());
    let baseline: Vec<Column> =
        statistics.features.iter().map(|feature| Column { name: feature.name.clone(), kind: kind(feature) }).collect();
    let text = file(session, &format!("s3://{bucket}/{}", first.key)).await?;
    let text = String::from_utf8_lossy(&text.bytes).into_owned();
    let mut reader = CaptureReader::default();
    for line in text.lines() {
        reader.line(line);
    }
    let seen = reader.finish();
    let columns = seen_columns(&baseline, &seen.output, &seen.input);
    Ok((Some(baseline), Some(columns)))
}

/// The columns of captured records in the baseline's terms: the prediction first, then the input. CSV has no names, so a
/// column has that of the baseline's at its place.
fn seen_columns(baseline: &[Column], output: &Schema, input: &Schema) -> Vec<Column> {
    let of = |schema: &Schema| -> Vec<(String, capture::Column)> {
        let mut columns: Vec<(String, capture::Column)> =
            schema.columns.iter().map(|(name, column)| (name.clone(), column.clone())).collect();
        columns.sort_by_key(|(name, _)| name.parse::<usize>().ok());
        columns
    };
    let all = of(output).into_iter().chain(of(input));
    let named = all.enumerate().map(|(at, (name, column))| {
        let at_place = baseline.get(at);
        let is_place = name.parse::<usize>().is_ok();
        let name = match at_place.filter(|_| is_place) {
            Some(same) => same.name.clone(),
            None if is_place => format!("column {}", at + 1),
            None => name,
        };
        let expected = baseline.iter().find(|one| one.name == name).map(|one| one.kind.as_str());
        Column { kind: kind(&column, expected).to_owned(), name }
    });
    named.collect()
}

/// Records of a few requests tell numbers from text, and not which numbers: `3.0` may be a whole one.
fn kind<'a>(column: &capture::Column, expected: Option<&'a str>) -> &'a str {
    let number = expected.filter(|kind| matches!(*kind, "Fractional" | "Integral"));
    if column.text > 0 {
        "String"
    } else if column.fractional > 0 {
        number.unwrap_or("Fractional")
    } else if column.integral > 0 {
        number.unwrap_or("Integral")
    } else {
        "Unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: &str) -> Column {
        Column { name: name.into(), kind: kind.into() }
    }

    #[test]
    fn captured_columns_have_the_names_of_their_places() {
        let baseline = [column("churned", "Integral"), column("price", "Fractional"), column("country", "String")];
        let mut reader = CaptureReader::default();
        reader.line(
            r#"{"captureData": {"endpointInput": {"data": "12,DE,7", "encoding": "CSV"},
               "endpointOutput": {"data": "1", "encoding": "CSV"}}, "eventVersion": "0"}"#,
        );
        let seen = reader.finish();
        let columns = seen_columns(&baseline, &seen.output, &seen.input);
        let expected = [&baseline[..], &[column("column 4", "Integral")]].concat();
        assert_eq!(columns, expected);
    }
}
