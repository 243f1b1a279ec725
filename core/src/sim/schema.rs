//! The grammar as a JSON Schema (2020-12), for editors: what has another shape is refused by the reader too.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::grammar::{FORMAT_1, FORMAT_2};
use super::shape::{Case, Cases, Key, NAME_LIMIT, Shape};

/// The shape of scenarios in both formats, as a JSON Schema. Whether names are there and what a dialect has, it does not
/// tell.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = BTreeMap::new();
    let formats = [&FORMAT_1, &FORMAT_2].map(|format| of_shape(format, &mut definitions));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of bufferevent lab",
        "oneOf": formats,
        "$defs": definitions,
    })
}

/// What others refer to, by name.
type Definitions = BTreeMap<&'static str, Value>;

fn of_shape(shape: &Shape, definitions: &mut Definitions) -> Value {
    match shape {
        // A number is whole by its value, as in the reader.
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Exactly(number) => json!({ "const": number }),
        Shape::Any => json!(true),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::True => json!({ "const": true }),
        Shape::Null => json!({ "type": "null" }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Bytes => json!({ "type": "string", "pattern": "^[\\u0000-\\u00ff]*$" }),
        Shape::Name => name(),
        Shape::Word(word) => json!({ "const": word }),
        Shape::Choice(names) => json!({ "enum": names }),
        Shape::List(item) => json!({ "type": "array", "items": of_shape(item, definitions) }),
        Shape::Object(keys) => object(*keys, definitions),
        Shape::Map(value, most) => json!({
            "type": "object",
            "propertyNames": name(),
            "maxProperties": most,
            "additionalProperties": of_shape(value, definitions),
        }),
        Shape::Cases(cases) => {
            let each: Vec<Value> = cases.iter().map(|case| of_case(cases, case, definitions)).collect();
            json!({ "oneOf": each })
        }
        Shape::Either(_, shapes) => {
            let each: Vec<Value> = shapes.iter().map(|shape| of_shape(shape, definitions)).collect();
            json!({ "anyOf": each })
        }
        Shape::Named(name, shape) => {
            if !definitions.contains_key(name) {
                // Before what it consists of, which may come back to it.
                definitions.insert(name, Value::Null);
                let definition = of_shape(shape, definitions);
                definitions.insert(name, definition);
            }
            json!({ "$ref": format!("#/$defs/{name}") })
        }
    }
}

fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": NAME_LIMIT, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" })
}

fn of_case(cases: &Cases, case: &'static Case, definitions: &mut Definitions) -> Value {
    object([&case.key].into_iter().chain(cases.companions(case)), definitions)
}

fn object(keys: impl IntoIterator<Item = &'static Key>, definitions: &mut Definitions) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in keys {
        properties.insert(key.name.to_owned(), of_shape(key.shape, definitions));
        if key.required {
            required.push(key.name);
        }
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
