import { label } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, Empty, Failed, Loading, Notice, Page, useNow } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { useState } from "react";
import { useKept } from "../kept";
import { go, hrefOf } from "../route";
import { ScanField } from "../ScanField";
import { signal } from "../scan";
import { counted, useStore } from "../state";
import { follow } from "../Store";
import { type Job, units } from "../work";

/** What there is to do here: one's own first, then what nobody has taken on, then what others have. */
export function WorkList() {
  const { work, trouble, refresh, offline } = useStore();
  const { me } = useSession();
  const [unknown, setUnknown] = useState<string | null>(null);

  function open(code: string) {
    const read = code.toUpperCase();
    if (!work) return go("job", read);
    const job = work?.jobs.find((one) => one.number === read || one.order.number === read);
    signal(job !== undefined);
    if (job) go("job", job.number);
    else setUnknown(code);
  }

  const groups: [string, Job[]][] = work
    ? [
        [t`Mine`, work.jobs.filter((job) => job.assignee?.id === me.id && job.state !== "READY_FOR_PICKUP")],
        [t`Nobody’s yet`, work.jobs.filter((job) => !job.assignee && job.state !== "READY_FOR_PICKUP")],
        [t`To be collected`, work.jobs.filter((job) => job.state === "READY_FOR_PICKUP")],
        [t`Of others`, work.jobs.filter((job) => job.assignee && job.assignee.id !== me.id && job.state !== "READY_FOR_PICKUP")],
      ]
    : [];
  return (
    <Page title={t`Work`}>
      <ScanField label={t`Scan or type an order`} onScan={open} />
      {unknown && <Notice tone="bad">{t`“${unknown}” is not waiting here.`}</Notice>}
      {work && offline && (
        <Notice tone="warn">
          {t`This was read`} <Ago at={new Date(work.at).toISOString()} />. {t`What you do is kept, and sent when there is a connection.`}
        </Notice>
      )}
      {work && trouble && !offline && <Notice tone="warn">{t`This list is not up to date: the server does not answer.`}</Notice>}
      {!work && (trouble ? <Failed trouble={trouble} retry={refresh} /> : <Loading height={64} />)}
      {work?.jobs.length === 0 && <Empty title={t`Nothing to do here`} hint={t`New work appears by itself.`} />}
      {groups.map(
        ([name, jobs]) =>
          jobs.length > 0 && (
            <section key={name} aria-label={name}>
              <h2 className="group">
                {name} <span className="count">{jobs.length}</span>
              </h2>
              <ul className="list">
                {jobs.map((job) => (
                  <li key={job.id}>
                    <Row job={job} />
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
      {work && work.total > 100 && <Notice>{t`The first 100 of ${work.total} are shown.`}</Notice>}
    </Page>
  );
}

function Row({ job }: { job: Job }) {
  const now = useNow();
  const begun = useKept(counted)[job.id] !== undefined;
  const late = job.shipBy !== null && new Date(job.shipBy).getTime() < now;
  const count = units(job.lines);
  return (
    <a className="row" href={hrefOf("job", job.number)} data-late={late || undefined} onClick={(event) => follow(event, "job", job.number)}>
      <span className="row-name">{job.number}</span>
      <span className="row-state">{label("ShippingOrderState", job.state)}</span>
      <span className="row-hint">
        {count === 1 ? t`1 unit` : t`${count} units`}
        {job.deliveryMethod === "PICKUP" && ` · ${t`Pick-up`}`}
        {job.order.customer && ` · ${job.order.customer.name}`}
      </span>
      <span className="row-due">
        {begun ? t`begun` : job.order.suspended ? t`on hold` : job.shipBy ? <span className={late ? "late" : undefined}>{late ? t`late` : t`due`} <Ago at={job.shipBy} /></span> : null}
      </span>
    </a>
  );
}
