//! What is done to a buffer while a part of it moves: by the callback of the buffer that the part goes to.

use bufferevent::sim::{Act, Action, Amount, BuffereventSpec, KindSpec, Program};

use super::author::Author;

impl Author {
    /// Some filters bound what they take from the one below, and act on that one while it is taken; some other callbacks pull
    /// input up. Drawn after all else, which stays as it was.
    pub(super) fn add_acts_on_sources(&mut self, bufferevents: &mut [BuffereventSpec]) {
        for bufferevent in bufferevents {
            if let KindSpec::Filter { over, .. } = bufferevent.kind
                && self.values.random.percent(50)
            {
                if self.values.random.percent(70) {
                    bufferevent.read.high = 1 + self.values.random.below(8);
                }
                let action = Action { of: Some(over), what: self.act_on_source() };
                self.insert(&mut bufferevent.on_input, action);
            }
            if self.values.random.percent(20) {
                let action = Action { of: None, what: self.pullup() };
                self.insert(&mut bufferevent.on_read, action);
            }
        }
    }

    fn act_on_source(&mut self) -> Act {
        match self.values.random.below(8) {
            0..3 => self.pullup(),
            3..5 => Act::Prepend(self.text().into()),
            5 => Act::Drain(Amount::UpTo(self.values.limit())),
            6 => Act::MoveTo(self.values.random.below(self.kinds.len() as u32) as usize),
            _ => Act::WriteBuffer(self.text().into()),
        }
    }

    pub(super) fn pullup(&mut self) -> Act {
        let all = self.values.random.percent(50);
        Act::Pullup(if all { Amount::All } else { Amount::UpTo(self.values.limit()) })
    }

    /// Somewhere in the first call of a program, which there is then.
    pub(super) fn insert(&mut self, program: &mut Program, action: Action) {
        let calls = program.get_or_insert_default();
        if calls.is_empty() {
            calls.push(Vec::new());
        }
        let at = self.values.random.below(calls[0].len() as u32 + 1) as usize;
        calls[0].insert(at, action);
    }
}
