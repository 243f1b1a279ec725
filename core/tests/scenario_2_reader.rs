//! What the reader makes of format 2, and how it words what it refuses there.
#![cfg(feature = "sim")]

use bufferevent::sim::{
    Act, Condition, Connect, FilterKind, KernelSpec, KindSpec, Scenario, ScenarioError, ScriptStep,
};
use bufferevent::{Dialect, Directions};

/// The proxy of the format's description.
const PROXY: &str = r#"{
  "format": 2, "title": "Proxy with back-pressure", "dialect": "2.1",
  "bufferevents": {
    "client": { "socket": { "rx_capacity": 65536, "tx_capacity": 65536 }, "read": { "high": 4096 },
      "on_read": [[ { "move_to": "server" }, { "if": { "output_of": "server", "at_least": 8192 },
                    "then": [ { "disable": ["read"] }, { "set_watermark": { "write": { "low": 4096 } }, "of": "server" } ] } ]] },
    "server": { "socket": {}, "on_write": [[ { "enable": ["read"], "of": "client" } ]] }
  },
  "timers": { "tick": { "after_ms": 100, "persist": true, "do": [[ { "write": "ping" , "of": "client" } ]] } },
  "script": [ { "peer_send": "GET /", "of": "client" }, { "turn": 3 } ]
}"#;

