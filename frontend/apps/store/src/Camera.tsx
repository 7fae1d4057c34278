import { Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: new () => Detector;
  }
}

/** The same code is not read again before it has been out of sight, or this long. */
const PAUSE = 1500;
const EVERY = 150;

/** Reads what is held before the camera, where the browser can by itself. */
export function Camera({ onScan, onClose }: { onScan: (code: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);
  const tell = useRef(onScan);
  useEffect(() => {
    tell.current = onScan;
  });
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: number | undefined;
    let ended = false;
    async function begin() {
      const screen = video.current;
      if (!window.BarcodeDetector || !screen) return;
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (ended) return stop();
      screen.srcObject = stream;
      await screen.play();
      const detector = new window.BarcodeDetector();
      let last = { code: "", at: 0 };
      timer = window.setInterval(async () => {
        const code = (await detector.detect(screen).catch(() => []))[0]?.rawValue;
        if (!code) return;
        const now = Date.now();
        if (code !== last.code || now - last.at > PAUSE) tell.current(code);
        last = { code, at: now };
      }, EVERY);
    }
    function stop() {
      window.clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    begin().catch(() => setRefused(true));
    return () => {
      ended = true;
      stop();
    };
  }, []);
  if (refused) {
    return <Notice tone="warn" action={<Button size="xs" variant="default" onClick={onClose}>{t`Close`}</Button>}>{t`The camera cannot be used. Allow it in the browser, or use a scanner.`}</Notice>;
  }
  return <video ref={video} className="camera" muted playsInline aria-label={t`Camera`} />;
}
