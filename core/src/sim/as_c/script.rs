//! The script, as main goes through it.

use super::super::{Connect, KindSpec, Peer, ScriptStep};
use super::helpers::Helper;
use super::literal;
use super::text::Text;
use super::writer::{Life, Scope, Writer};
use crate::Direction;

/// What the peer of a bufferevent still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Open,
    /// It only receives.
    Shutdown,
    Reset,
}

impl Writer<'_> {
    /// Each step, and an empty line where the loop has run.
    pub(super) fn script(&mut self, text: &mut Text, scope: &mut Scope) {
        let mut others = vec![Other::Open; self.names.len()];
        let script = &self.scenario.script;
        for (index, step) in script.iter().enumerate() {
            let place = format!("script[{index}]");
            // What happens to a socket is said as it is given, also where it cannot be.
            let step =
                if let given @ ScriptStep::Peer { .. } = &self.given.script[index] { given } else { step };
            text.place(place.clone(), |text| match step {
                ScriptStep::Action(action) => self.action(text, &place, action, scope),
                ScriptStep::Peer { of, what } => {
                    let of = of.unwrap_or(0);
                    self.peer(text, of, what, &mut others[of], scope);
                }
                ScriptStep::AdvanceMs(ms) => self.wait(text, *ms),
                ScriptStep::Turn(passes) => self.turn(text, index, *passes),
            });
            if matches!(step, ScriptStep::Turn(_)) && index + 1 < script.len() {
                text.gap();
            }
        }
    }

    fn turn(&mut self, text: &mut Text, index: usize, passes: u32) {
        let made = self.played.passes[index];
        if made < passes {
            text.comment(&format!("{passes} passes are asked for; after these nothing is left to do."));
        }
        self.call(text, Helper::Turn, format!("turn({made});"));
    }

    fn peer(&mut self, text: &mut Text, of: usize, what: &Peer, other: &mut Other, scope: &Scope) {
        let peer = self.names[of].peer.clone();
        let is_nobody = matches!(
            self.scenario.bufferevents[of].kind,
            KindSpec::Socket { connect: Some(Connect::Refused), .. }
        );
        match what {
            Peer::Send(_) | Peer::Shutdown | Peer::Reset if is_nobody => {
                text.comment("Nobody is at the other end: the connection is refused.");
            }
            Peer::Send(data) if *other == Other::Open => {
                let call = format!("peer_send({peer}, {});", literal::with_length(data));
                self.call(text, Helper::PeerSend, call);
            }
            Peer::Send(data) => {
                let bytes = data.as_bytes().len();
                text.comment(&format!(
                    "The peer sends {bytes} bytes, which are lost: it has ended its side."
                ));
            }
            Peer::Recv(most) => {
                if !self.names[of].label.is_empty() {
                    text.line(format!("printf({});", literal::string(self.names[of].label.as_bytes())));
                }
                self.call(text, Helper::PeerRecv, format!("peer_recv({peer}, {most});"));
            }
            Peer::Shutdown if *other == Other::Open => {
                text.line(format!("shutdown({peer}, SHUT_WR); /* The peer has nothing more to send. */"));
                *other = Other::Shutdown;
            }
            Peer::Shutdown => text.comment("The peer ends its side, which it has done before."),
            Peer::Reset if *other == Other::Reset => text.comment("Another reset changes nothing."),
            Peer::Reset => {
                let bev = &self.names[of].bev;
                let fd = match scope.life[of] {
                    Life::Alive => self.api.handle(bev),
                    Life::Unsure => format!("{bev} ? {} : -1", self.api.handle(bev)),
                    Life::Freed => "-1".to_owned(),
                };
                self.call(text, Helper::PeerReset, format!("peer_reset(&{peer}, {fd});"));
                *other = Other::Reset;
            }
            Peer::Accept if self.to_read => text.comment("The other end accepts the connection."),
            Peer::Refuse if self.to_read => text.comment("The other end refuses the connection."),
            Peer::Accept | Peer::Refuse => text.comment("No connection is pending, so nothing is decided."),
            Peer::Inject { times: 0, .. } => text.comment("No call is made to fail."),
            Peer::Inject { op, errno, .. } => {
                let call = match op {
                    Direction::Read => "read",
                    Direction::Write => "write",
                };
                let same = if self.to_read { "" } else { "; the callbacks are the same without" };
                text.comment(&format!(
                    "Here a {call} would fail with {errno}. A real kernel cannot be told to{same}."
                ));
            }
        }
    }
}
