//! The choices of each internal callback, in its order.

use super::row::Then::{GoOn, Return, To};
use super::row::{Row, Shown, row, silent, way};
use super::{Branch, Internal, Turn};
use crate::dialect::{FullInput, HighMark, IoEvents, Rules};
use crate::{Callback, Direction, Errno, EventFlags, EventName, MarkName, ReadBound, Step, What};

const fn is_old(rules: &Rules) -> bool {
    matches!(rules.high_mark, HighMark::PressureCallback)
}

const fn is_new(rules: &Rules) -> bool {
    rules.since_2
}

/// The four ways that telling the program can go.
macro_rules! told {
    ($callback:pat, $called:ident $called_then:expr, $put_off:ident, $not_set:ident, $filter:ident $then:expr) => {
        &[
            way(Branch::$called, $called_then, |_, step| {
                matches!(step, Step::CallbackDue { callback: $callback, .. })
            }),
            way(Branch::$put_off, $then, |_, step| {
                matches!(step, Step::CallbackDeferred { callback: $callback })
            })
            .of(is_new),
            way(Branch::$not_set, $then, |_, step| {
                matches!(step, Step::CallbackNotSet { callback: $callback })
            }),
            way(Branch::$filter, $then, |_, step| matches!(step, Step::FilterCalled { callback: $callback }))
                .of(is_new),
        ]
    };
}

/// Of the queued call: called if it is owed.
macro_rules! owed {
    ($turn:ident, $owed:ident, $not_owed:ident, $callback:pat $(if $guard:expr)?) => {
        row(Turn::$turn, &[
            way(Branch::$owed, GoOn, |_, step| match step {
                Step::CallbackDue { callback: $callback, .. } | Step::FilterCalled { callback: $callback } $(if $guard)? => true,
                _ => false,
            }),
            silent(Branch::$not_owed, GoOn),
        ])
    };
}

const TIMED_OUT: Shown = |_, step| matches!(step, Step::EventRun { cause: EventFlags::TIMEOUT, .. });
const WOKEN: Shown = |_, step| matches!(step, Step::EventRun { .. });
const FULL: Shown = |_, step| checked(step, MarkName::ReadHigh, true);
const NOT_FULL: Shown = |_, step| checked(step, MarkName::ReadHigh, false);
const READS: Shown = |_, step| matches!(step, Step::ReadBounded { .. });

/// A mark was looked at, and was reached or not.
fn checked(step: &Step, of: MarkName, whether: bool) -> bool {
    matches!(step, Step::WatermarkChecked { mark, reached, .. } if *mark == of && *reached == whether)
}

/// A call failed so.
fn failed(step: &Step, of: Direction, is_it: impl Fn(Errno) -> bool) -> bool {
    matches!(step, Step::CallFailed { call, errno, .. } if *call == of && is_it(*errno))
}

/// Errors after which a call is made again later.
fn is_later(rules: &Rules, of: Direction, errno: Errno) -> bool {
    match errno {
        Errno::Again | Errno::Interrupted => true,
        Errno::InProgress => of == Direction::Write && rules.retries_write_in_progress,
        _ => false,
    }
}

/// Of 2.x: a connection that was refused, which the write event will say.
fn is_noted(rules: &Rules, errno: Errno) -> bool {
    rules.since_2 && errno == Errno::ConnectionRefused
}

const EVENT_CALLBACK: Row = row(
    Turn::EventCallback,
    told!(Callback::Event(_), EventCalled Return, EventPutOff, EventNotSet, EventFilter Return),
);

const CONNECTED_CALLBACK: Row = row(
    Turn::ConnectedCallback,
    told!(
        Callback::Event(What::CONNECTED),
        ConnectedCalled GoOn, ConnectedPutOff, ConnectedNotSet, ConnectedFilter GoOn
    ),
)
.of(is_new)
.rare();

