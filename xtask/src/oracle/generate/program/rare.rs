//! What nothing else draws: acts on what moves in a pair, or down from a filter; input that is pulled up anywhere; bytes that
//! are no letters; all sums of flags; conditions that stand in each other.

use bufferevent::sim::{
    Act, Action, Amount, BuffereventSpec, Condition, Data, KindSpec, Peer, Program, Scenario, ScriptStep,
};
use bufferevent::{FlushMode, What};

use super::author::Author;

/// So many conditions around what the rest draws are still within the format's bound.
const DEEPEST: u32 = 5;

impl Author {
    /// Drawn after all else, in half of the programs.
    pub(super) fn add_what_is_rare(&mut self, scenario: &mut Scenario) {
        if self.values.random.percent(50) {
            return;
        }
        self.act_on_what_moves(&mut scenario.bufferevents);
        for (of, bufferevent) in scenario.bufferevents.iter_mut().enumerate() {
            for program in programs(bufferevent) {
                self.add_to(program, of);
            }
        }
        for timer in &mut scenario.timers {
            self.add_to(&mut timer.run, 0);
        }
        if self.values.random.percent(30) {
            let of = self.values.random.below(self.kinds.len() as u32) as usize;
            let action = Action { of: Some(of), what: self.pullup() };
            let at = self.values.random.below(scenario.script.len() as u32 + 1) as usize;
            scenario.script.insert(at, action.into());
        }
        if self.values.random.percent(30) {
            each_text(scenario, &mut |text| self.take_other_bytes(text));
        }
    }

    /// By the callback of the buffer that it moves to.
    fn act_on_what_moves(&mut self, bufferevents: &mut [BuffereventSpec]) {
        for at in 0..bufferevents.len() {
            match bufferevents[at].kind {
                KindSpec::Pair { with } if self.values.random.percent(40) => {
                    bufferevents[at].read.high = 1 + self.values.random.below(8);
                    let action = self.act_on_output(with, at);
                    self.insert(&mut bufferevents[at].on_input, action);
                }
                KindSpec::Filter { over, .. } if self.values.random.percent(40) => {
                    bufferevents[over].write.high = 1 + self.values.random.below(8);
                    let action = self.act_on_output(at, over);
                    self.insert(&mut bufferevents[over].on_output, action);
                }
                KindSpec::Filter { over, .. } if self.values.random.percent(40) => {
                    let action = Action { of: Some(over), what: self.take_from_source() };
                    self.insert(&mut bufferevents[at].on_input, action);
                }
                _ => {}
            }
        }
    }

    /// More comes behind what moves from the output of `source`, or it is urged on.
    fn act_on_output(&mut self, source: usize, receiver: usize) -> Action {
        let (of, what) = match self.values.random.below(6) {
            0 => (source, Act::Write(self.text().into())),
            1 => (source, Act::WriteBuffer(self.text().into())),
            2 => (receiver, Act::MoveTo(source)),
            3 => (source, Act::MoveTo(source)),
            4 => (source, self.flush()),
            _ => (source, Act::Disable(self.values.directions())),
        };
        Action { of: Some(of), what }
    }

    fn flush(&mut self) -> Act {
        Act::Flush {
            mode: self.values.random.pick(&[FlushMode::Normal, FlushMode::Flush, FlushMode::Finished]),
            directions: self.values.directions(),
        }
    }

    fn take_from_source(&mut self) -> Act {
        match self.values.random.below(4) {
            0 => Act::Read(Amount::UpTo(self.values.limit())),
            1 => Act::Echo(self.text().into()),
            2 => Act::Drain(Amount::All),
            _ => Act::Readline {
                eol: self.eol(),
                repeat: self.values.random.percent(50),
                then: vec![Act::WriteLine(self.text().into()).into()],
            },
        }
    }

    /// To one that is there.
    fn add_to(&mut self, program: &mut Program, of: usize) {
        if program.is_none() || !self.values.random.percent(20) {
            return;
        }
        let what = match self.values.random.below(3) {
            0 if !self.values.is_1_4 => Act::TriggerEvent { what: self.any_flags(), options: self.options() },
            1 => Act::Peek(self.values.limit()),
            _ => self.pullup(),
        };
        let mut action = Action { of: Some(of), what };
        if self.values.random.percent(50) {
            for _ in 0..=self.values.random.below(DEEPEST) {
                action = self.only_if(action);
            }
        }
        self.insert(program, action);
    }

    /// It may hold and not hold.
    fn only_if(&mut self, action: Action) -> Action {
        let at_least = self.values.random.pick(&[0, 0, 1, 5]);
        let held = self.values.random.percent(70);
        let when = vec![Condition::InputAtLeast(at_least)];
        let (then, otherwise) = if held { (vec![action], Vec::new()) } else { (Vec::new(), vec![action]) };
        let of = self.values.random.below(self.kinds.len() as u32) as usize;
        Action { of: Some(of), what: Act::If { when, then, otherwise } }
    }

    fn any_flags(&mut self) -> What {
        let mut what = What::NONE;
        for (flag, _) in What::NAMED {
            if self.values.random.percent(40) {
                what |= *flag;
            }
        }
        what
    }

    /// Letters become bytes that are no UTF-8, or twice as many that are.
    fn take_other_bytes(&mut self, text: &mut Data) {
        // The harness marks what libevent has not written with a byte of its own, 0xc1, which neither of them makes.
        let other: fn(u8) -> Vec<u8> = match self.values.random.below(4) {
            0 => |letter| vec![letter - b'a' + 0xe0],
            1 => |letter| vec![0xce, letter - b'a' + 0x91],
            _ => return,
        };
        let bytes = text.as_bytes().iter();
        let bytes = bytes.flat_map(|&byte| if byte.is_ascii_lowercase() { other(byte) } else { vec![byte] });
        *text = Data::from(bytes.collect::<Vec<u8>>());
    }
}

fn programs(bufferevent: &mut BuffereventSpec) -> [&mut Program; 5] {
    let BuffereventSpec { on_read, on_write, on_event, on_input, on_output, .. } = bufferevent;
    [on_read, on_write, on_event, on_input, on_output]
}

/// The texts of a scenario, wherever they stand.
fn each_text(scenario: &mut Scenario, change: &mut impl FnMut(&mut Data)) {
    let of_bufferevents = scenario.bufferevents.iter_mut().flat_map(programs);
    let of_timers = scenario.timers.iter_mut().map(|timer| &mut timer.run);
    for action in of_bufferevents.chain(of_timers).flatten().flatten().flatten() {
        texts_of(action, change);
    }
    for step in &mut scenario.script {
        match step {
            ScriptStep::Action(action) => texts_of(action, change),
            ScriptStep::Peer { what: Peer::Send(text), .. } => change(text),
            _ => {}
        }
    }
}

fn texts_of(action: &mut Action, change: &mut impl FnMut(&mut Data)) {
    match &mut action.what {
        Act::Write(text)
        | Act::Echo(text)
        | Act::WriteBuffer(text)
        | Act::WriteLine(text)
        | Act::Prepend(text) => change(text),
        Act::Readline { then, .. } => then.iter_mut().for_each(|action| texts_of(action, change)),
        Act::If { then, otherwise, .. } => {
            then.iter_mut().chain(otherwise).for_each(|action| texts_of(action, change));
        }
        _ => {}
    }
}
