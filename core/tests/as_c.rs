//! Scenarios as C programs: what they say, which lines stand for what, and what no real kernel can play.
//!
//! That the programs compile and print what the traces have is for `cargo xtask as-c`, which has the library.
#![cfg(feature = "sim")]

use bufferevent::Dialect;
#[path = "support/lessons.rs"]
mod lessons;

use bufferevent::sim::{AsC, Scenario};

fn scenario(json: &str) -> Scenario {
    Scenario::from_json(json).expect("it is a scenario")
}

fn program(json: &str) -> AsC {
    scenario(json).as_c().expect("a real kernel can play it")
}

fn refusal(json: &str) -> String {
    let program = scenario(json).as_c().map(|program| program.text.len());
    program.expect_err("no real kernel can play it").to_string()
}

fn tutorial(dialect: Dialect) -> AsC {
    Scenario { dialect, ..Scenario::tutorial() }.as_c().expect("a real kernel can play it")
}

/// The lines that stand for a place, without their indentation.
fn lines<'a>(program: &'a AsC, place: &str) -> Vec<&'a str> {
    let span = program.lines.iter().find(|span| span.place == place);
    let span = span.unwrap_or_else(|| panic!("no lines stand for {place}"));
    let count = (span.last - span.first + 1) as usize;
    program.text.lines().skip(span.first as usize - 1).take(count).map(str::trim).collect()
}

#[test]
fn a_program_is_written_for_the_libevent_of_its_dialect() {
    let (old, new) = (tutorial(Dialect::V1_4).text, tutorial(Dialect::V2_1).text);
    for word in ["<event.h>", "event_init()", "bufferevent_new(", "EVBUFFER_LENGTH("] {
        assert!(old.contains(word) && !new.contains(word), "{word}");
    }
    for word in
        ["<event2/bufferevent.h>", "event_base_new()", "bufferevent_socket_new(", "evbuffer_get_length("]
    {
        assert!(new.contains(word) && !old.contains(word), "{word}");
    }
}

