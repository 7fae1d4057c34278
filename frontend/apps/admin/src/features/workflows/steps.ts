import type { Enum } from "@crossdock/api";
import { formatNumber, label, values } from "@crossdock/i18n";
import { plural, t } from "@lingui/core/macro";
import type { Workflow } from "./queries";

export type StepName = Enum<"LifecycleStep">;
type Step = Workflow["steps"][number];

export const STEPS = values("LifecycleStep") as StepName[];
export const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

/** A step that a workflow does not name is done by itself, at once. */
export function stepOf(of: Pick<Workflow, "steps">, step: StepName): Step {
  return of.steps.find((one) => one.step === step) ?? { step, mode: "AUTOMATIC", when: null, delaySeconds: 0 };
}

/** In the largest unit of which it is a whole number. */
export function delayOf(seconds: number): { amount: number; unit: Unit } {
  const unit = (["days", "hours", "minutes"] as const).find((one) => seconds > 0 && seconds % UNITS[one] === 0) ?? (seconds > 0 ? "seconds" : "hours");
  return { amount: seconds / UNITS[unit], unit };
}

export function durationText(seconds: number): string {
  const { amount, unit } = delayOf(seconds);
  const shown = formatNumber(amount);
  return {
    days: () => plural(amount, { one: "# day", other: "# days" }),
    hours: () => t`${shown} h`,
    minutes: () => t`${shown} min`,
    seconds: () => t`${shown} s`,
  }[unit]();
}

export interface Difference {
  what: string;
  one: string;
  other: string;
}

/** What two versions say otherwise, in the order in which the editor has it. */
export function differences(one: Workflow, other: Workflow): Difference[] {
  const always = t`always`;
  const pairs: Difference[] = [
    { what: t`Applies when`, one: one.appliesWhen ?? always, other: other.appliesWhen ?? always },
    { what: t`Money is captured at`, one: label("LifecycleStep", one.captureOn), other: label("LifecycleStep", other.captureOn) },
    { what: t`The invoice is made at`, one: label("LifecycleStep", one.invoiceOn), other: label("LifecycleStep", other.invoiceOn) },
    ...STEPS.map((step) => ({ what: label("LifecycleStep", step), one: said(stepOf(one, step)), other: said(stepOf(other, step)) })),
  ];
  return pairs.filter((pair) => pair.one !== pair.other);
}

/** A condition and a delay are of what is done by itself. */
function said({ mode, when, delaySeconds }: Step): string {
  const parts = [label("StepMode", mode)];
  if (mode === "AUTOMATIC" && when) parts.push(t`only when ${when}`);
  if (mode === "AUTOMATIC" && delaySeconds > 0) parts.push(t`after ${durationText(delaySeconds)}`);
  return parts.join(", ");
}
