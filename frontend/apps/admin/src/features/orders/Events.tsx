import { type ResultOf, useLive } from "@crossdock/api";
import { formatDate, formatTime, humanize } from "@crossdock/i18n";
import { Card, Empty, Failed, Loading } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useClient } from "urql";
import { ORDER_EVENTS } from "./orderQuery";

type Event = NonNullable<ResultOf<typeof ORDER_EVENTS>["order"]>["events"]["nodes"][number];

/** What happened, by day. Its key has the order's version: with another version it is read again. */
export function Events({ number }: { number: string }) {
  const first = useLive(ORDER_EVENTS, { number, after: null });
  const client = useClient();
  const [more, setMore] = useState<Event[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);

  const page = first.data?.order?.events;
  const next = cursor === undefined ? (page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null) : cursor;

  async function load() {
    const answer = await client.query(ORDER_EVENTS, { number, after: next ?? null }, { requestPolicy: "network-only" }).toPromise();
    const got = answer.data?.order?.events;
    if (!got) return;
    setMore((all) => [...all, ...got.nodes]);
    setCursor(got.pageInfo.hasNextPage ? got.pageInfo.endCursor : null);
  }

  if (!page) return <Card>{first.fault ? <Failed trouble={first.fault} retry={first.refresh} /> : <Loading />}</Card>;
  const events = [...page.nodes, ...more];
  if (events.length === 0) return <Card><Empty title={t`Nothing has happened yet`} /></Card>;
  // All of it is here: the newest first. Else in the order in which it is read.
  const shown = next ? events : events.toReversed();
  const days = [...new Set(shown.map((event) => formatDate(event.at)))];
  return (
    <Card title={t`Timeline`} count={events.length}>
      {days.map((day) => (
        <section key={day}>
          <Title order={3} mb="sm" fz="sm" c="dimmed">
            {day}
          </Title>
          <ol className="events">
            {shown
              .filter((event) => formatDate(event.at) === day)
              .map((event) => (
                <li key={event.id} id={`event-${event.sequence}`} data-by={event.actor === "system" ? "system" : "person"}>
                  <Group gap="xs" justify="space-between" wrap="nowrap" align="baseline">
                    <Text size="sm">{event.message}</Text>
                    <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                      <time dateTime={event.at}>{formatTime(event.at)}</time>
                    </Text>
                  </Group>
                  <Text size="xs" c="dimmed">
                    {event.sequence} · {humanize(event.kind)} · {event.actor}
                  </Text>
                  {hasData(event.data) && (
                    <details>
                      <summary>{t`Details`}</summary>
                      {/* Long payloads scroll sideways: they take the focus for the arrow keys. */}
                      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
                      <pre tabIndex={0}>{JSON.stringify(event.data, null, 2)}</pre>
                    </details>
                  )}
                </li>
              ))}
          </ol>
        </section>
      ))}
      {next && (
        <Button variant="default" size="xs" onClick={() => void load()}>
          {t`Show more`}
        </Button>
      )}
    </Card>
  );
}

function hasData(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).length > 0;
}
