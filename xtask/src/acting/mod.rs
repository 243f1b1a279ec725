//! Which statement of the engine did what a record tells: the record names the line that *records* it.
//!
//! ```json
//! {"core/src/bufferevent/pressure.rs": {"acting": {"62": [58, 60]}, "folded": [[61, 66]]}}
//! ```
//!
//! `acting` has the first and last line of the statement that acts, by the line of the call that records; `folded` the lines
//! that do nothing but record. Both follow from the shape of the source alone:
//!
//! - A statement *records* when it is a call of one of the [recorders](statement), a condition or block with nothing else in it, or a
//!   `let` whose names nothing but such statements read.
//! - The statement that acts is the nearest before it that may change something: in its block, then in the condition around
//!   that, then before that in the block around. Where there is none, something was decided: it is the nearest `let` before
//!   it, the condition after it, or the head of the function.

mod statement;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::Span;
use serde_json::{Value, json};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Stmt};

use crate::bundle;
use crate::workspace::Workspace;
use statement::{Calls, acts, acts_in, keeps_books, recorder_calls, recording};

/// The folders whose lines records name.
const SOURCES: [&str; 3] = ["core/src/bufferevent", "core/src/engine", "core/src/sim"];

type Lines = (usize, usize);

/// What is known of one file.
#[derive(Debug, Default)]
pub(crate) struct FileMap {
    /// By the line of the call that records.
    pub(crate) acting: BTreeMap<usize, Lines>,
    pub(crate) folded: BTreeSet<Lines>,
}

/// The map of all sources, by their paths from the workspace's root.
pub(crate) fn map(workspace: &Workspace) -> Result<BTreeMap<String, FileMap>> {
    let mut map = BTreeMap::new();
    for folder in SOURCES {
        let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
        for path in bundle::files(workspace, Path::new(folder)).into_iter().filter(is_rust) {
            let name = path.to_string_lossy().replace('\\', "/");
            let text =
                fs::read_to_string(workspace.root.join(&path)).with_context(|| format!("reading {name}"))?;
            let file = file_map(&text).with_context(|| format!("reading {name}"))?;
            if !file.acting.is_empty() {
                map.insert(name, file);
            }
        }
    }
    Ok(map)
}

/// As the page reads it.
pub(crate) fn to_json(map: &BTreeMap<String, FileMap>) -> Value {
    let file = |file: &FileMap| json!({ "acting": file.acting, "folded": file.folded });
    map.iter().map(|(name, lines)| (name.clone(), file(lines))).collect::<serde_json::Map<_, _>>().into()
}

fn file_map(text: &str) -> Result<FileMap> {
    let mut finder = Finder { map: FileMap::default(), heads: Vec::new(), before: None };
    finder.visit_file(&syn::parse_file(text)?);
    Ok(finder.map)
}

/// A construct around a block: a function, a condition, an arm.
#[derive(Debug, Clone, Copy)]
struct Head {
    lines: Lines,
    /// Evaluating it may change something.
    acts: bool,
}

struct Finder {
    map: FileMap,
    /// Outermost first.
    heads: Vec<Head>,
    /// The nearest statement that acts before the statement around the block.
    before: Option<Lines>,
}

impl Finder {
    fn within(&mut self, head: Head, visit: impl FnOnce(&mut Self)) {
        self.heads.push(head);
        visit(self);
        self.heads.pop();
    }

    fn acting_before(&self, stmts: &[Stmt], records: &[bool], at: usize) -> Option<Lines> {
        let candidates = || {
            let speaks = |before: &usize| {
                !records[*before] && !is_guard(&stmts[*before]) && !keeps_books(&stmts[*before])
            };
            (0..at).rev().filter(speaks)
        };
        let acting = candidates().find(|before| acts_in(&stmts[*before]));
        let of = |at: usize| lines(stmts[at].span());
        let around = self.heads.last();
        acting
            .map(of)
            .or_else(|| around.filter(|head| head.acts).map(|head| head.lines))
            .or_else(|| candidates().next().map(of))
            .or(self.before)
    }

