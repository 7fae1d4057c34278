import type { Outcome, UserError } from "@crossdock/api";
import { reasonOf } from "@crossdock/shell";
import { useState } from "react";
import { saidOf } from "./versions";

/** What was said against what was sent: beside what it is about, and as a whole. */
export function useRefusals() {
  const [errors, setErrors] = useState<UserError[]>([]);
  const [problem, setProblem] = useState<string | null>(null);

  /** What came of it; null where it was refused. */
  async function accepted<Payload>(sent: Promise<Outcome<Payload>>): Promise<Payload | null> {
    setErrors([]);
    setProblem(null);
    const outcome = await sent;
    if (outcome.ok) return outcome.payload;
    setErrors(outcome.errors);
    setProblem(reasonOf(outcome));
    return null;
  }

  return { errors, problem, accepted, about: (...path: string[]) => saidOf(errors, ...path) };
}
