import { isTyping } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { ActionIcon, TextInput } from "@mantine/core";
import { Camera as CameraIcon, CameraOff } from "lucide-react";
import { type FormEvent, lazy, Suspense, useEffect, useRef, useState } from "react";

const Camera = lazy(async () => ({ default: (await import("./Camera")).Camera }));

/** A scanner types what it reads and ends with Enter: whatever is typed outside a field lands here. */
export function ScanField({ label, onScan }: { label: string; onScan: (code: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [camera, setCamera] = useState(false);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    function type(event: KeyboardEvent) {
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]")) return;
      field.current?.focus({ preventScroll: true });
    }
    document.addEventListener("keydown", type);
    return () => document.removeEventListener("keydown", type);
  }, []);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = field.current?.value.trim();
    if (field.current) field.current.value = "";
    if (code) onScan(code);
  }

  return (
    <>
      <form onSubmit={submit} className="scan">
        <TextInput ref={field} aria-label={label} placeholder={label} size="md" autoComplete="off" autoCapitalize="characters" enterKeyHint="go" spellCheck={false} style={{ flex: 1 }} />
        {"BarcodeDetector" in window && (
          <ActionIcon variant="default" size={44} aria-label={camera ? t`Camera off` : t`Scan with the camera`} aria-pressed={camera} onClick={() => setCamera(!camera)}>
            {camera ? <CameraOff size={20} aria-hidden /> : <CameraIcon size={20} aria-hidden />}
          </ActionIcon>
        )}
      </form>
      {camera && (
        <Suspense>
          <Camera onScan={onScan} onClose={() => setCamera(false)} />
        </Suspense>
      )}
    </>
  );
}
