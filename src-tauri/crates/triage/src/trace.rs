//! Stack traces of Java and Python: what was thrown, and which frames are the application's own.
//!
//! The deepest `Caused by` is the class that matters; a Python traceback says it in its last line. Where one wraps the
//! other (Py4J around Java, a Python worker inside a Java task) the inner one is what happened.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Language {
    Java,
    Python,
}

/// What was thrown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    pub language: Language,
    /// With its package: `java.lang.OutOfMemoryError`, `ValueError`.
    pub class: String,
    pub message: String,
    /// The application's own, innermost first, at most five.
    pub frames: Vec<String>,
}

const FRAMES: usize = 5;
const LONGEST: usize = 400;

/// Frames of these are machinery: Spark, the JVM, Scala, the SDKs, Python's and Spark's Python libraries.
const MACHINERY: &[&str] = &[
    "org.apache.",
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "scala.",
    "py4j.",
    "io.netty.",
    "com.amazonaws.",
    "com.amazon.",
    "software.amazon.",
    "com.esotericsoftware.",
    "com.twitter.chill.",
    "org.codehaus.",
    "io.delta.",
    "org.sparkproject.",
    "com.google.",
    "com.fasterxml.",
    "org.xerial.",
    "com.databricks.",
    "org.postgresql.",
    "com.mysql.",
    "oracle.",
];
const PYTHON_MACHINERY: &[&str] = &[
    "pyspark",
    "py4j",
    "/site-packages/",
    "/dist-packages/",
    "/lib/python3",
    "/lib64/python3",
    "<frozen",
    "runpy.py",
    "/lib/python2",
    "cloudpickle",
    "/usr/lib/spark/",
    "importlib",
];

const UNREADABLE: [&str; 3] = ["IndentationError", "TabError", "SyntaxError"];

/// The exception of a record, if it holds one.
pub fn trace(text: &str) -> Option<Trace> {
    let python = python(text);
    let wraps =
        |trace: &Trace| ["Py4JJavaError", "PythonException", "Py4JError"].iter().any(|end| trace.class.ends_with(end));
    match python {
        Some(found) if !wraps(&found) => Some(found),
        wrapper => {
            let mut inner = java(text).filter(|found| !wraps(found)).or_else(|| wrapper.clone())?;
            // The line of the script that called into Java is still the line to look at.
            if let (true, Some(wrapper)) = (inner.frames.is_empty(), wrapper) {
                inner.frames = wrapper.frames;
            }
            Some(inner)
        }
    }
}

fn python(text: &str) -> Option<Trace> {
    let Some(start) = text.rfind("Traceback (most recent call last)") else { return unreadable(text) };
    let mut frames = Vec::new();
    for line in text.get(start..)?.lines().skip(1) {
        if line.starts_with([' ', '\t']) || line.is_empty() {
            let Some(frame) = line.trim().strip_prefix("File \"") else { continue };
            if !PYTHON_MACHINERY.iter().any(|known| frame.contains(known)) {
                frames.push(clip(&frame.replacen('"', "", 1)));
            }
            continue;
        }
        let (class, message) = named(line).unwrap_or((line.trim(), ""));
        let message = if message.is_empty() { String::new() } else { clip(message) };
        // Python's innermost frame comes last.
        frames.reverse();
        frames.truncate(FRAMES);
        return Some(Trace { language: Language::Python, class: clip(class), message, frames });
    }
    None
}

/// What Python says of a script that it cannot read: the place and the error, without a traceback.
fn unreadable(text: &str) -> Option<Trace> {
    let mut frames = Vec::new();
    for line in text.lines() {
        if let Some(frame) = line.trim_start().strip_prefix("File \"") {
            frames = vec![clip(&frame.replacen('"', "", 1))];
        } else if let Some((class, message)) = named(line).filter(|(class, _)| UNREADABLE.contains(class))
            && !frames.is_empty()
        {
            return Some(Trace { language: Language::Python, class: class.to_owned(), message: clip(message), frames });
        }
    }
    None
}

fn java(text: &str) -> Option<Trace> {
    let mut found: Option<(&str, &str)> = None;
    let mut frames: Vec<String> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(frame) = trimmed.strip_prefix("at ") {
            let own = frame.contains('(') && !MACHINERY.iter().any(|known| module_free(frame).starts_with(known));
            if own && found.is_some() && frames.len() < FRAMES {
                frames.push(clip(frame));
            }
        } else if let Some(cause) = trimmed.strip_prefix("Caused by: ") {
            if let Some(deeper) = named(cause) {
                found = Some(deeper);
                frames.clear();
            }
        } else if found.is_none() {
            found = thrown(line);
        }
    }
    let (class, message) = found?;
    Some(Trace { language: Language::Java, class: clip(class), message: clip(message), frames })
}

