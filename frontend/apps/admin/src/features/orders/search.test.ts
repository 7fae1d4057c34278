import { describe, expect, test } from "vitest";
import { chipsOf, filterOf, having, readOrderSearch, sortOf, toggled, without } from "./search";

describe("the address", () => {
  test("gives the filter of the API, and nothing that it does not know", () => {
    const search = readOrderSearch({ state: "WAITING_PAYMENT", hasAlert: "true", country: ["DE", 7, null], evil: 1, number: 1042 });
    expect(filterOf(search)).toEqual({ state: ["WAITING_PAYMENT"], hasAlert: true, country: ["DE", "7"], number: "1042" });
  });
  test("takes the filter of a queue as it is", () => {
    const filter = { fulfillmentStatus: ["BACKORDERED"], not: { state: ["CLOSED", "CANCELLED"] }, suspended: false };
    expect(filterOf(readOrderSearch(filter))).toEqual(filter);
  });
  test("takes a claim by one of three, and nothing else", () => {
    expect(filterOf(readOrderSearch({ claimedBy: "ME" }))).toEqual({ claimedBy: "ME" });
    expect(filterOf(readOrderSearch({ claimedBy: "ann" }))).toEqual({});
    expect(chipsOf(readOrderSearch({ claimedBy: "NOBODY" }))).toEqual([{ criterion: "claimedBy" }]);
  });
  test("drops a sort that does not exist", () => {
    expect(sortOf(readOrderSearch({ sort: "BY_MAGIC" }))).toBe("PLACED_AT_DESC");
    expect(sortOf(readOrderSearch({ q: "lamp" }))).toBe("RELEVANCE");
    expect(sortOf(readOrderSearch({ q: "lamp", sort: "TOTAL_ASC" }))).toBe("TOTAL_ASC");
  });
});

describe("chips", () => {
  const search = readOrderSearch({ state: ["DRAFT", "CLOSED"], hasAlert: true, after: "abc", q: "lamp" });
  test("are one for each value of a list", () => {
    expect(chipsOf(search)).toEqual([
      { criterion: "state", value: "DRAFT" },
      { criterion: "state", value: "CLOSED" },
      { criterion: "hasAlert" },
    ]);
  });
  test("taken away lead back to the first page", () => {
    expect(without(search, { criterion: "state", value: "DRAFT" })).toEqual({ state: ["CLOSED"], hasAlert: true, q: "lamp" });
    expect(without(search, { criterion: "hasAlert" })).toEqual({ state: ["DRAFT", "CLOSED"], q: "lamp" });
  });
  test("are added and removed by the same switch", () => {
    const added = toggled(search, "tag", "vip");
    expect(added.tag).toEqual(["vip"]);
    expect(added.after).toBeUndefined();
    expect(toggled(added, "tag", "vip").tag).toBeUndefined();
  });
  test("a change keeps the rest", () => {
    expect(having(search, { q: undefined, sort: "TOTAL_ASC" })).toEqual({ state: ["DRAFT", "CLOSED"], hasAlert: true, sort: "TOTAL_ASC" });
  });
});
