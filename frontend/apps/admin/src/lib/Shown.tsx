import type { Live } from "@crossdock/api";
import { Failed, Loading } from "@crossdock/ui";
import type { ReactNode } from "react";

interface ShownProps<Row> {
  live: Pick<Live<unknown>, "fault" | "loading" | "refresh">;
  found: readonly Row[] | null | undefined;
  /** So many lines stand in place of what is to come. */
  rows?: number;
  /** What stands in place of nothing. */
  empty: ReactNode;
  children: (found: readonly Row[]) => ReactNode;
}

/** What is read: to come, failed, empty, or there. */
export function Shown<Row>({ live: { fault, loading, refresh }, found, rows = 5, empty, children }: ShownProps<Row>) {
  if (loading) return <Loading rows={rows} />;
  if (!found) return fault && <Failed trouble={fault} retry={refresh} />;
  return found.length === 0 ? empty : children(found);
}
