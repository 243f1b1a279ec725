//! The scenario reader under input that nobody would write: it answers, it never panics, and what it accepts
//! it reads again from its own writing.
#![cfg(feature = "sim")]

use bufferevent::sim::Scenario;
use proptest::prelude::*;

/// A scenario with every action and every step in it.
const SEED: &str = r#"{"format":1,"name":"seed","dialect":"2.1","kernel":{"rx_capacity":5,"tx_capacity":7},
"bufferevent":{"read":{"low":1,"high":2,"timeout_ms":3},"write":{"high":4},"enable":["read","write"]},
"app":{"on_read":[[{"read":"all"},{"write":"x"}],[{"echo":"> "}]],"on_write":null,"on_event":[[{"free":true}]]},
"script":[{"peer_send":"hello"},{"peer_recv":9},{"enable":["read"]},{"disable":["write"]},{"read":3},
{"set_watermark":{"read":{"low":0,"high":5},"write":{"low":1}}},{"set_timeouts":{"read_ms":1000,"write_ms":0}},
{"inject":{"op":"write","errno":"EAGAIN","times":2}},{"advance_ms":1500},{"turn":2},{"peer_shutdown":true},
{"peer_reset":true}]}"#;

/// The same in format 2.
const PROGRAM: &str = r#"{"format":2,"name":"seed","dialect":"2.1","priorities":3,"limits":{"records":1000},"bufferevents":{
"a":{"socket":{"rx_capacity":5},"connect":"pending","read":{"high":2},"deferred":true,"priority":2,"on_read":[[{"move_to":"b"},
{"readline":"crlf","repeat":true,"then":[{"write_line":"> "}]},{"trigger":["read"],"defer":true},{"set_callbacks":["event"]},
{"if":{"input_at_least":1,"count_of":2},"then":[{"drain":"all"}],"else":[{"free":true,"of":"b"}]}]],"on_write":null},
"b":{"pair_with":"c"},"c":{},"d":{"filter_over":"c","input_filter":"rot13"}},"timers":{"t":{"after_ms":100,"do":[[{"sleep_ms":5},
{"activate":"t"}]]}},"script":[{"peer_send":"x","of":"a"},{"peer_accept":true,"of":"a"},{"connect":"refused","of":"a"},{"turn":2}]}"#;

/// Pieces that take a document to the edges of the grammar and of the format.
const PIECES: [&str; 18] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\ud800",
    "null",
    "true",
    "-1",
    "1e400",
    "4294967296",
    "0.5",
    "\"turn\":",
    "{\"read\":",
    "\u{feff}",
    "é",
];

/// One change to a document. Positions are taken modulo its length.
#[derive(Debug, Clone)]
enum Mutation {
    Flip { at: usize, byte: u8 },
    Remove { at: usize, len: usize },
    Copy { from: usize, len: usize, to: usize },
    Insert { at: usize, piece: &'static str },
}

impl Mutation {
    fn apply(&self, document: &mut Vec<u8>) {
        let end = document.len();
        let clamp = |at: usize| if end == 0 { 0 } else { at % end };
        match *self {
            Self::Flip { at, byte } if end > 0 => document[clamp(at)] = byte,
            Self::Flip { .. } => {}
            Self::Remove { at, len } => drop(document.drain(clamp(at)..end.min(clamp(at) + len))),
            Self::Copy { from, len, to } => {
                let copied = document[clamp(from)..end.min(clamp(from) + len)].to_vec();
                document.splice(clamp(to)..clamp(to), copied);
            }
            Self::Insert { at, piece } => drop(document.splice(clamp(at)..clamp(at), piece.bytes())),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || 0..SEED.len().max(PROGRAM.len());
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Flip { at, byte }),
        (at(), 1..40_usize).prop_map(|(at, len)| Mutation::Remove { at, len }),
        (at(), 1..200_usize, at()).prop_map(|(from, len, to)| Mutation::Copy { from, len, to }),
        (at(), prop::sample::select(&PIECES[..])).prop_map(|(at, piece)| Mutation::Insert { at, piece }),
    ]
}

/// Reads the document; what is accepted must survive being written.
fn read_and_write_back(document: &[u8]) {
    match Scenario::from_slice(document) {
        Ok(scenario) => assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[test]
fn the_seeds_are_valid() {
    for seed in [SEED, PROGRAM] {
        assert_eq!(Scenario::from_json(seed).map(drop), Ok(()));
    }
}

#[test]
fn every_prefix_of_a_scenario_is_refused() {
    for seed in [SEED, PROGRAM] {
        for end in 0..seed.len() {
            assert!(Scenario::from_json(&seed[..end]).is_err(), "{end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_mutated_scenario_never_panics_the_reader(mutations in prop::collection::vec(mutation(), 1..6)) {
        for seed in [SEED, PROGRAM] {
            let mut document = seed.as_bytes().to_vec();
            for mutation in &mutations {
                mutation.apply(&mut document);
            }
            read_and_write_back(&document);
        }
    }

    #[test]
    fn a_number_anywhere_is_read_or_refused(value in any::<f64>(), nth in 0..20_usize) {
        let digits: Vec<usize> = SEED.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = digits[nth % digits.len()];
        read_and_write_back(format!("{}{value}{}", &SEED[..at], &SEED[at + 1..]).as_bytes());
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_reader(document in prop::collection::vec(any::<u8>(), 0..200)) {
        read_and_write_back(&document);
    }
}
