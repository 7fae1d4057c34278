import { useSyncExternalStore } from "react";

/** A value that outlives the page: written to the browser's storage before anybody is told of it. */
export class Kept<Value> {
  private value: Value;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly name: string,
    empty: Value,
    private readonly storage: Storage = localStorage,
  ) {
    const text = storage.getItem(name);
    this.value = text === null ? empty : (JSON.parse(text) as Value);
  }

  readonly get = (): Value => this.value;

  set(value: Value): void {
    this.value = value;
    this.storage.setItem(this.name, JSON.stringify(value));
    for (const listener of this.listeners) listener();
  }

  change(change: (value: Value) => Value): void {
    this.set(change(this.value));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useKept<Value>(kept: Kept<Value>): Value {
  return useSyncExternalStore(kept.subscribe, kept.get);
}
