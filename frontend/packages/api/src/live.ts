import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useQuery } from "urql";
import { type Fault, faultOf } from "./errors";

export interface LiveOptions {
  /** Seconds between two reads while the page can be seen; 0 reads once. */
  every?: number;
  pause?: boolean;
  /** Types whose changes concern this list, even where it is empty now. */
  types?: string[];
}

export interface Live<Data> {
  data: Data | undefined;
  fault: Fault | undefined;
  /** The first answer is still to come. */
  loading: boolean;
  fetching: boolean;
  refresh: () => void;
}

/** A query that keeps itself fresh: read again every few seconds, but only while somebody can see the page. */
export function useLive<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { every = 0, pause = false, types }: LiveOptions = {},
): Live<Data> {
  const key = types?.join(",") ?? "";
  const context = useMemo(() => (key ? { additionalTypenames: key.split(",") } : {}), [key]);
  const [result, execute] = useQuery({ query, variables, pause, context } as never) as unknown as [
    { data?: Data; error?: Parameters<typeof faultOf>[0]; fetching: boolean },
    (options?: object) => void,
  ];
  const latest = useRef({ execute, fetching: result.fetching });
  useEffect(() => {
    latest.current = { execute, fetching: result.fetching };
  });
  useEffect(() => {
    if (pause || every <= 0) return;
    return poll(() => {
      if (!latest.current.fetching) latest.current.execute({ requestPolicy: "network-only" });
    }, every);
  }, [pause, every]);
  // A failed reading takes the data with it: what was read before stands on, and the fault says that it is old.
  const asked = JSON.stringify(variables);
  const [kept, keep] = useState<{ asked: string; data: Data } | null>(null);
  if (result.data !== undefined && !result.fetching && kept?.data !== result.data) keep({ asked, data: result.data });
  const fault = faultOf(result.error);
  const lost = fault !== undefined && fault.kind !== "forbidden" && fault.kind !== "unauthenticated";
  const data = result.data ?? (lost && kept?.asked === asked ? kept.data : undefined);
  return {
    data,
    fault,
    loading: data === undefined && !result.error && !pause,
    fetching: result.fetching,
    refresh: () => execute({ requestPolicy: "network-only" }),
  };
}

/** Calls `read` every `seconds` while the document is visible, and at once when it becomes visible again. */
export function poll(read: () => void, seconds: number, page: Document = document): () => void {
  let last = Date.now();
  const tick = () => {
    if (page.visibilityState === "hidden") return;
    last = Date.now();
    read();
  };
  const shown = () => {
    if (page.visibilityState === "visible" && Date.now() - last >= seconds * 1000) tick();
  };
  const timer = setInterval(tick, seconds * 1000);
  page.addEventListener("visibilitychange", shown);
  return () => {
    clearInterval(timer);
    page.removeEventListener("visibilitychange", shown);
  };
}
