//! What the `wasm-bindgen` program does, for the packages that are made here: JavaScript for a compiled wasm file.
//!
//! ```text
//! xtask-bindgen web|bundler|nodejs named|nameless MODULE FOLDER
//! ```
//!
//! `named` keeps the functions' names in the wasm, as they were mangled. The program itself comes with a runner of tests, which is
//! made of a web server and a client: more than all the rest of it, and compiled for nothing.

use std::env;

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [kind, names, module, folder] = arguments.as_slice() else {
        bail!("usage: xtask-bindgen web|bundler|nodejs named|nameless MODULE FOLDER");
    };
    let named = match names.as_str() {
        "named" => true,
        "nameless" => false,
        other => bail!("names are `named` or `nameless`, and not `{other}`"),
    };
    let mut bindgen = Bindgen::new();
    match kind.as_str() {
        "web" => bindgen.web(true)?,
        "bundler" => bindgen.bundler(true)?,
        "nodejs" => bindgen.nodejs(true)?,
        other => bail!("a package is of the kind `web`, `bundler` or `nodejs`, and not `{other}`"),
    };
    // With the default module path, because `await init()` is then able to find the wasm file by itself.
    bindgen.input_path(module).typescript(true).demangle(!named).remove_name_section(!named);
    bindgen.omit_default_module_path(false).generate(folder)
}
