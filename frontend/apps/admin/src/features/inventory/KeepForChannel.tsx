import { graphql, useAction } from "@crossdock/api";
import { t } from "@lingui/core/macro";
import { Text } from "@mantine/core";
import { FormDialog } from "../../lib/command";
import { useChannels } from "../channels/channels";

const KEEP = graphql(`
  mutation InventoryRingFenceSet($input: InventoryRingFenceSetInput!) {
    inventoryRingFenceSet(input: $input) {
      levels {
        sku
        site {
          id
        }
        ringFences {
          quantity
          channel {
            id
          }
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

/** A ring-fence: units of a SKU that are left for one channel. */
export function KeepForChannel({ code, sku, onClose }: { code: string; sku?: string; onClose: () => void }) {
  const { run } = useAction(KEEP);
  const channels = useChannels();
  return (
    <FormDialog
      title={t`Keep for a channel`}
      intro={<Text size="sm">{t`The channel uses these units first, and no other can have them. What is set holds from now on, whatever was kept before; 0 leaves them to everybody.`}</Text>}
      fields={[
        { name: "sku", label: t`SKU`, kind: "code", required: true, initial: sku },
        { name: "channel", label: t`Channel`, kind: "choice", required: true, options: channels.map((one) => ({ value: one.code, label: one.name })) },
        { name: "quantity", label: t`Units kept`, kind: "count", required: true, min: 0 },
      ]}
      submit={t`Keep`}
      done={t`It is kept.`}
      onClose={onClose}
      send={(form) => run({ input: { fences: [{ site: code, sku: form.text("sku"), channel: form.text("channel"), quantity: form.count("quantity") }] } })}
    />
  );
}
