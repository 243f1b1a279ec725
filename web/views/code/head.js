/** Which line of the engine a step is of, and which function of libevent it stands for. */
import { h, say, set } from "../dom.js";

/** @typedef {import("../../types.js").Record} Record */
/** @typedef {import("../../types.js").Text} Text */

/** Where a reader finds a function in libevent's public source. @param {string} name */
const libevent = (name) => `https://github.com/search?type=code&q=${encodeURIComponent(`repo:libevent/libevent symbol:${name}`)}`;

export function createHead() {
  const file = h("code", { class: "code-file" });
  const label = h("span", { class: "code-label" });
  const standsFor = createFunction();
  const around = h("span", { class: "code-libevent" }, label, standsFor.element);
  const element = h("div", { class: "code-head" }, file, around);
  return {
    element,
    /** @param {Record | null} record @param {number} line that acted @param {Text} t */
    update(record, line, t) {
      say(file, record ? `${record.file.split("/").pop()}:${line}` : t.code.none);
      set(file, "title", record ? record.file : null);
      const name = record?.function ?? "";
      around.classList.toggle("nobody", name === "");
      say(label, name ? t.code.libevent : "");
      standsFor.update(name, t);
    },
  };
}

/** A function of libevent, as a link to where it can be read. */
export function createFunction() {
  const element = h("a", { class: "code-function", target: "_blank", rel: "noreferrer noopener" });
  return {
    element,
    /** @param {string} name empty for none @param {Text} t */
    update(name, t) {
      element.hidden = name === "";
      say(element, name);
      set(element, "href", name ? libevent(name) : null);
      set(element, "title", name ? t.code.search(name) : null);
    },
  };
}
