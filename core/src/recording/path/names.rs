//! What internal callbacks decide, and the ways that this can go. Each has its words in each language of the page.

use serde::Serialize;

/// What an internal callback is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "snake_case", into = "&'static str")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Internal {
    /// `ev_read` of a socket.
    Read,
    /// `ev_write` of a socket.
    Write,
    /// The timer of reading, of what is on no socket.
    ReadTimeout,
    /// The timer of writing, of what is on no socket.
    WriteTimeout,
    /// The queued call of deferred callbacks.
    Deferred,
    /// What watches input for the high mark, when input has changed or the marks were set.
    Watch,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "snake_case", into = "&'static str")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Turn {
    // ev_read.
    /// Was it the handle or the timer?
    ReadCause,
    /// Is there room below the high mark?
    Room,
    /// 1.4: does the room fit an `int`?
    RoomAsInt,
    /// 2.x: is reading suspended for another reason?
    Suspension,
    /// How much may one read take?
    ReadSize,
    /// What did the read find?
    ReadResult,
    /// 2.x: did the bytes fill input? Its watch looks at once.
    FilledBy,
    /// Is the low mark reached?
    LowMark,
    /// 1.4: is input full now?
    FullNow,
    /// Does the program hear of the bytes?
    ReadCallback,
    /// 2.x: is input still full when the callback has returned?
    CallAgain,

    // ev_write.
    /// Was it the handle or the timer?
    WriteCause,
    /// 2.x: is a connection under way?
    Connecting,
    /// Does the program hear of the connection?
    ConnectedCallback,
    /// Was writing disabled meanwhile?
    WriteEnabled,
    /// Is there something to write?
    Output,
    /// What did the write do?
    WriteResult,
    /// Is something left to write?
    LeftOver,
    /// Is output down to its low mark?
    WriteLowMark,
    /// Does the program hear of it?
    WriteCallback,

    // Both, and timers.
    /// Does the program hear of the end?
    EventCallback,

    // The queued call.
    /// Is CONNECTED owed?
    OwesConnected,
    /// Is the read callback owed?
    OwesRead,
    /// Is the write callback owed?
    OwesWrite,
    /// Is the event callback owed?
    OwesEvent,

    // The watch.
    /// Is input at or above the mark?
    MarkNow,
    /// 2.x: does reading stop by that?
    StopsNow,
    /// Was reading stopped?
    WasStopped,
    /// Does the event wait again?
    WaitsAgain,
}

/// A way that a decision can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "snake_case", into = "&'static str")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Branch {
    /// The handle is ready.
    HandleReady,
    /// The time ran out.
    TimeOut,
    /// Input is at its mark: reading stops here.
    NoRoom,
    /// There is room.
    SomeRoom,
    /// There is no high mark.
    NoHighMark,
    /// The room comes out negative: reading stops here.
    NegativeRoom,
    /// The room fits.
    RoomFits,
    /// Reading goes on.
    NotSuspended,
    /// Reading is suspended: nothing is read.
    IsSuspended,
    /// What fits below the high mark.
    UpToHighMark,
    /// What is readable.
    WhatIsReadable,
    /// What one read may take.
    OneReadsWorth,
    /// Bytes came.
    BytesCame,
    /// Later: EAGAIN or EINTR.
    ReadLater,
    /// The stream ended.
    StreamEnded,
    /// The connection was refused, which `ev_write` will say.
    ReadRefused,
    /// The call failed.
    ReadFailed,
    /// They filled it: reading is suspended.
    Filled,
    /// There is room still.
    NotFilled,
    /// Nothing watches.
    NotWatched,
    /// There are enough bytes.
    LowReached,
    /// Not enough: the program hears nothing.
    LowNotReached,
    /// There is no low mark.
    NoLowMark,
    /// It is: reading stops.
    FullStops,
    /// It is not.
    NotFull,
    /// `on_read` is called.
    ReadCalled,
    /// It is put off to a queued call.
    ReadPutOff,
    /// No read callback is set.
    ReadNotSet,
    /// The filter over it hears instead.
    ReadFilter,
    /// It is: another call is queued.
    CalledAgain,
    /// Nothing more.
    NoMoreCalls,
    /// Writing waits for a connection, which is made.
    ConnectionMade,
    /// The connection is undecided.
    ConnectionUndecided,
    /// The connection failed.
    ConnectionFailed,
    /// None is under way.
    NoConnection,
    /// `on_event` is called with CONNECTED.
    ConnectedCalled,
    /// It is put off.
    ConnectedPutOff,
    /// No event callback is set.
    ConnectedNotSet,
    /// The filter over it hears.
    ConnectedFilter,
    /// It was.
    WriteDisabled,
    /// It was not.
    StillEnabled,
    /// There is.
    SomethingToWrite,
    /// There is nothing.
    NothingToWrite,
    /// Bytes went.
    BytesWent,
    /// Later.
    WriteLater,
    /// Nothing went: an end.
    NothingWent,
    /// The call failed.
    WriteFailed,
    /// Something is left: the event waits on.
    SomethingLeft,
    /// Nothing is left: the event waits no more.
    NothingLeft,
    /// Output is low enough.
    WriteLowReached,
    /// Output is above its mark: the program hears nothing.
    WriteLowNotReached,
    /// Nothing was written: CONNECTED was all.
    WriteLowNotAsked,
    /// `on_write` is called.
    WriteCalled,
    /// It is put off.
    WritePutOff,
    /// No write callback is set.
    WriteNotSet,
    /// The filter over it hears.
    WriteFilter,
    /// `on_event` is called.
    EventCalled,
    /// It is put off.
    EventPutOff,
    /// No event callback is set.
    EventNotSet,
    /// The filter over it hears.
    EventFilter,
    /// It is owed, and called.
    OwedConnected,
    /// It is not.
    ConnectedNotOwed,
    /// It is owed, and called.
    OwedRead,
    /// It is not.
    ReadNotOwed,
    /// It is owed, and called.
    OwedWrite,
    /// It is not.
    WriteNotOwed,
    /// It is owed, and called.
    OwedEvent,
    /// It is not.
    EventNotOwed,
    /// It is: reading stops, or stays stopped.
    StillAtMark,
    /// It is below.
    BelowMark,
    /// It was: it is so no more.
    StopEnds,
    /// It was not.
    WasNotStopped,
    /// It does.
    StopBegins,
    /// It had stopped already.
    StopStays,
    /// `ev_read` waits for the handle again.
    ReadArmed,
    /// It does already, or reading is not enabled.
    NothingToArm,
}

impl Internal {
    /// Every one that there is.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
}

impl Turn {
    /// Every one that there is.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
}

impl Branch {
    /// Every one that there is.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
}
