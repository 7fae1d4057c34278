// A lock made on one machine must install on the others: no registry's address in it, and each optional binary that a
// package names for some platform must be locked, or `npm ci` fails there.
import { readFileSync } from "node:fs";

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const problems = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? "")) problems.push(`${path}: has the address of a registry`);
  for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, ...ancestors(path).map((base) => `${base}node_modules/${name}`)];
    const found = places.map((place) => lock.packages[place]).find(Boolean);
    const exact = /^\d/.test(wanted);
    if (!found || (exact && found.version !== wanted)) problems.push(`${path}: optional ${name} ${wanted} is not locked`);
  }
}

function ancestors(path) {
  const bases = [""];
  for (let at = path.indexOf("node_modules/"); at >= 0; at = path.indexOf("node_modules/", at + 1)) bases.unshift(path.slice(0, at));
  return bases;
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
