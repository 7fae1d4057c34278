import { describe, expect, it } from "vitest";
import type { Deed } from "./outbox";
import { scan } from "./scan";
import { expected, type Job } from "./work";

const me = { id: "me", name: "Mia" };
const line = (id: string, sku: string, quantity: number, barcodes: string[] = []) => ({ id, sku, name: sku, quantity, picked: 0, packed: 0, barcodes });
const job: Job = {
  id: "job",
  number: "100001-1",
  state: "WAITING_ASSIGNMENT",
  version: 1,
  deliveryMethod: "SHIP",
  shippingMethod: "standard",
  createdAt: "2026-01-01T00:00:00Z",
  shipBy: null,
  order: { id: "order", number: "100001", suspended: false, customer: null },
  assignee: null,
  lines: [line("a", "TR-1", 2, ["4006381333931"]), line("b", "TR-2", 1)],
  shipments: [],
};
const deed = (verb: string, input: object, state = "waiting") => ({ verb, input: { shippingOrderId: "job", ...input }, key: verb, number: job.number, at: 0, state }) as unknown as Deed;
const claim = deed("shippingOrderClaim", {});
const pick = (a: number, b: number) => deed("shippingOrderPick", { lines: [{ lineId: "a", quantity: a }, { lineId: "b", quantity: b }] });

describe("a job with what was done here on top", () => {
  it("goes through the house without the server", () => {
    expect(expected(job, [claim], me)).toMatchObject({ state: "WAITING_PICK", assignee: me });
    const picked = expected(job, [claim, pick(1, 1)], me);
    expect(picked).toMatchObject({ state: "WAITING_PACK", lines: [{ picked: 1, quantity: 1 }, { picked: 1, quantity: 1 }] });
    const packed = expected(job, [claim, pick(2, 1), deed("shippingOrderPack", { packages: [{}, {}] })], me);
    expect(packed?.state).toBe("WAITING_SHIPMENT");
    expect(packed?.shipments).toHaveLength(2);
    expect(expected(job, [claim, pick(2, 1), deed("shippingOrderShip", {})], me)).toBeNull();
  });

  it("leaves where nothing was found", () => {
    expect(expected(job, [claim, pick(0, 0)], me)).toBeNull();
  });

  it("stands where the server refused to go on, and minds no other job's deeds", () => {
    const other = { ...deed("shippingOrderPick", { lines: [] }, "refused"), input: { shippingOrderId: "other", lines: [] } } as Deed;
    expect(expected(job, [other, claim, { ...pick(2, 1), state: "refused" } as Deed], me)?.state).toBe("WAITING_PICK");
  });
});

const wanted = (of: { quantity: number }) => of.quantity;

describe("a scan", () => {
  it("counts by bar code or SKU, up to what is asked for", () => {
    const first = scan("4006381333931\n", job.lines, {}, wanted);
    expect(first).toMatchObject({ found: "counted", counts: { a: 1 } });
    expect(scan("tr-1", job.lines, { a: 1 }, wanted)).toMatchObject({ found: "counted", counts: { a: 2 } });
    expect(scan("TR-1", job.lines, { a: 2 }, wanted)).toMatchObject({ found: "enough", line: { id: "a" } });
    expect(scan("TR-9", job.lines, {}, wanted)).toEqual({ found: "unknown" });
  });

  it("fills the second of two lines alike after the first", () => {
    const alike = [line("x", "TR-1", 1), line("y", "TR-1", 1)];
    expect(scan("TR-1", alike, { x: 1 }, wanted)).toMatchObject({ found: "counted", line: { id: "y" } });
  });
});