    fn acting(&self, stmts: &[Stmt], records: &[bool], at: usize) -> Option<Lines> {
        let decided = || {
            let next =
                stmts.iter().zip(records).skip(at + 1).find(|(stmt, records)| !**records && !is_guard(stmt));
            match next?.0 {
                Stmt::Expr(expr, _) => head_of(expr).map(|head| head.lines),
                _ => None,
            }
        };
        self.acting_before(stmts, records, at)
            .or_else(decided)
            .or_else(|| self.heads.last().map(|head| head.lines))
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_block(&mut self, block: &'ast Block) {
        let records = recording(&block.stmts);
        for (at, stmt) in block.stmts.iter().enumerate() {
            if records[at] {
                self.map.folded.insert(lines(stmt.span()));
            }
            if let Some(acting) = self.acting(&block.stmts, &records, at) {
                let calls = recorder_calls(stmt).into_iter().map(|call| (call, acting));
                self.map.acting.extend(calls);
            }
            // What inner blocks say of their calls is nearer. Not so where all of it records.
            if !records[at] {
                let before = self.acting_before(&block.stmts, &records, at);
                let outer = std::mem::replace(&mut self.before, before);
                visit::visit_stmt(self, stmt);
                self.before = outer;
            }
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match head_of(expr) {
            Some(head) => self.within(head, |this| visit::visit_expr(this, expr)),
            None => visit::visit_expr(self, expr),
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let acts = self.heads.last().is_some_and(|head| head.acts);
        let head = Head { lines: lines(arm.pat.span()), acts };
        let calls = Calls::of(|calls| calls.visit_expr(&arm.body));
        self.map.acting.extend(calls.into_iter().map(|call| (call, head.lines)));
        self.within(head, |this| visit::visit_arm(this, arm));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        // Records in one that stands for its caller name the caller's line.
        if function.attrs.iter().any(|attribute| attribute.path().is_ident("track_caller")) {
            return;
        }
        self.before = None;
        let head = Head { lines: lines(function.sig.span()), acts: false };
        self.within(head, |this| visit::visit_impl_item_fn(this, function));
    }
}

/// The lines of a construct up to its block.
fn head_of(expr: &Expr) -> Option<Head> {
    let condition = match expr {
        Expr::If(it) => &it.cond,
        Expr::While(it) => &it.cond,
        Expr::Match(it) => &it.expr,
        Expr::ForLoop(it) => &it.expr,
        _ => return None,
    };
    let first = expr.span().start().line;
    Some(Head { lines: (first, condition.span().end().line), acts: acts(condition) })
}

/// Nothing but a way out.
fn is_guard(stmt: &Stmt) -> bool {
    let leaves = |expr: &Expr| matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_));
    match stmt {
        Stmt::Expr(Expr::If(it), _) => {
            let mut stmts = it.then_branch.stmts.iter();
            !acts(&it.cond) && stmts.all(|stmt| matches!(stmt, Stmt::Expr(expr, _) if leaves(expr)))
        }
        Stmt::Expr(expr, _) => leaves(expr),
        _ => false,
    }
}

fn lines(span: Span) -> Lines {
    (span.start().line, span.end().line)
}

#[cfg(test)]
mod tests {
    use bufferevent::Record;
    use bufferevent::sim::{Scenario, Simulation};

    use super::*;

    fn recorded_scenarios(workspace: &Workspace) -> Vec<Scenario> {
        let files = ["1.4/edge", "2.1/edge", "2.2/edge", "2.1/format-2"];
        let text = |file| {
            let path = workspace.root.join(format!("core/tests/conformance/{file}.jsonl"));
            fs::read_to_string(path).expect("part of the project")
        };
        let scenario = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            Scenario::from_json(&line["scenario"].to_string()).expect("valid")
        };
        files.map(text).iter().flat_map(|text| text.lines()).map(scenario).collect()
    }

    #[test]
    fn every_record_has_a_line_that_acted_and_that_line_is_not_folded() {
        let workspace = Workspace::open().expect("in the workspace");
        let map = map(&workspace).expect("the sources are Rust");
        for scenario in recorded_scenarios(&workspace) {
            let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
            while simulation.run_step() {}
            for record in simulation.observer() {
                let file = map.get(record.file.as_ref()).unwrap_or_else(|| panic!("{record:?}"));
                let acting = file.acting.get(&(record.line as usize)).unwrap_or_else(|| panic!("{record:?}"));
                let folded = file.folded.iter().any(|(first, last)| *first <= acting.0 && acting.1 <= *last);
                assert!(!folded, "{acting:?} of {record:?}");
            }
        }
    }

