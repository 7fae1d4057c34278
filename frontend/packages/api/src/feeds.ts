/** What the server tells by itself, over one WebSocket (graphql-transport-ws) for the whole app.
 *
 * Each feed goes on from the cursor of the last message that came, so that a connection that broke loses nothing; no
 * client of this protocol that we know changes the variables of a subscription when it subscribes again. */

export type Connection = "idle" | "connecting" | "live" | "offline";

export interface FeedSink<Data> {
  next: (data: Data) => void;
  /** Something may have been missed: what is shown must be read again. */
  missed: () => void;
}

export interface Feed<Data> {
  document: string;
  variables: Record<string, unknown>;
  /** Where a message's cursor is; a feed without one begins anew. */
  cursor?: (data: Data) => string;
  /** The server ends it: what it tells of is finished. */
  ends?: boolean;
}

interface Running {
  id: string;
  feed: Feed<unknown>;
  sinks: Set<FeedSink<unknown>>;
  after?: string;
  again?: ReturnType<typeof setTimeout>;
}

const PROTOCOL = "graphql-transport-ws";
/** Milliseconds: before the first and at most before any further attempt; between signs of life; to wait for one; until a
 * feed that was asked for has begun. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const HEARTBEAT = 20_000;
const PATIENCE = 10_000;
const BEGUN = 1_000;

export class Feeds {
  private socket: WebSocket | null = null;
  private state: Connection = "idle";
  private readonly listeners = new Set<() => void>();
  private readonly running = new Map<string, Running>();
  private attempts = 0;
  private count = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private heart: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly url: string = socketUrl()) {
    if (typeof window !== "undefined") window.addEventListener("online", this.hurry);
  }

  connection = (): Connection => this.state;

  /** For `useSyncExternalStore`. */
  watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same feed, followed at several places, is asked for once. */
  follow<Data>(feed: Feed<Data>, sink: FeedSink<Data>): () => void {
    const key = JSON.stringify([feed.document, feed.variables]);
    const known = this.running.get(key);
    const one: Running = known ?? { id: String(++this.count), feed: feed as Feed<unknown>, sinks: new Set() };
    one.sinks.add(sink as FeedSink<unknown>);
    if (!known) {
      this.running.set(key, one);
      if (this.state === "live") this.begin(one);
      else if (!this.socket && this.again === undefined) this.connect();
    }
    return () => {
      one.sinks.delete(sink as FeedSink<unknown>);
      if (one.sinks.size > 0 || this.running.get(key) !== one) return;
      this.running.delete(key);
      clearTimeout(one.again);
      this.send({ id: one.id, type: "complete" });
    };
  }

  /** For good: another person may log in now. */
  close(): void {
    this.closed = true;
    for (const one of this.running.values()) clearTimeout(one.again);
    this.running.clear();
    if (typeof window !== "undefined") window.removeEventListener("online", this.hurry);
    clearTimeout(this.again);
    this.drop();
    this.become("idle");
  }

  /** Again, as after `close`: React mounts everything twice while developing. */
  open(): void {
    if (!this.closed) return;
    this.closed = false;
    if (typeof window !== "undefined") window.addEventListener("online", this.hurry);
  }

  private readonly hurry = () => {
    if (this.again === undefined) return;
    clearTimeout(this.again);
    this.connect();
  };

  private connect(): void {
    this.again = undefined;
    if (this.state !== "offline") this.become("connecting");
    const socket = new WebSocket(this.url, PROTOCOL);
    this.socket = socket;
    this.heart = setTimeout(() => this.lost(socket), PATIENCE);
    socket.addEventListener("open", () => this.send({ type: "connection_init" }));
    socket.addEventListener("message", (event: MessageEvent<string>) => this.heard(socket, JSON.parse(event.data) as Message));
    socket.addEventListener("close", () => this.lost(socket));
  }

  private heard(socket: WebSocket, message: Message): void {
    if (this.socket !== socket) return;
    this.beat(socket);
    if (message.type === "ping") return this.send({ type: "pong" });
    if (message.type === "connection_ack") {
      this.attempts = 0;
      this.become("live");
      for (const one of this.running.values()) this.begin(one);
      return;
    }
    const entry = [...this.running].find(([, one]) => one.id === message.id);
    if (!entry) return;
    const [key, one] = entry;
    if (message.type === "complete" && one.feed.ends) this.running.delete(key);
    else if (message.type === "next" && !message.payload?.errors) this.tell(one, message.payload?.data);
    else if (message.type === "next" || message.type === "error" || message.type === "complete") this.restart(one, message.payload);
  }

  private tell(one: Running, data: unknown): void {
    if (one.feed.cursor) one.after = one.feed.cursor(data);
    for (const sink of one.sinks) sink.next(data);
  }

  /** Refused or let go: once more in a while, from where it was where only the speed was the trouble. */
  private restart(one: Running, payload: unknown): void {
    const slow = JSON.stringify(payload ?? null).includes('"TOO_SLOW"');
    if (!slow) one.after = undefined;
    one.id = String(++this.count);
    clearTimeout(one.again);
    one.again = setTimeout(() => this.state === "live" && this.begin(one), slow ? FIRST_WAIT : LONGEST_WAIT);
  }

  private begin(one: Running): void {
    clearTimeout(one.again);
    const variables = one.after === undefined ? one.feed.variables : { ...one.feed.variables, after: one.after };
    this.send({ id: one.id, type: "subscribe", payload: { query: one.feed.document, variables } });
    // Between what was read and where a feed without a cursor begins there is a gap: read again once it has begun.
    if (one.after === undefined && one.feed.cursor) one.again = setTimeout(() => one.sinks.forEach((sink) => sink.missed()), BEGUN);
  }

  private beat(socket: WebSocket): void {
    clearTimeout(this.heart);
    this.heart = setTimeout(() => {
      this.send({ type: "ping" });
      this.heart = setTimeout(() => this.lost(socket), PATIENCE);
    }, HEARTBEAT);
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.drop();
    if (this.closed) return;
    this.become("offline");
    const wait = Math.min(FIRST_WAIT * 2 ** this.attempts++, LONGEST_WAIT);
    // Not all who were cut off at once come back at once.
    this.again = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }

  private drop(): void {
    clearTimeout(this.heart);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private become(state: Connection): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

interface Message {
  type: string;
  id?: string;
  payload?: { data?: unknown; errors?: unknown };
}

function socketUrl(): string {
  const here = typeof location === "undefined" ? "http://localhost" : location.origin;
  return `${here.replace(/^http/, "ws")}/graphql`;
}
