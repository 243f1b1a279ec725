//! A live server, through its WebSocket.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bufferevent::recording::{self, Parted, ViewerMessage, Watched};
use js_sys::Reflect;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use crate::mirror::{LiveState, Mirror};
use crate::track::track;
use crate::value::{Result, error, from_plain, function, message, number, plain, text};

/// How long changes are gathered before they are told, in milliseconds.
const THROTTLE_MS: i32 = 50;

#[wasm_bindgen]
extern "C" {
    /// Of the page, of a worker or of Node: `web_sys` knows only the page's.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, ms: i32) -> JsValue;
}

/// A live server: its records as they come, to be looked at like a recording.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Live {
    url: String,
    shared: Rc<Shared>,
    connection: Option<Connection>,
}

/// What the page looks at and the socket's events change.
#[derive(Debug)]
struct Shared {
    mirror: RefCell<Mirror>,
    /// What the server is to be told when it has said hello.
    watched: RefCell<Watched>,
    on_change: js_sys::Function,
    /// A call of `on_change` is on its way.
    telling: Cell<bool>,
}

/// A socket with its listeners, which go with it.
#[derive(Debug)]
struct Connection {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

#[wasm_bindgen]
impl Live {
    /// Connects to a server's WebSocket, such as `ws://127.0.0.1:8080/ws`. `onChange` is called soon after something
    /// changed, at most every 50 ms.
    ///
    /// @throws When the address is none that can be connected to, and where there is no `WebSocket`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] url: &JsValue,
        #[wasm_bindgen(js_name = onChange, unchecked_param_type = "() => void")] on_change: &JsValue,
    ) -> Result<Self> {
        let url = text(url, "the address")?;
        let on_change = function(on_change, "onChange")?.ok_or_else(|| error("onChange is no function"))?;
        let shared = Rc::new(Shared {
            mirror: RefCell::new(Mirror::new()),
            watched: RefCell::default(),
            on_change,
            telling: Cell::new(false),
        });
        let connection = Some(Connection::open(&url, &shared)?);
        Ok(Self { url, shared, connection })
    }

    /// Connects again after the connection ended. What was captured stays, and what comes is added to it.
    ///
    /// @throws When the address is none that can be connected to.
    pub fn reconnect(&mut self) -> Result<()> {
        self.hang_up();
        self.shared.mirror.borrow_mut().connecting();
        self.connection = Some(Connection::open(&self.url, &self.shared)?);
        self.shared.changed();
        Ok(())
    }

    /// How it stands.
    #[must_use]
    #[wasm_bindgen(getter, unchecked_return_type = "LiveState")]
    pub fn state(&self) -> String {
        self.shared.mirror.borrow().state.name().to_owned()
    }

    /// Why it is not connected.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<String> {
        self.shared.mirror.borrow().problem.as_ref().map(ToString::to_string)
    }

    /// The same, so that it can be said in another language.
    #[wasm_bindgen(getter, js_name = problemSaid, unchecked_return_type = "Said | undefined")]
    pub fn problem_said(&self) -> Result<JsValue> {
        self.shared.mirror.borrow().problem.as_ref().map_or(Ok(JsValue::UNDEFINED), plain)
    }

    /// How many records are known to be missing.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn lost(&self) -> f64 {
        number(self.shared.mirror.borrow().recording.end().lost)
    }

    /// Whether more happened than the records in `lost`: for some of the time the server made none for this viewer.
    #[must_use]
    #[wasm_bindgen(getter, js_name = lostMore)]
    pub fn lost_more(&self) -> bool {
        self.shared.mirror.borrow().lost_more
    }

    /// What the server said of itself; none before it did.
    #[wasm_bindgen(getter, unchecked_return_type = "Hello | undefined")]
    pub fn hello(&self) -> Result<JsValue> {
        self.shared.mirror.borrow().hello().map_or(Ok(JsValue::UNDEFINED), plain)
    }

    /// Which connections the server should send records of, by number, or `"all"` as at first. It answers with a
    /// fresh picture.
    ///
    /// @throws When it is neither.
    pub fn watch(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[] | \"all\"")] connections: &JsValue,
    ) -> Result<()> {
        let watched = match connections.as_string() {
            Some(all) if all == "all" => Watched::All,
            _ => from_plain(connections, "list of connections")?,
        };
        *self.shared.watched.borrow_mut() = watched;
        if let Some(connection) = &self.connection {
            self.shared.watch(&connection.socket);
        }
        Ok(())
    }

    /// Ends the connection. What was captured stays.
    pub fn close(&mut self) {
        self.hang_up();
        self.shared.mirror.borrow_mut().state = LiveState::Closed;
        self.shared.changed();
    }
}

