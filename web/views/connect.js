/** The way to a live server: its address, and how the connection to it stands. What is played stays until somebody answers. */
import { wrongIn } from "../lang/problem.js";
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

/** @param {import("../state/shown.js").LiveShown} live @param {Text} t */
function liveWords({ state, url, problem, lost, lostMore }, t) {
  switch (state) {
    case "connecting":
      return t.live.connecting(url);
    case "connected":
      return lost > 0 ? t.live.lossy(lost, lostMore) : t.live.connected;
    case "behind":
      return t.live.behind;
    case "ended":
      return t.live.ended;
    case "other_schema":
      return t.live.schema(wrongIn(problem, t));
    case "refused":
    case "malformed":
      return t.live.refused(wrongIn(problem, t));
    default:
      return t.live.lost;
  }
}

/** @param {Commands} commands */
export function createConnect(commands) {
  const title = h("h2", { class: "act-title" });
  const url = h("input", { name: "url", type: "text", spellcheck: "false", autocomplete: "off", value: defaultAddress() });
  const label = h("span", { class: "label" });
  const go = h("button", { type: "submit" });
  const status = h("p", { class: "live-status", role: "status" });
  const leave = button("", commands.stay, { class: "connect-leave" });
  const onsubmit = (/** @type {SubmitEvent} */ event) => (event.preventDefault(), commands.connect(url.value.trim()));
  const element = h("form", { class: "connect", onsubmit, hidden: true }, title, h("label", { class: "field" }, label, url), go, status, leave);
  let wanted = false;
  /** The server that is reached already; empty where none is. */
  let reached = "";
  const allow = () => (go.disabled = reached !== "" && url.value.trim() === reached);
  url.addEventListener("input", allow);

  /** @param {Shown} shown */
  function update({ frame, from, live, text }) {
    element.hidden = from !== "live";
    // Who has just asked for a live server types its address next.
    const wants = from === "live" && frame.source !== "live";
    if (wants && !wanted) queueMicrotask(() => url.focus());
    // And once it is there looks at it: in a field keys are text.
    else if (wanted && !wants && element.contains(focusedIn(element))) queueMicrotask(() => /** @type {HTMLElement | null} */ (element.closest(".lab"))?.focus({ preventScroll: true }));
    wanted = wants;
    if (element.hidden) return;
    say(title, text.sources.live);
    say(label, text.live.address);
    set(url, "title", text.live.address);
    say(go, text.live.connect);
    say(status, live ? liveWords(live, text) : text.live.start);
    set(status, "data-live", live?.state ?? null);
    say(leave, text.live.leave);
    leave.hidden = !wants;
    reached = frame.source === "live" && live && (live.state === "connected" || live.state === "behind") ? live.url : "";
    allow();
  }

  return { element, update };
}

/** What has the focus beside an element. @param {Element} element */
const focusedIn = (element) => /** @type {ShadowRoot | Document} */ (element.getRootNode()).activeElement;

/** Where the server that serves this page would be. */
function defaultAddress() {
  const { protocol, host } = location;
  return protocol.startsWith("http") && host ? `${protocol === "https:" ? "wss" : "ws"}://${host}/ws` : "ws://127.0.0.1:8080/ws";
}
