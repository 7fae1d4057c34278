import { formatAgo, formatDateTime, formatMoney, type MoneyValue, timeZone } from "@crossdock/i18n";
import { useEffect, useState } from "react";

export function Money({ of }: { of: MoneyValue }) {
  return <span className="cd-num">{formatMoney(of)}</span>;
}

/** A moment, in the time zone of the browser, which the tooltip names. */
export function DateTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={timeZone()}>
      {formatDateTime(at)}
    </time>
  );
}

export function useNow(seconds = 30): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}

/** How long ago, or until; the tooltip has the moment itself. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={`${formatDateTime(at)} (${timeZone()})`}>
      {formatAgo(at, useNow())}
    </time>
  );
}
