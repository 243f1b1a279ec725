//! Two libevents beside each other, as the scenario program shows where they part.

use std::io::Write;
use std::process::{Command, Stdio};

use bufferevent::Dialect;

use super::{HELLO, PROGRAM, SPIN, Scratch, run, text};

#[test]
fn two_dialects_are_shown_from_the_first_difference_on() {
    let file = Scratch::new("compare.json", SPIN);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(columns(lines[0]), ["line", "1.4", "2.1"]);
    assert_eq!(columns(lines[1])[0], "4", "three lines are equal");
    assert_eq!(columns(lines[1])[1..], [">", r#"{"cb":"read","in":5,"out":0}"#], "2.1 has more to tell");
    assert!(lines.last().unwrap().matches(r#"{"step":3,"#).count() == 2, "what both have is in line again");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""));
}

/// What one libevent calls more often has nothing beside it, and all else stands beside what it is.
#[test]
fn what_only_one_side_has_puts_nothing_else_out_of_line() {
    let spin = SPIN.replace(r#"{"turn":1}"#, r#"{"turn":3},{"peer_send":"x"},{"turn":2}"#);
    let file = Scratch::new("aligned.json", &spin);
    for dialects in ["2.1,1.4", "1.4,2.1"] {
        let output = run(&["--compare", dialects, file.path()], "");
        let printed = text(&output.stdout);
        let only = if dialects == "2.1,1.4" { '<' } else { '>' };
        let rows = printed
            .lines()
            .skip(1)
            .filter(|row| row.trim_start().starts_with(|it: char| it.is_ascii_digit()));
        let mut counts = [0; 2];
        for row in rows {
            let objects: Vec<_> = row.match_indices('{').map(|(at, _)| &row[at..]).collect();
            let sort = |object: &str| object.split(['"', ':', ',']).nth(1).map(str::to_owned);
            match &*objects {
                [one] => {
                    assert!(row.contains(only), "{row}");
                    assert!(one.starts_with(r#"{"cb""#) || one.starts_with(r#"{"spin""#), "{row}");
                    counts[0] += 1;
                }
                [left, right] => {
                    assert_eq!(sort(left), sort(right), "{row}");
                    counts[1] += 1;
                }
                _ => panic!("{row}"),
            }
        }
        assert!(counts[0] > 50 && counts[1] >= 4, "{counts:?}\n{printed}");
    }
}

#[test]
fn equal_traces_are_said_to_be_equal() {
    let file = Scratch::new("equal.json", HELLO);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    assert_eq!(text(&output.stdout), "1.4 and 2.1: 7 equal lines\n");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[test]
fn any_two_dialects_can_be_compared() {
    let sent = "x".repeat(5000);
    let scenario =
        format!(r#"{{"format":1,"dialect":"1.4","script":[{{"peer_send":"{sent}"}},{{"turn":1}}]}}"#);
    for left in Dialect::ALL {
        for right in Dialect::ALL {
            let output = run(&["--compare", &format!("{left},{right}"), "-"], &scenario);
            // Only 2.2 takes them all at once: the others begin with 4096.
            let differ = (left == Dialect::V2_2) != (right == Dialect::V2_2);
            assert_eq!(
                (output.status.code(), text(&output.stderr)),
                (Some(i32::from(differ)), ""),
                "{left} {right}"
            );
        }
    }
}

#[test]
fn a_scenario_that_one_dialect_refuses_cannot_be_compared() {
    let file = Scratch::new("refused.json", r#"{"format":1,"dialect":"2.1","app":{"on_event":null}}"#);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    let expected = ": in dialect 1.4: app.on_event: may not be null in dialect 1.4\n";
    assert_eq!(text(&output.stderr), format!("{}{expected}", file.path()));
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
}

/// Timeouts in each place where one can stand, as `read_ms` and `write_ms`.
fn timed(read: u32, write: u32) -> String {
    let both = format!(r#"{{"set_timeouts":{{"read_ms":{read},"write_ms":{write}}}}}"#);
    format!(
        r#"{{"format":1,"name":"timed","dialect":"2.1","bufferevent":{{"read":{{"timeout_ms":{read}}},"write":{{"timeout_ms":{write}}}}},"app":{{"on_event":[[{both}]]}},"script":[{both},{{"advance_ms":2000}},{{"turn":1}}]}}"#
    )
}

#[test]
fn timeouts_below_a_second_are_offered_to_be_rounded_for_1_4() {
    let file = Scratch::new("timed.json", &timed(1500, 0));
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    let expected = format!(
        "{}: in dialect 1.4: bufferevent.read.timeout_ms: 1500 is not a multiple of 1000, and 1.4 has whole seconds \
         (--round-timeouts rounds them up)\n",
        file.path()
    );
    assert_eq!(text(&output.stderr), expected);
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
    assert_eq!(run(&["--compare", "2.1,2.1", file.path()], "").status.code(), Some(0), "2.1 needs none");
}

#[test]
fn rounded_timeouts_are_whole_seconds_on_both_sides_and_it_is_said() {
    let args = ["--compare", "1.4,2.1", "--round-timeouts", "-"];
    let rounded = run(&args, &timed(1001, 500));
    let expected = "standard input, line 1: timeouts rounded up to whole seconds, which 1.4 has: 6\n";
    assert_eq!(text(&rounded.stderr), expected);
    let whole = run(&args, &timed(2000, 1000));
    assert_eq!(text(&whole.stderr), "", "there was nothing to round");
    assert_eq!((text(&rounded.stdout), rounded.status), (text(&whole.stdout), whole.status));

    let unchanged = run(&["--compare", "2.1,2.1", "--round-timeouts", "-"], &timed(1001, 500));
    assert_eq!((text(&unchanged.stderr), unchanged.status.code()), ("", Some(0)));
    let last = run(&args, &timed(u32::MAX, 0));
    assert!(
        text(&last.stderr).ends_with("4294967295 is not a multiple of 1000, and 1.4 has whole seconds\n")
    );
    assert_eq!(last.status.code(), Some(2));
    assert_eq!(run(&["--round-timeouts", "-"], "").status.code(), Some(2), "only a comparison rounds");
}

#[test]
fn a_difference_that_nobody_reads_is_one() {
    let mut command = Command::new(PROGRAM);
    command.args(["--compare", "1.4,2.1", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(SPIN.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
