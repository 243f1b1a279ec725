//! `cargo xtask lesson`: the folders of `lessons/`, checked and packed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use bufferevent::Dialect;
use bufferevent::sim::Lesson;
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// The file of a lesson's rules, in its folder.
const RULES: &str = "lesson.json";

/// Reads the lesson of a folder.
pub(crate) fn read(folder: &Path) -> Result<Lesson> {
    let file = |name: &str| fs::read(folder.join(name)).map_err(|error| error.to_string());
    let text = file(RULES).map_err(|why| anyhow::anyhow!("{}: {why}", folder.join(RULES).display()))?;
    Lesson::read(&text, &mut |name| file(name)).with_context(|| folder.display().to_string())
}

/// Every folder of `lessons/`, in the order of their names.
pub(crate) fn folders(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let lessons = workspace.root.join("lessons");
    let mut folders = Vec::new();
    for entry in fs::read_dir(&lessons).with_context(|| lessons.display().to_string())? {
        let path = entry?.path();
        if path.join(RULES).is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Says what is wrong with the lessons of these folders, or of all; and what their runs tell, for whoever writes texts.
pub(crate) fn check(workspace: &Workspace, chosen: &[PathBuf]) -> Result<()> {
    let folders = if chosen.is_empty() { folders(workspace)? } else { chosen.to_vec() };
    let mut wrong = 0;
    for folder in &folders {
        println!("{}", folder.display());
        match read(folder) {
            Err(error) => {
                wrong += 1;
                println!("  {:#}", error.root_cause());
            }
            Ok(lesson) => {
                let report = lesson.check();
                print_findings(&report.findings);
                let problems = once_each(report.problems.iter().map(ToString::to_string));
                problems.iter().for_each(|problem| println!("  wrong: {problem}"));
                wrong += problems.len();
            }
        }
    }
    ensure!(wrong == 0, "{wrong} {} wrong", if wrong == 1 { "thing is" } else { "things are" });
    match folders.len() {
        1 => println!("everything holds in this lesson"),
        lessons => println!("everything holds in {lessons} lessons"),
    }
    Ok(())
}

/// What is wrong in several libevents in the same way once, with all of them named.
fn once_each(problems: impl Iterator<Item = String>) -> Vec<String> {
    let mut each: Vec<(String, Vec<Dialect>)> = Vec::new();
    for problem in problems {
        let within = Dialect::ALL.into_iter().find_map(|dialect| {
            problem.strip_suffix(&format!(" (in {dialect})")).map(|what| (what.to_owned(), dialect))
        });
        let (what, dialects) = within.map_or((problem, Vec::new()), |(what, dialect)| (what, vec![dialect]));
        match each.iter_mut().find(|(other, others)| *other == what && !others.is_empty()) {
            Some((_, there)) => there.extend(dialects),
            None => each.push((what, dialects)),
        }
    }
    let named = |(what, dialects): (String, Vec<Dialect>)| match &*dialects {
        [] => what,
        dialects => {
            let names: Vec<_> = dialects.iter().map(ToString::to_string).collect();
            format!("{what} (in {})", names.join(", "))
        }
    };
    each.into_iter().map(named).collect()
}

/// What is the same in every libevent in one line.
fn print_findings(findings: &[bufferevent::sim::Finding]) {
    let mut each: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    for finding in findings {
        let said = each.entry(&finding.what).or_default();
        match said.iter_mut().find(|(is, _)| *is == finding.is) {
            Some((_, dialects)) => dialects.push_str(&format!(", {}", finding.dialect)),
            None => said.push((&finding.is, finding.dialect.to_string())),
        }
    }
    for (what, said) in each {
        for (is, dialects) in said {
            println!("  {what} (in {dialects}): {is}");
        }
    }
}

/// Writes the lesson of a folder as one file with everything inline, for pages that load it by its address.
pub(crate) fn pack(folder: &Path, to: &Path) -> Result<()> {
    let lesson = read(folder)?;
    fs::write(to, lesson.to_json()).with_context(|| to.display().to_string())
}

/// Writes every lesson of the workspace to this folder as `ID.json`, and `index.json` with what a menu shows of
/// them.
pub(crate) fn pack_all(workspace: &Workspace, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut lessons = folders(workspace)?.iter().map(|folder| read(folder)).collect::<Result<Vec<_>>>()?;
    // Those out of the course behind it.
    lessons.sort_by_key(|lesson| (lesson.number() == 0, lesson.number(), lesson.id().to_owned()));
    let mut index = Vec::new();
    for lesson in &lessons {
        let id = lesson.id();
        if lessons.iter().filter(|other| other.id() == id).count() > 1 {
            bail!("two lessons are called {id:?}");
        }
        fs::write(to.join(format!("{id}.json")), lesson.to_json())?;
        index.push(json!({
            "number": lesson.number(),
            "id": id,
            "test": lesson.is_test(),
            "titles": titles(lesson)?,
            "predictions": lesson.prediction_ids().count(),
            "tasks": lesson.task_ids().count(),
            "repair": lesson.scenario("repair").is_some(),
        }));
    }
    fs::write(to.join("index.json"), Value::from(index).to_string())?;
    // What belongs to all of them lies beside their folders.
    for entry in fs::read_dir(workspace.root.join("lessons"))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|it| it == "json")) {
            fs::copy(&path, to.join(name)).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// Its title in each language.
fn titles(lesson: &Lesson) -> Result<Value> {
    let texts: Value = serde_json::from_str(&lesson.texts_json())?;
    let titles = texts.as_object().into_iter().flatten();
    Ok(titles.map(|(language, texts)| (language.clone(), texts["title"].clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_several_libevents_is_said_once() {
        let said = ["a: is late (in 1.4)", "b: is missing", "a: is late (in 2.1)", "a: is early (in 2.1)"];
        let once = once_each(said.map(str::to_owned).into_iter());
        assert_eq!(once, ["a: is late (in 1.4, 2.1)", "b: is missing", "a: is early (in 2.1)"]);
    }
}
