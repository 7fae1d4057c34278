import type { CombinedError } from "@urql/core";

export type FaultKind = "unauthenticated" | "forbidden" | "invalid" | "conflict" | "limited" | "offline" | "internal";

/** What went wrong with a request as a whole. `id` finds it in the server's log. */
export interface Fault {
  kind: FaultKind;
  message: string;
  id?: string;
}

const KINDS: Record<string, FaultKind> = {
  UNAUTHENTICATED: "unauthenticated",
  FORBIDDEN: "forbidden",
  BAD_USER_INPUT: "invalid",
  CONFLICT: "conflict",
  IDEMPOTENCY_KEY_REUSED: "conflict",
  RATE_LIMITED: "limited",
};

export function faultOf(error: CombinedError | undefined | null): Fault | undefined {
  if (!error) return undefined;
  const id = requestId(error.response);
  if (error.networkError && error.graphQLErrors.length === 0) {
    const answered = error.response !== undefined && error.response !== null;
    return { kind: answered ? "internal" : "offline", message: error.networkError.message, id };
  }
  const first = error.graphQLErrors[0];
  const code = String(first?.extensions?.code ?? "");
  const fault = first?.extensions?.id;
  return {
    kind: KINDS[code] ?? "internal",
    message: first?.message ?? error.message,
    id: typeof fault === "string" ? fault : id,
  };
}

function requestId(response: unknown): string | undefined {
  return response instanceof Response ? (response.headers.get("X-Request-Id") ?? undefined) : undefined;
}
