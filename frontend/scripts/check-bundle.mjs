// What a browser must fetch before the first screen (with the words of one language), and the largest screen, in gzipped kilobytes.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMITS = { admin: { initial: 220, chunk: 60 }, store: { initial: 160, chunk: 60 } };
let failed = false;

for (const [app, limit] of Object.entries(LIMITS)) {
  const dist = new URL(`../../backend/static/${app}/`, import.meta.url);
  const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000;
  const html = readFileSync(new URL("index.html", dist), "utf8");
  const initial = [...html.matchAll(/(?:src|href)="\/[a-z]+\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
  const catalogs = readdirSync(new URL("assets/", dist)).filter((file) => /^en-.*\.js$/.test(file));
  const js = [...initial.filter((file) => file.endsWith(".js")), ...catalogs.map((file) => `assets/${file}`)];
  const sum = (files) => files.reduce((total, file) => total + size(file), 0);
  const chunks = readdirSync(new URL("assets/", dist))
    .filter((file) => file.endsWith(".js") && !js.includes(`assets/${file}`))
    .map((file) => [file, size(`assets/${file}`)])
    .sort((a, b) => b[1] - a[1]);
  const total = sum(js);
  const css = sum(initial.filter((file) => file.endsWith(".css")));
  console.log(`${app}: initial JS ${total.toFixed(1)} kB (at most ${limit.initial}), CSS ${css.toFixed(1)} kB`);
  for (const [file, kilobytes] of chunks.slice(0, 5)) console.log(`  ${file} ${kilobytes.toFixed(1)} kB`);
  if (total > limit.initial || (chunks[0]?.[1] ?? 0) > limit.chunk) failed = true;
}
if (failed) {
  console.error("Too large.");
  process.exit(1);
}
