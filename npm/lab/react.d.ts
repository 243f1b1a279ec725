/** For TypeScript with React: `import type {} from "bufferevent-lab/react"` once. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { BuffereventLab, LabAttributes } from "./lab.d.ts";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "bufferevent-lab": DetailedHTMLProps<HTMLAttributes<BuffereventLab>, BuffereventLab> & LabAttributes;
    }
  }
}
