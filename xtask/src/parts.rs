//! The engine's wasm as two files: what the page needs to show its first step, and the rest.
//!
//! `xtask/parts` parts the module. Here is what goes on around it: the linker's relocations, and the JavaScript that brings both
//! together again (`wasm/rest.js`).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::bundle;
use crate::tools;
use crate::workspace::Workspace;

/// The files in the package's folder.
const FIRST: &str = "bufferevent_wasm_bg.wasm";
const REST: &str = "bufferevent_wasm_rest.wasm";
/// The lesson that the page opens on.
pub(crate) const OPENING: &str = "anatomy";

/// Writes the package of the page: `module` is what the linker made, `lesson` the file that the page opens on. Gives the two
/// files of wasm, the first first.
pub(crate) fn build(
    workspace: &Workspace,
    module: &Path,
    lesson: &Path,
    folder: &Path,
) -> Result<[PathBuf; 2]> {
    let parts = tools::bindgen(workspace)?.join("xtask-parts");
    let [first, rest] = [FIRST, REST].map(|name| folder.join(name));
    bundle::bind_with(workspace, module, "web", folder, "named")?;
    let shell = &workspace.shell;
    cmd!(shell, "{parts} part {module} {first} {rest} {lesson}").run()?;
    join(workspace, folder)?;
    Ok([first, rest])
}

/// Takes out of a package's wasm what the linker left for the parting.
pub(crate) fn leave_whole(workspace: &Workspace, folder: &Path) -> Result<()> {
    let parts = tools::bindgen(workspace)?.join("xtask-parts");
    let wasm = folder.join(FIRST);
    let shell = &workspace.shell;
    Ok(cmd!(shell, "{parts} whole {wasm}").run()?)
}

/// Adds to wasm-bindgen's JavaScript what fetches the rest, and to its types.
fn join(workspace: &Workspace, folder: &Path) -> Result<()> {
    let rest = fs::read_to_string(workspace.root.join("wasm/rest.js"))?;
    let script = folder.join("bufferevent_wasm.js");
    let glue = fs::read_to_string(&script)?;
    fs::write(&script, with_rest(&glue)? + &rest).context("writing the script")?;
    let types = folder.join("bufferevent_wasm.d.ts");
    let declared = fs::read_to_string(&types)?;
    Ok(fs::write(&types, declared + TYPES)?)
}

/// What `wasm/rest.js` exports.
const TYPES: &str = "
/** The rest of the engine from its bytes, at once. */
export function joinRest(module: BufferSource | WebAssembly.Module): void;
/** Fetches the rest of the engine, once however often it is called. What needs it before waits for it. */
export function loadRest(): Promise<void>;
";

/// Gives the first what it has the rest fetched by, and has answers looked at that are no wasm.
fn with_rest(glue: &str) -> Result<String> {
    const IMPORTS: &str = "const import0 = {\n        __proto__: null,\n";
    const ANSWER: &str = "if (typeof Response === 'function' && module instanceof Response) {\n";
    for known in [IMPORTS, ANSWER] {
        ensure!(glue.matches(known).count() == 1, "wasm-bindgen writes this in another way: {known}");
    }
    let looked_at =
        "        if (module.ok) refuseHtml(module.url, module.status, module.headers.get('Content-Type'));\n";
    let glue = glue.replace(ANSWER, &format!("{ANSWER}{looked_at}"));
    Ok(glue.replace(IMPORTS, &format!("{IMPORTS}        fetchRest,\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glue_that_is_written_in_another_way_is_refused() {
        let imports = "const import0 = {\n        __proto__: null,\n        a: 1,\n    };";
        let answer = "if (typeof Response === 'function' && module instanceof Response) {\n  b";
        let joined = with_rest(&[imports, answer].concat()).unwrap();
        assert!(joined.contains("fetchRest,\n        a: 1") && joined.contains("refuseHtml(module.url"));
        for lacking in [imports, answer, "const imports = {};"] {
            assert!(with_rest(lacking).is_err());
        }
    }
}
