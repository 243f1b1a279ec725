//! Whether the texts of a lesson say all that there is to say, the same in every language, and no number that nobody
//! reads off the records.

use super::super::ScenarioError;
use super::super::error::Nearest;
use super::super::error::Problem;
use super::super::error::at;
use super::super::json::Json;
use super::{Lesson, Wanted};
use crate::said::Said;

/// The texts of one language, with their place in the lesson.
struct Texts<'a> {
    lesson: &'a Lesson,
    json: &'a Json,
    place: String,
    problems: Vec<ScenarioError>,
}

/// What is wrong with the texts. `wrong` has for each prediction the ids that need a reason why not.
pub(super) fn check(lesson: &Lesson, wrong: &[Vec<String>]) -> Vec<ScenarioError> {
    let mut problems = Vec::new();
    let Some(Json::Object(languages)) = lesson.inlined.json.pointer("/texts") else { return problems };
    if languages.is_empty() {
        problems.push(at("texts", "a lesson has texts in at least one language"));
    }
    let with_dialects = languages.iter().filter(|(_, texts)| texts.pointer("/dialects").is_some()).count();
    for (language, json) in languages {
        let place = format!("texts.{language}");
        let mut texts = Texts { lesson, json, place, problems: Vec::new() };
        texts.check_keys(wrong);
        if with_dialects > 0 {
            texts.needs("/dialects", "dialects");
        }
        texts.check_words(json, &texts.place.clone());
        problems.append(&mut texts.problems);
    }
    problems.extend(unused(lesson, languages));
    problems
}

/// The facts that no text names.
fn unused(lesson: &Lesson, languages: &[(String, Json)]) -> Vec<ScenarioError> {
    let mut all = String::new();
    languages.iter().for_each(|(_, texts)| gather(texts, &mut all));
    let unused = lesson.facts.iter().filter(|fact| !all.contains(&format!("{{{}}}", fact.name)));
    unused.map(|fact| at(&fact.place, "no text names it")).collect()
}

fn gather(json: &Json, all: &mut String) {
    match json {
        Json::Text(text) => {
            all.push_str(text);
            all.push('\n');
        }
        Json::List(items) => items.iter().for_each(|it| gather(it, all)),
        Json::Object(entries) => entries.iter().for_each(|(_, it)| gather(it, all)),
        _ => {}
    }
}

impl Texts<'_> {
    fn check_keys(&mut self, wrong: &[Vec<String>]) {
        let lesson = self.lesson;
        let ids: Vec<&str> = lesson.predictions.iter().map(|it| it.id.as_str()).collect();
        self.has_just("/predictions", "predictions", &ids);
        for (prediction, wrong) in lesson.predictions.iter().zip(wrong) {
            let (pointer, place) =
                (format!("/predictions/{}", prediction.id), format!("predictions.{}", prediction.id));
            if self.json.pointer(&pointer).is_none() {
                continue;
            }
            match &prediction.what {
                Wanted::First { choices, .. } if prediction.kind == super::PredictionKind::Choose => {
                    let ids: Vec<&str> = choices.iter().map(|(id, _)| id.as_str()).collect();
                    self.has_just(&format!("{pointer}/choices"), &format!("{place}.choices"), &ids);
                }
                // The page calls the places by their names.
                _ => self.has_just(&format!("{pointer}/choices"), &format!("{place}.choices"), &[]),
            }
            let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
            self.has_just(&format!("{pointer}/why_not"), &format!("{place}.why_not"), &wrong);
        }
        let ids: Vec<&str> = lesson.tasks.iter().map(|it| it.id.as_str()).collect();
        self.has_just("/tasks", "tasks", &ids);
        for task in &lesson.tasks {
            self.check_missing(&task.id, task.when.len());
        }
        if lesson.breaks.is_some() {
            self.needs("/break", "break");
        }
        if lesson.repair.is_some() {
            self.check_repair();
        }
        match self.json.pointer("/remember") {
            Some(Json::List(lines)) if lines.len() == 3 => {}
            None if lesson.test => {}
            _ => self.refuse("remember", "three lines to remember"),
        }
    }

    fn check_missing(&mut self, task: &str, conditions: usize) {
        let (pointer, place) = (format!("/tasks/{task}/missing"), format!("tasks.{task}.missing"));
        if self.json.pointer(&format!("/tasks/{task}")).is_none() {
            return;
        }
        match self.json.pointer(&pointer) {
            None if conditions == 1 => {}
            Some(Json::List(lines)) if lines.len() == conditions => {}
            _ => self.refuse(&place, format!("says what is missing for each of the {conditions} conditions")),
        }
    }

    fn check_repair(&mut self) {
        let Some(repair) = &self.lesson.repair else { return };
        self.needs("/repair", "repair");
        if self.json.pointer("/repair").is_none() {
            return;
        }
        let ids: Vec<&str> = repair.fields.iter().map(|field| field.id.as_str()).collect();
        self.has_just("/repair/fields", "repair.fields", &ids);
        let with_options =
            repair.fields.iter().filter_map(|field| Some((&field.id, field.options.as_ref()?)));
        let with_options: Vec<_> = with_options.collect();
        let ids: Vec<&str> = with_options.iter().map(|(id, _)| id.as_str()).collect();
        self.has_just("/repair/options", "repair.options", &ids);
        for (field, options) in with_options {
            let ids: Vec<&str> = options.iter().map(|(id, _)| id.as_str()).collect();
            self.has_just(&format!("/repair/options/{field}"), &format!("repair.options.{field}"), &ids);
        }
        let ids: Vec<&str> = repair.goals.iter().map(|(id, _)| id.as_str()).collect();
        self.has_just("/repair/goals", "repair.goals", &ids);
    }

    fn refuse(&mut self, place: &str, problem: impl Into<Said>) {
        self.problems.push(at(&format!("{}.{place}", self.place), problem));
    }

    fn needs(&mut self, pointer: &str, place: &str) {
        if self.json.pointer(pointer).is_none() {
            let place = format!("{}.{place}", self.place);
            self.problems.push(ScenarioError { place, problem: Problem::Missing });
        }
    }

    /// Exactly these keys.
    fn has_just(&mut self, pointer: &str, place: &str, ids: &[&str]) {
        let entries: &[(String, Json)] = match self.json.pointer(pointer) {
            Some(Json::Object(entries)) => entries,
            _ => &[],
        };
        for id in ids.iter().filter(|id| !entries.iter().any(|(key, _)| key == *id)) {
            let place = format!("{}.{place}.{id}", self.place);
            self.problems.push(ScenarioError { place, problem: Problem::Missing });
        }
        for (key, _) in entries.iter().filter(|(key, _)| !ids.contains(&key.as_str())) {
            let nearest = Nearest::to(key, ids.iter().copied()).name();
            let problem = Problem::UnknownKey { key: key.clone(), nearest };
            self.problems.push(ScenarioError { place: format!("{}.{place}", self.place), problem });
        }
    }

    fn check_words(&mut self, json: &Json, place: &str) {
        match json {
            Json::Text(text) => {
                let facts: Vec<&str> = self.lesson.facts.iter().map(|fact| fact.name.as_str()).collect();
                self.problems.extend(check_text(text, &facts).map(|problem| at(place, problem)));
            }
            Json::List(items) => {
                items.iter().enumerate().for_each(|(at, it)| self.check_words(it, &format!("{place}[{at}]")));
            }
            Json::Object(entries) => {
                entries.iter().for_each(|(key, it)| self.check_words(it, &format!("{place}.{key}")));
            }
            _ => {}
        }
    }
}

