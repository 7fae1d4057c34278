import { i18n } from "@lingui/core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Workflow } from "./queries";
import { delayOf, differences, stepOf } from "./steps";

const workflow = (steps: Workflow["steps"], more: Partial<Workflow> = {}): Workflow => ({
  id: "w", name: "house", version: 1, active: true, createdAt: "2026-05-01T12:00:00Z", appliesWhen: null,
  captureOn: "SHIPMENT", invoiceOn: "SHIPPING_ORDER_APPROVAL", steps, openOrders: [], ...more,
});

beforeAll(() => i18n.loadAndActivate({ locale: "en", messages: {} }));

describe("steps of a workflow", () => {
  it("that are not named are automatic", () => {
    expect(stepOf(workflow([]), "APPROVAL")).toEqual({ step: "APPROVAL", mode: "AUTOMATIC", when: null, delaySeconds: 0 });
  });

  it("wait in the largest unit that is whole", () => {
    expect([0, 90, 120, 5_400, 7_200, 172_800].map((seconds) => delayOf(seconds))).toEqual([
      { amount: 0, unit: "hours" },
      { amount: 90, unit: "seconds" },
      { amount: 2, unit: "minutes" },
      { amount: 90, unit: "minutes" },
      { amount: 2, unit: "hours" },
      { amount: 2, unit: "days" },
    ]);
  });
});

describe("differences of two versions", () => {
  it("are what they say otherwise", () => {
    const one = workflow([{ step: "APPROVAL", mode: "MANUAL", when: null, delaySeconds: 0 }]);
    const other = workflow([{ step: "APPROVAL", mode: "AUTOMATIC", when: "order.total < 100.0", delaySeconds: 7_200 }], { captureOn: "APPROVAL" });
    const found = differences(one, other);
    expect(found.map(({ one, other }) => [one, other])).toHaveLength(2);
    expect(found[1]?.other).toContain("order.total < 100.0");
    expect(differences(one, { ...one, version: 2 })).toEqual([]);
  });

  it("are none where only a condition differs that nothing asks", () => {
    const one = workflow([{ step: "APPROVAL", mode: "MANUAL", when: null, delaySeconds: 0 }]);
    expect(differences(one, workflow([{ step: "APPROVAL", mode: "MANUAL", when: "order.total > 1.0", delaySeconds: 60 }]))).toEqual([]);
  });
});
