import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";

/** What `generate` makes of these files; they are left as they were, their times included (make looks at those). */
export function regenerated(files, generate) {
  const before = files.map((file) => ({ file, text: readFileSync(file, "utf8"), stat: statSync(file) }));
  try {
    generate();
    return before.map(({ file, text }) => ({ before: text, after: readFileSync(file, "utf8") }));
  } finally {
    for (const { file, text, stat } of before) {
      writeFileSync(file, text);
      utimesSync(file, stat.atime, stat.mtime);
    }
  }
}
