import type { UserError } from "@crossdock/api";

/** What is never changed once made: a change makes the next version of its name. */
export interface Versioned {
  name: string;
  version: number;
  active: boolean;
}

export const titleOf = (of: Pick<Versioned, "name" | "version">) => `${of.name} v${of.version}`;

/** Of each name the active version, else the newest; the active ones first. */
export function newest<Version extends Versioned>(all: readonly Version[]): Version[] {
  const kept = new Map<string, Version>();
  for (const one of all) {
    const known = kept.get(one.name);
    if (!known || one.active || (!known.active && one.version > known.version)) kept.set(one.name, one);
  }
  return [...kept.values()].toSorted((one, other) => Number(other.active) - Number(one.active));
}

/** What the server says of the place in a form that these parts name, the last ones of its path. */
export function saidOf(errors: readonly UserError[], ...path: string[]): string | undefined {
  return errors.find((error) => path.every((part, place) => error.path?.at(place - path.length) === part))?.message;
}
