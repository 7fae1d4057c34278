import { useAction } from "@crossdock/api";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Checkbox, Fieldset, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { tell } from "../../lib/tell";
import { useRefusals } from "../../lib/useRefusals";
import { titleOf } from "../../lib/versions";
import { useEffects } from "./effects";
import { RULE_SET_CREATE, type RuleSet } from "./queries";

/** A rule as it is written: parameters by name, as text. */
interface Draft {
  key: number;
  kind: string;
  when: string;
  parameters: Record<string, string>;
}

const COUNTS = ["tier", "count", "units"];

const drafted = (set: RuleSet): Draft[] =>
  set.rules.map((rule, key) => ({
    key,
    kind: rule.kind,
    when: rule.when ?? "",
    parameters: Object.fromEntries(Object.entries((rule.parameters ?? {}) as Record<string, unknown>).map(([name, value]) => [name, String(value)])),
  }));

/** What the API takes; a number where it wants one, so that what is no number is refused by name. */
function given({ kind, when, parameters }: Draft) {
  const entries = Object.entries(parameters).filter(([, value]) => value.trim() !== "");
  const values = entries.map(([name, value]) => [name, COUNTS.includes(name) && /^\d+$/.test(value.trim()) ? Number(value) : value.trim()]);
  return { kind, when: when.trim() || undefined, parameters: values.length > 0 ? Object.fromEntries(values) : undefined };
}

/** A new version: the rules of one that is there, changed. Refusals stand beside what they are about. */
export function RuleSetEditor({ of, may, onClose }: { of: RuleSet; may: boolean; onClose: () => void }) {
  const [name, setName] = useState(of.name);
  const [rules, setRules] = useState(() => drafted(of));
  const [activate, setActivate] = useState(false);
  const { problem, about, accepted } = useRefusals();
  const { run, running } = useAction(RULE_SET_CREATE);
  const change = (key: number, next: Partial<Draft>) => setRules((all) => all.map((rule) => (rule.key === key ? { ...rule, ...next } : rule)));
  const move = (place: number, by: number) => setRules((all) => {
    const next = all.filter((_, other) => other !== place);
    const moved = all[place];
    if (moved) next.splice(place + by, 0, moved);
    return next;
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saved = await accepted(run({ input: { name: name.trim(), rules: rules.map(given), activate } }));
    if (!saved) return;
    tell(saved.ruleSet ? t`Saved as ${titleOf(saved.ruleSet)}.` : t`Saved.`);
    onClose();
  }

  return (
    <Dialog title={may ? t`A new version from ${titleOf(of)}` : titleOf(of)} opened onClose={onClose} size="xl">
      <form onSubmit={submit}>
        <Stack gap="md">
          {problem && <Notice tone="bad">{problem}</Notice>}
          <TextInput label={t`Name`} description={t`The same name makes the next version, another name a set of its own.`} required disabled={!may} value={name} error={about("name")} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          {rules.map((rule, place) => (
            <RuleFields
              key={rule.key}
              rule={rule}
              place={place}
              last={place === rules.length - 1}
              may={may}
              error={(...path) => about("rules", String(place), ...path)}
              change={(next) => change(rule.key, next)}
              move={(by) => move(place, by)}
              remove={() => setRules((all) => all.filter((one) => one.key !== rule.key))}
            />
          ))}
          {may && (
            <>
              <Group>
                <Button variant="default" onClick={() => setRules((all) => [...all, { key: Math.max(-1, ...all.map((one) => one.key)) + 1, kind: "EXCLUDE", when: "", parameters: {} }])}>
                  {t`Add a rule`}
                </Button>
              </Group>
              <Checkbox label={t`Make it active at once`} checked={activate} onChange={(event) => setActivate(event.currentTarget.checked)} />
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t`Back`}
            </Button>
            {may && (
              <Button type="submit" loading={running}>
                {t`Save as the next version`}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface RuleFieldsProps {
  rule: Draft;
  place: number;
  last: boolean;
  may: boolean;
  error: (...path: string[]) => string | undefined;
  change: (next: Partial<Draft>) => void;
  move: (by: number) => void;
  remove: () => void;
}

function RuleFields({ rule, place, last, may, error, change, move, remove }: RuleFieldsProps) {
  const effects = useEffects();
  const effect = effects.find((one) => one.kind === rule.kind);
  const number = place + 1;
  return (
    <Fieldset legend={t`Rule ${number}`} disabled={!may}>
      <Stack gap="xs">
        <Group align="flex-end" wrap="nowrap">
          <NativeSelect
            style={{ flex: 1 }}
            label={t`Effect`}
            description={effect?.says}
            value={rule.kind}
            error={error("kind")}
            onChange={(event) => change({ kind: event.currentTarget.value, parameters: {} })}
            data={effects.map(({ kind, title }) => ({ value: kind, label: title }))}
          />
          {may && (
            <Group gap={4} wrap="nowrap">
              <ActionIcon variant="default" disabled={place === 0} aria-label={t`Rule ${number} up`} onClick={() => move(-1)}>
                <ArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon variant="default" disabled={last} aria-label={t`Rule ${number} down`} onClick={() => move(1)}>
                <ArrowDown size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon variant="default" aria-label={t`Remove rule ${number}`} onClick={remove}>
                <Trash2 size={16} aria-hidden />
              </ActionIcon>
            </Group>
          )}
        </Group>
        {effect?.sees && (
          <Textarea
            label={t`Only when`}
            description={t`An expression in CEL over ${effect.sees}`}
            autosize
            minRows={1}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={rule.when}
            error={error("when")}
            onChange={(event) => change({ when: event.currentTarget.value })}
          />
        )}
        {effect && effect.parameters.length > 0 && (
          <Group align="flex-start" grow preventGrowOverflow={false}>
            {effect.parameters.map(({ name, title, choices }) => {
              const shared = {
                label: title,
                value: rule.parameters[name] ?? "",
                error: error("parameters", name),
                onChange: (event: { currentTarget: { value: string } }) => change({ parameters: { ...rule.parameters, [name]: event.currentTarget.value } }),
              };
              return choices ? <NativeSelect key={name} {...shared} data={["", ...choices]} /> : <TextInput key={name} {...shared} spellCheck={false} />;
            })}
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
