// The committed types must be those of the committed schema.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { regenerated } from "./unchanged.mjs";

const cwd = fileURLToPath(new URL("../packages/api", import.meta.url));
const [types] = regenerated([`${cwd}/src/graphql-env.d.ts`], () =>
  execFileSync("npx", ["gql.tada", "generate-output"], { cwd, stdio: ["ignore", "ignore", "inherit"] }),
);
if (types.before !== types.after) {
  console.error("packages/api/src/graphql-env.d.ts is not what the schema says: run `npm run types`.");
  process.exit(1);
}
