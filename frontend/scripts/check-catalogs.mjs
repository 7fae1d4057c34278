// Every message of the sources stands in the catalogs, and is translated.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const files = ["en", "de"].map((locale) => `${cwd}packages/i18n/src/locales/${locale}.po`);
const before = files.map((file) => readFileSync(file, "utf8"));
execFileSync("npx", ["lingui", "extract", "--clean"], { cwd, stdio: ["ignore", "ignore", "inherit"] });
const after = files.map((file) => readFileSync(file, "utf8"));
for (const [place, file] of files.entries()) writeFileSync(file, before[place]);

const body = (text) => text.slice(text.indexOf("\n\n"));
const problems = [];
if (before.some((text, place) => body(text) !== body(after[place]))) problems.push("The catalogs are not those of the sources: run `npm run i18n:extract`.");
const missing = [...after[1].matchAll(/msgid "(.+)"\nmsgstr ""\n(?!")/g)].map((match) => match[1]);
if (missing.length > 0) problems.push(`Not translated into German (${missing.length}):`, ...missing);
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
