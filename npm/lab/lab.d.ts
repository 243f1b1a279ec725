import type { Picture, StepRecord } from "./engine.d.ts";

export type { Picture, StepRecord };

/** What stepping goes by. A moment is where something is to be seen. */
export type Unit = "moment" | "step" | "callback" | "pass";

/** The attributes of `<bufferevent-lab>`, each a property of its name too. */
export interface LabAttributes {
  /** The number or the name of a lesson, the URL of a `lesson.json`, or the lesson itself. */
  lesson?: string | number | object | undefined;
  /** Only these lessons, in this order: numbers or names. */
  lessons?: string | readonly (string | number)[] | undefined;
  /** A scenario or a saved experiment, as JSON or as an object; or a URL. */
  scenario?: string | URL | object | undefined;
  /** What was made of the lesson or the scenario: a scenario or a saved experiment, as JSON or as an object. */
  run?: string | object | undefined;
  /** The URL of a recording, its text, or its lines as objects. */
  src?: string | URL | readonly object[] | undefined;
  /** A server's WebSocket. */
  live?: string | URL | undefined;
  /** The position to open at, and to go to when it is set. */
  step?: string | number | undefined;
  /** As `step`; as a property it reads where the reader is. */
  position?: string | number | undefined;
  /** The script runs as another libevent beside it. */
  compare?: boolean | undefined;
  controls?: "full" | "minimal" | "none" | undefined;
  /** The reader's preference if absent. */
  theme?: "light" | "dark" | undefined;
  /** The browser's language if absent. */
  lang?: string | undefined;
  /** It plays at once, unless the reader wants less motion. */
  autoplay?: boolean | undefined;
  /** Scene and sentence alone, as large as the element's place, led by the keys of a remote. */
  present?: boolean | undefined;
  /** At the end of the last lesson the reader is asked to export what was done. */
  export?: boolean | undefined;
  /** The page's own address says what is shown, and leads back to it. */
  linked?: boolean | undefined;
}

/** What the events of `<bufferevent-lab>` tell. They do not bubble. */
export interface LabEventMap {
  /** What was asked for can be played. */
  ready: CustomEvent<null>;
  /** Another position is shown. */
  step: CustomEvent<{ position: number; record: StepRecord | null }>;
  /** The step shown is the call of a user callback. */
  callback: CustomEvent<{ position: number; record: StepRecord | null }>;
  /** In the step shown a length crossed a watermark. */
  crossing: CustomEvent<{ position: number; record: StepRecord | null }>;
  /** The reader was told of a problem. */
  error: CustomEvent<{ message: string }>;
  /** The connection to a live server stands otherwise. */
  livestate: CustomEvent<{ state: "connecting" | "connected" | "refused" | "lost" | "other_schema" | "malformed" | "closed" }>;
}

/** A bufferevent, one step at a time. */
export class BuffereventLab extends HTMLElement {
  get lesson(): string | null;
  set lesson(value: LabAttributes["lesson"] | null);
  get lessons(): string | null;
  set lessons(value: LabAttributes["lessons"] | null);
  get scenario(): string | null;
  set scenario(value: LabAttributes["scenario"] | null);
  get run(): string | null;
  set run(value: LabAttributes["run"] | null);
  get src(): string | null;
  set src(value: LabAttributes["src"] | null);
  get live(): string | null;
  set live(value: LabAttributes["live"] | null);
  get step(): string | null;
  set step(value: LabAttributes["step"] | null);
  get controls(): string | null;
  set controls(value: LabAttributes["controls"] | null);
  get theme(): string | null;
  set theme(value: LabAttributes["theme"] | null);
  compare: boolean;
  autoplay: boolean;
  present: boolean;
  export: boolean;
  linked: boolean;
  /** How many steps come before what is shown; to set it is to go there. */
  get position(): number;
  set position(value: string | number | null);
  /** How many steps there are. */
  readonly length: number;
  /** Everything that is known at the position; none before something is there. */
  readonly picture: Picture | null;
  /** Steps forward (1) or back (-1). What is asked before something is shown is done, in its order, as soon as it is. @throws where it is no direction, or no unit */
  advance(direction?: 1 | -1, unit?: Unit): void;
  /** Goes to a position: the number of steps before it. @throws where it is none */
  seek(position: number): void;
  play(): void;
  pause(): void;
  /** Does a step of a scenario's script to a simulation here, such as `{ peer_send: "hello" }`, and shows its first effect. @throws where nothing is simulated */
  act(step: { [key: string]: unknown }): void;
  /** Begins another branch of a simulation here; what came after is kept. @throws where nothing is simulated */
  fork(): void;
  /** A simulation with its branches and the position, as the text of a file that `scenario` takes; empty where nothing is simulated. */
  exportExperiment(): string;
  /** What is shown, as the text of a file that `src` takes. */
  exportRecording(): string;
  addEventListener<K extends keyof LabEventMap>(type: K, listener: (this: BuffereventLab, event: LabEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof LabEventMap>(type: K, listener: (this: BuffereventLab, event: LabEventMap[K]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "bufferevent-lab": BuffereventLab;
  }
}
