import { Dialog } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Menu, Textarea } from "@mantine/core";
import { Code, Ellipsis, FileSpreadsheet, FileText } from "lucide-react";
import { useState } from "react";
import { tell } from "../../lib/tell";
import { filterOf, type OrderSearch, sortOf } from "./search";
import { exportAddress, graphqlOf } from "./taking";

/** What is found, taken along: as a file, or as the query that finds it. */
export function ListMenu({ search, columns }: { search: OrderSearch; columns: readonly string[] }) {
  const [asking, setAsking] = useState(false);
  const text = graphqlOf(search.q, filterOf(search), sortOf(search));
  async function copy() {
    // Only where the connection is a secure one is there a clipboard; the text can be taken from the field.
    await navigator.clipboard?.writeText(text).then(() => tell(t`Copied.`), () => undefined);
  }
  const files: [string, typeof FileText, "csv" | "xlsx", readonly string[]][] = [
    [t`CSV, these columns`, FileText, "csv", columns],
    [t`CSV, all columns`, FileText, "csv", []],
    [t`Excel, these columns`, FileSpreadsheet, "xlsx", columns],
    [t`Excel, all columns`, FileSpreadsheet, "xlsx", []],
  ];
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" leftSection={<Ellipsis size={15} aria-hidden />}>
            {t`Take along`}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {files.map(([name, Icon, kind, chosen]) => (
            <Menu.Item key={name} component="a" href={exportAddress(kind, search.q, filterOf(search), sortOf(search), chosen)} download leftSection={<Icon size={15} aria-hidden />}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Code size={15} aria-hidden />} onClick={() => setAsking(true)}>
            {t`As GraphQL`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog title={t`As GraphQL`} opened={asking} onClose={() => setAsking(false)} size="lg">
        <Textarea label={t`The query that finds these orders`} readOnly value={text} autosize minRows={10} maxRows={22} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }} />
        <Group justify="flex-end" mt="md">
          <Button onClick={() => void copy()} data-autofocus>
            {t`Copy`}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
