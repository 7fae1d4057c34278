import { t } from "@lingui/core/macro";
import { ActionIcon } from "@mantine/core";
import { Check, Minus, Plus } from "lucide-react";

interface CounterProps {
  line: { id: string; sku: string; name: string };
  has: number;
  wants: number;
  /** What was scanned last. */
  last: boolean;
  onCount: (count: number) => void;
}

/** One line that is being counted, by hand where it has no code. */
export function Counter({ line, has, wants, last, onCount }: CounterProps) {
  const full = has >= wants;
  return (
    <li className="line" data-full={full || undefined} data-last={last || undefined}>
      <span className="line-count" aria-label={t`${has} of ${wants}`}>
        {full ? <Check size={20} aria-hidden /> : has}
        <small>/{wants}</small>
      </span>
      <span className="line-name">
        {line.name}
        <span className="line-sku">{line.sku}</span>
      </span>
      <ActionIcon variant="default" size={48} disabled={has === 0} aria-label={t`One less: ${line.name}`} onClick={() => onCount(has - 1)}>
        <Minus size={20} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="default" size={48} disabled={full} aria-label={t`One more: ${line.name}`} onClick={() => onCount(has + 1)}>
        <Plus size={20} aria-hidden />
      </ActionIcon>
    </li>
  );
}
