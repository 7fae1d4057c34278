import type { Outcome } from "@crossdock/api";
import { reasonOf } from "@crossdock/shell";
import { notifications } from "@mantine/notifications";

export function tell(message: string) {
  notifications.show({ message, color: "teal", autoClose: 3500, withBorder: true });
}

export function complain(message: string) {
  notifications.show({ message, color: "red", autoClose: 8000, withBorder: true });
}

/** Tells how it went; true where it was done. */
export function report(outcome: Outcome<unknown>, done: string): boolean {
  if (outcome.ok) tell(done);
  else complain(reasonOf(outcome));
  return outcome.ok;
}
