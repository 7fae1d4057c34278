import { describe, expect, test } from "vitest";
import { puzzleOf, textOf, withText } from "./searchText";

describe("text into chips", () => {
  test("what is certain becomes a criterion, the rest stays text", () => {
    expect(withText({}, 'ann state:waiting_approval,draft tag:"very important",vip suspended:no "big lamp"')).toEqual({
      state: ["WAITING_APPROVAL", "DRAFT"],
      tag: ["very important", "vip"],
      suspended: false,
      q: 'ann "big lamp"',
    });
    expect(withText({}, "total:>=100 total:<=200.50 placed:>=2026-10-01")).toEqual({
      total: { min: "100", max: "200.50" },
      placedAt: { from: "2026-10-01T00:00:00.000Z" },
    });
  });
  test("what only the server can judge is left to it", () => {
    const text = "-tag:vip state:lost total:>100 colour:red placed:2026-10-01 note:";
    expect(withText({}, text)).toEqual({ q: text });
    expect(withText({ state: ["DRAFT"] }, "state:closed")).toEqual({ state: ["DRAFT"], q: "state:closed" });
    expect(withText({}, "city:Rome city:Paris")).toEqual({ city: "Rome", q: "city:Paris" });
  });
  test("whose an order is, is one of three", () => {
    expect(withText({}, "claimed:me late")).toEqual({ claimedBy: "ME", q: "late" });
    expect(textOf({ claimedBy: "NOBODY" })).toBe("claimed:nobody");
    expect(withText({}, "claimed:me,nobody")).toEqual({ q: "claimed:me,nobody" });
  });
  test("and back", () => {
    const search = { q: "ann", state: ["DRAFT"], city: "New York", tag: ['a "b" \\c'], hasAlert: true, total: { min: "5" }, promisedAt: { to: "2026-10-01T00:00:00.000Z" } };
    const text = textOf(search);
    expect(text).toBe('ann state:draft city:"New York" has_alert:yes tag:"a \\"b\\" \\\\c" promised:<2026-10-01T00:00:00.000Z total:>=5');
    expect(withText({}, text)).toEqual(search);
  });
});

test("an error is shown at its word", () => {
  expect(puzzleOf("ann state:lost late", "state:lost (at character 5): that is not a value of state.")).toEqual({
    before: "ann ",
    word: "state:lost",
    after: " late",
    why: "that is not a value of state.",
  });
  expect(puzzleOf("ann", "A query has at most 8 words.")).toBeUndefined();
});
