//! What the scenario program prints of scenarios, and how it refuses them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use super::{HELLO, PROGRAM, SPIN, Scratch, run, text};

const HELLO_TRACE: &str = r#"{"step":0,"in":0,"out":0,"rx":0,"tx":0,"enabled":["read","write"],"armed":["read"]}
{"step":1,"in":0,"out":0,"rx":5,"tx":0,"enabled":["read","write"],"armed":["read"]}
{"cb":"read","in":5,"out":0}
{"cb":"write","in":0,"out":0}
{"step":2,"in":0,"out":0,"rx":0,"tx":9,"enabled":["read","write"],"armed":["read"]}
{"peer_recv":"got hello"}
{"step":3,"in":0,"out":0,"rx":0,"tx":0,"enabled":["read","write"],"armed":["read"]}
"#;

#[test]
fn a_file_gives_its_trace() {
    let file = Scratch::new("trace.json", HELLO);
    let output = run(&[file.path()], "");
    assert_eq!((text(&output.stdout), text(&output.stderr)), (HELLO_TRACE, ""));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn lines_give_their_names_and_traces() {
    let output = run(&["-"], &format!("{HELLO}\n\n{HELLO}"));
    let one = format!("{{\"scenario\":\"hello\"}}\n{HELLO_TRACE}");
    assert_eq!(text(&output.stdout), one.repeat(2));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn records_are_json_with_what_happened_and_where() {
    let output = run(&["--records", "-"], HELLO);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["scenario"], "hello");
    for (record, seq) in lines[1..].iter().zip(1..) {
        assert_eq!(record["seq"], seq);
        assert!(record["kind"].is_string() && record["file"].is_string() && record["line"].is_u64());
    }
    let received = lines.iter().find(|record| record["kind"] == "received").unwrap();
    assert_eq!(received["payload"]["bytes"], "hello");
}

#[test]
fn pictures_are_the_state_after_each_record() {
    let output = run(&["--pictures", "-"], HELLO);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (picture, seq) in lines[1..].iter().zip(1..) {
        assert_eq!((&picture["seq"], &picture["last"]["seq"]), (&seq.into(), &seq.into()));
    }
    let received = lines.iter().find(|picture| picture["last"]["kind"] == "received").unwrap();
    assert_eq!(received["connections"][0]["input"]["len"], 5);
    assert_eq!(run(&["--pictures", "--records", "-"], "").status.code(), Some(2));
}

#[test]
fn what_is_not_valid_is_one_line_and_the_rest_runs() {
    let good = Scratch::new("good.json", HELLO);
    let cases = [
        ("unknown", r#"{"format":1,"dialect":"1.4","scrip":[]}"#, "top level: unknown key \"scrip\""),
        ("nested", r#"{"format":1,"dialect":"1.4","script":[{"turn":-1}]}"#, "script[0].turn: "),
        ("missing", r#"{"format":1}"#, "dialect: missing"),
        ("json", "{\"format\":1,\n]", "line 2, column 1: "),
    ];
    for (name, json, complaint) in cases {
        let bad = Scratch::new(&format!("{name}.json"), json);
        let output = run(&[bad.path(), good.path()], "");
        assert_eq!(text(&output.stdout), HELLO_TRACE);
        assert_eq!(output.status.code(), Some(2));
        let line = text(&output.stderr);
        assert!(line.starts_with(&format!("{}: {complaint}", bad.path())), "{line}");
        assert_eq!(line.lines().count(), 1);
    }
}

#[test]
fn a_line_that_is_not_valid_is_named_by_its_number() {
    let output = run(&["-"], &format!("{HELLO}\nnonsense\n{HELLO}\n"));
    assert_eq!(text(&output.stdout).lines().count(), 2 * (1 + HELLO_TRACE.lines().count()));
    assert!(text(&output.stderr).starts_with("standard input, line 2: "));
    assert_eq!((text(&output.stderr).lines().count(), output.status.code()), (1, Some(2)));
}

#[test]
fn a_file_that_is_not_there_is_one_line() {
    let output = run(&["/nowhere/at/all.json"], "");
    assert_eq!(text(&output.stderr), "/nowhere/at/all.json: No such file or directory (os error 2)\n");
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
}

#[test]
fn a_scenario_that_does_not_end_is_stopped_at_a_limit_that_is_named() {
    let spin = SPIN.replace("1.4", "2.1").replace(r#"{"turn":1}"#, r#"{"turn":4294967295}"#);
    let writes = spin.replace(r#""script""#, r#""app":{"on_read":[[{"write":"wwwwwwwwww"}]]},"script""#);
    let interrupted = r#"{"format":1,"name":"x","dialect":"1.4","script":[{"inject":{"op":"read","errno":"EINTR","times":4294967295}},{"peer_send":"x"},{"turn":4294967295}]}"#;
    let limits = ["--max-records", "2000", "--max-bytes", "500"];
    for (scenario, complaint) in [
        (&spin[..], "step 2 of the script: more than 2000 records (--max-records)"),
        (&writes, "step 2 of the script: more than 500 buffered bytes (--max-bytes)"),
        (interrupted, "step 3 of the script: more than 2000 records (--max-records)"),
    ] {
        for what in [&[][..], &["--records"], &["--pictures"], &["--compare", "2.1,2.1"]] {
            let args = [&limits[..], what, &["-"]].concat();
            let output = run(&args, &format!("{scenario}\n{HELLO}"));
            let errors = text(&output.stderr);
            assert!(errors.ends_with(&format!("stopped in {complaint}\n")), "{what:?}: {errors}");
            assert!(errors.starts_with("standard input, line 1: "), "{errors}");
            assert_eq!((errors.lines().count(), output.status.code()), (1, Some(2)), "{what:?}");
            let printed = text(&output.stdout);
            assert!(printed.contains(r#"{"scenario":"hello"}"#), "the next one runs");
            if what.first() == Some(&"--records") && complaint.contains("records") {
                let before = printed.lines().take_while(|line| *line != r#"{"scenario":"hello"}"#).count();
                assert_eq!(before, 1 + 2000, "its name, and the records within the limit");
            }
        }
    }
}

#[test]
fn what_was_printed_before_the_limit_is_valid() {
    let spin = SPIN.replace("1.4", "2.1").replace(r#"{"turn":1}"#, r#"{"turn":4294967295}"#);
    let file = Scratch::new("cut.json", &spin);
    for what in ["--records", "--pictures"] {
        let output = run(&["--max-records", "500", what, file.path()], "");
        let valid = |line| serde_json::from_str::<serde_json::Value>(line).is_ok();
        assert!(text(&output.stdout).lines().all(valid) && output.stdout.ends_with(b"\n"));
    }
}

#[test]
fn a_byte_order_mark_before_a_scenario_is_passed_over() {
    let file = Scratch::new("mark.json", &format!("\u{feff}{HELLO}"));
    assert_eq!(text(&run(&[file.path()], "").stdout), HELLO_TRACE);
    let lines = run(&["-"], &format!("\u{feff}{HELLO}\r\n{HELLO}"));
    assert_eq!((text(&lines.stdout).matches(HELLO_TRACE).count(), lines.status.code()), (2, Some(0)));
}

#[test]
fn ten_thousand_scenarios_take_seconds() {
    let output = run(&["-"], &format!("{HELLO}\n").repeat(10_000));
    assert_eq!(text(&output.stdout).lines().count(), 10_000 * (1 + HELLO_TRACE.lines().count()));
}

#[test]
fn passes_without_end_end_when_nothing_is_left_to_do() {
    let passes = |count: u32| HELLO.replace(r#"{"turn":2}"#, &format!(r#"{{"turn":{count}}}"#));
    for args in [&["-"][..], &["--records", "-"]] {
        assert_eq!(run(args, &passes(u32::MAX)).stdout, run(args, &passes(100)).stdout);
    }
}

#[test]
fn whoever_has_seen_enough_may_stop_reading() {
    let endless = SPIN.replace("1.4", "2.1").replace(r#"{"turn":1}"#, r#"{"turn":4294967295}"#);
    let calls = [(&["-"][..], 0), (&["--records", "-"], 0), (&["--compare", "1.4,2.1", "-"], 1)];
    for (args, status) in calls {
        let mut command = Command::new(PROGRAM);
        let mut child = command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(endless.as_bytes()).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..1000 {
            stdout.read_line(&mut String::new()).unwrap();
        }
        drop(stdout);
        assert_eq!(child.wait().unwrap().code(), Some(status), "{args:?}");
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(errors, "");
    }
}

/// A proxy: two sockets, joined.
const PROXY: &str = r#"{"format":2,"name":"proxy","dialect":"2.1","bufferevents":{"client":{"on_read":[[{"move_to":"server"}]]},"server":{}},"script":[{"peer_send":"GET /","of":"client"},{"turn":2},{"peer_recv":99,"of":"server"}]}"#;

#[test]
fn a_program_of_several_bufferevents_runs_in_every_way() {
    let trace = run(&["-"], PROXY);
    assert!(text(&trace.stdout).contains(r#"{"of":"server","peer_recv":"GET /"}"#), "{trace:?}");
    let pictures = run(&["-", "--pictures"], PROXY);
    let last = text(&pictures.stdout).lines().last().unwrap();
    assert!(last.contains(r#""names":{"bufferevents":{"1":"client","2":"server"},"events":{}}"#), "{last}");
    assert!(run(&["-", "--records"], PROXY).status.success());
    let compared = run(&["-", "--compare", "1.4,2.1"], PROXY);
    assert_eq!(compared.status.code(), Some(0), "{compared:?}");
    assert!(text(&compared.stdout).contains("1.4 and 2.1: 11 equal lines"), "{compared:?}");
    // Nothing is read into the other's output while it is full: that is where they part.
    let held = PROXY
        .replace(r#""server":{}"#, r#""server":{"read":{"high":1}}"#)
        .replace(r#"{"turn":2}"#, r#"{"peer_send":"xy","of":"server"},{"turn":2}"#);
    let compared = run(&["-", "--compare", "1.4,2.1"], &held);
    assert_eq!(compared.status.code(), Some(1), "{compared:?}");
    assert!(text(&compared.stdout).contains(r#""of":"server""#), "{compared:?}");
}

#[test]
fn bad_programs_are_one_line_each_with_place_and_status_2() {
    let with = |bufferevents: &str, keys: &str| {
        format!(r#"{{"format":2,"dialect":"2.1","bufferevents":{{{bufferevents}}}{keys}}}"#)
    };
    for (scenario, expected) in [
        (
            with(r#""a":{"pair_with":"bb"},"b":{}"#, ""),
            r#"bufferevents.a.pair_with: there is no bufferevent "bb"; did you mean "b"?"#,
        ),
        (
            with(r#""a":{"pair_with":"a"}"#, ""),
            "bufferevents.a.pair_with: a pair has two sides, and this is one with itself",
        ),
        (
            with(r#""a":{"filter_over":"b"},"b":{"filter_over":"a"}"#, ""),
            "bufferevents.a.filter_over: the filters go round in a circle",
        ),
        (
            with(
                r#""a":{}"#,
                r#","limits":{"records":500},"timers":{"t":{"do":[[{"activate":"t"}]]}},"script":[{"activate":"t"},{"turn":999999999}]"#,
            ),
            "stopped in step 2 of the script: more than 500 records (the scenario's own limits)",
        ),
    ] {
        let output = run(&["-"], &scenario);
        assert_eq!(output.status.code(), Some(2), "{scenario}");
        assert_eq!(text(&output.stderr), format!("standard input, line 1: {expected}\n"));
    }
}

#[test]
fn the_schema_is_printed_alone() {
    let output = run(&["--schema"], "");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(!run(&["--schema", "--records"], "").status.success());
}

#[test]
fn a_scenario_is_printed_as_a_c_program_for_its_libevent_or_another() {
    let file = Scratch::new("as-c.json", HELLO);
    let program = |args: &[&str]| {
        let output = run(&[args, &[file.path()]].concat(), "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let (own, other) = (program(&["--as-c"]), program(&["--as-c", "--dialect", "2.1"]));
    assert!(own.contains("#include <event.h>") && other.contains("#include <event2/bufferevent.h>"));
    for text in [own, other] {
        assert!(text.contains("int main(void)") && text.contains(r#"echo(bev, "got ", 4);"#), "{text}");
    }
}

#[test]
fn one_c_program_is_printed_and_not_several_into_one() {
    let file = Scratch::new("as-c-twice.json", HELLO);
    let output = run(&["--as-c", file.path(), file.path()], "");
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
    assert_eq!(text(&output.stderr), "--as-c: takes one file, and there are several\n");
    let output = run(&["--as-c", "-"], &format!("{HELLO}\n{HELLO}\n"));
    assert_eq!((text(&output.stdout).matches("int main(void)").count(), output.status.code()), (1, Some(2)));
    assert!(text(&output.stderr).starts_with("standard input, line 2: --as-c makes one program"));
}

#[test]
fn what_no_c_program_can_do_is_one_line_with_its_place_and_status_2() {
    let line =
        r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"on_read":[[{"write_line":"x"}]]}},"script":[]}"#;
    let pending = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"connect":"pending"}},"script":[]}"#;
    for (scenario, place) in
        [(line, "bufferevents.a.on_read[0][0].write_line"), (pending, "bufferevents.a.connect")]
    {
        let file = Scratch::new("no-c.json", scenario);
        let output = run(&["--as-c", file.path()], "");
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let complaint = text(&output.stderr);
        assert!(complaint.lines().count() == 1 && complaint.contains(place), "{complaint}");
    }
}
