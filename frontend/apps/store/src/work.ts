import { graphql, type ResultOf } from "@crossdock/api";
import { type Deed, subject } from "./outbox";

/** All that is in the house, with what is needed to work on it while there is no connection. */
export const WORK = graphql(`
  query StoreWork($site: [String!]!) {
    shippingOrders(
      filter: { site: $site, state: [WAITING_ASSIGNMENT, WAITING_PICK, WAITING_PACK, WAITING_SHIPMENT, READY_FOR_PICKUP] }
      first: 100
    ) {
      totalCount
      nodes {
        id
        number
        state
        version
        deliveryMethod
        shippingMethod
        createdAt
        shipBy
        order {
          id
          number
          suspended
          customer {
            id
            name
          }
        }
        assignee {
          id
          name
        }
        lines {
          id
          sku
          name
          quantity
          picked
          packed
          barcodes
        }
        shipments {
          id
          carrier
          service
          trackingNumber
          labelUrl
          lines {
            sku
            quantity
          }
        }
      }
    }
  }
`);

export type Job = ResultOf<typeof WORK>["shippingOrders"]["nodes"][number];
export type Line = Job["lines"][number];
type Person = { id: string; name: string };

/** The job as it will be when everything that was done here has reached the server; null when it leaves the house. */
export function expected(job: Job, deeds: readonly Deed[], me: Person): Job | null {
  let now: Job | null = job;
  for (const deed of deeds.filter((one) => subject(one) === job.id)) {
    if (!now || deed.state === "refused") return now;
    now = after(now, deed, me);
  }
  return now;
}

function after(job: Job, deed: Deed, me: Person): Job | null {
  switch (deed.verb) {
    case "shippingOrderClaim":
      return { ...job, state: "WAITING_PICK", assignee: me };
    case "shippingOrderPick": {
      const found = new Map(deed.input.lines.map((line) => [line.lineId, line.quantity]));
      const lines = job.lines.map((line) => ({ ...line, picked: found.get(line.id) ?? 0, quantity: found.get(line.id) ?? 0 }));
      return lines.some((line) => line.picked > 0) ? { ...job, state: "WAITING_PACK", lines } : null;
    }
    case "shippingOrderPack": {
      const shipments = deed.input.packages.map((_, place) => ({ id: `${deed.key}-${place}`, carrier: "", service: null, trackingNumber: null, labelUrl: null, lines: [] }));
      return { ...job, state: "WAITING_SHIPMENT", shipments, lines: job.lines.map((line) => ({ ...line, packed: line.picked })) };
    }
    case "shippingOrderReady":
      return { ...job, state: "READY_FOR_PICKUP" };
    default:
      return null;
  }
}

/** Late first, then by the time at which it must leave. */
export function byUrgency(one: Job, other: Job): number {
  return due(one).localeCompare(due(other)) || one.number.localeCompare(other.number);
}

function due(job: Job): string {
  return job.shipBy ?? "9999";
}

export function units(lines: readonly { quantity: number }[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}
