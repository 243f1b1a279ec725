//! What an edit changed, as far as it is one thing: its branch is called so.

use serde_json::{Value, json};

use super::Scenario;

/// What was done, and what had been there before, as a branch has them.
pub(super) fn did(before: &Scenario, after: &Scenario) -> (String, String) {
    let (path, [was, is]) = difference(json_of(before), json_of(after));
    let single = |value: &Value| !value.is_array() && !value.is_object();
    if single(&was) && single(&is) && was != is {
        let did = json!({ "scenario": { "at": path, "is": is } });
        return (did.to_string(), json!({ "scenario": { "is": was } }).to_string());
    }
    (json!({ "scenario": { "at": path } }).to_string(), String::new())
}

fn json_of(scenario: &Scenario) -> Value {
    serde_json::from_str(&scenario.to_json()).unwrap_or_default()
}

/// Where two values differ, as a JSON pointer: as far down as only one thing of what is there does. What is only in one
/// of them is null in the other.
fn difference(mut before: Value, mut after: Value) -> (String, [Value; 2]) {
    let mut path = String::new();
    while let Some(key) = only_difference(&before, &after) {
        path.push('/');
        path.push_str(&key.replace('~', "~0").replace('/', "~1"));
        (before, after) = (part(before, &key), part(after, &key));
    }
    (path, [before, after])
}

/// The one part of both that differs; none where it is several, or these have no parts.
fn only_difference(before: &Value, after: &Value) -> Option<String> {
    let keys: Vec<String> = match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            before.keys().chain(added).cloned().collect()
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            (0..before.len()).map(|index| index.to_string()).collect()
        }
        _ => return None,
    };
    let mut differing = keys.into_iter().filter(|key| part(before.clone(), key) != part(after.clone(), key));
    differing.next().filter(|_| differing.next().is_none())
}

fn part(mut value: Value, key: &str) -> Value {
    match &mut value {
        Value::Object(entries) => entries.remove(key),
        Value::Array(items) => {
            key.parse().ok().and_then(|index: usize| items.get_mut(index)).map(Value::take)
        }
        _ => None,
    }
    .unwrap_or_default()
}
