import { graphql, useAction, useLive } from "@crossdock/api";
import { formatNumber, label } from "@crossdock/i18n";
import { Badge, Card, DataTable, DateTime, Empty, Facts, Failed, Loading, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Tabs, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Search } from "lucide-react";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { useSession } from "@crossdock/shell";
import { RecordAlerts } from "../alerts/RecordAlerts";
import { ExpectedReceipts } from "./ExpectedReceipts";
import { KeepForChannel } from "./KeepForChannel";

const SITE = graphql(`
  query Site($code: String!) {
    inventorySite(code: $code) {
      id
      code
      name
      kind
      active
      timezone
      capabilities
      rank
      dailyCapacity
      safetyStock
      address {
        line1
        line2
        postalCode
        city
        subdivision
        country
      }
    }
  }
`);

const LEVELS = graphql(`
  query Levels($code: String!, $after: String, $skus: [String!]) {
    inventorySite(code: $code) {
      id
      levels(first: 50, after: $after, skus: $skus) {
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        nodes {
          sku
          onHand
          allocated
          reserved
          safetyStock
          available
          incoming
          ringFences {
            quantity
            channel {
              id
              name
            }
          }
        }
      }
    }
  }
`);

const MOVEMENTS = graphql(`
  query Movements($code: String!, $after: String, $sku: String) {
    inventorySite(code: $code) {
      id
      movements(first: 50, after: $after, sku: $sku) {
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        nodes {
          id
          sku
          quantity
          reason
          at
          actor
          reference
        }
      }
    }
  }
`);

