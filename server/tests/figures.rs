//! What the scenario program makes of a whole file: a trace for Perfetto, a figure of one step.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bufferevent-scenario");

const SCENARIO: &str = r#"{"format":2,"name":"two","title":"A & B","dialect":"2.1",
    "bufferevents":{"left":{},"right":{"pair_with":"left"}},
    "script":[{"write":"hello","of":"left"},{"turn":2}]}"#;

/// A file that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn at(&self, step: &str) -> String {
        format!("{}@{step}", self.path())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that refuses its arguments does not read; what is written here fits into the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn refused(args: &[&str]) -> String {
    let output = run(args, "");
    assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn made(args: &[&str], input: &str) -> Vec<u8> {
    let output = run(args, input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn svg(args: &[&str]) -> String {
    let svg = String::from_utf8(made(args, "")).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    svg
}

#[test]
fn perfetto_gives_one_file_as_a_trace_and_several_are_refused() {
    let file = Scratch::new("perfetto.json", SCENARIO);
    let trace = made(&["--perfetto", file.path()], "");
    // The first packet: field 1 of the trace, with its length.
    assert_eq!(trace[0], 0x0a);
    assert_eq!(made(&["--perfetto", "-"], SCENARIO), trace);
    assert!(refused(&["--perfetto", file.path(), file.path()]).contains("one file"));
}

#[test]
fn a_figure_is_of_one_step_of_a_scenario_with_each_of_its_bufferevents() {
    let file = Scratch::new("figure.json", SCENARIO);
    let start = svg(&["--svg", &file.at("0")]);
    assert!(start.contains("A &amp; B, step 0 of "), "{start}");
    let end = svg(&["--svg", file.path()]);
    for wanted in [">left<", ">right<", "hello"] {
        assert!(end.contains(wanted), "{wanted}: {end}");
    }
    assert_ne!(svg(&["--svg", "--print", file.path()]), svg(&["--svg", "--dark", file.path()]));
}

#[test]
fn a_step_that_is_not_there_is_refused_with_those_that_are() {
    let file = Scratch::new("steps.json", SCENARIO);
    for step in ["9999", "-1", "x", ""] {
        let said = refused(&["--svg", &file.at(step)]);
        assert!(said.contains(&format!("no step {step:?}: its steps are 0 to ")), "{said}");
    }
    let missing = refused(&["--svg", "/nowhere.json@3"]);
    assert!(missing.starts_with("/nowhere.json: "), "{missing}");
}

#[test]
fn a_recording_is_drawn_and_traced_like_a_scenario_and_its_damage_is_said() {
    let scenario = Scratch::new("recorded.json", SCENARIO);
    let records = String::from_utf8(made(&["--records", scenario.path()], "")).unwrap();
    let header = r#"{"recording":"bufferevent","schema":1,"engine":"0.1.0"}"#;
    let file = Scratch::new("whole.jsonl", &format!("{header}\n{records}"));
    assert!(svg(&["--svg", &file.at("5")]).contains("step 5 of "));
    assert_eq!(made(&["--perfetto", file.path()], "")[0], 0x0a);

    let damaged = Scratch::new("damaged.jsonl", &format!("{header}\n{{}}\n{records}"));
    for args in [["--svg", damaged.path()], ["--perfetto", damaged.path()]] {
        let output = run(&args, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("line 2: ") && !output.stdout.is_empty(), "{said}");
    }
}
