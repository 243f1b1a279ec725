//! One record as a line for a person.

use std::fmt::Write as _;

use bufferevent::recording::Names;
use bufferevent::{Payload, Record, Time};
use serde_json::Value;

use crate::escaped;

/// How many bytes of a payload a line shows.
const SHOWN: usize = 64;

/// The fields of a record that have a column of their own or are for programs.
const NOT_SHOWN: [&str; 7] = ["seq", "time_us", "connection", "kind", "function", "file", "line"];

/// Time, connection and step in columns, then the step's fields as `name=value` and the payload as text. What has a name
/// has it behind its number.
pub(super) fn of(record: &Record, names: &Names) -> String {
    let connection = record.connection.map_or_else(|| "loop".to_owned(), |number| conn(number, names));
    let width = names.bufferevents.keys().map(|number| conn(*number, names).chars().count());
    let width = width.max().unwrap_or(0).max(9);
    let kind = record.step.kind().replace('_', " ");
    let mut line = format!("{:>14}  {connection:<width$} {kind:<17}", time(record.time));
    // A record is an object with keys that are text: this cannot fail.
    if let Ok(Value::Object(fields)) = serde_json::to_value(record) {
        let told =
            |(name, value): &(&String, &Value)| !NOT_SHOWN.contains(&name.as_str()) && !value.is_null();
        for (name, value) in fields.iter().filter(told) {
            // Writing to a string cannot fail.
            let _ = match record.step.payload().filter(|_| name == "payload") {
                Some(Payload { len, bytes }) => write!(line, "  {len} bytes \"{}\"", escaped(bytes, SHOWN)),
                None => write!(line, "  {name}={}", plain(value, names)),
            };
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// A bufferevent by the number that `--connection` takes.
fn conn(number: u64, names: &Names) -> String {
    match names.bufferevents.get(&number) {
        Some(name) => format!("conn {number} {}", escaped(name.as_bytes(), SHOWN)),
        None => format!("conn {number}"),
    }
}

/// The time as milliseconds, to the microsecond.
pub(super) fn time(time: Time) -> String {
    let micros = time.as_micros();
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}

/// A value without JSON's brackets: of directions those that are meant, of a variant its name and what it holds.
fn plain(value: &Value, names: &Names) -> String {
    match value {
        // A server may be anybody's.
        Value::String(text) => escaped(text.as_bytes(), SHOWN),
        Value::Array(values) => values.iter().map(|value| plain(value, names)).collect::<Vec<_>>().join(","),
        Value::Object(fields) if fields.values().all(Value::is_boolean) => {
            let meant = fields.iter().filter(|(_, is_meant)| **is_meant == Value::Bool(true));
            let names: Vec<_> = meant.map(|(name, _)| name.as_str()).collect();
            if names.is_empty() { "none".into() } else { names.join("+") }
        }
        Value::Object(fields) => {
            let named = fields.iter().map(|(name, value)| match event(name, value, names) {
                Some(event) => format!("{name}:{}:{}", plain(value, names), escaped(event.as_bytes(), SHOWN)),
                None => format!("{name}:{}", plain(value, names)),
            });
            named.collect::<Vec<_>>().join(",")
        }
        value => value.to_string(),
    }
}

/// The name of the application's own event that is meant: its number stands alone, or before the flags that it runs with.
fn event<'a>(name: &str, value: &Value, names: &'a Names) -> Option<&'a String> {
    let number = value.get(0).unwrap_or(value).as_u64().filter(|_| name == "application")?;
    names.events.get(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of a record with this step, from its kind on.
    fn line(step: &str) -> String {
        let json = format!(
            r#"{{"seq":1,"time_us":1234567,"connection":3,{step},"function":"f","file":"a.rs","line":1}}"#
        );
        let line = of(&serde_json::from_str(&json).unwrap(), &Names::default());
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
        let line = of(&serde_json::from_str(json).unwrap(), &Names::default());
        assert_eq!(line, "      0.005 ms  loop      polled             active=2");
    }

    #[test]
    fn what_has_a_name_has_it_behind_its_number() {
        let names = r#"{"bufferevents":{"1":"client","2":"up\nstream"},"events":{"7":"tick"}}"#;
        let names: Names = serde_json::from_str(names).unwrap();
        let line = |rest: &str| {
            let json = format!(r#"{{"seq":1,"time_us":5,{rest},"function":"f","file":"a.rs","line":1}}"#);
            of(&serde_json::from_str(&json).unwrap(), &names)
        };
        let lines = [
            line(r#""connection":1,"kind":"pressure_installed""#),
            line(r#""connection":2,"kind":"pressure_installed""#),
            line(r#""connection":3,"kind":"pressure_installed""#),
            line(r#""kind":"callback_entered","callback":{"application":[7,1]}"#),
            line(r#""kind":"timer_cancelled","event":{"application":7}"#),
            line(r#""kind":"timer_cancelled","event":{"application":8}"#),
        ];
        let expected = [
            r"      0.005 ms  conn 1 client     pressure installed",
            r"      0.005 ms  conn 2 up\nstream pressure installed",
            r"      0.005 ms  conn 3            pressure installed",
            r"      0.005 ms  loop              callback entered   callback=application:7,1:tick",
            r"      0.005 ms  loop              timer cancelled    event=application:7:tick",
            r"      0.005 ms  loop              timer cancelled    event=application:8",
        ];
        assert_eq!(lines, expected);
    }
}
