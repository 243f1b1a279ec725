/** Compiled by the tests, never run: what the package's types promise. */
import init, {
  Lesson, Live, Recording, Simulation, defaultScenario, dialects, schema, setPanicHandler, sourceDigest, version,
} from "bufferevent-wasm";
import type { Asked, Bucket, ConnectionPicture, DialectInfo, Picture, Record, Repaired, Step, Track, Valve } from "bufferevent-wasm";

await init();
const tracks: Track[] = [
  new Simulation(defaultScenario()),
  new Recording(""),
  new Live("ws://127.0.0.1:8080/ws", () => {}),
];

export function told(track: Track): string {
  const picture: Picture = track.picture(track.length);
  const connection: ConnectionPicture | undefined = picture.connections[0];
  const valve: Valve | undefined = connection?.valves.read;
  const record: Record | undefined = track.record(track.start + 1);
  const bucket: Bucket | undefined = track.series(1, 100)[0];
  return `${valve} ${record && sentence(record)} ${bucket?.inMax} ${picture.loop.station}`;
}

function sentence(step: Step): string {
  switch (step.kind) {
    case "received":
      return `${step.payload.len} bytes: ${step.payload.bytes}`;
    case "callback_entered":
      return typeof step.callback === "string" ? step.callback : "event";
    default:
      return step.kind;
  }
}

setPanicHandler((message: string) => console.error(message));
setPanicHandler(undefined);
const live = new Live("ws://127.0.0.1:8080/ws", () => told(live));
live.watch("all");
live.watch([1, 2]);
const refused: boolean = live.state === "refused";
// @ts-expect-error: there is no such state
const wrong: boolean = live.state === "sulking";
const lesson = new Lesson({ format: 1 });
const asked: Asked[] = lesson.predictions(new Simulation(lesson.scenario("lesson") ?? defaultScenario()));
const repaired: Repaired = lesson.repair({ high: 16, take: "all" }, "2.1");
const answers: string[] = asked.map(({ ask, answer }) => `${ask}: ${answer}, ${lesson.facts("1.4")["mark"]}`);
const libevents: string[] = dialects().map((it: DialectInfo) => `${it.name}: libevent ${it.libevent}`);
console.log(version(), schema() + 1, sourceDigest(), tracks.map(told), refused, wrong, answers, repaired.holds, live.hello?.dialect, libevents);
