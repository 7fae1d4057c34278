import { type Enum, graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { formatAmount, formatDate, formatNumber, label, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, Card, DataTable, Empty, Facts, Failed, Loading, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { UnitPrices } from "./UnitPrices";

const PRICES = graphql(`
  query ScarcityPrices {
    allocationPrices {
      mode
      periodMinutes
      horizonDays
      table {
        version
        madeAt
        ruleSet
        orders
        prices
        seconds
      }
      days {
        day
        decisions
        differing
        costsMore
        keeps
      }
    }
  }
`);
const PRICES_SET = graphql(
  `mutation ScarcityPricesSet($input: AllocationPricesInput!) { allocationPricesSet(input: $input) { prices { mode } userErrors { code message path } } }`,
);

type Prices = ResultOf<typeof PRICES>["allocationPrices"];
type Day = Prices["days"][number];

/** What a unit is worth to later orders: whether decisions go by it, what that would have changed, and the prices. */
export function ScarcityPrices() {
  const may = useSession().can("ADMIN", "MANAGER");
  const { data, fault, loading, refresh } = useLive(PRICES, {}, { every: 60, types: ["AllocationPrices"] });
  const [changing, setChanging] = useState(false);
  const prices = data?.allocationPrices;
  return (
    <Page
      title={t`Scarcity prices`}
      back={<Link to="/rule-sets" className="back">{t`Rule sets`}</Link>}
      lead={prices && <StatusBadge of="PriceMode" value={prices.mode} />}
      aside={may && prices && <Button onClick={() => setChanging(true)}>{t`Change`}</Button>}
    >
      <Text size="sm" c="dimmed">
        {t`The last unit at a site is worth more than what it costs to send: a later order may need it from just there. What a unit is worth is learnt from the orders of the past. With these prices, an order is sent from a site that has plenty where that costs little more. They never leave an order unfilled.`}
      </Text>
      {fault && prices && <Notice tone="warn">{t`This is not up to date: the server does not answer.`}</Notice>}
      {!prices ? (
        <Card>{loading ? <Loading rows={8} /> : fault && <Failed trouble={fault} retry={refresh} />}</Card>
      ) : (
        <>
          <Setting of={prices} />
          <Found of={prices} />
          {prices.table && <UnitPrices version={prices.table.version} />}
        </>
      )}
      {changing && prices && (
        <Change
          of={prices}
          onClose={() => {
            setChanging(false);
            refresh();
          }}
        />
      )}
    </Page>
  );
}

/** What each mode means. */
function useMeanings(): Record<string, string> {
  return {
    OFF: t`Nothing is learnt, and decisions go by cost alone.`,
    SHADOW: t`Decisions go by cost alone. Beside each stands what prices would have changed.`,
    LIVE: t`Decisions go by cost and prices.`,
  };
}

function Setting({ of }: { of: Prices }) {
  const meanings = useMeanings();
  const { table } = of;
  return (
    <Card title={t`Setting`}>
      <Facts
        of={[
          [t`Mode`, `${label("PriceMode", of.mode)}: ${meanings[of.mode] ?? ""}`],
          [t`Learnt every`, t`${formatNumber(of.periodMinutes)} min`],
          [t`The stock has to last`, t`${formatNumber(of.horizonDays)} days`],
          [t`Last learnt`, table ? <Ago key="at" at={table.madeAt} /> : t`not yet`],
          [t`Learnt from`, table && t`${formatNumber(table.orders)} orders, at the costs of ${table.ruleSet}`],
          [t`Prices`, table && t`${formatNumber(table.prices)} above zero, version ${formatNumber(table.version)}`],
        ]}
      />
    </Card>
  );
}

const sum = (days: readonly Day[], of: "costsMore" | "keeps") => (days.reduce((cents, day) => cents + Math.round(Number(day[of]) * 100), 0) / 100).toFixed(2);

function Found({ of }: { of: Prices }) {
  const { days } = of;
  const decisions = formatNumber(days.reduce((all, day) => all + day.decisions, 0));
  const differing = formatNumber(days.reduce((all, day) => all + day.differing, 0));
  const more = formatAmount(sum(days, "costsMore"));
  const kept = formatAmount(sum(days, "keeps"));
  return (
    <Card title={t`What prices would have changed`} flush>
      {days.length === 0 ? (
        <Empty
          title={t`Nothing was tried in the last 31 days`}
          hint={of.mode === "SHADOW" ? t`The next decisions will be.` : t`In shadow mode, prices are tried beside each decision, and nothing is decided otherwise.`}
        />
      ) : (
        <Stack gap={0}>
          <Text className="cd-card-body" size="sm">
            {t`Decisions of the last 31 days that prices were tried beside: ${decisions}, of which they would have changed ${differing}. The changed plans would have cost ${more} more at once, and left stock worth ${kept} more to later orders. They pay where the second is more than the first.`}
          </Text>
          <DataTable
            dense
            label={t`What prices would have changed, by day`}
            rows={days}
            rowId={(day) => day.day}
            columns={[
              { id: "day", header: t`Day`, heading: true, cell: (day) => formatDate(`${day.day}T12:00:00`) },
              { id: "decisions", header: t`Decisions`, align: "right", cell: (day) => formatNumber(day.decisions) },
              { id: "differing", header: t`Changed`, align: "right", cell: (day) => formatNumber(day.differing) },
              { id: "more", header: t`Costs more at once`, align: "right", cell: (day) => formatAmount(day.costsMore) },
              { id: "keeps", header: t`Keeps for later`, align: "right", cell: (day) => formatAmount(day.keeps) },
            ]}
          />
        </Stack>
      )}
    </Card>
  );
}

function Change({ of, onClose }: { of: Prices; onClose: () => void }) {
  const { run } = useAction(PRICES_SET);
  const meanings = useMeanings();
  return (
    <FormDialog
      title={t`Change how prices are used`}
      intro={
        <Text size="sm" component="ul" m={0} pl="md">
          {values("PriceMode").map((mode) => (
            <li key={mode}>
              <b>{label("PriceMode", mode)}</b>: {meanings[mode]}
            </li>
          ))}
        </Text>
      }
      fields={[
        { name: "mode", label: t`Mode`, kind: "choice", initial: of.mode, options: values("PriceMode").map((value) => ({ value, label: label("PriceMode", value) })), hint: t`It holds from the next decision on.` },
        { name: "periodMinutes", label: t`Learn every so many minutes`, kind: "count", required: true, min: 5, initial: String(of.periodMinutes) },
        { name: "horizonDays", label: t`The stock has to last so many days`, kind: "count", required: true, min: 1, initial: String(of.horizonDays), hint: t`Until new stock comes, as a rule.` },
      ]}
      submit={t`Save`}
      done={t`It holds from the next decision on.`}
      onClose={onClose}
      send={(form) =>
        run({ input: { mode: form.text("mode") as Enum<"PriceMode">, periodMinutes: form.count("periodMinutes"), horizonDays: form.count("horizonDays") } })
      }
    />
  );
}
