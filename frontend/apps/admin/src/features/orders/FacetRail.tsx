import type { ResultOf } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { Button, Checkbox, Menu, NativeSelect, Stack, Text } from "@mantine/core";
import { type Facet, FACETS, OF_FACET } from "./facets";
import type { ORDER_COUNTS } from "./queries";
import { having, type OrderSearch, toggled } from "./search";

type Counted = ResultOf<typeof ORDER_COUNTS>["orders"]["facets"];

interface RailProps {
  search: OrderSearch;
  facets: Counted;
  go: (search: OrderSearch) => void;
}

/** Narrow by what is there, each with how many orders have it. */
export function FacetRail({ search, facets, go }: RailProps) {
  return (
    <section className="cd-card facets" aria-label={t`Narrow the list`}>
      <Stack gap={8} p="sm">
        <Checkbox size="xs" label={t`With an open alert`} checked={search.hasAlert === true} onChange={(event) => go(having(search, { hasAlert: event.currentTarget.checked || undefined }))} />
        <Checkbox size="xs" label={t`Suspended`} checked={search.suspended === true} onChange={(event) => go(having(search, { suspended: event.currentTarget.checked || undefined }))} />
        <NativeSelect
          size="xs"
          label={t`Claimed`}
          value={search.claimedBy ?? ""}
          onChange={(event) => go(having(search, { claimedBy: event.currentTarget.value || undefined }))}
          data={[{ value: "", label: t`By whomever, or not` }, ...values("ClaimedBy").map((value) => ({ value, label: label("ClaimedBy", value) }))]}
        />
        <DateRange search={search} go={go} />
      </Stack>
      {facets.some((one) => one.isCapped) && <Text size="xs" c="dimmed" px="sm">{t`Counted among the newest orders found.`}</Text>}
      {FACETS.map((facet) => (
        <Values key={facet} facet={facet} search={search} counted={facets.find((one) => one.field === facet)} go={go} />
      ))}
    </section>
  );
}

interface ValuesProps {
  facet: Facet;
  search: OrderSearch;
  counted: Counted[number] | undefined;
  go: (search: OrderSearch) => void;
}

function Values({ facet, search, counted: of, go }: ValuesProps) {
  const { criterion, words } = OF_FACET[facet];
  const held = search[criterion];
  const chosen = Array.isArray(held) ? held : [];
  const counted = new Map((of?.buckets ?? []).map((bucket) => [bucket.value, bucket.count]));
  // Once one is chosen the others of a closed list are offered too: any of several may hold.
  const offered = [...new Set([...(words && chosen.length > 0 ? values(words) : []), ...chosen, ...counted.keys()])];
  if (offered.length === 0) return null;
  return (
    <details open={chosen.length > 0 || FACETS.indexOf(facet) < 4}>
      <summary>{label("OrderFacet", facet)}</summary>
      <ul>
        {offered.map((value) => (
          <li key={value}>
            <Checkbox
              size="xs"
              checked={chosen.includes(value)}
              onChange={() => go(toggled(search, criterion, value))}
              label={words ? label(words, value) : value}
            />
            {counted.has(value) && (
              <Text span c="dimmed" size="xs" className="cd-num">
                {formatNumber(counted.get(value) ?? 0)}
                {of?.isCapped && "+"}
              </Text>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function DateRange({ search, go }: Omit<RailProps, "facets">) {
  const days: [string, number][] = [
    [t`Today`, 0],
    [t`Last 7 days`, 7],
    [t`Last 30 days`, 30],
  ];
  return (
    <Menu withinPortal>
      <Menu.Target>
        <Button size="compact-xs" variant="default">
          {t`Placed …`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {days.map(([name, back]) => (
          <Menu.Item key={name} onClick={() => go(having(search, { placedAt: { from: startOfDay(back) } }))}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => go(having(search, { placedAt: undefined }))}>{t`Any time`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** In the browser's time zone, so many days ago. */
function startOfDay(back: number): string {
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - back);
  return start.toISOString();
}
