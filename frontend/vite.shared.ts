import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import babel from "@rolldown/plugin-babel";
import type { PluginOption } from "vite";

/** What every app and the tests need to read messages: the macros in the sources, the catalogs as modules. */
export function messages(): PluginOption[] {
  return [
    babel({ include: /\/(packages|apps)\/[^/]+\/src\/.*\.tsx?$/, plugins: ["@lingui/babel-plugin-lingui-macro"] }),
    lingui({ configPath: fileURLToPath(new URL("lingui.config.ts", import.meta.url)) }),
  ];
}