    /// What the line that acted has in it, by the kind of the record: what one looks for who reads the engine at that step.
    /// Between the two sides of a pair, and through a filter, bytes are moved and pass no kernel.
    const ACTS: [(&str, &[&str]); 14] = [
        ("received", &["read_asking(", "moving.", "buffer(name)"]),
        ("sent", &["output.write(", "end_removal(", "take_out(", "fn record_filter_took"]),
        ("peer_sent", &["kernel.peer_send("]),
        ("peer_received", &["kernel.peer_recv("]),
        ("created", &["bufferevents.insert("]),
        ("callbacks_set", &["callbacks = callbacks"]),
        ("callback_not_set", &["wants_callback("]),
        ("callback_deferred", &["deferral."]),
        ("connect_started", &["private.connecting"]),
        ("connected", &["private.connecting = false"]),
        ("event_armed", &["arm_if_idle("]),
        ("event_disarmed", &["del_next("]),
        ("timer_set", &["set_timer("]),
        ("pressure_installed", &["installed: true"]),
    ];

    #[test]
    fn the_line_that_acted_is_the_one_that_did_what_the_record_tells() {
        let workspace = Workspace::open().expect("in the workspace");
        let map = map(&workspace).expect("the sources are Rust");
        let mut places = BTreeSet::new();
        for scenario in recorded_scenarios(&workspace) {
            let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
            while simulation.run_step() {}
            let records = simulation.observer().iter();
            places.extend(records.map(|it| (it.step.kind(), it.file.to_string(), it.line as usize)));
        }
        for (kind, words) in ACTS {
            let mut seen = places.iter().filter(|(of, ..)| *of == kind).peekable();
            assert!(seen.peek().is_some(), "{kind} is recorded");
            for (_, file, line) in seen {
                let text = fs::read_to_string(workspace.root.join(file)).expect("part of the project");
                let (first, last) = map[file].acting[line];
                let acting =
                    text.lines().skip(first - 1).take(last + 1 - first).collect::<Vec<_>>().join("\n");
                assert!(words.iter().any(|word| acting.contains(word)), "{kind}, {file}:{line}: {acting}");
            }
        }
    }

    #[test]
    fn what_is_folded_only_records() {
        let workspace = Workspace::open().expect("in the workspace");
        for (name, file) in map(&workspace).expect("the sources are Rust") {
            let text = fs::read_to_string(workspace.root.join(&name)).expect("part of the project");
            let lines: Vec<&str> = text.lines().collect();
            for (first, last) in file.folded {
                let folded = lines[first - 1..last].join("\n");
                let changes = [
                    "del_event",
                    "set_timer",
                    ".push(",
                    "freeze(",
                    "activate(",
                    "arm_if_idle",
                    "del_next",
                    " += ",
                ];
                let found = changes.into_iter().find(|change| folded.contains(change));
                assert_eq!(found, None, "{name}:{first}: {folded}");
            }
        }
    }

    fn acting_of(text: &str) -> (Vec<(usize, Lines)>, Vec<Lines>) {
        let map = file_map(text).expect("Rust");
        (map.acting.into_iter().collect(), map.folded.into_iter().collect())
    }

    #[test]
    fn the_nearest_statement_that_does_more_than_record_acted() {
        let text = "impl A {\n fn b(&mut self) {\n  self.c();\n  let d = self.e;\n  self.record(|| d);\n  self.f();\n }\n}";
        assert_eq!(acting_of(text), (vec![(5, (3, 3))], vec![(4, 4), (5, 5)]));
        let first = "impl A {\n fn b(&mut self) {\n  self.record(1);\n  self.f();\n }\n}";
        assert_eq!(acting_of(first), (vec![(3, (2, 2))], vec![(3, 3)]));
        let alone = "impl A {\n fn b(&mut self) {\n  if self.g {\n   self.record(1);\n  } else {\n   self.f();\n  }\n }\n}";
        assert_eq!(acting_of(alone), (vec![(4, (3, 3))], vec![(4, 4)]));
    }
}
