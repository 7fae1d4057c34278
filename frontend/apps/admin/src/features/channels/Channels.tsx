import { graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { label, values } from "@crossdock/i18n";
import { Ago, Badge, Card, DataTable, DateTime, Dialog, Empty, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { useSession } from "@crossdock/shell";
import { useSites } from "../inventory/sites";
import { useChannels } from "./channels";
import { Shown } from "../../lib/Shown";

const CHANNELS = graphql(`
  query Channels {
    channels {
      id
      code
      name
      kind
      currency
      active
    }
  }
`);

const API_KEYS = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      prefix
      role
      createdAt
      lastUsedAt
      revokedAt
      channel {
        id
        code
        name
      }
      sites {
        id
        name
      }
    }
  }
`);

const CHANNEL_CREATE = graphql(`mutation ChannelCreate($input: ChannelInput!) { channelCreate(input: $input) { channel { id } userErrors { code message path } } }`);
const KEY_CREATE = graphql(`mutation ApiKeyCreate($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKey { id name } secret userErrors { code message path } } }`);
const KEY_REVOKE = graphql(`mutation ApiKeyRevoke($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { apiKey { id revokedAt } userErrors { code message path } } }`);

type Key = ResultOf<typeof API_KEYS>["apiKeys"][number];

export function Channels() {
  const { can } = useSession();
  const admin = can("ADMIN");
  return (
    <Page title={t`Channels and keys`}>
      <ChannelList may={admin} />
      {can("ADMIN", "MANAGER") && <Keys may={admin} />}
    </Page>
  );
}

function ChannelList({ may }: { may: boolean }) {
  const { data, fault, loading, refresh } = useLive(CHANNELS, {}, { types: ["Channel"] });
  const [making, setMaking] = useState(false);
  const found = data?.channels;
  return (
    <Card
      title={t`Channels`}
      count={found?.length}
      flush
      aside={
        may && (
          <Button size="xs" variant="default" onClick={() => setMaking(true)}>
            {t`New channel`}
          </Button>
        )
      }
    >
      <Shown live={{ fault, loading, refresh }} found={found} rows={5} empty={<Empty title={t`No channel yet`} hint={t`Orders come in through channels.`} />}>
        {(found) => (
          <DataTable
            label={t`Channels`}
            rows={found}
            rowId={(row) => row.id}
            columns={[
              { id: "name", header: t`Channel`, heading: true, cell: (row) => <b>{row.name}</b> },
              { id: "code", header: t`Code`, cell: (row) => <code>{row.code}</code> },
              { id: "kind", header: t`Kind`, cell: (row) => label("ChannelKind", row.kind) },
              { id: "currency", header: t`Currency`, cell: (row) => row.currency },
              { id: "active", header: t`State`, cell: (row) => (row.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Closed`}</Badge>) },
            ]}
          />
        )}
      </Shown>
      {making && <NewChannel onClose={() => setMaking(false)} />}
    </Card>
  );
}

function NewChannel({ onClose }: { onClose: () => void }) {
  const { run } = useAction(CHANNEL_CREATE);
  return (
    <FormDialog
      title={t`New channel`}
      fields={[
        { name: "name", label: t`Name`, required: true },
        { name: "code", label: t`Code`, kind: "code", required: true, hint: t`What the API calls it; it stays` },
        { name: "kind", label: t`Kind`, kind: "choice", options: values("ChannelKind").map((value) => ({ value, label: label("ChannelKind", value) })) },
        { name: "currency", label: t`Currency`, kind: "code", required: true, initial: "EUR", hint: t`Three letters` },
      ]}
      submit={t`Make the channel`}
      done={t`The channel was made.`}
      onClose={onClose}
      send={(form) => run({ input: { name: form.text("name"), code: form.text("code"), kind: form.text("kind") as "WEB", currency: form.text("currency").toUpperCase() } })}
    />
  );
}

