// Beside each text of the built apps the same, gzipped: the server sends it to whoever takes it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const built = new URL("../../backend/static/", import.meta.url);
for (const file of readdirSync(built, { recursive: true })) {
  if (!/\.(html|js|css|svg|json|webmanifest)$/.test(file)) continue;
  const text = readFileSync(new URL(file, built));
  if (text.length > 1000) writeFileSync(new URL(`${file}.gz`, built), gzipSync(text, { level: 9 }));
}
