import { useAction, useLive } from "@crossdock/api";
import { label } from "@crossdock/i18n";
import { Card, Failed, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useClient } from "urql";
import { FormDialog } from "../../lib/command";
import { SITES } from "../inventory/sites";
import { newest } from "../../lib/versions";
import { Previews, usePreviews } from "../rules/Previews";
import { RULE_SETS } from "../rules/queries";
import { ORDER_ALLOCATE_TO } from "./mutations";
import type { OrderDetailData } from "./OrderActions";

/** What each rule set would decide now about the units that no site gives yet, and giving them to a site by hand. */
export function WhatIf({ order }: { order: OrderDetailData }) {
  const client = useClient();
  const { tried, problem, running, compare } = usePreviews();
  const [giving, setGiving] = useState(false);

  async function compareAll() {
    const answer = await client.query(RULE_SETS, {}).toPromise();
    await compare(order.id, newest(answer.data?.allocationRuleSets ?? []));
  }

  return (
    <Card
      title={t`What if`}
      aside={
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => void compareAll()} loading={running}>
            {t`Compare rule sets`}
          </Button>
          <Button size="xs" variant="default" onClick={() => setGiving(true)}>
            {t`Give to a site …`}
          </Button>
        </Group>
      }
    >
      <Stack>
        {problem && <Notice tone="bad">{problem}</Notice>}
        {tried === null ? (
          <Text size="sm" c="dimmed">{t`What would be decided now about the units that no site gives yet, by each rule set. Nothing is allocated.`}</Text>
        ) : (
          <Previews of={tried} />
        )}
      </Stack>
      {giving && <GiveTo order={order} onClose={() => setGiving(false)} />}
    </Card>
  );
}

function GiveTo({ order, onClose }: { order: OrderDetailData; onClose: () => void }) {
  const { run } = useAction(ORDER_ALLOCATE_TO);
  const sites = useLive(SITES, { first: 100 });
  if (sites.fault) return <Failed trouble={sites.fault} retry={sites.refresh} />;
  const options = (sites.data?.inventorySites.nodes ?? [])
    .filter((site) => site.active)
    .map((site) => ({ value: site.code, label: `${site.name} · ${label("SiteKind", site.kind)}` }));
  if (options.length === 0) return null;
  return (
    <FormDialog
      title={t`Give the rest to a site`}
      intro={<Text size="sm">{t`What the rules say is passed over. The site gives what it has in stock; it is written down who decided this, and why.`}</Text>}
      fields={[
        { name: "site", label: t`Site`, kind: "choice", options },
        { name: "reason", label: t`Reason`, required: true },
      ]}
      submit={t`Give it to this site`}
      done={t`Allocated by hand.`}
      onClose={onClose}
      send={(values) => run({ input: { orderId: order.id, expectedVersion: order.version, site: values.text("site"), reason: values.text("reason") } })}
    />
  );
}
