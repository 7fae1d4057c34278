import { graphql, useLive, type VariablesOf } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { Ago, DataTable, Empty, Money, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, NativeSelect, Pill } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ListCard } from "../../lib/ListCard";
import { Pager } from "../../lib/Pager";
import { compact } from "../../lib/search";

const PAYMENTS = graphql(`
  query Payments($filter: PaymentFilter, $first: Int!, $after: String) {
    payments(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        gateway
        method
        status
        authorizationExpiresAt
        order {
          id
          number
          state
        }
        amount {
          amount
          currency
        }
        captured {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
        transactions {
          id
          state
          kind
          failure
          at
        }
      }
    }
  }
`);

type Filter = NonNullable<VariablesOf<typeof PAYMENTS>["filter"]>;

export function Payments() {
  const { after, before: _before, ...narrowing } = useSearch({ from: "/payments" });
  const navigate = useNavigate({ from: "/payments" });
  const { data, fault, loading, refresh } = useLive(PAYMENTS, { filter: compact(narrowing) as Filter, first: 50, after: after ?? null }, { every: 5, types: ["Payment"] });
  const found = data?.payments;
  const change = (next: Partial<typeof narrowing>) => void navigate({ search: compact({ ...narrowing, ...next }) as typeof narrowing });
  const chips: [keyof typeof narrowing, string][] = [];
  if (narrowing.uncertain) chips.push(["uncertain", t`Without an answer`]);
  if (narrowing.expiringBefore) chips.push(["expiringBefore", t`Authorizations that end soon`]);
  return (
    <Page title={t`Payments`}>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={t`State`}
          value={narrowing.status?.[0] ?? ""}
          onChange={(event) => change({ status: event.currentTarget.value ? [event.currentTarget.value] : undefined })}
          data={[{ value: "", label: t`Any state` }, ...values("PaymentStatus").map((value) => ({ value, label: label("PaymentStatus", value) }))]}
        />
        {chips.map(([key, name]) => (
          <Pill key={key} withRemoveButton size="md" onRemove={() => change({ [key]: undefined })} removeButtonProps={{ "aria-label": t`Remove the filter ${name}`, "aria-hidden": false, tabIndex: 0 }}>
            {name}
          </Pill>
        ))}
      </Group>
      <ListCard live={{ fault, loading, refresh }} found={found} empty={<Empty title={t`No payment fits`} />}>
        {(found) => (
          <>
            <DataTable
              label={t`Payments`}
              rows={found.nodes}
              rowId={(row) => row.id}
              columns={[
                {
                  id: "order",
                  header: t`Order`,
                  heading: true,
                  nowrap: true,
                  cell: (row) => (
                    <Link to="/orders/$number" params={{ number: row.order.number }} search={{ tab: "payments" }}>
                      {row.order.number}
                    </Link>
                  ),
                },
                { id: "status", header: t`State`, nowrap: true, cell: (row) => <StatusBadge of="PaymentStatus" value={row.status} /> },
                { id: "method", header: t`Method`, cell: (row) => `${label("PaymentMethodKind", row.method)} · ${row.gateway}` },
                {
                  id: "last",
                  header: t`Last transaction`,
                  cell: (row) => {
                    const last = row.transactions.at(-1);
                    return last ? `${label("TransactionKind", last.kind)}: ${last.failure ?? label("TransactionState", last.state)}` : "–";
                  },
                },
                { id: "expires", header: t`Authorization ends`, nowrap: true, cell: (row) => (row.authorizationExpiresAt ? <Ago at={row.authorizationExpiresAt} /> : "–") },
                { id: "captured", header: t`Captured`, align: "right", nowrap: true, cell: (row) => <Money of={row.captured} /> },
                { id: "refunded", header: t`Refunded`, align: "right", nowrap: true, cell: (row) => <Money of={row.refunded} /> },
                { id: "amount", header: t`Amount`, align: "right", nowrap: true, cell: (row) => <Money of={row.amount} /> },
              ]}
            />
            <Pager info={found.pageInfo} at={{ after }} go={(cursors) => void navigate({ search: { ...narrowing, ...cursors } })} summary={t`${formatNumber(found.totalCount)} payments`} />
          </>
        )}
      </ListCard>
    </Page>
  );
}
