import { type Enum, useAction } from "@crossdock/api";
import { label, values } from "@crossdock/i18n";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Checkbox, Fieldset, Group, NativeSelect, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { tell } from "../../lib/tell";
import { useRefusals } from "../../lib/useRefusals";
import { titleOf } from "../../lib/versions";
import { WORKFLOW_CREATE, type Workflow } from "./queries";
import { delayOf, STEPS, type StepName, stepOf, type Unit, UNITS } from "./steps";

/** A step as it is written. */
interface Draft {
  mode: Enum<"StepMode">;
  when: string;
  amount: string;
  unit: Unit;
}

const CAPTURE: StepName[] = ["ENTRY", "APPROVAL", "SHIPPING_ORDER_APPROVAL", "SHIPMENT"];
const INVOICE: StepName[] = ["APPROVAL", "SHIPPING_ORDER_APPROVAL", "SHIPMENT"];
const CODE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

const named = (steps: StepName[]) => steps.map((value) => ({ value, label: label("LifecycleStep", value) }));

function drafted(of: Workflow, name: StepName): Draft {
  const { mode, when, delaySeconds } = stepOf(of, name);
  const { amount, unit } = delayOf(delaySeconds);
  return { mode, when: when ?? "", amount: amount > 0 ? String(amount) : "", unit };
}

/** What the API takes: a condition and a delay are of what is done by itself. */
function given(step: StepName, { mode, when, amount, unit }: Draft) {
  if (mode !== "AUTOMATIC") return { step, mode };
  return { step, mode, when: when.trim() || undefined, delaySeconds: Number(amount || 0) * UNITS[unit] };
}

/** A new version: one that is there, changed. Refusals stand beside what they are about, and the first one is gone to. */
export function WorkflowEditor({ of, onClose }: { of: Workflow; onClose: () => void }) {
  const [name, setName] = useState(of.name);
  const [appliesWhen, setAppliesWhen] = useState(of.appliesWhen ?? "");
  const [captureOn, setCaptureOn] = useState(of.captureOn);
  const [invoiceOn, setInvoiceOn] = useState(of.invoiceOn);
  const [steps, setSteps] = useState(() => new Map(STEPS.map((step) => [step, drafted(of, step)])));
  const [activate, setActivate] = useState(false);
  const { errors, problem, about, accepted } = useRefusals();
  const { run, running } = useAction(WORKFLOW_CREATE);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (errors.length > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const input = {
      name: name.trim(),
      appliesWhen: appliesWhen.trim() || undefined,
      captureOn,
      invoiceOn,
      steps: [...steps].map(([step, draft]) => given(step, draft)),
      activate,
    };
    const saved = await accepted(run({ input }));
    if (!saved) return;
    tell(saved.workflow ? t`Saved as ${titleOf(saved.workflow)}.` : t`Saved.`);
    onClose();
  }

  return (
    <Dialog title={t`A new version from ${titleOf(of)}`} opened onClose={onClose} size="xl">
      <form onSubmit={submit} ref={form}>
        <Stack gap="md">
          {problem && <Notice tone="bad">{problem}</Notice>}
          <TextInput
            label={t`Name`}
            description={t`The same name makes the next version, another name a workflow of its own.`}
            required
            value={name}
            error={about("name")}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Textarea
            label={t`Applies when`}
            description={t`An expression in CEL over the order, as order.total >= 500.0. Empty: it applies to every order.`}
            autosize
            minRows={1}
            spellCheck={false}
            styles={CODE}
            value={appliesWhen}
            error={about("appliesWhen")}
            onChange={(event) => setAppliesWhen(event.currentTarget.value)}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NativeSelect
              label={t`Money is captured at`}
              value={captureOn}
              error={about("captureOn")}
              onChange={(event) => setCaptureOn(event.currentTarget.value as StepName)}
              data={named(CAPTURE)}
            />
            <NativeSelect
              label={t`The invoice is made at`}
              value={invoiceOn}
              error={about("invoiceOn")}
              onChange={(event) => setInvoiceOn(event.currentTarget.value as StepName)}
              data={named(INVOICE)}
            />
          </SimpleGrid>
          {[...steps].map(([step, draft], place) => (
            <StepFields
              key={step}
              number={place + 1}
              step={step}
              draft={draft}
              error={(part) => about("steps", String(place), part)}
              change={(next) => setSteps((all) => new Map(all).set(step, { ...draft, ...next }))}
            />
          ))}
          <Checkbox
            label={t`Make it active at once`}
            description={t`New orders go by it then. Orders under way keep the version with which they were entered.`}
            checked={activate}
            onChange={(event) => setActivate(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t`Back`}
            </Button>
            <Button type="submit" loading={running}>
              {t`Save as the next version`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface StepFieldsProps {
  number: number;
  step: StepName;
  draft: Draft;
  error: (part: string) => string | undefined;
  change: (next: Partial<Draft>) => void;
}

function StepFields({ number, step, draft, error, change }: StepFieldsProps) {
  const units: Record<Unit, string> = { seconds: t`seconds`, minutes: t`minutes`, hours: t`hours`, days: t`days` };
  const modes = values("StepMode").filter((mode) => step !== "ENTRY" || mode !== "SKIP");
  return (
    <Fieldset legend={`${number}. ${label("LifecycleStep", step)}`}>
      <Group align="flex-start" gap="sm">
        <NativeSelect
          w={130}
          label={t`How`}
          value={draft.mode}
          error={error("mode")}
          onChange={(event) => change({ mode: event.currentTarget.value as Draft["mode"] })}
          data={modes.map((value) => ({ value, label: label("StepMode", value) }))}
        />
        {draft.mode === "AUTOMATIC" ? (
          <>
            <Textarea
              style={{ flex: 1, minWidth: 220 }}
              label={t`By itself only when`}
              placeholder={t`always`}
              autosize
              minRows={1}
              spellCheck={false}
              styles={CODE}
              value={draft.when}
              error={error("when")}
              onChange={(event) => change({ when: event.currentTarget.value })}
            />
            <TextInput
              w={90}
              label={t`Delay`}
              type="number"
              min={0}
              max={31_622_400}
              step={1}
              placeholder="0"
              value={draft.amount}
              error={error("delaySeconds")}
              onChange={(event) => change({ amount: event.currentTarget.value })}
            />
            <NativeSelect
              w={110}
              label={t`Unit`}
              value={draft.unit}
              onChange={(event) => change({ unit: event.currentTarget.value as Unit })}
              data={Object.entries(units).map(([value, shown]) => ({ value, label: shown }))}
            />
          </>
        ) : (
          <Text size="sm" c="dimmed" pt={30} style={{ flex: 1, minWidth: 220 }}>
            {draft.mode === "MANUAL" ? t`Waits until a person has done it.` : t`Is left out.`}
          </Text>
        )}
      </Group>
    </Fieldset>
  );
}