impl Live {
    fn hang_up(&mut self) {
        self.connection = None;
    }

    pub(crate) fn look<T>(&self, read: impl FnOnce(&recording::Recording) -> T) -> T {
        read(&self.shared.mirror.borrow().recording)
    }

    pub(crate) fn seek<T>(&mut self, read: impl FnOnce(&mut recording::Recording) -> T) -> T {
        read(&mut self.shared.mirror.borrow_mut().recording)
    }
}

track!(Live);

impl Shared {
    /// Tells the page, unless it is going to be told anyway.
    fn changed(self: &Rc<Self>) {
        if self.telling.replace(true) {
            return;
        }
        let weak = Rc::downgrade(self);
        // It frees itself when it is called, and may be called after this source was freed.
        let tell = Closure::once_into_js(move || {
            if let Some(shared) = weak.upgrade() {
                shared.telling.set(false);
                // What the page's own function throws is the page's.
                let _thrown = shared.on_change.call0(&JsValue::UNDEFINED);
            }
        });
        set_timeout(tell.unchecked_ref(), THROTTLE_MS);
    }

    fn message(self: &Rc<Self>, socket: &WebSocket, message: &MessageEvent) {
        let text = message.data().as_string().unwrap_or_default();
        let before = self.mirror.borrow().hello().is_some();
        if !self.mirror.borrow_mut().message(&text) {
            // It is ended either way.
            let _ = socket.close();
        }
        if !before && *self.watched.borrow() != Watched::All {
            self.watch(socket);
        }
        self.changed();
    }

    fn watch(&self, socket: &WebSocket) {
        if self.mirror.borrow().hello().is_none() {
            return;
        }
        let message = ViewerMessage::Watch { connections: self.watched.borrow().clone() };
        if let Ok(text) = recording::to_json(&message) {
            // A socket that is closing tells so by its close event.
            let _ = socket.send_with_str(&text);
        }
    }

    /// An error event is followed by a close event, which says as much; but not where the page itself may not connect, and then
    /// nobody would ever be told.
    fn failed(self: &Rc<Self>, socket: &WebSocket) {
        let (to, weak) = (socket.clone(), Rc::downgrade(self));
        let look = Closure::once_into_js(move || {
            let Some(shared) = weak.upgrade() else { return };
            let waits = shared.mirror.borrow().state == LiveState::Connecting;
            if waits && to.ready_state() == WebSocket::CLOSED {
                shared.mirror.borrow_mut().closed(Some(Parted::Forbidden));
                shared.changed();
            }
        });
        set_timeout(look.unchecked_ref(), 0);
    }

    fn closed(self: &Rc<Self>, event: &CloseEvent) {
        let reason = event.reason();
        self.mirror.borrow_mut().closed((!reason.is_empty()).then(|| Parted::told(&reason)));
        self.changed();
    }
}

impl Connection {
    fn open(url: &str, shared: &Rc<Shared>) -> Result<Self> {
        let there = Reflect::has(&js_sys::global(), &"WebSocket".into());
        if !there.unwrap_or(false) {
            return Err(error("there is no WebSocket here; browsers have one, and Node from version 22 on"));
        }
        let socket = WebSocket::new(url)
            .map_err(|thrown| error(format!("{url} cannot be connected to: {}", message(&thrown))))?;
        let (to, on) = (socket.clone(), Rc::downgrade(shared));
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(shared) = on.upgrade() {
                shared.message(&to, &event);
            }
        });
        let on = Rc::downgrade(shared);
        let on_close = Closure::new(move |event: CloseEvent| {
            if let Some(shared) = on.upgrade() {
                shared.closed(&event);
            }
        });
        let (to, on) = (socket.clone(), Rc::downgrade(shared));
        let on_error = Closure::new(move |_: Event| {
            if let Some(shared) = on.upgrade() {
                shared.failed(&to);
            }
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        socket.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { socket, _on_message: on_message, _on_close: on_close, _on_error: on_error })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.socket.set_onerror(None);
        // It is closed already, or it is now.
        let _ = self.socket.close();
    }
}
