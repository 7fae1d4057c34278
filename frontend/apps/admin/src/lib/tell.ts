import type { Outcome } from "@crossdock/api";
import { reasonOf } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { notifications } from "@mantine/notifications";

export function tell(message: string) {
  notifications.show({ message, color: "teal", autoClose: 3500, ...look() });
}

export function complain(message: string) {
  notifications.show({ message, color: "red", autoClose: 8000, ...look() });
}

function look() {
  return { withBorder: true, closeButtonProps: { "aria-label": t`Close` } };
}

/** Tells how it went; true where it was done. */
export function report(outcome: Outcome<unknown>, done: string): boolean {
  if (outcome.ok) tell(done);
  else complain(reasonOf(outcome));
  return outcome.ok;
}
