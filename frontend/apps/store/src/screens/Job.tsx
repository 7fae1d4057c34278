import { label } from "@crossdock/i18n";
import { useSession } from "@crossdock/shell";
import { Ago, Empty, Failed, Loading, Notice, Page, StatusBadge } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Text } from "@mantine/core";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useKept } from "../kept";
import { subject } from "../outbox";
import { go, hrefOf } from "../route";
import { useStore } from "../state";
import { follow } from "../Store";
import { type Job, units } from "../work";
import { HandOver } from "./HandOver";
import { Pack } from "./Pack";
import { Pick } from "./Pick";
import { Ship } from "./Ship";

/** One shipping order, at the step where it stands. */
export function JobScreen({ number }: { number: string }) {
  const { work, trouble, refresh } = useStore();
  const job = work?.jobs.find((one) => one.number === number || one.order.number === number);
  if (job) return <Known job={job} />;
  return (
    <Page title={number} back={<Back />}>
      {work ? (
        <Empty
          title={t`Done here`}
          hint={t`It has left, or another site has it now.`}
          action={
            <Button size="md" onClick={() => go()} data-autofocus>
              {t`To the work`}
            </Button>
          }
        />
      ) : trouble ? (
        <Failed trouble={trouble} retry={refresh} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Known({ job }: { job: Job }) {
  const { outbox } = useStore();
  const refused = useKept(outbox.deeds).find((deed) => deed.state === "refused" && subject(deed) === job.id);
  return (
    <Page title={job.number} lead={<StatusBadge of="ShippingOrderState" value={job.state} />} back={<Back />}>
      <Text size="sm" c="dimmed" mt={-8}>
        {[job.order.customer?.name, label("DeliveryMethod", job.deliveryMethod), job.shippingMethod].filter(Boolean).join(" · ")}
        {job.shipBy && (
          <>
            {" · "}
            {t`due`} <Ago at={job.shipBy} />
          </>
        )}
      </Text>
      {refused && (
        <Notice tone="bad" action={<a href={hrefOf("outgoing")} onClick={(event) => follow(event, "outgoing")}>{t`Decide`}</a>}>
          {label("Action", refused.verb)}: {refused.reason}
        </Notice>
      )}
      {job.order.suspended ? <Held /> : <Step job={job} />}
    </Page>
  );
}

function Held() {
  return <Notice tone="warn">{t`This order is on hold. Leave it where it is until the office resumes it.`}</Notice>;
}

function Step({ job }: { job: Job }) {
  const { me } = useSession();
  if (job.assignee && job.assignee.id !== me.id && (job.state === "WAITING_PICK" || job.state === "WAITING_PACK")) {
    return <Notice tone="busy">{t`${job.assignee.name} is on it.`}</Notice>;
  }
  switch (job.state) {
    case "WAITING_ASSIGNMENT":
      return <Claim job={job} />;
    case "WAITING_PICK":
      return <Pick key={job.id} job={job} />;
    case "WAITING_PACK":
      return job.deliveryMethod === "PICKUP" ? <Ready job={job} /> : <Pack key={job.id} job={job} />;
    case "WAITING_SHIPMENT":
      return <Ship key={job.id} job={job} />;
    case "READY_FOR_PICKUP":
      return <HandOver key={job.id} job={job} />;
    default:
      return <Empty title={t`Nothing to do here`} />;
  }
}

function Claim({ job }: { job: Job }) {
  const { outbox } = useStore();
  return (
    <>
      <Lines job={job} />
      <Footer>
        <Button size="lg" fullWidth onClick={() => void outbox.add({ verb: "shippingOrderClaim", input: { shippingOrderId: job.id }, number: job.number })}>
          {t`Take it on`}
        </Button>
      </Footer>
    </>
  );
}

function Ready({ job }: { job: Job }) {
  const { outbox } = useStore();
  const count = units(job.lines);
  return (
    <>
      <Notice>{t`Pack it, write ${job.number} on it and put it on the shelf for pick-ups. The customer is told a code then.`}</Notice>
      <Lines job={job} />
      <Footer>
        <Button size="lg" fullWidth onClick={() => void outbox.add({ verb: "shippingOrderReady", input: { shippingOrderId: job.id }, number: job.number })}>
          {count === 1 ? t`1 unit is on the shelf` : t`${count} units are on the shelf`}
        </Button>
      </Footer>
    </>
  );
}

export function Lines({ job }: { job: Job }) {
  return (
    <ul className="list" aria-label={t`Lines`}>
      {job.lines.map((line) => (
        <li key={line.id} className="line">
          <span className="line-count">{line.quantity}</span>
          <span className="line-name">
            {line.name}
            <span className="line-sku">{line.sku}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Where the thumb is. */
export function Footer({ children }: { children: ReactNode }) {
  return <div className="footer">{children}</div>;
}

function Back() {
  return (
    <a className="back" href={hrefOf()} onClick={(event) => follow(event)}>
      <ChevronLeft size={18} aria-hidden /> {t`Work`}
    </a>
  );
}
