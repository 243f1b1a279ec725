//! Why: what is answered about timers.
#![cfg(feature = "sim")]

use bufferevent::recording::{Question, Reason};
use bufferevent::{EventName, Step};

use super::why::{ask, at_positions, decisive, reasons, run, shows};

/// What runs two timers: one that a slow callback keeps waiting, and one of a bufferevent.
const TIMERS: &str = r#"{"format": 2, "dialect": "2.1",
    "bufferevents": {"a": {"read": {"timeout_ms": 500}, "on_read": [[{"sleep_ms": 120}, {"add_timer": "late", "after_ms": 50}]]}},
    "timers": {"tick": {"after_ms": 100, "persist": true}, "late": {}, "never": {}},
    "script": [{"peer_send": "x", "of": "a"}, {"turn": 1}, {"turn": 1}, {"advance_ms": 200}, {"activate": "never"}, {"turn": 1}, {"del_timer": "tick"}, {"advance_ms": 500}]}"#;

/// What is answered about a timer of `TIMERS` right after a record.
fn timer_at(at: impl Fn(&Step) -> bool, nth: usize, event: EventName) -> (Vec<&'static str>, Reason) {
    let mut recording = run(&serde_json::from_str(TIMERS).expect("JSON"));
    let found =
        (1..).zip(recording.records()).filter(|(_, record)| at(&record.step)).nth(nth).expect("it comes").0;
    let answer = recording.why(found, 1, Question::Timer { event });
    assert!(!answer.uncertain && answer.reasons.iter().filter(|because| because.decided).count() == 1);
    for because in &answer.reasons {
        let record = because.position.map(|position| recording.record_at(position).expect("there"));
        assert!(because.position.is_none_or(|position| position <= found), "the future: {answer:?}");
        assert!(record.is_none_or(|record| shows(because.reason, &record.step)), "{answer:?}");
    }
    (reasons(&answer), decisive(&recording, &answer).0)
}

// In the order of their names, as the JSON has them.
const LATE: EventName = EventName::Application(3);
const NEVER: EventName = EventName::Application(4);
const TICK: EventName = EventName::Application(5);

#[test]
fn a_timer_that_runs_goes_back_to_who_set_it() {
    let began = |step: &Step| matches!(step, Step::PassBegan { .. });
    assert_eq!(timer_at(began, 0, TICK), (vec!["time_not_come", "timer_started"], Reason::TimeNotCome));
    let read = (vec!["time_not_come", "timer_started", "timeouts_set"], Reason::TimeNotCome);
    assert_eq!(timer_at(began, 0, EventName::Read), read);
    // What came restarted it, in the run of its own event.
    let again = vec!["time_not_come", "timer_started", "event_ran", "timeouts_set"];
    let left = |step: &Step| matches!(step, Step::CallbackLeft { .. });
    assert_eq!(timer_at(left, 0, EventName::Read).0, again);
    assert_eq!(timer_at(left, 0, NEVER), (vec!["no_timer"], Reason::NoTimer));
}

#[test]
fn a_timer_that_a_callback_holds_up_names_that_callback_before_and_after_it_fires() {
    let slept = |step: &Step| matches!(step, Step::ClockAdvanced { .. });
    let held = (vec!["held_up", "clock_passed", "timer_started"], Reason::HeldUp);
    assert_eq!(timer_at(slept, 0, TICK), held);
    let expired = |step: &Step| matches!(step, Step::TimerExpired { event } if *event == TICK);
    let fired = vec!["timer_expired", "held_up", "clock_passed", "timer_started"];
    assert_eq!(timer_at(expired, 0, TICK), (fired, Reason::HeldUp));
    // Both were over by the time that the loop looked again.
    let set_inside = |step: &Step| matches!(step, Step::TimerSet { event, .. } if *event == LATE);
    assert_eq!(timer_at(set_inside, 0, LATE).0[..2], ["time_not_come", "timer_started"]);
}

#[test]
fn a_timer_that_the_loop_did_not_look_at_says_so_and_one_taken_away_too() {
    let advanced = |step: &Step| matches!(step, Step::ClockAdvanced { .. });
    let (first, decided) = timer_at(advanced, 1, TICK);
    assert_eq!(
        (&first[..3], decided),
        (&["no_pass_since", "clock_passed", "timer_started"][..], Reason::NoPassSince)
    );
    let by_hand = |step: &Step| matches!(step, Step::EventActivated { event, .. } if *event == NEVER);
    assert_eq!(timer_at(by_hand, 0, NEVER), (vec!["activated_by_hand"], Reason::ActivatedByHand));
    let gone = |step: &Step| matches!(step, Step::TimerCancelled { event } if *event == TICK);
    assert_eq!(timer_at(gone, 0, TICK).1, Reason::TimerCancelled);
    assert_eq!(timer_at(advanced, 2, TICK).1, Reason::TimerCancelled);
}

#[test]
fn each_timer_of_each_recorded_scenario_is_told_of() {
    at_positions(|name, recording, at| {
        let connection = recording.seek(at).connections[&1].clone();
        for (event, side) in [(EventName::Read, connection.read), (EventName::Write, connection.write)] {
            let answer = ask(recording, at, Question::Timer { event }, name);
            let started = answer.reasons.iter().any(|because| because.reason == Reason::TimerStarted);
            assert!(side.event.deadline.is_none() || connection.freed || started, "{name}, {at}: {answer:?}");
        }
    });
}
