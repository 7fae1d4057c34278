import { useAction } from "@crossdock/api";
import { useSession } from "@crossdock/shell";
import { DateTime } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { report } from "../../lib/tell";
import { CLAIMERS } from "./claimers";
import { ORDER_CLAIM, ORDER_RELEASE } from "./mutations";
import type { OrderDetailData } from "./OrderActions";

/** Who sees to the order, so that two people do not; it stops nobody. */
export function OrderClaim({ order }: { order: OrderDetailData }) {
  const { can } = useSession();
  const claim = useAction(ORDER_CLAIM);
  const release = useAction(ORDER_RELEASE);
  const held = order.claim;
  const running = claim.running || release.running;
  const mayClaim = can(...CLAIMERS);
  const mayTakeOver = can("ADMIN", "MANAGER");
  const offered = held ? !held.mine && mayTakeOver : mayClaim;

  async function take() {
    report(await claim.run({ input: { orderId: order.id, takeOver: held !== null } }), t`The order is yours.`);
  }
  async function giveUp() {
    report(await release.run({ input: { orderId: order.id } }), t`The order is free again.`);
  }

  if (!held && !offered) return null;
  return (
    <Group gap="xs">
      {held && (
        <Text size="sm">
          {held.mine ? t`Claimed by you` : t`Claimed by ${held.by}`} · {t`until`} <DateTime at={held.until} />
        </Text>
      )}
      {held?.mine && (
        <Button size="compact-sm" variant="default" onClick={() => void giveUp()} loading={running}>
          {t`Release`}
        </Button>
      )}
      {offered && (
        <Button size="compact-sm" variant="default" onClick={() => void take()} loading={running}>
          {held ? t`Take over` : t`Claim`}
        </Button>
      )}
    </Group>
  );
}
