//! What the scenario program makes of a whole file: a trace for Perfetto, a figure of one step.

use bufferevent::recording::Picture;

use super::{Scratch, run};

const SCENARIO: &str = r#"{"format":2,"name":"two","title":"A & B","dialect":"2.1",
    "bufferevents":{"left":{},"right":{"pair_with":"left"}},
    "script":[{"write":"hello","of":"left"},{"turn":2}]}"#;

/// A step of what is in the file.
fn at(file: &Scratch, step: &str) -> String {
    format!("{}@{step}", file.path())
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
    let start = svg(&["--svg", &at(&file, "0")]);
    assert!(start.contains("A &amp; B, step 0 of "), "{start}");
    let end = svg(&["--svg", file.path()]);
    for wanted in [">left<", ">right<", "hello"] {
        assert!(end.contains(wanted), "{wanted}: {end}");
    }
    assert_ne!(svg(&["--svg", "--print", file.path()]), svg(&["--svg", "--dark", file.path()]));
}

#[test]
fn a_figure_tells_the_time_since_the_first_step_as_the_page_does() {
    let scenario = r#"{"format":1,"dialect":"2.1","script":[{"peer_send":"a"},{"turn":1},{"advance_ms":1500},{"turn":1}]}"#;
    let file = Scratch::new("time.json", scenario);
    for (step, time) in [("0", "at 0 ms"), ("1", "at 0 ms"), ("", "at 1500 ms")] {
        let svg =
            if step.is_empty() { svg(&["--svg", file.path()]) } else { svg(&["--svg", &at(&file, step)]) };
        assert!(svg.contains(&format!("{time}</text>")), "{svg}");
    }
}

#[test]
fn a_step_that_is_not_there_is_refused_with_those_that_are() {
    let file = Scratch::new("steps.json", SCENARIO);
    for step in ["9999", "-1", "x", ""] {
        let said = refused(&["--svg", &at(&file, step)]);
        assert!(said.contains(&format!("no step {step:?}: its steps are 0 to ")), "{said}");
    }
    let missing = refused(&["--svg", "/nowhere.json@3"]);
    assert!(missing.starts_with("/nowhere.json: "), "{missing}");
}

#[test]
fn a_recording_is_drawn_and_traced_like_a_scenario_and_its_damage_is_said() {
    let scenario = Scratch::new("recorded.json", SCENARIO);
    let records = String::from_utf8(made(&["--records", scenario.path()], "")).unwrap();
    let snapshot = serde_json::to_string(&Picture::default()).unwrap();
    let header = r#"{"recording":"bufferevent","schema":1,"engine":"0.1.0"}"#;
    let header = &format!("{header}\n{{\"snapshot\":{snapshot}}}");
    let file = Scratch::new("whole.jsonl", &format!("{header}\n{records}"));
    assert!(svg(&["--svg", &at(&file, "5")]).contains("step 5 of "));
    assert_eq!(made(&["--perfetto", file.path()], "")[0], 0x0a);

    // The second server began with a clock of its own, as did the one before it.
    let again = records.replace(r#""time_us":1000000000,"#, r#""time_us":7000000000,"#);
    assert_ne!(again, records);
    let both =
        Scratch::new("both.jsonl", &format!("{header}\n{records}{{\"snapshot\":{snapshot}}}\n{again}"));
    let first = records.lines().count() + 1;
    assert!(svg(&["--svg", &at(&both, &first.to_string())]).contains(", at 0 ms"));

    let damaged = Scratch::new("damaged.jsonl", &format!("{header}\n{{}}\n{records}"));
    let (first, rest) = records.split_once('\n').unwrap();
    let rest = rest.split_once('\n').unwrap().1;
    let gap = Scratch::new("gap.jsonl", &format!("{header}\n{first}\n{rest}"));
    for (file, what) in [(&damaged, "line 3: "), (&gap, "line 4: record 2 is missing before it")] {
        for args in [["--svg", file.path()], ["--perfetto", file.path()]] {
            let output = run(&args, "");
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(what) && !output.stdout.is_empty(), "{said}");
        }
    }
}
