import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Feeds } from "./feeds";

/** A server at the other end of the wire. */
class Wire extends EventTarget {
  static made: Wire[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  sent: { type: string; id?: string; payload?: { variables: object } }[] = [];
  constructor() {
    super();
    Wire.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
  says(message: object) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }
  accepts() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    this.says({ type: "connection_ack" });
  }
  get subscribed() {
    return this.sent.filter((message) => message.type === "subscribe");
  }
}

interface Told {
  alerts: { cursor: string };
}
const alerts = { document: "subscription A { alerts { cursor } }", variables: {}, cursor: (data: Told) => data.alerts.cursor };

function last(): Wire {
  const wire = Wire.made.at(-1);
  if (!wire) throw new Error("Nobody has called.");
  return wire;
}

describe("feeds", () => {
  let feeds: Feeds;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Wire);
    Wire.made = [];
    feeds = new Feeds("ws://here/graphql");
  });
  afterEach(() => {
    feeds.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  function follow(feed = alerts) {
    const sink = { next: vi.fn(), missed: vi.fn() };
    return { sink, leave: feeds.follow(feed, sink) };
  }

  test("go on from the last cursor after the connection broke", () => {
    const { sink } = follow();
    last().accepts();
    expect(feeds.connection()).toBe("live");
    vi.advanceTimersByTime(1_000);
    expect(sink.missed).toHaveBeenCalledTimes(1);
    last().says({ id: "1", type: "next", payload: { data: { alerts: { cursor: "c7" } } } });
    expect(sink.next).toHaveBeenCalledWith({ alerts: { cursor: "c7" } });
    last().close();
    expect(feeds.connection()).toBe("offline");
    vi.advanceTimersByTime(1_000);
    last().accepts();
    expect(last().subscribed[0]?.payload?.variables).toEqual({ after: "c7" });
    vi.advanceTimersByTime(1_000);
    expect(sink.missed).toHaveBeenCalledTimes(1);
  });

  test("wait longer each time the server does not answer, and are tried at once when the network is back", () => {
    follow();
    for (const made of [2, 3]) {
      last().close();
      vi.advanceTimersByTime(1_000);
      expect(Wire.made).toHaveLength(made);
    }
    last().close();
    vi.advanceTimersByTime(900);
    expect(Wire.made).toHaveLength(3);
    window.dispatchEvent(new Event("online"));
    expect(Wire.made).toHaveLength(4);
  });

  test("are asked for once, however many follow them, and left when nobody does", () => {
    const [one, two] = [follow(), follow()];
    last().accepts();
    expect(last().subscribed).toHaveLength(1);
    last().says({ id: "1", type: "next", payload: { data: { alerts: { cursor: "c1" } } } });
    expect(two.sink.next).toHaveBeenCalledTimes(1);
    one.leave();
    expect(last().sent.at(-1)?.type).toBe("subscribe");
    two.leave();
    expect(last().sent.at(-1)).toEqual({ id: "1", type: "complete" });
  });

  test("who was let go for being slow comes back with the cursor; who was refused begins anew and reads again", () => {
    const { sink } = follow();
    last().accepts();
    vi.advanceTimersByTime(1_000);
    last().says({ id: "1", type: "next", payload: { data: { alerts: { cursor: "c1" } } } });
    last().says({ id: "1", type: "error", payload: [{ message: "Slow.", extensions: { code: "TOO_SLOW" } }] });
    vi.advanceTimersByTime(500);
    expect(last().subscribed[1]).toMatchObject({ id: "2", payload: { variables: { after: "c1" } } });
    last().says({ id: "2", type: "next", payload: { data: null, errors: [{ message: "No such cursor." }] } });
    vi.advanceTimersByTime(15_000);
    expect(last().subscribed[2]?.payload?.variables).toEqual({});
    vi.advanceTimersByTime(1_000);
    expect(sink.missed).toHaveBeenCalledTimes(2);
  });

  test("notice a connection over which nothing comes any more", () => {
    follow();
    last().accepts();
    vi.advanceTimersByTime(20_000);
    expect(last().sent.at(-1)).toEqual({ type: "ping" });
    last().says({ type: "pong" });
    vi.advanceTimersByTime(20_000);
    expect(feeds.connection()).toBe("live");
    vi.advanceTimersByTime(10_000);
    expect(feeds.connection()).toBe("offline");
  });

  test("one that ends is not asked for again", () => {
    const sink = { next: vi.fn(), missed: vi.fn() };
    feeds.follow({ document: "subscription J { job { id } }", variables: { id: "j" }, ends: true }, sink);
    last().accepts();
    last().says({ id: "1", type: "complete" });
    last().close();
    vi.advanceTimersByTime(2_000);
    last().accepts();
    expect(last().subscribed).toHaveLength(0);
  });
});