function Keys({ may }: { may: boolean }) {
  const { data, fault, loading, refresh } = useLive(API_KEYS, {}, { types: ["ApiKey"] });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
  const found = data?.apiKeys;
  return (
    <Card
      title={t`API keys`}
      count={found?.length}
      flush
      aside={
        may && (
          <Button size="xs" variant="default" onClick={() => setMaking(true)}>
            {t`New key`}
          </Button>
        )
      }
    >
      <Shown live={{ fault, loading, refresh }} found={found} rows={5} empty={<Empty title={t`No key yet`} hint={t`Machines use a key where people log in.`} />}>
        {(found) => (
          <DataTable
            label={t`API keys`}
            rows={found}
            rowId={(row) => row.id}
            columns={[
              { id: "name", header: t`Key`, heading: true, cell: (row) => <b>{row.name}</b> },
              { id: "prefix", header: t`Begins with`, cell: (row) => <code>{row.prefix}…</code> },
              { id: "role", header: t`Role`, cell: (row) => label("Role", row.role) },
              { id: "for", header: t`For`, cell: (row) => [row.channel, ...row.sites].flatMap((one) => one?.name ?? []).join(", ") || "–" },
              { id: "made", header: t`Made`, cell: (row) => <DateTime at={row.createdAt} /> },
              { id: "used", header: t`Last used`, cell: (row) => (row.lastUsedAt ? <Ago at={row.lastUsedAt} /> : t`never`) },
              {
                id: "do",
                header: t`State`,
                align: "right",
                cell: (row) =>
                  row.revokedAt ? (
                    <Badge>{t`Revoked`}</Badge>
                  ) : !may ? (
                    <Badge tone="good">{t`Active`}</Badge>
                  ) : (
                    <Button size="compact-sm" variant="default" onClick={() => setRevoking(row)}>
                      {t`Revoke`}
                      <span className="cd-hidden"> {row.name}</span>
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Shown>
      {making && (
        <NewKey
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setSecret(made);
          }}
        />
      )}
      {revoking && <Revoke of={revoking} onClose={() => setRevoking(null)} />}
      {secret && (
        <Dialog title={t`The key of ${secret.name}`} opened onClose={() => setSecret(null)}>
          <Stack>
            <Notice tone="warn">{t`Copy it now: it is not shown again, and nobody can look it up.`}</Notice>
            <Group align="flex-end" wrap="nowrap">
              <TextInput label={t`Secret`} readOnly value={secret.secret} style={{ flex: 1 }} styles={{ input: { fontFamily: "monospace" } }} onFocus={(event) => event.currentTarget.select()} data-autofocus />
              <CopyButton value={secret.secret}>
                {({ copied, copy }) => (
                  <Button variant="default" onClick={copy}>
                    {copied ? t`Copied` : t`Copy`}
                  </Button>
                )}
              </CopyButton>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Card>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; secret: string }) => void }) {
  const { run } = useAction(KEY_CREATE);
  const channels = useChannels();
  const sites = useSites();
  return (
    <FormDialog
      title={t`New key`}
      fields={[
        { name: "name", label: t`Name`, required: true, hint: t`Who uses it` },
        { name: "role", label: t`Role`, kind: "choice", initial: "CHANNEL", options: roleOptions() },
        { name: "channel", label: t`Channel`, kind: "choice", options: [{ value: "", label: "–" }, ...channels.map((one) => ({ value: one.code, label: one.name }))], hint: t`A channel’s key sees the orders of that channel alone` },
        { name: "sites", label: t`Sites`, kind: "choices", options: sites.map((one) => ({ value: one.code, label: one.name })), hint: t`For a store associate` },
      ]}
      submit={t`Make the key`}
      done={t`The key was made.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            name: form.text("name"),
            role: form.text("role") as "CHANNEL",
            channel: form.optional("channel"),
            sites: form.list("sites").length > 0 ? form.list("sites") : undefined,
          },
        })
      }
      onDone={(payload) => onMade({ name: payload.apiKey?.name ?? "", secret: payload.secret ?? "" })}
    />
  );
}

function roleOptions() {
  return values("Role")
    .filter((value) => value === value.toUpperCase())
    .map((value) => ({ value, label: label("Role", value) }));
}

function Revoke({ of, onClose }: { of: Key; onClose: () => void }) {
  const { run } = useAction(KEY_REVOKE);
  return (
    <FormDialog
      title={t`Revoke ${of.name}`}
      intro={<Text size="sm">{t`Whoever uses it is refused from now on. This cannot be taken back.`}</Text>}
      fields={[]}
      submit={t`Revoke`}
      danger
      done={t`The key was revoked.`}
      onClose={onClose}
      send={() => run({ input: { apiKeyId: of.id } })}
    />
  );
}
