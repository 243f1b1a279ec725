//! Scenarios as C programs: what they say, which lines stand for what, and what no real kernel can play.
//!
//! That the programs compile and print what the traces have is for `cargo xtask as-c`, which has the library.
#![cfg(feature = "sim")]

use bufferevent::Dialect;
use bufferevent::sim::{AsC, Scenario};

use crate::support::lessons;

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

/// A lesson's learner reads C, whatever a real kernel can be made to do.
#[test]
fn every_lesson_has_a_program_to_read_that_says_where_no_kernel_can_play_it() {
    let mut read = 0;
    for (name, scenario) in lessons::scenarios() {
        let program = scenario.as_c_to_read().unwrap_or_else(|error| panic!("{name}: {error}"));
        let says =
            |program: &AsC| program.text.replace("\n * ", " ").contains("It is to be read: no real kernel");
        assert!(says(&program), "{name}");
        for (index, _) in scenario.script.iter().enumerate() {
            lines(&program, &format!("script[{index}]"));
        }
        match scenario.as_c() {
            Ok(played) => assert!(!says(&played), "{name}"),
            Err(_) => read += 1,
        }
    }
    assert!(read >= 7, "{read} of them no kernel can play");
}

#[test]
fn a_program_to_read_connects_to_somebody_and_says_what_is_decided() {
    let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"connect":"pending","on_event":[[{"write":"hi"}]]}},
        "script":[{"turn":1},{"peer_accept":true},{"turn":1},{"peer_send":"x"},{"inject":{"op":"read","errno":"ETIMEDOUT"}}]}"#;
    let program = scenario(json).as_c_to_read().expect("it has a form in C");
    let connect = "bufferevent_socket_connect(a_bev, (struct sockaddr *)&somebody, sizeof somebody);";
    assert_eq!(lines(&program, "bufferevents.a.connect"), [connect]);
    assert_eq!(lines(&program, "script[1]"), ["/* The other end accepts the connection. */"]);
    assert_eq!(lines(&program, "script[3]"), [r#"peer_send(a_peer, "x", 1);"#]);
    assert!(!program.text.contains("the callbacks are the same without"));
    assert!(program.text.contains("static struct sockaddr_in somebody;") && !program.text.contains("nobody"));
    assert!(refusal(json).contains("only \"refused\" can be played"));
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

#[test]
fn a_pair_is_made_where_the_first_of_its_sides_is_needed() {
    let text = program(
        r#"{"format":2,"dialect":"2.1","bufferevents":{"top":{"filter_over":"far"},"near":{"pair_with":"far"},"far":{}}}"#,
    )
    .text;
    let places = [
        "bufferevent_pair_new(",
        "far_bev = pair[0];",
        "near_bev = pair[1];",
        "bufferevent_filter_new(far_bev,",
    ];
    let places = places.map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is not in\n{text}")));
    assert!(places.is_sorted(), "{text}");
    assert_eq!(text.matches("bufferevent_pair_new(").count(), 1);
}

#[test]
fn timers_are_gone_before_the_loop_runs_for_the_last_time() {
    let text = program(
        r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{}},"timers":{"t":{"after_ms":0}},"script":[{"turn":0}]}"#,
    )
    .text;
    let (timer, last) =
        (text.find("event_free(").unwrap(), text.find("event_base_loop(base, EVLOOP_NONBLOCK)").unwrap());
    assert!(timer < last, "{text}");
}

#[test]
fn callbacks_that_call_each_other_for_ever_are_refused_by_their_step() {
    let program = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"on_output":[[{"write":"x"}]]}},"script":[{"turn":1},{"write":"x"}]}"#;
    let why = "its callbacks call each other without an end, which a program cannot break off";
    assert_eq!(refusal(program), format!("script[1]: {why}"));
}

#[test]
fn an_echo_whose_bufferevent_goes_between_its_read_and_its_write_is_refused() {
    let program = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"on_read":[[{"echo":""}]],"on_input":[[],[{"free":true}]]}},
        "script":[{"peer_send":"x"},{"turn":1}]}"#;
    assert_eq!(refusal(program), "echo: a callback that frees may run between its read and its write");
}

#[test]
fn where_the_kernel_chooses_the_order_the_program_says_so() {
    let two = |of: &str| {
        let script =
            r#"[{"peer_send":"x","of":"a"},{"peer_send":"y","of":"OTHER"},{"turn":2}]"#.replace("OTHER", of);
        scenario(&format!(
            r#"{{"format":2,"dialect":"2.1","bufferevents":{{"a":{{}},"b":{{}}}},"script":{script}}}"#
        ))
    };
    for (of, chooses) in [("a", false), ("b", true)] {
        assert_eq!(two(of).order_is_the_kernels(), Ok(chooses));
        let text = two(of).as_c().unwrap().text.replace("\n * ", " ");
        assert_eq!(text.contains("callbacks may come in another order"), chooses, "{text}");
    }
    let refused = |others: &str| {
        let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"connect":"refused"}OTHERS},"script":[{"turn":1}]}"#;
        scenario(&json.replace("OTHERS", others)).order_is_the_kernels()
    };
    assert_eq!(refused(""), Ok(false));
    assert_eq!(refused(r#","b":{"pair_with":"c","on_read":[[{"write":"x"}]]},"c":{}"#), Ok(false));
}

#[test]
fn a_write_to_a_connection_that_was_refused_ends_no_program() {
    let text = program(r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"connect":"refused"}}}"#).text;
    assert!(text.contains("#include <signal.h>\n") && text.contains("signal(SIGPIPE, SIG_IGN);"), "{text}");
}

#[test]
fn a_callback_on_a_buffer_that_takes_what_libevent_is_moving_is_refused_by_its_place() {
    let scenario = |on: &str, action: &str| {
        let json = r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"pair_with":"b"},"b":{"WATCH":[[],[{"if":{"input_at_least":9},"then":[ACTION]}]]}}}"#;
        json.replace("WATCH", on).replace("ACTION", action)
    };
    for on in ["on_input", "on_output"] {
        let why = "libevent may crash where this takes bytes while it moves them";
        assert_eq!(refusal(&scenario(on, r#"{"drain":1}"#)), format!("bufferevents.b.{on}: {why}"));
        program(&scenario(on, r#"{"write":"x"}"#));
    }
    program(&scenario("on_read", r#"{"drain":1}"#));
}

#[test]
fn nobody_does_anything_at_the_other_end_of_a_connection_that_is_refused() {
    let program = program(
        r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"connect":"refused"}},
            "script":[{"peer_send":"x"},{"peer_shutdown":true},{"peer_reset":true},{"peer_recv":9}]}"#,
    );
    for step in 0..3 {
        assert!(lines(&program, &format!("script[{step}]"))[0].starts_with("/* Nobody is at the other end"));
    }
    assert_eq!(lines(&program, "script[3]").last(), Some(&"peer_recv(a_peer, 9);"));
}

#[test]
fn an_application_watches_a_buffer_after_its_marks_are_set() {
    let text =
        program(r#"{"format":2,"dialect":"2.1","bufferevents":{"a":{"read":{"high":5},"on_input":[[]]}}}"#)
            .text;
    let places = ["bufferevent_setwatermark(", "evbuffer_add_cb(", "bufferevent_enable("];
    assert!(places.map(|part| text.find(part).unwrap()).is_sorted(), "{text}");
}
