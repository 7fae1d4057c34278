// The committed types must be those of the committed schema.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("../packages/api", import.meta.url));
const file = `${cwd}/src/graphql-env.d.ts`;
const committed = readFileSync(file, "utf8");
execFileSync("npx", ["gql.tada", "generate-output"], { cwd, stdio: ["ignore", "ignore", "inherit"] });
const current = readFileSync(file, "utf8");
if (current !== committed) {
  writeFileSync(file, committed);
  console.error("packages/api/src/graphql-env.d.ts is not what the schema says: run `npm run types`.");
  process.exit(1);
}
