import { graphql, useLive } from "@crossdock/api";
import { formatAmount } from "@crossdock/i18n";
import { Card, DataTable, Empty } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useSites } from "../inventory/sites";
import { Shown } from "../../lib/Shown";

const MOST = 100;
const UNIT_PRICES = graphql(`
  query UnitPrices($site: String, $sku: String, $first: Int!) {
    allocationPrices {
      table {
        version
        units(site: $site, sku: $sku, first: $first) {
          sku
          price
          site {
            id
            code
            name
          }
        }
      }
    }
  }
`);
const route = getRouteApi("/rule-sets/prices");

/** The prices in force, the highest first. */
export function UnitPrices({ version }: { version: number }) {
  const { site, sku } = route.useSearch();
  const navigate = route.useNavigate();
  const sites = useSites();
  const [typed, setTyped] = useState(sku ?? "");
  const [asked] = useDebouncedValue(typed.trim(), 300);
  useEffect(() => {
    if (asked !== (sku ?? "")) void navigate({ search: { site, sku: asked || undefined }, replace: true, resetScroll: false });
  }, [asked, sku, site, navigate]);
  const { data, fault, loading, refresh } = useLive(UNIT_PRICES, { site: site ?? null, sku: sku ?? null, first: MOST }, { types: ["AllocationPrices"] });
  const units = data?.allocationPrices.table?.units;
  return (
    <Card
      title={t`Prices of version ${version}`}
      flush
      aside={
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label={t`Site`}
            value={site ?? ""}
            onChange={(event) => void navigate({ search: { site: event.currentTarget.value || undefined, sku }, replace: true, resetScroll: false })}
            data={[{ value: "", label: t`All sites` }, ...sites.map((one) => ({ value: one.code, label: one.name }))]}
          />
          <TextInput size="xs" aria-label={t`SKU`} placeholder={t`SKU`} spellCheck={false} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        </Group>
      }
    >
      <Shown live={{ fault, loading, refresh }} found={units} rows={6} empty={<Empty title={t`No price above zero`} hint={t`There is enough of it for what is expected.`} />}>
        {(units) => (
          <DataTable
            dense
            label={units.length === MOST ? t`The ${MOST} highest prices` : t`Prices by site and SKU`}
            rows={units}
            rowId={(row) => `${row.site.code} ${row.sku}`}
            columns={[
              { id: "sku", header: t`SKU`, heading: true, cell: (row) => <code>{row.sku}</code> },
              {
                id: "site",
                header: t`Site`,
                cell: (row) => (
                  <Link to="/inventory/$code" params={{ code: row.site.code }} search={{ sku: row.sku }}>
                    {row.site.name}
                  </Link>
                ),
              },
              { id: "price", header: t`One more unit is worth`, align: "right", cell: (row) => formatAmount(row.price) },
            ]}
          />
        )}
      </Shown>
    </Card>
  );
}
