//! What the links of answers say.

use serde::Serialize;

/// What a link of an answer says.
// By its name from `strum`: what serde derives writes each of them in a branch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "snake_case", into = "&'static str")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Reason {
    // What holds of a direction or of its event.
    /// The event waits for the handle since then.
    EventArmed,
    /// The event stopped waiting for the handle.
    EventDisarmed,
    /// The event was never added.
    EventNeverAdded,
    /// The event is queued and about to run.
    EventActive,
    /// It was enabled.
    Enabled,
    /// The application disabled it.
    Disabled,
    /// It was not enabled since the bufferevent was made.
    NeverEnabled,
    /// Reading stopped at the high watermark.
    StoppedAtHighMark,
    /// Reading may go on: input fell below the high watermark.
    Resumed,
    /// A length was compared with the high watermark, and reached it.
    HighMarkReached,
    /// A length was compared with the high watermark, and did not reach it.
    BelowHighMark,
    /// What was taken since then left input at or above the high watermark.
    StillFull,
    /// What was taken since then left input below the high watermark, and the call that took it lets reading go on.
    Resuming,
    /// Bytes arrived in input.
    BytesReceived,
    /// The watermarks were set.
    MarksSet,
    /// The bufferevent was made.
    Created,
    /// The bufferevent was freed.
    Freed,
    /// The last byte of output left.
    LastByteSent,
    /// Nothing was written yet.
    NothingWritten,
    /// The application wrote.
    BytesAdded,
    /// The application took bytes.
    BytesTaken,
    /// The internal callback ran, and what it did follows from that.
    EventRan,
    /// The internal callback runs, and moves bytes.
    EventRunning,

    // What ends a direction.
    /// A call found the end of the stream.
    EndOfFile,
    /// A call failed.
    CallFailed,
    /// The timer ran out.
    TimerExpired,
    /// The timer began to run.
    TimerStarted,
    /// The timeouts were set.
    TimeoutsSet,
    /// The peer ended its sending side.
    PeerEnded,
    /// The peer reset the connection.
    PeerReset,
    /// The failure was injected.
    Injected,
    /// A connection was begun.
    ConnectStarted,
    /// The connection that was begun was made.
    Connected,
    /// The connection that was begun failed.
    ConnectFailed,
    /// The peer accepted the connection.
    PeerAccepted,
    /// The peer refused the connection.
    PeerRefused,

    // What brings a callback.
    /// The callback was called.
    Called,
    /// The callback was put off to a queued call, and so ran later whatever happened in between.
    Deferred,
    /// Input was still at or above the high watermark when the read callback returned, which brings another call.
    LeftFull,
    /// A length was compared with the low watermark, and reached it.
    LowMarkReached,
    /// Bytes went to the kernel.
    BytesSent,
    /// The event ran with nothing to send, as it does once after writing was enabled.
    NothingToSend,
    /// The handle was found ready.
    HandleReady,
    /// The peer sent.
    PeerSent,
    /// The application asked for it by hand, or the other side of a pair brought it.
    CalledFromOutside,

    // What keeps a callback away.
    /// No such callback is set.
    NotSet,
    /// A length was compared with the low watermark, and did not reach it.
    BelowLowMark,
    /// Output is still above the low watermark of writing.
    AboveLowMark,
    /// What is in input was there when the callback was called last: it comes once a read, not once a byte.
    NothingNew,
    /// Nothing arrived.
    NothingArrived,
    /// The loop has not run since.
    NoPassSince,
    /// The kernel takes no more: the peer does not receive.
    KernelFull,
    /// One write took a part of output, and whether the kernel has room for more is asked in the next pass.
    PartSent,
    /// Nothing ended, failed or ran out of time.
    NothingHappened,
    /// The connection that was begun here is neither made nor refused.
    ConnectUndecided,
    /// The peer has ended its side, and what it sent before that is to be read first.
    EndBehindBytes,
    /// The event was queued since its time had come, and a write took it out of the queue: it waits for its timer alone.
    TakenFromQueue,
    /// The other side of the pair, or what is under the filter, takes no more.
    OtherSide,

    // What becomes of a timer.
    /// Its time has not come.
    TimeNotCome,
    /// The clock came to be past its time.
    ClockPassed,
    /// A callback was under way when its time came: the loop looks at its timers between callbacks only.
    HeldUp,
    /// It was taken away.
    TimerCancelled,
    /// It was made active by hand, whatever its time.
    ActivatedByHand,
    /// There is none.
    NoTimer,

    // Whose turn it is.
    /// The loop has not run yet.
    LoopNotBegun,
    /// The program called the loop, and waits in it.
    InLoop,
    /// The program itself did this, outside of the loop.
    CalledByProgram,
    /// The pass ended: nothing was left active.
    PassOver,
    /// The pass ended: nothing is pending.
    NothingPending,
    /// A callback ended the loop with `event_base_loopbreak`.
    LoopBroken,
    /// `event_base_loopexit` ended the loop.
    LoopExited,
    /// The pass would go on for ever without a user callback.
    Spinning,
    /// A user callback runs, and the loop waits for it.
    CallbackRuns,
    /// The internal callback of an event runs.
    EventRuns,
    /// The kernel is being asked.
    PollAsks,
    /// The kernel was asked, and something was ready.
    PollFound,
    /// The kernel was asked, and nothing was ready.
    PollFoundNothing,
    /// The timers were looked at, and the time of none had come.
    TimersFoundNone,
    /// The timer whose time comes first.
    NextTimer,
    /// No event is queued to run.
    NothingActive,
    /// No user callback was called in the pass.
    NoCallbackInPass,
    /// No user callback was called so far in the pass that runs.
    NoCallbackYet,

    // The way of a byte.
    /// It came into a buffer by an edit of the application.
    Edited,
    /// The peer took it.
    PeerReceived,
    /// It has not left since.
    StillThere,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