/// What is wrong with a text: a number, a name of a fact that is none, marks that do not end.
fn check_text(text: &str, facts: &[&str]) -> Option<String> {
    if text.trim().is_empty() {
        return Some("is empty".to_owned());
    }
    if text.matches('`').count() % 2 == 1 {
        return Some("has a backtick without its other one".to_owned());
    }
    if text.matches("**").count() % 2 == 1 {
        return Some("has ** without its other one".to_owned());
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Some("has { without }".to_owned());
        };
        if !facts.contains(&name) {
            let nearest = Nearest::to(name, facts.iter().copied());
            return Some(format!("{{{name}}} is no fact of the lesson{nearest}"));
        }
        plain.push_str(before);
        // Not nothing: what stands on both sides is no word.
        plain.push(' ');
        rest = after;
    }
    plain.push_str(rest);
    let (code, words): (Vec<_>, Vec<_>) = plain.split('`').enumerate().partition(|(part, _)| part % 2 == 1);
    let number = words.iter().find_map(|(_, words)| bare(words, false));
    let number = number.or_else(|| code.iter().find_map(|(_, code)| bare(code, true)));
    number.map(|number| format!("{number:?} is a number that no run proves: make it a fact"))
}

/// What may stand for a libevent.
const VERSIONS: [&str; 7] = ["1.4", "1.4.15", "2.1", "2.1.12", "2.2", "2.2.1", "2."];

/// The first number in the text that is no version and no part of a name in code.
fn bare(text: &str, is_code: bool) -> Option<String> {
    let is_word = |char: char| char.is_alphanumeric() || "._".contains(char);
    text.split(|char| !is_word(char)).map(|word| word.trim_end_matches('.')).find_map(|word| {
        let has_number = word.contains(|char: char| char.is_numeric() && !char.is_alphabetic());
        // In a program, 0 is what turns a thing off, and no claim.
        let is_name =
            is_code && (word == "0" || word.starts_with(|char: char| char.is_alphabetic() || char == '_'));
        // Words of other scripts are not spaced: only the digits of one are its number.
        let number: String = word.chars().filter(|char| char.is_ascii_digit() || *char == '.').collect();
        (has_number && !is_name && !VERSIONS.contains(&number.as_str())).then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::check_text;

    #[test]
    fn a_number_in_a_text_is_a_version_or_a_fact() {
        for text in [
            "In 1.4 it stops at {mark}.",
            "libevent 2.1 and 2.2, not 2.x; 1.4.15, 2.1.12 and 2.2.1-alpha.",
            "在libevent 2.1里，{mark}字节",
            "在1.4里停止",
            "`EV_READ`, `max_single_read`, `libevent2`, `bufferevent_setwatermark(bev, EV_READ, {mark}, 0)`",
        ] {
            assert_eq!(check_text(text, &["mark"]), None, "{text}");
        }
        for (text, word) in [
            ("It stops at 16.", "\"16\""),
            ("`read(16)` bytes", "\"16\""),
            ("有16字节", "16"),
            ("Version 3.1", "3.1"),
            ("{mork} bytes", "did you mean \"mark\"?"),
            ("a ` b", "backtick"),
            ("**so", "**"),
            ("{mark", "without }"),
            (" ", "empty"),
        ] {
            let problem = check_text(text, &["mark"]).unwrap_or_default();
            assert!(problem.contains(word), "{text}: {problem}");
        }
    }
}