/// A document with these bufferevents and keys besides.
fn document(dialect: &str, bufferevents: &str, keys: &str) -> String {
    format!(r#"{{"format":2,"dialect":"{dialect}","bufferevents":{{{bufferevents}}}{keys}}}"#)
}

fn read(bufferevents: &str, keys: &str) -> Result<Scenario, ScenarioError> {
    Scenario::from_json(&document("2.1", bufferevents, keys))
}

fn refusal(bufferevents: &str, keys: &str) -> String {
    read(bufferevents, keys).expect_err(&document("2.1", bufferevents, keys)).to_string()
}

/// The refusal of this action as the read callback of one of two.
fn action_refusal(action: &str) -> String {
    let message = refusal(
        &format!(r#""a":{{"on_read":[[{action}]]}},"b":{{}}"#),
        r#","timers":{"tick":{"after_ms":5}}"#,
    );
    message.strip_prefix("bufferevents.a.on_read[0][0]").expect(&message).to_owned()
}

/// Every key, in canonical order.
const EVERYTHING: &str = r#"{"format":2,"name":"all","title":"t","description":"d","dialect":"2.1","priorities":3,"limits":{"records":1000,"bytes":5000},"bufferevents":{"a":{"socket":{"rx_capacity":5,"tx_capacity":7},"connect":"pending","read":{"low":1,"high":2,"timeout_ms":3},"write":{"low":0,"high":0,"timeout_ms":4},"enable":["read","write"],"deferred":true,"close_on_free":true,"max_single_read":8,"max_single_write":9,"priority":2,"on_read":[[{"move_to":"b"},{"write_buffer":"x","of":"b"},{"readline":"crlf","repeat":true,"then":[{"write_line":"> "}]},{"peek":3},{"drain":"all"},{"drain":1},{"prepend":"y"},{"trigger":["read","write"],"ignore_watermarks":true,"defer":true},{"trigger_event":["reading","eof"],"defer":true},{"flush":"finished","directions":["write"]},{"set_callbacks":["read","event"]},{"max_single_read":1},{"max_single_write":2}]],"on_write":null,"on_event":[[{"if":{"input_at_least":1,"line_there":"any","event_has":["connected"],"count_of":2},"then":[{"free":true}],"else":[{"free":true,"of":"b"}]},{"if":{"count_of":"on_read","at_least":1,"of":"b"},"then":[]}]],"on_input":[[{"if":{"output_of":"b","at_least":1},"then":[]}]],"on_output":[[{"if":{"input_of":"b","at_least":1},"then":[]}]]},"b":{"pair_with":"c","read":{"low":0,"high":0,"timeout_ms":0},"write":{"low":0,"high":0,"timeout_ms":0},"enable":["read"],"deferred":false,"close_on_free":false,"on_read":[[]],"on_write":[[]],"on_event":[[]],"on_input":null,"on_output":null},"c":{"pair_with":"b","read":{"low":0,"high":0,"timeout_ms":0},"write":{"low":0,"high":0,"timeout_ms":0},"enable":[],"deferred":false,"close_on_free":false,"on_read":[[]],"on_write":[[]],"on_event":[[]],"on_input":null,"on_output":null},"d":{"filter_over":"c","input_filter":"rot13","output_filter":"frame","read":{"low":0,"high":0,"timeout_ms":0},"write":{"low":0,"high":0,"timeout_ms":0},"enable":[],"deferred":false,"close_on_free":false,"on_read":[[]],"on_write":[[]],"on_event":[[]],"on_input":null,"on_output":null}},"timers":{"tick":{"after_ms":100,"persist":true,"priority":0,"do":[[{"loop_break":true},{"loop_exit":true},{"sleep_ms":5},{"activate":"tick"},{"add_timer":"tock","after_ms":7},{"del_timer":"tick"}]]},"tock":{"persist":false,"do":[[{"if":{"count_of":"tick","at_least":2},"then":[{"add_timer":"tock"}]}]]}},"script":[{"peer_send":"x","of":"a"},{"peer_accept":true,"of":"a"},{"peer_refuse":true,"of":"a"},{"connect":"refused","of":"a"},{"inject":{"op":"read","errno":"EINTR","times":1},"of":"a"},{"advance_ms":5},{"turn":2}]}"#;

#[test]
fn every_key_is_read_and_written_back() {
    let scenario = Scenario::from_json(EVERYTHING).unwrap();
    assert_eq!(scenario.to_json(), EVERYTHING);
}

#[test]
fn the_proxy_reads_with_the_names_that_it_has() {
    let proxy = Scenario::from_json(PROXY).unwrap();
    let names: Vec<&str> = proxy.bufferevents.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((names, proxy.timers[0].name.as_str()), (vec!["client", "server"], "tick"));
    let actions = &proxy.bufferevents[0].on_read.as_ref().unwrap()[0];
    assert_eq!(actions[0], Act::MoveTo(1).into());
    let Act::If { when, then, otherwise } = &actions[1].what else { panic!("{actions:?}") };
    assert_eq!(when, &[Condition::OutputOf { of: 1, at_least: 8192 }]);
    assert_eq!((then.len(), then[1].of, otherwise.len()), (2, Some(1), 0));
    assert_eq!(Scenario::from_json(&proxy.to_json()), Ok(proxy));
}

#[test]
fn one_that_says_nothing_is_a_socket_or_the_other_side_of_a_pair() {
    let kinds = |bufferevents| -> Vec<KindSpec> {
        read(bufferevents, "").unwrap().bufferevents.iter().map(|it| it.kind).collect()
    };
    assert_eq!(kinds(r#""a":{}"#), [KindSpec::default()]);
    let pair = [KindSpec::Pair { with: 1 }, KindSpec::Pair { with: 0 }];
    for either in [r#""a":{"pair_with":"b"},"b":{}"#, r#""a":{},"b":{"pair_with":"a"}"#] {
        assert_eq!(kinds(either), pair, "{either}");
    }
    assert_eq!(kinds(r#""a":{"pair_with":"b"},"b":{"pair_with":"a"}"#), pair);
    let connecting = KindSpec::Socket { kernel: KernelSpec::default(), connect: Some(Connect::Accepted) };
    assert_eq!(kinds(r#""a":{"connect":"accepted"}"#), [connecting]);
    let null = KindSpec::Filter { over: 1, input: FilterKind::None, output: FilterKind::None };
    assert_eq!(kinds(r#""f":{"filter_over":"a"},"a":{}"#)[0], null);
}

#[test]
fn what_a_person_may_write_shorter_is_the_same() {
    let steps = |script: &str| read(r#""a":{}"#, &format!(r#","script":[{script}]"#)).unwrap().script;
    for (short, long) in [
        (r#"{"trigger":"read"}"#, r#"{"trigger":["read"]}"#),
        (r#"{"trigger_event":17}"#, r#"{"trigger_event":["reading","eof"]}"#),
        (r#"{"trigger_event":"eof"}"#, r#"{"trigger_event":["eof"]}"#),
        (r#"{"flush":"flush"}"#, r#"{"flush":"flush","directions":["read","write"]}"#),
        (r#"{"if":{"line_there":true},"then":[]}"#, r#"{"if":{"line_there":"any"},"then":[]}"#),
        (r#"{"readline":"lf"}"#, r#"{"readline":"lf","repeat":false,"then":[]}"#),
    ] {
        assert_eq!(steps(short), steps(long), "{short}");
    }
    assert_eq!(steps(r#"{"enable":["read"]}"#), [ScriptStep::from(Act::Enable(Directions::READ))]);
}

#[test]
fn a_name_that_is_not_there_is_refused_with_the_nearest_that_is() {
    let client = r#""client":{"pair_with":"sever"},"server":{}"#;
    let expected =
        r#"bufferevents.client.pair_with: there is no bufferevent "sever"; did you mean "server"?"#;
    assert_eq!(refusal(client, ""), expected);
    let nearest = action_refusal(r#"{"activate":"tik"}"#);
    assert_eq!(nearest, r#".activate: there is no timer "tik"; did you mean "tick"?"#);
    assert_eq!(action_refusal(r#"{"move_to":"zzzzz"}"#), r#".move_to: there is no bufferevent "zzzzz""#);
    let count = action_refusal(r#"{"if":{"count_of":"on_raed","at_least":1},"then":[]}"#);
    assert_eq!(count, r#".if.count_of: there is no callback or timer "on_raed"; did you mean "on_read"?"#);
    let key = refusal(r#""a":{"on_raed":[[]]}"#, "");
    assert_eq!(key, r#"bufferevents.a: unknown key "on_raed"; did you mean "on_read"?"#);
}

#[test]
fn what_is_made_on_what_has_to_agree() {
    for (bufferevents, expected) in [
        (r#""a":{"pair_with":"a"}"#, "a.pair_with: a pair has two sides, and this is one with itself"),
        (
            r#""a":{"pair_with":"b"},"b":{},"c":{"pair_with":"b"}"#,
            r#"c.pair_with: "b" is the other side of "a" already"#,
        ),
        (
            r#""a":{"pair_with":"b"},"b":{"socket":{}}"#,
            r#"a.pair_with: "b" is on a socket, and no side of a pair"#,
        ),
        (
            r#""a":{"filter_over":"b"},"b":{"filter_over":"a"}"#,
            "a.filter_over: the filters go round in a circle",
        ),
        (r#""a":{"filter_over":"a"}"#, "a.filter_over: the filters go round in a circle"),
        (
            r#""a":{},"b":{"filter_over":"a"},"c":{"filter_over":"a"}"#,
            r#"c.filter_over: "a" has a filter over it already, "b""#,
        ),
        (r#""a":{"socket":{},"pair_with":"b"},"b":{}"#, r#"a: "socket" and "pair_with" exclude each other"#),
        (r#""a":{"input_filter":"rot13"}"#, r#"a: "input_filter" needs "filter_over""#),
        (r#""a":{},"a":{}"#, "a: this name is used twice"),
        (r#""":{}"#, ": a name may not be empty"),
    ] {
        assert_eq!(refusal(bufferevents, ""), format!("bufferevents.{expected}"), "{bufferevents}");
    }
}

#[test]
fn an_action_says_whom_it_is_done_to_where_that_is_open() {
    let several = r#"script[0]: there are several bufferevents; "of" says which"#;
    assert_eq!(refusal(r#""a":{},"b":{}"#, r#","script":[{"peer_send":"x"}]"#), several);
    let timer = refusal(r#""a":{},"b":{}"#, r#","timers":{"t":{"do":[[{"write":"x"}]]}}"#);
    assert_eq!(timer, r#"timers.t.do[0][0]: there are several bufferevents; "of" says which"#);
    assert!(read(r#""a":{}"#, r#","script":[{"peer_send":"x"}]"#).is_ok(), "the only one");
    let connect =
        refusal(r#""a":{"pair_with":"b"},"b":{}"#, r#","script":[{"connect":"accepted","of":"a"}]"#);
    assert_eq!(connect, r#"script[0].connect: "a" is on no socket"#);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    for (action, expected) in [
        (r#"{"write":"x","then":[]}"#, r#": "then" does not go with "write""#),
        (r#"{"loop_break":true,"of":"a"}"#, r#": "of" does not go with "loop_break""#),
        (r#"{"turn":1}"#, r#": unknown key "turn""#),
        (r#"{"if":{},"then":[]}"#, ".if: nothing is asked"),
        (
            r#"{"if":{"at_least":1},"then":[]}"#,
            r#".if: "at_least" needs "input_of", "output_of" or "count_of" with a name"#,
        ),
        (r#"{"if":{"output_of":"b"},"then":[]}"#, ".if.at_least: missing"),
        (r#"{"if":{"event_has":"eof"},"then":[]}"#, ".if.event_has: only an event callback has flags"),
        (r#"{"trigger_event":4}"#, ".trigger_event: 4 is no sum of flags"),
        (
            r#"{"readline":"cr"}"#,
            r#".readline: "cr" is not one of "lf", "crlf", "crlf_strict", "any", "nul""#,
        ),
    ] {
        assert_eq!(action_refusal(action), expected, "{action}");
    }
    let script = r#","script":[{"if":{"count_of":1},"then":[]}]"#;
    let expected = "script[0].if.count_of: no callback runs here; a name says what to count";
    assert_eq!(refusal(r#""a":{}"#, script), expected);
}

#[test]
fn priorities_are_below_their_number() {
    let scenario = read(r#""a":{"priority":4}"#, "").unwrap();
    assert_eq!(scenario.priority_count(), 5);
    let named = refusal(r#""a":{"priority":4}"#, r#","priorities":4"#);
    assert_eq!(named, "bufferevents.a.priority: 4 is not below 4, the number of priorities");
}

#[test]
fn what_1_4_has_not_is_refused_by_its_name() {
    for (settings, expected) in [
        (r#""pair_with":"b""#, "pair_with: dialect 1.4 has no pairs"),
        (r#""filter_over":"b""#, "filter_over: dialect 1.4 has no filters"),
        (r#""connect":"accepted""#, "connect: dialect 1.4 has no connecting"),
        (r#""deferred":true"#, "deferred: dialect 1.4 has no deferred callbacks"),
        (r#""on_input":[[]]"#, "on_input: dialect 1.4 has no evbuffer callbacks of the application"),
        (r#""on_event":null"#, "on_event: may not be null in dialect 1.4"),
        (r#""on_read":[[{"prepend":"x"}]]"#, "on_read[0][0].prepend: dialect 1.4 has no evbuffer_prepend"),
        (
            r#""read":{"timeout_ms":1500}"#,
            "read.timeout_ms: 1500 is not a multiple of 1000, and 1.4 has whole seconds",
        ),
    ] {
        let bufferevents = format!(r#""a":{{{settings}}},"b":{{}}"#);
        let error = Scenario::from_json(&document("1.4", &bufferevents, "")).expect_err(settings);
        assert_eq!(error.to_string(), format!("bufferevents.a.{expected}"), "{settings}");
    }
    let sockets = Scenario::from_json(&document("1.4", r#""a":{},"b":{"priority":1}"#, "")).unwrap();
    assert_eq!(sockets.dialect, Dialect::V1_4);
}
