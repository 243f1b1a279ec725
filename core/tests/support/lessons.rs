//! The lessons of the repository, read from their folders.

use std::fs;
use std::path::{Path, PathBuf};

use bufferevent::sim::{Lesson, Scenario};

/// Every folder of `lessons/`, in order.
pub(crate) fn folders() -> Vec<PathBuf> {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons");
    let entries = fs::read_dir(lessons).expect("the repository has lessons");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders
}

/// The lesson of a folder.
pub(crate) fn read(folder: &Path) -> Lesson {
    let file = |name: &str| fs::read(folder.join(name)).map_err(|error| error.to_string());
    let rules = file("lesson.json").unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    Lesson::read(&rules, &mut |name| file(name))
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// Every lesson.
pub(crate) fn all() -> Vec<Lesson> {
    folders().iter().map(|folder| read(folder)).collect()
}

/// Every scenario of every lesson, each under a name of its own.
pub(crate) fn scenarios() -> Vec<(String, Scenario)> {
    let of = |lesson: &Lesson| -> Vec<(String, Scenario)> {
        let named =
            |(name, scenario): (&str, &Scenario)| (format!("{} {name}", lesson.id()), scenario.clone());
        lesson.scenarios().map(named).collect()
    };
    all().iter().flat_map(of).collect()
}
