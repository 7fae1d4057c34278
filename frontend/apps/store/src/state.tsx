import { send, useLive } from "@crossdock/api";
import { reasonOf, useSession } from "@crossdock/shell";
import type { Trouble } from "@crossdock/ui";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { useClient } from "urql";
import { Kept, useKept } from "./kept";
import { answerOf, type Deed, MUTATIONS, Outbox } from "./outbox";
import type { Counts } from "./scan";
import { byUrgency, expected, type Job, WORK } from "./work";

export interface Site {
  id: string;
  code: string;
  name: string;
}

export const chosenSite = new Kept<Site | null>("crossdock.store.site", null);
/** What has been counted of each shipping order and not been told yet. */
export const counted = new Kept<Readonly<Record<string, Counts>>>("crossdock.store.counted", {});

export function count(job: string, counts: Counts | null): void {
  counted.change(({ [job]: _before, ...others }) => (counts ? { ...others, [job]: counts } : others));
}

interface Work {
  jobs: Job[];
  /** How many there are; more than are listed where there are very many. */
  total: number;
  /** When this was read. */
  at: number;
}

interface StoreValue {
  site: Site;
  /** Undefined until it was read for the first time. */
  work: Work | undefined;
  trouble: Trouble | undefined;
  offline: boolean;
  refresh: () => void;
  outbox: Outbox;
}

const StoreContext = createContext<StoreValue | null>(null);

export function useStore(): StoreValue {
  const value = use(StoreContext);
  if (!value) throw new Error("No site has been chosen.");
  return value;
}

/** What is in the house: read every few seconds, kept for when there is no connection, with what was done here on top. */
export function AtSite({ site, children }: { site: Site; children: ReactNode }) {
  const { me } = useSession();
  const outbox = useOutbox();
  const deeds = useKept(outbox.deeds);
  const [kept] = useState(() => new Kept<Work | undefined>(`crossdock.store.work.${site.code}`, undefined));
  const read = useKept(kept);
  const { data, fault, refresh } = useLive(WORK, { site: [site.code] }, { every: 5, types: ["ShippingOrder"] });
  const found = data?.shippingOrders;
  useEffect(() => {
    if (!found || fault) return;
    kept.set({ jobs: [...found.nodes], total: found.totalCount, at: Date.now() });
    outbox.settle(new Map(found.nodes.map((job) => [job.id, job.version])));
  }, [found, fault, kept, outbox]);
  const offline = fault?.kind === "offline";
  useEffect(() => {
    if (!offline) void outbox.flush();
  }, [offline, outbox, data]);
  const value = useMemo<StoreValue>(() => {
    const jobs = read?.jobs.map((job) => expected(job, deeds, me)).filter((job) => job !== null);
    return { site, work: read && jobs && { ...read, jobs: jobs.sort(byUrgency) }, trouble: fault, offline, refresh, outbox };
  }, [site, read, deeds, me, fault, offline, refresh, outbox]);
  return <StoreContext value={value}>{children}</StoreContext>;
}

function useOutbox(): Outbox {
  const client = useClient();
  const outbox = useMemo(
    () =>
      new Outbox(async (deed: Deed) => {
        // Each verb has an input of its own, which stands beside it in the deed.
        const mutation = MUTATIONS[deed.verb] as (typeof MUTATIONS)["shippingOrderClaim"];
        const outcome = await send(client, mutation, { input: deed.input as never }, deed.key);
        return answerOf(outcome, reasonOf);
      }),
    [client],
  );
  useEffect(() => {
    const again = () => void outbox.flush();
    const timer = setInterval(again, 5000);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      removeEventListener("online", again);
    };
  }, [outbox]);
  return outbox;
}
