import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { app } from "../../vite.shared.ts";

/** The service worker, told which files the app is made of: all of them are there before the connection is lost. */
function offline(): Plugin {
  return {
    name: "crossdock-offline",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const files = Object.keys(bundle).filter((file) => !/inter-(cyrillic|greek|vietnamese)/.test(file));
        const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
        const told = `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files)};\n`;
        const source = told + readFileSync(new URL("src/worker.js", import.meta.url), "utf8");
        this.emitFile({ type: "asset", fileName: "sw.js", source });
      },
    },
  };
}

export default app("store", 5174, [offline()]);
