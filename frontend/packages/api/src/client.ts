import { Client, cacheExchange, fetchExchange, mapExchange } from "@urql/core";
import { faultOf } from "./errors";

export const ENDPOINT = "/graphql";
export const CSRF_HEADER = "X-Crossdock-CSRF";

export interface ClientOptions {
  /** Called when the server no longer knows who asks. */
  onUnauthenticated?: () => void;
  url?: string;
}

/** One client for one person: log-in and log-out make a new one, so that nothing read before is shown after. */
export function createClient({ onUnauthenticated, url = ENDPOINT }: ClientOptions = {}): Client {
  return new Client({
    url,
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: { credentials: "same-origin" },
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set(CSRF_HEADER, "1");
      // With this type refusals come as 200 with errors: being logged out is no fault in the browser's console.
      headers.set("Accept", "application/json");
      return fetch(input, { ...init, headers });
    },
    exchanges: [
      mapExchange({
        onError(error) {
          if (faultOf(error)?.kind === "unauthenticated") onUnauthenticated?.();
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
  });
}
