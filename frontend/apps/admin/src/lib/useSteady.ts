import { useState } from "react";

interface Steady<Row> {
  rows: readonly Row[];
  /** Rows that have come since, and those that stand here no longer. */
  news: number;
  gone: ReadonlySet<string>;
  show: () => void;
}

interface Held<Row> {
  key: string;
  read: readonly Row[];
  rows: readonly Row[];
}

/** A list whose rows stay where they are: what they say is renewed, what comes or goes waits until `show`.
 *
 * `key` is what was asked for: another question is another list. */
export function useSteady<Row>(read: readonly Row[] | undefined, key: string, settled: boolean, id: (row: Row) => string): Steady<Row> {
  const [held, hold] = useState<Held<Row> | null>(null);
  if (read && settled && (held?.key !== key || held.rows.length === 0)) {
    if (held?.key !== key || held.read !== read) hold({ key, read, rows: read });
  } else if (read && held && held.key === key && held.read !== read) {
    const fresh = new Map(read.map((row) => [id(row), row]));
    hold({ key, read, rows: held.rows.map((row) => fresh.get(id(row)) ?? row) });
  }
  return { ...changes(held, id), rows: held?.rows ?? [], show: () => held && hold({ ...held, rows: held.read }) };
}

/** Rows behind the last that was kept only fill the page up. */
export function changes<Row>(held: Held<Row> | null, id: (row: Row) => string): { news: number; gone: ReadonlySet<string> } {
  if (!held) return { news: 0, gone: new Set() };
  const shown = new Set(held.rows.map(id));
  const now = new Set(held.read.map(id));
  const gone = new Set([...shown].filter((one) => !now.has(one)));
  const last = held.read.findLastIndex((row) => shown.has(id(row)));
  const compared = gone.size > 0 ? held.read.slice(0, last + 1) : held.read;
  return { news: compared.filter((row) => !shown.has(id(row))).length, gone };
}
