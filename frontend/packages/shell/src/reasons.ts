import type { Outcome } from "@crossdock/api";
import { t } from "@lingui/core/macro";

/** What to say of a refusal or a fault. */
export function reasonOf(outcome: Exclude<Outcome<unknown>, { ok: true }>): string {
  if (outcome.stale) return t`Somebody else has changed it meanwhile. It has been read again; look before you repeat this.`;
  if (!outcome.fault) return outcome.errors.map((error) => error.message).join(" ");
  switch (outcome.fault.kind) {
    case "offline":
      return t`The server cannot be reached. Asking again does nothing twice.`;
    case "forbidden":
      return t`Your role may not do this.`;
    case "conflict":
      return t`This is being done already. Look again in a moment.`;
    default:
      return outcome.fault.message || t`Something went wrong on the server`;
  }
}
