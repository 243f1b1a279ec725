//! The callbacks, as a person writes them.

use super::super::{Action, Counter, On, Program};
use super::helpers::Helper;
use super::literal;
use super::text::Text;
use super::writer::{Scope, Writer};
use crate::Callbacks;

/// A callback of a bufferevent, in the order in which they stand in the program.
pub(super) const ALL: [On; 5] = [On::Read, On::Write, On::Event, On::Input, On::Output];

impl Writer<'_> {
    /// Every callback that is set, or will be.
    pub(super) fn callbacks(&mut self) -> Text {
        let mut text = Text::default();
        for of in 0..self.names.len() {
            for on in ALL {
                if self.program(of, on).is_some() || self.is_set_later(of, on) {
                    text.gap();
                    text.place(self.names[of].program(on), |text| self.callback(text, of, on));
                }
            }
        }
        for timer in 0..self.timers.len() {
            text.gap();
            text.place(format!("{}.do", self.timers[timer].place), |text| self.timer_callback(text, timer));
        }
        text
    }

    /// Which of the three are set when it is made.
    pub(super) fn set_callbacks(&self, of: usize) -> Callbacks {
        let set = |on| self.program(of, on).is_some();
        Callbacks { read: set(On::Read), write: set(On::Write), event: set(On::Event) }
    }

    pub(super) fn program(&self, of: usize, on: On) -> &Program {
        let spec = &self.scenario.bufferevents[of];
        match on {
            On::Read => &spec.on_read,
            On::Write => &spec.on_write,
            On::Event => &spec.on_event,
            On::Input => &spec.on_input,
            On::Output => &spec.on_output,
        }
    }

    /// The head of its definition.
    pub(super) fn head(&self, of: usize, on: On) -> String {
        let arguments = match on {
            On::Read | On::Write => "struct bufferevent *bev, void *arg",
            On::Event => "struct bufferevent *bev, short what, void *arg",
            On::Input | On::Output => {
                "struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *arg"
            }
        };
        format!("static void {}({arguments})", self.names[of].callback(on))
    }

    /// Those that callbacks ask about, each other's too.
    pub(super) fn declare_counters(&self, text: &mut Text) {
        for of in 0..self.names.len() {
            let counted = ALL.into_iter().filter(|on| self.is_counted(Counter::Callback(*on), of));
            counted.for_each(|on| text.line(format!("static int {};", self.names[of].calls(on))));
        }
        let counted = (0..self.timers.len()).filter(|timer| self.is_counted(Counter::Timer(*timer), 0));
        counted.for_each(|timer| text.line(format!("static int {};", self.timers[timer].calls)));
    }

    /// Those that are set by others, which may stand before them.
    pub(super) fn declare_callbacks(&self, text: &mut Text) {
        for of in 0..self.names.len() {
            let set = ALL.into_iter().filter(|on| self.is_set_later(of, *on));
            set.for_each(|on| text.line(format!("{};", self.head(of, on))));
        }
    }

    fn callback(&mut self, text: &mut Text, of: usize, on: On) {
        let (helper, function, word, argument) = match on {
            On::Read => (Helper::PrintCallback, "print_callback", "read", ""),
            On::Write => (Helper::PrintCallback, "print_callback", "write", ""),
            On::Event => (Helper::PrintEvent, "print_event", "event", "what, "),
            On::Input => (Helper::PrintBuffer, "print_buffer", "input", "info, "),
            On::Output => (Helper::PrintBuffer, "print_buffer", "output", "info, "),
        };
        self.needs.helpers.insert(helper);
        let label = literal::string(format!("{}{word}", self.names[of].label).as_bytes());
        let first = format!("{function}({label}, {argument}bev);");
        let counter = Counter::Callback(on);
        let calls = if self.is_counted(counter, of) { Some(self.names[of].calls(on)) } else { None };
        let mut scope = self.scope_of_callback(Some(of), calls.clone().unwrap_or_else(|| "calls".to_owned()));
        scope.has_what = on == On::Event;
        let mut heading = vec![self.head(of, on)];
        let mut unused = vec!["arg"];
        if matches!(on, On::Input | On::Output) {
            unused.push("buffer");
            heading.push(format!("\tstruct bufferevent *bev = {};", self.names[of].bev));
        }
        let function = Function { heading, unused, first, counter: calls };
        let program = self.program(of, on).clone();
        let place = self.names[of].program(on);
        self.function(text, &function, &place, &program, &mut scope);
    }

    fn timer_callback(&mut self, text: &mut Text, timer: usize) {
        let names = &self.timers[timer];
        let counter = Counter::Timer(timer);
        let calls = if self.is_counted(counter, 0) { Some(names.calls.clone()) } else { None };
        let mut scope = self.scope_of_callback(None, calls.clone().unwrap_or_else(|| "calls".to_owned()));
        let function = Function {
            heading: vec![format!(
                "static void {}({} fd, short what, void *arg)",
                names.callback, self.api.fd
            )],
            unused: vec!["fd", "what", "arg"],
            first: format!("print_timer({});", literal::string(self.scenario.timers[timer].name.as_bytes())),
            counter: calls,
        };
        self.needs.helpers.insert(Helper::PrintTimer);
        let place = format!("{}.do", names.place);
        let program = self.scenario.timers[timer].run.clone();
        self.function(text, &function, &place, &program, &mut scope);
    }

    fn function(
        &mut self,
        text: &mut Text,
        function: &Function,
        place: &str,
        program: &Program,
        scope: &mut Scope,
    ) {
        let lists = program.as_deref().unwrap_or_default();
        let mut body = Text::default();
        self.calls(&mut body, place, lists, scope);
        let counts = function.counter.is_some() || body.mentions("calls");
        let mut heading = function.heading.iter();
        text.line(heading.next().map_or("", String::as_str));
        text.line("{");
        heading.for_each(|line| text.line(line));
        text.inside(|text| {
            if counts && function.counter.is_none() {
                text.line("static int calls;");
            }
            if body.mentions("line = evbuffer_readln") {
                text.line("char *line;\nsize_t length;");
            }
            text.gap();
            for unused in &function.unused {
                text.line(format!("(void){unused};"));
            }
            if counts {
                text.line(format!("{}++;", function.counter.as_deref().unwrap_or("calls")));
            }
            text.line(&function.first);
            text.append(body);
        });
        text.line("}");
    }

    /// What each call does: the last list from then on.
    fn calls(&mut self, text: &mut Text, place: &str, lists: &[Vec<Action>], scope: &mut Scope) {
        match lists {
            lists if lists.iter().all(Vec::is_empty) => {}
            [always] => self.list(text, place, 0, always, scope),
            [first, then] if then.is_empty() => {
                let calls = scope.calls.clone().unwrap_or_default();
                text.block(&format!("if ({calls} == 1)"), |text| self.list(text, place, 0, first, scope));
            }
            lists => self.switch(text, place, lists, scope),
        }
    }

    fn switch(&mut self, text: &mut Text, place: &str, lists: &[Vec<Action>], scope: &mut Scope) {
        let calls = scope.calls.clone().unwrap_or_default();
        text.line(format!("switch ({calls}) {{"));
        for (index, list) in lists.iter().enumerate() {
            let is_last = index + 1 == lists.len();
            text.line(if is_last { "default:".to_owned() } else { format!("case {}:", index + 1) });
            // Neighbours that do nothing are one.
            if list.is_empty() && lists.get(index + 1).is_some_and(Vec::is_empty) {
                continue;
            }
            let mut scope = scope.clone();
            text.inside(|text| {
                self.list(text, place, index, list, &mut scope);
                text.line("break;");
            });
        }
        text.line("}");
    }

    fn list(&mut self, text: &mut Text, place: &str, call: usize, list: &[Action], scope: &mut Scope) {
        let place = format!("{place}[{call}]");
        text.place(place.clone(), |text| self.actions(text, &place, list, scope));
    }
}

/// What is around the actions of a callback.
struct Function {
    /// Its head, and what it begins with.
    heading: Vec<String>,
    unused: Vec<&'static str>,
    /// The first that it does: to say that it runs.
    first: String,
    /// The variable of how often it was called, where others ask.
    counter: Option<String>,
}