/// `java.base/java.lang.Thread.run` without its module, `app//com.x` without its loader.
fn module_free(frame: &str) -> &str {
    let name = frame.split('(').next().unwrap_or(frame);
    name.rsplit('/').next().unwrap_or(name)
}

/// `a.b.CException: message` at the start of `line`.
fn named(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (class, message) = line.split_once(':').unwrap_or((line, ""));
    let class = class.trim();
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '$');
    (!class.is_empty() && class.len() < 200 && class.chars().all(plain)).then(|| (class, message.trim()))
}

/// The last class of `line` that ends as throwables do, wherever it stands.
fn thrown(line: &str) -> Option<(&str, &str)> {
    let mut best = None;
    let mut from = 0;
    while let Some(end) = throwable_end(line.get(from..)?) {
        let end = from + end;
        let before = line.get(..end)?;
        let start = before.rfind(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '.' | '_' | '$')));
        let start =
            start.map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        let class = line.get(start..end)?;
        let after = line.get(end..)?;
        let ends = !after.starts_with(|letter: char| letter.is_alphanumeric());
        if ends && class.contains('.') {
            let message = after.trim_start().strip_prefix(':').unwrap_or_default().trim();
            best = Some((class, message));
        }
        from = end;
    }
    best
}

fn throwable_end(text: &str) -> Option<usize> {
    ["Exception", "Error", "Throwable"].iter().filter_map(|end| text.find(end).map(|at| at + end.len())).min()
}

fn clip(text: &str) -> String {
    let text = text.trim();
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    crate::redact(text.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_cause_is_the_class_and_frames_are_the_applications() {
        let text = "ERROR Main: failed\norg.apache.spark.SparkException: Writing job aborted\n\tat org.apache.spark.A.b(A.scala:1)\n\tat com.acme.Load.run(Load.scala:7)\nCaused by: com.acme.BadRow: row 7: empty\n\tat java.base/java.lang.Thread.run(Thread.java:1)\n\tat com.acme.Parse.row(Parse.scala:31)\n\t... 3 more";
        let trace = trace(text).unwrap();
        assert_eq!((trace.class.as_str(), trace.message.as_str()), ("com.acme.BadRow", "row 7: empty"));
        assert_eq!(trace.frames, ["com.acme.Parse.row(Parse.scala:31)"]);
    }

    #[test]
    fn the_last_line_of_a_traceback_is_the_message() {
        let text = "Traceback (most recent call last):\n  File \"/tmp/job.py\", line 3, in <module>\n    go()\n  File \"/usr/lib/spark/python/lib/pyspark.zip/pyspark/rdd.py\", line 9, in go\nValueError: bad day: 2026\n26/01/01 INFO x";
        let trace = trace(text).unwrap();
        assert_eq!((trace.class.as_str(), trace.message.as_str()), ("ValueError", "bad day: 2026"));
        assert_eq!(trace.frames, ["/tmp/job.py, line 3, in <module>"]);
    }

    #[test]
    fn a_script_that_cannot_be_read_has_no_traceback() {
        let text =
            "26/01/01 INFO x\n  File \"/tmp/job.py\", line 7\n    rows = read()\nIndentationError: unexpected indent\n";
        let trace = trace(text).unwrap();
        assert_eq!((trace.class.as_str(), trace.message.as_str()), ("IndentationError", "unexpected indent"));
        assert_eq!(trace.frames, ["/tmp/job.py, line 7"]);
    }

    #[test]
    fn a_py4j_wrapper_is_looked_through() {
        let text = "Traceback (most recent call last):\n  File \"/tmp/job.py\", line 3, in <module>\npy4j.protocol.Py4JJavaError: An error occurred while calling o1.save.\n: org.apache.spark.SparkException: Job aborted\nCaused by: java.io.IOException: No space left on device";
        let trace = trace(text).unwrap();
        assert_eq!(trace.class, "java.io.IOException");
        assert_eq!(trace.frames, ["/tmp/job.py, line 3, in <module>"]);
    }

    #[test]
    fn text_without_a_trace_has_none() {
        for text in ["", "INFO all is well", "Traceback (most recent call last)", "Exception", "éException: x"] {
            assert_eq!(trace(text), None, "{text}");
        }
    }
}
