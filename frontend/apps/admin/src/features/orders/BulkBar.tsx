import { formatNumber, label } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Text } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { OrderRow } from "./columns";
import { filterOf, type OrderSearch } from "./search";

const BulkDialog = lazy(async () => ({ default: (await import("./BulkDialog")).BulkDialog }));

/** Which orders: those that were ticked, or everything that the search finds. */
export interface Chosen {
  ids: ReadonlySet<string>;
  all: boolean;
}

export const NOTHING: Chosen = { ids: new Set(), all: false };

const FIRST = ["orderApprove", "orderSuspend", "orderResume", "orderCancel"];
const MORE = ["orderSubmit", "orderComplete", "orderAllocate", "orderContinue", "orderFile"];

interface BulkBarProps {
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  rows: readonly OrderRow[];
  /** How many the search finds, where they have been counted. */
  total?: { count: number; text: string };
  search: OrderSearch;
  onDone: () => void;
}

export function BulkBar({ chosen, choose, rows, total, search, onDone }: BulkBarProps) {
  const [action, setAction] = useState<string | null>(null);
  const { can } = useSession();
  const ticked = rows.filter((row) => chosen.ids.has(row.number));
  const many = ticked.length;
  const text = chosen.all && total ? t`All ${total.text} that are found` : t`${formatNumber(many)} selected`;
  const desk = can("ADMIN", "MANAGER", "CUSTOMER_SERVICE");
  const allowed = (name: string) => desk || (can("FINANCE") && ["orderSuspend", "orderResume", "orderFile"].includes(name)) || (can("FULFILLMENT") && ["orderSuspend", "orderAllocate"].includes(name));
  const more = MORE.filter(allowed);
  const wanted = chosen.all ? { query: search.q ?? null, filter: filterOf(search) } : { orderIds: ticked.map((row) => row.id) };
  return (
    <section className="bulk" aria-label={t`What to do with the selected orders`}>
      <Text size="sm" fw={600} role="status">
        {text}
      </Text>
      {!chosen.all && total && many === rows.length && total.count > many && (
        <Button size="compact-sm" variant="subtle" onClick={() => choose({ ...chosen, all: true })}>
          {t`Select all ${total.text} that are found`}
        </Button>
      )}
      <Group gap="xs" ml="auto">
        {FIRST.filter(allowed).map((name) => (
          <Button key={name} size="xs" variant="default" onClick={() => setAction(name)}>
            {label("Action", name)}
          </Button>
        ))}
        {more.length > 0 && (
          <Menu withinPortal position="top-end">
            <Menu.Target>
              <Button size="xs" variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
                {t`More`}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {more.map((name) => (
                <Menu.Item key={name} onClick={() => setAction(name)}>
                  {label("Action", name)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <Button size="xs" variant="subtle" onClick={() => choose(NOTHING)}>
          {t`Select none`}
        </Button>
      </Group>
      {action && (
        <Suspense>
          <BulkDialog
            action={action}
            wanted={wanted}
            onClose={(done) => {
              setAction(null);
              if (done) onDone();
            }}
          />
        </Suspense>
      )}
    </section>
  );
}
