import { label, type Vocabulary } from "@crossdock/i18n";
import type { ReactNode } from "react";
import { type Tone, toneOf } from "./tones";

/** Colour never stands alone: the words say it, and the mark's shape differs by tone. */
export function Badge({ tone = "idle", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="cd-badge" data-tone={tone}>
      {children}
    </span>
  );
}

/** The badge of a value of one of the API's lists. */
export function StatusBadge({ of, value }: { of: Vocabulary; value: string }) {
  return <Badge tone={toneOf(of, value)}>{label(of, value)}</Badge>;
}
