/** How many units of each line have been counted. */
export type Counts = Readonly<Record<string, number>>;

interface Scannable {
  id: string;
  sku: string;
  barcodes: readonly string[];
}

export type Scan<Of> = { found: "counted"; line: Of; counts: Counts } | { found: "enough"; line: Of } | { found: "unknown" };

/** One more of what bears this code, up to what is asked for; of two lines alike the first that still wants one. */
export function scan<Of extends Scannable>(code: string, lines: readonly Of[], counts: Counts, wanted: (line: Of) => number): Scan<Of> {
  const read = code.trim().toUpperCase();
  const fitting = lines.filter((line) => line.sku.toUpperCase() === read || line.barcodes.some((barcode) => barcode.toUpperCase() === read));
  const open = fitting.find((line) => (counts[line.id] ?? 0) < wanted(line));
  if (open) return { found: "counted", line: open, counts: { ...counts, [open.id]: (counts[open.id] ?? 0) + 1 } };
  return fitting[0] ? { found: "enough", line: fitting[0] } : { found: "unknown" };
}

let audio: AudioContext | undefined;

/** Heard and felt, as nobody looks at a telephone while they reach for a shelf: high and short is right, low is wrong. */
export function signal(right: boolean): void {
  navigator.vibrate?.(right ? 40 : [120, 60, 120]);
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.08;
  tone.frequency.value = right ? 1320 : 220;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + (right ? 0.07 : 0.35));
}
