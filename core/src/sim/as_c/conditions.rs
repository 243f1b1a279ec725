//! What is asked, as a C expression.

use super::super::{Condition, Counter};
use super::actions::{eol, flags};
use super::api::Interface;
use super::helpers::Helper;
use super::writer::{Life, Scope, Writer};
use crate::EolStyle;

impl Writer<'_> {
    /// All of these at once, asked of this bufferevent where they name no other.
    pub(super) fn condition(&mut self, when: &[Condition], of: usize, scope: &Scope) -> String {
        let each: Vec<String> = when.iter().map(|condition| self.one(condition, of, scope)).collect();
        each.join(" && ")
    }

    fn one(&mut self, condition: &Condition, of: usize, scope: &Scope) -> String {
        match *condition {
            Condition::InputAtLeast(bytes) => self.length(of, scope, true, bytes),
            Condition::InputOf { of, at_least } => self.length(of, scope, true, at_least),
            Condition::OutputOf { of, at_least } => self.length(of, scope, false, at_least),
            Condition::LineThere(style) => {
                let there = self.line_there(&self.variable(of, scope), style);
                self.guarded(of, scope, there)
            }
            Condition::EventHas(what) if scope.has_what => {
                let flags = flags(self.api.interface, what);
                match flags.contains('|') {
                    true => format!("(what & ({flags})) == ({flags})"),
                    false => format!("(what & {flags}) == {flags}"),
                }
            }
            // Only an event callback has any.
            Condition::EventHas(what) => if what.is_empty() { "1" } else { "0" }.to_owned(),
            Condition::Count { of: counter, at_least } => {
                let calls = match counter {
                    Counter::This => scope.calls.clone().unwrap_or_else(|| "0".to_owned()),
                    Counter::Callback(on) => self.names[of].calls(on),
                    Counter::Timer(timer) => self.timers[timer].calls.clone(),
                };
                format!("{calls} >= {at_least}")
            }
        }
    }

    fn length(&self, of: usize, scope: &Scope, of_input: bool, at_least: u32) -> String {
        let bev = self.variable(of, scope);
        let buffer = if of_input { self.api.input(&bev) } else { self.api.output(&bev) };
        // A length is at least 0, and the compiler would say so.
        let asked = if at_least == 0 {
            "1".to_owned()
        } else {
            format!("{} >= {at_least}", self.api.length(&buffer))
        };
        self.guarded(of, scope, asked)
    }

    /// Nothing holds of one that is freed.
    fn guarded(&self, of: usize, scope: &Scope, asked: String) -> String {
        match scope.life[of] {
            Life::Alive => asked,
            Life::Unsure => format!("{} && {asked}", self.names[of].bev),
            Life::Freed => "0".to_owned(),
        }
    }

    fn line_there(&mut self, bev: &str, style: EolStyle) -> String {
        let input = self.api.input(bev);
        match self.api.interface {
            Interface::Event2 => {
                format!("evbuffer_search_eol({input}, NULL, NULL, {}).pos >= 0", eol(style))
            }
            Interface::EventH => {
                self.needs.helpers.insert(Helper::LineThere);
                format!("line_there({input}, {})", eol(style))
            }
        }
    }
}
