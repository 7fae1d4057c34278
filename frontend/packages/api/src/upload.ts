import { CSRF_HEADER } from "./client";

export interface Uploaded {
  ok: true;
  id: string;
  /** How many there are in it. */
  rows: number;
}

const TYPES: Record<string, string> = { csv: "text/csv", json: "application/json", jsonl: "application/x-ndjson", ndjson: "application/x-ndjson" };

/** Files that the server reads, gzipped or not. */
export const UPLOADABLE = Object.keys(TYPES).flatMap((form) => [`.${form}`, `.${form}.gz`]).join(",");

/** POST /files: a file for `importStart`; `told` hears what share of it has gone. */
export function upload(file: File, told: (share: number) => void): Promise<Uploaded | { ok: false; message: string }> {
  const form = file.name.toLowerCase().replace(/\.gz$/, "").split(".").at(-1) ?? "";
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", TYPES[form] ?? "application/octet-stream");
    request.setRequestHeader(CSRF_HEADER, "1");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && told(event.loaded / event.total));
    request.addEventListener("error", () => done({ ok: false, message: "" }));
    request.addEventListener("load", () => {
      const answer = request.response as { id?: string; rows?: number; errors?: { message: string }[] } | null;
      if (request.status === 201 && answer?.id) done({ ok: true, id: answer.id, rows: answer.rows ?? 0 });
      else done({ ok: false, message: answer?.errors?.[0]?.message ?? "" });
    });
    request.send(file);
  });
}
