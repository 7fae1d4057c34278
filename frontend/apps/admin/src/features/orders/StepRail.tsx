import { formatDateTime, label } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { Tooltip } from "@mantine/core";
import { Check, Hand, Minus } from "lucide-react";
import type { OrderDetailData } from "./OrderActions";

/** The twelve steps of an order's life, where it is and who is to act. */
export function StepRail({ steps }: { steps: OrderDetailData["steps"] }) {
  return (
    <ol className="rail" aria-label={t`The twelve steps`}>
      {steps.map((step, place) => {
        const name = label("LifecycleStep", step.step);
        const status = label("StepStatus", step.status);
        const when = step.at ? formatDateTime(step.at) : undefined;
        const reason = step.reason && label("WaitReason", step.reason);
        const told = [status, label("StepMode", step.mode), when, step.by, step.status === "BLOCKED" || step.status === "ACTIVE" ? reason : undefined].filter(Boolean);
        const current = step.status === "ACTIVE" || step.status === "BLOCKED";
        return (
          <li key={step.step} data-status={step.status} aria-current={current ? "step" : undefined}>
            <Tooltip label={told.join(" · ")} withArrow multiline maw={280}>
              <div className="rail-step">
                <span className="rail-dot" aria-hidden>
                  {step.status === "DONE" ? <Check size={13} strokeWidth={3} /> : step.status === "BLOCKED" ? <Hand size={13} /> : step.status === "SKIPPED" ? <Minus size={13} /> : place + 1}
                </span>
                <span className="rail-name">{name}</span>
                <span className="cd-hidden">{told.join(", ")}</span>
              </div>
            </Tooltip>
          </li>
        );
      })}
    </ol>
  );
}
