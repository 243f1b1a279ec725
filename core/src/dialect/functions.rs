//! The functions that steps stand for, where the dialects do the same in different ones.

/// The names of one libevent. Empty where it has no function for it.
///
/// Names that are the same in every dialect stand where the step is recorded.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    /// Makes a bufferevent on a handle.
    pub(crate) new: &'static str,
    /// Sets both timeouts.
    pub(crate) set_timeouts: &'static str,
    /// Gives the application input, to do anything with.
    pub(crate) get_input: &'static str,
    /// Gives the application output.
    pub(crate) get_output: &'static str,
    /// Writes output to the handle.
    pub(crate) write: &'static str,
    /// Compares input with its low mark.
    pub(crate) read_low: &'static str,
    /// Compares output with its low mark.
    pub(crate) write_low: &'static str,
    /// Calls the read callback, or puts it off.
    pub(crate) run_read: &'static str,
    /// Calls the write callback, or puts it off.
    pub(crate) run_write: &'static str,
    /// Calls the event callback for what happened in reading.
    pub(crate) run_read_event: &'static str,
    /// Calls the event callback for what happened in writing.
    pub(crate) run_write_event: &'static str,
    /// Has an event wait, and sets its timer.
    pub(crate) event_add: &'static str,
    /// Has an event wait no longer.
    pub(crate) event_del: &'static str,
    /// Takes only the timer of an event away.
    pub(crate) remove_timer: &'static str,
    /// Queues an event.
    pub(crate) activate_event: &'static str,
    /// Queues a call that is no event: deferred callbacks, the release of a bufferevent.
    pub(crate) activate_call: &'static str,
    /// Runs what is queued.
    pub(crate) process_active: &'static str,
}

/// 1.4's.
pub(super) const V1_4: Functions = Functions {
    new: "bufferevent_new",
    set_timeouts: "bufferevent_settimeout",
    // EVBUFFER_INPUT and EVBUFFER_OUTPUT are macros.
    get_input: "",
    get_output: "",
    write: "evbuffer_write",
    read_low: "bufferevent_readcb",
    write_low: "bufferevent_writecb",
    run_read: "bufferevent_readcb",
    run_write: "bufferevent_writecb",
    run_read_event: "bufferevent_readcb",
    run_write_event: "bufferevent_writecb",
    event_add: "event_add",
    event_del: "event_del",
    remove_timer: "",
    activate_event: "event_active",
    activate_call: "",
    process_active: "event_process_active",
};

/// Those of 2.1, which 2.2 has kept.
pub(super) const V2: Functions = Functions {
    new: "bufferevent_socket_new",
    set_timeouts: "bufferevent_set_timeouts",
    get_input: "bufferevent_get_input",
    get_output: "bufferevent_get_output",
    write: "evbuffer_write_atmost",
    read_low: "bufferevent_trigger_nolock_",
    write_low: "bufferevent_trigger_nolock_",
    run_read: "bufferevent_run_readcb_",
    run_write: "bufferevent_run_writecb_",
    run_read_event: "bufferevent_run_eventcb_",
    run_write_event: "bufferevent_run_eventcb_",
    event_add: "event_add_nolock_",
    event_del: "event_del_nolock_",
    remove_timer: "event_remove_timer_nolock_",
    activate_event: "event_active_nolock_",
    activate_call: "event_callback_activate_nolock_",
    process_active: "event_process_active_single_queue",
};
