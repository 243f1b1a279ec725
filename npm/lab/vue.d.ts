/** For Vue's templates: `import type {} from "bufferevent-lab/vue"` once. */
import type { DefineComponent } from "vue";
import type { LabAttributes } from "./lab.d.ts";

declare module "vue" {
  interface GlobalComponents {
    "bufferevent-lab": DefineComponent<LabAttributes>;
  }
}
