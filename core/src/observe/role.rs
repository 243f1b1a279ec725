//! What a kind of step is to whoever watches.

/// What a kind of step is for: a timeline, a log or a picture tells it apart by this, whatever else is new in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(strum::IntoStaticStr), strum(serialize_all = "snake_case"))]
#[non_exhaustive]
pub enum Role {
    /// A pass of the loop went on.
    Loop,
    /// An internal event waits, is queued, runs or ran out of time.
    Event,
    /// Something was decided; nothing changed by that alone.
    Decision,
    /// Reading stopped at the high watermark, or may go on.
    Crossing,
    /// A user callback is wanted: it is due, put off, or not set.
    Due,
    /// A user callback was entered or left.
    Callback,
    /// The application made, set, changed, freed or asked for something.
    Application,
    /// Bytes moved from the application to a buffer.
    ApplicationToBuffer,
    /// Bytes moved from a buffer to the application.
    BufferToApplication,
    /// Bytes moved from the kernel, or the other side of a pair, to input.
    KernelToInput,
    /// Bytes moved from output to the kernel, or the other side of a pair.
    OutputToKernel,
    /// Bytes moved from the peer to the kernel.
    PeerToKernel,
    /// Bytes moved from the kernel to the peer.
    KernelToPeer,
    /// A call failed, a stream ended.
    Failure,
    /// Something else came from outside: of the peer, the kernel or the clock.
    Outside,
}

#[cfg(feature = "serde")]
impl Role {
    /// Its name for other languages, in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
