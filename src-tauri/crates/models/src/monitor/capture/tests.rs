use super::*;

const CSV: &str = r#"{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"1,2.5,\"a,b\"\n3,,x","encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv","mode":"OUTPUT","data":"0.25","encoding":"CSV"}},"eventMetadata":{"eventId":"a","inferenceTime":"2026-11-20T07:30:50Z"},"eventVersion":"0"}"#;
const JSON: &str = r#"{"captureData":{"endpointInput":{"observedContentType":"application/json","mode":"INPUT","data":"{\"instances\": [[1.0, 2, null], {\"features\": [1, 2]}]}","encoding":"JSON"}},"eventMetadata":{"eventId":"b","inferenceTime":"2026-11-20T06:00:00Z"}}"#;
const LINES: &str = r#"{"captureData":{"batchTransformInput":{"data":"{\"price\": 1}\n{\"price\": \"x\", \"n\": 2}","encoding":"JSON"}}}"#;
const TRUTH: &str = r#"{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"b","inferenceTime":"{%s}"},"eventVersion":"0"}"#;

fn read(lines: &[&str]) -> Capture {
    let mut reader = CaptureReader::default();
    for line in lines {
        reader.line(line);
    }
    reader.finish()
}

#[test]
fn records_are_counted_and_their_columns_told() {
    let read = read(&[CSV, "", JSON, TRUTH, "{\"other\": 1}", "[1]", "{"]);
    assert_eq!((read.records, read.answered, read.unreadable, read.repeated), (3, 1, 3, 1));
    assert_eq!(read.told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!(read.first.unwrap().to_string(), "2026-11-20T06:00:00Z");
    assert_eq!(read.last.unwrap().to_string(), "2026-11-20T07:30:50Z", "a template is no time");
    assert_eq!(read.input.rows, 4);
    assert_eq!(read.input.widths.iter().map(|(width, rows)| (*width, *rows)).collect::<Vec<_>>(), [(2, 1), (3, 3)]);
    let second = &read.input.columns["1"];
    assert_eq!((second.integral, second.fractional, second.missing, second.text), (2, 1, 1, 0));
    assert_eq!(read.input.columns["2"], Column { text: 2, missing: 1, ..Column::default() });
    assert_eq!((read.output.rows, read.truth.rows), (1, 1));
    assert_eq!(read.input.encodings["CSV"], 1);
}

#[test]
fn json_of_several_lines_and_bytes_that_nobody_can_read() {
    let opaque = r#"{"captureData":{"endpointInput":{"data":"AAEC","encoding":"BASE64"}}}"#;
    let read = read(&[LINES, opaque]);
    assert_eq!(read.input.columns["price"], Column { integral: 1, text: 1, ..Column::default() });
    assert_eq!(read.input.columns["n"], Column { integral: 1, ..Column::default() });
    assert_eq!((read.input.rows, read.input.opaque), (2, 4));
}
