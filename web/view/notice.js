/** What a person must be told: a problem with a way out, and the list of keys. */
import { button, h, say } from "./dom.js";
import { download } from "./download.js";

/** @typedef {import("../types.js").Text} Text */

/**
 * @param {() => Text} text
 * @param {() => void} useDefault
 */
export function createNotice(text, useDefault) {
  const words = h("p", {});
  const actions = h("div", { class: "row" });
  const element = h("div", { class: "notice", role: "alert", hidden: true }, words, actions);

  /**
   * @param {string} message
   * @param {{canDefault?: boolean, report?: string, canDismiss?: boolean}} [ways]
   */
  function show(message, { canDefault = false, report = "", canDismiss = true } = {}) {
    const t = text().problem;
    say(words, message);
    actions.replaceChildren();
    if (canDefault) actions.append(button(t.useDefault, () => (hide(), useDefault())));
    // Only pages that came over a safe connection may copy.
    const give = () => (navigator.clipboard ? void navigator.clipboard.writeText(report) : download("bufferevent-report.json", report));
    if (report) actions.append(button(t.copy, give));
    if (canDismiss) actions.append(button(t.dismiss, hide));
    element.hidden = false;
  }

  function hide() {
    element.hidden = true;
  }

  return { element, show, hide };
}

/** @param {() => Text} text */
export function createHelp(text) {
  const title = h("h2", {});
  const list = h("dl", { class: "keys" });
  const close = button("", () => element.close());
  const element = h("dialog", { class: "help-dialog" }, title, list, close);
  return {
    element,
    toggle() {
      if (element.open) return element.close();
      const t = text();
      say(title, t.keys.title);
      say(close, t.close);
      list.replaceChildren(...t.keys.list.flatMap(([key, does]) => [h("dt", {}, key), h("dd", {}, does)]));
      element.showModal();
    },
  };
}
