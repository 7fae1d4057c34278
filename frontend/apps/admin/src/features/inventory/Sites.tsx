import { type Enum, useLive } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { Badge, DataTable, Empty, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { NativeSelect } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { SITES } from "./sites";

export function Sites() {
  const search = useSearch({ from: "/inventory" });
  const navigate = useNavigate({ from: "/inventory" });
  const { data, fault, loading, refresh } = useLive(SITES, { first: 50, after: search.after ?? null, kind: (search.kind as Enum<"SiteKind">[] | undefined) ?? null }, { types: ["InventorySite"] });
  const found = data?.inventorySites;
  return (
    <Page
      title={t`Inventory`}
      aside={
        <NativeSelect
          size="xs"
          aria-label={t`Kind of site`}
          value={search.kind?.[0] ?? ""}
          onChange={(event) => void navigate({ search: { kind: event.currentTarget.value ? [event.currentTarget.value] : undefined } })}
          data={[{ value: "", label: t`All kinds` }, ...values("SiteKind").map((value) => ({ value, label: label("SiteKind", value) }))]}
        />
      }
    >
      <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={t`No sites yet`} hint={t`A site is a warehouse, a store or a vendor that holds stock. They come from the API or an import.`} />}>
        {(found) => (
          <>
            <DataTable
              label={t`Sites`}
              rows={found.nodes}
              rowId={(site) => site.code}
              onOpen={(site) => void navigate({ to: "/inventory/$code", params: { code: site.code } })}
              columns={[
                { id: "name", header: t`Site`, heading: true, cell: (site) => <Link to="/inventory/$code" params={{ code: site.code }}>{site.name}</Link> },
                { id: "code", header: t`Code`, nowrap: true, cell: (site) => <code>{site.code}</code> },
                { id: "kind", header: t`Kind`, cell: (site) => label("SiteKind", site.kind) },
                { id: "place", header: t`Place`, cell: (site) => `${site.address.city}, ${site.address.country}` },
                { id: "can", header: t`Can`, cell: (site) => site.capabilities.map((one) => label("SiteCapability", one)).join(", ") },
                { id: "rank", header: t`Rank`, align: "right", cell: (site) => site.rank },
                { id: "capacity", header: t`A day`, align: "right", cell: (site) => (site.dailyCapacity === null ? "–" : formatNumber(site.dailyCapacity)) },
                { id: "safety", header: t`Safety stock`, align: "right", cell: (site) => formatNumber(site.safetyStock) },
                { id: "active", header: t`State`, cell: (site) => (site.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Closed`}</Badge>) },
              ]}
            />
            <Pager info={found.pageInfo} at={search} go={(cursors) => void navigate({ search: { kind: search.kind, ...cursors } })} summary={t`${formatNumber(found.totalCount)} sites`} />
          </>
        )}
      </ListCard>
    </Page>
  );
}
