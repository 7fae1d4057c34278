import { describe, expect, it } from "vitest";
import { total } from "./amounts";

describe("sums", () => {
  it("are exact", () => {
    expect(total([{ amount: "0.1" }, { amount: "0.2" }])).toBe("0.3");
    expect(total([{ amount: "9.90", times: 3 }, { amount: "4.9" }])).toBe("34.60");
    expect(total([{ amount: "0.005", times: 2 }])).toBe("0.010");
    expect(total([{ amount: "1500", times: 2 }])).toBe("3000");
    expect(total([])).toBe("0");
  });

  it("are not made of what is no amount", () => {
    for (const amount of ["", "x", "1,5", "-1", "1.23456"]) expect(total([{ amount }])).toBeNull();
    expect(total([{ amount: "1", times: 1.5 }])).toBeNull();
  });
});
