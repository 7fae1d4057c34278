import { type Outcome, randomId, shippingOrders, type VariablesOf } from "@crossdock/api";
import { Kept } from "./kept";

/** What a person at a site does to a shipping order, and what each needs to be told. */
export const MUTATIONS = {
  shippingOrderClaim: shippingOrders.CLAIM,
  shippingOrderReject: shippingOrders.REJECT,
  shippingOrderPick: shippingOrders.PICK,
  shippingOrderPack: shippingOrders.PACK,
  shippingOrderReady: shippingOrders.READY,
  shippingOrderShip: shippingOrders.SHIP,
  shippingOrderHandOver: shippingOrders.HAND_OVER,
} as const;

export type Verb = keyof typeof MUTATIONS;
type InputOf<V extends Verb> = VariablesOf<(typeof MUTATIONS)[V]>["input"];
type Entry<V extends Verb> = {
  verb: V;
  input: InputOf<V>;
  /** With this key the server does it once, however often it is sent. */
  key: string;
  number: string;
  at: number;
  state: "waiting" | "refused" | "sent";
  /** Why the server refused it. */
  reason?: string;
  /** The version of the shipping order with which it was done. */
  version?: number;
};
export type Deed = { [V in Verb]: Entry<V> }[Verb];
export type Asked = { [V in Verb]: { verb: V; input: InputOf<V>; number: string } }[Verb];

/** A deed that the server has answered; `null`: nobody answered, and it is to be sent again. */
export type Answer = { ok: true; version?: number } | { ok: false; reason: string } | null;

/** What was done here and is not known to the server yet, in the order in which it was done. */
export class Outbox {
  readonly deeds: Kept<readonly Deed[]>;
  private sending = false;

  constructor(
    private readonly send: (deed: Deed) => Promise<Answer>,
    storage: Storage = localStorage,
  ) {
    this.deeds = new Kept<readonly Deed[]>("crossdock.store.outbox", [], storage);
  }

  add(asked: Asked): Promise<void> {
    const deed = { ...asked, key: randomId(), at: Date.now(), state: "waiting" } as Deed;
    this.deeds.change((all) => [...all, deed]);
    return this.flush();
  }

  /** Sends what waits, one after the other; stops where nobody answers. What follows a refusal waits for a person. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.next(); next; next = this.next()) {
        const { key } = next;
        const answer = await this.send(next);
        if (answer === null) return;
        this.mark(key, answer.ok ? { state: "sent", version: answer.version } : { state: "refused", reason: answer.reason });
      }
    } finally {
      this.sending = false;
    }
  }

  retry(key: string): Promise<void> {
    this.mark(key, { state: "waiting", reason: undefined });
    return this.flush();
  }

  /** Gives it up, and what was to follow it on the same shipping order. */
  discard(key: string): void {
    const given = this.deeds.get().find((deed) => deed.key === key);
    this.deeds.change((all) => all.filter((deed) => deed.key !== key && !(given && deed.state === "waiting" && subject(deed) === subject(given))));
  }

  /** The server's list knows of what was sent: there is no need to remember it any more. */
  settle(versions: ReadonlyMap<string, number>): void {
    const left = this.deeds.get().filter((deed) => deed.state !== "sent" || (versions.get(subject(deed)) ?? Infinity) < (deed.version ?? 0));
    if (left.length < this.deeds.get().length) this.deeds.set(left);
  }

  private next(): Deed | undefined {
    const deeds = this.deeds.get();
    const stuck = new Set(deeds.filter((deed) => deed.state === "refused").map(subject));
    return deeds.find((deed) => deed.state === "waiting" && !stuck.has(subject(deed)));
  }

  private mark(key: string, change: Partial<Pick<Deed, "state" | "reason" | "version">>): void {
    this.deeds.change((all) => all.map((deed) => (deed.key === key ? ({ ...deed, ...change } as Deed) : deed)));
  }
}

export function subject(deed: Deed): string {
  return deed.input.shippingOrderId;
}

/** Faults after which the same deed is sent again by itself. */
const PASSING = new Set(["offline", "conflict", "limited", "unauthenticated"]);

export function answerOf(outcome: Outcome<{ shippingOrder: { version: number } | null }>, reasonOf: (outcome: Exclude<Outcome<unknown>, { ok: true }>) => string): Answer {
  if (outcome.ok) return { ok: true, version: outcome.payload.shippingOrder?.version };
  return outcome.fault && PASSING.has(outcome.fault.kind) ? null : { ok: false, reason: reasonOf(outcome) };
}
