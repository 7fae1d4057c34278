/** Sums of decimals as people type them, exact: in units of the smallest part that occurs. */
export function total(parts: readonly { amount: string; times?: number }[]): string | null {
  const read = parts.map(({ amount, times = 1 }) => ({ found: /^(\d+)(?:\.(\d{1,4}))?$/.exec(amount.trim()), times }));
  const digits = Math.max(0, ...read.map(({ found }) => found?.[2]?.length ?? 0));
  let sum = 0n;
  for (const { found, times } of read) {
    if (!found || !Number.isSafeInteger(times) || times < 0) return null;
    sum += BigInt(`${found[1]}${(found[2] ?? "").padEnd(digits, "0")}`) * BigInt(times);
  }
  if (digits === 0) return String(sum);
  const text = String(sum).padStart(digits + 1, "0");
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
