import { label } from "@crossdock/i18n";
import { Ago, Empty, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useKept } from "../kept";
import { useStore } from "../state";

/** What the server does not know yet, and what it would not have. */
export function Outgoing() {
  const { outbox } = useStore();
  const deeds = useKept(outbox.deeds).filter((deed) => deed.state !== "sent");
  return (
    <Page title={t`Not sent yet`}>
      {deeds.length === 0 && <Empty title={t`Everything has been sent`} hint={t`What you do without a connection waits here.`} />}
      <ul className="list">
        {deeds.map((deed) => (
          <li key={deed.key} className="cd-card" style={{ padding: 14 }}>
            <Stack gap="xs">
              <Group justify="space-between" wrap="nowrap">
                <Text fw={600}>
                  {deed.number}: {label("Action", deed.verb)}
                </Text>
                <Text size="sm" c="dimmed">
                  <Ago at={new Date(deed.at).toISOString()} />
                </Text>
              </Group>
              {deed.state === "refused" ? (
                <>
                  <Notice tone="bad">{deed.reason}</Notice>
                  <Group grow>
                    <Button variant="default" size="md" onClick={() => outbox.discard(deed.key)}>
                      {t`Give it up`}
                    </Button>
                    <Button size="md" onClick={() => void outbox.retry(deed.key)}>
                      {t`Try again`}
                    </Button>
                  </Group>
                </>
              ) : (
                <Text size="sm" c="dimmed">
                  {t`Will be sent when there is a connection.`}
                </Text>
              )}
            </Stack>
          </li>
        ))}
      </ul>
    </Page>
  );
}
