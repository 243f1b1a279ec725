//! The engine's tests, one program: a file here is a module of it, and is compiled and linked once.

mod answers;
mod as_c;
mod between;
mod budget;
mod calls;
mod compare;
mod condition;
mod conformance;
mod connecting;
mod dialect_2;
mod edits;
mod engine;
mod evbuffer_edges;
mod evbuffer_model;
mod experiment;
mod floors;
mod fold;
mod functions;
mod lesson_check;
mod lesson_docs;
mod lesson_folders;
mod memory;
mod moves_under_way;
mod observer;
mod pair;
mod pair_steps;
mod path;
mod peer_sees;
mod recording;
mod recording_file;
mod records;
mod refusals;
mod regress;
mod regress_bufferevent;
mod regress_evbuffer;
mod running;
mod runs;
mod scenario_2;
mod scenario_2_experiment;
mod scenario_2_loop;
mod scenario_2_reader;
mod scenario_check;
mod scenario_docs;
mod scenario_reader;
mod scenario_robustness;
mod scenario_round_trip;
mod sim_kernel;
mod support;
mod timers;
mod trigger;
mod turn;
mod watermarks;
mod why;
mod why_byte;
mod why_issues;
mod why_missing;
mod why_timers;

use std::collections::BTreeSet;
use std::path::Path;

/// What nobody declares is compiled by nobody, and passes.
#[test]
fn every_file_of_this_folder_is_a_module() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut there = BTreeSet::new();
    for entry in folder.read_dir().expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust || path.join("mod.rs").is_file() {
            there.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    let declared =
        include_str!("main.rs").lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(";"));
    let declared: BTreeSet<String> = declared.chain(["main"]).map(str::to_owned).collect();
    assert_eq!(there, declared);
}
