import { describe, expect, it } from "vitest";
import { type Answer, type Asked, type Deed, Outbox } from "./outbox";

const pick = (id: string): Asked => ({ verb: "shippingOrderPick", input: { shippingOrderId: id, lines: [{ lineId: "l", quantity: 1 }] }, number: id });
const pack = (id: string): Asked => ({ verb: "shippingOrderPack", input: { shippingOrderId: id, packages: [] }, number: id });

class Memory implements Storage {
  private readonly kept = new Map<string, string>();
  get length() {
    return this.kept.size;
  }
  key = (place: number) => [...this.kept.keys()][place] ?? null;
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, text: string) => void this.kept.set(name, text);
  removeItem = (name: string) => void this.kept.delete(name);
  clear = () => this.kept.clear();
}

function outbox(answers: (deed: Deed) => Answer, storage = new Memory()) {
  const sent: Deed[] = [];
  const box = new Outbox((deed) => {
    sent.push(deed);
    return Promise.resolve(answers(deed));
  }, storage);
  return { box, sent, storage };
}

describe("what is not known to the server yet", () => {
  it("is sent again with the same key, in the order in which it was done, by another page too", async () => {
    const first = outbox(() => null);
    await first.box.add(pick("A"));
    await first.box.add(pack("A"));
    const keys = first.box.deeds.get().map((deed) => deed.key);
    expect(new Set(keys).size).toBe(2);
    expect(first.sent.map((deed) => deed.key)).toEqual([keys[0], keys[0]]);

    const later = outbox(() => ({ ok: true, version: 7 }), first.storage);
    await later.box.flush();
    expect(later.sent.map((deed) => [deed.verb, deed.key])).toEqual([["shippingOrderPick", keys[0]], ["shippingOrderPack", keys[1]]]);
    expect(later.box.deeds.get().map((deed) => deed.state)).toEqual(["sent", "sent"]);
  });

  it("waits behind a refusal of the same shipping order, and of no other", async () => {
    const { box, sent } = outbox((deed) => (deed.number === "A" ? { ok: false, reason: "Somebody was quicker." } : { ok: true, version: 2 }));
    await box.add(pick("A"));
    await box.add(pack("A"));
    await box.add(pick("B"));
    expect(sent.map((deed) => deed.number)).toEqual(["A", "B"]);
    expect(box.deeds.get().map((deed) => [deed.state, deed.reason])).toEqual([["refused", "Somebody was quicker."], ["waiting", undefined], ["sent", undefined]]);
  });

  it("is given up together with what was to follow", async () => {
    const { box } = outbox((deed) => (deed.number === "A" ? { ok: false, reason: "no" } : null));
    await box.add(pick("A"));
    await box.add(pack("A"));
    await box.add(pick("B"));
    box.discard(box.deeds.get()[0]?.key ?? "");
    expect(box.deeds.get().map((deed) => deed.number)).toEqual(["B"]);
  });

  it("is forgotten when the server's list has it", async () => {
    const { box } = outbox((deed) => ({ ok: true, version: deed.number === "A" ? 5 : 3 }));
    await box.add(pick("A"));
    await box.add(pick("B"));
    box.settle(new Map([["A", 4], ["B", 3]]));
    expect(box.deeds.get().map((deed) => deed.number)).toEqual(["A"]);
    box.settle(new Map());
    expect(box.deeds.get()).toEqual([]);
  });
});
