//! What main does before the script, and what it leaves behind after it.

use super::super::links::order_of_making;
use super::super::{BuffereventSpec, Connect, FilterKind, KindSpec, On, WatermarksSpec};
use super::actions::{ev, set_watermark};
use super::api::Interface;
use super::helpers::Helper;
use super::names::Names;
use super::text::Text;
use super::writer::{Life, Scope, Writer};
use crate::Directions;

impl Writer<'_> {
    /// What only main has.
    pub(super) fn main_variables(&self, text: &mut Text, script: &Text) {
        for of in 0..self.names.len() {
            if self.keeps_fd(of) {
                text.line(format!("int {};", self.names[of].fd));
            }
        }
        if self.scenario.bufferevents.iter().any(|spec| matches!(spec.kind, KindSpec::Pair { .. })) {
            text.line("struct bufferevent *pair[2];");
        }
        if self.needs.time && self.api.interface == Interface::Event2 {
            text.line("struct event_config *config;");
        }
        if self.needs.nobody {
            text.line("int unheard;");
        }
        if script.mentions("line = evbuffer_readln") {
            text.line("char *line;\nsize_t length;");
        }
    }

    /// The event base.
    pub(super) fn make_base(&self, text: &mut Text) {
        match self.api.interface {
            Interface::EventH => text.line("base = event_init();"),
            Interface::Event2 if self.needs.time => text.line(PRECISE_BASE),
            Interface::Event2 => text.line("base = event_base_new();"),
        }
        text.line("if (!base)\n\treturn 1;");
        let priorities = self.scenario.priority_count();
        if priorities > 1 {
            text.line(format!("event_base_priority_init(base, {priorities});"));
        }
        if self.needs.helpers.contains(&Helper::PeerReset) || self.needs.nobody {
            text.line(
                "signal(SIGPIPE, SIG_IGN); /* A write to a connection that is no more fails instead. */",
            );
        }
        if self.needs.nobody {
            text.line("unheard = bind_to_loopback(&nobody); /* And nobody listens. */");
        }
    }

    /// Each bufferevent and each timer, those first that others need.
    pub(super) fn make_all(&mut self, text: &mut Text, scope: &mut Scope) {
        // A filter takes what is under it into its hands; only then that is set up.
        let is_filter = |spec: &BuffereventSpec| matches!(spec.kind, KindSpec::Filter { .. });
        let has_filters = self.scenario.bufferevents.iter().any(is_filter);
        let order = order_of_making(self.scenario);
        for (at, &of) in order.iter().enumerate() {
            text.gap();
            text.place(self.names[of].place.clone(), |text| {
                self.make(text, of, &order[..at]);
                if !has_filters {
                    self.settle(text, of);
                }
            });
        }
        for of in (0..self.names.len()).filter(|_| has_filters) {
            text.gap();
            text.place(self.names[of].place.clone(), |text| self.settle(text, of));
        }
        for timer in 0..self.timers.len() {
            text.gap();
            text.place(self.timers[timer].place.clone(), |text| self.make_timer(text, timer));
        }
        for (of, spec) in self.scenario.bufferevents.iter().enumerate() {
            if let KindSpec::Socket { connect: Some(outcome), .. } = spec.kind {
                let bev = self.variable(of, scope);
                text.gap();
                text.place(format!("{}.connect", self.names[of].place), |text| {
                    self.connect(text, &bev, outcome);
                });
            }
        }
    }

    /// `before` are those that are made already.
    fn make(&mut self, text: &mut Text, of: usize, before: &[usize]) {
        let spec = &self.scenario.bufferevents[of];
        let bev = self.names[of].bev.clone();
        match spec.kind {
            KindSpec::Pair { with } if before.contains(&with) => {}
            KindSpec::Pair { with } => {
                let other = &self.names[with].bev;
                text.line(format!("bufferevent_pair_new(base, {}, pair);", options(spec)));
                text.line(format!("{bev} = pair[0];\n{other} = pair[1];"));
            }
            _ => {
                let made = self.made(of, spec);
                text.line(made);
            }
        }
        self.set_callbacks_of(text, of);
    }

    fn made(&mut self, of: usize, spec: &BuffereventSpec) -> String {
        if matches!(spec.kind, KindSpec::Socket { connect: None, .. }) {
            self.needs.helpers.insert(Helper::SocketWithPeer);
        }
        let options = options(spec);
        if let KindSpec::Filter { over, input, output } = spec.kind {
            let (input, output) = (self.filter(input, "in"), self.filter(output, "out"));
            let (bev, under) = (&self.names[of].bev, &self.names[over].bev);
            return format!(
                "{bev} = bufferevent_filter_new({under}, {input}, {output}, {options}, NULL, NULL);"
            );
        }
        let Names { bev, peer, fd, .. } = &self.names[of];
        match (spec.kind, self.api.interface) {
            (KindSpec::Socket { connect: Some(_), .. }, _) => {
                format!("{bev} = bufferevent_socket_new(base, -1, {options});")
            }
            (_, Interface::EventH) => {
                let callbacks = self.callback_arguments(of, self.set_callbacks(of));
                format!(
                    "{fd} = socket_with_peer(&{peer});\n{bev} = bufferevent_new({fd}, {callbacks}, NULL);"
                )
            }
            (_, Interface::Event2) if spec.close_on_free => {
                format!("{bev} = bufferevent_socket_new(base, socket_with_peer(&{peer}), {options});")
            }
            (_, Interface::Event2) => {
                let made = format!("{bev} = bufferevent_socket_new(base, {fd}, {options});");
                format!("{fd} = socket_with_peer(&{peer});\n{made}")
            }
        }
    }

    /// The function of a filter: NULL is the one that passes everything on.
    fn filter(&mut self, kind: FilterKind, way: &str) -> String {
        let (helper, name) = match (kind, way) {
            (FilterKind::None, _) => return "NULL".to_owned(),
            (FilterKind::Rot13, _) => (Helper::Rot13, "rot13".to_owned()),
            (FilterKind::Hold, _) => (Helper::Hold, "hold".to_owned()),
            (FilterKind::Double, "in") => (Helper::DoubleIn, "double_in".to_owned()),
            (FilterKind::Double, _) => (Helper::DoubleOut, "double_out".to_owned()),
            (FilterKind::Frame, "in") => (Helper::FrameIn, "frame_in".to_owned()),
            (FilterKind::Frame, _) => (Helper::FrameOut, "frame_out".to_owned()),
        };
        self.needs.helpers.insert(helper);
        name
    }

    fn set_callbacks_of(&self, text: &mut Text, of: usize) {
        let bev = &self.names[of].bev;
        if self.api.interface == Interface::Event2 {
            let callbacks = self.callback_arguments(of, self.set_callbacks(of));
            text.line(format!("bufferevent_setcb({bev}, {callbacks}, NULL);"));
        }
    }

    /// As it is before the script begins.
    fn settle(&self, text: &mut Text, of: usize) {
        let (spec, bev) = (&self.scenario.bufferevents[of], &self.names[of].bev);
        if let Some(priority) = spec.priority {
            text.line(format!("bufferevent_priority_set({bev}, {priority});"));
        }
        for (direction, most) in [("read", spec.max_single_read), ("write", spec.max_single_write)] {
            if let Some(most) = most {
                text.line(format!("bufferevent_set_max_single_{direction}({bev}, {most});"));
            }
        }
        let marks = |low, high| (low != 0 || high != 0).then_some(WatermarksSpec { low, high });
        let (read, write) = (spec.read, spec.write);
        set_watermark(text, bev, marks(read.low, read.high), marks(write.low, write.high));
        if read.timeout_ms != 0 || write.timeout_ms != 0 {
            self.set_timeouts(text, bev, read.timeout_ms, write.timeout_ms);
        }
        // A high mark has a callback of its own on input, and the one that is added last is called first.
        for (on, buffer) in [(On::Input, self.api.input(bev)), (On::Output, self.api.output(bev))] {
            if self.program(of, on).is_some() {
                text.line(format!("evbuffer_add_cb({buffer}, {}, NULL);", self.names[of].callback(on)));
            }
        }
        if spec.enable != Directions::NONE {
            text.line(format!("bufferevent_enable({bev}, {});", ev(spec.enable)));
        }
    }

    fn make_timer(&self, text: &mut Text, timer: usize) {
        let (spec, names) = (&self.scenario.timers[timer], &self.timers[timer]);
        let flags = if spec.persist { "EV_PERSIST" } else { "0" };
        let (event, argument, callback) = (&names.event, self.timer(timer), &names.callback);
        text.line(match self.api.interface {
            Interface::EventH => format!("event_set({argument}, -1, {flags}, {callback}, NULL);"),
            Interface::Event2 => format!("{event} = event_new(base, -1, {flags}, {callback}, NULL);"),
        });
        if let Some(priority) = spec.priority {
            text.line(format!("event_priority_set({argument}, {priority});"));
        }
        if spec.after_ms.is_some() {
            self.add_timer(text, timer, spec.after_ms);
        }
    }

    /// Begins a connection: one that is refused, unless the program is only read.
    pub(super) fn connect(&mut self, text: &mut Text, bev: &str, outcome: Connect) {
        if outcome != Connect::Refused {
            self.needs.somebody = true;
            self.needs.headers.insert("netinet/in.h");
            let address = "(struct sockaddr *)&somebody, sizeof somebody";
            return text.line(format!("bufferevent_socket_connect({bev}, {address});"));
        }
        self.needs.nobody = true;
        let address = "(struct sockaddr *)&nobody, sizeof nobody";
        self.call(text, Helper::BindToLoopback, format!("bufferevent_socket_connect({bev}, {address});"));
    }

    /// Nothing is left behind.
    pub(super) fn clean_up(&mut self, text: &mut Text, scope: &mut Scope) {
        let mut order = order_of_making(self.scenario);
        // What is under a filter goes after it.
        order.reverse();
        for of in order {
            let bev = self.names[of].bev.clone();
            let mut free = Text::default();
            free.line(format!("bufferevent_free({bev});"));
            match scope.life[of] {
                Life::Alive => text.append(free),
                Life::Unsure => text.only_if(&bev, |text| text.append(free)),
                Life::Freed => {}
            }
            for gone in self.freed_with(of) {
                scope.life[gone] = Life::Freed;
            }
        }
        if self.api.interface == Interface::Event2 {
            for timer in &self.timers {
                text.line(format!("event_free({});", timer.event));
            }
            text.line("event_base_loop(base, EVLOOP_NONBLOCK); /* What is freed goes when the loop runs. */");
        }
        text.line("event_base_free(base);");
        for of in 0..self.names.len() {
            if self.keeps_fd(of) {
                text.line(format!("close({});", self.names[of].fd));
            }
            if self.has_peer(of) {
                let peer = &self.names[of].peer;
                text.line(format!("if ({peer} >= 0)\n\tclose({peer});"));
            }
        }
        if self.needs.nobody {
            text.line("close(unheard);");
        }
        text.line("return 0;");
    }

    /// Main closes its socket, since it does not do so itself.
    pub(super) fn keeps_fd(&self, of: usize) -> bool {
        let spec = &self.scenario.bufferevents[of];
        let closes = spec.close_on_free && self.api.interface == Interface::Event2;
        matches!(spec.kind, KindSpec::Socket { connect: None, .. }) && !closes
    }

    /// It is on a socket, which has another end.
    pub(super) fn has_peer(&self, of: usize) -> bool {
        matches!(self.scenario.bufferevents[of].kind, KindSpec::Socket { .. })
    }
}

const PRECISE_BASE: &str = "\
config = event_config_new();
event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER); /* Otherwise the clock lags by some milliseconds. */
base = event_base_new_with_config(config);
event_config_free(config);";

fn options(spec: &BuffereventSpec) -> &'static str {
    match (spec.close_on_free, spec.deferred) {
        (true, true) => "BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS",
        (true, false) => "BEV_OPT_CLOSE_ON_FREE",
        (false, true) => "BEV_OPT_DEFER_CALLBACKS",
        (false, false) => "0",
    }
}
