import { type Outcome, type UserError } from "@crossdock/api";
import { reasonOf } from "@crossdock/shell";
import { Dialog, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Checkbox, Group, NativeSelect, PasswordInput, ScrollArea, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { tell } from "./tell";

export interface Field {
  name: string;
  label: string;
  kind?: "text" | "long" | "count" | "amount" | "choice" | "choices" | "check" | "password" | "email" | "code" | "date";
  required?: boolean;
  initial?: string | string[] | boolean;
  options?: { value: string; label: string }[];
  hint?: ReactNode;
  min?: number;
  max?: number;
}

/** Some of what there is: all of it where nothing else is entered. */
export function upTo(name: string, label: string, most: number): Field {
  return { name, label, kind: "count", min: 0, max: most, initial: String(most), hint: t`Up to ${most}` };
}

export class Values {
  constructor(
    private readonly form: FormData,
    private readonly many: Record<string, string[]>,
  ) {}
  text(name: string): string {
    return String(this.form.get(name) ?? "").trim();
  }
  /** Undefined where nothing was entered: the server's default holds. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined;
  }
  count(name: string): number {
    return Number.parseInt(this.text(name) || "0", 10);
  }
  check(name: string): boolean {
    return this.form.get(name) !== null;
  }
  list(name: string): string[] {
    return this.many[name] ?? [];
  }
}

interface FormDialogProps<Payload> {
  title: string;
  intro?: ReactNode;
  fields: Field[];
  submit: string;
  danger?: boolean;
  done: string;
  size?: string;
  onClose: () => void;
  send: (values: Values) => Promise<Outcome<Payload>>;
  /** After it was done; by default the dialog closes. */
  onDone?: (payload: Payload) => void;
}

/** A mutation that needs to be told something: a form, its refusals beside the fields that they are about. */
export function FormDialog<Payload>(props: FormDialogProps<Payload>) {
  const { title, intro, fields, submit, danger, done, size, onClose, send, onDone } = props;
  const [errors, setErrors] = useState<UserError[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [running, setRunning] = useState(false);
  const [many, setMany] = useState<Record<string, string[]>>(() =>
    Object.fromEntries(fields.filter((field) => field.kind === "choices").map((field) => [field.name, (field.initial as string[]) ?? []])),
  );

  async function handle(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setRunning(true);
    setProblem(null);
    setErrors([]);
    try {
      const outcome = await send(new Values(form, many));
      if (outcome.ok) {
        tell(done);
        if (onDone) onDone(outcome.payload);
        else onClose();
      } else {
        const about = fields.map((field) => field.name);
        setErrors(outcome.errors);
        const placed = outcome.errors.length > 0 && outcome.errors.every((error) => about.includes(error.path?.at(-1) ?? ""));
        if (!placed || outcome.stale) setProblem(reasonOf(outcome));
      }
    } finally {
      setRunning(false);
    }
  }

  return (
    <Dialog title={title} opened onClose={onClose} size={size}>
      <form onSubmit={handle}>
        <Stack gap="md">
          {intro}
          {problem && <Notice tone="bad">{problem}</Notice>}
          {fields.map((field, place) => (
            <Entry
              key={field.name}
              field={field}
              first={place === 0}
              error={errors.find((error) => error.path?.at(-1) === field.name)?.message}
              chosen={many[field.name]}
              choose={(values) => setMany((all) => ({ ...all, [field.name]: values }))}
            />
          ))}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t`Back`}
            </Button>
            <Button type="submit" loading={running} color={danger ? "red.9" : undefined} data-autofocus={fields.length === 0 || undefined}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface EntryProps {
  field: Field;
  first: boolean;
  error?: string;
  chosen?: string[];
  choose: (values: string[]) => void;
}

function Entry({ field, first, error, chosen, choose }: EntryProps) {
  const { kind = "text", name, label, required, hint, options = [] } = field;
  const initial = typeof field.initial === "string" ? field.initial : undefined;
  const shared = { name, label, required, error, description: hint, "data-autofocus": first || undefined };
  switch (kind) {
    case "long":
      return <Textarea {...shared} defaultValue={initial} autosize minRows={3} maxRows={8} />;
    case "choice":
      return <NativeSelect {...shared} defaultValue={initial} data={options} />;
    case "choices":
      return (
        <Checkbox.Group label={label} description={hint} error={error} value={chosen} onChange={choose}>
          <ScrollArea.Autosize mah={180} mt={6} offsetScrollbars>
            <Stack gap={6}>
              {options.map((option) => (
                <Checkbox key={option.value} size="xs" value={option.value} label={option.label} />
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </Checkbox.Group>
      );
    case "check":
      return <Checkbox name={name} label={label} description={hint} defaultChecked={field.initial === true} />;
    case "password":
      return (
        <PasswordInput
          {...shared}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": t`Show the password` }}
        />
      );
    case "count":
      return <TextInput {...shared} type="number" inputMode="numeric" step={1} min={field.min} max={field.max} defaultValue={initial} />;
    case "amount":
      return <TextInput {...shared} inputMode="decimal" pattern="-?[0-9]+([.][0-9]+)?" defaultValue={initial} />;
    case "code":
      return <TextInput {...shared} defaultValue={initial} autoComplete="off" autoCapitalize="characters" spellCheck={false} />;
    default:
      return <TextInput {...shared} type={kind} defaultValue={initial} autoComplete="off" />;
  }
}
