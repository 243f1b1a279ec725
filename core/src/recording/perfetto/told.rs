//! What an event of a trace tells of its record.

use serde_json::Value;

use super::packet::{DebugAnnotation, SourceLocation, TrackEvent};
use crate::Record;

/// The fields of a record that are no arguments of its event.
const NOT_TOLD: [&str; 5] = ["connection", "kind", "function", "file", "line"];

/// The event with what its record tells: role, arguments, and the line that did it.
pub(super) fn told(record: &Record, event: TrackEvent) -> TrackEvent {
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let location = SourceLocation {
        file_name: named(&record.file),
        function_name: named(&record.function),
        line_number: Some(record.line),
    };
    // A record is an object with keys that are text: this cannot fail. By way of its text, of which the reader is there
    // for scenarios, too: `to_value` would compile another writer of records.
    let text = serde_json::to_vec(record).unwrap_or_default();
    let fields: serde_json::Map<String, Value> = serde_json::from_slice(&text).unwrap_or_default();
    let told = fields.into_iter().filter(|(name, value)| !NOT_TOLD.contains(&&**name) && !value.is_null());
    TrackEvent {
        categories: vec![record.step.role().name().to_owned()],
        source_location: Some(location),
        debug_annotations: told.map(|(name, value)| annotation_of(Some(name), value)).collect(),
        ..event
    }
}

fn annotation_of(name: Option<String>, value: Value) -> DebugAnnotation {
    let annotation = DebugAnnotation { name, ..DebugAnnotation::default() };
    match value {
        Value::Bool(value) => DebugAnnotation { bool_value: Some(value), ..annotation },
        Value::Number(number) if number.is_u64() => {
            DebugAnnotation { uint_value: number.as_u64(), ..annotation }
        }
        Value::Array(values) => {
            let array_values = values.into_iter().map(|value| annotation_of(None, value)).collect();
            DebugAnnotation { array_values, ..annotation }
        }
        Value::Object(fields) => {
            let entries = fields.into_iter().map(|(name, value)| annotation_of(Some(name), value));
            DebugAnnotation { dict_entries: entries.collect(), ..annotation }
        }
        Value::String(text) => DebugAnnotation { string_value: Some(text), ..annotation },
        value => DebugAnnotation { string_value: Some(value.to_string()), ..annotation },
    }
}
