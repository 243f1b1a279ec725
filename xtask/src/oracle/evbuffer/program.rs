//! Operations on evbuffers, and random programs of them.

use std::fmt::{self, Display};

use super::super::generate::Random;

/// What an operation does; the harness's table says what its numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Prepend,
    AddPrintf,
    AddIovec,
    AddReference,
    Reserve,
    Expand,
    AddBuffer,
    PrependBuffer,
    RemoveBuffer,
    Drain,
    Remove,
    Copyout,
    Pullup,
    PullupAll,
    Peek,
    Search,
    SearchOwn,
    Find,
    SearchEol,
    Readln,
    Freeze,
    Unfreeze,
    Read,
    Write,
    Callback,
    Loop,
}

/// The name of a verb, its numbers (one letter each, see [`Generator::number`]), and how often it is drawn.
const VERBS: [(Verb, &str, &str, u32); 27] = [
    (Verb::Add, "add", "bns", 10),
    (Verb::Prepend, "prepend", "bns", 6),
    (Verb::AddPrintf, "add_printf", "bns", 2),
    (Verb::AddIovec, "add_iovec", "bns", 2),
    (Verb::AddReference, "add_reference", "bns", 4),
    (Verb::Reserve, "reserve", "brns", 4),
    (Verb::Expand, "expand", "bn", 3),
    (Verb::AddBuffer, "add_buffer", "ba", 6),
    (Verb::PrependBuffer, "prepend_buffer", "ba", 4),
    (Verb::RemoveBuffer, "remove_buffer", "ban", 6),
    (Verb::Drain, "drain", "bn", 4),
    (Verb::Remove, "remove", "bn", 4),
    (Verb::Copyout, "copyout", "bppn", 4),
    (Verb::Pullup, "pullup", "bn", 4),
    (Verb::PullupAll, "pullup_all", "b", 1),
    (Verb::Peek, "peek", "bppn", 4),
    (Verb::Search, "search", "bppevs", 4),
    (Verb::SearchOwn, "search_own", "bppepv", 6),
    (Verb::Find, "find", "bvs", 1),
    (Verb::SearchEol, "search_eol", "bppy", 6),
    (Verb::Readln, "readln", "by", 6),
    (Verb::Freeze, "freeze", "bf", 2),
    (Verb::Unfreeze, "unfreeze", "bf", 4),
    (Verb::Read, "read", "brns", 3),
    (Verb::Write, "write", "bn", 3),
    (Verb::Callback, "callback", "bf", 1),
    (Verb::Loop, "loop", "", 4),
];

/// After these an evbuffer follows libevent's chains no more; a simulation has none of them.
const UNFOLLOWED: [Verb; 6] =
    [Verb::AddPrintf, Verb::AddIovec, Verb::AddReference, Verb::Reserve, Verb::Expand, Verb::Find];

/// One operation; the first of its numbers name the buffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) verb: Verb,
    pub(super) numbers: Vec<u32>,
}

impl Operation {
    /// The buffers that it names, the one that it acts on first.
    pub(super) fn buffers(&self) -> &[u32] {
        &self.numbers[..self.named()]
    }

    /// The numbers that are not buffers.
    pub(super) fn arguments(&self) -> &[u32] {
        &self.numbers[self.named()..]
    }

    pub(super) fn arguments_mut(&mut self) -> &mut [u32] {
        let named = self.named();
        &mut self.numbers[named..]
    }

    fn named(&self) -> usize {
        let (_, letters) = words(self.verb);
        letters.chars().take_while(|letter| "ab".contains(*letter)).count()
    }
}

fn words(verb: Verb) -> (&'static str, &'static str) {
    let row = VERBS.iter().find(|row| row.0 == verb);
    row.map_or(("", ""), |(_, name, letters, _)| (name, letters))
}

/// Displays as a line of the harness's input, without its end.
impl Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(words(self.verb).0)?;
        self.numbers.iter().try_for_each(|number| write!(f, " {number}"))
    }
}

/// What is done to three evbuffers that are empty at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// Whose callbacks wait for the loop.
    pub(super) deferred: [bool; 3],
    /// How the bytes lie in chains is compared, too: of operations of which that is followed here.
    pub(super) chains: bool,
    pub(super) operations: Vec<Operation>,
}

