import { t } from "@lingui/core/macro";
import { useState } from "react";
import { useKept } from "./kept";
import { type Counts, scan, signal } from "./scan";
import { count, counted } from "./state";
import type { Job, Line } from "./work";

/** Counting the lines of a job by scans; what was counted outlives the page. */
export function useCounting(job: Job, wanted: (line: Line) => number) {
  const counts: Counts = useKept(counted)[job.id] ?? {};
  const [said, say] = useState<{ tone: "good" | "bad"; text: string; line?: string } | null>(null);
  return {
    counts,
    said,
    has: (line: Line) => Math.min(counts[line.id] ?? 0, wanted(line)),
    set: (line: Line, has: number) => {
      count(job.id, { ...counts, [line.id]: has });
      say(null);
    },
    read: (code: string) => {
      const result = scan(code, job.lines, counts, wanted);
      signal(result.found === "counted");
      if (result.found === "counted") {
        count(job.id, result.counts);
        const { line } = result;
        say({ tone: "good", text: t`${line.name}: ${result.counts[line.id] ?? 0} of ${wanted(line)}`, line: line.id });
      } else if (result.found === "enough") {
        say({ tone: "bad", text: t`Enough of ${result.line.name}. Put this one back.`, line: result.line.id });
      } else {
        say({ tone: "bad", text: t`“${code}” does not belong here. Put it back.` });
      }
    },
  };
}
