import type { AnyVariables, Client, TypedDocumentNode } from "@urql/core";
import { useCallback, useRef, useState } from "react";
import { useClient } from "urql";
import { type Fault, faultOf } from "./errors";
import { randomId } from "./ids";

export interface UserError {
  code: string;
  message: string;
  path: string[] | null;
}

export type Outcome<Payload> =
  | { ok: true; payload: Payload }
  | { ok: false; errors: UserError[]; fault?: undefined; stale: boolean }
  | { ok: false; errors: []; fault: Fault; stale: false };

interface AnyPayload {
  userErrors: readonly { code: string; message: string; path: readonly string[] | null }[];
}

/** A mutation with one root field, sent with an Idempotency-Key.
 *
 * The key belongs to what the person means to do: asking again after a lost answer sends the same key, so that
 * nothing is done twice; other variables, or a refusal, start a new one. */
export function useAction<Data extends Record<string, AnyPayload>, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
  { keyed = true }: { keyed?: boolean } = {},
) {
  const client = useClient();
  const [running, setRunning] = useState(false);
  const pending = useRef<{ body: string; key: string } | null>(null);
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data[keyof Data]>> => {
      const body = JSON.stringify(variables);
      if (pending.current?.body !== body) pending.current = { body, key: randomId() };
      setRunning(true);
      try {
        const outcome = await send(client, mutation, variables, keyed ? pending.current.key : undefined);
        // Unanswered, or still under way: asking again must carry the same key.
        const open = !outcome.ok && (outcome.fault?.kind === "offline" || outcome.fault?.kind === "conflict");
        if (!open) pending.current = null;
        return outcome;
      } finally {
        setRunning(false);
      }
    },
    [client, mutation, keyed],
  );
  return { run, running };
}

/** A mutation with one root field; with the same key it is done once, however often it is sent. */
export async function send<Data extends Record<string, AnyPayload>, Variables extends AnyVariables>(
  client: Client,
  mutation: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  key?: string,
): Promise<Outcome<Data[keyof Data]>> {
  const headers: Record<string, string> = key ? { "Idempotency-Key": key } : {};
  const answer = await client
    .mutation(mutation, variables, { fetchOptions: { credentials: "same-origin", headers } })
    .toPromise();
  return outcomeOf<Data>(answer.data, faultOf(answer.error));
}

export function outcomeOf<Data extends Record<string, AnyPayload>>(
  data: Data | undefined,
  fault: Fault | undefined,
): Outcome<Data[keyof Data]> {
  if (fault) return { ok: false, errors: [], fault, stale: false };
  const payload = data && (Object.values(data)[0] as Data[keyof Data] | undefined);
  if (!payload) return { ok: false, errors: [], fault: { kind: "internal", message: "" }, stale: false };
  if (payload.userErrors.length > 0) {
    const errors = payload.userErrors.map((error) => ({ ...error, path: error.path ? [...error.path] : null }));
    return { ok: false, errors, stale: errors.some((error) => error.code === "STALE") };
  }
  return { ok: true, payload };
}
