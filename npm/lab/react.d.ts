/** For TypeScript with React: `import type {} from "bufferevent-lab/react"` once. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { BuffereventLab, LabAttributes, LabEventMap } from "./lab.d.ts";

/** React calls the listener of an element's own event `on` and the event's name, as it is: `onstep`. */
type LabListeners = { [Type in keyof LabEventMap as `on${Type}`]?: ((event: LabEventMap[Type]) => void) | undefined };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "bufferevent-lab": DetailedHTMLProps<HTMLAttributes<BuffereventLab>, BuffereventLab> & LabAttributes & LabListeners;
    }
  }
}
