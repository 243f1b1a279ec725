/**
 * The gallery: each attribute and each event of the element, live, with the code to copy. An element is made when the reader
 * comes near it, and what defines it is fetched for the first of them.
 */
import { LANGS, chooseLang, languages } from "../lang/index.js";
import { gallery as en } from "../lang/en/gallery.js";
import { gallery as zh } from "../lang/zh/gallery.js";
import { h, say, set } from "../views/dom.js";
import { ATTRIBUTES, EVENTS, listening, markup } from "./examples.js";

/** @typedef {import("./examples.js").Example} Example */
/** @typedef {typeof en} Words */

/** @type {Record<import("../types.js").Lang, Words>} */
const WORDS = { en, zh };
const SAID = 5;

const asked = new URLSearchParams(location.search).get("lang");
const lang = chooseLang(asked);
const t = WORDS[lang];

/** What happens when the reader comes near it. @type {WeakMap<Element, () => void>} */
const comes = new WeakMap();
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      comes.get(target)?.();
    }
  },
  { rootMargin: "200px" },
);

/** An element with these attributes, once it is defined. @param {Record<string, string>} attributes @param {(lab: HTMLElement) => void} listen */
async function made(attributes, listen) {
  await import("../lab.js");
  const lab = document.createElement("bufferevent-lab");
  listen(lab);
  // The reader chose this page's language; one that is shown is part of the example.
  for (const [name, value] of Object.entries({ ...(asked ? { lang } : {}), ...attributes })) set(lab, name, value);
  return lab;
}

/** The last of what an event told. @param {string} type */
function createHeard(type) {
  const list = h("ol", { class: "heard", "aria-label": t.heard(type) }, h("li", { class: "nothing" }, t.nothing));
  let first = true;
  /** @param {Event} event */
  function hear(event) {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (first) list.replaceChildren();
    first = false;
    list.prepend(h("li", {}, detail === null ? "null" : JSON.stringify(detail)));
    while (list.children.length > SAID) list.lastChild?.remove();
  }
  return { list, hear };
}

/** @param {() => string} text */
function createCopy(text) {
  const button = h("button", { type: "button", class: "copy" }, t.copy);
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    say(button, done ? t.copied : t.select);
    setTimeout(() => say(button, t.copy), 2000);
  });
  return button;
}

/** The values of an attribute that can be tried. @param {string} name @param {string[]} values @param {string | null} chosen @param {(value: string | null) => void} choose */
function createChoices(name, values, chosen, choose) {
  const buttons = values.map((value) => {
    const wanted = name === "compare" ? (value === "" ? null : "") : value === "" ? null : value;
    const button = h("button", { type: "button", "aria-pressed": String(wanted === chosen) }, value === "" ? t.without : name === "compare" ? name : value);
    button.addEventListener("click", () => {
      for (const other of buttons) set(other, "aria-pressed", String(other === button));
      choose(wanted);
    });
    return button;
  });
  return h("div", { class: "choices", role: "group", "aria-label": name }, ...buttons);
}

/** A page of its own, whose address is told. @param {Element} figure @param {string} link */
function showFramed(figure, link) {
  const address = h("output", { class: "address" });
  const frame = h("iframe", { src: `index.html#${link}`, title: t.framed });
  const tell = () => {
    const { hash } = frame.contentWindow?.location ?? { hash: "" };
    say(address, `index.html${hash}`);
  };
  frame.addEventListener("load", () => {
    tell();
    // Nobody is told of an address that is replaced.
    setInterval(tell, 500);
  });
  figure.replaceChildren(address, frame);
}

/** @param {"attribute" | "event"} kind @param {string} name @param {Example} example @param {string} words */
function createSection(kind, name, { attributes, choices, asked: waits, framed }, words) {
  const shown = { ...attributes };
  const source = () => (kind === "event" ? listening(name, shown) : markup(shown));
  const code = h("code", {}, source());
  const figure = h("div", { class: "figure", "data-waiting": true });
  const heard = kind === "event" ? createHeard(name) : null;
  /** @type {HTMLElement | null} */
  let lab = null;
  const show = async () => {
    if (framed) showFramed(figure, framed);
    else figure.replaceChildren((lab = await made(shown, (it) => heard && it.addEventListener(name, heard.hear))));
    // It is as high as what it shows only once that is there.
    const settle = () => set(figure, "data-waiting", null);
    if (lab) for (const type of ["ready", "error", "livestate"]) lab.addEventListener(type, settle, { once: true });
    else settle();
  };
  if (waits) {
    set(figure, "data-waiting", null);
    figure.append(h("button", { type: "button", class: "connect", onclick: show }, t.connect(attributes.live ?? "")));
  } else {
    comes.set(figure, () => void show());
    near.observe(figure);
  }
  /** @param {string | null} value */
  function choose(value) {
    if (value === null) delete shown[name];
    else shown[name] = value;
    say(code, source());
    if (lab) set(lab, name, value);
  }
  return h(
    "section",
    { id: `${kind}-${name}`, "data-kind": kind, "data-name": name },
    h("h3", {}, h("a", { href: `#${kind}-${name}` }, name)),
    h("p", {}, words),
    choices ? createChoices(name, choices, attributes[name] ?? null, choose) : null,
    figure,
    heard?.list,
    h("div", { class: "code" }, h("pre", { tabindex: "0" }, code), createCopy(source)),
  );
}

/** @param {"attribute" | "event"} kind @param {Record<string, Example>} examples @param {Record<string, string>} words */
const sections = (kind, examples, words) => Object.entries(examples).map(([name, example]) => createSection(kind, name, example, words[name]));

/** @param {"attribute" | "event"} kind @param {Record<string, Example>} examples @param {string} title */
const contents = (kind, examples, title) => [h("h2", {}, title), h("ul", {}, ...Object.keys(examples).map((name) => h("li", {}, h("a", { href: `#${kind}-${name}` }, name))))];

document.documentElement.lang = languages[lang].tag;
document.title = t.title;
const home = document.querySelector("a.home");
if (home) say(home, t.home);
document.querySelector(".langs")?.append(...LANGS.map((code) => h("a", { href: `?lang=${code}`, lang: languages[code].tag, "aria-current": code === lang ? "true" : null }, languages[code].name)));
const nav = document.querySelector("nav");
if (nav) set(nav, "aria-label", t.contents);
nav?.append(...contents("attribute", ATTRIBUTES, t.attributes), ...contents("event", EVENTS, t.events));
document.querySelector("main")?.replaceChildren(
  h("h1", {}, t.heading),
  h("p", { class: "intro" }, t.intro),
  h("div", { class: "code" }, h("pre", { tabindex: "0" }, h("code", {}, t.script)), createCopy(() => t.script)),
  h("h2", {}, t.attributes),
  h("p", {}, t.properties),
  ...sections("attribute", ATTRIBUTES, t.ofAttribute),
  h("h2", {}, t.events),
  h("p", {}, t.bubbling),
  ...sections("event", EVENTS, t.ofEvent),
);
// What an address points at is there only now.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
