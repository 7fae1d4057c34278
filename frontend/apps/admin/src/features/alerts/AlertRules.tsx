import { type Enum, graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { label, values } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Badge, DataTable, Empty, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Switch, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { ListCard } from "../../lib/ListCard";

const RULES = graphql(`
  query AlertRules {
    alertRules {
      id
      name
      version
      active
      trigger
      watches
      when
      severity
      message
      clearsOn
    }
  }
`);
const RULE_CREATE = graphql(`mutation AlertRuleCreate($input: AlertRuleInput!) { alertRuleCreate(input: $input) { alertRule { id } userErrors { code message path } } }`);
const RULE_END = graphql(`mutation AlertRuleEnd($input: AlertRuleIdInput!) { alertRuleEnd(input: $input) { alertRule { id } userErrors { code message path } } }`);

type Rule = ResultOf<typeof RULES>["alertRules"][number];

/** When something that happened, or a queue as it stands, needs a person. */
export function AlertRules() {
  const may = useSession().can("ADMIN", "MANAGER");
  const { data, fault, loading, refresh } = useLive(RULES, {}, { types: ["AlertRule"] });
  const [all, setAll] = useState(false);
  const [writing, setWriting] = useState<Rule | "new" | null>(null);
  const [ending, setEnding] = useState<Rule | null>(null);
  const rows = data?.alertRules.filter((rule) => all || rule.active);
  return (
    <Page
      title={t`Alert rules`}
      back={<Link to="/alerts">{t`Alerts`}</Link>}
      aside={
        <>
          <Switch size="xs" label={t`Earlier versions, too`} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          {may && <Button onClick={() => setWriting("new")}>{t`New rule`}</Button>}
        </>
      }
    >
      <ListCard live={{ fault, loading, refresh }} found={rows && { nodes: rows }} empty={<Empty title={t`No rule yet`} />}>
        {({ nodes }) => (
          <DataTable
            label={t`Alert rules`}
            rows={nodes}
            rowId={(row) => row.id}
            columns={[
              {
                id: "name",
                header: t`Rule`,
                heading: true,
                cell: (row) => (
                  <>
                    <Group gap={8}>
                      <b>{row.name}</b>
                      {!row.active && <Badge>{t`Ended`}</Badge>}
                    </Group>
                    <Text size="xs" c="dimmed">
                      {t`version ${row.version}`}
                    </Text>
                  </>
                ),
              },
              { id: "severity", header: t`Severity`, nowrap: true, cell: (row) => <StatusBadge of="AlertSeverity" value={row.severity} /> },
              {
                id: "watches",
                header: t`Watches`,
                cell: (row) => (
                  <>
                    <code>{row.watches}</code>
                    <Text size="xs" c="dimmed">
                      {label("AlertTrigger", row.trigger)}
                    </Text>
                  </>
                ),
              },
              { id: "when", header: t`When`, cell: (row) => (row.when ? <code>{row.when}</code> : t`always`) },
              { id: "says", header: t`Says`, cell: (row) => row.message },
              {
                id: "actions",
                header: t`Actions`,
                quiet: true,
                align: "right",
                nowrap: true,
                cell: (row) =>
                  may &&
                  row.active && (
                    <Group gap={6} justify="flex-end" wrap="nowrap">
                      <Button size="compact-sm" variant="default" onClick={() => setWriting(row)}>
                        {t`Change`}
                        <span className="cd-hidden"> {row.name}</span>
                      </Button>
                      <Button size="compact-sm" variant="default" onClick={() => setEnding(row)}>
                        {t`End`}
                        <span className="cd-hidden"> {row.name}</span>
                      </Button>
                    </Group>
                  ),
              },
            ]}
          />
        )}
      </ListCard>
      {writing && <Write rule={writing === "new" ? null : writing} onClose={() => setWriting(null)} />}
      {ending && <End rule={ending} onClose={() => setEnding(null)} />}
    </Page>
  );
}

function Write({ rule, onClose }: { rule: Rule | null; onClose: () => void }) {
  const { run } = useAction(RULE_CREATE);
  return (
    <FormDialog
      title={rule ? t`A new version of ${rule.name}` : t`New rule`}
      size="lg"
      fields={[
        { name: "name", label: t`Name`, required: true, initial: rule?.name, hint: t`Small letters, digits and underscores. The same name makes the next version.` },
        { name: "trigger", label: t`It watches`, kind: "choice", initial: rule?.trigger ?? "EVENT", options: values("AlertTrigger").map((value) => ({ value, label: label("AlertTrigger", value) })) },
        { name: "watches", label: t`Which`, required: true, initial: rule?.watches, hint: t`A kind of event, as order.created, or a queue, as orders.backordered.` },
        {
          name: "when",
          label: t`Only when`,
          kind: "long",
          initial: rule?.when ?? undefined,
          hint: t`An expression in CEL. Of an event: event.kind, event.data, order.total. Of a queue: queue.count, queue.oldestMinutes.`,
        },
        { name: "severity", label: t`Severity`, kind: "choice", initial: rule?.severity ?? "WARNING", options: values("AlertSeverity").map((value) => ({ value, label: label("AlertSeverity", value) })) },
        { name: "message", label: t`What it says`, required: true, initial: rule?.message },
        { name: "clearsOn", label: t`Cleared by`, initial: rule?.clearsOn.join(", "), hint: t`Kinds of events about the same order, with commas between.` },
      ]}
      submit={rule ? t`Save as the next version` : t`Create`}
      done={t`The rule holds from now on.`}
      onClose={onClose}
      send={(form) =>
        run({
          input: {
            name: form.text("name"),
            trigger: form.text("trigger") as Enum<"AlertTrigger">,
            watches: form.text("watches"),
            when: form.optional("when"),
            severity: form.text("severity") as Enum<"AlertSeverity">,
            message: form.text("message"),
            clearsOn: form.text("clearsOn").split(",").map((kind) => kind.trim()).filter(Boolean),
          },
        })
      }
    />
  );
}

function End({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { run } = useAction(RULE_END);
  return (
    <FormDialog
      title={t`End the rule ${rule.name}`}
      intro={<Text size="sm">{t`It raises nothing more. Alerts that it has raised stay until they are cleared.`}</Text>}
      fields={[]}
      submit={t`End it`}
      danger
      done={t`The rule has ended.`}
      onClose={onClose}
      send={() => run({ input: { alertRuleId: rule.id } })}
    />
  );
}