impl Program {
    /// The program with this index among those of a seed.
    pub(super) fn random(seed: u64, index: u64) -> Self {
        let mut generator = Generator::new(seed, index);
        let chains = index % 3 == 2;
        generator.weights.retain(|(row, _)| !chains || !UNFOLLOWED.contains(&VERBS[*row].0));
        let random = &mut generator.random;
        let deferred = [(); 3].map(|()| random.percent(30));
        let most = random.pick(&[6, 20, 60]);
        let operations = 1 + random.below(most);
        Self { deferred, chains, operations: (0..operations).map(|_| generator.operation()).collect() }
    }

    pub(super) fn heading(&self) -> String {
        let [first, second, third] = self.deferred.map(u8::from);
        format!("program {first} {second} {third} {}", u8::from(self.chains))
    }
}

/// Displays as what the harness reads.
impl Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        self.operations.iter().try_for_each(|operation| writeln!(f, "{operation}"))?;
        writeln!(f, "end")
    }
}

/// Draws a temper first, as [`super::super::generate`] does: which operations it prefers, and how long its bytes are.
#[derive(Debug)]
struct Generator {
    random: Random,
    weights: Vec<(usize, u32)>,
    /// In a hundred, how many sizes are around those of libevent's chains.
    long: u32,
}

impl Generator {
    fn new(seed: u64, index: u64) -> Self {
        let mut random = Random::new(seed, index);
        let weights = VERBS.iter().map(|row| row.3 * random.pick(&[0, 1, 1, 3])).enumerate();
        // Something to add is never left out, or there would be nothing to do.
        let weights = weights.map(|(row, weight)| (row, weight.max(u32::from(row == 0)))).collect();
        let long = random.pick(&[0, 5, 40]);
        Self { random, weights, long }
    }

    fn operation(&mut self) -> Operation {
        let (verb, _, letters, _) = VERBS[self.random.weighted(&self.weights)];
        let mut numbers: Vec<u32> = Vec::new();
        for letter in letters.chars() {
            let number = self.number(letter, numbers.first().copied().unwrap_or(0));
            numbers.push(number);
        }
        Operation { verb, numbers }
    }

    fn number(&mut self, letter: char, buffer: u32) -> u32 {
        let random = &mut self.random;
        match letter {
            'b' => random.below(3),
            // Another buffer than the one before.
            'a' => (buffer + 1 + random.below(2)) % 3,
            // A position: the harness makes it fit.
            'p' if random.percent(30) => 0,
            'p' => random.next() as u32 % 100_000,
            // The end of a search, or none.
            'e' if random.percent(50) => 0,
            'e' => random.next() as u32 % 100_000,
            // Bytes to look for.
            'v' => random.pick(&[0, 1, 1, 2, 2, 3, 5, 20]),
            // A style of line ends.
            'y' => random.below(5),
            // An end to freeze, or whether to do a thing.
            'f' => random.below(2),
            // Room, of which libevent's assertions want some to be asked for.
            'r' => 1 + self.number('n', buffer),
            // What bytes are made from.
            's' => random.next() as u32,
            // A number of bytes.
            _ if random.percent(self.long) => {
                let edge = random.pick(&[464, 512, 976, 1024, 2000, 4096, 10_000]);
                edge + random.below(5) - 2
            }
            _ => {
                let most = random.pick(&[2, 8, 40]);
                random.below(most)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_follows_from_its_seed_and_index() {
        assert_eq!(Program::random(1, 7), Program::random(1, 7));
        assert_ne!(Program::random(1, 7), Program::random(1, 8));
        assert_ne!(Program::random(1, 7), Program::random(2, 7));
    }

    #[test]
    fn every_verb_is_drawn_and_names_two_buffers_or_fewer() {
        let programs: Vec<Program> = (0..200).map(|index| Program::random(1, index)).collect();
        let operations: Vec<&Operation> = programs.iter().flat_map(|program| &program.operations).collect();
        for (verb, name, letters, _) in VERBS {
            let of_it = || operations.iter().filter(|operation| operation.verb == verb);
            assert!(of_it().count() > 10, "{name} is hardly drawn");
            assert!(of_it().all(|operation| operation.numbers.len() == letters.len()));
        }
        assert!(operations.iter().all(|operation| match operation.buffers() {
            [b, a] => a != b && *a < 3 && *b < 3,
            [b] => *b < 3,
            other => other.is_empty(),
        }));
    }
}
