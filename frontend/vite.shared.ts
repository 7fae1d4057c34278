import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import babel from "@rolldown/plugin-babel";
import react from "@vitejs/plugin-react";
import { defineConfig, type PluginOption } from "vite";

/** What every app and the tests need to read messages: the macros in the sources, the catalogs as modules. */
export function messages(): PluginOption[] {
  return [
    babel({ include: /\/(packages|apps)\/[^/]+\/src\/.*\.tsx?$/, plugins: ["@lingui/babel-plugin-lingui-macro"] }),
    lingui({ configPath: fileURLToPath(new URL("lingui.config.ts", import.meta.url)) }),
  ];
}

const COMMON = new URL("packages/shell/public/", import.meta.url);
const TYPES: Record<string, string> = { js: "text/javascript", svg: "image/svg+xml" };

/** Files that every app has beside its page, under their own names. */
function common(base: string): PluginOption {
  const files = readdirSync(COMMON);
  return {
    name: "crossdock-common",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = files.find((file) => request.url?.split("?")[0] === `${base}${file}`);
        if (name === undefined) return next();
        response.setHeader("Content-Type", TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain");
        response.end(readFileSync(new URL(name, COMMON)));
      });
    },
    generateBundle() {
      for (const fileName of files) this.emitFile({ type: "asset", fileName, source: readFileSync(new URL(fileName, COMMON)) });
    },
  };
}

/** Where the API listens while an app is being developed. */
const api = process.env.CROSSDOCK_API ?? "http://127.0.0.1:8000";
const proxy = { "/graphql": { target: api, ws: true }, "/documents": { target: api }, "/files": { target: api } };

/** An app at /name/, built into the Python package. */
export function app(name: string, port: number, plugins: PluginOption[] = []) {
  return defineConfig({
    base: `/${name}/`,
    plugins: [react(), messages(), common(`/${name}/`), ...plugins],
    server: { port, strictPort: true, proxy },
    build: {
      outDir: fileURLToPath(new URL(`../backend/static/${name}`, import.meta.url)),
      emptyOutDir: true,
      // The content security policy allows no data: scripts, and fonts are files of their own.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: "es2022",
    },
  });
}
