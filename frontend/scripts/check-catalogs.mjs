// Every message of the sources stands in the catalogs, and is translated.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { regenerated } from "./unchanged.mjs";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const catalogs = regenerated(
  ["packages/i18n", "apps/admin", "apps/store"].flatMap((place) => ["en", "de"].map((locale) => `${cwd}${place}/src/locales/${locale}.po`)),
  () => execFileSync("npx", ["lingui", "extract", "--clean"], { cwd, stdio: ["ignore", "ignore", "inherit"] }),
);

const body = (text) => text.slice(text.indexOf("\n\n"));
const problems = [];
if (catalogs.some(({ before, after }) => body(before) !== body(after))) problems.push("The catalogs are not those of the sources: run `npm run i18n:extract`.");
const missing = catalogs.flatMap(({ after }, place) => (place % 2 ? [...after.matchAll(/msgid "(.+)"\nmsgstr ""\n(?!")/g)].map((match) => match[1]) : []));
if (missing.length > 0) problems.push(`Not translated into German (${missing.length}):`, ...missing);
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
