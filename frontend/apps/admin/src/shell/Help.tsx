import { Dialog } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Group, Kbd, SimpleGrid, Text, Title } from "@mantine/core";
import { useScreens } from "./navigation";

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const screens = useScreens();
  const anywhere: [string[], string][] = [
    [["Ctrl", "K"], t`Command palette`],
    [["/"], t`Search on this screen`],
    [["?"], t`This help`],
    [["Esc"], t`Close a dialog or the peek`],
  ];
  const lists: [string[], string][] = [
    [["j"], t`Next row`],
    [["k"], t`Previous row`],
    [["Enter"], t`Open the row`],
    [["o"], t`Peek at the row`],
    [["x"], t`Select the row`],
    [["Shift", "x"], t`Select up to the row`],
  ];
  return (
    <Dialog title={t`Keyboard`} opened={opened} onClose={onClose} size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <div>
          <Keys title={t`Anywhere`} of={anywhere} />
          <Keys title={t`In a list`} of={lists} />
        </div>
        <Keys title={t`Go to`} of={screens.map((screen) => [["g", screen.key], screen.title])} />
      </SimpleGrid>
    </Dialog>
  );
}

function Keys({ title, of }: { title: string; of: [string[], string][] }) {
  return (
    <section>
      <Title order={3} mb="xs" mt="xs">
        {title}
      </Title>
      {of.map(([keys, what]) => (
        <Group key={what} justify="space-between" py={4}>
          <Text size="sm">{what}</Text>
          <Group gap={4}>
            {keys.map((key) => (
              <Kbd key={key} size="xs">
                {key}
              </Kbd>
            ))}
          </Group>
        </Group>
      ))}
    </section>
  );
}
