/** What shows each attribute and each event of the element; `lang/CODE/gallery.js` says what each is for. */

/**
 * @typedef {object} Example
 * @property {Record<string, string>} attributes of the element that is shown
 * @property {string[]} [choices] values of the attribute that can be tried; an empty one leaves it out
 * @property {boolean} [asked] the element is made when the reader asks for it: it needs a server
 * @property {string} [framed] it is shown as a page of its own, at this link: the page's address belongs to the element, or all of its room
 */

const [LESSON, SMALL] = [{ lesson: "high-watermark" }, { controls: "minimal" }];
const SCENARIO = JSON.stringify({ format: 1, dialect: "2.1", bufferevent: { read: { high: 8 } }, app: { on_read: [[{ echo: "> " }]] }, script: [{ peer_send: "hello world" }, { turn: 3 }] });
const RUN = JSON.stringify({ ...JSON.parse(SCENARIO), bufferevent: { read: { high: 4 } } });
const LIVE = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host || "127.0.0.1:8080"}/ws`;

/** @type {Record<string, Example>} */
export const ATTRIBUTES = {
  lesson: { attributes: { lesson: "low-watermark" } },
  lessons: { attributes: { lessons: "1,4,6" } },
  scenario: { attributes: { scenario: SCENARIO, ...SMALL } },
  run: { attributes: { scenario: SCENARIO, run: RUN, ...SMALL } },
  src: { attributes: { src: "gallery/recording.jsonl", ...SMALL } },
  live: { attributes: { live: LIVE }, asked: true },
  step: { attributes: { ...LESSON, step: "12", ...SMALL }, choices: ["0", "12", "34"] },
  position: { attributes: { ...LESSON, position: "34", ...SMALL }, choices: ["0", "12", "34"] },
  compare: { attributes: { ...LESSON, step: "34", compare: "" }, choices: ["", "on"] },
  controls: { attributes: { ...LESSON, controls: "none" }, choices: ["none", "minimal", "full"] },
  theme: { attributes: { ...LESSON, theme: "dark", ...SMALL }, choices: ["dark", "light", ""] },
  lang: { attributes: { ...LESSON, lang: "zh", ...SMALL }, choices: ["zh", "en"] },
  autoplay: { attributes: { ...LESSON, autoplay: "", ...SMALL } },
  present: { attributes: { ...LESSON, position: "34", present: "" }, framed: "lesson=high-watermark&step=34&present=1" },
  export: { attributes: { lessons: "1", export: "" } },
  linked: { attributes: { linked: "" }, framed: "lesson=low-watermark&step=12" },
};

/** @type {Record<string, Example>} */
export const EVENTS = {
  ready: { attributes: { ...LESSON, ...SMALL } },
  step: { attributes: { ...LESSON, ...SMALL } },
  callback: { attributes: { ...LESSON, ...SMALL } },
  crossing: { attributes: { ...LESSON, ...SMALL } },
  livestate: { attributes: { live: LIVE, ...SMALL }, asked: true },
  error: { attributes: { scenario: '{"format": 1, "script": [{"peer_send": 7}]}', ...SMALL } },
};

/** Attributes that are there or not. */
const FLAGS = ["autoplay", "compare", "export", "linked", "present"];

/** The element as one writes it. @param {Record<string, string>} attributes */
export function markup(attributes) {
  const written = Object.entries(attributes).map(([name, value]) => (FLAGS.includes(name) ? ` ${name}` : value.includes('"') ? ` ${name}='${value.replaceAll("&", "&amp;").replaceAll("'", "&#39;")}'` : ` ${name}="${value.replaceAll("&", "&amp;")}"`));
  return `<bufferevent-lab${written.join("")}></bufferevent-lab>`;
}

/** What listens to an event, as one writes it. @param {string} type @param {Record<string, string>} attributes */
export const listening = (type, attributes) => `${markup(attributes)}
<script type="module">
  const lab = document.querySelector("bufferevent-lab");
  lab.addEventListener("${type}", ({ detail }) => console.log(detail));
</script>`;
