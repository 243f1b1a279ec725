/**
 * What wasm-bindgen writes, with words for what goes wrong: a call before the engine is there, and one after `free()`.
 * Each change has to find its place: another version of wasm-bindgen may write something else.
 */

/** @param {string} text @param {string} from @param {string} to @param {number} times */
function change(text, from, to, times) {
  const parts = text.split(from);
  if (parts.length !== times + 1) throw new Error(`wasm-bindgen's glue has ${parts.length - 1} times, not ${times}: ${from}`);
  return parts.join(to);
}

const FREED = `
/** Whoever asks an object for its memory after it was freed is told. */
const FREED = { get() { throw new Error(\`this \${this.constructor.name} was freed\`); } };
`;

/** Each class of the package says so. @param {string} text */
function freed(text) {
  const classes = text.split("__destroy_into_raw() {").length - 1;
  if (classes === 0) throw new Error("wasm-bindgen's glue has no classes that can be freed");
  return FREED + change(text, "this.__wbg_ptr = 0;", 'Object.defineProperty(this, "__wbg_ptr", FREED);', classes);
}

/** What the page's own glue has to tell a page from wasm. @param {string} rest `wasm/rest.js` */
function refusal(rest) {
  const [found] = /\n\/\*\*[^/]*\*\/\nfunction refuseHtml\([^]*?\n}\n/.exec(rest) ?? [];
  if (!found) throw new Error("wasm/rest.js has no refuseHtml");
  return found;
}

/** @param {string} text @param {string} rest `wasm/rest.js` */
export function webGlue(text, rest) {
  const early = 'new Proxy({}, { get() { throw new Error("the engine is not loaded yet: await init() before anything else"); } })';
  text = change(text, "let wasmModule, wasmInstance, wasm;", `let wasmModule, wasmInstance, loaded;\nlet wasm = ${early};`, 1);
  text = change(text, "if (wasm !== undefined) return wasm;", "if (loaded) return loaded;", 2);
  text = change(text, "wasm = instance.exports;", "wasm = loaded = instance.exports;", 1);
  // Each form says where the wasm is; a bundler would take along a second one from here.
  const place = "module_or_path = new URL('bufferevent_wasm_bg.wasm', import.meta.url);";
  text = change(text, place, 'throw new Error("nobody said where the engine\'s wasm is");', 1);
  const answer = "if (typeof Response === 'function' && module instanceof Response) {\n";
  text = change(text, answer, `${answer}        if (module.ok) refuseHtml(module.url, module.status, module.headers.get('Content-Type'));\n`, 1);
  return freed(text) + refusal(rest);
}

/** @param {string} text */
export const nodeGlue = (text) => freed(text);
