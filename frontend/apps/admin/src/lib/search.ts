/** Readers of URL search parameters: what is not of the expected form is dropped, never an error. */

export function text(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}

export function flag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}

export function list(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).map(text).filter((item) => item !== undefined);
  return all.length > 0 ? all : undefined;
}

export function record(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

/** Without what is undefined, null or an empty list. */
export function compact<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined && item !== null && !(Array.isArray(item) && item.length === 0)),
  ) as Partial<T>;
}