const READ: &[Row] = &[
    row(
        Turn::ReadCause,
        &[way(Branch::TimeOut, To(Turn::EventCallback), TIMED_OUT), way(Branch::HandleReady, GoOn, WOKEN)],
    ),
    row(
        Turn::Room,
        &[
            way(Branch::NoRoom, Return, FULL),
            way(Branch::SomeRoom, GoOn, NOT_FULL),
            silent(Branch::NoHighMark, GoOn),
        ],
    ),
    row(
        Turn::RoomAsInt,
        &[
            way(Branch::NegativeRoom, Return, |_, step| matches!(step, Step::PressureInstalled)),
            silent(Branch::RoomFits, GoOn),
        ],
    )
    .of(is_old)
    .rare(),
    row(Turn::Suspension, &[way(Branch::NotSuspended, GoOn, READS), silent(Branch::IsSuspended, Return)])
        .of(is_new),
    row(
        Turn::ReadSize,
        &[
            way(Branch::UpToHighMark, GoOn, |_, step| {
                matches!(step, Step::ReadBounded { bound: ReadBound::HighWatermark, .. })
            }),
            way(Branch::WhatIsReadable, GoOn, |_, step| {
                matches!(step, Step::ReadBounded { bound: ReadBound::Readable, .. })
            })
            .of(is_old),
            way(Branch::OneReadsWorth, GoOn, |_, step| {
                matches!(step, Step::ReadBounded { bound: ReadBound::SingleRead, .. })
            })
            .of(is_new),
        ],
    ),
    row(
        Turn::ReadResult,
        &[
            way(Branch::BytesCame, GoOn, |_, step| matches!(step, Step::Received { .. })),
            way(Branch::ReadLater, Return, |known, step| {
                failed(step, Direction::Read, |errno| is_later(known.rules, Direction::Read, errno))
            }),
            way(Branch::StreamEnded, To(Turn::EventCallback), |_, step| {
                matches!(step, Step::EndOfFile { call: Direction::Read })
            }),
            way(Branch::ReadRefused, Return, |known, step| {
                failed(step, Direction::Read, |errno| is_noted(known.rules, errno))
            })
            .of(is_new),
            way(Branch::ReadFailed, To(Turn::EventCallback), |_, step| {
                failed(step, Direction::Read, |_| true)
            }),
        ],
    ),
    row(
        Turn::FilledBy,
        &[
            way(Branch::Filled, GoOn, FULL),
            way(Branch::NotFilled, GoOn, NOT_FULL),
            silent(Branch::NotWatched, GoOn),
        ],
    )
    .of(is_new),
    row(
        Turn::LowMark,
        &[
            way(Branch::LowReached, GoOn, |_, step| checked(step, MarkName::ReadLow, true)),
            way(Branch::LowNotReached, Return, |_, step| checked(step, MarkName::ReadLow, false)),
            silent(Branch::NoLowMark, GoOn),
        ],
    ),
    row(
        Turn::FullNow,
        &[
            way(Branch::FullStops, GoOn, |_, step| matches!(step, Step::PressureInstalled)),
            silent(Branch::NotFull, GoOn),
        ],
    )
    .of(is_old),
    row(
        Turn::ReadCallback,
        told!(Callback::Read, ReadCalled To(Turn::CallAgain), ReadPutOff, ReadNotSet, ReadFilter Return),
    ),
    row(
        Turn::CallAgain,
        &[
            way(Branch::CalledAgain, Return, |_, step| {
                matches!(step, Step::CallbackDeferred { callback: Callback::Read })
            }),
            silent(Branch::NoMoreCalls, Return),
        ],
    )
    .of(|rules| matches!(rules.full_input, FullInput::CallsAgain)),
    EVENT_CALLBACK,
];

