import { useConnection } from "@crossdock/api";
import { t } from "@lingui/core/macro";

/** Whether what is on the screen changes by itself the moment something happens. */
export function LiveMark() {
  const connection = useConnection();
  const live = connection === "live" || connection === "idle";
  const [name, what] = live
    ? [t({ message: "Live", context: "connection" }), t`Changes are shown as they happen.`]
    : connection === "connecting"
      ? [t`Connecting`, t`Changes are read every few seconds.`]
      : [t({ message: "Offline", context: "connection" }), t`There is no live connection to the server. Changes are read every few seconds.`];
  return (
    <span className="live" role="status" data-live={live || undefined} title={what}>
      <span className="live-name">{name}</span>
      <span className="cd-hidden"> {what}</span>
    </span>
  );
}
