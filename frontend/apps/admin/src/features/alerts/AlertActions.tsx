import { graphql, useAction } from "@crossdock/api";
import { useSession } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Text } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { report } from "../../lib/tell";
import { useStaff } from "../users/people";

const CLEAR = graphql(`mutation AlertClear($input: AlertClearInput!) { alertClear(input: $input) { alert { id clearedAt order { id } } userErrors { code message path } } }`);
const ASSIGN = graphql(`mutation AlertAssign($input: AlertAssignInput!) { alertAssign(input: $input) { alert { id assignee { id name } } userErrors { code message path } } }`);
const SNOOZE = graphql(`mutation AlertSnooze($input: AlertSnoozeInput!) { alertSnooze(input: $input) { alert { id snoozedUntil } userErrors { code message path } } }`);

/** What is needed of an alert to deal with it. */
export interface Handled {
  id: string;
  message: string;
  snoozedUntil: string | null;
  assignee: { id: string; name: string } | null;
}

const HOUR = 3_600_000;

/** Who sees to an alert, when it is wanted back, and that it is over. */
export function AlertActions({ alert }: { alert: Handled }) {
  const { me } = useSession();
  const [open, setOpen] = useState<"clear" | "assign" | null>(null);
  const assign = useAction(ASSIGN);
  const snooze = useAction(SNOOZE);
  const give = async (userId: string | null) => report(await assign.run({ input: { alertId: alert.id, userId } }), userId ? t`Assigned.` : t`It is nobody's now.`);
  const later = async (hours: number | null) => {
    const until = hours === null ? null : new Date(Date.now() + hours * HOUR).toISOString();
    report(await snooze.run({ input: { alertId: alert.id, until } }), until ? t`It will be back.` : t`It is back.`);
  };
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<ChevronDown size={12} aria-hidden />} loading={assign.running || snooze.running}>
            {t`See to it`}
            <span className="cd-hidden"> {alert.message}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {alert.assignee?.id !== me.id && <Menu.Item onClick={() => void give(me.id)}>{t`Take it`}</Menu.Item>}
          <Menu.Item onClick={() => setOpen("assign")}>{t`Assign to …`}</Menu.Item>
          {alert.assignee && <Menu.Item onClick={() => void give(null)}>{t`Let it go`}</Menu.Item>}
          <Menu.Divider />
          {alert.snoozedUntil ? (
            <Menu.Item onClick={() => void later(null)}>{t`Bring it back now`}</Menu.Item>
          ) : (
            <>
              <Menu.Item onClick={() => void later(1)}>{t`Snooze for an hour`}</Menu.Item>
              <Menu.Item onClick={() => void later(24)}>{t`Snooze for a day`}</Menu.Item>
              <Menu.Item onClick={() => void later(7 * 24)}>{t`Snooze for a week`}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Button size="compact-sm" variant="default" onClick={() => setOpen("clear")}>
        {t`Clear`}
        <span className="cd-hidden"> {alert.message}</span>
      </Button>
      {open === "clear" && <Clear alert={alert} onClose={() => setOpen(null)} />}
      {open === "assign" && <Assign alert={alert} onClose={() => setOpen(null)} />}
    </Group>
  );
}

interface DialogProps {
  alert: Handled;
  onClose: () => void;
}

function Clear({ alert, onClose }: DialogProps) {
  const { run } = useAction(CLEAR);
  return (
    <FormDialog
      title={t`Clear the alert`}
      intro={<Text size="sm">{alert.message}</Text>}
      fields={[{ name: "note", label: t`Note`, kind: "long" }]}
      submit={t`Clear`}
      done={t`Cleared.`}
      onClose={onClose}
      send={(form) => run({ input: { alertId: alert.id, note: form.optional("note") } })}
    />
  );
}

function Assign({ alert, onClose }: DialogProps) {
  const { run } = useAction(ASSIGN);
  const people = useStaff();
  if (people.length === 0) return null;
  return (
    <FormDialog
      title={t`Assign the alert`}
      intro={<Text size="sm">{alert.message}</Text>}
      fields={[{ name: "userId", label: t`To`, kind: "choice", initial: alert.assignee?.id, options: people.map((person) => ({ value: person.id, label: person.name })) }]}
      submit={t`Assign`}
      done={t`Assigned.`}
      onClose={onClose}
      send={(form) => run({ input: { alertId: alert.id, userId: form.text("userId") } })}
    />
  );
}
