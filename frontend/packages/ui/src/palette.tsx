import { t } from "@lingui/core/macro";
import { Modal, Text, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface Command {
  id: string;
  group: string;
  title: string;
  hint?: string;
  icon?: ReactNode;
  run: () => void;
}

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  /** What to offer for what was typed. */
  find: (query: string) => Command[];
  onQuery?: (query: string) => void;
  busy?: boolean;
}

/** Go anywhere, do anything: a list box steered from one text field. */
export function CommandPalette({ opened, onClose, find, onQuery, busy }: PaletteProps) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size="lg" yOffset="12vh" transitionProps={{ duration: 80 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t`Command palette`}>
        <Palette onClose={onClose} find={find} onQuery={onQuery} busy={busy} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Palette({ onClose, find, onQuery, busy }: Omit<PaletteProps, "opened">) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const commands = find(query);
  const current = Math.min(at, commands.length - 1);

  useEffect(() => {
    box.current?.querySelector("[data-selected]")?.scrollIntoView({ block: "nearest" });
  }, [current]);

  function run(command: Command | undefined) {
    if (!command) return;
    onClose();
    command.run();
  }

  function key(event: KeyboardEvent) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + by + commands.length) % Math.max(commands.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(commands[current]);
    }
  }

  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <div style={{ padding: 8 }}>
      <TextInput
        data-autofocus
        variant="unstyled"
        size="md"
        px="sm"
        leftSection={<Search size={18} aria-hidden />}
        leftSectionWidth={36}
        placeholder={t`Find an order, or go to a screen`}
        aria-label={t`Find an order, or go to a screen`}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={commands[current] ? `${list}-${commands[current].id}` : undefined}
        autoComplete="off"
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
          onQuery?.(event.currentTarget.value);
        }}
        onKeyDown={key}
      />
      <div
        ref={box}
        id={list}
        role="listbox"
        aria-label={t`Commands`}
        aria-busy={busy}
        style={{ maxHeight: "50vh", overflowY: "auto", borderTop: "1px solid var(--cd-line)", paddingTop: 6 }}
      >
        {groups.map((group) => (
          <div key={group} role="group" aria-label={group}>
            <Text size="xs" fw={600} c="dimmed" px="sm" py={6} aria-hidden>
              {group}
            </Text>
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                // Focus stays in the text field, which moves the selection.
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                <div
                  key={command.id}
                  id={`${list}-${command.id}`}
                  role="option"
                  aria-selected={commands[current] === command}
                  data-selected={commands[current] === command ? "" : undefined}
                  className="cd-option"
                  onClick={() => run(command)}
                >
                  {command.icon}
                  <span style={{ flex: 1 }}>{command.title}</span>
                  {command.hint && (
                    <Text span size="xs" c="dimmed">
                      {command.hint}
                    </Text>
                  )}
                </div>
              ))}
          </div>
        ))}
        {commands.length === 0 && (
          <Text size="sm" c="dimmed" p="md" role="status">
            {busy ? t`Searching …` : t`Nothing found.`}
          </Text>
        )}
      </div>
    </div>
  );
}
