import { useSyncExternalStore } from "react";

const BASE = "/store";

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  return () => removeEventListener("popstate", listener);
}

/** Where we are, as parts: /store/job/100001-1 is ["job", "100001-1"]. */
export function useRoute(): string[] {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return path.slice(BASE.length).split("/").filter(Boolean).map(decodeURIComponent);
}

export function hrefOf(...parts: string[]): string {
  return `${BASE}/${parts.map(encodeURIComponent).join("/")}`;
}

export function go(...parts: string[]): void {
  const to = hrefOf(...parts);
  if (to === location.pathname) return;
  history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
  scrollTo(0, 0);
}
