//! What is wrong with what a server says, for whoever watches it: the library that reads it speaks of its own affairs.

use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};

pub(super) fn of(error: &Error) -> String {
    let said = match error {
        Error::Io(error) => return error.to_string(),
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            return format!("a message has {size} bytes, and {max_size} are taken");
        }
        Error::AttackAttempt | Error::Capacity(CapacityError::TooManyHeaders) => {
            "the head of its answer is longer than that of any handshake"
        }
        Error::ConnectionClosed | Error::AlreadyClosed | Error::WriteBufferFull(_) => {
            "the connection was lost"
        }
        Error::Tls(_) | Error::Url(_) => "the address is none that can be watched",
        Error::Utf8(_) => "a text is not UTF-8",
        Error::Http(response) => return response.status().to_string(),
        Error::HttpFormat(_) => "its answer is not HTTP",
        Error::Protocol(broken) => of_protocol(broken),
    };
    said.to_owned()
}

fn of_protocol(error: &ProtocolError) -> &'static str {
    match error {
        ProtocolError::HandshakeIncomplete => "it closed the connection before it had answered",
        ProtocolError::HttparseError(_) => "its answer is not HTTP",
        ProtocolError::WrongHttpMethod
        | ProtocolError::WrongHttpVersion
        | ProtocolError::MissingConnectionUpgradeHeader
        | ProtocolError::MissingUpgradeWebSocketHeader
        | ProtocolError::MissingSecWebSocketVersionHeader
        | ProtocolError::MissingSecWebSocketKey
        | ProtocolError::SecWebSocketAcceptKeyMismatch
        | ProtocolError::SecWebSocketSubProtocolError(_)
        | ProtocolError::JunkAfterRequest
        | ProtocolError::CustomResponseSuccessful
        | ProtocolError::InvalidHeader(_) => "its answer is no handshake of a WebSocket",
        ProtocolError::SendAfterClosing | ProtocolError::ReceivedAfterClosing => {
            "something came after the end"
        }
        ProtocolError::NonZeroReservedBits => "a frame has bits set that mean nothing",
        ProtocolError::UnmaskedFrameFromClient | ProtocolError::MaskedFrameFromServer => "a frame is masked",
        ProtocolError::FragmentedControlFrame => "a control frame is in pieces",
        ProtocolError::ControlFrameTooBig => "a control frame is longer than 125 bytes",
        ProtocolError::UnknownControlFrameType(_)
        | ProtocolError::UnknownDataFrameType(_)
        | ProtocolError::InvalidOpcode(_) => "a frame is of a kind that does not exist",
        ProtocolError::UnexpectedContinueFrame => "a frame goes on with a message that had not begun",
        ProtocolError::ExpectedFragment(_) => "a message begins before the one before it has ended",
        ProtocolError::ResetWithoutClosingHandshake => "the connection was lost",
        ProtocolError::InvalidCloseSequence => "a close frame cannot be read",
    }
}
