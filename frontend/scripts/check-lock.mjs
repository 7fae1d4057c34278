// A lock made on one machine must install on the others: no registry's address in it, and each optional binary that a
// package names for some platform must be locked, or `npm ci` fails there.
import { readFileSync } from "node:fs";

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const problems = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? "")) problems.push(`${path}: has the address of a registry`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const found = [`${path}/node_modules/${name}`, ...ancestors(path).map((base) => `${base}node_modules/${name}`)];
    if (!found.some((place) => place in lock.packages)) problems.push(`${path}: optional ${name} is not locked`);
  }
}

function ancestors(path) {
  const bases = [""];
  for (let at = path.indexOf("node_modules/"); at >= 0; at = path.indexOf("node_modules/", at + 1)) bases.push(path.slice(0, at));
  return bases;
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
