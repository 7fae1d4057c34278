import { useAction, useLive } from "@crossdock/api";
import { useSession } from "@crossdock/shell";
import { Badge, DataTable, Empty, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Switch, Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { ListCard } from "../../lib/ListCard";
import { newest, titleOf } from "../../lib/versions";
import { RULE_SET_ACTIVATE, RULE_SETS, type RuleSet } from "./queries";
import { RuleSetEditor } from "./RuleSetEditor";
import { Simulation } from "./Simulation";
import { TryOut } from "./TryOut";

type Open = { what: "write" | "try" | "activate"; of: RuleSet } | null;

/** By which rules sites are chosen: versions, a new one from any of them, and what it would have done. */
export function RuleSets() {
  const may = useSession().can("ADMIN", "MANAGER");
  const { data, fault, loading, refresh } = useLive(RULE_SETS, {}, { types: ["AllocationRuleSet"] });
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  const [comparing, setComparing] = useState(false);
  const sets = data?.allocationRuleSets ?? [];
  const active = sets.find((set) => set.active);
  const close = () => setOpen(null);
  return (
    <Page
      title={t`Rule sets`}
      aside={
        <>
          <Link to="/rule-sets/prices">{t`Scarcity prices`}</Link>
          <Switch size="xs" label={t`Earlier versions, too`} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          {may && sets.length > 0 && (
            <Button variant="default" onClick={() => setComparing(true)}>
              {t`Compare on the past`}
            </Button>
          )}
        </>
      }
    >
      <Text size="sm" c="dimmed">
        {t`The active set decides which sites give what. A version is never changed: what you write becomes the next one, and can be tried before it is active.`}
      </Text>
      <ListCard live={{ fault, loading, refresh }} found={data && { nodes: all ? sets : newest(sets) }} empty={<Empty title={t`No rule set yet`} hint={t`The migration installs those that come with Crossdock.`} />}>
        {({ nodes }) => (
          <DataTable
            label={t`Rule sets`}
            rows={nodes}
            rowId={(row) => row.id}
            columns={[
              {
                id: "name",
                header: t`Rule set`,
                heading: true,
                cell: (row) => (
                  <Group gap={8}>
                    <UnstyledButton className="board-item-name" onClick={() => setOpen({ what: "write", of: row })}>
                      {row.name}
                    </UnstyledButton>
                    {row.active && <Badge tone="good">{t`Active`}</Badge>}
                  </Group>
                ),
              },
              { id: "version", header: t`Version`, align: "right", cell: (row) => row.version },
              { id: "objective", header: t`Objective`, nowrap: true, cell: (row) => <code>{objectiveOf(row)}</code> },
              { id: "rules", header: t`Rules`, align: "right", cell: (row) => row.rules.length },
              {
                id: "actions",
                header: t`Actions`,
                quiet: true,
                align: "right",
                nowrap: true,
                cell: (row) => <Actions of={row} may={may} onOpen={(what) => setOpen({ what, of: row })} />,
              },
            ]}
          />
        )}
      </ListCard>
      {open?.what === "write" && <RuleSetEditor of={open.of} may={may} onClose={close} />}
      {open?.what === "try" && <TryOut sets={active && active.id !== open.of.id ? [active, open.of] : [open.of]} onClose={close} />}
      {open?.what === "activate" && <Activate of={open.of} onClose={close} />}
      {comparing && <Simulation sets={all ? sets : newest(sets)} onClose={() => setComparing(false)} />}
    </Page>
  );
}

function objectiveOf(set: RuleSet): string {
  const parameters = set.rules.find((rule) => rule.kind === "OBJECTIVE")?.parameters as { policy?: string } | undefined;
  return parameters?.policy ?? "LEAST_COST";
}

function Actions({ of, may, onOpen }: { of: RuleSet; may: boolean; onOpen: (what: "write" | "try" | "activate") => void }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<ChevronDown size={12} aria-hidden />}>
          {t`More`}
          <span className="cd-hidden"> {titleOf(of)}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen("write")}>{may ? t`A new version from this` : t`Look at it`}</Menu.Item>
        <Menu.Item onClick={() => onOpen("try")}>{t`Try it on an order`}</Menu.Item>
        {may && !of.active && <Menu.Item onClick={() => onOpen("activate")}>{t`Make it active`}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

function Activate({ of, onClose }: { of: RuleSet; onClose: () => void }) {
  const { run } = useAction(RULE_SET_ACTIVATE);
  return (
    <FormDialog
      title={t`Make ${titleOf(of)} active`}
      intro={<Text size="sm">{t`It decides every allocation from now on. What is allocated already stays as it is.`}</Text>}
      fields={[]}
      submit={t`Make it active`}
      done={t`It decides from now on.`}
      onClose={onClose}
      send={() => run({ input: { ruleSetId: of.id } })}
    />
  );
}
