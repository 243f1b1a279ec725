import type { Picture, StepRecord } from "./engine.d.ts";

export type { Picture, StepRecord };

/** What stepping goes by. A moment is where something is to be seen. */
export type Unit = "moment" | "step" | "callback" | "pass";

/** The attributes of `<bufferevent-lab>`. */
export interface LabAttributes {
  /** The number or the name of a lesson. */
  lesson?: string | number;
  /** A scenario as JSON, or a URL. */
  scenario?: string;
  /** The URL of a recording, or its text. */
  src?: string;
  /** A server's WebSocket. */
  live?: string;
  /** The position to open at. */
  step?: string | number;
  /** The script runs as another libevent beside it. */
  compare?: boolean;
  controls?: "full" | "minimal" | "none";
  /** The reader's preference if absent. */
  theme?: "light" | "dark";
  /** The browser's language if absent. */
  lang?: string;
  /** It plays at once, unless the reader wants less motion. */
  autoplay?: boolean;
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
  /** The connection to a live server stands otherwise. */
  livestate: CustomEvent<{ state: "connecting" | "connected" | "refused" | "lost" | "other_schema" | "malformed" | "closed" }>;
}

/** A bufferevent, one step at a time. */
export class BuffereventLab extends HTMLElement {
  lesson: string | null;
  scenario: string | null;
  src: string | null;
  live: string | null;
  controls: string | null;
  theme: string | null;
  compare: boolean;
  autoplay: boolean;
  /** How many steps come before what is shown. */
  readonly position: number;
  /** How many steps there are. */
  readonly length: number;
  /** Everything that is known at the position; none before something is there. */
  readonly picture: Picture | null;
  /** Steps forward (1) or back (-1). */
  step(direction?: 1 | -1, unit?: Unit): void;
  /** Goes to a position: the number of steps before it. */
  seek(position: number): void;
  play(): void;
  pause(): void;
  /** Does a step of a scenario's script to a simulation here, such as `{ peer_send: "hello" }`, and shows its first effect. */
  act(step: { [key: string]: unknown }): void;
  /** Begins another branch of a simulation here; what came after is kept. */
  fork(): void;
  /** A simulation with its branches and the position, as the text of a file that `scenario` takes; empty where nothing is simulated. */
  exportExperiment(): string;
  /** What is shown, as the text of a file that `src` takes. */
  exportRecording(): string;
  addEventListener<K extends keyof LabEventMap>(type: K, listener: (this: BuffereventLab, event: LabEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "bufferevent-lab": BuffereventLab;
  }
}
