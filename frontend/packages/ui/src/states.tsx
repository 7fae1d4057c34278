import { t } from "@lingui/core/macro";
import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { CircleAlert, Inbox, Lock, RefreshCw, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./tones";

/** The shape of `@crossdock/api`'s Fault. */
export interface Trouble {
  kind: string;
  message: string;
  id?: string;
}

export function Loading({ rows = 6, height = 30 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" p="md" role="status" aria-label={t`Loading`}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="sm" />
      ))}
    </Stack>
  );
}

export function Empty({ title, hint, action }: { title: string; hint?: ReactNode; action?: ReactNode }) {
  return (
    <div className="cd-state">
      <Inbox size={28} strokeWidth={1.5} aria-hidden />
      <Text fw={600} c="var(--mantine-color-text)">
        {title}
      </Text>
      {hint && <Text size="sm">{hint}</Text>}
      {action}
    </div>
  );
}

/** What stands in place of a screen that could not be read. */
export function Failed({ trouble, retry }: { trouble: Trouble; retry?: () => void }) {
  const [Icon, title, hint] = words(trouble);
  return (
    <div className="cd-state" role="alert">
      <Icon size={28} strokeWidth={1.5} aria-hidden />
      <Text fw={600} c="var(--mantine-color-text)">
        {title}
      </Text>
      <Text size="sm">{hint}</Text>
      {trouble.id && trouble.kind !== "forbidden" && (
        <Text size="xs">
          {t`Reference`}: <code>{trouble.id}</code>
        </Text>
      )}
      {retry && trouble.kind !== "forbidden" && (
        <Button variant="default" size="xs" leftSection={<RefreshCw size={14} aria-hidden />} onClick={retry}>
          {t`Try again`}
        </Button>
      )}
    </div>
  );
}

function words({ kind, message }: Trouble): [typeof Lock, string, string] {
  switch (kind) {
    case "forbidden":
      return [Lock, t`Your role may not see this`, t`Ask an administrator if you need it.`];
    case "offline":
      return [WifiOff, t`The server cannot be reached`, t`Check the connection. Nothing you did is lost.`];
    case "limited":
      return [CircleAlert, t`Too many requests`, t`Wait a moment and try again.`];
    case "invalid":
      return [CircleAlert, t`The server did not understand this request`, message];
    default:
      return [CircleAlert, t`Something went wrong on the server`, t`It has been logged. Try again, or tell an administrator.`];
  }
}

/** One line above the content: what is shown is old, changed elsewhere, or degraded. */
export function Notice({ tone = "idle", children, action }: { tone?: Tone; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="cd-notice" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <div style={{ flex: 1, minWidth: 200 }}>{children}</div>
      {action}
    </div>
  );
}
