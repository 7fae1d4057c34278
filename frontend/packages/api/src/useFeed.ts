import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { stringifyDocument } from "@urql/core";
import { createContext, use, useEffect, useRef, useSyncExternalStore } from "react";
import { type Connection, Feeds } from "./feeds";

/** Those of whoever is logged in. */
export const FeedsContext = createContext<Feeds | null>(null);

function useFeeds(): Feeds {
  const feeds = use(FeedsContext);
  if (!feeds) throw new Error("Nobody is logged in here.");
  return feeds;
}

export function useConnection(): Connection {
  const feeds = useFeeds();
  return useSyncExternalStore(feeds.watch, feeds.connection);
}

/** Seconds between two readings: seldom while the server tells by itself, else every few. */
export function usePace(alone = 5): number {
  return useConnection() === "live" ? 60 : alone;
}

interface FeedOptions<Data> {
  /** Each message. */
  next: (data: Data) => void;
  /** Something may have been missed: read again. */
  missed?: () => void;
  /** Where a message's cursor is: from there the feed goes on when the connection comes back. */
  cursor?: (data: Data) => string;
  /** The server ends it. */
  ends?: boolean;
  pause?: boolean;
}

/** Follows a subscription as long as the component is there. */
export function useFeed<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { next, missed, cursor, ends, pause = false }: FeedOptions<Data>,
): void {
  const feeds = useFeeds();
  const latest = useRef({ next, missed, cursor });
  useEffect(() => {
    latest.current = { next, missed, cursor };
  });
  const asked = JSON.stringify(variables);
  const counted = cursor !== undefined;
  useEffect(() => {
    if (pause) return;
    return feeds.follow<Data>(
      {
        document: stringifyDocument(document),
        variables: JSON.parse(asked) as Record<string, unknown>,
        cursor: counted ? (data) => latest.current.cursor?.(data) ?? "" : undefined,
        ends,
      },
      { next: (data) => latest.current.next(data), missed: () => latest.current.missed?.() },
    );
  }, [feeds, document, asked, pause, counted, ends]);
}

/** Calls `read` soon, and once for many calls: a burst of messages is one reading, at most `seconds` after the first. */
export function useSoon(read: () => void, seconds: number): () => void {
  const latest = useRef(read);
  const state = useRef<{ timer?: ReturnType<typeof setTimeout>; last: number }>({ last: 0 });
  useEffect(() => {
    latest.current = read;
  });
  useEffect(() => {
    const held = state.current;
    return () => {
      clearTimeout(held.timer);
      held.timer = undefined;
    };
  }, []);
  return () => {
    const held = state.current;
    if (held.timer !== undefined) return;
    const wait = Math.max(0, held.last + seconds * 1000 - Date.now());
    held.timer = setTimeout(() => {
      held.timer = undefined;
      held.last = Date.now();
      latest.current();
    }, wait);
  };
}
