import type { Live } from "@crossdock/api";
import { Card, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import type { ReactNode } from "react";
import { Shown } from "./Shown";

interface ListCardProps<Found> {
  live: Pick<Live<unknown>, "fault" | "loading" | "refresh">;
  found: Found | null | undefined;
  /** What stands in place of no rows. */
  empty: ReactNode;
  children: (found: Found) => ReactNode;
}

/** A list as it is read: to come, failed, empty, out of date, or there. */
export function ListCard<Found extends { nodes: readonly unknown[] }>({ live, found, empty, children }: ListCardProps<Found>) {
  return (
    <>
      {live.fault && found && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      <Card flush>
        <Shown live={live} found={found?.nodes} rows={10} empty={empty}>
          {() => found && children(found)}
        </Shown>
      </Card>
    </>
  );
}
