//! What is wrong with a lesson: in which file, where in it, and what.

use std::fmt;

use super::super::ScenarioError;

/// Something wrong with a lesson. Displays as `en.json: predictions.header.because: missing`, for example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonError {
    /// The file of the lesson.
    pub file: String,
    /// Where in it, and what.
    pub error: ScenarioError,
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.error)
    }
}

impl std::error::Error for LessonError {}