#[test]
fn each_action_and_each_step_has_its_lines() {
    let program = tutorial(Dialect::V2_1);
    assert_eq!(lines(&program, "app.on_read")[0], "static void on_read(struct bufferevent *bev, void *arg)");
    assert_eq!(lines(&program, "app.on_read[0][0]"), [r#"echo(bev, "I have recvieced the msg: ", 26);"#]);
    assert!(
        lines(&program, "bufferevent").contains(&"bufferevent_setwatermark(connection, EV_READ, 0, 10);")
    );
    assert_eq!(lines(&program, "script[0]"), [r#"peer_send(peer, "hello world", 11);"#]);
    assert_eq!(lines(&program, "script[1]"), ["turn(3);"]);
    assert_eq!(lines(&program, "script[2]"), ["peer_recv(peer, 4096);"]);
}

#[test]
fn spans_come_in_the_order_of_the_text_and_lie_in_one_another() {
    let programs = lessons::scenarios().into_iter().filter_map(|(_, scenario)| scenario.as_c().ok());
    let programs: Vec<AsC> = programs.collect();
    assert!(programs.len() >= 9, "a real kernel can play most of them");
    for program in programs {
        let end = program.text.lines().count() as u32;
        for (index, span) in program.lines.iter().enumerate() {
            assert!(span.first <= span.last && span.last <= end, "{span:?}");
            for later in &program.lines[index + 1..] {
                assert!(later.first > span.last || (later.first >= span.first && later.last <= span.last));
            }
        }
    }
}

#[test]
fn only_what_a_program_calls_is_in_it() {
    let text = program(r#"{"format":1,"dialect":"2.1","script":[{"turn":1}]}"#).text;
    for word in
        ["echo", "take", "peer_send", "peer_recv", "peer_reset", "<stdlib.h>\n#include <string.h>", "spin"]
    {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn calls_that_do_different_things_are_told_apart_by_their_number() {
    let text = program(
        r#"{"format":1,"dialect":"2.1","app":{"on_read":[[],[{"read":1}],[{"read":"all"}]],"on_write":[[{"read":2}],[]]}}"#,
    );
    let read = lines(&text, "app.on_read").join(" ");
    assert!(read.contains("switch (calls) { case 1: break; case 2: take(bev, 1); break; default:"), "{read}");
    let write = lines(&text, "app.on_write").join(" ");
    assert!(write.contains("if (calls == 1) { take(bev, 2); }"), "{write}");
}

#[test]
fn nothing_is_done_to_what_is_freed() {
    let text = program(
        r#"{"format":1,"dialect":"2.1","app":{"on_read":[[{"free":true},{"write":"x"}]]},
            "script":[{"write":"y"},{"free":true},{"write":"z"}]}"#,
    );
    assert_eq!(lines(&text, "app.on_read[0][0]"), ["bufferevent_free(bev);", "connection = NULL;"]);
    assert!(lines(&text, "app.on_read[0][1]")[0].starts_with("/*"));
    assert_eq!(lines(&text, "script[0]"), ["if (connection)", r#"bufferevent_write(connection, "y", 1);"#]);
    assert!(lines(&text, "script[2]")[0].starts_with("/*"));
}

#[test]
fn what_no_kernel_does_is_refused_by_its_place_where_it_matters() {
    let injected = r#"{"format":1,"dialect":"2.1","script":[{"inject":{"op":"read","errno":"ETIMEDOUT"}},
        {"peer_send":"x"},{"turn":1}]}"#;
    assert_eq!(refusal(injected), "script[0].inject: a real kernel cannot be made to fail with ETIMEDOUT");
    let small = r#"{"format":1,"dialect":"2.1","kernel":{"rx_capacity":1},"script":[{"peer_send":"xyz"},{"turn":3}]}"#;
    assert_eq!(refusal(small), "kernel.rx_capacity: a real socket cannot be given exactly this size");
    let much = "x".repeat(30_000);
    let much = format!(r#"{{"format":1,"dialect":"2.1","script":[{{"write":"{much}"}},{{"turn":3}}]}}"#);
    assert_eq!(refusal(&much), "script: leaves more bytes unread than a real socket surely holds");
}

#[test]
fn what_no_kernel_does_is_said_where_it_does_not_matter() {
    let injected = r#"{"format":1,"dialect":"2.1","kernel":{"rx_capacity":9},
        "script":[{"inject":{"op":"read","errno":"EINTR"}},{"turn":1}]}"#;
    let program = program(injected);
    assert!(lines(&program, "script[0]")[0].starts_with("/* Here a read would fail with EINTR."));
    assert!(program.text.contains("Real sockets hold more than those of the scenario"));
}

#[test]
fn a_title_cannot_end_the_comment_that_it_is_in() {
    let text = program(r#"{"format":1,"dialect":"2.1","title":"one */ two /* three\n\u202efour"}"#).text;
    assert!(text.starts_with("/*\n * one * / two / * three four\n"), "{text}");
}

#[test]
fn what_is_no_scenario_is_no_program() {
    let wrong = Scenario {
        dialect: Dialect::V1_4,
        ..scenario(r#"{"format":1,"dialect":"2.1","app":{"on_event":null}}"#)
    };
    assert_eq!(wrong.as_c().map(drop), Err(wrong.check().expect_err("1.4 needs it")));
}

#[test]
fn what_is_no_program_still_has_its_actions_line_by_line() {
    let listed = scenario(
        r#"{"format":1,"dialect":"2.1","app":{"on_read":[[{"read":1},{"write":"x"}],[]]},
            "script":[{"inject":{"op":"read","errno":"ETIMEDOUT"}},{"turn":1}]}"#,
    )
    .as_lines();
    assert_eq!(lines(&listed, "app.on_read[0][0]"), [r#"{"read":1}"#]);
    assert_eq!(lines(&listed, "app.on_read[0][1]"), [r#"{"write":"x"}"#]);
    assert_eq!(lines(&listed, "app.on_read[1]"), ["[]"]);
    assert_eq!(lines(&listed, "script[1]"), [r#"{"turn":1}"#]);
    assert_eq!(lines(&listed, "app.on_read")[0], "app.on_read");
}

#[test]
fn a_line_that_no_readline_has_read_is_refused_by_its_place() {
    let script = |actions: &str| {
        let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"on_read":[[],[ACTIONS]]}},"script":[{"turn":1}]}"#;
        json.replace("ACTIONS", actions)
    };
    let alone = script(r#"{"if":{"count_of":1},"then":[{"drain":1},{"write_line":"> "}]}"#);
    let expected = r#"bufferevents.a.on_read[1][0].then[1].write_line: a C program has a line only within the "then" of a readline"#;
    assert_eq!(refusal(&alone), expected);
    assert!(
        refusal(&script(r#"{"readline":"lf","then":[]},{"write_line":"> "}"#)).contains("[1][1].write_line")
    );
    let text =
        program(&script(r#"{"readline":"lf","then":[{"if":{"count_of":1},"then":[{"write_line":"> "}]}]}"#))
            .text;
    assert!(text.contains("write_line(bev, \"> \", 2, line, length);"));
}
