import { type ResultOf, useConnection, useFeed } from "@crossdock/api";
import { Ago } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Text } from "@mantine/core";
import { Fragment, useState } from "react";
import { PRESENCE_FEED } from "../../lib/feeds";

type Viewer = ResultOf<typeof PRESENCE_FEED>["orderPresence"][number];

/** Colleagues who have the order open, too. Nothing stands there that is not known at this moment. */
export function OrderPresence({ orderId }: { orderId: string }) {
  const [viewers, setViewers] = useState<Viewer[]>([]);
  const live = useConnection() === "live";
  useFeed(PRESENCE_FEED, { orderId }, { next: (message) => setViewers(message.orderPresence) });
  const others = live ? viewers.filter((viewer) => !viewer.mine) : [];
  const names = others.map((viewer) => viewer.name).join(", ");
  return (
    <>
      {/* Read out when somebody comes or goes, not whenever a minute has passed. */}
      <span role="status" className="cd-hidden">
        {names && t`Also open: ${names}`}
      </span>
      {names && (
        <Text size="sm">
          {t`Also open:`}{" "}
          {others.map((viewer, place) => (
            <Fragment key={viewer.name + viewer.since}>
              {place > 0 && "; "}
              <b>{viewer.name}</b>, <Ago at={viewer.since} />
            </Fragment>
          ))}
        </Text>
      )}
    </>
  );
}
