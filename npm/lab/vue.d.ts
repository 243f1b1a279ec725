/** For Vue's templates: `import type {} from "bufferevent-lab/vue"` once. */
import type { DefineComponent } from "vue";
import type { LabAttributes, LabEventMap } from "./lab.d.ts";

/** What a template listens to as `@step`. */
type LabListeners = { [Type in keyof LabEventMap as `on${Capitalize<Type>}`]?: ((event: LabEventMap[Type]) => void) | undefined };

declare module "vue" {
  interface GlobalComponents {
    "bufferevent-lab": DefineComponent<LabAttributes & LabListeners>;
  }
}
