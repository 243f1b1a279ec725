//! One record as a line for a person.

use std::fmt::Write as _;

use bufferevent::{Payload, Record, Time};
use serde_json::Value;

use crate::escaped;

/// How many bytes of a payload a line shows.
const SHOWN: usize = 64;

/// The fields of a record that have a column of their own or are for programs.
const NOT_SHOWN: [&str; 7] = ["seq", "time_us", "connection", "kind", "function", "file", "line"];

/// Time, connection and step in columns, then the step's fields as `name=value` and the payload as text.
pub(super) fn of(record: &Record) -> String {
    let connection = record.connection.map_or_else(|| "loop".to_owned(), |number| format!("conn {number}"));
    let kind = record.step.kind().replace('_', " ");
    let mut line = format!("{:>14}  {connection:<9} {kind:<17}", time(record.time));
    // A record is an object with keys that are text: this cannot fail.
    if let Ok(Value::Object(fields)) = serde_json::to_value(record) {
        let told =
            |(name, value): &(&String, &Value)| !NOT_SHOWN.contains(&name.as_str()) && !value.is_null();
        for (name, value) in fields.iter().filter(told) {
            // Writing to a string cannot fail.
            let _ = match record.step.payload().filter(|_| name == "payload") {
                Some(Payload { len, bytes }) => write!(line, "  {len} bytes \"{}\"", escaped(bytes, SHOWN)),
                None => write!(line, "  {name}={}", plain(value)),
            };
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The time as milliseconds, to the microsecond.
pub(super) fn time(time: Time) -> String {
    let micros = time.as_micros();
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}

/// A value without JSON's brackets: of directions those that are meant, of a variant its name and what it holds.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(fields) if fields.values().all(Value::is_boolean) => {
            let meant = fields.iter().filter(|(_, is_meant)| **is_meant == Value::Bool(true));
            let names: Vec<_> = meant.map(|(name, _)| name.as_str()).collect();
            if names.is_empty() { "none".into() } else { names.join("+") }
        }
        Value::Object(fields) => {
            let named = fields.iter().map(|(name, value)| format!("{name}:{}", plain(value)));
            named.collect::<Vec<_>>().join(",")
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of a record with this step, from its kind on.
    fn line(step: &str) -> String {
        let json = format!(
            r#"{{"seq":1,"time_us":1234567,"connection":3,{step},"function":"f","file":"a.rs","line":1}}"#
        );
        let line = of(&serde_json::from_str(&json).unwrap());
        line.strip_prefix("   1234.567 ms  conn 3    ").unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    #[test]
    fn a_payload_is_shown_as_text_with_its_length() {
        let received =
            r#""kind":"received","payload":{"len":12,"bytes":"hello\u0000w\u00ff"},"input":12,"tanks":null"#;
        assert_eq!(line(received), r#"received           input=12  12 bytes "hello\0w\xff""#);
    }

    #[test]
    fn bytes_that_are_a_count_are_no_payload() {
        let drained = r#""kind":"buffer_drained","buffer":"input","bytes":10,"len":0"#;
        assert_eq!(line(drained), "buffer drained     buffer=input  bytes=10  len=0");
    }

    #[test]
    fn directions_and_variants_are_words() {
        let enabled = r#""kind":"enabled","directions":{"read":true,"write":false},"enabled":{"read":true,"write":true}"#;
        assert_eq!(line(enabled), "enabled            directions=read  enabled=read+write");
        let due = r#""kind":"callback_due","callback":{"event":17},"input":0,"output":5"#;
        assert_eq!(line(due), "callback due       callback=event:17  input=0  output=5");
        let fired = r#""kind":"callback_entered","callback":{"application":[1,2]}"#;
        assert_eq!(line(fired), "callback entered   callback=application:1,2");
    }

    #[test]
    fn a_step_without_fields_is_its_name() {
        assert_eq!(line(r#""kind":"pressure_installed""#), "pressure installed");
    }

    #[test]
    fn a_record_about_the_loop_says_so() {
        let json =
            r#"{"seq":1,"time_us":5,"kind":"polled","active":2,"function":"f","file":"a.rs","line":1}"#;
        let line = of(&serde_json::from_str(json).unwrap());
        assert_eq!(line, "      0.005 ms  loop      polled             active=2");
    }
}
