//! Tests of the page, several files in one process each: to start a browser, and Node with what drives it, takes as long as a dozen
//! of them.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bundle;

/// Writes modules of about as much to do each, which import all of these files, into a folder that has nothing else then.
pub(crate) fn write(files: &[PathBuf], modules: usize, folder: &Path) -> Result<Vec<PathBuf>> {
    bundle::remove(folder)?;
    fs::create_dir_all(folder)?;
    let mut sized: Vec<(u64, &PathBuf)> = Vec::new();
    for file in files {
        sized.push((fs::metadata(file)?.len(), file));
    }
    let parts = parts(sized, modules);
    let mut written = Vec::new();
    for (number, part) in parts.iter().filter(|part| !part.is_empty()).enumerate() {
        let path = folder.join(format!("{number}.test.mjs"));
        fs::write(&path, part.iter().map(|file| import(file)).collect::<String>())?;
        written.push(path);
    }
    Ok(written)
}

/// The largest first, each to those that have least: how long a file is tells about how long it takes.
fn parts(mut sized: Vec<(u64, &PathBuf)>, count: usize) -> Vec<Vec<&PathBuf>> {
    sized.sort_by_key(|&(size, file)| (Reverse(size), file));
    let mut parts = vec![(0, Vec::new()); count.max(1)];
    for (size, file) in sized {
        if let Some((sum, part)) = parts.iter_mut().min_by_key(|(sum, _)| *sum) {
            *sum += size;
            part.push(file);
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Node takes the path for a part of a URL.
fn import(file: &Path) -> String {
    let path = file.display().to_string().replace('%', "%25").replace('#', "%23").replace('?', "%3f");
    format!("import {};\n", serde_json::Value::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_in_one_module_and_the_modules_are_about_as_large() {
        let files: Vec<_> = (1..=7).map(|size| PathBuf::from(format!("{size}.test.mjs"))).collect();
        let sized = files.iter().zip([7, 6, 5, 4, 3, 2, 1]).map(|(file, size)| (size, file)).collect();
        let parts = parts(sized, 3);
        let names: Vec<Vec<_>> =
            parts.iter().map(|part| part.iter().map(|file| file.to_string_lossy()).collect()).collect();
        let expected = [
            vec!["1.test.mjs", "6.test.mjs", "7.test.mjs"],
            vec!["2.test.mjs", "5.test.mjs"],
            vec!["3.test.mjs", "4.test.mjs"],
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_path_of_any_letters_is_imported() {
        assert_eq!(import(Path::new("/a b/50%#?\".mjs")), "import \"/a b/50%25%23%3f\\\".mjs\";\n");
    }

    #[test]
    fn what_an_earlier_run_wrote_is_gone_and_no_module_is_empty() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let (file, modules) = (folder.path().join("a.test.mjs"), folder.path().join("modules"));
        fs::create_dir(&modules).unwrap();
        fs::write(modules.join("7.test.mjs"), "").unwrap();
        fs::write(&file, "test").unwrap();
        let written = write(&[file], 4, &modules).unwrap();
        assert_eq!(written, [modules.join("0.test.mjs")]);
        assert_eq!(fs::read_dir(&modules).unwrap().count(), 1);
    }
}
