//! What the scenario reader accepts, and how it words what it refuses.
#![cfg(feature = "sim")]

use bufferevent::sim::{
    Act, Amount, BuffereventSpec, KernelSpec, KindSpec, Peer, Problem, Scenario, ScenarioError, ScriptStep,
    WatermarksSpec,
};
use bufferevent::{Dialect, Direction, Directions, Errno};

/// The scenario with the keys that are always needed and these besides.
fn read(dialect: &str, keys: &str) -> Result<Scenario, ScenarioError> {
    Scenario::from_json(&format!(r#"{{"format":1,"dialect":"{dialect}",{keys}}}"#))
}

/// The refusal of a 2.1 scenario with these keys.
fn refusal(keys: &str) -> String {
    read("2.1", keys).expect_err(keys).to_string()
}

/// The refusal of a 2.1 scenario with this script.
fn step_refusal(script: &str) -> String {
    refusal(&format!(r#""script":{script}"#))
}

/// The only step of a 2.1 scenario.
fn step(json: &str) -> ScriptStep {
    let scenario = read("2.1", &format!(r#""script":[{json}]"#)).expect(json);
    scenario.script.into_iter().next().expect("one step")
}

/// The refusal of a whole document.
fn document_refusal(json: &str) -> String {
    Scenario::from_json(json).expect_err(json).to_string()
}

#[test]
fn the_tutorial_reads_as_it_is_written_in_the_format_description() {
    let text = r#"{
      "format": 1,
      "name": "high-mark-10",
      "dialect": "1.4",
      "kernel": { "rx_capacity": 65536, "tx_capacity": 65536 },
      "bufferevent": {
        "read":  { "low": 0, "high": 10, "timeout_ms": 0 },
        "write": { "low": 0, "high": 0,  "timeout_ms": 0 },
        "enable": ["read"]
      },
      "app": {
        "on_read":  [[ { "echo": "I have recvieced the msg: " } ]],
        "on_write": [[]],
        "on_event": [[]]
      },
      "script": [
        { "peer_send": "hello world" },
        { "turn": 3 },
        { "peer_recv": 4096 },
        { "peer_shutdown": true },
        { "turn": 1 }
      ]
    }"#;
    assert_eq!(Scenario::from_json(text), Ok(Scenario::tutorial()));
}

#[test]
fn only_format_and_dialect_are_required() {
    let scenario = Scenario::from_json(r#"{"dialect":"2.1","format":1}"#).unwrap();
    assert_eq!(scenario, Scenario::new(Dialect::V2_1));
    let kernel = KernelSpec { rx_capacity: 65536, tx_capacity: 65536 };
    assert_eq!(scenario.bufferevents[0].kernel(), Some(kernel));
    assert_eq!(scenario.bufferevents[0].enable, Directions::READ);
    assert_eq!(scenario.bufferevents[0].on_event, Some(vec![vec![]]));
    assert_eq!(document_refusal("{}"), "format: missing");
    assert_eq!(document_refusal(r#"{"format":1}"#), "dialect: missing");
}

#[test]
fn keys_left_out_inside_an_object_take_their_defaults() {
    let scenario =
        read("2.1", r#""kernel":{"tx_capacity":3},"bufferevent":{"write":{"high":5}},"app":{}"#).unwrap();
    let kernel = KernelSpec { rx_capacity: 65536, tx_capacity: 3 };
    let kind = KindSpec::Socket { kernel, connect: None };
    let mut expected = BuffereventSpec { kind, ..BuffereventSpec::default() };
    expected.write.high = 5;
    assert_eq!(scenario.bufferevents, [expected]);
}

#[test]
fn an_empty_list_of_calls_is_not_a_missing_callback() {
    let scenario = read("2.1", r#""app":{"on_read":[],"on_write":null,"on_event":null}"#).unwrap();
    let only = &scenario.bufferevents[0];
    assert_eq!((&only.on_read, &only.on_write, &only.on_event), (&Some(vec![]), &None, &None));
}

#[test]
fn title_and_description_are_kept() {
    let scenario = read("2.1", r#""title":"High mark","description":"Reading stops.""#).unwrap();
    assert_eq!(scenario.title.as_deref(), Some("High mark"));
    assert!(scenario.to_json().contains(r#""name":"","title":"High mark","description":"Reading stops.","#));
}

#[test]
fn every_action_reads_as_a_step() {
    let marks = Some(WatermarksSpec { low: 1, high: 0 });
    for (json, action) in [
        (r#"{"read":7}"#, Act::Read(Amount::UpTo(7))),
        (r#"{"read":"all"}"#, Act::Read(Amount::All)),
        (r#"{"write":"x"}"#, Act::Write("x".into())),
        (r#"{"echo":""}"#, Act::Echo("".into())),
        (r#"{"enable":["write","read","write"]}"#, Act::Enable(Directions::BOTH)),
        (r#"{"disable":[]}"#, Act::Disable(Directions::NONE)),
        (r#"{"set_watermark":{"write":{"low":1}}}"#, Act::SetWatermark { read: None, write: marks }),
        (r#"{"set_timeouts":{"write_ms":5}}"#, Act::SetTimeouts { read_ms: 0, write_ms: 5 }),
        (r#"{"free":true}"#, Act::Free),
    ] {
        assert_eq!(step(json), action.into(), "{json}");
    }
}

#[test]
fn every_other_step_reads() {
    for (json, expected) in [
        (r#"{"peer_send":"a\u00e9"}"#, Peer::Send("aé".into()).into()),
        (r#"{"peer_send":{"bytes":"a\u00e9\u0000"}}"#, Peer::Send(vec![b'a', 0xe9, 0].into()).into()),
        (r#"{"peer_recv":4294967295}"#, Peer::Recv(u32::MAX).into()),
        (r#"{"peer_shutdown":true}"#, Peer::Shutdown.into()),
        (r#"{"peer_reset":true}"#, Peer::Reset.into()),
        (r#"{"advance_ms":0}"#, ScriptStep::AdvanceMs(0)),
        (r#"{"turn":3.0}"#, ScriptStep::Turn(3)),
    ] {
        assert_eq!(step(json), expected, "{json}");
    }
}

#[test]
fn an_injection_is_for_one_call_unless_it_says_otherwise() {
    let once: ScriptStep = Peer::Inject { op: Direction::Read, errno: Errno::Interrupted, times: 1 }.into();
    assert_eq!(step(r#"{"inject":{"op":"read","errno":"EINTR"}}"#), once);
    let never: ScriptStep = Peer::Inject { op: Direction::Write, errno: Errno::BrokenPipe, times: 0 }.into();
    assert_eq!(step(r#"{"inject":{"op":"write","errno":"EPIPE","times":0}}"#), never);
}

#[test]
fn an_unknown_key_is_named_at_every_level() {
    for (keys, expected) in [
        (r#""speed":1"#, r#"unknown key "speed""#),
        (r#""kernel":{"rx":1}"#, r#"kernel: unknown key "rx""#),
        (r#""bufferevent":{"both":1}"#, r#"bufferevent: unknown key "both""#),
        (r#""bufferevent":{"read":{"mark":1}}"#, r#"bufferevent.read: unknown key "mark""#),
        (r#""app":{"on_error":[]}"#, r#"app: unknown key "on_error""#),
        (r#""app":{"on_read":[[],[{"turn":1}]]}"#, r#"app.on_read[1][0]: unknown key "turn""#),
        (
            r#""script":[{"turn":1},{"turn":1,"peer_sent":""}]"#,
            r#"script[1]: unknown key "peer_sent"; did you mean "peer_send"?"#,
        ),
        (
            r#""script":[{"inject":{"on":"read"}}]"#,
            r#"script[0].inject: unknown key "on"; did you mean "op"?"#,
        ),
        (
            r#""script":[{"set_watermark":{"read":{"x":1}}}]"#,
            r#"script[0].set_watermark.read: unknown key "x""#,
        ),
        (
            r#""script":[{"set_timeouts":{"read":1}}]"#,
            r#"script[0].set_timeouts: unknown key "read"; did you mean "read_ms"?"#,
        ),
    ] {
        assert_eq!(refusal(keys), expected);
    }
}

#[test]
fn a_key_given_twice_is_refused_at_every_level() {
    assert_eq!(refusal(r#""dialect":"1.4""#), r#"key "dialect" appears twice"#);
    assert_eq!(
        refusal(r#""bufferevent":{"read":{"low":1,"low":1}}"#),
        r#"bufferevent.read: key "low" appears twice"#
    );
    assert_eq!(step_refusal(r#"[{"turn":1,"turn":2}]"#), r#"script[0]: key "turn" appears twice"#);
}

#[test]
fn a_number_must_be_whole_and_in_its_range() {
    for (value, expected) in [
        ("4294967296", "4294967296 is above 4294967295"),
        ("18446744073709551616", "1.8446744073709552e+19 is above 4294967295"),
        ("-1", "-1 is below 0"),
        ("1.5", "expected a whole number, found 1.5"),
        (r#""3""#, r#"expected a whole number, found "3""#),
        ("null", "expected a whole number, found null"),
        ("[3]", "expected a whole number, found a list"),
    ] {
        assert_eq!(step_refusal(&format!(r#"[{{"turn":{value}}}]"#)), format!("script[0].turn: {expected}"));
    }
    assert_eq!(refusal(r#""kernel":{"rx_capacity":0}"#), "kernel.rx_capacity: must be at least 1");
}

#[test]
fn a_step_has_exactly_one_key() {
    assert_eq!(step_refusal("[{}]"), "script[0]: expected one key, found none");
    let two = r#"[{"turn":1,"free":true}]"#;
    assert_eq!(step_refusal(two), r#"script[0]: expected one key, found "free" and "turn""#);
    assert_eq!(step_refusal(r#"["turn"]"#), r#"script[0]: expected an object, found "turn""#);
}

#[test]
fn a_key_that_stands_for_itself_must_be_true() {
    assert_eq!(step_refusal(r#"[{"free":false}]"#), "script[0].free: expected true, found false");
    assert_eq!(step_refusal(r#"[{"peer_shutdown":1}]"#), "script[0].peer_shutdown: expected true, found 1");
    assert_eq!(
        step_refusal(r#"[{"peer_reset":{}}]"#),
        "script[0].peer_reset: expected true, found an object"
    );
}

#[test]
fn a_name_outside_its_list_is_refused_with_the_list() {
    let dialect = r#"{"format":1,"dialect":"1.5"}"#;
    assert_eq!(document_refusal(dialect), r#"dialect: "1.5" is not one of "1.4", "2.1", "2.2""#);
    let enable = r#""bufferevent":{"enable":["read","both"]}"#;
    assert_eq!(refusal(enable), r#"bufferevent.enable[1]: "both" is not one of "read", "write""#);
    let amount = r#"[{"read":"most"}]"#;
    assert_eq!(step_refusal(amount), r#"script[0].read: expected a whole number or "all", found "most""#);
    let errno = step_refusal(r#"[{"inject":{"op":"read","errno":"EINPROGRESS"}}]"#);
    assert!(errno.starts_with(r#"script[0].inject.errno: "EINPROGRESS" is not one of "EINTR", "#), "{errno}");
    assert_eq!(step_refusal(r#"[{"inject":{"op":"read"}}]"#), "script[0].inject.errno: missing");
}

#[test]
fn dialect_1_4_takes_whole_seconds_and_needs_an_event_callback() {
    for (keys, place) in [
        (r#""bufferevent":{"read":{"timeout_ms":1500}}"#, "bufferevent.read.timeout_ms"),
        (r#""script":[{"set_timeouts":{"write_ms":1500}}]"#, "script[0].set_timeouts.write_ms"),
        (
            r#""app":{"on_event":[[{"set_timeouts":{"read_ms":1500}}]]}"#,
            "app.on_event[0][0].set_timeouts.read_ms",
        ),
    ] {
        let expected = format!("{place}: 1500 is not a multiple of 1000, and 1.4 has whole seconds");
        assert_eq!(read("1.4", keys).unwrap_err().to_string(), expected);
        assert!(read("2.1", keys).is_ok(), "{keys}");
    }
    let error = read("1.4", r#""app":{"on_event":null}"#).unwrap_err();
    assert_eq!(error.to_string(), "app.on_event: may not be null in dialect 1.4");
}

#[test]
fn another_format_is_refused_before_its_keys_are_looked_at() {
    assert_eq!(document_refusal(r#"{"new":1,"format":3}"#), "format: 3 is not supported, only 1 and 2");
    assert_eq!(document_refusal("[]"), "expected an object, found a list");
}

#[test]
fn malformed_json_is_refused_with_line_and_column() {
    assert_eq!(document_refusal("{\n  \"format\" 1}"), "line 2, column 12: expected `:`");
    assert_eq!(document_refusal(""), "line 1: the text ends where a value should be");
    assert_eq!(document_refusal("{} {}"), "line 1, column 4: trailing characters");
    let error = Scenario::from_slice(b"{\"format\":1,\n\"name\":\"\xff\"}").unwrap_err();
    assert!(matches!(error.problem, Problem::Malformed { line: 2, .. }), "{error}");
}

#[test]
fn a_byte_order_mark_is_passed_over_once() {
    let text = Scenario::tutorial().to_json();
    assert_eq!(Scenario::from_json(&format!("\u{feff}{text}")), Ok(Scenario::tutorial()));
    assert!(Scenario::from_json(&format!("\u{feff}\u{feff}{text}")).is_err());
    assert_eq!(document_refusal("\u{feff}{} {}"), "line 1, column 4: trailing characters");
}

#[test]
fn deep_nesting_is_refused_before_the_stack_runs_out() {
    for (open, close) in [("[", "]"), (r#"{"script":"#, "}")] {
        let deep = open.repeat(100_000) + &close.repeat(100_000);
        let error = Scenario::from_json(&deep).unwrap_err();
        assert!(error.to_string().ends_with("nested too deeply"), "{error}");
    }
}

#[test]
fn a_long_text_is_cut_in_the_message() {
    let message = step_refusal(&format!(r#"[{{"turn":"{}"}}]"#, "é".repeat(10_000)));
    assert_eq!(message, format!(r#"script[0].turn: expected a whole number, found "{}"..."#, "é".repeat(60)));
}