const WRITE: &[Row] = &[
    row(
        Turn::WriteCause,
        &[way(Branch::TimeOut, To(Turn::EventCallback), TIMED_OUT), way(Branch::HandleReady, GoOn, WOKEN)],
    ),
    row(
        Turn::Connecting,
        &[
            way(Branch::ConnectionMade, GoOn, |_, step| matches!(step, Step::Connected)),
            way(Branch::ConnectionUndecided, Return, |_, step| matches!(step, Step::ConnectUndecided)),
            way(Branch::ConnectionFailed, To(Turn::EventCallback), |_, step| {
                matches!(step, Step::ConnectFailed { .. })
            }),
            silent(Branch::NoConnection, To(Turn::Output)),
        ],
    )
    .of(is_new)
    .rare(),
    CONNECTED_CALLBACK,
    row(
        Turn::WriteEnabled,
        &[
            way(Branch::WriteDisabled, Return, |known, step| {
                !known.writes && matches!(step, Step::EventDisarmed { event: EventName::Write })
            }),
            silent(Branch::StillEnabled, GoOn),
        ],
    )
    .of(is_new)
    .rare(),
    row(
        Turn::Output,
        &[
            way(Branch::SomethingToWrite, GoOn, |_, step| {
                matches!(
                    step,
                    Step::Sent { .. }
                        | Step::EndOfFile { call: Direction::Write }
                        | Step::CallFailed { call: Direction::Write, .. }
                )
            }),
            silent(Branch::NothingToWrite, To(Turn::LeftOver)),
        ],
    ),
    row(
        Turn::WriteResult,
        &[
            way(Branch::BytesWent, GoOn, |_, step| matches!(step, Step::Sent { .. })),
            way(Branch::WriteLater, Return, |known, step| {
                failed(step, Direction::Write, |errno| is_later(known.rules, Direction::Write, errno))
            }),
            way(Branch::NothingWent, To(Turn::EventCallback), |_, step| {
                matches!(step, Step::EndOfFile { call: Direction::Write })
            }),
            way(Branch::WriteFailed, To(Turn::EventCallback), |_, step| {
                failed(step, Direction::Write, |_| true)
            }),
        ],
    ),
    row(
        Turn::LeftOver,
        &[
            // A one-shot event is added again; a persistent one is deleted.
            way(Branch::SomethingLeft, GoOn, |_, step| {
                matches!(step, Step::EventArmed { event: EventName::Write })
            })
            .of(runs_once),
            silent(Branch::NothingLeft, GoOn).of(runs_once),
            way(Branch::NothingLeft, GoOn, |_, step| {
                matches!(step, Step::EventDisarmed { event: EventName::Write })
            })
            .of(persists),
            silent(Branch::SomethingLeft, GoOn).of(persists),
        ],
    ),
    row(
        Turn::WriteLowMark,
        &[
            way(Branch::WriteLowReached, GoOn, |_, step| checked(step, MarkName::WriteLow, true)),
            way(Branch::WriteLowNotReached, Return, |_, step| checked(step, MarkName::WriteLow, false)),
            // CONNECTED has told the program already.
            silent(Branch::WriteLowNotAsked, Return).of(is_new).rare(),
        ],
    ),
    row(
        Turn::WriteCallback,
        told!(Callback::Write, WriteCalled Return, WritePutOff, WriteNotSet, WriteFilter Return),
    ),
    EVENT_CALLBACK,
];

const fn runs_once(rules: &Rules) -> bool {
    matches!(rules.io_events, IoEvents::Once)
}

const fn persists(rules: &Rules) -> bool {
    matches!(rules.io_events, IoEvents::Persist)
}

const DEFERRED: &[Row] = &[
    owed!(OwesConnected, OwedConnected, ConnectedNotOwed, Callback::Event(What::CONNECTED)),
    owed!(OwesRead, OwedRead, ReadNotOwed, Callback::Read),
    row(
        Turn::CallAgain,
        &[
            way(Branch::CalledAgain, GoOn, |_, step| {
                matches!(step, Step::CallbackDeferred { callback: Callback::Read })
            }),
            silent(Branch::NoMoreCalls, GoOn),
        ],
    )
    .rare(),
    owed!(OwesWrite, OwedWrite, WriteNotOwed, Callback::Write),
    owed!(OwesEvent, OwedEvent, EventNotOwed, Callback::Event(what) if *what != What::CONNECTED),
];

const WATCH: &[Row] = &[
    row(
        Turn::MarkNow,
        &[
            way(Branch::StillAtMark, GoOn, FULL).of(is_new),
            way(Branch::StillAtMark, Return, FULL).of(is_old),
            way(Branch::BelowMark, To(Turn::WasStopped), NOT_FULL),
        ],
    ),
    row(
        Turn::StopsNow,
        &[
            way(Branch::StopBegins, Return, |_, step| matches!(step, Step::Suspended { .. })),
            silent(Branch::StopStays, Return),
        ],
    )
    .of(is_new),
    row(
        Turn::WasStopped,
        &[
            way(Branch::StopEnds, GoOn, |_, step| {
                matches!(step, Step::PressureRemoved | Step::Unsuspended { .. })
            }),
            silent(Branch::WasNotStopped, GoOn),
        ],
    ),
    row(
        Turn::WaitsAgain,
        &[
            way(Branch::ReadArmed, Return, |_, step| {
                matches!(step, Step::EventArmed { event: EventName::Read })
            }),
            silent(Branch::NothingToArm, Return),
        ],
    ),
];

/// The choices of one.
pub(super) const fn of(internal: Internal) -> &'static [Row] {
    match internal {
        Internal::Read => READ,
        Internal::Write => WRITE,
        Internal::ReadTimeout | Internal::WriteTimeout => &[EVENT_CALLBACK],
        Internal::Deferred => DEFERRED,
        Internal::Watch => WATCH,
    }
}
