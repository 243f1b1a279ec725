//! The files of a lesson: `lesson.json`, and those that it names.

use super::super::ScenarioError;
use super::super::error::Problem;
use super::super::json::{Json, Result};
use super::LessonError;

/// The file that holds the rules.
pub(super) const RULES: &str = "lesson.json";

/// A lesson's JSON with what its files hold in the place of their names.
#[derive(Debug, Clone)]
pub(super) struct Inlined {
    pub(super) json: Json,
    /// Where a file begins in it, as a place is written, and its name.
    files: Vec<(String, String)>,
}

impl Inlined {
    /// Reads the rules and every file that they name.
    pub(super) fn read(
        text: &[u8],
        read: &mut dyn FnMut(&str) -> std::result::Result<Vec<u8>, String>,
    ) -> std::result::Result<Self, LessonError> {
        let mut inlined = Self { json: parse(text).map_err(of_rules)?, files: Vec::new() };
        let mut files = Vec::new();
        for (pointer, place) in named(&inlined.json) {
            let Some(Json::Text(name)) = inlined.json.pointer_mut(&pointer).cloned() else { continue };
            let refuse = |why: String| {
                of_rules(ScenarioError { place: place.clone(), problem: Problem::Value(why.into()) })
            };
            if !is_name(&name) {
                return Err(refuse(format!("{name:?} names no file beside {RULES}")));
            }
            let text = read(&name).map_err(|why| refuse(format!("the file {name:?}: {why}")))?;
            let value = parse(&text).map_err(|error| LessonError { file: name.clone(), error })?;
            if let Some(at) = inlined.json.pointer_mut(&pointer) {
                *at = value;
            }
            files.push((place, name));
        }
        inlined.files = files;
        Ok(inlined)
    }

    /// An error of the whole, as one of the file that it is in.
    pub(super) fn error(&self, error: ScenarioError) -> LessonError {
        for (place, file) in &self.files {
            let rest = error.place.strip_prefix(place.as_str());
            if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with(['.', '['])) {
                let place = rest.trim_start_matches('.').to_owned();
                return LessonError {
                    file: file.clone(),
                    error: ScenarioError { place, problem: error.problem },
                };
            }
        }
        of_rules(error)
    }
}

fn of_rules(error: ScenarioError) -> LessonError {
    LessonError { file: RULES.to_owned(), error }
}

fn parse(text: &[u8]) -> Result<Json> {
    Json::parse(text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text))
}

/// Nothing that leads elsewhere.
fn is_name(name: &str) -> bool {
    !name.starts_with('.') && name.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char))
}

/// Where names of files may stand and do, as a pointer and as a place. Of a value of another kind nothing is said here:
/// the grammar refuses it.
fn named(json: &Json) -> Vec<(String, String)> {
    let mut there = vec![
        ("/scenario".to_owned(), "scenario".to_owned()),
        ("/break/scenario".to_owned(), "break.scenario".to_owned()),
        ("/repair/scenario".to_owned(), "repair.scenario".to_owned()),
    ];
    if let Some(Json::List(predictions)) = json.pointer("/predictions") {
        let place = |at| (format!("/predictions/{at}/scenario"), format!("predictions[{at}].scenario"));
        there.extend((0..predictions.len()).map(place));
    }
    if let Some(Json::Object(texts)) = json.pointer("/texts") {
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        there.extend(
            texts.iter().map(|(key, _)| (format!("/texts/{}", escaped(key)), format!("texts.{key}"))),
        );
    }
    there.retain(|(pointer, _)| matches!(json.pointer(pointer), Some(Json::Text(_))));
    there
}
