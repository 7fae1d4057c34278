import type { Column } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Checkbox, Group, Popover, Stack } from "@mantine/core";
import { ArrowUp, Columns3 } from "lucide-react";
import type { OrderRow } from "./columns";

interface ColumnChooserProps {
  all: Column<OrderRow>[];
  shown: readonly string[];
  choose: (ids: string[]) => void;
}

export function ColumnChooser({ all, shown, choose }: ColumnChooserProps) {
  const choosable = all.filter((column) => !column.heading);
  const ordered = [...shown.flatMap((id) => choosable.filter((column) => column.id === id)), ...choosable.filter((column) => !shown.includes(column.id))];
  function earlier(id: string) {
    const place = shown.indexOf(id);
    choose(shown.with(place - 1, id).with(place, shown[place - 1] ?? id));
  }
  return (
    <Popover position="bottom-end" withinPortal trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Columns3 size={15} aria-hidden />}>
          {t`Columns`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t`Columns`}>
        <Stack gap={6} role="group" aria-label={t`Columns`} miw={200}>
          {ordered.map((column) => (
            <Group key={column.id} justify="space-between" wrap="nowrap" h={24}>
              <Checkbox
                size="xs"
                label={column.header}
                checked={shown.includes(column.id)}
                onChange={(event) => choose(event.currentTarget.checked ? [...shown, column.id] : shown.filter((id) => id !== column.id))}
              />
              {shown.indexOf(column.id) > 0 && (
                <ActionIcon variant="subtle" size="sm" color="gray" aria-label={t`${column.header} further to the front`} onClick={() => earlier(column.id)}>
                  <ArrowUp size={14} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
