import { CombinedError } from "@urql/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { outcomeOf } from "./action";
import { faultOf } from "./errors";
import { randomId } from "./ids";
import { poll } from "./live";

describe("faults", () => {
  test("no answer at all is being offline", () => {
    expect(faultOf(new CombinedError({ networkError: new Error("Failed to fetch") }))?.kind).toBe("offline");
  });
  test("the server's code decides, and its id finds the log line", () => {
    const error = { message: "Internal error", extensions: { code: "INTERNAL", id: "f00" } };
    expect(faultOf(new CombinedError({ graphQLErrors: [error] }))).toEqual({ kind: "internal", message: "Internal error", id: "f00" });
    const forbidden = { message: "No.", extensions: { code: "FORBIDDEN" } };
    expect(faultOf(new CombinedError({ graphQLErrors: [forbidden] }))?.kind).toBe("forbidden");
  });
});

describe("outcomes", () => {
  test("a refusal is no success, and stale is told apart", () => {
    const refused = { code: "STALE", message: "Changed meanwhile.", path: ["input", "expectedVersion"] };
    expect(outcomeOf({ orderApprove: { userErrors: [refused] } }, undefined)).toMatchObject({ ok: false, stale: true });
    expect(outcomeOf({ orderApprove: { userErrors: [] } }, undefined)).toMatchObject({ ok: true });
    expect(outcomeOf(undefined, { kind: "offline", message: "" })).toMatchObject({ ok: false, fault: { kind: "offline" } });
  });
});

test("ids are 128 random bits", () => {
  expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  expect(randomId()).not.toBe(randomId());
});

describe("polling", () => {
  afterEach(() => vi.useRealTimers());
  test("rests while nobody sees the page, and catches up", () => {
    vi.useFakeTimers();
    const page = Object.assign(new EventTarget(), { visibilityState: "visible" }) as unknown as Document & { visibilityState: string };
    const read = vi.fn();
    const stop = poll(read, 5, page);
    vi.advanceTimersByTime(10_000);
    expect(read).toHaveBeenCalledTimes(2);
    page.visibilityState = "hidden";
    vi.advanceTimersByTime(60_000);
    expect(read).toHaveBeenCalledTimes(2);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    expect(read).toHaveBeenCalledTimes(3);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(read).toHaveBeenCalledTimes(3);
  });
});
