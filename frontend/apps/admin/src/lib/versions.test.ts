import { describe, expect, it } from "vitest";
import { newest, saidOf } from "./versions";

const one = (name: string, version: number, active = false) => ({ name, version, active });

describe("versions", () => {
  it("are shown one of a name: the active one, else the newest", () => {
    const all = [one("house", 3), one("house", 2, true), one("house", 1), one("trial", 1), one("trial", 2), one("rest", 1, true)];
    expect(newest(all)).toEqual([one("house", 2, true), one("rest", 1, true), one("trial", 2)]);
  });
});

describe("refusals", () => {
  it("are found by the end of their path", () => {
    const errors = [
      { code: "INVALID", message: "when 1", path: ["steps", "1", "when"] },
      { code: "INVALID", message: "nowhere", path: null },
    ];
    expect(saidOf(errors, "steps", "1", "when")).toBe("when 1");
    expect(saidOf(errors, "steps", "0", "when")).toBeUndefined();
    expect(saidOf(errors, "appliesWhen")).toBeUndefined();
  });
});