const ADJUST = graphql(`
  mutation InventoryAdjust($input: InventoryAdjustInput!) {
    inventoryAdjust(input: $input) {
      levels {
        sku
        onHand
        site {
          id
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

const SET = graphql(`
  mutation InventorySet($input: InventorySetInput!) {
    inventorySet(input: $input) {
      levels {
        sku
        onHand
        site {
          id
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export function Site() {
  const { code } = useParams({ from: "/inventory/$code" });
  const search = useSearch({ from: "/inventory/$code" });
  const navigate = useNavigate({ from: "/inventory/$code" });
  const { can } = useSession();
  const { data, fault, loading, refresh } = useLive(SITE, { code });
  const [asking, setAsking] = useState<"adjust" | "count" | "keep" | null>(null);
  const site = data?.inventorySite;
  const tab = search.tab ?? "levels";
  const look = useDebouncedCallback((sku: string) => void navigate({ search: { tab: search.tab, sku: sku.trim() || undefined } }), 250);
  const back = (
    <Link to="/inventory" className="back">
      <ArrowLeft size={14} aria-hidden />
      {t`Inventory`}
    </Link>
  );
  if (!site) {
    return (
      <Page title={code} back={back}>
        <Card>{loading ? <Loading /> : fault ? <Failed trouble={fault} retry={refresh} /> : <Empty title={t`There is no site ${code}`} />}</Card>
      </Page>
    );
  }
  const { address } = site;
  const about = search.sku ? { sku: [search.sku] } : { site: [code] };
  return (
    <Page
      title={site.name}
      back={back}
      lead={site.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Closed`}</Badge>}
      aside={
        can("ADMIN", "MANAGER", "FULFILLMENT", "STORE_ASSOCIATE") && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setAsking("count")}>
              {t`Count`}
            </Button>
            <Button variant="default" onClick={() => setAsking("adjust")}>
              {t`Adjust`}
            </Button>
            <Button variant="default" onClick={() => setAsking("keep")}>
              {t`Keep for a channel`}
            </Button>
          </Group>
        )
      }
    >
      <Card>
        <div className="sums">
          <Facts
            of={[
              [t`Code`, <code key="c">{site.code}</code>],
              [t`Kind`, label("SiteKind", site.kind)],
              [t`Address`, [address.line1, address.line2, [address.postalCode, address.city].filter(Boolean).join(" "), address.country].filter(Boolean).join(", ")],
              [t`Time zone`, site.timezone],
            ]}
          />
          <Facts
            of={[
              [t`Can`, site.capabilities.map((one) => label("SiteCapability", one)).join(", ")],
              [t`Rank`, String(site.rank)],
              [t`Orders a day`, site.dailyCapacity === null ? t`no limit` : formatNumber(site.dailyCapacity)],
              [t`Safety stock`, formatNumber(site.safetyStock)],
            ]}
          />
        </div>
      </Card>
      <RecordAlerts filter={about} rest={about} />
      <Tabs value={tab} onChange={(next) => void navigate({ search: { tab: next && next !== "levels" ? next : undefined, sku: search.sku } })} keepMounted={false}>
        <Group justify="space-between" align="flex-end" mb="md">
          <Tabs.List aria-label={t`Parts of the site`}>
            <Tabs.Tab value="levels">{t`Stock`}</Tabs.Tab>
            <Tabs.Tab value="movements">{t`Movements`}</Tabs.Tab>
            <Tabs.Tab value="expected">{t`Expected`}</Tabs.Tab>
          </Tabs.List>
          <TextInput
            key={code}
            size="xs"
            data-screen-search
            aria-label={t`SKU`}
            placeholder={t`SKU`}
            leftSection={<Search size={14} aria-hidden />}
            defaultValue={search.sku ?? ""}
            onChange={(event) => look(event.currentTarget.value)}
          />
        </Group>
        <Tabs.Panel value="levels">
          <Levels code={code} />
        </Tabs.Panel>
        <Tabs.Panel value="expected">
          <ExpectedReceipts code={code} sku={search.sku} />
        </Tabs.Panel>
        <Tabs.Panel value="movements">
          <Movements code={code} />
        </Tabs.Panel>
      </Tabs>
      {asking === "keep" ? (
        <KeepForChannel code={code} sku={search.sku} onClose={() => setAsking(null)} />
      ) : (
        asking && <Change kind={asking} code={code} onClose={() => setAsking(null)} />
      )}
    </Page>
  );
}

function useHere() {
  const search = useSearch({ from: "/inventory/$code" });
  const navigate = useNavigate({ from: "/inventory/$code" });
  return { search, go: (cursors: { after?: string; before?: string }) => void navigate({ search: { tab: search.tab, sku: search.sku, ...cursors } }) };
}

function Levels({ code }: { code: string }) {
  const { search, go } = useHere();
  const { data, fault, loading, refresh } = useLive(
    LEVELS,
    { code, after: search.after ?? null, skus: search.sku ? [search.sku] : null },
    { every: 5, types: ["InventoryLevel"] },
  );
  const found = data?.inventorySite?.levels;
  return (
    <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={search.sku ? t`This site does not hold ${search.sku}` : t`This site holds nothing`} hint={search.sku ? t`The SKU must be given in full.` : undefined} />}>
      {(found) => (
        <>
          <DataTable
            dense
            label={t`Stock`}
            rows={found.nodes}
            rowId={(row) => row.sku}
            columns={[
              {
                id: "sku",
                header: t`SKU`,
                heading: true,
                cell: (row) => (
                  <Link to="/inventory/$code" params={{ code }} search={{ tab: "movements", sku: row.sku }}>
                    {row.sku}
                  </Link>
                ),
              },
              { id: "hand", header: t`On hand`, align: "right", cell: (row) => formatNumber(row.onHand) },
              { id: "allocated", header: t`Allocated`, align: "right", cell: (row) => formatNumber(row.allocated) },
              { id: "reserved", header: t`Reserved`, align: "right", cell: (row) => formatNumber(row.reserved) },
              { id: "safety", header: t`Safety stock`, align: "right", cell: (row) => formatNumber(row.safetyStock) },
              { id: "available", header: t`Available`, align: "right", cell: (row) => <b>{formatNumber(row.available)}</b> },
              { id: "kept", header: t`Kept for`, cell: (row) => row.ringFences.map((one) => `${one.channel.name}: ${formatNumber(one.quantity)}`).join(", ") || "–" },
              { id: "incoming", header: t`Incoming`, align: "right", cell: (row) => formatNumber(row.incoming) },
            ]}
          />
          <Pager info={found.pageInfo} at={search} go={go} />
        </>
      )}
    </ListCard>
  );
}

function Movements({ code }: { code: string }) {
  const { search, go } = useHere();
  const { data, fault, loading, refresh } = useLive(
    MOVEMENTS,
    { code, after: search.after ?? null, sku: search.sku ?? null },
    { every: 5, types: ["InventoryLevel", "InventoryMovement"] },
  );
  const found = data?.inventorySite?.movements;
  return (
    <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={t`Nothing has moved`} />}>
      {(found) => (
        <>
          <DataTable
            dense
            label={t`Movements`}
            rows={found.nodes}
            rowId={(row) => row.id}
            columns={[
              { id: "at", header: t`When`, heading: true, nowrap: true, cell: (row) => <DateTime at={row.at} /> },
              { id: "sku", header: t`SKU`, cell: (row) => row.sku },
              { id: "reason", header: t`Reason`, cell: (row) => label("MovementReason", row.reason) },
              { id: "quantity", header: t`Quantity`, align: "right", cell: (row) => (row.quantity > 0 ? `+${formatNumber(row.quantity)}` : formatNumber(row.quantity)) },
              { id: "reference", header: t`Reference`, cell: (row) => row.reference ?? "–" },
              { id: "actor", header: t`By`, cell: (row) => row.actor },
            ]}
          />
          <Pager info={found.pageInfo} at={search} go={go} />
        </>
      )}
    </ListCard>
  );
}

const REASONS = ["RECEIPT", "ADJUSTMENT", "DAMAGE", "TRANSFER_IN", "TRANSFER_OUT"] as const;

function Change({ kind, code, onClose }: { kind: "adjust" | "count"; code: string; onClose: () => void }) {
  const { sku } = useSearch({ from: "/inventory/$code" });
  const adjust = useAction(ADJUST);
  const set = useAction(SET);
  const common = { name: "sku", label: t`SKU`, kind: "code" as const, required: true, initial: sku };
  const reference = { name: "reference", label: t`Reference` };
  if (kind === "count") {
    return (
      <FormDialog
        title={t`Count`}
        fields={[common, { name: "quantity", label: t`Units found`, kind: "count", required: true, min: 0 }, reference]}
        submit={t`Save the count`}
        done={t`The stock was set.`}
        onClose={onClose}
        send={(form) => set.run({ input: { reference: form.optional("reference"), counts: [{ site: code, sku: form.text("sku"), quantity: form.count("quantity") }] } })}
      />
    );
  }
  return (
    <FormDialog
      title={t`Adjust`}
      fields={[
        common,
        { name: "quantity", label: t`Change`, kind: "count", required: true, hint: t`Negative for units that are gone` },
        { name: "reason", label: t`Reason`, kind: "choice", options: REASONS.map((value) => ({ value, label: label("MovementReason", value) })) },
        reference,
      ]}
      submit={t`Adjust`}
      done={t`The stock was adjusted.`}
      onClose={onClose}
      send={(form) =>
        adjust.run({
          input: {
            reason: form.text("reason") as "RECEIPT",
            reference: form.optional("reference"),
            changes: [{ site: code, sku: form.text("sku"), quantity: form.count("quantity") }],
          },
        })
      }
    />
  );
}
